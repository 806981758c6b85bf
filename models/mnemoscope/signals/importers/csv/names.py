"""Names of columns: cleaned, made distinct, and freed of the units in them."""

import re

from mnemoscope.signals.importers.csv.numbers import UNIT, bare

_UNIT_CELL = re.compile(
    r"#|[\[(]?\s*[A-Za-zµμ°Ωω%/²³·*^\-\d. ]{1,12}\s*[\])]?|(?:[hH]{1,2}:)?[mM]{1,2}:[sS]{1,2}(?:[.,][mMsSfF]+)?|"
)
_SUFFIX = re.compile(
    r"(.+)_((?:[munkM]?(?:V|A|Hz|W|Pa|g|m|s|K|N|T))|[µμ][VA]|degC|degF|mmHg|bpm|rpm|kmh|pct|kWh|Wh|hPa|ppm|ppb)"
)
_WARM = re.compile(
    r"(.*(?:temp|dew|air|water|skin|body|ambient|surface|wetbulb|soil|room|oven|coolant|battery).*)[_ ]([CFK])", re.I
)
_SPELT = {
    "deg c": "°C", "degc": "°C", "celsius": "°C", "degrees c": "°C", "°c": "°C", "° c": "°C", "℃": "°C", "deg f": "°F", "degf": "°F",
    "fahrenheit": "°F", "℉": "°F", "volts": "V", "volt": "V", "seconds": "s", "sec": "s", "secs": "s", "minutes": "min", "hours": "h",
    "days": "d", "percent": "%", "amps": "A", "amp": "A", "watts": "W",
}  # fmt: skip


def distinct(names: list[str], notes: list[str]) -> tuple[str, ...]:
    """Every column one name of its own; control characters and marks that reorder text are removed."""
    cleaned = [
        re.sub(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", "", bare(name)).strip()
        for name in names
    ]
    result: list[str] = []
    for i, name in enumerate(cleaned):
        name = name[:200] or f"column {i + 1}"
        candidate, n = name, 2
        while candidate in result:
            candidate, n = f"{name} ({n})", n + 1
        if candidate != name:
            notes.append(f"two columns are named {name!r}; column {i + 1} is shown as {candidate!r}")
        result.append(candidate)
    return tuple(result)


def are_units(cells: list[str], above: list[str]) -> bool:
    """Whether a row is units of the row above it."""
    cells, above = [bare(cell) for cell in cells], [bare(cell) for cell in above]
    if len(cells) != len(above) or not any(cells):
        return False
    return all(_UNIT_CELL.fullmatch(cell) for cell in cells) and sum(map(len, cells)) <= sum(map(len, above)) + 4 * len(
        cells
    )


def unit_of(cell: str) -> str | None:
    """The unit that a cell of a row of units says."""
    text = bare(cell).strip("[]()").strip()
    if text.lower() in ("value", "values", "sample", "rn", "ts", "none", "n/a", "#"):
        return None
    return _SPELT.get(text.lower(), text) or None


def named_unit(name: str, unit: str | None) -> tuple[str, str | None]:
    """Split a name: "MLII (mV)", "MLII_mV" and "MLII, mV" -> ("MLII", "mV"); a unit row wins, what is no unit stays in the name."""
    name = name.strip()
    bracket = re.fullmatch(r"(.+?)[\s_]*(?:[\[(]\s*([^\])]{1,16}?)\s*[\])])(?:\s*\([^)]*\))?", name)
    if bracket and _is_unit(bracket[2]):
        return bracket[1].strip(" ,_"), unit or unit_of(bracket[2])
    if (found := re.fullmatch(r"(.+?)\s*,\s*([^,()]{1,12}?)(?:\s*\([^)]*\))?", name)) and _is_unit(found[2]):
        return found[1].strip(), unit or unit_of(found[2])
    if found := _SUFFIX.fullmatch(name):
        return found[1], unit or unit_of(found[2])
    if found := _WARM.fullmatch(name):
        return found[1], unit or ("K" if found[2].upper() == "K" else "°" + found[2].upper())
    return name, unit


def _is_unit(text: str) -> bool:
    text = text.strip()
    return not text.isdecimal() and (UNIT.fullmatch(text) is not None or text.lower() in _SPELT)
