"""Import a text table as time series: sniff, read strictly, report every assumption.

    table = reader.read("ecg.csv")
    table.report["questions"]             # what only the user can decide, with what was chosen
    table.report["left_out"]              # every line that became no row
    table.series(1)                       # Series of column 1

Numbers are never moved to another column and never filled in. What cannot be read is an ImportFileError with line, column and hint.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.counted import counted
from mnemoscope.signals.importers import encodings
from mnemoscope.signals.importers.csv import series_rows
from mnemoscope.signals.importers.csv.body import body_of
from mnemoscope.signals.importers.csv.dialect import Dialect, dialect_of
from mnemoscope.signals.importers.csv.ending import Ending
from mnemoscope.signals.importers.csv.facts import facts_of
from mnemoscope.signals.importers.csv.first_lines import first_lines
from mnemoscope.signals.importers.csv.fixed_width import glued_columns, refuse_glued
from mnemoscope.signals.importers.csv.layout import Layout, layout_of
from mnemoscope.signals.importers.csv.resolved import resolved
from mnemoscope.signals.importers.csv.rows import Rows
from mnemoscope.signals.importers.csv.splitting import split
from mnemoscope.signals.importers.options import ImportOptions, retry
from mnemoscope.signals.importers.report import Guess, LeftOut, file_facts
from mnemoscope.signals.importers.table import Column, Table
from mnemoscope.signals.importers.tabular.assemble import assemble
from mnemoscope.signals.importers.tabular.cells import Cells
from mnemoscope.signals.importers.tabular.checks import Checks, OtherStyleError
from mnemoscope.signals.importers.tabular.draft import Draft, Parts, Raw
from mnemoscope.signals.importers.tabular.names import named_unit
from mnemoscope.signals.importers.tabular.numbers import Style, is_missing, number_in
from mnemoscope.signals.importers.tabular.sampled import Sampled

__all__ = ["Column", "ImportOptions", "Table", "read"]

MAX_VALUES = 100_000_000
SNIFF_BYTES = 65_536
FIRST_LINES = 1000
"""Lines looked at below those that are to be left out, where these go beyond the first SNIFF_BYTES."""
MAX_NAME_LINES = 8
"""Lines that a name in quotes may go over."""
PLACES = 16
"""Places all over a long file at which some lines are looked at before it is read."""


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
        if head.doubt is not None:
            table.report["questions"].insert(0, head.doubt.entry())
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
    doubt: Guess | None
    """About the encoding."""
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
        encoding, doubt = encodings.encoding_of(data, path, options.encoding)
        lines = re.split(r"\r\n|\n|\r", encodings.text_of(data, encoding).rstrip(encodings.FILL))
        if not whole:
            if len(lines) < 2 and options.layout != "rows":
                raise ImportFileError(
                    f"the line is longer than {SNIFF_BYTES} characters; a table has one row per line",
                    where="line 1",
                    hint="Write one sample per line.",
                )
            lines = lines[:-1] or lines
        lines = _joined_names(lines)
        elsewhere = [] if whole else _elsewhere(path, encoding)
        if not whole and (options.skip or 0) >= len(lines):
            lines, elsewhere = [*lines, *_from_line(path, encoding, len(lines), options.skip or 0)], []
        facts = facts_of(lines)
        body = body_of(lines[facts.skip if options.skip is None else options.skip :])
        if not body:
            raise ImportFileError("the file holds comments only", hint="Choose a file with rows of numbers.")
        refuse_glued(body[:400], options)
        sample = [*body[min(len(body) // 4, 200) :][:200], *elsewhere]
        dialect = dialect_of(sample, options, (facts.delimiter, facts.decimal), body[:5])
        layout = layout_of(lines, [*body, *elsewhere], dialect, options, facts)
        first = [split(line, dialect.delimiter) for line in lines[layout.skip :] if line.strip()]
        first = [row[: layout.columns] for row in first if len(row) == layout.cells][:300]
        spread = [split(line, dialect.delimiter) for line in elsewhere]
        rows = [*first, *(row[: layout.columns] for row in spread if len(row) == layout.cells)]
        return cls(encoding, doubt, dialect, layout, lines, rows, len(first))


def _joined_names(lines: list[str]) -> list[str]:
    """Lines whose names in quotes go on over further lines, joined; in place of these, empty ones."""
    found = list(lines)
    for at in range(min(20, len(found))):
        if found[at].count('"') % 2 == 0:
            continue
        for more in range(1, min(MAX_NAME_LINES, len(found) - at)):
            joined = " ".join(found[at : at + more + 1])
            if joined.count('"') % 2 == 0:
                if not any(number_in(cell, Style()) for cell in split(joined, ",")):  # a row is joined when it is read
                    found[at : at + more + 1] = [joined, *[""] * more]
                break
    return found


def _elsewhere(path: Path, encoding: str) -> list[str]:
    """Whole lines from places all over a file."""
    size, found = path.stat().st_size, list[str]()
    with path.open("rb") as file:
        for place in range(1, PLACES + 1):
            file.seek((size - 8192) * place // PLACES & ~1)
            text = file.read(8192).decode({"utf-16": "utf-16-le"}.get(encoding, encoding), "replace")
            found += [line for line in re.split(r"\r\n|\n|\r", text)[1:-1] if line.strip()][:20]
    return body_of(found) if found else []


def _from_line(path: Path, encoding: str, begin: int, skip: int) -> list[str]:
    """The lines behind the first `skip`, for some way; in place of those from line `begin` to there, empty ones."""
    with path.open(encoding=encoding, errors="replace") as file:
        below = itertools.islice(file, skip, None)
        found = [line.rstrip("\n") for line in itertools.islice(below, FIRST_LINES)]
    return [*[""] * (skip - begin), *found]


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
        self.styles = [self._style(column) for column in columns]
        for name, own in zip(self.names, self.styles, strict=True):
            if own != self.style:
                sign = "comma" if own.decimal == "," else "point"
                self.notes.append(f"{name}: its numbers have a decimal {sign}, unlike those of other columns")
        numbers = [
            self._numbers(column[: self.head.contiguous], own) for column, own in zip(columns, self.styles, strict=True)
        ]
        return Sampled(self.names, self.layout.units, columns, numbers, self.layout.header)

    def _known(self, cells: tuple[str, ...]) -> list[str]:
        return [cell for cell in cells if not is_missing(cell) and cell.strip().lower() not in self.options.tokens]

    def _style(self, cells: tuple[str, ...]) -> Style:
        """How a column writes its numbers: as the table does, unless all of them are numbers in the other way alone."""
        known = self._known(cells)
        style = Style("," if self.style.decimal == "." else ".", None)
        if self.options.decimal is not None or not known or any(number_in(cell, self.style) for cell in known):
            return self.style
        return style if all(number_in(cell, style) for cell in known) else self.style

    def _numbers(self, cells: tuple[str, ...], style: Style) -> NDArray[np.float64] | None:
        """The first cells as numbers, None where most are something else."""
        known = self._known(cells)
        found = [number_in(cell, style) for cell in cells]
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
                self.styles[i],
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
        ending = Ending(self.rows, self.layout, self.head.dialect, self.options, self.notes)
        count = ending.rows_of(cells)
        if count < 2:
            wide = count == 1 and self.layout.columns > 2 and not self.layout.header
            raise ImportFileError(
                f"the file has {count} row{'s' * (count != 1)} of numbers; a series needs at least 2",
                where=self._where(0) if count else None,
                hint="Choose a file with one row per sample" + (", or read the row as one series." if wide else "."),
                retry=retry("Read the row as one series", layout="rows") if wide else None,
            )
        raw = Raw(
            self.names, self.layout.units, cells, [column.values()[:count] for column in cells],
            [column.codes()[:count] for column in cells], count,
        )  # fmt: skip
        guesses = [*ending.guesses, *self.head.dialect.guesses, *self.layout.guesses]
        Checks(
            self.sampled, self.options, self._where, self.text_columns, self.style, self.notes, guesses, self.again
        ).check(raw)
        plain = [i for i in range(self.layout.columns) if i not in self.sampled.stamps and i not in self.text_columns]
        if self.layout.columns > 1:
            guesses += glued_columns([self.names[i] for i in plain], [self.sampled.cells[i] for i in plain])
        if self.head.doubt is not None:
            guesses.insert(0, self.head.doubt)
        if self.rows.blank_as_missing:
            many = f"{counted(self.rows.blank_as_missing, 'blank line')}"
            guesses.append(Guess("blank lines", "missing values", f"{many} between rows of one number each"))
        parts = Parts(self.rows.breaks, self.rows.line, self.layout.names_line)
        draft = Draft(raw, self.sampled, self.options, self.column_of, self._where, self.notes, guesses, parts)
        report = _report(self.path, self.head, self.options)
        for number, text in self.layout.unused:
            self.rows.left_out.add(number, "text above the data", text.strip())
        self.rows.left_out.lines.sort(key=lambda entry: entry["line"])
        table = assemble(
            draft, report, self.layout.sample_rate, self.layout.evidence, self.rows.left_out, self.layout.samples
        )
        head = self.head
        table.report["lines"] = first_lines(
            head.lines, self.layout, head.dialect, self.options, self.rows.left_out, draft.picked, self.styles
        )
        return table

    def _where(self, row: int, column: int | None = None) -> str:
        return f"line {self.rows.line(row)}" + (f", column {self.names[column]}" if column is not None else "")


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
