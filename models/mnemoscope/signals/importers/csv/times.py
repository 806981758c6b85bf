"""Which columns of a table are its time, and in which unit: found from names, units and cells, or as asked.

Dates may be spread over columns (date and time of day; year, month, day, hour …). A number is a time by its unit, by its size
where it counts from 1970 or as a spreadsheet does, or by its name; where the unit is only assumed the user is asked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from mnemoscope.signals.clock import DAY, YEAR
from mnemoscope.signals.importers.csv import dates
from mnemoscope.signals.importers.csv.numbers import bare, is_missing
from mnemoscope.signals.importers.options import ImportOptions, TimeUnit
from mnemoscope.signals.importers.report import Alternative, Guess

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
DATENUM_RANGE = (726_834.0, 767_011.0)  # the same of MATLAB, days since year 0

_TIME_NAME = re.compile(
    r"_?(t|ts|x?time.*|.*timestamp.*|.*date.*|datum|zeit.*|uhrzeit|temps|heure|hora|fecha|sec(ond)?s?|elapsed.*|.*elapsed|epoch.*|unix.*"
    r"|year|yr|jahr|millis|ticks?|x[_ ]?values?|x[_ ]?axis|.*_time|.* time|jd|mjd|julian.*|時刻|日時|时间|日期|время|дата)",
    re.IGNORECASE,
)
_YEAR_NAME = re.compile(r"(year|yr|jahr|année|ano|decimal[ _]?(?:year|date)|yearfrac)s?", re.IGNORECASE)
_INDEX_NAME = re.compile(
    r"(|index|idx|i|n|no\.?|nr\.?|#|row|rows?|lfd\.?( nr\.?)?|record|rn|rec|samples?( ?#| ?no\.?| ?number)?|step|nseq|seq(uence)?|count(er)?"
    r"|unnamed.*|column 1|id|ligne|line|point|frame)",
    re.IGNORECASE,
)
_LESS = re.compile(r"(stop|end|updat|creat|modif|insert|receiv|load|expir|_start|start)", re.IGNORECASE)
_FIELDS = {
    "Y": r"y+|year|yr|jahr|año|ano|annee|année", "m": r"mo|mon|month|monat|mes|mois", "d": r"d+|day|dom|dy|tag|dia|jour|day[ _]?of[ _]?month",
    "H": r"h+|hour|hr|hours|stunde|hora|heure", "M": r"mn|min|minute|minutes|mi", "S": r"ss|sec|second|seconds|sek",
    "j": r"doy|jday|julian[ _]?day|day[ _]?of[ _]?year|dayofyear|yday|jul(?:ian)?", "h": r"hhmm|hrmn|hour[ _]?minute|hhmm_?utc|time",
}  # fmt: skip
_RANGES = {
    "Y": (0, 2999),
    "m": (1, 12),
    "d": (1, 31),
    "H": (0, 24),
    "M": (0, 59),
    "S": (0, 60),
    "j": (1, 366),
    "h": (0, 2400),
}


@dataclass(frozen=True)
class TimeChoice:
    """How a table says the time."""

    kind: str
    """"stamps" (text in `formats`), "fields" (year, month … in columns), "number" (times `factor` = seconds), "index" (rows only)."""
    columns: tuple[int, ...]
    factor: float = 1.0
    formats: tuple[str, ...] = ()
    roles: str = ""
    """Of "fields": a letter for each column, as in strptime; "j" day of the year, "h" hours and minutes as hhmm."""
    text: str = ""
    """For people: "seconds", "%d/%m/%Y %H:%M"."""
    beside: tuple[int, ...] = ()
    """Further columns that say the time again, such as the day of the year."""
    calendar: bool = False
    """Whether it is dates, whose months and years count as steps."""
    guess: Guess | None = None


@dataclass
class Sampled:
    """What is known of the columns before a choice."""

    names: Sequence[str]
    units: Sequence[str | None]
    cells: Sequence[Sequence[str]]
    """Per column its first cells, and some from all over the file."""
    numbers: Sequence[Numbers | None]
    """Per column those cells as numbers where (nearly) all are, NaN where missing."""
    header: bool
    stamps: dict[int, list[str]] = field(default_factory=dict[int, list[str]])
    """Formats that fit all cells, by column."""

    def __post_init__(self) -> None:
        for i, cells in enumerate(self.cells):
            known = [cell for cell in cells if not is_missing(cell)][:300]
            digits = all(re.fullmatch(r"\d{7,8}|\d{10}|\d{12}|\d{14}", bare(cell)) for cell in known)
            if known and (self.numbers[i] is None or digits or any(":" in cell for cell in known)):
                usual = [cell for cell in known if any(c.isdecimal() for c in cell)]
                formats = dates.fitting(usual) if len(usual) >= 0.9 * len(known) - 1 else []
                if formats and not (digits and formats == ["%Y%j"] and not _named(self.base(i))):
                    self.stamps[i] = formats

    def base(self, column: int) -> str:
        """The name of a column without a unit."""
        return split_unit(self.names[column], self.units[column])[0] if self.header else ""


def choose(found: Sampled, options: ImportOptions, asked: Sequence[int] | None) -> TimeChoice | None:
    """The columns that say the time; `asked` are those that the user named. None where there is none."""
    if asked is not None:
        return _as_asked(found, options, asked) if asked else None
    if len(found.names) < 2 and found.stamps:
        return None
    choice = _joined(found) or _fields(found, range(len(found.names)))
    if choice is None and found.stamps:
        column = min(found.stamps, key=lambda i: _rank(found, i))
        choice = _stamp(found, (column,), found.stamps[column])
    if choice is None or _clockless(choice, found):
        number = _first_number(found, options)
        if number is not None and (choice is None or number.kind == "number"):
            choice = number
    if choice is not None and options.time_format is not None and choice.kind == "stamps":
        choice = TimeChoice(
            "stamps",
            choice.columns,
            formats=(options.time_format,),
            text=options.time_format,
            calendar="%Y" in options.time_format,
        )
    return choice


def _clockless(choice: TimeChoice, found: Sampled) -> bool:
    """Whether the only stamps are times of day that stand still."""
    return choice.kind == "stamps" and all(len(set(found.cells[i])) <= 1 for i in choice.columns)


def _rank(found: Sampled, column: int) -> tuple[int, int, int, int, int]:
    cells, base = found.cells[column], found.base(column)
    still = len(set(cells)) <= 1
    form = found.stamps[column][0]
    stamps, _ = dates.parse([cell for cell in cells[:300] if not is_missing(cell)], form)
    back = int((np.diff(stamps.seconds()[stamps.known]) < 0).sum())
    return int(still), int(_LESS.search(base) is not None), int(not _named(base)), int(back > 3), column


def _named(base: str) -> bool:
    return _TIME_NAME.fullmatch(base) is not None


def _stamp(found: Sampled, columns: tuple[int, ...], formats: Sequence[str]) -> TimeChoice:
    return TimeChoice(
        "stamps", columns, formats=tuple(formats), text=formats[0], calendar="%Y" in formats[0] or "%y" in formats[0]
    )


def _joined(found: Sampled) -> TimeChoice | None:
    """A date and a time of day that stand in two columns."""
    days = [
        i
        for i, forms in found.stamps.items()
        if not _has_clock(forms[0]) and "%d" in forms[0] + "%j" * ("%j" in forms[0])
    ]
    clocks = [i for i, forms in found.stamps.items() if forms[0] in dates.CLOCKS]
    days = [i for i in days if _LESS.search(found.base(i)) is None] or days
    for day in days:
        for clock in sorted(clocks, key=lambda i: (abs(i - day), i)):
            if _LESS.search(found.base(clock)) and len(clocks) > 1 and abs(clock - day) > 1:
                continue
            clock_forms = [form for form in found.stamps[clock] if form != "%M:%S"] or found.stamps[clock]
            forms = [f"{date} {form}" for date in found.stamps[day] for form in clock_forms[:1]]
            return _stamp(found, (day, clock), forms)
        for i, numbers in enumerate(found.numbers):
            role = _role(found.base(i), 0) if found.header else _hours(found, day, i)
            if i != day and numbers is not None and role in ("H", "h") and _inside(numbers, role) and abs(i - day) <= 2:
                return TimeChoice(
                    "fields", (day, i), formats=tuple(found.stamps[day]), roles="D" + role, text=f"{found.stamps[day][0]} and {found.base(i)}",
                    calendar=True,
                )  # fmt: skip
    return None


def says_time(found: Sampled, column: int) -> bool:
    """Whether a column of numbers is a date, or the hours and minutes behind one, whichever columns were chosen as the time."""
    return column in found.stamps or (column - 1 in found.stamps and _hours(found, column - 1, column) is not None)


def _hours(found: Sampled, day: int, column: int) -> str | None:
    """Whether a column without a name, right behind a date, holds hours and minutes as hhmm, or hours."""
    numbers = found.numbers[column]
    if column != day + 1 or numbers is None or not _inside(numbers, "h") or float(np.ptp(numbers)) == 0:
        return None
    whole = numbers[np.isfinite(numbers)]
    if (whole % 100 > 59).any() or len(set(found.cells[day][: len(numbers)])) == len(numbers):
        return None
    return "h" if whole.max() > 24 or all(len(cell) == 4 for cell in found.cells[column]) else "H"


_UNNAMED = ("YjmdHM", "YmdHMS", "YmdHM", "YmdH", "Ymdh", "Ymd", "Ym", "YjHM", "YjH", "Yjh", "Yj")
"""Parts of a date in columns without names, side by side, as files are known to have them."""


def _unnamed_fields(found: Sampled) -> TimeChoice | None:
    """Year, month, day … in columns side by side that have no names, if the time they make rises."""
    for first in range(min(4, len(found.numbers) - 2)):
        years = found.numbers[first]
        if (
            years is None
            or not np.isfinite(years).all()
            or not 1700 <= years.min() <= years.max() <= 2200
            or not _inside(years, "Y")
        ):
            continue
        for roles in _UNNAMED:
            columns = range(first, first + len(roles))
            parts = [found.numbers[i] for i in columns if i < len(found.numbers)]
            known = [part for part in parts if part is not None and len(part) == len(years)]
            if len(known) < len(roles) or not all(_inside(part, role) for part, role in zip(known, roles, strict=True)):
                continue
            place = np.zeros(len(years))
            for part, role in zip(known, roles, strict=True):
                if not (role == "j" and "m" in roles):
                    place = place * (2500 if role == "h" else 400) + part
            if len(years) > 2 and (np.diff(place) > 0).all():
                kept = [(i, role) for i, role in zip(columns, roles, strict=True) if not (role == "j" and "m" in roles)]
                at = tuple(i for i, _ in kept)
                text = ", ".join(found.names[i] for i in at)
                return TimeChoice(
                    "fields",
                    at,
                    roles="".join(role for _, role in kept),
                    text=text,
                    beside=tuple(set(columns) - set(at)),
                    calendar=True,
                )
    return None


def _has_clock(form: str) -> bool:
    return "%H" in form or "%I" in form or "%M" in form


def _role(name: str, seen_months: int) -> str | None:
    """Which part of a date a name says: NDBC's "YY MM DD hh mm" by case and order."""
    text = name.strip().lstrip("#").strip()
    if text == "MM" or text == "mm":
        return "M" if text == "mm" or seen_months else "m"
    return next((role for role, pattern in _FIELDS.items() if re.fullmatch(pattern, text, re.IGNORECASE)), None)


