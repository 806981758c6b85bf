"""The picture of delay × segment of one model (plotly): a cell for every pair that was measured, shaded by what it is. No torch.

Cells are bars over one another, because the part of plotly that the page loads has no heat map.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from mnemoscope.measuring.retention import looks
from mnemoscope.measuring.retention.rows import LEVELS, Row
from mnemoscope.reading import tokens
from mnemoscope.tasks import SignalRecall

Cells = Mapping[tuple[int, int], float | None]
"""Error by segment and delay; None: not finite."""

SHADES = (0.85, 0.38, 0.12, 0.03)
"""Opacity of what is exact, a blur, lost, and no better than answering 0."""
TAKEN = 1.0
"""The error of answering 0."""


def cells(rows: Sequence[Row], model: str) -> dict[tuple[int, int], float | None]:
    """What is known of a model, from rows of the view "behaviour"."""
    return {
        (row.segment, row.delay): row.error
        for row in rows
        if row.view == "behaviour" and row.model == model and row.segment is not None
    }


def figure(
    known: Cells,
    model: str,
    *,
    trained: tuple[int, int] | None = None,
    theme: tokens.Theme = "light",
) -> go.Figure:
    """Segments upwards, delays to the right, the error in every cell; dotted, how far training reached.

    model: for its hue. trained: the longest segment and delay of the training, by default those of signal-recall.
    """
    segments, delays = (sorted({pair[k] for pair in known}) for k in (0, 1))
    places = [(delays.index(delay), segments.index(segment)) for segment, delay in known]
    shades = [shade(error) for error in known.values()]
    colour = looks.hue(model, theme)
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    inks = [tokens.ink("bg", theme) if level == 0 else tokens.ink("tx", theme) for level in shades]
    made = go.Figure()
    made.add_bar(
        x=[x for x, _ in places],
        y=[1] * len(places),
        base=[y - 0.5 for _, y in places],
        width=1,
        marker={
            "color": [f"rgba({red},{green},{blue},{SHADES[level]})" for level in shades],
            "line": {"width": 1, "color": tokens.ink("bg", theme)},
        },
        text=[said(error) for error in known.values()],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont={"size": 11, "color": inks},
        customdata=shades,
        hovertemplate="%{text}",
        meta=looks.whose(model, "square"),
    )
    return made.update_layout(
        template="none",
        title={"text": looks.label(model), "font": {"size": 13}, "x": 0, "xref": "paper"},
        paper_bgcolor=tokens.ink("bg", theme),
        plot_bgcolor=tokens.ink("bg", theme),
        font={"family": "Inter, sans-serif", "size": 12, "color": tokens.ink("tx", theme)},
        barmode="overlay",
        bargap=0,
        xaxis=_axis("steps between the segment and the cue", delays),
        yaxis=_axis("steps held", segments),
        shapes=_reach(segments, delays, trained or _trained(), theme),
        showlegend=False,
        margin={"l": 64, "r": 24, "t": 48, "b": 56},
    )


def shade(error: float | None) -> int:
    """0 exact, 1 a blur, 2 lost, 3 no better than answering 0."""
    if error is None or error >= TAKEN:
        return 3
    return sum(error > level for level in LEVELS)


def said(error: float | None) -> str:
    """The error in a cell: three characters or four."""
    if error is None:
        return "–"
    return f"{error:.1f}" if error >= 1 else f"{error:.2f}"


def _axis(title: str, values: Sequence[int]) -> dict[str, Any]:
    return {
        "title": {"text": title},
        "range": [-0.5, len(values) - 0.5],
        "tickvals": list(range(len(values))),
        "ticktext": [str(value) for value in values],
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
    }


def _trained() -> tuple[int, int]:
    ends = {option.name: option.trained[1] for option in SignalRecall.options if option.trained is not None}
    return ends["segment"], ends["delay"]


def _reach(
    segments: Sequence[int], delays: Sequence[int], trained: tuple[int, int], theme: tokens.Theme
) -> list[dict[str, Any]]:
    """Lines to the right of the last delay that was trained, and above the last segment."""
    top, right = (
        sum(value <= end for value in values) - 0.5 for values, end in zip((segments, delays), trained, strict=True)
    )
    line: dict[str, Any] = {"type": "line", "line": {"color": tokens.ink("tx", theme), "width": 1, "dash": "dot"}}
    found: list[dict[str, Any]] = []
    if -0.5 < right < len(delays) - 0.5 and top > -0.5:
        found.append(line | {"x0": right, "x1": right, "y0": -0.5, "y1": top})
    if -0.5 < top < len(segments) - 0.5 and right > -0.5:
        found.append(line | {"x0": -0.5, "x1": right, "y0": top, "y1": top})
    return found
