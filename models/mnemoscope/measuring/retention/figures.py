"""Pictures of retention (plotly), built from rows alone: no torch, so that a server can draw what a worker has measured."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np
import plotly.graph_objects as go

from mnemoscope.measuring.retention import looks
from mnemoscope.measuring.retention.looks import Ground, Line
from mnemoscope.measuring.retention.rows import LEVELS, Row
from mnemoscope.reading import tokens
from mnemoscope.tasks import SignalRecall

SMALLEST, LARGEST = 0.004, 3.0
"""What is drawn of an error on a logarithmic axis."""


def figure(rows: Sequence[Row], *, signal: str = "", theme: tokens.Theme = "light") -> go.Figure:
    """The picture of a view: its rows are all of one."""
    draws = {"behaviour": behaviour, "content": content, "provenance": provenance}
    return draws[rows[0].view if rows else "behaviour"](rows, signal=signal, theme=theme)


def behaviour(rows: Sequence[Row], *, signal: str = "", theme: tokens.Theme = "light") -> go.Figure:
    """Error against delay, a line a model with its band, references in grey; the range of the training is shaded.

    Rows of several segment lengths at one delay are drawn against the segment instead.
    """
    option = "segment" if len({row.delay for row in rows}) == 1 < len({row.segment for row in rows}) else "delay"
    several = option == "delay" and len({row.segment for row in rows}) > 1
    lines = [_line(found, option, several) for found in _curves(rows, several)]
    steps = {"delay": "steps between the segment and the cue", "segment": "steps held"}[option]
    first = min((line.x[0] for line in lines), default=1.0)
    trained = next(found for found in SignalRecall.options if found.name == option).trained
    ground = Ground(
        _title(rows, signal),
        steps,
        "relative RMSE of the replay",
        (SMALLEST, LARGEST),
        True,
        (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2),
        LEVELS,
        None if trained is None or trained[1] < first else (max(first, looks.place(trained[0])), float(trained[1])),
    )
    made = looks.lay(looks.draw(lines, theme), lines, ground, theme)
    if option == "segment":
        held = sorted({row.segment for row in rows if row.segment is not None})
        made.update_layout(xaxis={"tickvals": held, "ticktext": [str(steps) for steps in held]})
    return made


def content(rows: Sequence[Row], *, signal: str = "", theme: tokens.Theme = "light") -> go.Figure:
    """R² of a linear read-out of the whole state against the lag, a line a model; below, shuffled targets would lie at 0."""
    found = [row for row in rows if row.bank is None]
    worst = max((row.shuffled or 0.0 for row in found), default=0.0)
    said = f"{max((row.n for row in found), default=0)} samples{f' of {signal}' if signal else ''}; "
    said += f"bands: 5 to 95 % over sequences; targets shuffled in time: at most {worst:.3f}"
    return _shares(found, said, "lag in steps", "held-out R² of x(t − lag), whole state", theme)


def provenance(rows: Sequence[Row], *, signal: str = "", theme: tokens.Theme = "light") -> go.Figure:
    """Share of a write that is still held against its age, a line a model; of references what a best read-out would tell."""
    most = max((row.n for row in rows), default=0)
    said = f"{most} writes{f' of {signal}' if signal else ''}; bands: 5 to 95 % over writes; grey: memory functions"
    return _shares(rows, said, "age of the write in steps", "share of a write still held", theme)


def _shares(rows: Sequence[Row], title: str, x_title: str, y_title: str, theme: tokens.Theme) -> go.Figure:
    """Shares of 0 … 1 against steps, with half of it marked."""
    lines = [_share(found) for found in _curves(rows, several=False)]
    first = min((line.x[0] for line in lines), default=1.0)
    inside = [row.delay for row in rows if row.trained]
    ground = Ground(
        title,
        x_title,
        y_title,
        (-0.04, 1.06),
        False,
        (0, 0.25, 0.5, 0.75, 1),
        (0.5,),
        (first, looks.place(max(inside))) if inside and max(inside) > first else None,
    )
    return looks.lay(looks.draw(lines, theme), lines, ground, theme)


def _share(rows: Sequence[Row]) -> Line:
    def value(row: Row) -> float:
        return (row.r2 if row.view == "content" else row.held) or 0.0

    def said(row: Row) -> str:
        band = "" if row.low is None or row.high is None else f" ({row.low:.2f} to {row.high:.2f})"
        return f"{value(row):.3f}{band}, n = {row.n}"

    def inside(end: float | None) -> float | None:
        return None if end is None else float(np.clip(end, 0.0, 1.0))

    return Line(
        rows[0].model,
        looks.label(rows[0].model),
        [looks.place(row.delay) for row in rows],
        [float(np.clip(value(row), 0.0, 1.0)) for row in rows],
        [inside(row.low) for row in rows],
        [inside(row.high) for row in rows],
        [said(row) for row in rows],
    )


def _curves(rows: Sequence[Row], several: bool) -> list[list[Row]]:
    """Rows of each line, in the order of its axis; a line a segment length where there are several."""
    order = list(dict.fromkeys(row.model for row in rows))

    def line(row: Row) -> tuple[int, int]:
        return order.index(row.model), (row.segment or 0) if several else 0

    placed = sorted(rows, key=lambda row: (*line(row), row.delay, row.segment or 0))
    return [list(found) for _, found in groupby(placed, key=line)]


def _line(rows: Sequence[Row], option: str, several: bool) -> Line:
    def said(row: Row) -> str:
        band = "" if row.low is None or row.high is None else f" ({row.low:.3f} to {row.high:.3f})"
        error = "not finite" if row.error is None else f"{row.error:.3f}{band}"
        return f"{error}, n = {row.n}{'' if row.trained else ', beyond the training'}"

    return Line(
        rows[0].model,
        looks.label(rows[0].model) + (f", segment {rows[0].segment}" if several else ""),
        [looks.place(row.segment if option == "segment" else row.delay) for row in rows],
        [_shown(row.error) for row in rows],
        [None if row.low is None else _shown(row.low) for row in rows],
        [None if row.high is None else _shown(row.high) for row in rows],
        [said(row) for row in rows],
    )


def _shown(error: float | None) -> float:
    return LARGEST if error is None else float(np.clip(error, SMALLEST, LARGEST))


def _title(rows: Sequence[Row], signal: str) -> str:
    counts = sorted({row.n for row in rows})
    if not counts:
        return "Nothing measured yet"
    n = str(counts[-1]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    of = f" of {signal}" if signal else ""
    seeds = max(row.seeds for row in rows)
    checkpoints = "one checkpoint a model" if seeds == 1 else f"up to {seeds} checkpoints a model"
    band = "bands: 5 to 95 % over windows" if any(row.low is not None for row in rows) else "too few for a band"
    return f"{n} window{'s' if counts[-1] != 1 else ''}{of}; {checkpoints}; {band}"
