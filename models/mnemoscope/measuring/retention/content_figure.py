"""The picture of what can be read out of memories (plotly): R² against the steps since it was heard. No torch."""

from collections.abc import Sequence
from itertools import groupby

import plotly.graph_objects as go

from mnemoscope.measuring.retention import looks
from mnemoscope.measuring.retention.looks import Ground, Line
from mnemoscope.measuring.retention.rows import Row
from mnemoscope.reading import tokens


def figure(rows: Sequence[Row], *, theme: tokens.Theme = "light") -> go.Figure:
    """A line a model, of its whole state: rows of the view "content"."""
    whole = [row for row in rows if row.bank is None and row.r2 is not None]
    order = list(dict.fromkeys(row.model for row in whole))
    placed = sorted(whole, key=lambda row: (order.index(row.model), row.delay))
    lines = [_line(model, list(found)) for model, found in groupby(placed, key=lambda row: row.model)]
    ground = Ground("What can be read out of it", "steps ago", "held-out R²", (-0.04, 1.04), False, (0, 0.5, 1))
    return looks.lay(looks.draw(lines, theme), lines, ground, theme)


def _line(model: str, rows: list[Row]) -> Line:
    none: list[float | None] = [None] * len(rows)
    shares = [max(0.0, row.r2 or 0.0) for row in rows]
    said = [f"R² {share:.2f}" for share in shares]
    return Line(model, looks.label(model), [looks.place(row.delay) for row in rows], shares, none, none, said)
