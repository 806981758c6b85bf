"""Delay × segment of every model of the study, as pictures: means over seeds. No torch."""

from collections.abc import Iterable, Sequence

import plotly.graph_objects as go

from mnemoscope.measuring.retention import surface_figure
from mnemoscope.training.study.questions import ShortRecall
from mnemoscope.training.study.report import figure
from mnemoscope.training.study.rows import Row
from mnemoscope.training.study.trials import Trial

SEGMENT, DELAY = 8, 8
"""What a measure has that names only the other: "d=48" is a segment of 8, "s=24" a delay of 8."""
QUESTION = "recall"


def surfaces(rows: Iterable[Row], wanted: Sequence[Trial]) -> list[go.Figure]:
    """A picture a group and label that has rows, titled with the seeds it is the mean of."""
    have = {row["id"]: row for row in rows}
    trained = ShortRecall.trained["segment"][1], ShortRecall.trained["delay"][1]
    made: list[go.Figure] = []
    for group, label in dict.fromkeys((t.group, t.label) for t in wanted if t.question == QUESTION):
        ids = [t.id for t in wanted if (t.group, t.label, t.question) == (group, label, QUESTION)]
        found = cells([have[name] for name in ids if name in have])
        if found:
            seeds = sum(name in have for name in ids)
            title = f"{label}, equal {group}: relative RMSE, mean of {seeds} seed{'' if seeds == 1 else 's'}"
            made.append(surface_figure.figure(found, label, trained=trained).update_layout(title={"text": title}))
    return made


def cells(rows: Sequence[Row]) -> dict[tuple[int, int], float | None]:
    """Mean error by segment and delay over the rows of one label; measures with noise are none of it."""
    known: dict[tuple[int, int], float | None] = {}
    for key in dict.fromkeys(key for row in rows for key in row["values"]):
        parts = dict(part.split("=") for part in key.split())
        found = figure(rows, key)
        if found is not None and set(parts) <= {"s", "d"}:
            known[int(parts.get("s", SEGMENT)), int(parts.get("d", DELAY))] = found.mean
    grid = {(s, d) for s in {s for s, _ in known} for d in {d for _, d in known if sum(e == d for _, e in known) > 2}}
    return {pair: error for pair, error in sorted(known.items()) if pair in grid}
