"""Import a text table as time series: sniff, read strictly, report every assumption.

    table = reader.read("ecg.csv")
    table.report["questions"]             # what only the user can decide, with what was chosen
    table.report["left_out"]              # every line that became no row
    table.series(1)                       # Series of column 1

Numbers are never moved to another column and never filled in. What cannot be read is an ImportFileError with line, column and hint.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers import encodings
from mnemoscope.signals.importers.csv import series_rows
from mnemoscope.signals.importers.csv.assemble import Assembly, Raw
from mnemoscope.signals.importers.csv.cells import ABSENT, Cells
from mnemoscope.signals.importers.csv.checks import Checks, OtherStyleError
from mnemoscope.signals.importers.csv.dialect import Dialect, dialect_of
from mnemoscope.signals.importers.csv.facts import facts_of
from mnemoscope.signals.importers.csv.first_lines import first_lines
from mnemoscope.signals.importers.csv.layout import Layout, body_of, layout_of
from mnemoscope.signals.importers.csv.names import named_unit
from mnemoscope.signals.importers.csv.numbers import TRUTHS, is_missing, number_in
from mnemoscope.signals.importers.csv.resolved import resolved
from mnemoscope.signals.importers.csv.rows import Ragged, Rows
from mnemoscope.signals.importers.csv.splitting import split
from mnemoscope.signals.importers.csv.times import Sampled
from mnemoscope.signals.importers.options import ImportOptions, retry
from mnemoscope.signals.importers.report import Guess, LeftOut, file_facts
from mnemoscope.signals.importers.table import Column, Table

__all__ = ["Column", "ImportOptions", "Table", "read"]

MAX_VALUES = 100_000_000
SNIFF_BYTES = 65_536
PLACES = 16
"""Places all over a long file at which some lines are looked at before it is read."""
MAX_FOOTER_LINES = 20
SUMMARY = re.compile(
    r"(?:grand |sub)?(?:total|sum|mean|average|avg|min(?:imum)?|max(?:imum)?|std(?:ev|\.? ?dev\.?)?|count|median|variance|summe|gesamt"
    r"|mittelwert|mittel|anzahl|somme|moyenne|totale|media|total général|suma|average of.*|end of (?:file|data)|eof)\b.{0,20}:?",
    re.IGNORECASE,
)


def read(path: str | Path, options: ImportOptions | None = None, *, max_values: int = MAX_VALUES) -> Table:
    """Read a text table.

    Raises ImportFileError (with line, column and hint) for whatever cannot be read without guessing, and when it holds
    more than `max_values` cells.
    """
    path, options = Path(path), options or ImportOptions()
    try:
        head = Head.of(path, options)
    except OSError as error:
        raise ImportFileError(
            f"cannot open {path.name}: {error.strerror}", hint="Check the name of the file."
        ) from error
    if series_rows.is_meant(head.layout, head.rows, head.dialect, options):
        table = series_rows.read(
            path, head.encoding, head.dialect, head.layout, options, max_values, _report(path, head, options)
        )
        left_out = LeftOut(lines=table.report["left_out"])
        table.report["lines"] = first_lines(head.lines, head.layout, head.dialect, options, left_out)
        return table
    try:
        return _Pass(path, head, options, max_values).table()
    except OtherStyleError as other:
        head = replace(head, dialect=replace(head.dialect, style=other.style, guesses=()))
        return _Pass(path, head, options, max_values, again=True).table()


@dataclass(frozen=True)
class Head:
    """What is known of a table before its rows are read."""

    encoding: str
    dialect: Dialect
    layout: Layout
    lines: list[str]
    """The first lines of the file."""
    rows: list[list[str]]
    """Cells of its first rows, then of some all over the file."""
    contiguous: int
    """How many of `rows` are the first."""

    @classmethod
    def of(cls, path: Path, options: ImportOptions) -> Head:
        """Raises ImportFileError for what is no table of numbers."""
        with path.open("rb") as file:
            data = file.read(SNIFF_BYTES)
        whole = path.stat().st_size <= len(data)
        encoding = encodings.encoding_of(data, path, options.encoding)
        lines = re.split(r"\r\n|\n|\r", encodings.text_of(data, encoding))
        if not whole:
            if len(lines) < 2 and options.layout != "rows":
                raise ImportFileError(
                    f"the line is longer than {SNIFF_BYTES} characters; a table has one row per line",
                    where="line 1",
                    hint="Write one sample per line.",
                )
            lines = lines[:-1] or lines
        elsewhere = [] if whole else _elsewhere(path, encoding)
        facts = facts_of(lines)
        body = body_of(lines[options.skip or 0 :])
        if not body:
            raise ImportFileError("the file holds comments only", hint="Choose a file with rows of numbers.")
        sample = [*body[min(len(body) // 4, 200) :][:200], *elsewhere]
        dialect = dialect_of(sample, options, (facts.delimiter, facts.decimal), body[:5])
        layout = layout_of(lines, [*body, *elsewhere], dialect, options, facts)
        first = [split(line, dialect.delimiter) for line in lines[layout.skip :] if line.strip()]
        first = [row[: layout.columns] for row in first if len(row) == layout.cells][:300]
        spread = [split(line, dialect.delimiter) for line in elsewhere]
        rows = [*first, *(row[: layout.columns] for row in spread if len(row) == layout.cells)]
        return cls(encoding, dialect, layout, lines, rows, len(first))


def _elsewhere(path: Path, encoding: str) -> list[str]:
    """Whole lines from places all over a file."""
    size, found = path.stat().st_size, list[str]()
    with path.open("rb") as file:
        for place in range(1, PLACES + 1):
            file.seek((size - 8192) * place // PLACES & ~1)
            text = file.read(8192).decode({"utf-16": "utf-16-le"}.get(encoding, encoding), "replace")
            found += [line for line in re.split(r"\r\n|\n|\r", text)[1:-1] if line.strip()][:20]
    return body_of(found) if found else []


class _Pass:
    """One pass over one file."""

    def __init__(self, path: Path, head: Head, options: ImportOptions, max_values: int, *, again: bool = False) -> None:
        self.path, self.head, self.options, self.max_values, self.again = path, head, options, max_values, again
        self.layout, self.style = head.layout, head.dialect.style
        self.names = head.layout.names
        self.rows = Rows(path, head.encoding, head.dialect.delimiter, head.layout, asked=options.encoding is not None)
        self.notes = [*head.layout.notes, *options.notes()]
        self.text_columns = {i for name in options.text_columns for i in [self.column_of(name)]}
        self.sampled = self._sampled()

    def column_of(self, wanted: str) -> int:
        """Index of a column by name, with or without the unit in it, else by index. Raises ImportFileError."""
        bare = [named_unit(name, unit)[0] for name, unit in zip(self.names, self.layout.units, strict=True)]
        for names in (self.names, bare):
            if wanted in names:
                return names.index(wanted)
        if wanted.isdecimal() and int(wanted) < len(self.names):
            return int(wanted)
        listed = ", ".join(f"{i} ({name})" for i, name in enumerate(self.names[:30]))
        raise ImportFileError(f"the file has no column {wanted!r}", hint=f"Its columns are {listed}.")

    def _sampled(self) -> Sampled:
        columns = list(zip(*self.head.rows, strict=True)) or [()] * self.layout.columns
        numbers = [self._numbers(column[: self.head.contiguous]) for column in columns]
        return Sampled(self.names, self.layout.units, columns, numbers, self.layout.header)

    def _numbers(self, cells: tuple[str, ...]) -> NDArray[np.float64] | None:
        """The first cells as numbers, None where most are something else."""
        known = [cell for cell in cells if not is_missing(cell) and cell.strip().lower() not in self.options.tokens]
        found = [number_in(cell, self.style) for cell in cells]
        good = sum(number is not None for number in found)
        if not good or good < 0.9 * len(known) - 1:
            return None
        return np.array([np.nan if number is None else number.value for number in found])

    def table(self) -> Table:
        wanted = set(self.sampled.stamps)
        if self.options.time is not None:
            wanted |= {self.column_of(name) for name in self.options.time if name != "none"}
        cells = [
            Cells(
                self.style,
                self.options.tokens,
                stamps=i in wanted,
                dates=i in wanted and self.sampled.numbers[i] is None,
            )
            for i in range(self.layout.columns)
        ]
        if not wanted and not self.options.tokens:
            self.rows.decimal = self.style.decimal
        for block in self.rows:
            if self.rows.count * self.layout.columns > self.max_values:
                raise ImportFileError(
                    f"the file holds more than {self.max_values} cells",
                    hint="Keep the columns you need, or cut the file into parts.",
                )
            for column, part in zip(cells, block, strict=True):
                column.add(part, odd=self.rows.odd)
        count = self._end(cells)
        if count < 2:
            raise ImportFileError(
                f"the file has {count} row{'s' * (count != 1)} of numbers; a series needs at least 2",
                hint="Choose a file with one row per sample.",
            )
        raw = Raw(
            self.names, self.layout.units, cells, [column.values()[:count] for column in cells],
            [column.codes()[:count] for column in cells], count,
        )  # fmt: skip
        Checks(self.sampled, self.options, self._where, self.text_columns, self.style, self.notes, self.again).check(
            raw
        )
        guesses = [*self.head.dialect.guesses, *self.layout.guesses]
        if self.rows.blank_as_missing:
            many = f"{self.rows.blank_as_missing} blank line(s)"
            guesses.append(Guess("blank lines", "missing values", f"{many} between rows of one number each"))
        assembly = Assembly(raw, self.sampled, self.options, self.column_of, self._where, self.notes, guesses)
        report = _report(self.path, self.head, self.options)
        for number, text in self.layout.unused:
            self.rows.left_out.add(number, "text above the data", text.strip())
        self.rows.left_out.lines.sort(key=lambda entry: entry["line"])
        table = assembly.table(report, self.layout.sample_rate, self.layout.evidence, self.rows.left_out)
        head = self.head
        table.report["lines"] = first_lines(
            head.lines, self.layout, head.dialect, self.options, self.rows.left_out, assembly.picked
        )
        return table

    def _where(self, row: int, column: int | None = None) -> str:
        return f"line {self.rows.line(row)}" + (f", column {self.names[column]}" if column is not None else "")

    # --- the end of the data, and rows that are none

    def _end(self, cells: list[Cells]) -> int:
        """How many rows there are without what stands below the data; raises for rows with another number of values."""
        count = self.rows.count
        below = [row for row in self.rows.ragged if row.before == count]
        if below and below[0].before == count and self._is_footer(below):
            self._leave_below(cells, below)
            self.rows.ragged_count -= len(below)
            self.rows.ragged = [row for row in self.rows.ragged if row.before < count]
            count = self.rows.count
        self._check_ragged()
        return self._without_summary(cells, count)

    def _is_footer(self, below: list[Ragged]) -> bool:
        numeric = [row for row in below if all(self._is_number(cell) for cell in row.cells)]
        texts = len(below) - len(numeric)
        return len(below) <= MAX_FOOTER_LINES and (len(numeric) <= 1) and (texts > 0 or len(below) == 1)

    def _is_number(self, cell: str) -> bool:
        return number_in(cell, self.style) is not None

    def _leave_below(self, cells: list[Cells], below: list[Ragged]) -> None:
        first = below[0]
        if (
            self.head.dialect.delimiter == " "
            and 2 <= len(first.cells) < self.layout.columns
            and all(map(self._is_number, first.cells))
        ):
            padded = [*first.cells, *[""] * (self.layout.columns - len(first.cells))]
            for column, cell in zip(cells, padded, strict=True):
                column.add((cell,), odd=False)
            self.rows.count += 1
            self.notes.append("the last row is short; its last values are missing")
            below = below[1:]
        for row in below:
            text = " ".join(row.cells)
            self.rows.left_out.add(
                row.line, "below the data" if not self._is_number(row.cells[0]) else "cut short", text
            )
        if below:
            self.notes.append(f"{len(below)} line(s) below the data were left out: {' '.join(below[0].cells)[:60]!r}")

    def _check_ragged(self) -> None:
        """Rows with another number of values are refused unless the user asked to skip them; a second table is left out."""
        total = self.rows.ragged_count
        if not total:
            return
        first = self.rows.ragged[0]
        if first.before == self.rows.count and self.options.ragged != "skip":
            raise ImportFileError(
                f"a second table with {len(first.cells)} columns begins below the first ({total} rows)",
                where=f"line {first.line}",
                hint="Import the first one alone, or the second one with the lines above it left out.",
                retry=retry("Import the first table alone", ragged="skip"),
            )
        lines = [row.line for row in self.rows.ragged]
        if self.options.ragged != "skip":
            raise ImportFileError(
                f"{len(first.cells)} values where {self.layout.cells} were expected ({total} such row(s))",
                where=f"line {lines[0]}",
                hint="Correct the rows, or import with such rows left out.",
                retry=retry("Skip such rows", ragged="skip"),
            )
        for row in self.rows.ragged:
            self.rows.left_out.add(
                row.line, f"{len(row.cells)} values where {self.layout.cells} were expected", " ".join(row.cells)
            )
        self.rows.left_out.count += total - len(self.rows.ragged)
        shown = ", ".join(map(str, lines[:5])) + ", …" * (total > 5)
        self.notes.append(f"{total} row(s) with another number of values were left out (lines {shown})")

    def _without_summary(self, cells: list[Cells], count: int) -> int:
        """Rows without the last ones that are totals, means or text."""
        if count < 3 or not cells:
            return count
        codes = [column.codes() for column in cells]
        numeric = [i for i, column in enumerate(cells) if self._mostly_numbers(column, codes[i])]
        reverse = [{code: text for text, code in column.texts.items()} for column in cells]
        left = count
        empty = len(codes[0]) - int(np.argmax(np.logical_or.reduce([column[::-1] != ABSENT for column in codes])))
        for row in range(empty, count):
            self.rows.left_out.add(self.rows.line(row), "empty")
        if empty < count:
            self.notes.append(f"{count - empty} empty row(s) below the data were left out")
            left = count = max(empty, 2)
        while left > max(2, count - MAX_FOOTER_LINES):
            row = left - 1
            texts = {i: reverse[i].get(int(codes[i][row]), "") for i in range(len(cells)) if codes[i][row] >= 0}
            alone = left == count and any(
                cells[i].dates and codes[i][row] == ABSENT and (codes[i][:row] != ABSENT).all()
                for i in range(len(cells))
            )
            if alone:
                left -= 1
                continue
            if not texts:
                break
            summary = any(
                SUMMARY.fullmatch(text) and (codes[i][: max(left - MAX_FOOTER_LINES, 1)] != codes[i][row]).all()
                for i, text in texts.items()
            )
            no_number = bool(numeric) and all(codes[i][row] >= 0 or codes[i][row] == ABSENT for i in numeric)
            no_number = no_number and any(i in texts for i in numeric) and not all(
                text.lower() in TRUTHS or self._often(cells[i], text) or self._said_missing(text) for i, text in texts.items() if i in numeric
            )  # fmt: skip
            stamps = [i for i in texts if cells[i].stamps and not any(c.isdecimal() for c in texts[i])]
            if not summary and not stamps and not (no_number and len(numeric) == 1 == len(cells)):
                break
            left -= 1
        if left == count:
            return count
        for row in range(left, count):
            words = [reverse[i].get(int(codes[i][row]), "") for i in range(len(cells))]
            text = " ".join(word for word in words if word)
            self.rows.left_out.add(
                self.rows.line(row), "below the data" if not SUMMARY.match(text) else "a summary", text
            )
            for i in range(len(cells)):  # the texts of rows that are none prove nothing of their columns
                if codes[i][row] >= 0:
                    cells[i].counts[int(codes[i][row])] -= 1
        first = self.rows.left_out.lines[-1]["text"] if self.rows.left_out.lines else ""
        self.notes.append(f"{count - left} line(s) below the data were left out: {first!r}")
        return left

    def _often(self, column: Cells, text: str) -> bool:
        return column.counts[column.texts[text]] > 1

    def _said_missing(self, text: str) -> bool:
        return text.lower() in self.options.tokens

    def _mostly_numbers(self, column: Cells, codes: NDArray[np.int32]) -> bool:
        texts = int((codes >= 0).sum())
        numbers = int((codes == -1).sum())
        return numbers > 0 and numbers >= 0.9 * (numbers + texts) - 1


def _report(path: Path, head: Head, options: ImportOptions) -> dict[str, Any]:
    """The part of the report that says which file this is and how it is written."""
    delimiter = head.dialect.delimiter
    return file_facts(
        path,
        {",": "CSV", ";": "CSV", "\t": "TSV"}.get(delimiter or "", "text table"),
        options,
        encoding={"utf-8-sig": "utf-8"}.get(head.encoding, head.encoding),
        delimiter=delimiter,
        decimal=head.dialect.style.decimal,
        grouping=head.dialect.style.grouping or None,
        header=head.layout.header,
        names_line=head.layout.names_line,
        first_line=head.layout.skip + 1,
        first_rows=[row[:64] for row in head.rows[: min(8, head.contiguous)]],
        resolved=resolved(options, head.encoding, head.dialect, head.layout),
    )
