"""Inks, ramps and the signs of models, for every picture: figures, link pictures, and through `npm run wire` the page.

`tokens.json` holds them once, for the dark and the light theme. A glyph is that of one model: its shape is the family, its filling
and dash the member, and no two share a hue. It is drawn in a square of −1 … 1, y downwards: polygons and circles about its middle,
filled, or drawn with a line of width `stroke`; `symbol` is the nearest that plotly has. docs/decisions.md says how the hues
were chosen.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

Theme = Literal["dark", "light"]
FILE = Path(__file__).with_name("tokens.json")


@cache
def tokens() -> dict[str, Any]:
    """The whole file: {"inks", "ramps", "glyphs", "older", "unknown"}."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def ink(name: str, theme: Theme) -> str:
    """A colour of a theme, "#rrggbb", such as `bg`, `tx` or `w`. Raises KeyError for a name there is not."""
    return tokens()["inks"][name][theme]


def ramp(name: str, theme: Theme) -> list[str]:
    """Stops of a colour map, evenly spaced: `sequential`, `diverging` or `grey`. Raises KeyError for another name."""
    return tokens()["ramps"][name][theme]


def sign(paradigm: str, glyph: str = "") -> str:
    """Which glyph a model has: its paradigm's, else the one that its recording names, else that of a model of one's own.

    Recordings of before name one for a whole family; a recording may also come from a later version.
    """
    glyphs, older = tokens()["glyphs"], tokens()["older"]
    known = (name for name in (paradigm, glyph, older.get(glyph, "")) if name in glyphs)
    return next(known, tokens()["unknown"])


def sign_of(entry: Mapping[str, Any]) -> str:
    """`sign` of an entry of a manifest's `models`."""
    return sign(str(entry.get("paradigm", "")), str(entry.get("glyph", "")))


def hue(glyph: str, theme: Theme) -> str:
    """The colour of a glyph."""
    return tokens()["glyphs"][sign(glyph, glyph)][theme]


def dash(glyph: str) -> str:
    """How its lines are drawn in charts, as plotly and SVG call it: solid, dash, dot or dashdot."""
    return tokens()["glyphs"][sign(glyph, glyph)]["dash"]


def symbol(glyph: str) -> str:
    """Plotly's `marker.symbol` for it, for the points of a chart."""
    return tokens()["glyphs"][sign(glyph, glyph)]["symbol"]
