"""Inks, ramps and the signs of models, for every picture: figures, link pictures, and through `npm run wire` the page.

`tokens.json` holds them once, for the dark and the light theme. A glyph is drawn in a square of −1 … 1, y downwards: polygons
and circles about its middle, filled, or drawn with a line of width `stroke`. docs/decisions.md says how the hues were chosen.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

Theme = Literal["dark", "light"]
FILE = Path(__file__).with_name("tokens.json")


@cache
def tokens() -> dict[str, Any]:
    """The whole file: {"inks", "ramps", "glyphs", "unknown"}."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def ink(name: str, theme: Theme) -> str:
    """A colour of a theme, "#rrggbb", such as `bg`, `tx` or `w`. Raises KeyError for a name there is not."""
    return tokens()["inks"][name][theme]


def ramp(name: str, theme: Theme) -> list[str]:
    """Stops of a colour map, evenly spaced: `sequential`, `diverging` or `grey`. Raises KeyError for another name."""
    return tokens()["ramps"][name][theme]


def hue(glyph: str, theme: Theme) -> str:
    """The colour of a glyph. A recording may come from a later version: an unknown glyph gets that of `unknown`."""
    glyphs = tokens()["glyphs"]
    return glyphs.get(glyph, glyphs[tokens()["unknown"]])[theme]
