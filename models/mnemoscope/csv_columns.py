"""What the columns of an imported table are: numbers with their figures, labels, text; names and units."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from mnemoscope.csv_cells import MISSING
from mnemoscope.series import decimate

pc: Any = pyarrow.compute  # its functions are made when it is imported, which no type checker sees

LABELS_MOST = 64
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
    """What a column of text looks like."""

    def __init__(self) -> None:
        self.missing, self._count = 0, 0
        self._distinct: set[str] = set()

    def add(self, cells: pa.Array) -> None:
        text = pc.utf8_trim_whitespace(cells)
        gone = pc.is_in(pc.utf8_lower(text), value_set=MISSING_CELLS)
        self.missing += int(pc.sum(gone).as_py() or 0)
        self._count += len(text)
        if len(self._distinct) <= LABELS_MOST:
            self._distinct.update(pc.unique(text.filter(pc.invert(gone))).to_pylist())

    def kind(self) -> str:
        """What texts are: "label" where few of them repeat, else "text"."""
        return "label" if 1 <= len(self._distinct) <= min(LABELS_MOST, max(self._count // 2, 1)) else "text"


def named_unit(name: str, unit: str | None) -> tuple[str, str | None]:
    """Split a name: "MLII (mV)" and "MLII_mV" -> ("MLII", "mV"); a unit row wins."""
    bracket = re.fullmatch(r"(.+?)[\s_]*[\[(]\s*((?!\d+[\])])[^\s\])]{1,12})\s*[\])]", name)
    suffix = re.fullmatch(r"(.+)_((?:[munkM]?(?:V|A|Hz|W|Pa|g|m|s|K|N|T))|[µμ][VA]|degC|mmHg|bpm|rpm|kmh|pct)", name)
    found = bracket or suffix
    if found:
        return found[1].strip(), unit or found[2]
    return name, unit


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
        "spark": [] if column.values is None else decimate(column.values, SPARK_POINTS),
    }