def _inside(numbers: Numbers, role: str) -> bool:
    known = numbers[np.isfinite(numbers)]
    low, high = _RANGES[role]
    return len(known) > 0 and bool((known == np.round(known)).all() and known.min() >= low and known.max() <= high)


def _fields(found: Sampled, columns: Sequence[int]) -> TimeChoice | None:
    """Year, month, day … in columns of their own."""
    if not found.header:
        return _unnamed_fields(found)
    roles: dict[str, int] = {}
    for i in columns:
        numbers = found.numbers[i]
        role = _role(found.base(i), "m" in roles)
        if role is None or role in roles or numbers is None or not _inside(numbers, role):
            continue
        if role == "h" and found.base(i).lower() == "time" and (np.nanmax(numbers) < 100 or "Y" not in roles):
            continue
        roles[role] = i
    if "H" in roles:
        roles.pop("h", None)
    if "Y" not in roles or not ("m" in roles or "j" in roles):
        return None
    if "j" in roles and "m" in roles:
        roles.pop("j")
    if "m" in roles and "d" not in roles and any(role in roles for role in "HhMS"):
        return None
    order = [role for role in "YmjdHhMS" if role in roles]
    at = tuple(roles[role] for role in order)
    return TimeChoice("fields", at, roles="".join(order), text=", ".join(found.names[i] for i in at), calendar=True)


