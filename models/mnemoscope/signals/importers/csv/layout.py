"""Where the rows begin, and what the lines before them mean: names, units, facts."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.counted import counted
from mnemoscope.signals.importers.csv.body import FIRST_ROWS, body_of, first_width, is_row, no_numbers, numeric_columns
from mnemoscope.signals.importers.csv.dialect import Dialect
from mnemoscope.signals.importers.csv.facts import Facts, lone_start_and_rate
from mnemoscope.signals.importers.csv.first_row import below_facts, is_time, without_numbers
from mnemoscope.signals.importers.csv.header import Header
from mnemoscope.signals.importers.csv.splitting import RULE, is_comment, split
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.report import Alternative, Guess
from mnemoscope.signals.importers.table import MAX_COLUMNS
from mnemoscope.signals.importers.tabular.names import are_units, are_units_above, distinct, unit_of
from mnemoscope.signals.importers.tabular.numbers import Number, bare, number_in

START_AND_RATE = "first rows"
"""What a guess is called that takes the first two rows for start and rate."""


@dataclass
class Layout:
    """What a table looks like above its rows."""

    columns: int
    """Values of a row."""
    cells: int
    """Cells that a row is cut into: more than `columns` where every row ends with a delimiter."""
    names: tuple[str, ...]
    units: tuple[str | None, ...]
    header: bool
    names_line: int | None
    """Counted from 1; None where the file has no names."""
    skip: int
    """Physical lines before the first row."""
    units_line: int | None = None
    """Counted from 1; None where no line holds units alone."""
    sample_rate: float | None = None
    evidence: str = ""
    samples: int | None = None
    """Values that the lines above say there are."""
    header_lines: frozenset[str] = frozenset()
    """Lines that are no rows when they come again."""
    notes: list[str] = field(default_factory=list[str])
    guesses: list[Guess] = field(default_factory=list[Guess])
    unused: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    """Lines above the rows that say nothing that is used, with their numbers."""


def layout_of(
    lines: Sequence[str], sample: Sequence[str], dialect: Dialect, options: ImportOptions, facts: Facts
) -> Layout:
    """The layout of a table whose first lines are `lines`; `sample` are lines from all over the file.

    Raises ImportFileError for a table without numbers, and a header that does not fit.
    """
    delimiter = dialect.delimiter
    body = body_of(sample)
    cut = [split(line, delimiter) for line in body[min(len(body) // 4, 200) :]]
    width = Counter(map(len, cut)).most_common(1)[0][0]
    if options.skip is None and (begun := first_width(body, delimiter, dialect)):
        width = begun  # what comes below in another width is a second table
    rows = [row for row in cut if len(row) == width] or [split(line, delimiter) for line in body[:FIRST_ROWS]]
    rows = [row for row in rows if len(row) == width]
    trailing = width > 1 and delimiter not in (None, " ") and sum(not row[-1] for row in rows) >= 0.95 * len(rows)
    absent = options.tokens
    numeric = numeric_columns(rows, width, dialect, absent)
    if not numeric:
        raise no_numbers(body, rows, dialect)
    begin = facts.skip if options.skip is None else options.skip
    if options.names_line is not None:
        begin = max(begin, options.names_line, options.units_line or 0)
    first = next((i for i in range(begin, len(lines)) if is_row(lines[i], width, numeric, dialect, absent)), None)
    if first is None:
        raise ImportFileError("no row of numbers was found", hint="Choose a table with rows of numbers.")
    while first > begin and without_numbers(
        split(lines[first - 1], delimiter), split(lines[first], delimiter), numeric, absent
    ):
        first -= 1  # what is missing is no name
    if options.skip is None and options.names_line is None:
        first = below_facts(lines, first, width, numeric, dialect, absent, rows)
    made = _Above(lines, width, trailing, dialect, options, facts).layout(first)
    if width > MAX_COLUMNS and options.layout != "rows":
        made.guesses.append(Guess("layout", "one series per row", f"a row has {width} values"))
    return made


class _Above:
    """What the lines above the rows mean."""

    def __init__(
        self, lines: Sequence[str], width: int, trailing: bool, dialect: Dialect, options: ImportOptions, facts: Facts
    ) -> None:
        self.lines, self.width, self.trailing, self.dialect = lines, width, trailing, dialect
        self.options, self.facts = options, facts
        self.notes: list[str] = []
        self.guesses: list[Guess] = []
        self.used = set[int]()
        """Lines that say something else than names."""

    def _split(self, line: str) -> list[str]:
        return [bare(cell) for cell in split(line, self.dialect.delimiter)]

    def layout(self, first: int) -> Layout:
        options, rate, evidence = self.options, self.facts.sample_rate, self.facts.evidence
        begin = self.facts.skip if options.skip is None else options.skip
        rows = [split(line, self.dialect.delimiter) for line in self.lines[first : first + 8] if line.strip()]
        if (
            options.skip is None
            and options.header is not True
            and (lone := lone_start_and_rate(rows, self.dialect.style))
        ):
            rate, evidence = lone, f"the first two rows are the start, {rows[0][0]}, and the rate, {rows[1][0]}"
            undo = Alternative("all rows as values", {"skip": first})
            self.guesses.append(Guess(START_AND_RATE, "start and sampling rate", evidence, (undo,)))
            self.notes.append(f"the first two rows were read as start ({rows[0][0]}) and sampling rate ({lone:g} Hz)")
            self.used = {first, first + 1}
            first += 2
            begin = first
        names, units, at = self._names(begin, first)
        if names is not None and self._counts(rows):
            self.notes.append(f"line {first + 1} has how many rows follow, and is none")
            first += 1
        apart = names is None or len(names) < self.width // 2  # a preamble is no line of names
        if apart and options.header is not False and self._numbers_as_names(rows):
            names, at = self._split(self.lines[first]), first
            first += 1
        return self._made(names, units, at, first, rate, evidence)

    def _made(
        self,
        names: list[str] | None,
        units: list[str] | None,
        at: int | None,
        first: int,
        rate: float | None,
        evidence: str,
    ) -> Layout:
        columns = self.width
        if self.trailing and (
            names is None or len(names) < self.width or names[self.width - 1].lower() in ("", "start", "increment")
        ):  # fmt: skip
            columns = self.width - 1
        used = {*self.used, at} if at is not None else set(self.used)
        units_at: int | None = None
        header: list[str] | None = None
        if names is not None:
            header = Header(self.lines, self.dialect.delimiter, self.notes).fitting(names, columns, at or 0)
            if units is not None and at is not None:
                beside = [*range(at + 1, first), at - 1] if at else range(at + 1, first)
                found = [i for i in beside if self._split(self.lines[i].lstrip("#%/! "))[: len(units)] == units]
                units_at = found[0] + 1 if found else None
                used |= set(found)
        elif len(self.facts.names) == columns:
            header = list(self.facts.names)
            self.notes.append("the names were taken from the lines above the data")
        if header is None:
            self.notes.append("the file has no names; columns are numbered")
        begin = self.options.skip or 0
        unused = [
            (i + 1, line) for i, line in enumerate(self.lines[:first])
            if i not in used and line.strip() and not RULE.fullmatch(line) and (evidence == "" or line.strip()[:120] != evidence)
        ]  # fmt: skip
        if begin:
            self.notes.append(f"{counted(begin, 'line')} above left out, as asked")
        above = sum(number > begin for number, _ in unused)
        if self.options.header is False and above:
            self.notes.append(f"{counted(above, 'line')} of text above the data left out, as asked")
        elif above:
            self.notes.append(f"{counted(above, 'line')} of text above the data left out")
        again = frozenset(self.lines[i].strip() for i in used - self.used if 0 <= i < len(self.lines))
        padded = [*(units or []), *[None] * columns][:columns]
        return Layout(
            columns, self.width, distinct(header, self.notes) if header else tuple(f"column {i + 1}" for i in range(columns)),
            tuple(unit_of(cell) if cell else None for cell in padded), header is not None, None if at is None else at + 1,
            first, units_at, rate, evidence, self.facts.samples, again, self.notes, self.guesses, unused,
        )  # fmt: skip

    def _names(self, begin: int, first: int) -> tuple[list[str] | None, list[str] | None, int | None]:
        """Names, units and the index of the line of names."""
        options = self.options
        if options.header is False:
            return None, None, None
        if options.names_line is not None:
            units = self._split(self.lines[options.units_line - 1].lstrip("#%/! ")) if options.units_line else None
            return self._split(self.lines[options.names_line - 1].lstrip("#%/! ")), units, options.names_line - 1
        if (options.header is True and first == begin) or self.facts.program in ("ARFF", "LabChart"):
            return None, None, None
        if (
            options.units_line is None
            and self.dialect.delimiter == " "
            and (ruled := self._ruled(begin, first)) is not None
        ):
            return self._split(self.lines[ruled]), None, ruled
        above = [(i, self.lines[i]) for i in range(begin, first)]
        above = [(i, line) for i, line in above if line.strip() and not RULE.fullmatch(line) and not _separator(line)]
        if (
            self.dialect.delimiter == " " and self.facts.evidence
        ):  # "NPTS= 200, DT= 0.01 SEC," has as many words as others
            above = [(i, line) for i, line in above if line.strip()[:120] != self.facts.evidence] or above
        texts = [(i, self._split(line)) for i, line in above if not is_comment(line)]
        if len(texts) > 1 and self.width == 1:  # what says something else than names is none
            texts = [(i, cells) for i, cells in texts if not _SAYS.match(self.lines[i])] or texts
        if len(texts) > 1:  # a row of another width is none either
            texts = [(i, cells) for i, cells in texts if not self._like_row(cells)] or texts
        if self.facts.program.startswith("TOA") and len(texts) >= 3:
            return texts[1][1], texts[2][1] if len(texts) > 2 else None, texts[1][0]
        if self.facts.program == "Rigol" and len(texts) >= 2:
            return texts[-2][1], texts[-1][1][: self.width], texts[-2][0]
        comments = [
            (i, self._split(text))
            for i, line in above
            if is_comment(line) and (text := line.lstrip().lstrip("#%/! ").strip())
        ]
        units = None
        if options.units_line:
            units = self._split(self.lines[options.units_line - 1].lstrip("#%/! "))
            texts = [(i, cells) for i, cells in texts if i != options.units_line - 1]
        elif options.units_line is None and len(texts) >= 2 and are_units_above(texts[-2][1], texts[-1][1]):
            units = texts.pop(-2)[1]
            self.notes.append("the row above the names was read as units")
        elif len(texts) >= 2 and len(texts[-1][1]) > 1 and all(_WIDTH.fullmatch(cell) for cell in texts[-1][1]):
            texts.pop()
        elif options.units_line is None and len(texts) >= 2 and are_units(texts[-1][1], texts[-2][1]):
            units = texts.pop()[1]
            self.notes.append("the row below the names was read as units")
        if texts:
            if len(texts[-1][1]) != self.width and len(texts) > 1 and len(texts[-2][1]) == self.width:
                return texts[-2][1], units, texts[-2][0]
            if self.width > 1 or len(texts[-1][1]) == 1:
                return texts[-1][1], units, texts[-1][0]
            return None, None, None
        if comments and self.width > 1:
            fitting = [(i, cells) for i, cells in comments if len(cells) == self.width]
            if len(fitting) >= 2 and fitting[-1][0] == fitting[-2][0] + 1 and are_units(fitting[-1][1], fitting[-2][1]):
                self.notes.append("names and units were taken from the comments above the data")
                return fitting[-2][1], fitting[-1][1], fitting[-2][0]
            if fitting and fitting[-1] == comments[-1] and not any(_plain_number(cell) for cell in fitting[-1][1]):
                self.notes.append("the names were taken from the comment above the data")
                return fitting[-1][1], units, fitting[-1][0]
        return None, None, None

    def _like_row(self, cells: list[str]) -> bool:
        """Whether cells hold a time and a number, as names never do."""
        return any(map(is_time, cells)) and any(number_in(cell, self.dialect.style) for cell in cells)

    def _ruled(self, begin: int, first: int) -> int | None:
        """The line of names that is underlined, a dash below every name, right above the rows."""
        if first - 2 < begin or not RULE.fullmatch(self.lines[first - 1]):
            return None
        dashes, names = self.lines[first - 1].split(), self._split(self.lines[first - 2])
        return first - 2 if len(dashes) == len(names) and self.width - len(names) in (0, 1) else None

    def _counts(self, rows: list[list[str]]) -> bool:
        """Whether the first row has no time, and the same whole number in every other column: how many rows follow."""
        if (
            len(rows) < 3
            or self.options.skip is not None
            or rows[0][0].strip()
            or not all(row[0].strip() for row in rows[1:])
        ):
            return False
        cells = {cell.strip() for cell in rows[0][1:] if cell.strip()}
        return len(cells) == 1 and cells.pop().isdecimal() and sum(bool(cell.strip()) for cell in rows[0]) > 1

    def _numbers_as_names(self, rows: list[list[str]]) -> bool:
        """Whether the first row of numbers is names: whole and rising, unlike the rows below it."""
        if self.options.header is True:
            return True
        if len(rows) < 3 or self.width < 2:
            return False
        numbers = [[number_in(cell, self.dialect.style) for cell in row] for row in rows]
        unnamed = not rows[0][0].strip() and all(row[0].strip() for row in rows[1:])
        head = [number.value for number in numbers[0][1 if unnamed else 0 :] if number is not None]
        texts = len(numbers[0]) - unnamed - len(head)
        if (texts and len(head) < 3) or not head or any(value != round(value) for value in head):
            return False
        rising = all(b > a for a, b in pairwise(head))
        if unnamed and (rising or len(head) == 1):
            self.notes.append("the first row was read as names, as its first cell is empty")
            return True
        years = all(1800 <= value <= 2100 for value in head)
        if not rising or len(head) < 3 or not (years or all(b - a == 1 for a, b in pairwise(head))):
            return False
        one_by_one = all(b - a == 1 for a, b in pairwise(head))
        alike = sum(_rising_whole(row, one_by_one=one_by_one) for row in numbers[1:])
        if alike > 0.3 * (len(numbers) - 1):
            return False
        undo = Alternative("the first row as values", {"header": False})
        evidence = "its numbers are whole and rise from column to column, those below do not"
        self.guesses.append(Guess("first row", "names of the columns", evidence, (undo,), question=True))
        return True


_SAYS = re.compile(r"\s*[^:=;,]+[:=;,]\s*\S*\d")
"""A line such as "Sampling rate: 2 kHz"."""


_WIDTH = re.compile(r"\d{1,3}[sdn]")
"""The width of a field and its kind, as the USGS writes them below the names."""


def _rising_whole(row: list[Number | None], *, one_by_one: bool) -> bool:
    values = [number.value for number in row if number is not None]
    if len(values) < 3 or any(value != round(value) for value in values):
        return False
    return all(b - a == 1 if one_by_one else b > a for a, b in pairwise(values))


def _plain_number(cell: str) -> bool:
    return cell[:1].isdecimal() or cell[:1] in "+-."


def _separator(line: str) -> bool:
    return line.strip().strip('"').lower().startswith("sep=")
