"""Which rows make the series, where several stand in one column, and in which order."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.counted import counted
from mnemoscope.signals.importers.report import Alternative, Guess, LeftOut
from mnemoscope.signals.importers.tabular.cells import ABSENT, NUMBER
from mnemoscope.signals.importers.tabular.draft import Draft
from mnemoscope.signals.importers.tabular.sampled import TimeChoice
from mnemoscope.signals.importers.tabular.times import is_index_name

_SERIES_NAME = re.compile(
    r".*(id|series|sensor|station|site|channel|node|device|unit|var(iable)?|metric|name|item|param(eter)?|geo|country|source|tag|symbol"
    r"|group|subject|meter|location|probe|type|entity|key|field)s?$|_field",
    re.IGNORECASE,
)


def without_damaged(draft: Draft, seconds: NDArray[np.float64], left_out: LeftOut) -> NDArray[np.float64]:
    """The rows whose time can be read, of a table in which few cannot; the others are counted. So are those above the first time
    that have no number either.
    """
    above = _facts_above(draft, seconds)
    if not len(draft.timeless) and not above:
        return seconds
    kept = np.ones(len(seconds), bool)
    kept[np.array(draft.timeless, np.int64)] = False
    kept[:above] = False
    rows = np.flatnonzero(kept)
    parts = draft.parts
    for row in np.flatnonzero(~kept).tolist():
        why = "neither time nor number" if row < above else "its time cannot be read"
        left_out.add(row + 1 if parts is None else parts.line(row), why)
    if parts is not None:

        def line(row: int) -> int:
            return parts.line(int(rows[row]))

        breaks = [replace(one, row=int(kept[: one.row].sum())) for one in parts.breaks]
        draft.parts = replace(parts, breaks=breaks, line=line)
    draft.raw = draft.raw.taken(rows)
    return seconds[kept]


def _facts_above(draft: Draft, seconds: NDArray[np.float64]) -> int:
    """Rows above the first time that hold no number, where any of them holds a text."""
    above = int(np.argmax(np.isfinite(seconds))) if np.isfinite(seconds).any() else 0
    raw = draft.raw
    for i, name in enumerate(raw.names):
        if raw.is_numeric(i) and not is_index_name(name):
            there = np.flatnonzero(raw.codes[i][:above] != ABSENT)
            above = int(there[0]) if len(there) else above
    texts = any((codes[:above] >= 0).any() for codes in raw.codes)
    return above if texts else 0


def one_series(
    draft: Draft, choice: TimeChoice | None, seconds: NDArray[np.float64] | None
) -> NDArray[np.float64] | None:
    """The rows of one series, where several stand in one column and another says which."""
    wanted = draft.options.series_column
    if wanted == "none":
        return seconds
    keys: tuple[int, ...] | None = None
    if wanted is not None:
        keys = (draft.column_of(wanted),)
    elif seconds is not None and choice is not None:
        keys = _keys(draft, choice, seconds)
    if keys is None:
        return seconds
    codes, names = _groups(draft, keys)
    if len(names) < 2:
        return seconds
    chosen = draft.options.series if draft.options.series is not None else names[int(codes[0])]
    if chosen not in names:
        raise ImportFileError(
            f"no row belongs to a series {chosen!r}", where=f"column {draft.raw.names[keys[0]]}",
            hint=f"The series are {', '.join(names[:20])}.",
        )  # fmt: skip
    rows = np.flatnonzero(codes == names.index(chosen))
    label = " and ".join(draft.raw.names[i] for i in keys)
    draft.picked = codes == names.index(chosen)
    draft.resolved["series"] = chosen
    if len(keys) == 1:
        draft.resolved["series_column"] = draft.raw.names[keys[0]]
    draft.guesses.append(
        Guess(
            f"series of {label}", chosen, f"{len(names)} series stand in one column; {len(rows)} of {draft.raw.count} rows belong to this one",
            tuple(Alternative(name, {"series": name}) for name in names if name != chosen)[:40]
            + (Alternative("all rows as one series", {"series_column": "none"}),),
            question=draft.options.series is None,
        )
    )  # fmt: skip
    draft.notes.append(f"{counted(draft.raw.count - len(rows), 'row')} of other series of {label}")
    draft.raw = draft.raw.taken(rows)
    return None if seconds is None else seconds[rows]


def _groups(draft: Draft, keys: tuple[int, ...]) -> tuple[NDArray[np.int64], list[str]]:
    """Which series each row belongs to, and their names in the order of first appearance."""
    combined = np.zeros(draft.raw.count, np.int64)
    parts: list[tuple[NDArray[np.int64], list[str]]] = []
    for i in keys:
        codes = draft.raw.codes[i]
        if (codes == NUMBER).any():
            kinds, at = np.unique(np.where(codes == NUMBER, draft.raw.values[i], np.nan), return_inverse=True)
            parts.append((at.astype(np.int64), [f"{value:g}" for value in kinds.tolist()]))
        else:
            texts = list(draft.raw.cells[i].texts)
            parts.append((np.where(codes >= 0, codes, len(texts)).astype(np.int64), [*texts, ""]))
        combined = combined * len(parts[-1][1]) + parts[-1][0]
    _, first, at = np.unique(combined, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    names = [" / ".join(words[int(part[first[kind]])] for part, words in parts) for kind in order]
    return place[at], names


def _keys(draft: Draft, choice: TimeChoice, seconds: NDArray[np.float64]) -> tuple[int, ...] | None:
    """Columns whose values tell series apart in which times rise, where they do not in the whole."""
    steps = np.diff(seconds)
    falling = bool((steps[np.isfinite(steps)] <= 0).all())
    odd = int((steps >= 0).sum() if falling else (steps <= 0).sum())
    if not odd or not len(steps):
        return None
    able: list[int] = []
    for i in range(len(draft.raw.names)):
        if i in choice.columns:
            continue
        codes = draft.raw.codes[i]
        if (codes == ABSENT).mean() > 0.01:
            continue
        if (codes >= 0).all():
            kinds = len(np.unique(codes))
        elif draft.raw.is_numeric(i) and _SERIES_NAME.fullmatch(draft.raw.names[i]):
            values = draft.raw.values[i]
            known = values[np.isfinite(values)]
            kinds = len(np.unique(known)) if (known == np.round(known)).all() else 0
        else:
            continue
        if 2 <= kinds <= max(2, len(codes) // 2) and kinds <= 1000:
            able.append(i)
    able.sort(key=lambda i: (_SERIES_NAME.fullmatch(draft.raw.names[i]) is None, i))
    pairs = [(a, b) for n, a in enumerate(able[:5]) for b in able[n + 1 : 5]]
    for keys in [*((i,) for i in able), *pairs]:
        codes, names = _groups(draft, keys)
        order = np.argsort(codes, kind="stable")
        same = np.diff(codes[order]) == 0
        inner = np.diff(seconds[order])[same]
        if len(inner) and len(names) <= draft.raw.count / 2 and ((inner > 0).all() or (inner < 0).all()):
            return keys
    return None


def ask_of_cycling_labels(draft: Draft, choice: TimeChoice | None) -> None:
    """Rows without a time whose labels come round and round may be several series."""
    if draft.options.series_column is not None:
        return
    for i in range(len(draft.raw.names)):
        codes = draft.raw.codes[i]
        if (choice is None or i not in choice.columns) and (codes >= 0).all():
            kinds = len(np.unique(codes))
            if 2 <= kinds <= 64 and len(codes) >= 3 * kinds and (codes[kinds:] == codes[:-kinds]).all():
                name = draft.raw.names[i]
                apart = Alternative(f"a series for each {name}", {"series_column": name})
                evidence = f"{name} comes round every {kinds} rows"
                draft.guesses.append(Guess("series", "all rows as one series", evidence, (apart,), question=True))
                return


def ordered(draft: Draft, choice: TimeChoice | None, seconds: NDArray[np.float64] | None) -> NDArray[np.float64] | None:
    """Oldest first, where the file runs the other way or its rows are shuffled."""
    draft.resolved["order"] = "file"
    if draft.options.order == "reversed":
        draft.resolved["order"] = "reversed"
        draft.notes.append("the rows were put in the reverse order, as asked")
        draft.raw = draft.raw.taken(np.arange(draft.raw.count)[::-1])
        return None if seconds is None else seconds[::-1]
    if seconds is None:
        return None
    steps = np.diff(seconds[np.isfinite(seconds)])
    back = int((steps < 0).sum())
    if not back:
        return seconds
    forward = int((steps > 0).sum())
    newest_first = forward == 0
    mostly = back > 9 * forward
    order = np.argsort(seconds, kind="stable")
    evidence = "every row is older than the one before" if newest_first else f"time runs back {counted(back, 'time')}"
    if mostly:
        if not newest_first:
            evidence += f", and forward {counted(forward, 'time')}"
        turned = np.arange(len(seconds))[::-1]
        order = turned if newest_first else turned[np.argsort(seconds[::-1], kind="stable")]
    as_file = Alternative("rows as they stand in the file", {"order": "file"})
    if draft.options.order == "file" or (
        draft.options.order is None and not mostly and not _makes_a_grid(draft, seconds[order], back)
    ):
        what = "rows as they stand in the file"
        oldest = Alternative("oldest first", {"order": "time"})
        draft.guesses.append(Guess("order of rows", what, evidence, (oldest,), question=draft.options.order is None))
        draft.notes.append(f"time runs back {counted(back, 'time')}; rows stay in the order of the file")
        return seconds
    draft.guesses.append(
        Guess("order of rows", "oldest first", evidence, (as_file,), question=draft.options.order is None)
    )
    draft.notes.append("the rows were put in the order of their times, oldest first")
    draft.resolved["order"] = "time"
    draft.raw = draft.raw.taken(order)
    return seconds[order]


def _makes_a_grid(draft: Draft, ordered: NDArray[np.float64], back: int) -> bool:
    """Whether shuffled rows fit together without a hole or a double once they are put in order."""
    steps = np.diff(ordered[np.isfinite(ordered)])
    if not len(steps) or (steps <= 0).any() or back < 3:
        return False
    return float((np.abs(steps - np.median(steps)) <= 0.1 * np.median(steps)).mean()) >= 0.9
