"""Pictures of what the ledger says at every delay (plotly): is the segment still there, and is it found. No torch."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import plotly.graph_objects as go

from mnemoscope.measuring.retention import looks
from mnemoscope.measuring.retention.looks import Ground, Line
from mnemoscope.reading import tokens
from mnemoscope.tasks import SignalRecall

TITLES = {"kept": "Is the segment still there?", "right": "Is it found?"}


def figure(rows: Sequence[dict[str, Any]], what: str, *, theme: tokens.Theme = "light") -> go.Figure:
    """A line a model: rows as {"model", "delay", "kept", "right"}; what: "kept" or "right", against the delay."""
    known = [row for row in rows if row[what] is not None]
    order = list(dict.fromkeys(row["model"] for row in known))
    placed = sorted(known, key=lambda row: (order.index(row["model"]), row["delay"]))
    lines = [_line(model, list(found), what) for model, found in groupby(placed, key=lambda row: row["model"])]
    trained = next(option for option in SignalRecall.options if option.name == "delay").trained
    first = min((line.x[0] for line in lines), default=1.0)
    shaded = None if trained is None or trained[1] < first else (first, float(trained[1]))
    steps = "steps between the segment and the cue"
    ground = Ground(TITLES[what], steps, "share", (-0.04, 1.04), False, (0, 0.5, 1), (), shaded)
    return looks.lay(looks.draw(lines, theme), lines, ground, theme)


def _line(model: str, rows: list[dict[str, Any]], what: str) -> Line:
    shares = [float(row[what]) for row in rows]
    none: list[float | None] = [None] * len(rows)
    said = [f"{share:.2f}" for share in shares]
    return Line(model, looks.label(model), [looks.place(row["delay"]) for row in rows], shares, none, none, said)
