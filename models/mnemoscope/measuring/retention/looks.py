"""What pictures of retention share: names, colours, bands, the ground they are drawn on. No torch."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from mnemoscope.checkpoints.names import FITTED
from mnemoscope.errors import UnknownModel
from mnemoscope.models import registry
from mnemoscope.reading import tokens

FLOATS = 64
"""Numbers that every reference keeps."""
REFERENCES = {
    "shift-register": f"shift register, {FLOATS}",
    "echo-state": f"echo state network, {FLOATS}",
    "legendre-memory": f"Legendre memory, {FLOATS}",
    "chance": "answering 0",
}
"""What the references are called, by their names in rows."""
DASHES = {"shift-register": "dot", "echo-state": "dashdot", "legendre-memory": "longdash", "chance": "dot"}

AT_ONCE = 0.5
"""Where no steps lie on a logarithmic axis."""
TICKS = (0.5, 1, 2, 5, 10, 20, 40, 80, 120, 200, 400, 800, 1_600, 5_000, 20_000, 100_000)
APART = 0.052
"""Height of a label at the right edge, in parts of the axis."""


def label(model: str) -> str:
    """How people call a model of a row."""
    if model in REFERENCES:
        return REFERENCES[model]
    name, _, moment = model.partition("@")
    try:
        known = registry.get(name).label
        if moment.startswith(FITTED):
            return f"{known}, fitted {moment.removeprefix(FITTED)}".rstrip()
        return known + (f" after {moment} updates" if moment else "")
    except UnknownModel:
        return model


def hue(model: str, theme: tokens.Theme) -> str:
    """The colour of a model of a row; references are grey."""
    if model in REFERENCES:
        return tokens.ink("t2", theme)
    try:
        return registry.get(model.partition("@")[0]).card.hue(theme)
    except UnknownModel:
        return tokens.hue(tokens.tokens()["unknown"], theme)


def glyph(model: str) -> str | None:
    """The sign of a model of a row; None for a reference and for a model that is not in the registry."""
    name = model.partition("@")[0]
    return registry.get(name).glyph if name in registry.names() else None


def whose(model: str, part: str) -> dict[str, str | None]:
    """What a trace is, line or band and of which model, for a page that dresses the figure in the inks of its theme."""
    return {"model": model, "glyph": glyph(model), "part": part}


def place(steps: int | None) -> float:
    """Where a number of steps lies on a logarithmic axis."""
    return float(steps or AT_ONCE)


class Line(NamedTuple):
    """A curve with its band: x, y and the band's ends of every point, None where there is none; what hovering says."""

    model: str
    name: str
    x: list[float]
    y: list[float]
    low: list[float | None]
    high: list[float | None]
    said: list[str]


def draw(lines: Sequence[Line], theme: tokens.Theme) -> go.Figure:
    """Curves over their bands, references thinner and without points."""
    made = go.Figure()
    for line in lines:
        colour, reference = hue(line.model, theme), line.model in REFERENCES
        sign = glyph(line.model) or tokens.tokens()["unknown"]
        if line.model != "chance":
            _band(made, line, colour)
        made.add_scatter(
            x=line.x,
            y=line.y,
            name=line.name,
            mode="lines" if reference else "lines+markers",
            line={
                "color": colour,
                "width": 1.5 if reference else 2,
                "dash": "dashdot" if f"@{FITTED}" in line.model else DASHES.get(line.model) or tokens.dash(sign),
            },
            marker={"symbol": tokens.symbol(sign), "size": 8},
            customdata=line.said,
            hovertemplate="%{customdata}",
            meta=whose(line.model, "line"),
        )
    return made


def _band(made: go.Figure, line: Line, colour: str) -> None:
    known = [(x, low, high) for x, low, high in zip(line.x, line.low, line.high, strict=True) if low is not None]
    if not known:
        return
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    common: dict[str, Any] = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    common["meta"] = whose(line.model, "band")
    x = [x for x, _, _ in known]
    made.add_scatter(x=x, y=[low for _, low, _ in known], **common)
    filled = {"fill": "tonexty", "fillcolor": f"rgba({red},{green},{blue},0.14)"}
    made.add_scatter(x=x, y=[high for _, _, high in known], **filled, **common)


