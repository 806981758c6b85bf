"""Import a text table as time series: sniff, read strictly, report every assumption.

    table = reader.read("ecg.csv")
    table.report["notes"]                 # what was assumed and left out
    table.series(1)                       # Series of column 1

Numbers are never moved to another column, never sorted and never filled in. What cannot be read is an ImportFileError
with line, column and hint. Costs about 1 s and 30 MB above the result per million rows of two columns.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers.channel_series import no_numbers, series_of
from mnemoscope.signals.importers.csv.cells import is_missing, is_number
from mnemoscope.signals.importers.csv.columns import (
    LABEL_NAMES,
    MISSING_CELLS,
    Column,
    Stats,
    Texts,
    default_channel,
    describe,
    named_unit,
    numbered,
)
from mnemoscope.signals.importers.csv.sniff import SNIFF_BYTES, Sniff, sniff, with_encoding
from mnemoscope.signals.importers.csv.stream import Rows, Undecodable, footer
from mnemoscope.signals.importers.csv.times import YEAR, TimeFormat, Timing, parse_dates, recognise, timing_of
from mnemoscope.signals.importers.options import ImportOptions, retry
from mnemoscope.signals.series import Series, labels_of

__all__ = ["Column", "ImportOptions", "Sniff", "Table", "read", "sniff"]

MAX_VALUES = 100_000_000
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$|^[+-]?(?i:inf(inity)?)$"


@dataclass
class Table:
    """An imported file: columns, seconds of its rows (float64, from the first row; None = unknown), report."""

    columns: list[Column]
    time: NDArray[np.float64] | None
    timing: Timing | None
    found: Sniff
    report: dict[str, Any] = field(default_factory=dict[str, Any])

    def series(self, channel: int, labels: int | None = None) -> Series:
        """Column `channel` as a Series, with the labels of column `labels`.

        Raises ImportFileError when the one holds no numbers or the other no labels.
        """
        column = next((c for c in self.columns if c.index == channel), None)
        if column is None or column.values is None:
            raise no_numbers(channel, {c.index: c.name for c in self.columns if c.values is not None})
        return series_of(
            self.report,
            column.index,
            column.values,
            name=column.name,
            unit=column.unit,
            sample_rate=column.sample_rate,
            time=self.time,
            gaps=() if self.timing is None else self.timing.gaps,
            labels=labels_of({c.index: (c.name, c.labels) for c in self.columns if c.labels}, labels),
        )


def read(path: str | Path, *, options: ImportOptions | None = None, max_values: int = MAX_VALUES) -> Table:
    """Read a text table.

    Raises ImportFileError (with line, column and hint) for whatever cannot be read without guessing, and when it holds
    more than `max_values` cells.
    """
    path, options = Path(path), options or ImportOptions()
    try:
        with path.open("rb") as file:
            found = sniff(file.read(SNIFF_BYTES), options=options)
    except OSError as error:
        raise ImportFileError(
            f"cannot open {path.name}: {error.strerror}", hint="Check the name of the file."
        ) from error
    try:
        return _Reader(path, found, options, max_values).table()
    except Undecodable:
        return _Reader(path, with_encoding(found, "cp1252"), options, max_values).table()


class _Reader:
    """One pass over one file."""

    def __init__(self, path: Path, found: Sniff, options: ImportOptions, max_values: int) -> None:
        self.path, self.found, self.options, self.max_values = path, found, options, max_values
        self.notes = [*found.notes, *options.notes()]
        self.extra = pa.array(sorted(options.tokens), pa.string())
        self.sentinels: list[dict[str, Any]] = []
        cells = list(zip(*found.rows, strict=True))
        numbers = [self._sample(column) for column in cells]
        self.time_column, self.time_format = self._find_time(cells, numbers)
        self.numeric = [i for i, n in enumerate(numbers) if n is not None and i != self.time_column]
        below = footer(path, found, self._is_row)
        self.rows = Rows(path, found, below)
        if below.lines:
            self.notes.append(f"{len(below.lines)} line(s) below the data were left out: {below.lines[0][:60]!r}")
        if below.short:
            self.notes.append("the last row is short; its last values are missing")

    def _sample(self, cells: tuple[str, ...]) -> NDArray[np.float64] | None:
        """The first cells as numbers, or None for a column that is mostly something else."""
        text = self._clean(pa.array(cells))
        known = pc.drop_null(text)
        good = known.filter(pc.match_substring_regex(known, _NUMBER))
        if not len(good) or len(good) < 0.9 * len(known) - 1:
            return None
        return np.asarray(pc.cast(pc.utf8_ltrim(good, "+"), pa.float64()))

    def _find_time(
        self, cells: list[tuple[str, ...]], numbers: list[NDArray[np.float64] | None]
    ) -> tuple[int | None, TimeFormat | None]:
        """The first column that is a time, provided that another column is left to look at."""
        for i, column in enumerate(cells if len(cells) > 1 else ()):
            name = self.found.names[i] if self.found.header else ""
            form = recognise(name, self.found.units[i], column, numbers[i], first=i == 0)
            if form is not None:
                return i, form
        return None, None

    def _clean(self, cells: pa.Array) -> pa.Array:
        """Trimmed text, null where missing, with a decimal point."""
        text = pc.utf8_trim_whitespace(cells)
        lower = pc.utf8_lower(text)
        gone = pc.is_in(lower, value_set=MISSING_CELLS)
        if len(self.extra):
            gone = pc.or_(gone, pc.is_in(lower, value_set=self.extra))
        if self.found.thousands:
            text = pc.replace_substring(text, self.found.thousands, "")
        if self.found.decimal == ",":
            text = pc.replace_substring(text, ",", ".")
        return pc.if_else(gone, pa.scalar(None, pa.string()), text)

    def table(self) -> Table:
        values: dict[int, list[NDArray[np.float32]]] = {i: [] for i in self.numeric}
        stats = {i: Stats() for i in self.numeric}
        texts = {i: Texts() for i in range(self.found.columns) if i not in values and i != self.time_column}
        times: list[pa.Array] = []
        before = 0
        for batch in self.rows:
            if (before + batch.num_rows) * self.found.columns > self.max_values:
                raise ImportFileError(
                    f"the file holds more than {self.max_values} cells",
                    hint="Keep the columns you need, or cut the file into parts.",
                )
            for i in self.numeric:
                numbers = self._numbers(batch.column(i), i, before)
                stats[i].add(numbers)
                values[i].append(numbers.astype(np.float32))
            for i, text in texts.items():
                text.add(batch.column(i))
            if self.time_column is not None:
                times.append(batch.column(self.time_column))
            before += batch.num_rows
        self._check_ragged()
        count = before
        time = self._seconds(times, count)
        if count < 2:
            raise ImportFileError(
                f"the file has {count} row of numbers; a series needs at least 2",
                hint="Choose a file with one row per sample.",
            )
        columns = [
            self._column(i, values.get(i), stats.get(i), texts.get(i), time, count) for i in range(self.found.columns)
        ]
        if all(c.values is None or c.missing == count for c in columns if c.kind != "time"):
            raise ImportFileError(
                "no column holds a number: every cell is missing",
                hint="Choose a file with at least one column of numbers.",
            )
        table = Table(columns, None, None, self.found)
        self._wide(table)
        self._report(table, time, count)
        return table

    def _numbers(self, cells: pa.Array, column: int, before: int) -> NDArray[np.float64]:
        """One batch of one column as float64, NaN for missing. A cell that is no number is an error."""
        text = self._clean(cells)
        try:
            numbers = pc.cast(text, pa.float64())
        except pa.ArrowInvalid:
            text = pc.replace_substring_regex(text, r"^\+", "")
            good = pc.fill_null(pc.match_substring_regex(text, _NUMBER), True)
            bad = np.flatnonzero(~np.asarray(good))
            if len(bad):
                self._refuse_cell(cells, text, bad, column, before)
            numbers = pc.cast(text, pa.float64())
        result = np.asarray(pc.fill_null(numbers, float("nan")), dtype=np.float64).copy()
        infinite = np.flatnonzero(np.isinf(result))
        if len(infinite):
            if self.options.infinite != "missing":
                raise ImportFileError(
                    f"{len(infinite)} infinite value(s)",
                    where=self._where(before + int(infinite[0]), column),
                    hint="Replace them, or import with infinite values as missing.",
                    retry=retry("Treat infinite values as missing", infinite="missing"),
                )
            result[infinite] = np.nan
        for sentinel in self.options.sentinels:
            result[result == sentinel] = np.nan
        return result

    def _refuse_cell(self, cells: pa.Array, text: pa.Array, bad: NDArray[np.int64], column: int, before: int) -> None:
        token = str(cells[int(bad[0])].as_py()).strip()[:40]
        same = int(np.sum(np.asarray(pc.fill_null(pc.equal(text, text[int(bad[0])]), False))))
        # A cell that was cut, or that was declared missing and still came here, would only be refused again.
        offered = len(token) < 40 and token.isprintable() and token.lower() not in self.options.tokens
        raise ImportFileError(
            f"{token!r} is not a number ({same} such cell(s) nearby)",
            where=self._where(before + int(bad[0]), column),
            hint=f"Correct the cell, or import with {token!r} as a missing value.",
            retry=retry(f"Treat “{token}” as missing", missing=[token]) if offered else None,
        )

    def _where(self, row: int, column: int) -> str:
        return f"line {self.rows.line(row)}, column {self.found.names[column]}"

    def _check_ragged(self) -> None:
        """Rows with another number of values are refused unless the user asked to skip them."""
        total = self.rows.skipped_count
        if not total:
            return
        lines = [self.rows.line(row) for row, _ in self.rows.skipped[:5]]
        if self.options.ragged != "skip":
            raise ImportFileError(
                f"{self.rows.skipped[0][1]} values where {self.found.columns} were expected ({total} such row(s))",
                where=f"line {lines[0]}",
                hint="Correct the rows, or import with such rows left out.",
                retry=retry("Skip such rows", ragged="skip"),
            )
        shown = ", ".join(map(str, lines)) + ", …" * (total > 5)
        self.notes.append(f"{total} row(s) with another number of values were left out (lines {shown})")

    def _is_row(self, cells: list[str]) -> bool:
        """Whether numbers stand where numbers are expected, and a time where a time is."""
        numbers = [is_number(cells[i], self.found.decimal) for i in self.numeric]
        missing = [is_missing(cells[i]) or cells[i].strip().lower() in self.options.tokens for i in self.numeric]
        if not all(n or m for n, m in zip(numbers, missing, strict=True)):
            return False
        return self.time_column is None or any(c.isdigit() for c in cells[self.time_column])

    def _seconds(self, arrays: list[pa.Array], count: int) -> NDArray[np.float64] | None:
        form = self.time_format
        if form is None or form.kind == "index" or not arrays:
            return None
        assert self.time_column is not None
        if form.kind == "number":
            parts: list[NDArray[np.float64]] = []
            before = 0
            for array in arrays:
                parts.append(self._numbers(array, self.time_column, before))
                before += len(array)
            return np.concatenate(parts)[:count] * form.factor
        cells = pa.chunked_array(arrays).slice(0, count)
        text = pc.utf8_trim_whitespace(cells)
        text = pc.if_else(pc.is_in(pc.utf8_lower(text), value_set=MISSING_CELLS), pa.scalar(None, pa.string()), text)
        seconds, used, bad = parse_dates(text, form.formats)
        if bad is not None:
            raise ImportFileError(
                f"{str(cells[bad].as_py())[:40]!r} is not a time like {used}",
                where=self._where(bad, self.time_column),
                hint="Write all times in one format.",
            )
        swapped = [f for f in form.formats if f != used and sorted(f) == sorted(used)]
        doubt = f" ({swapped[0]} would fit as well)" if swapped else ""
        self.notes.append(f"times read as {used}{doubt}")
        return seconds

    def _column(
        self,
        index: int,
        values: list[NDArray[np.float32]] | None,
        stats: Stats | None,
        texts: Texts | None,
        time: NDArray[np.float64] | None,
        count: int,
    ) -> Column:
        name, unit = named_unit(self.found.names[index], self.found.units[index])
        if index == self.time_column:
            missing = 0 if time is None else int(np.isnan(time).sum())
            return Column(index, self.found.names[index], "time", unit, None, missing)
        if values is None or stats is None:
            assert texts is not None
            return Column(index, name, texts.kind(), unit, None, texts.missing, labels=texts.labels())
        joined = np.concatenate(values)[:count] if values else np.zeros(0, np.float32)
        label = name.lower() in LABEL_NAMES and stats.whole and len(np.unique(joined[:10_000])) <= 20
        if (extreme := stats.sentinel(joined)) is not None:
            self.notes.append(
                f"{name}: {extreme[0]:g} occurs {extreme[1]} times and lies far outside; if it means missing, import it so"
            )
            self.sentinels.append({"column": index, "value": extreme[0], "count": extreme[1]})
        return Column(
            index, name, "label" if label else "value", unit, joined,
            int(np.isnan(joined).sum()), stats.low, stats.high, stats.mean, labels=numbered(joined) if label else (),
        )  # fmt: skip

    def _wide(self, table: Table) -> None:
        """Year × month tables get one more channel: all months in order."""
        months = [c for c in table.columns if c.name.lower()[:3] in MONTHS and c.values is not None]
        if len(months) != 12 or [c.name.lower()[:3] for c in months] != list(MONTHS):
            return
        values = np.stack([c.values for c in months if c.values is not None], 1).reshape(-1)
        stats = Stats()
        stats.add(values.astype(np.float64))
        index = len(table.columns)
        table.columns.append(
            Column(
                index, "all months in order", "value", months[0].unit, values, int(np.isnan(values).sum()),
                stats.low, stats.high, stats.mean, 12 / YEAR,
            )
        )  # fmt: skip
        self.notes.append(f"a row per year, a column per month: channel {index} holds all months in order")

    def _report(self, table: Table, time: NDArray[np.float64] | None, count: int) -> None:
        found, timing = self.found, None
        rate, source = None, "the file has no column of times; enter a sampling rate"
        if self.time_format is not None and self.time_format.kind == "index":
            source = "the first column counts rows, not seconds; enter a sampling rate"
        if time is not None and self.time_column is not None:
            timing = timing_of(time, name=found.names[self.time_column])
            unread = int(np.isnan(time).sum())
            if unread:
                self.notes.append(f"{unread} row(s) have no time")
            if timing is not None:
                rate, source = timing.sample_rate, timing.text
                self._odd(timing)
                table.time = time - time[np.isfinite(time)][0]
            if self.time_format is not None and self.time_format.kind == "number":
                self.notes.append(f"time: {self.time_format.text}")
        if found.delimiter is None and self.rows.blank > 1:
            self.notes.append(f"{self.rows.blank} blank line(s) were left out; write NA where a sample is missing")
        table.timing = timing
        table.report = {
            "format": {",": "CSV", ";": "CSV", "\t": "TSV"}.get(found.delimiter or "", "text table"),
            "encoding": found.encoding,
            "delimiter": found.delimiter,
            "decimal": found.decimal,
            "header": found.header,
            "rows": count,
            "bytes": self.path.stat().st_size,
            "sha256": _sha256(self.path),
            "time_column": self.time_column,
            "channel": default_channel(table.columns),
            "sample_rate": rate,
            "sample_rate_source": source,
            "notes": self.notes,
            "sentinels": self.sentinels,
            "columns": [describe(c, count) for c in table.columns],
        }

    def _odd(self, timing: Timing) -> None:
        if timing.gaps:
            self.notes.append(
                f"{len(timing.gaps)} gap(s): steps longer than twice the median of {timing.median:g} s "
                f"(longest {timing.longest:g} s); nothing was filled in"
            )
        if timing.backward:
            self.notes.append(f"time runs back {timing.backward} time(s); rows stay in the order of the file")
        if timing.duplicates:
            self.notes.append(f"{timing.duplicates} row(s) repeat the time of the row before")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