def _as_asked(found: Sampled, options: ImportOptions, asked: Sequence[int]) -> TimeChoice | None:
    if options.time_format is not None:
        form = options.time_format
        return TimeChoice("stamps", tuple(asked), formats=(form,), text=form, calendar="%Y" in form or "%y" in form)
    if len(asked) > 1:
        if (choice := _fields(found, asked)) is not None:
            return choice
        if all(i in found.stamps for i in asked):
            forms = [" ".join(parts) for parts in zip(*(found.stamps[i] for i in asked), strict=False)]
            return _stamp(found, tuple(asked), forms)
        joined = [" ".join(parts) for parts in zip(*(found.cells[i] for i in asked), strict=False)]
        forms = dates.fitting(joined[:300])
        return _stamp(found, tuple(asked), forms) if forms else None
    column = asked[0]
    numeric = found.numbers[column] is not None
    if column in found.stamps and not (numeric and options.time_unit is not None):
        return _stamp(found, (column,), found.stamps[column])
    if not numeric:
        return None
    return _number(found, column, options, asked=True)


def _first_number(found: Sampled, options: ImportOptions) -> TimeChoice | None:
    """The first column of numbers that is a time, one that only counts rows where there is no other."""
    index: TimeChoice | None = None
    for i, numbers in enumerate(found.numbers):
        if numbers is None or len(found.numbers) < 2:
            continue
        choice = _number(found, i, options, asked=False)
        if choice is not None and choice.kind == "number":
            return choice
        index = index or choice
    return index


