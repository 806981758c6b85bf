"""What recorded numbers must satisfy by what they mean: a gate lies in 0 … 1, a weighting sums to at most 1."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mnemoscope.kinds.ledger import Floats


class Bound(NamedTuple):
    """Of one tensor, wherever it is recorded or stands in a keyframe: every number in low … high, and more.

    total: in what the sums over the last axis lie; whole: every number is low or high, nothing between; diagonal: of a square
    tensor, what stands on its diagonal.
    """

    tensor: str
    low: float = 0.0
    high: float = 1.0
    total: tuple[float, float] | None = None
    whole: bool = False
    diagonal: float | None = None

    def excess(self, array: NDArray[Any]) -> Floats:
        """By how much each step breaks it: array [step, …] -> [step], 0 where it holds, infinite where a number is none."""
        numbers = np.asarray(array, np.float64)
        out = np.maximum(self.low - numbers, numbers - self.high)
        if self.whole:
            out = np.minimum(np.abs(numbers - self.low), np.abs(numbers - self.high))
        out = _largest(out)
        if self.total is not None:
            sums = numbers.sum(-1)
            out = np.maximum(out, _largest(np.maximum(self.total[0] - sums, sums - self.total[1])))
        if self.diagonal is not None:
            out = np.maximum(out, _largest(np.abs(np.diagonal(numbers, axis1=-2, axis2=-1) - self.diagonal)))
        return np.where(np.isnan(out), math.inf, out)

    def describe(self) -> str:
        """For docs/format.md."""
        high = "" if math.isinf(self.high) else f"{self.high:g}"
        said = f"{self.low:g} or {high}" if self.whole else f"{self.low:g} … {high}" if high else f"≥ {self.low:g}"
        if self.total is not None:
            said += ", sum 1" if self.total == (1, 1) else ", sum ≤ 1"
        return said + ("" if self.diagonal is None else f", diagonal {self.diagonal:g}")


def gates(*names: str) -> tuple[Bound, ...]:
    """Tensors whose numbers lie in 0 … 1."""
    return tuple(Bound(name) for name in names)


AT_MOST_ONE = (0.0, 1.0)
ONE = (1.0, 1.0)


def listed(bounds: Sequence[Bound]) -> str:
    """Several, those that say the same together."""
    said: dict[str, list[str]] = {}
    for bound in bounds:
        said.setdefault(bound.describe(), []).append(f"`{bound.tensor}`")
    return "; ".join(f"{', '.join(names)}: {what}" for what, names in said.items()) or "none"


def _largest(errors: Floats) -> Floats:
    """[step, …] -> [step], at least 0; NaN stays."""
    if not len(errors):  # nothing was recorded before the file was cut
        return np.zeros(0)
    return np.maximum(0.0, errors.reshape(len(errors), -1).max(axis=1, initial=0.0))
