"""Which columns of a table are its time, and in which unit: found from names, units and cells, or as asked.

Dates may be spread over columns (date and time of day; year, month, day, hour …). A number is a time by its unit, by its size
where it counts from 1970 or as a spreadsheet does, or by its name; where the unit is only assumed the user is asked.
"""

import re
from collections.abc import Sequence

import numpy as np

from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.tabular import dates
from mnemoscope.signals.importers.tabular.numbers import is_missing
from mnemoscope.signals.importers.tabular.sampled import Sampled, TimeChoice
from mnemoscope.signals.importers.tabular.time_fields import fields, inside, role_of
from mnemoscope.signals.importers.tabular.time_numbers import first_number, number_as_time
from mnemoscope.signals.importers.tabular.time_units import INDEX_NAME, is_time_name

_LESS = re.compile(r"(stop|end|updat|creat|modif|insert|receiv|load|expir|_start|start)", re.IGNORECASE)


def choose(found: Sampled, options: ImportOptions, asked: Sequence[int] | None) -> TimeChoice | None:
    """The columns that say the time; `asked` are those that the user named. None where there is none."""
    if asked is not None:
        return _as_asked(found, options, asked) if asked else None
    if len(found.names) < 2 and found.stamps:
        return None
    choice = _joined(found) or fields(found, range(len(found.names)))
    if choice is None and found.stamps:
        column = min(found.stamps, key=lambda i: _rank(found, i))
        choice = _stamp(found, (column,), found.stamps[column])
    if choice is None or _clockless(choice, found):
        number = first_number(found, options)
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
    return int(still), int(_LESS.search(base) is not None), int(not is_time_name(base)), int(back > 3), column


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
            role = role_of(found.base(i), 0) if found.header else _hours(found, day, i)
            if i != day and numbers is not None and role in ("H", "h") and inside(numbers, role) and abs(i - day) <= 2:
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
    if column != day + 1 or numbers is None or not inside(numbers, "h") or float(np.ptp(numbers)) == 0:
        return None
    whole = numbers[np.isfinite(numbers)]
    if (whole % 100 > 59).any() or len(set(found.cells[day][: len(numbers)])) == len(numbers):
        return None
    return "h" if whole.max() > 24 or all(len(cell) == 4 for cell in found.cells[column]) else "H"


def _has_clock(form: str) -> bool:
    return "%H" in form or "%I" in form or "%M" in form


def _as_asked(found: Sampled, options: ImportOptions, asked: Sequence[int]) -> TimeChoice | None:
    if options.time_format is not None:
        form = options.time_format
        return TimeChoice("stamps", tuple(asked), formats=(form,), text=form, calendar="%Y" in form or "%y" in form)
    if len(asked) > 1:
        if (choice := fields(found, asked)) is not None:
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
    return number_as_time(found, column, options, asked=True)


def is_index_name(name: str) -> bool:
    """Whether a column of this name counts rows or says a part of the date, and is no signal."""
    if name.startswith("column "):  # a number in place of a name
        return False
    return bool(name and INDEX_NAME.fullmatch(name)) or role_of(name, 0) is not None or is_time_name(name)
