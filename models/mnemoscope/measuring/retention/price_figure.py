"""The picture of what memories cost (plotly): floats kept against steps heard. No torch."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from mnemoscope.measuring.retention import looks
from mnemoscope.measuring.retention.looks import Ground, Line
from mnemoscope.reading import tokens

POWERS = (100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000)


def figure(prices: Sequence[dict[str, Any]], *, theme: tokens.Theme = "light") -> go.Figure:
    """One line a model: prices as {"model", "floats": [[steps heard, floats], …]}, both axes logarithmic."""
    lines = [_line(price) for price in prices]
    kept = [floats for line in lines for floats in line.y]
    ends = 0.7 * min(kept, default=100), 1.4 * max(kept, default=1_000)
    ticks = [power for power in POWERS if ends[0] <= power <= ends[1]]
    ground = Ground("What a memory keeps", "steps heard", "floats kept", ends, True, ticks)
    made = looks.lay(looks.draw(lines, theme), lines, ground, theme)
    return made.update_traces(mode="lines").update_layout(
        yaxis={"ticktext": [_short(power) for power in ticks]},
        xaxis={"tickvals": [10, 1_000, 100_000], "ticktext": ["10", "1 k", "100 k"]},
    )


def _line(price: dict[str, Any]) -> Line:
    model, floats = price["model"], price["floats"]
    none: list[float | None] = [None] * len(floats)
    said = [f"{kept:,} floats after {steps:,} steps" for steps, kept in floats]
    return Line(
        model, looks.label(model), [float(t) for t, _ in floats], [float(n) for _, n in floats], none, none, said
    )


def _short(number: int) -> str:
    """1 k, 10 M, 1 G."""
    for size, unit in ((10**9, "G"), (10**6, "M"), (1_000, "k")):
        if number >= size:
            return f"{number // size} {unit}"
    return str(number)