class Ground(NamedTuple):
    """What the curves are drawn on. y: smallest and largest value of the axis, logarithmic or not, and its ticks."""

    title: str
    x_title: str
    y_title: str
    y: tuple[float, float]
    log_y: bool
    y_ticks: Sequence[float]
    levels: Sequence[float] = ()
    """Values with a dotted line."""
    trained: tuple[float, float] | None = None
    """A part of the x axis that is shaded."""


def lay(made: go.Figure, lines: Sequence[Line], ground: Ground, theme: tokens.Theme) -> go.Figure:
    """Axes, the shaded training, levels, and the names at the right edge, moved apart where they would cover each other."""
    grid, text = tokens.ink("ln2", theme), tokens.ink("t2", theme)
    shapes: list[dict[str, Any]] = [
        {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": level, "y1": level, "layer": "below"}
        | {"line": {"color": grid, "width": 1, "dash": "dot"}}
        for level in ground.levels
    ]
    annotations: list[dict[str, Any]] = []
    if ground.trained is not None:
        first, last = ground.trained
        shapes.append(
            {"type": "rect", "yref": "paper", "x0": first, "x1": last, "y0": 0, "y1": 1, "layer": "below"}
            | {"fillcolor": tokens.ink("ln", theme), "opacity": 0.5, "line": {"width": 0}}
        )
        corner = {"xanchor": "right", "yanchor": "top", "yref": "paper", "y": 1, "showarrow": False}
        annotations.append(
            {"x": float(np.log10(last)), "text": "trained", "font": {"size": 11, "color": text}} | corner
        )
    annotations += _names(lines, ground, theme)
    x = sorted({x for line in lines for x in line.x})
    ticks = [tick for tick in TICKS if tick >= 1 or tick in x]  # beyond the curves too: the axis may reach further
    shared = {"linecolor": grid, "zeroline": False, "showgrid": False, "ticks": "outside", "tickcolor": grid}
    ends = [float(np.log10(end)) if ground.log_y else end for end in ground.y]
    return made.update_layout(
        template="none",
        title={"text": ground.title, "font": {"size": 13}, "x": 0, "xref": "paper"},
        paper_bgcolor=tokens.ink("bg", theme),
        plot_bgcolor=tokens.ink("bg", theme),
        font={"family": "Inter, sans-serif", "size": 12, "color": tokens.ink("tx", theme)},
        xaxis={"type": "log", "title": {"text": ground.x_title}, "tickvals": ticks}
        | {"ticktext": [f"{tick:g}" if tick >= 1 else "0" for tick in ticks]}
        | shared,
        yaxis={"type": "log" if ground.log_y else "linear", "title": {"text": ground.y_title}, "range": ends}
        | {"tickvals": list(ground.y_ticks)}
        | shared,
        shapes=shapes,
        annotations=annotations,
        hovermode="x",
        showlegend=False,
        margin={"l": 64, "r": 200, "t": 48, "b": 56},
    )


def _names(lines: Sequence[Line], ground: Ground, theme: tokens.Theme) -> list[dict[str, Any]]:
    def height(value: float) -> float:
        low, high, at = (np.log10(v) if ground.log_y else v for v in (*ground.y, value))
        return float((at - low) / (high - low))

    places = [height(line.y[-1]) for line in lines]
    order = sorted(range(len(lines)), key=lambda k: places[k])
    for before, after in pairwise(order):
        places[after] = max(places[after], places[before] + APART)
    top = 1.0
    for k in reversed(order):  # what was pushed over the top pushes back
        places[k] = min(places[k], top)
        top = places[k] - APART
    fixed = {"x": 1.01, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "middle", "showarrow": False}
    return [
        {"y": places[k], "text": line.name, "font": {"size": 12, "color": hue(line.model, theme)}} | fixed
        for k, line in enumerate(lines)
    ]