def _number(found: Sampled, column: int, options: ImportOptions, *, asked: bool) -> TimeChoice | None:
    """A column of numbers as a time, None where it is none."""
    numbers = found.numbers[column]
    assert numbers is not None
    numbers = numbers[np.isfinite(numbers)]
    if len(numbers) < 2 or float(np.ptp(numbers)) == 0:
        return None
    base, factor = split_unit(found.names[column], found.units[column])
    base = base if found.header else ""
    steps = np.diff(numbers)
    back = int((steps < 0).sum())
    falling = bool((steps < 0).all())
    if not asked and back > 0.02 * len(steps) and not falling and not _repeats(numbers):
        return None
    named, at = _named(base), (column,)
    if (found.units[column] or "").lower() in ("sequence", "index", "samples"):
        return TimeChoice("index", at, text="counts the rows")
    if options.time_unit is not None and (asked or named or column == 0):
        return _in_unit(at, numbers, options.time_unit, base)
    if column == 0 and re.fullmatch(r"\d{9,10}(?:\.\d+)?", base) and UNIX_RANGE[0] <= float(base) <= UNIX_RANGE[1]:
        return TimeChoice("number", at, 1.0, text=f"seconds from {base}, which stands above them")
    if factor is not None and (named or asked or column == 0 or base.lower() in FACTORS):
        return TimeChoice("number", at, factor, text=f"{base} in {_unit_name(factor)}")
    if not (named or asked or column == 0):
        return None
    first, last = float(numbers.min()), float(numbers.max())
    for unit, text in UNIX:
        if UNIX_RANGE[0] <= first * unit and last * unit <= UNIX_RANGE[1] and (named or asked or not base):
            return TimeChoice("number", at, unit, text=f"Unix time in {text}")
    shown = found.names[column]
    whole = bool((numbers == np.round(numbers)).all())
    if (named or asked) and not _YEAR_NAME.fullmatch(base):
        for (low, high), text in (
            (SERIAL_RANGE, "days of a spreadsheet"),
            (DATENUM_RANGE, "days as MATLAB counts them"),
        ):
            if low <= first and last <= high and (not whole or re.search("date|datum|day", base, re.I)):
                return TimeChoice("number", at, DAY, text=text, guess=_unit_guess(shown, text, numbers, "s", "ms"))
    fine = float(np.median(np.abs(steps)))
    if (
        first >= 1600
        and last <= 2200
        and (_YEAR_NAME.fullmatch(base) or (not whole and fine < 1.01 and (named or asked)))
    ):
        guess = None if _YEAR_NAME.fullmatch(base) else _unit_guess(shown, "years with a fraction", numbers, "s", "d")
        return TimeChoice("number", at, YEAR, text="years", calendar=whole, guess=guess)
    counts = whole and float(np.median(steps)) == 1 and float(np.ptp(steps)) <= 0.01
    if (_INDEX_NAME.fullmatch(base) or not base) and not named:
        even = float(np.ptp(steps)) <= 0.01 * abs(float(np.median(steps))) + 1e-12
        if (whole and _INDEX_NAME.fullmatch(base) and base) or counts:
            return TimeChoice("index", at, text="counts the rows")
        if not even and not _rounded(numbers):
            return None
        guess = _unit_guess(shown, "seconds", numbers, "ms", "us", "min", "h", "none")
        return TimeChoice(
            "number", at, 1.0, text="first column, evenly rising, taken as seconds (assumed)", guess=guess
        )
    if not (named or asked):
        return None
    unit, others = _likely_unit(base, numbers, whole)
    guess = _unit_guess(shown, _WORDS[unit], numbers, *others)
    if unit == "s" and not whole and 0.5 <= 1 / max(float(np.median(np.abs(steps))), 1e-9) <= 100_000:
        guess = replace(guess, question=False)  # fractions of a second are what instruments write
    return TimeChoice("number", at, UNITS[unit], text=f"{base} in {_WORDS[unit]} (assumed)", guess=guess)


