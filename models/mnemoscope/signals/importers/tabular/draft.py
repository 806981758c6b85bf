"""What is known of a table while it is put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.report import Guess
from mnemoscope.signals.importers.tabular.cells import NUMBER, Cells, Codes
from mnemoscope.signals.importers.tabular.sampled import Sampled
from mnemoscope.signals.series import Floats

Sign = Literal["time", "comment", "blank", "names"]
"""What tells two tables apart: time alone, which begins anew; a comment or a rule, blank lines, the names again."""
SIGNS: tuple[Sign, ...] = ("time", "comment", "blank", "names")
"""From what says least of a further table to what says most."""


@dataclass(frozen=True)
class Break:
    """A place where a further table of the same columns may begin."""

    row: int
    """Its first row, counted over all tables from 0."""
    line: int
    """The line, from 1, with which it begins: its names, or its first row."""
    sign: Sign
    blank_rows: int = 0
    """Rows above it that are nothing but its blank lines, as in a file of one column."""


@dataclass(frozen=True)
class Parts:
    """Tables that may stand below each other."""

    breaks: Sequence[Break]
    line: Callable[[int], int]
    """The line of the file (from 1) on which a row (from 0) stands."""
    names_line: int | None
    """Line of the names, from 1."""


@dataclass
class Raw:
    """The cells of a file, column by column."""

    names: Sequence[str]
    units: Sequence[str | None]
    cells: list[Cells]
    values: list[Floats]
    codes: list[Codes]
    count: int
    as_text: set[int] = field(default_factory=set[int])
    """Columns that are text although there may be numbers among it."""

    def is_numeric(self, i: int) -> bool:
        """Whether a column holds numbers."""
        return i not in self.as_text and bool((self.codes[i] == NUMBER).any())

    def let_go(self, i: int) -> None:
        """Forget the cells of a column that is made: a long file need not lie in memory twice."""
        self.values[i], self.codes[i] = np.zeros(0, np.float32), np.zeros(0, np.int16)

    def taken(self, rows: NDArray[Any]) -> Raw:
        """The same with these rows alone, in this order."""
        values, codes = [v[rows] for v in self.values], [c[rows] for c in self.codes]
        return replace(self, values=values, codes=codes, count=len(codes[0]))


@dataclass
class Draft:
    """A table being put together; notes and guesses grow on the way."""

    raw: Raw
    sampled: Sampled
    options: ImportOptions
    column_of: Callable[[str], int]
    where: Callable[..., str]
    notes: list[str]
    guesses: list[Guess]
    parts: Parts | None = None
    """Where further tables may begin, in a file of lines."""
    sentinels: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    stated_where: str = "above the data"
    """Where the file says a rate, besides by its times."""
    resolved: dict[str, Any] = field(default_factory=dict[str, Any])
    """ImportOptions for what was found out on the way."""
    origin: float | None = None
    """Seconds from 1970 to the first row of the file whose date is known."""
    timeless: Sequence[int] = ()
    """Rows whose time is damaged."""
    picked: NDArray[np.bool_] | None = None
    """Which rows of the file belong to the series, where several stand in one column."""
