"""One column while it is read: numbers, and which texts stand where there is none. What it is, is decided after the last row."""

from collections import Counter
from collections.abc import Sequence
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from mnemoscope.signals.importers.gathered import gathered
from mnemoscope.signals.importers.tabular.moments import MomentBlocks
from mnemoscope.signals.importers.tabular.numbers import MISSING, TRUTHS, Style, bare, number_in
from mnemoscope.signals.series import Floats

NUMBER, ABSENT, FURTHER = -1, -2, -3
"""Codes of cells that are a number, missing, or a text beyond the first MAX_TEXTS."""
MAX_TEXTS = 5000
"""Texts of a column that are told apart; their codes fit 16 bits."""
MAX_CACHED = 50_000

Codes = NDArray[np.int16]


class Cells:
    """Numbers [n] (NaN where there is none) and codes [n] of one column."""

    def __init__(self, style: Style, missing: frozenset[str], *, stamps: bool, dates: bool = False) -> None:
        self.style, self.extra = style, missing
        self.dates = dates
        """Whether cells that begin with a digit are dates, and no numbers."""
        self.stamps = stamps
        """Whether the text of the cells is kept, as for times."""
        self.texts: dict[str, int] = {}
        self.counts: list[int] = []
        self.first: list[int] = []
        """Row of the first cell of each text."""
        self.units: Counter[str] = Counter()
        self.kept: list[str] | MomentBlocks = []
        """Blocks of cells, joined by line breaks."""
        self.rows = 0
        self._values: list[Floats] = []
        self._codes: list[tuple[int, Codes | None]] = []
        """Rows and codes of each block; None: numbers alone."""
        self._cache: dict[str, tuple[float, int]] = {}

    def add(self, cells: Sequence[str] | Floats, *, odd: bool) -> None:
        """Further cells, or numbers with NaN for missing; odd: there are signs among them that float() takes for part of a number."""
        if isinstance(cells, np.ndarray):
            absent = np.isnan(cells)
            self._values.append(cells)
            codes = np.where(absent, np.int16(ABSENT), np.int16(NUMBER)) if absent.any() else None
            self._codes.append((len(cells), codes))
            self.rows += len(cells)
            return
        if self.stamps and isinstance(self.kept, list):
            self.kept.append("\n".join(cell.replace("\n", " ") for cell in cells))
        values: Floats | None = None if odd or self.dates else self._floats(cells)
        codes = None
        if self.dates and all(cell[:1].isdecimal() for cell in cells):
            values, codes = np.full(len(cells), np.nan, np.float32), np.full(len(cells), FURTHER, np.int16)
        if values is None:
            values, codes = self._one_by_one(cells)
        self._values.append(values)
        self._codes.append((len(cells), codes))
        self.rows += len(cells)

    def _floats(self, cells: Sequence[str]) -> NDArray[np.float64] | None:
        """The cells as numbers where all of them plainly are."""
        if self.style.decimal == ",":
            text = "\n".join(cells)
            if "." in text:
                return None
            cells = text.replace(",", ".").split("\n")
        try:
            values = np.fromiter(map(float, cells), np.float64, len(cells))
        except ValueError:
            return None
        return values if np.isfinite(values).all() else None

    def _one_by_one(self, cells: Sequence[str]) -> tuple[NDArray[np.float64], Codes | None]:
        cache, new = self._cache, self._new
        if len(cache) > MAX_CACHED:
            cache.clear()
        pairs = [cache.get(cell) or new(cell) for cell in cells]
        values = np.fromiter((pair[0] for pair in pairs), np.float64, len(pairs))
        codes = np.fromiter((pair[1] for pair in pairs), np.int16, len(pairs))
        if (codes == NUMBER).all():
            return values, None
        for code, count in zip(*np.unique(codes[codes >= 0], return_counts=True), strict=True):
            if self.counts[code] == 0:
                self.first[code] = self.rows + int(np.argmax(codes == code))
            self.counts[code] += int(count)
        return values, codes

    def _new(self, cell: str) -> tuple[float, int]:
        """Value and code of a cell that was not seen yet."""
        pair = self._read(cell)
        if pair[1] != NUMBER or len(self._cache) < MAX_CACHED:
            self._cache[cell] = pair
        return pair

    def _read(self, cell: str) -> tuple[float, int]:
        if self.dates and any(c.isdecimal() for c in cell):
            return float("nan"), FURTHER
        if self.style.decimal == "." and "_" not in cell:
            try:
                plain = float(cell)
            except ValueError:
                pass
            else:
                if isfinite(plain):
                    return plain, NUMBER
        text = bare(cell)
        lower = text.lower()
        if lower in MISSING or lower in self.extra:
            return float("nan"), ABSENT
        found = number_in(cell, self.style)
        if found is not None:
            if found.unit:
                self.units[found.unit] += 1
            return found.value, NUMBER
        code = self.texts.get(text)
        if code is None:
            if len(self.texts) >= MAX_TEXTS:
                return float("nan"), FURTHER
            code = self.texts[text] = len(self.texts)
            self.counts.append(0)
            self.first.append(self.rows)
        return float("nan"), code

    def values(self) -> Floats:
        """Numbers [n], NaN where there is none; float32 where they came so. They are handed over: a second call has none."""
        return gathered(self._values) if self._values else np.zeros(0)

    def codes(self) -> Codes:
        """Codes [n]: NUMBER, ABSENT, FURTHER, else the number of the text. Not to be written to."""
        if self.only_numbers:
            return np.broadcast_to(np.int16(NUMBER), self.rows)
        whole, at = np.full(self.rows, NUMBER, np.int16), 0
        for count, codes in self._codes:
            if codes is not None:
                whole[at : at + count] = codes
            at += count
        return whole

    @property
    def only_numbers(self) -> bool:
        return all(codes is None for _, codes in self._codes)

    def truths(self) -> bool:
        """Whether the texts are all words for on and off."""
        return bool(self.texts) and len(self.texts) < MAX_TEXTS and all(text.lower() in TRUTHS for text in self.texts)
