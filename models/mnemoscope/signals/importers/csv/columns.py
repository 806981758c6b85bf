"""What the columns of an imported table are: numbers with their figures, labels, text; names and units."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mnemoscope.signals.importers.csv.cells import MISSING
from mnemoscope.signals.series import Label, decimate

MAX_LABELS = 64
LABEL_LENGTH = 40
MAX_LABELLED = 20_000
"""Most labelled ranges of a column that is shown; a column with more is no longer readable."""
LABEL_NAMES = ("label", "class", "annotation", "event", "symbol", "category", "anomaly")
SPARK_POINTS = 128
MISSING_CELLS = pa.array(sorted(MISSING))


@dataclass
class Column:
    """One column. `values` is float32 with NaN for missing; None for text and times."""

    index: int
    name: str
    kind: str
    """"time", "value", "label" or "text"."""
    unit: str | None
    values: NDArray[np.float32] | None
    missing: int = 0
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    sample_rate: float | None = None
    """Rate of its own (months of a wide table), Hz."""
    labels: tuple[Label, ...] = ()
    """Of a column of labels: ranges of rows and their labels."""


class Stats:
    """Running figures of one column, in float64."""

    def __init__(self) -> None:
        self.low: float | None = None
        self.high: float | None = None
        self.whole = True
        self._sum, self._count = 0.0, 0

    def add(self, numbers: NDArray[np.float64]) -> None:
        known = numbers[~np.isnan(numbers)]
        if not len(known):
            return
        low, high = float(known.min()), float(known.max())
        self.low = low if self.low is None else min(self.low, low)
        self.high = high if self.high is None else max(self.high, high)
        self._sum, self._count = self._sum + float(known.sum()), self._count + len(known)
        self.whole = self.whole and bool((known == np.round(known)).all())

    @property
    def mean(self) -> float | None:
        return self._sum / self._count if self._count else None

    def sentinel(self, values: NDArray[np.float32]) -> tuple[float, int] | None:
        """(value, times) of an extreme that repeats and lies far from everything else, such as -999."""
        known = values[~np.isnan(values)]
        if len(known) < 20 or self.low is None or self.high is None:
            return None
        for extreme in (self.low, self.high):
            at = known == np.float32(extreme)
            rest = known[~at]
            if 2 <= at.sum() <= len(known) // 2 and len(rest):
                inner = float(rest.max() - rest.min())
                if min(abs(extreme - float(rest.min())), abs(extreme - float(rest.max()))) > max(2 * inner, 1e-9):
                    return extreme, int(at.sum())
        return None


class Texts:
    """What a column of text looks like, and which text stands where as long as they are few enough to be labels."""

    def __init__(self) -> None:
        self.missing, self._count = 0, 0
        self._distinct: dict[str, int] = {}
        self._codes: list[NDArray[np.int16]] = []
        """Per row the number of its text in the order of their first appearance, -1 where there is none."""

    def add(self, cells: pa.Array) -> None:
        text = pc.utf8_trim_whitespace(cells)
        gone = pc.is_in(pc.utf8_lower(text), value_set=MISSING_CELLS)
        self.missing += int(pc.sum(gone).as_py() or 0)
        self._count += len(text)
        if len(self._distinct) > MAX_LABELS:
            return
        encoded = pc.if_else(gone, pa.scalar(None, pa.string()), text).dictionary_encode()
        codes = [self._distinct.setdefault(name, len(self._distinct)) for name in encoded.dictionary.to_pylist()]
        if len(self._distinct) > MAX_LABELS:
            self._codes.clear()
            return
        table = np.array([*codes, -1], np.int16)  # the last entry is that of index -1
        self._codes.append(table[np.asarray(pc.fill_null(encoded.indices, -1))])

    def kind(self) -> str:
        """What texts are: "label" where few of them repeat, else "text"."""
        return "label" if 1 <= len(self._distinct) <= min(MAX_LABELS, max(self._count // 2, 1)) else "text"

    def labels(self) -> tuple[Label, ...]:
        """Ranges of rows with their labels, of a column of labels."""
        return labelled_ranges(np.concatenate(self._codes), list(self._distinct)) if self.kind() == "label" else ()


def numbered(values: NDArray[np.float32]) -> tuple[Label, ...]:
    """Ranges of rows that share a value of a column of whole numbers (0 and 1 of an anomaly); of more than MAX_LABELS none."""
    known = ~np.isnan(values)
    distinct, at = np.unique(values[known], return_inverse=True)
    if len(distinct) > MAX_LABELS:
        return ()
    codes = np.full(len(values), -1, np.int16)
    codes[known] = at
    return labelled_ranges(codes, [f"{number:g}" for number in distinct.tolist()])


def labelled_ranges(codes: NDArray[np.int16], names: list[str]) -> tuple[Label, ...]:
    """Neighbouring rows of one label, in order; codes [n] are indices into `names`, -1 for rows without.

    Where every row has a label the commonest is the usual state, which is left out. Of a column with more ranges than
    MAX_LABELLED none is.
    """
    usual = int(np.bincount(codes).argmax()) if len(codes) and len(names) > 1 and (codes >= 0).all() else -1
    edges = np.flatnonzero(np.diff(codes)) + 1
    starts, stops = np.concatenate(([0], edges)), np.concatenate((edges, [len(codes)]))
    listed = (codes[starts] >= 0) & (codes[starts] != usual) if len(codes) else np.zeros(1, bool)
    if listed.sum() > MAX_LABELLED:
        return ()
    shown = ["".join(c for c in name if c.isprintable())[:LABEL_LENGTH] for name in names]
    return tuple(Label(int(a), int(b), shown[codes[a]]) for a, b in zip(starts[listed], stops[listed], strict=True))


def named_unit(name: str, unit: str | None) -> tuple[str, str | None]:
    """Split a name: "MLII (mV)" and "MLII_mV" -> ("MLII", "mV"); a unit row wins."""
    bracket = re.fullmatch(r"(.+?)[\s_]*[\[(]\s*((?!\d+[\])])[^\s\])]{1,12})\s*[\])]", name)
    suffix = re.fullmatch(r"(.+)_((?:[munkM]?(?:V|A|Hz|W|Pa|g|m|s|K|N|T))|[µμ][VA]|degC|mmHg|bpm|rpm|kmh|pct)", name)
    found = bracket or suffix
    if found:
        return found[1].strip(), unit or found[2]
    return name, unit


def default_channel(columns: list[Column]) -> int:
    """Index of the column to look at where nobody chose: the first of measured values, else the first of labels that are
    numbers. A time never is one. The reader has refused a file without any number.
    """
    usable = [c for c in columns if c.values is not None and c.missing < len(c.values)]
    return next((c.index for c in usable if c.kind == "value"), usable[0].index)


def describe(column: Column, rows: int) -> dict[str, Any]:
    """One entry of the report's `columns`."""
    count = rows if column.values is None else len(column.values)
    return {
        "index": column.index,
        "name": column.name,
        "kind": column.kind,
        "unit": column.unit,
        "min": column.low,
        "max": column.high,
        "mean": column.mean,
        "missing": column.missing,
        "missing_fraction": column.missing / count if count else 0.0,
        "labels": len(column.labels),
        "spark": [] if column.values is None else decimate(column.values, SPARK_POINTS),
    }
