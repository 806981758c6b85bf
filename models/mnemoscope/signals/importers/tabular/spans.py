"""Times in the words of options and of people."""

from datetime import UTC, datetime, timedelta

from mnemoscope.signals.importers.options import TimeUnit
from mnemoscope.signals.importers.tabular.sampled import TimeChoice
from mnemoscope.signals.importers.tabular.time_units import UNITS

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


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
