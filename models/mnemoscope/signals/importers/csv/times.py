"""Turn a column of times into seconds: one format for the whole column, shown to the user, never mixed.

Numbers (seconds, milliseconds, …, years, Unix stamps, YYYYMMDD) and some hundred ways to write a date are known.
Nothing is sorted and nothing is filled in: what is odd about the times is reported in `Timing`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise, product

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Seconds = NDArray[np.float64]

YEAR = 31_556_952.0  # seconds of a mean Gregorian year
FACTORS = {
    "s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0, "ms": 1e-3, "msec": 1e-3, "us": 1e-6,
    "µs": 1e-6, "μs": 1e-6, "ns": 1e-9, "min": 60.0, "minutes": 60.0, "h": 3600.0, "hr": 3600.0, "hours": 3600.0,
    "d": 86400.0, "day": 86400.0, "days": 86400.0, "year": YEAR, "years": YEAR, "yr": YEAR,
}  # fmt: skip

_DATES = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y%m%d",
    "%d-%b-%Y", "%b-%d-%Y", "%d %b %Y", "%b %d, %Y", "%b %d %Y", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y",
)  # fmt: skip
_CLOCKS = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M", " %I:%M:%S %p", " %I:%M %p")
FORMATS = (
    *(date + clock for date, clock in product(_DATES, _CLOCKS)),
    "%H:%M:%S", "%H:%M", "%Y-%m", "%Y/%m", "%Y-%b", "%b-%Y", "%b %Y", "%Y%m%d%H%M%S", "%Y%m%d%H%M", "%Y%m%dT%H%M%S",
)  # fmt: skip
_FRACTION = r"(\d:\d\d:\d\d|T\d{6})[.,]\d{1,9}"
_FRACTION_DIGITS = r"(?:\d:\d\d:\d\d|T\d{6})[.,](?P<fraction>\d{1,9})"
_ZONE = r"\s*(?P<zone>Z|[+-]\d\d:?\d\d)$"

_TIME_NAME = re.compile(
    r"(t|ts|x?time.*|.*timestamp.*|.*date.*|datum|zeit.*|uhrzeit|temps|sec(ond)?s?|elapsed.*|epoch|unix.*|year|yr|jahr)",
    re.IGNORECASE,
)
_YEAR_NAME = re.compile(r"(year|yr|jahr|année|ano)s?", re.IGNORECASE)
_INDEX_NAME = re.compile(r"(|index|idx|i|n|no\.?|nr\.?|row|sample|samples|step|unnamed.*|column 1)", re.IGNORECASE)


@dataclass(frozen=True)
class TimeFormat:
    """How one column says the time."""

    kind: str
    """"number" (times `factor` = seconds), "date" (by `formats`), or "index" (counts rows, says nothing of seconds)."""
    factor: float = 1.0
    formats: tuple[str, ...] = ()
    """strptime formats that fit the first values, the likeliest first."""
    text: str = ""
    """For people: "seconds", "%d/%m/%Y %H:%M"."""


def recognise(
    name: str, unit: str | None, cells: Sequence[str], numbers: NDArray[np.float64] | None, *, first: bool
) -> TimeFormat | None:
    """Whether a column is a time, from its name, unit and first cells.

    `numbers` are the cells where they are numbers; `first` marks the first column. A column of numbers is taken for
    time only if it never runs back.
    """
    cells = [cell.strip() for cell in cells if cell.strip()][:200]
    if not cells:
        return None
    if numbers is None:
        formats = _fitting(cells)
        return TimeFormat("date", formats=formats, text=formats[0]) if formats else None
    numbers = numbers[np.isfinite(numbers)]
    if len(numbers) < 2 or (np.diff(numbers) < 0).any():
        return None
    base, factor = _split_unit(name, unit)
    named = _TIME_NAME.fullmatch(base) is not None
    if all(re.fullmatch(r"\d{8}|\d{12}|\d{14}", cell) for cell in cells) and (formats := _fitting(cells)):
        return TimeFormat("date", formats=formats, text=formats[0])
    if not (named or first):
        return None
    if (named or not base) and numbers[0] > 1e8 and factor is None:
        for limit, factor, text in ((1e17, 1e-9, "ns"), (1e14, 1e-6, "µs"), (1e11, 1e-3, "ms"), (1e8, 1.0, "s")):
            if numbers[0] > limit:
                return TimeFormat("number", factor, text=f"Unix time in {text}")
    if _YEAR_NAME.fullmatch(base) and 0 < numbers[0] < 4000:
        return TimeFormat("number", YEAR, text="years")
    if named:
        return TimeFormat("number", factor or 1.0, text=f"{base} in {_unit_name(factor)}")
    steps = np.diff(numbers)
    if _INDEX_NAME.fullmatch(base) and np.ptp(steps) <= 0.01 * np.median(steps):
        if np.median(steps) == 1 and numbers[0] == np.round(numbers[0]):
            return TimeFormat("index", text="counts the rows")
        return TimeFormat("number", factor or 1.0, text=f"first column, evenly rising, taken as {_unit_name(factor)}")
    return None


def _split_unit(name: str, unit: str | None) -> tuple[str, float | None]:
    """Split a name: "time_ms" -> ("time", 1e-3); the unit row counts as well."""
    factor = FACTORS.get((unit or "").strip().lower())
    found = re.fullmatch(r"(.*?)[\s_]*[\[(]\s*(\S+)\s*[\])]|(.+)_([A-Za-zµμ]+)", name.strip())
    if found:
        base, suffix = (found[1], found[2]) if found[2] else (found[3], found[4])
        if suffix.lower() in FACTORS:
            return base.strip(), FACTORS[suffix.lower()]
    if name.strip().lower() in FACTORS and name.strip().lower() not in ("d", "h", "s", "min"):
        return name.strip(), FACTORS[name.strip().lower()]
    return name.strip(), factor


def _unit_name(factor: float | None) -> str:
    return next((unit for unit, value in FACTORS.items() if value == factor), "s") if factor else "seconds (assumed)"


def _fitting(cells: Sequence[str]) -> tuple[str, ...]:
    """All formats that read every one of these cells; where day and month could change places, the rising one first."""
    plain = [_plain(cell) for cell in cells]
    fitting: list[tuple[bool, str]] = []
    for form in FORMATS:
        try:
            times = [datetime.strptime(cell, form) for cell in plain]
        except ValueError:
            continue
        if "%Y" in form and not all(1000 <= t.year <= 2999 for t in times):
            continue
        fitting.append((any(b < a for a, b in pairwise(times)), form))
    return tuple(form for _, form in sorted(fitting, key=lambda pair: pair[0]))


def _plain(cell: str) -> str:
    cell = re.sub(_ZONE, "", cell) if ":" in cell else cell
    return re.sub(_FRACTION, r"\1", cell)


def parse_dates(cells: pa.ChunkedArray | pa.Array, formats: Sequence[str]) -> tuple[Seconds, str, int | None]:
    """Seconds since 1970 (NaN where null), the format used, and the first row it cannot read (None: all were read)."""
    text = pc.utf8_trim_whitespace(cells)
    extra = np.zeros(len(text))
    with_clock = ":" in formats[0] or "%H" in formats[0]
    if with_clock:
        fraction = pc.struct_field(pc.extract_regex(text, _FRACTION_DIGITS), "fraction")
        if fraction.null_count < len(fraction):
            part = pc.cast(pc.binary_join_element_wise("0", fraction, "."), pa.float64())
            extra += np.nan_to_num(_numpy(part))
            text = pc.replace_substring_regex(text, _FRACTION, r"\1")
        zone = pc.struct_field(pc.extract_regex(text, _ZONE), "zone")
        if zone.null_count < len(zone):
            extra -= np.array([_offset(z) for z in zone.to_pylist()])
            text = pc.replace_substring_regex(text, _ZONE, "")
    worst: tuple[int, str, Seconds] | None = None
    for form in formats:
        stamps = pc.strptime(text, format=form, unit="s", error_is_null=True)
        bad = pc.and_(pc.is_null(stamps), pc.is_valid(text))
        seconds = _numpy(pc.cast(pc.cast(stamps, pa.int64()), pa.float64())) + extra
        rows = np.flatnonzero(np.asarray(bad))
        if not len(rows):
            return seconds, form, None
        if worst is None or rows[0] > worst[0]:
            worst = (int(rows[0]), form, seconds)
    assert worst is not None, "formats is never empty"
    return worst[2], worst[1], worst[0]


def _numpy(array: pa.Array | pa.ChunkedArray) -> NDArray[np.float64]:
    return np.asarray(pc.fill_null(array, float("nan")), dtype=np.float64)


def _offset(zone: str | None) -> float:
    if not zone or zone == "Z":
        return 0.0
    digits = zone[1:].replace(":", "")
    return (int(digits[:2]) * 3600 + int(digits[2:]) * 60) * (-1.0 if zone[0] == "-" else 1.0)


@dataclass(frozen=True)
class Timing:
    """What the times of a series are like. All durations in seconds."""

    median: float
    shortest: float
    longest: float
    duplicates: int
    backward: int
    gaps: tuple[tuple[int, int], ...]
    """Neighbouring rows further apart than twice the median step."""
    sample_rate: float | None
    """Hz; None where the steps are too uneven for one."""
    text: str
    """The arithmetic behind `sample_rate`."""


def timing_of(seconds: Seconds, *, name: str) -> Timing | None:
    """Rate and oddities of a column of times; None when fewer than two rows have one."""
    known = seconds[np.isfinite(seconds)]
    if len(known) < 2:
        return None
    steps = np.diff(seconds)
    present = steps[np.isfinite(steps)]
    positive = present[present > 0]
    median = float(np.median(positive)) if len(positive) else 0.0
    gaps = np.flatnonzero(np.isfinite(steps) & (steps > 2 * median * (1 + 1e-9))) if median else np.zeros(0, np.int64)
    backward, duplicates = int((present < 0).sum()), int((present == 0).sum())
    # written times are rounded (0.002778 for 1/360 s), so a step may be off by a unit of the last digit
    usual = np.abs(present - median) <= max(0.02 * median, 1e-6) if median else np.zeros(0, bool)
    exact = len(positive) == len(present) and np.ptp(present) == 0
    rate, text = None, f"steps of {name} vary from {present.min():g} s to {present.max():g} s: no single rate"
    if median and usual.mean() >= 0.9:
        if len(gaps) == 0 and backward == 0 and duplicates == 0:
            span = float(known[-1] - known[0])
            rate = 1 / median if exact else _rounded((len(known) - 1) / span)
            text = f"{len(known) - 1} steps of {name} in {span:g} s = {rate:g} Hz"
        else:
            rate = _rounded(1 / median)
            text = f"median step of {name} {median:g} s = {rate:g} Hz"
    return Timing(
        median, float(present.min()), float(present.max()), duplicates, backward,
        tuple((int(i), int(i) + 1) for i in gaps), rate, text,
    )  # fmt: skip


def _rounded(rate: float) -> float:
    """Six digits: more than rounded times can carry."""
    return float(f"{rate:.6g}")
