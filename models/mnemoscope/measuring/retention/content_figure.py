"""The pictures of what can be read out of memories (plotly): R² against the steps since it was heard. No torch."""

from collections.abc import Sequence
from itertools import groupby

import plotly.graph_objects as go

from mnemoscope.measuring.retention import looks
from mnemoscope.measuring.retention.looks import Ground, Line
from mnemoscope.measuring.retention.rows import Row
from mnemoscope.reading import tokens

GROUND = Ground("What can be read out of it", "steps ago", "held-out R²", (-0.04, 1.04), False, (0, 0.5, 1))
WHOLE, SHUFFLED = "whole state", "shuffled in time"
DASHES = ("dash", "dot", "dashdot", "longdash", "longdashdot")


def figure(rows: Sequence[Row], *, theme: tokens.Theme = "light") -> go.Figure:
    """A line a model, of its whole state: rows of the view "content"."""
    whole = [row for row in rows if row.bank is None and row.r2 is not None]
    order = list(dict.fromkeys(row.model for row in whole))
    placed = sorted(whole, key=lambda row: (order.index(row.model), row.delay))
    groups = groupby(placed, key=lambda row: row.model)
    lines = [_line(model, looks.label(model), list(found)) for model, found in groups]
    return looks.lay(looks.draw(lines, theme), lines, GROUND, theme)


def banks(rows: Sequence[Row], model: str, *, theme: tokens.Theme = "light") -> go.Figure:
    """A line a bank of one model, one of its whole state, and one with the targets shuffled in time, which must lie at 0."""
    mine = [row for row in rows if row.model == model and row.r2 is not None]
    order = list(dict.fromkeys(row.bank for row in sorted(mine, key=lambda row: row.bank or "")))
    placed = sorted(mine, key=lambda row: (order.index(row.bank), row.delay))
    groups = [(bank, list(found)) for bank, found in groupby(placed, key=lambda row: row.bank)]
    lines = [_line(model, bank or WHOLE, found) for bank, found in groups]
    control = [row for row in placed if row.bank is None and row.shuffled is not None]
    if control:
        line = _line(model, SHUFFLED, control)
        lines.append(line._replace(y=[min(1.0, max(0.0, row.shuffled or 0.0)) for row in control]))
    made = looks.draw(lines, theme)
    dashes = {line.name: DASHES[k % len(DASHES)] for k, line in enumerate(lines) if line.name not in (WHOLE, SHUFFLED)}
    for trace in made.data:
        trace.update(mode="lines", line={"dash": dashes.get(trace.name, "solid")}, meta=looks.whose(model, "bank"))
        if trace.name == SHUFFLED:
            trace.update(line={"color": tokens.ink("t3", theme), "dash": "dot"}, meta=looks.whose("chance", "bank"))
    return looks.lay(made, lines, GROUND, theme)


def _line(model: str, name: str, rows: list[Row]) -> Line:
    none: list[float | None] = [None] * len(rows)
    shares = [min(1.0, max(0.0, row.r2 or 0.0)) for row in rows]
    said = [f"R² {share:.2f}" for share in shares]
    return Line(model, name, [looks.place(row.delay) for row in rows], shares, none, none, said)