def _rounded(numbers: Numbers) -> bool:
    """Whether numbers rise evenly but for the last digit."""
    steps = np.diff(numbers)
    return bool(
        (steps > 0).all()
        and float(steps.max()) <= 2.01 * float(steps.min())
        and float(numbers[0]) < 10 * float(steps.max())
    )


def _repeats(numbers: Numbers) -> bool:
    """Whether the numbers begin anew from time to time, as the times of several series below each other do."""
    steps = np.diff(numbers)
    falls = np.flatnonzero(steps < 0)
    return (
        len(falls) <= 0.2 * len(steps)
        and len(falls) > 0
        and bool((numbers[falls + 1] <= numbers[0] + abs(float(np.median(steps)))).all())
    )


def _likely_unit(base: str, numbers: Numbers, whole: bool) -> tuple[TimeUnit, tuple[TimeUnit, ...]]:
    """The unit of a time that has none written: by its name, else the one that makes a rate of instruments."""
    lower = base.lower()
    if re.search("milli|timer|tick", lower):
        return "ms", ("s", "us")
    step = float(np.median(np.abs(np.diff(numbers)[np.diff(numbers) != 0]))) if len(numbers) > 1 else 1.0
    if whole and float(numbers.max()) > 1e11 and step >= 1e5:
        return "ns", ("us", "ms", "s")
    if whole and float(numbers.max()) > 1e9 and step >= 1e3:
        return "us", ("ns", "ms", "s")
    return "s", ("ms", "min", "h", "none") if whole else ("ms", "min", "h")


_WORDS: dict[TimeUnit, str] = {
    "s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds", "min": "minutes", "h": "hours", "d": "days",
    "year": "years", "spreadsheet": "days of a spreadsheet", "unix": "Unix time", "none": "numbers of rows",
}  # fmt: skip


def _unit_guess(name: str, chosen: str, numbers: Numbers, *others: TimeUnit) -> Guess:
    steps = np.abs(np.diff(numbers))
    step = float(np.median(steps[steps > 0])) if (steps > 0).any() else 0.0
    alternatives = tuple(Alternative(_WORDS[unit], {"time_unit": unit}) for unit in others)
    return Guess(f"unit of {name}", chosen, f"no unit is written; a step is {step:g}", alternatives, question=True)


def _in_unit(at: tuple[int, ...], numbers: Numbers, unit: TimeUnit, base: str) -> TimeChoice:
    if unit == "none":
        return TimeChoice("index", at, text="counts the rows, as asked")
    if unit == "unix":
        for factor, text in reversed(UNIX):
            if float(numbers.max()) * factor >= 1e8:
                return TimeChoice("number", at, factor, text=f"Unix time in {text}, as asked")
    return TimeChoice(
        "number",
        at,
        UNITS.get(unit, 1.0),
        text=f"{base or 'time'} in {_WORDS[unit]}, as asked",
        calendar=unit == "year" and bool((numbers == np.round(numbers)).all()),
    )


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


def _unit_name(factor: float | None) -> str:
    return next((unit for unit, value in FACTORS.items() if value == factor), "s") if factor else "seconds (assumed)"


def is_index_name(name: str) -> bool:
    """Whether a column of this name counts rows or says a part of the date, and is no signal."""
    if name.startswith("column "):  # a number in place of a name
        return False
    return bool(name and _INDEX_NAME.fullmatch(name)) or _role(name, 0) is not None or _named(name)
