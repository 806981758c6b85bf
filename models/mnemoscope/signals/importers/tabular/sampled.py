"""What is known of columns before their cells are all read, and what makes the time of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from mnemoscope.signals.importers.report import Guess
from mnemoscope.signals.importers.tabular import dates
from mnemoscope.signals.importers.tabular.numbers import bare, is_missing
from mnemoscope.signals.importers.tabular.time_units import Numbers, is_time_name, split_unit

_MONTH = re.compile(r"mo|mon|month|monat|mes|mois", re.IGNORECASE)
_HHMMSS = re.compile(r"(?:[01]\d|2[0-3])[0-5]\d[0-5]\d")


@dataclass(frozen=True)
class TimeChoice:
    """How a table says the time."""

    kind: str
    """"stamps" (text in `formats`), "fields" (year, month … in columns), "number" (times `factor` = seconds), "index" (rows only)."""
    columns: tuple[int, ...]
    factor: float = 1.0
    formats: tuple[str, ...] = ()
    roles: str = ""
    """Of "fields": a letter for each column, as in strptime; "j" day of the year, "q" quarter, "h" hours and minutes as hhmm."""
    text: str = ""
    """For people: "seconds", "%d/%m/%Y %H:%M"."""
    beside: tuple[int, ...] = ()
    """Further columns that say the time again, such as the day of the year."""
    calendar: bool = False
    """Whether it is dates, whose months and years count as steps."""
    guess: Guess | None = None


def _months(cells: Sequence[str]) -> Numbers | None:
    """1 … 12 of the names of months; None where one is none."""
    found = [dates.month_of(cell.strip()) if cell.strip().rstrip(".").isalpha() else None for cell in cells]
    return np.array(found, np.float64) if found and all(found) else None


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
        self.numbers = [
            _months(cells) if numbers is None and _MONTH.fullmatch(self.base(i)) else numbers
            for i, (cells, numbers) in enumerate(zip(self.cells, self.numbers, strict=True))
        ]
        for i, cells in enumerate(self.cells):
            known = [cell for cell in cells if not is_missing(cell)][:300]
            digits = all(re.fullmatch(r"\d{7,8}|\d{10}|\d{12}|\d{14}", bare(cell)) for cell in known)
            if known and (self.numbers[i] is None or digits or any(":" in cell for cell in known)):
                usual = [cell for cell in known if any(c.isdecimal() for c in cell)]
                least = 0.5 if is_time_name(self.base(i)) else 0.9  # what says it is a time is one, and else refused
                fitting = dates.fitting if digits or self.numbers[i] is not None else dates.fitting_most
                formats = fitting(usual) if len(usual) >= least * len(known) - 1 else []
                if formats and not (digits and formats == ["%Y%j"] and not is_time_name(self.base(i))):
                    self.stamps[i] = formats

        for i, cells in enumerate(self.cells[1:], 1):
            known = [cell for cell in cells if not is_missing(cell)]
            if i - 1 in self.stamps and i not in self.stamps and known and all(map(_HHMMSS.fullmatch, known)):
                self.stamps[i] = ["%H%M%S"]

    def base(self, column: int) -> str:
        """The name of a column without a unit."""
        return split_unit(self.names[column], self.units[column])[0] if self.header else ""
