"""In which order delays are measured: coarse to fine, then where the curves jump, so that a picture can stop at any time."""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

COARSE = (10, 40, 120, 400)
"""Measured first; the first of them alone, so that something is there at once."""
POINTS = 12
"""Delays that are measured where none are named."""
AT_ONCE = 4
"""Delays that are added in one round: they share a batch."""
MIN_RATIO = 1.12
"""Two delays closer than this are not split any further where none are named."""
WORST = 1.5
"""Errors above are all the same: a network that answers nonsense jumps about."""

Curves = Sequence[Mapping[int, float]]


def first_round(delays: Sequence[int] | None) -> list[list[int]]:
    """The coarse delays in two rounds: those of COARSE, or of the delays that are wanted the ones nearest to them."""
    if delays is None:
        return [[COARSE[0]], list(COARSE[1:])]
    left = sorted(set(delays))
    chosen: list[int] = []
    for wanted in COARSE[: len(left)]:
        nearest = min(left, key=lambda delay: abs(np.log1p(delay) - np.log1p(wanted)))
        chosen.append(nearest)
        left.remove(nearest)
    return [[chosen[0]], sorted(chosen[1:])] if len(chosen) > 1 else [chosen]


def next_round(curves: Curves, delays: Sequence[int] | None, *, points: int = POINTS) -> list[int]:
    """The delays to measure next, at most AT_ONCE, ascending; empty where all is measured.

    curves: errors by delay, one mapping a curve, all over the same delays. delays: those that are wanted; None: the middle
    of the gap with the largest jump, until there are `points` of them.
    """
    known = sorted(curves[0])
    if delays is not None:
        left = sorted(set(delays) - set(known))
        return sorted(sorted(left, key=lambda delay: -_jump(curves, known, delay))[:AT_ONCE])
    wanted = min(AT_ONCE // 2, points - len(known))
    gaps = [
        (_jump(curves, known, middle), middle)
        for low, high in itertools.pairwise(known)
        if low < (middle := _middle(low, high)) < high and (high + 1) / (low + 1) > MIN_RATIO
    ]
    return sorted(middle for _, middle in sorted(gaps, reverse=True)[: max(wanted, 0)])


def _middle(low: int, high: int) -> int:
    """Halfway on a logarithmic axis."""
    return round(float(np.sqrt((low + 1) * (high + 1)))) - 1


def _jump(curves: Curves, known: Sequence[int], delay: int) -> float:
    """How far the curves move, taken together, in the gap that a delay lies in; a delay outside is next in any case."""
    if not known[0] < delay < known[-1]:
        return float("inf")
    low = max(d for d in known if d < delay)
    high = min(d for d in known if d > delay)
    return sum(abs(min(curve[high], WORST) - min(curve[low], WORST)) for curve in curves)
