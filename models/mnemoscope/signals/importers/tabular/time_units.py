"""Units of times that are numbers, and names that say that a column is a time."""

import re

import numpy as np
from numpy.typing import NDArray

from mnemoscope.signals.clock import DAY, YEAR
from mnemoscope.signals.importers.options import TimeUnit

Numbers = NDArray[np.float64]

FACTORS = {
    "s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0, "sekunden": 1.0, "ms": 1e-3, "msec": 1e-3, "millis": 1e-3,
    "milliseconds": 1e-3, "us": 1e-6, "usec": 1e-6, "µs": 1e-6, "μs": 1e-6, "microseconds": 1e-6, "ns": 1e-9, "nanoseconds": 1e-9,
    "min": 60.0, "mins": 60.0, "minute": 60.0, "minutes": 60.0, "h": 3600.0, "hr": 3600.0, "hrs": 3600.0, "hour": 3600.0,
    "hours": 3600.0, "d": DAY, "day": DAY, "days": DAY, "year": YEAR, "years": YEAR, "yr": YEAR,
}  # fmt: skip
UNITS: dict[TimeUnit, float] = {
    "s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9, "min": 60.0, "h": 3600.0, "d": DAY, "year": YEAR, "spreadsheet": DAY,
}  # fmt: skip
UNIX = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))
UNIX_RANGE = (631_152_000.0, 4_102_444_800.0)  # 1990 … 2100
SERIAL_RANGE = (32_874.0, 73_051.0)  # days since 1899-12-30 of 1990 … 2100
JULIAN_RANGE = (2_447_892.0, 2_488_070.0)  # days since noon of 4713 BC, of 1990 … 2100
DATENUM_RANGE = (726_834.0, 767_011.0)  # the same of MATLAB, days since year 0

TIME_NAME = re.compile(
    r"_?(t|ts|.*stamp\.secs?|x?time.*|.*timestamp.*|.*date.*|datum|zeit.*|uhrzeit|temps|heure|hora|fecha|sec(ond)?s?|elapsed.*|.*elapsed|epoch.*|unix.*"
    r"|year|yr|jahr|millis|ticks?|x[_ ]?values?|x[_ ]?axis|.*_time|.* time|jd|mjd|julian.*|時刻|日時|时间|日期|время|дата)",
    re.IGNORECASE,
)
YEAR_NAME = re.compile(r"(year|yr|jahr|année|ano|decimal[ _]?(?:year|date)|yearfrac)s?", re.IGNORECASE)
INDEX_NAME = re.compile(
    r"(|index|idx|i|n|no\.?|nr\.?|#|row|rows?|lfd\.?( nr\.?)?|record|rn|rec|samples?( ?#| ?no\.?| ?number)?|step|nseq|seq(uence)?|count(er)?"
    r"|unnamed.*|column 1|id|ligne|line|point|frame|week|(?:.*[._])?n(?:ano)?secs?)",
    re.IGNORECASE,
)


def is_time_name(base: str) -> bool:
    """Whether a column of this name, without a unit, says the time."""
    return TIME_NAME.fullmatch(base) is not None


def split_unit(name: str, unit: str | None) -> tuple[str, float | None]:
    """Split a name: "time_ms" -> ("time", 1e-3); the unit row counts as well."""
    factor = FACTORS.get((unit or "").strip().lower())
    text = name.strip()
    found = re.fullmatch(r"(.*?)[\s_]*[\[(]\s*(\S+)\s*[\])]|(.+)[_ ]([A-Za-zµμ]+)|(.+),\s*([A-Za-zµμ]+)", text)
    if found:
        base, suffix = next((found[i], found[i + 1]) for i in (1, 3, 5) if found[i + 1])
        if suffix.lower() in FACTORS and not (suffix.lower() in ("d", "h", "year", "day", "hour", "min") and found[3]):
            return base.strip(), FACTORS[suffix.lower()]
        if found[1] is not None and (re.search(r"(?i)yy|mm|dd|hh|utc|gmt|local", suffix)):
            return base.strip(), factor
    camel = re.fullmatch(r"([tT]ime|[eE]lapsed|[tT])(Ms|Sec|Us|Ns|MS|US|NS|S)", text)
    if camel:
        return camel[1], FACTORS[camel[2].lower()]
    lower = text.lower()
    if lower in FACTORS and lower not in ("d", "h", "s", "min", "year", "years", "yr", "day", "days", "hour", "hours"):
        return text, FACTORS[lower]
    return text, factor


def unit_name(factor: float | None) -> str:
    """The unit of `factor` seconds, for people."""
    return next((unit for unit, value in FACTORS.items() if value == factor), "s") if factor else "seconds (assumed)"
