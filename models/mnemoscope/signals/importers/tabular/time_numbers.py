"""A column of numbers as a time: by its unit, by its size where it counts from 1970 or as a spreadsheet does, or by its name."""

import re
from dataclasses import replace

import numpy as np

from mnemoscope.signals.clock import DAY, YEAR
from mnemoscope.signals.importers.options import ImportOptions, TimeUnit
from mnemoscope.signals.importers.report import Alternative, Guess
from mnemoscope.signals.importers.tabular.sampled import Sampled, TimeChoice
from mnemoscope.signals.importers.tabular.time_units import (
    DATENUM_RANGE,
    FACTORS,
    INDEX_NAME,
    JULIAN_RANGE,
    SERIAL_RANGE,
    UNITS,
    UNIX,
    UNIX_RANGE,
    YEAR_NAME,
    Numbers,
    is_time_name,
    split_unit,
    unit_name,
)

_WORDS: dict[TimeUnit, str] = {
    "s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds", "min": "minutes", "h": "hours", "d": "days",
    "year": "years", "spreadsheet": "days of a spreadsheet", "unix": "Unix time", "none": "numbers of rows",
}  # fmt: skip


def first_number(found: Sampled, options: ImportOptions) -> TimeChoice | None:
    """The first column of numbers that is a time, one that only counts rows where there is no other."""
    index: TimeChoice | None = None
    for i, numbers in enumerate(found.numbers):
        if numbers is None or len(found.numbers) < 2:
            continue
        choice = number_as_time(found, i, options, asked=False)
        if choice is not None and choice.kind == "number":
            return choice
        index = index or choice
    return index


def number_as_time(found: Sampled, column: int, options: ImportOptions, *, asked: bool) -> TimeChoice | None:
    """A column of numbers as a time, None where it is none."""
    numbers = found.numbers[column]
    assert numbers is not None
    numbers = numbers[np.isfinite(numbers)]
    if len(numbers) < 2 or float(np.ptp(numbers)) == 0:
        return None
    base, factor = split_unit(found.names[column], found.units[column])
    base = base if found.header else ""
    steps = np.diff(numbers)
    astray = min(int((steps < 0).sum()), int((steps > 0).sum()))  # newest first is an order of times, too
    if not asked and astray > 0.02 * len(steps) and not _repeats(numbers) and not _repeats(numbers[::-1]):
        return None
    named, at = is_time_name(base), (column,)
    if column == 0 and factor is None and base.lower() in FACTORS and base.lower() not in ("year", "years", "yr"):
        even = float(np.ptp(steps)) <= 0.02 * abs(float(np.median(steps))) + 1e-12
        factor = FACTORS[base.lower()] if even else None
    if factor is None and base.lower() in ("doy", "jday", "yday") and not (numbers == np.round(numbers)).all():
        return TimeChoice("number", at, DAY, text="days of the year")
    if (found.units[column] or "").lower() in ("sequence", "index", "samples"):
        return TimeChoice("index", at, text="counts the rows")
    if options.time_unit is not None and (asked or named or column == 0):
        return _in_unit(at, numbers, options.time_unit, base)
    if column == 0 and re.fullmatch(r"\d{9,10}(?:\.\d+)?", base) and UNIX_RANGE[0] <= float(base) <= UNIX_RANGE[1]:
        return TimeChoice("number", at, 1.0, text=f"seconds from {base}, which stands above them")
    unit_alone = base.lower() in FACTORS and bool((steps >= 0).all() or (steps <= 0).all())
    if factor is not None and (named or asked or column == 0 or unit_alone):
        return TimeChoice("number", at, factor, text=f"{base} in {unit_name(factor)}")
    counts_from_1970 = not base and float(numbers.min()) * UNIX[1][0] >= UNIX_RANGE[0] and bool((steps > 0).all())
    if not (named or asked or column == 0 or counts_from_1970):
        return None
    first, last = float(numbers.min()), float(numbers.max())
    for unit, text in UNIX:
        if UNIX_RANGE[0] <= first * unit and last * unit <= UNIX_RANGE[1] and (named or asked or not base):
            return TimeChoice("number", at, unit, text=f"Unix time in {text}")
    shown = found.names[column]
    whole = bool((numbers == np.round(numbers)).all())
    if (named or asked) and not YEAR_NAME.fullmatch(base):
        for (low, high), text in (
            (SERIAL_RANGE, "modified Julian days" if base.lower() == "mjd" else "days of a spreadsheet"),
            (JULIAN_RANGE, "Julian days"),
            (DATENUM_RANGE, "days as MATLAB counts them"),
        ):
            if low <= first and last <= high and (not whole or re.search("date|datum|day", base, re.I)):
                return TimeChoice("number", at, DAY, text=text, guess=_unit_guess(shown, text, numbers, "s", "ms"))
    fine = float(np.median(np.abs(steps)))
    if (
        first >= 1600
        and last <= 2200
        and (YEAR_NAME.fullmatch(base) or (not whole and fine < 1.01 and (named or asked)))
    ):
        guess = None if YEAR_NAME.fullmatch(base) else _unit_guess(shown, "years with a fraction", numbers, "s", "d")
        return TimeChoice("number", at, YEAR, text="years", calendar=whole, guess=guess)
    counts = whole and float(np.median(steps)) == 1 and float(np.ptp(steps)) <= 0.01
    if (INDEX_NAME.fullmatch(base) or not base) and not named:
        even = float(np.ptp(steps)) <= 0.01 * abs(float(np.median(steps))) + 1e-12
        if (whole and INDEX_NAME.fullmatch(base) and base) or counts:
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
