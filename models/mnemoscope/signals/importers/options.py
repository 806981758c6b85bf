"""What a user knows better than the program about a file: for the library, the command line, a worker and HTTP alike.

Every guess of a reader is one field here; null or empty means that it is found out.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal

from mnemoscope.errors import Retry

MAX_TOKENS = 100
"""Cells, numbers, and columns that may be named."""

TUPLES = ("missing", "sentinels", "time", "text_columns")

Delimiter = Literal[",", ";", "\t", "|", " ", ""]
Grouping = Literal[",", ".", " ", "'", ""]
TimeUnit = Literal["s", "ms", "us", "ns", "min", "h", "d", "year", "unix", "spreadsheet", "none"]
Layout = Literal["columns", "rows", "wrapped"]


@dataclass(frozen=True)
class ImportOptions:
    """How a file is to be read; what is null or empty is found out."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "use_attribute_docstrings": True}

    encoding: str | None = None
    """Name of the text encoding, such as "utf-8", "cp1252", "shift_jis"."""
    skip: int | None = None
    """Lines above the names (or above the rows, where there are no names) that are left out."""
    delimiter: Delimiter | None = None
    """" ": columns aligned by blanks; "": one number a line."""
    decimal: Literal[".", ","] | None = None
    """Sign before the fraction."""
    grouping: Grouping | None = None
    """Sign between groups of digits; " " stands for every kind of blank, "'" for every apostrophe, "" for none."""
    header: bool | None = None
    """false: the columns have no names, or these are to be ignored; true: the first row is names, also where it is numbers."""
    names_line: int | None = None
    """Line of the names, counted from 1."""
    units_line: int | None = None
    """Line of the units, counted from 1; 0: there is none."""
    time: tuple[str, ...] | None = None
    """Names or indices of the columns that make the time, such as date and time of day; empty: none is a time."""
    time_unit: TimeUnit | None = None
    """Unit of a time that is a number: "unix" (s, ms, µs or ns by size), "spreadsheet" (days), "none" (it counts rows)."""
    time_format: str | None = None
    """How the dates are written, in the words of strptime: "%d/%m/%Y %H:%M"."""
    sample_rate: float | None = None
    """Hz, where the file does not say or says it wrongly. Missing rows stay missing."""
    order: Literal["file", "time", "reversed"] | None = None
    """file: rows as they stand; time: oldest first; reversed: from the last row to the first, whatever the times are."""
    layout: Layout | None = None
    """columns: a column is a channel; rows: a row is a series of its own; wrapped: one series that goes on from row to row."""
    series_column: str | None = None
    """Name or index of the column that says which series a row belongs to; "none": all rows are one series."""
    series: str | None = None
    """Which series of such a table, as it stands in that column; of a table with a series in every row the number of the row."""
    part: str | None = None
    """Which part of a file that has several: a file of an archive, a sheet of a workbook, an array of a NumPy or MATLAB file."""
    text_columns: tuple[str, ...] = ()
    """Names or indices of columns that hold text, whatever numbers are among it."""
    missing: tuple[str, ...] = ()
    """More cells that mean "no number"."""
    sentinels: tuple[float, ...] = ()
    """Numbers that mean "no number", such as -999."""
    ragged: Literal["refuse", "skip"] = "refuse"
    """skip: leave out rows with another number of values, and report them."""
    tables: Literal["join", "first"] | None = None
    """Of tables of the same columns below each other, join: rows of all of them; first: of the first alone (`skip` reaches a later one)."""
    infinite: Literal["refuse", "missing"] = "refuse"
    """missing: treat infinite values as missing."""

    def __post_init__(self) -> None:
        """Raises ValueError for what no file can be read by."""
        if max(len(self.missing), len(self.sentinels), len(self.text_columns), len(self.time or ())) > MAX_TOKENS:
            raise ValueError(f"at most {MAX_TOKENS} cells, numbers or columns can be named")
        if not all(map(math.isfinite, self.sentinels)):
            raise ValueError("a number that means missing must be finite")
        if self.sample_rate is not None and not (math.isfinite(self.sample_rate) and self.sample_rate > 0):
            raise ValueError("the sampling rate must be a positive number of Hz")
        if min(self.skip or 0, self.units_line or 0, (self.names_line or 1) - 1) < 0:
            raise ValueError("lines are counted from 1")
        if self.decimal is not None and self.decimal == self.grouping:
            raise ValueError("the sign before the fraction and the one between groups of digits must differ")

    @classmethod
    def from_json(cls, options: Mapping[str, Any]) -> "ImportOptions":
        """Options that have been JSON; lists become tuples."""
        arguments: dict[str, Any] = dict(options)
        for name in TUPLES:
            if arguments.get(name) is not None:
                arguments[name] = tuple(arguments[name])
        return cls(**arguments)

    def given(self) -> dict[str, Any]:
        """What differs from finding everything out, as JSON."""
        plain = ImportOptions()
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: list(value) if isinstance(value, tuple) else value  # pyright: ignore[reportUnknownArgumentType]
            for name, value in found.items()
            if value != getattr(plain, name)
        }

    @property
    def tokens(self) -> frozenset[str]:
        """`missing` as cells are compared: in lower case, without blanks around."""
        return frozenset(token.strip().lower() for token in self.missing)

    def notes(self) -> list[str]:
        """What is read as missing because the user asked for it, as a sentence of the report."""
        read = [f"cells {token!r}" for token in self.missing] + [f"{value:g}" for value in self.sentinels]
        read += ["infinite values"] if self.infinite == "missing" else []
        return [f"{', '.join(read)}: read as missing, as asked"] if read else []


def retry(label: str, **options: Any) -> Retry:
    """An offer to read the file again with these ImportOptions added. Raises TypeError for one that does not exist."""
    ImportOptions.from_json(options)
    return Retry(label, options)


def switches(options: Mapping[str, Any]) -> str:
    """The same options as switches of the command line: {"decimal": ","} -> "--decimal ,"."""
    parts: list[str] = []
    for name, value in options.items():
        switch = SWITCHES.get(name, "--" + name.replace("_", "-"))
        if isinstance(value, bool):
            parts.append(switch if value else "--no-" + switch[2:])
        elif isinstance(value, list | tuple):
            many: list[Any] = list(value)  # pyright: ignore[reportUnknownArgumentType]
            parts += [f"{switch} {_quoted(one)}" for one in many] or [f"{switch} none"]
        else:
            parts.append(f"{switch} {_quoted(value)}")
    return " ".join(parts)


SWITCHES = {
    "missing": "--missing-word",
    "sentinels": "--sentinel",
    "text_columns": "--text-column",
    "skip": "--skip-lines",
}
"""Switches that are not named as their option: `--missing` says what stands for missing values."""


def _quoted(value: object) -> str:
    text = {"\t": "tab", " ": "blank", "": "none"}.get(str(value), str(value))
    return text if text.replace("-", "").replace(":", "").replace("_", "").replace(".", "").isalnum() else f"'{text}'"
