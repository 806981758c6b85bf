"""Names of columns: cleaned, made distinct, and freed of the units in them."""

import re

from mnemoscope.signals.importers.tabular.numbers import UNIT, bare

_UNIT_CELL = re.compile(
    r"#|[\[(]?\s*[A-Za-zµμ°Ωω%/²³·*^\-\d. ]{1,12}\s*[\])]?|[A-Za-zµμ°]{1,6}/\([A-Za-zµμ·*^\d ]{1,8}\)|(?:[hH]{1,2}:)?[mM]{1,2}:[sS]{1,2}(?:[.,][mMsSfF]+)?"
    r"|[\[(]?(?=[dDmMyYJjTtAa])[dDmMyYJjTtAa]{1,4}[-/.][dDmMyYTtJjAa]{1,4}[-/.][dDmMyYJjTtAa]{1,4}(?:[ T]?[hHmMsSfF:.]{2,12})?[\])]?|"
)
_SUFFIX = re.compile(
    r"(.+)_((?:[munkM]?(?:V|A|Hz|W|Pa|g|m|s|K|N|T|J))|[µμ][VAS]|uS|degC|degF|deg|rad|dps|mmHg|bpm|rpm|kmh|mps|pct|kWh|Wh|hPa|ppm|ppb"
    r"|lux|dB|%|[^_/]+/[^_/]+)"
)
_PER = re.compile(r"(.+)_([munk]?m|km|deg|rad|l|L|ml|mL|kg|g)_(s2|s|min|h)(?:-1)?")
"""wind_speed_m_s, acc_m_s2: a slash is no sign for a name."""
_OVER = re.compile(r"(.+?)\s*/\s*([^/]+)")
_IN = re.compile(r"(.+?)\s+in\s+(\S{1,12})")
_WITHIN = re.compile(r"(.+?)\s*\[\s*([^\]]{1,16}?)\s*\]\s*(\S.*)")
"""A unit in square brackets with more of the name behind it."""
_AFTER_BLANK = re.compile(r"(.+?)\s+(?:in\s+)?(\S+)")
_PLAIN = re.compile(
    r"[munkMµμ]V|[munkµμ]A|[kMG]W|[kMG]?Wh|[kMG]?Hz|[hkM]?Pa|mmHg|bpm|rpm|pp[mb]|[cmk]m|[mk]g|m[lL]|mbar|°[CF]|\S*[/°%²³]\S*|%"
)
"""Units that are no words: after a blank they are taken for one."""
_NUMBERED_BY_LETTERS = re.compile(
    r"(?:.*[_ ])?(?:sensor|phase|lead|group|channel|node|model|test|class|type|series|site|station|unit|part|axis|zone|side|probe|port|line|variant"
    r"|version|option|bank|block|section|case|set|run|subject|patient|person|electrode|ch|col|column|feature|item|plan|grade|vitamin|team"
    r"|plant|machine|pump|tank|motor|loop|circuit|room|house|cell|string|arm|coil)s?\d*",
    re.I,
)
"""Words that a letter tells apart from their like: sensor_A is no current."""
_OF_TIME = re.compile(r"(?:[munµμ]?s|sec\w*|min\w*|h|hrs?|hours?|d|days?)")
_TIMES = re.compile(r"t|.*(?:time|zeit|temps|tiempo|duration|elapsed|interval|period|delay|latency).*", re.I)
_SYMBOLS = {"U": "V", "T": "K°C°F", "F": "N"}
"""Quantities whose letter is a unit too: U/V is a voltage in volts."""
_WARM = re.compile(
    r"(.*(?:temp|dew|air|water|skin|body|ambient|surface|wetbulb|soil|room|oven|coolant|battery).*)[_ ]([CFK])", re.I
)
_SPELT = {
    "deg c": "°C", "degc": "°C", "celsius": "°C", "degrees c": "°C", "°c": "°C", "° c": "°C", "℃": "°C", "deg f": "°F", "degf": "°F",
    "fahrenheit": "°F", "℉": "°F", "kelvin": "K", "volts": "V", "volt": "V", "millivolt": "mV", "millivolts": "mV", "microvolt": "µV",
    "microvolts": "µV", "ampere": "A", "amperes": "A", "hertz": "Hz", "pascal": "Pa", "watt": "W", "kilowatt": "kW", "kmh": "km/h",
    "kph": "km/h", "mps": "m/s", "dps": "deg/s", "pct": "%", "seconds": "s", "sec": "s", "secs": "s", "minutes": "min", "hours": "h",
    "days": "d", "millimetres": "mm", "millimeters": "mm", "centimetres": "cm", "centimeters": "cm", "metres": "m", "meters": "m",
    "kilometres": "km", "kilometers": "km", "millibars": "mbar", "degrees celsius": "°C", "percent": "%", "amps": "A", "amp": "A", "watts": "W",
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
    if sum(map(bool, cells)) > sum(map(bool, above)) and any(len(cell) > 6 and not is_unit(cell) for cell in cells):
        return False  # a word over which no name stands is one itself
    return all(_UNIT_CELL.fullmatch(cell) for cell in cells) and sum(map(len, cells)) <= sum(map(len, above)) + 4 * len(
        cells
    )


def are_units_above(cells: list[str], below: list[str]) -> bool:
    """Whether a row is units of the row below it: all of it are known as such, and the other row is not."""
    known, names = [bare(cell).strip("[]() ") for cell in cells], [bare(cell) for cell in below]
    if len(known) != len(names) or not any(known):
        return False
    return all(is_unit(cell) for cell in known if cell) and not all(is_unit(cell) for cell in names if cell)


def unit_of(cell: str) -> str | None:
    """The unit that a cell of a row of units says."""
    text = bare(cell)
    text = text.strip("[]()").strip() if re.fullmatch(r"\s*[\[(][^()\[\]]*[\])]\s*|[^()]*", text) else text
    if re.fullmatch(r"[dDmMyYJjTtAa]{1,4}[-/.][dDmMyYTtJjAa]{1,4}[-/.].*", text):  # how dates are written
        return None
    if text.lower() in ("value", "values", "sample", "rn", "ts", "none", "n/a", "#"):
        return None
    return _SPELT.get(text.lower(), text) or None


def named_unit(name: str, unit: str | None) -> tuple[str, str | None]:
    """Split a name: "MLII (mV)", "MLII_mV", "MLII/mV", "MLII mV" and "MLII, mV" -> ("MLII", "mV"); "Volt" is in V, "wind_m_s" in m/s.

    A unit row wins. What is no unit stays in the name: id_no, lead_II, sensor_A, km/h, breaths/min.
    """
    name = name.strip()
    bracket = re.fullmatch(r"(.+?)[\s_]*(?:[\[(]\s*([^\])]{1,16}?)\s*[\])])(?:\s*\([^)]*\))?", name)
    if bracket and is_unit(bracket[2]):
        return bracket[1].strip(" ,_"), unit or unit_of(bracket[2])
    if (found := _WITHIN.fullmatch(name)) and is_unit(found[2]):
        return f"{found[1]} {found[3]}", unit or unit_of(found[2])
    if (found := re.fullmatch(r"(.+?)\s*,\s*([^,()]{1,12}?)(?:\s*\([^)]*\))?", name)) and is_unit(found[2]):
        return found[1].strip(), unit or unit_of(found[2])
    if found := _PER.fullmatch(name):
        return found[1], unit or f"{found[2]}/{found[3]}"
    if (found := _SUFFIX.fullmatch(name)) and _is_suffix(found[1], found[2]):
        return found[1], unit or unit_of(found[2])
    if found := _WARM.fullmatch(name):
        return found[1], unit or ("K" if found[2].upper() == "K" else "°" + found[2].upper())
    if (found := _IN.fullmatch(name)) and is_unit(found[2]):
        return found[1].strip(), unit or unit_of(found[2])
    if (found := _AFTER_BLANK.fullmatch(name)) and "/" in found[2] and is_unit(found[2]):
        return found[1], unit or unit_of(found[2])
    if (found := _OVER.fullmatch(name)) and _is_quantity(found[1], found[2]):
        return found[1], unit or unit_of(found[2])
    if (found := _AFTER_BLANK.fullmatch(name)) and _PLAIN.fullmatch(found[2]) and is_unit(found[2]):
        return found[1], unit or unit_of(found[2])
    if name.lower() in _SPELT and not _OF_TIME.fullmatch(name.lower()):
        return name, unit or unit_of(name)
    return name, unit if unit or len(name) < 2 or not _PLAIN.fullmatch(name) or not is_unit(name) else unit_of(name)


def _is_suffix(name: str, unit: str) -> bool:
    """Whether name_unit has a unit at its end: not the letter of one sensor of several, and no words with a slash."""
    if "/" in unit:
        return is_unit(unit)
    return len(unit) > 1 or _NUMBERED_BY_LETTERS.fullmatch(name) is None


def _is_quantity(name: str, unit: str) -> bool:
    """Whether `name/unit` is a quantity in a unit (ecg/mV, time/s, U/V), not a unit (km/h), a rate (breaths/min) or words (in/out)."""
    if name in _SYMBOLS:
        return unit.strip() in _SYMBOLS[name] or unit.strip()[1:] in _SYMBOLS[name]
    if not is_unit(unit) or is_unit(name) or unit in ("b", "B", "a", "x"):
        return False
    return not _OF_TIME.fullmatch(unit.strip()) or _TIMES.fullmatch(name) is not None


def is_unit(text: str) -> bool:
    """Whether a text is a unit that is known as such."""
    text = text.strip()
    return not text.isdecimal() and (UNIT.fullmatch(text) is not None or text.lower() in _SPELT)
