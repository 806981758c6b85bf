"""A line of names laid over the columns: too many names, too few, one over a date and a time of day."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.counted import counted
from mnemoscope.signals.importers.csv.first_row import is_time
from mnemoscope.signals.importers.csv.splitting import split
from mnemoscope.signals.importers.options import retry

SURPLUS = frozenset(["", "comment", "comments", "start", "increment", "remark", "remarks", "note", "notes"])
"""Names of a header that may stand where rows have no value."""


@dataclass(frozen=True)
class Header:
    """What names are laid over; `notes` grow."""

    lines: Sequence[str]
    """The first lines of the file."""
    delimiter: str | None
    notes: list[str]

    def _over_times(self, names: list[str], columns: int, at: int) -> list[str] | None:
        """Names of columns parted by blanks, where one name stands over date and time of day, or none over the times."""
        rows = [split(line, " ") for line in self.lines[at + 1 : at + 12]]
        rows = [row for row in rows if len(row) == columns]
        pairs = [
            i for i in range(columns - 1)
            if rows and all(is_time(row[i]) and ":" not in row[i] and is_time(row[i + 1]) and ":" in row[i + 1] for row in rows)
        ]  # fmt: skip
        lacking = columns - len(names)
        if lacking == 1 and pairs:
            return [*names[: pairs[0]], f"{names[pairs[0]]} (date)", *names[pairs[0] :]]
        if lacking == 2 and pairs[:1] == [0]:
            return ["date", "time", *names]
        if lacking == 1 and rows and all(is_time(row[0]) for row in rows):
            return ["time", *names]
        return None

    def fitting(self, names: list[str], columns: int, at: int) -> list[str] | None:
        """Names for all columns, where the line has too many or too few."""
        while len(names) > columns and not names[-1]:
            names = names[:-1]
        if len(names) == columns:
            return names
        if len(names) == columns - 1 and self._counts_rows():
            self.notes.append("the first column has no name: it counts the rows, as R writes it")
            return ["", *names]
        if self.delimiter == " " and (found := self._over_times(names, columns, at)) is not None:
            return found
        if self.delimiter in (None, " "):
            return None if abs(len(names) - columns) > 1 or len(names) < 2 else self._refuse(names, columns, at)
        surplus = names[columns:]
        if surplus and all(name.lower() in SURPLUS for name in surplus):
            self.notes.append(f"{counted(len(surplus), 'name')} over no column: {', '.join(surplus)}")
            return names[:columns]
        if surplus and any(len(split(line, self.delimiter)) == len(names) for line in self.lines[at + 1 : at + 4]):
            self.notes.append(f"{counted(len(surplus), 'name')} over few rows: {', '.join(surplus)}")
            return names[:columns]
        if len(names) > columns or 1 < len(names) == columns - 1:
            return self._refuse(names, columns, at)
        return None

    def _refuse(self, names: list[str], columns: int, at: int) -> list[str]:
        raise ImportFileError(
            f"the header has {len(names)} names, the rows have {columns} values",
            where=f"line {at + 1}",
            hint="Give every column one name, or import without the header (columns are then numbered).",
            retry=retry("Import without the header", header=False),
        )

    def _counts_rows(self) -> bool:
        firsts = [split(line, self.delimiter)[0].strip('"') for line in self.lines[-60:] if line.strip()]
        numbers = [int(cell) for cell in firsts if cell.isdecimal()]
        return len(numbers) >= max(2, len(firsts) - 1) and all(b - a == 1 for a, b in pairwise(numbers))
