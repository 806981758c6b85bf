"""What a reader found out, written as the ImportOptions that would ask for it: what a form is filled with."""

from datetime import UTC, datetime, timedelta
from typing import Any

from mnemoscope.signals.importers.csv.dialect import Dialect
from mnemoscope.signals.importers.csv.layout import START_AND_RATE, Layout
from mnemoscope.signals.importers.csv.times import UNITS, TimeChoice
from mnemoscope.signals.importers.options import ImportOptions, TimeUnit

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def resolved(options: ImportOptions, encoding: str, dialect: Dialect, layout: Layout) -> dict[str, Any]:
    """The options given, and those for what is known before the rows are read."""
    names = layout.names_line
    above = any(guess.what == START_AND_RATE for guess in layout.guesses)  # rows that are read for what they say
    first = None if above else names - 1 if names is not None else layout.skip
    return {
        "layout": "columns",
        **options.given(),
        "encoding": {"utf-8-sig": "utf-8"}.get(encoding, encoding),
        "skip": first if options.skip is None else options.skip,
        "delimiter": dialect.delimiter or "",
        "decimal": dialect.style.decimal,
        "grouping": dialect.style.grouping or "",
        "header": None
        if layout.header and names is None
        else layout.header,  # names that stand in no line of their own
        "names_line": names,
        "units_line": layout.units_line or 0,
    }


def unit_of_time(choice: TimeChoice) -> TimeUnit | None:
    """The unit of times that are numbers; None for dates, and where no option names it."""
    if choice.kind == "index":
        return "none"
    if choice.kind != "number":
        return None
    if choice.text.startswith("Unix time"):
        return "unix"
    if choice.text.startswith("days of a spreadsheet"):
        return "spreadsheet"
    if choice.text.startswith("days as MATLAB"):
        return None
    return next((unit for unit, factor in UNITS.items() if factor == choice.factor), None)


def when(seconds: float) -> str:
    """Seconds from 1970 as people write a date, whatever the language of the machine: "2 Nov 2026, 00:00:10", "2 Nov 2026"."""
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    except OverflowError:  # a year that no calendar of Python's has
        return f"{seconds:.0f} s from 1970"
    day = f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
    if seconds % 86_400 == 0:
        return day
    fraction = f".{moment.microsecond:06d}".rstrip("0") if moment.microsecond else ""
    return f"{day}, {moment:%H:%M:%S}{fraction}"


def spanned(first: float, last: float) -> list[str]:
    """First and last time (seconds from 1970) for people; with the time of day where one of them has one."""
    texts = [when(first), when(last)]
    return [f"{text}, 00:00:00" if "," not in text and "," in texts[1 - n] else text for n, text in enumerate(texts)]
