"""What the papers report for our rows, with the condition that it was measured under. Only what was read at the source.

A figure of a paper is not a target: sizes, training length and scoring differ, and the note says how.
"""

from typing import Any

GRAVES_2014 = "Graves, Wayne, Danihelka 2014, arXiv 1410.5401"
CSORDAS_2019 = "Csordás, Schmidhuber 2019, arXiv 1904.10278"

ELSEWHERE = (
    "Graves et al. 2016 (Nature 538:471) report the DNC on bAbI, graphs and block puzzles, Csordás and Schmidhuber 2019 its "
    "variants on bAbI: tasks that are not here."
)
"""Figures that have no row of ours."""

_FIGURES: dict[tuple[str, str, str], tuple[str, str]] = {
    ("ntm", "copy", "length 20"): (
        "near 0",
        "section 4.1: learns to copy lengths 1..20; LSTM controller, 128 × 20 memory",
    ),
    ("ntm", "copy", "length 120"): (
        "near 0, one vector duplicated",
        "section 4.1, figure 4: one sequence of length 120, trained on 1..20; limit is the memory's 128 slots",
    ),
    ("lstm", "copy", "length 30"): (
        "degrades rapidly beyond 20",
        "section 4.1, figure 5: 3 × 256 units, trained on 1..20",
    ),
    ("ntm", "repeat-copy", "length 20, 10 repeats"): (
        "correct copies",
        "section 4.2, figure 8: length doubled is copied; trained on 1..10",
    ),
    ("ntm", "repeat-copy", "length 10, 20 repeats"): (
        "copies, end marker wrong",
        "section 4.2, figure 8: repeats doubled are copied but not counted",
    ),
    ("ntm", "associative-recall", "12 items"): (
        "nearly 0",
        "section 4.3, figure 11: feed-forward controller, trained on 2..6",
    ),
    ("ntm", "associative-recall", "15 items"): (
        "below 1 bit",
        "section 4.3, figure 11: feed-forward controller, trained on 2..6",
    ),
    ("lstm", "associative-recall", "6 items"): (
        "not solved in a million sequences, by the NTM in about 30 000",
        "section 4.3, figure 10: 3 × 256 units, trained on 2..6",
    ),
    ("ntm", "ngrams", "200 bits"): ("about 133.5 bits", "section 4.4, figure 13; the optimum there is about 133"),
    ("lstm", "ngrams", "200 bits"): ("about 136 bits", "section 4.4, figure 13; the optimum there is about 133"),
}


_OTHERS: dict[tuple[str, str, str], tuple[str, str, str]] = {
    ("dnc", "repeat-copy", "random lengths and repeats of 1..10"): (
        "solved with de-allocation, not by the plain DNC",
        "their large repeated copy, of other sizes; ours has de-allocation and sharpened links too",
        CSORDAS_2019,
    ),
}

_ALL = {row: (*figure, GRAVES_2014) for row, figure in _FIGURES.items()} | _OTHERS


def figure(model: str, task: str, condition: str) -> dict[str, Any] | None:
    """{"value", "note", "source"} for a row, or None where the papers say nothing about it."""
    found = _ALL.get((model, task, condition))
    return dict(zip(("value", "note", "source"), found, strict=True)) if found else None


def rows() -> list[tuple[str, str, str]]:
    """(model, task, condition) of every row that has one."""
    return list(_ALL)
