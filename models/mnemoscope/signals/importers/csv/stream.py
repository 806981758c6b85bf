"""Read a sniffed table as a stream of batches: decoded once, never whole in memory, never with a column shifted.

`pyarrow.csv` does the parsing; it is strict about the number of values per row, and this module gives its refusals the
line number and the hint that a user needs.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
from pyarrow import csv as pacsv

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers.csv.cells import is_number, split
from mnemoscope.signals.importers.csv.sniff import RULE, Sniff

BLOCK = 1 << 20
TAIL = 8192
MAX_FOOTER_LINES = 20
MAX_LISTED = 1000
"""Rows with another number of values that are remembered one by one."""

_IDLE = re.compile(r"(?m)^[ \t]*(?:(?:#|%|//).*)?$")
"""Lines that are no rows: blank, or a comment between the rows."""


class Undecodable(Exception):
    """The bytes do not fit the encoding of the first 64 kB; the caller reads again as Windows-1252."""


class Lines(io.RawIOBase):
    """The data rows of a file as UTF-8: lines above and below left out, blanks turned into tabs where they delimit.

    end: bytes of the file to read; None = all. short: one more row, already delimited by tabs.
    """

    def __init__(self, file: BinaryIO, found: Sniff, *, end: int | None, short: str) -> None:
        self._file, self._left, self._short = file, end, short
        encoding = "utf-8-sig" if found.encoding == "utf-8" else found.encoding
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._skip = found.skip
        self._blanks = found.delimiter == " "
        self.blank = 0
        """Blank lines seen so far."""
        self._text = ""
        self._ready = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._ready and not self._ended:
            self._fill()
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _fill(self) -> None:
        data = self._file.read(BLOCK if self._left is None else min(BLOCK, self._left))
        if self._left is not None:
            self._left -= len(data)
        self._ended = not data
        text = self._text + self._decoder.decode(data, final=self._ended)
        if not self._ended:
            cut = max(text.rfind("\n"), text.rfind("\r", 0, -1))
            if cut < 0:
                if len(text) > 4 * BLOCK:
                    raise ImportFileError("a line is longer than 4 MB", hint="Write one row of the table per line.")
                self._text = text
                return
            text, self._text = text[: cut + 1], text[cut + 1 :]
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        while self._skip and text:
            _, newline, text = text.partition("\n")
            self._skip -= 1 if newline or self._ended else 0
        self.blank += text.count("\n\n")
        if "\n#" in text or "\n%" in text or "\n//" in text or text[:1] in ("#", "%", "/"):
            text = _IDLE.sub("", text)
        if self._blanks:
            text = re.sub(r"(?m)^[ \t]+|[ \t]+$", "", text)
            text = re.sub(r"[ \t]+", "\t", text)
        if self._ended and self._short:
            text += f"\n{self._short}\n" if text and not text.endswith("\n") else f"{self._short}\n"
        self._ready = text.encode()


class Rows:
    """Iterate over the table in batches of strings; afterwards `rows` were read, `skipped` were left out."""

    def __init__(self, path: Path, found: Sniff, below: Footer) -> None:
        self.path, self.found, self.below = path, found, below
        self.rows = 0
        self.skipped: list[tuple[int, int]] = []
        """(row of the data counted from 0, values found) of the first rows with another number of values."""
        self.skipped_count = 0
        self.blank = 0

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        found = self.found
        names = [str(i) for i in range(found.columns)]
        delimiter = "\t" if found.delimiter == " " else found.delimiter or "\x1f"
        with self.path.open("rb") as file:
            lines = Lines(file, found, end=self.below.end, short=self.below.short)
            try:
                reader = pacsv.open_csv(
                    pa.PythonFile(lines, mode="r"),
                    read_options=pacsv.ReadOptions(column_names=names, block_size=BLOCK, use_threads=False),
                    parse_options=pacsv.ParseOptions(
                        delimiter=delimiter, quote_char='"', invalid_row_handler=self._invalid, ignore_empty_lines=True
                    ),
                    convert_options=pacsv.ConvertOptions(
                        column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=True
                    ),
                )
                for batch in reader:
                    self.rows += batch.num_rows
                    self.blank = lines.blank
                    yield batch
            except pa.ArrowInvalid as error:
                raise self._explained(error) from error
            except UnicodeDecodeError as error:
                raise Undecodable(str(error)) from error

    def _invalid(self, row: pacsv.InvalidRow) -> str:
        self.skipped_count += 1
        if len(self.skipped) < MAX_LISTED:
            self.skipped.append((-1 if row.number is None else row.number - 1, row.actual_columns))
        return "skip"

    def _explained(self, error: pa.ArrowInvalid) -> ImportFileError:
        text = str(error)
        if "straddling" in text:
            return ImportFileError("a row is longer than 1 MB", hint="Write one row of the table per line.")
        if "Empty CSV" in text:
            return ImportFileError(
                "the file has no rows of data", hint="Choose a file with at least two rows of numbers."
            )
        return ImportFileError(f"the table cannot be read: {text[:200]}", hint="Check the delimiter and the quotes.")

    def line(self, row: int) -> int:
        """The line of the file (counted from 1) on which a data row (counted from 0) stands."""
        encoding = "utf-8-sig" if self.found.encoding == "utf-8" else self.found.encoding
        with self.path.open(encoding=encoding, errors="replace", newline=None) as file:
            for number, line in enumerate(file, 1):
                if number > self.found.skip and not _IDLE.fullmatch(line.rstrip("\n")):
                    row -= 1
                    if row < 0:
                        return number
        return self.found.skip + row + 1


@dataclass(frozen=True)
class Footer:
    """What stands below the data."""

    end: int | None = None
    """Bytes of the file that hold rows; None = all."""
    lines: tuple[str, ...] = ()
    """Text below the data, rules left out."""
    short: str = ""
    """A last row with fewer values than columns, delimited by tabs; only in tables aligned by blanks."""


def footer(path: Path, found: Sniff, is_row: Callable[[list[str]], bool]) -> Footer:
    """Look at the end of a file for lines that are no rows: "Total", remarks, a row cut short.

    Two or more rows of numbers with another number of values are no footer: they are left to be refused.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - TAIL) & ~1)  # even, so that two-byte characters stay whole
        tail = file.read()
    encoding = {"utf-16": "utf-16-be" if tail[:1] == b"\0" else "utf-16-le"}.get(found.encoding, found.encoding)
    lines = re.findall(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$", tail.decode(encoding, "replace"))
    taken: list[str] = []
    while lines:
        cells = split(lines[-1], found.delimiter) if lines[-1].strip() else []
        if cells and len(cells) == found.columns and is_row(cells):
            break
        taken.insert(0, lines.pop())
    text = [line.strip() for line in taken if line.strip() and not RULE.fullmatch(line)]
    numeric = [line for line in text if all(is_number(cell, found.decimal) for cell in split(line, found.delimiter))]
    if not lines or not text or len(text) > MAX_FOOTER_LINES or len(numeric) > 1 or text[:1] != (numeric or text)[:1]:
        return Footer()
    end = size - len("".join(taken).encode(encoding))
    cells = split(numeric[0], found.delimiter) if numeric else []
    if found.delimiter == " " and 2 <= len(cells) < found.columns:
        return Footer(end, tuple(text[1:]), "\t".join(cells + [""] * (found.columns - len(cells))))
    return Footer(end, tuple(text))
