"""Retention as the ledger shows it: how much of a write is still held, against its age. Any recording, no torch, no training."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mnemoscope import kinds
from mnemoscope.kinds import BankLog
from mnemoscope.measuring.retention.bands import BAND, MIN_WINDOWS, RESAMPLINGS
from mnemoscope.measuring.retention.reservoirs import references
from mnemoscope.measuring.retention.rows import HalfLife, Row, trained_age
from mnemoscope.reading.view import ModelView

Floats = NDArray[np.float64]

WRITES = 48
"""Writes that are followed, spread evenly over the run."""
HALF = 0.5


class Held(NamedTuple):
    """Shares of the writes followed: `share` [write, age], NaN beyond the end of the run, and their `weights` [write]."""

    share: Floats
    weights: Floats

    def known(self, age: int) -> tuple[Floats, Floats]:
        """Shares and weights of the writes that are so old before the run ends, and that wrote anything."""
        there = np.isfinite(self.share[:, age]) & (self.weights > 0)
        return self.share[there, age], self.weights[there]

    def at(self, age: int) -> float:
        """Of all that was written, the part that is held at an age; NaN where no write is so old."""
        share, weights = self.known(age)
        return float((share * weights).sum() / weights.sum()) if len(share) else float("nan")

    def band(self, age: int) -> tuple[float, float] | None:
        """5 to 95 % of what that is with other writes; None for fewer than MIN_WINDOWS of them."""
        share, weights = self.known(age)
        if len(share) < MIN_WINDOWS:
            return None
        chosen = np.random.default_rng(20_140).integers(0, len(share), (RESAMPLINGS, len(share)))
        found = (share[chosen] * weights[chosen]).sum(1) / weights[chosen].sum(1)
        low, high = np.quantile(found, BAND)
        return float(low), float(high)


def held(view: ModelView, bank: str | None = None, *, writes: Sequence[int] | None = None) -> Held:
    """What is held of some writes at every age; by default of WRITES of them, spread evenly.

    Of write s at age a that is 1 − Σ of its losses up to step s + a, as the kind of the bank books them; writes weigh by
    their squared norm, so that what hardly wrote anything hardly counts.
    """
    spec = view.bank(bank)
    kind, log, steps = kinds.of(spec), BankLog(view, spec), view.steps
    chosen = np.unique(np.linspace(0, steps - 2, min(WRITES, steps - 1)).astype(int)) if writes is None else writes
    share = np.full((len(chosen), steps), np.nan)
    for row, s in zip(share, chosen, strict=True):
        lost = np.zeros(steps - s)
        for by_mechanism in kind.losses(log, range(s, s + 1), steps).values():
            lost += by_mechanism[0, s:]
        row[: steps - s] = 1 - np.cumsum(lost)
    return Held(share, np.array([kind.write_norms(log, s, s + 1)[0] for s in chosen]) ** 2)


def measure(
    view: ModelView, bank: str | None = None, *, ages: Sequence[int] | None = None, checkpoint: str | None = None
) -> tuple[list[Row], HalfLife]:
    """Rows of one bank by age, and its half-life. ages: by default about ten a decade, up to the length of the run."""
    found = held(view, bank)
    name = view.bank(bank).name
    longest = int(np.flatnonzero(np.isfinite(found.share[found.weights > 0]).any(0)).max(initial=0))
    wanted = spread(longest) if ages is None else [age for age in ages if age <= longest]
    rows: list[Row] = []
    for age in wanted:
        low, high = found.band(age) or (None, None)
        row = Row("provenance", view.id, checkpoint, age, None, low, high, len(found.known(age)[0]), trained_age(age))
        rows.append(replace(row, bank=name, held=found.at(age)))
    curve = np.array([found.at(age) for age in range(longest + 1)])
    below = np.flatnonzero(curve < HALF)
    gone = int(below[0]) if len(below) else None
    return rows, HalfLife(view.id, checkpoint, name, gone, longest, bool((curve == 1.0).all()))


def spread(longest: int) -> list[int]:
    """Ages 1 … longest, about ten a decade."""
    return sorted({round(10 ** (k / 10)) for k in range(int(10 * np.log10(max(longest, 1))) + 1)} | {max(longest, 1)})


def of_references(longest: int, *, ages: Sequence[int] | None = None) -> list[Row]:
    """The memories whose laws are known, drawn beside every model: their memory functions. Of chance nothing is held."""
    wanted = spread(longest) if ages is None else [age for age in ages if age <= longest]
    known = {memory.name: memory.held(longest) for memory in references()} | {"chance": np.zeros(longest + 1)}
    return [
        replace(
            Row("provenance", name, None, age, None, None, None, 1, trained_age(age)),
            bank="state",
            held=float(held[age]),
        )
        for name, held in known.items()
        for age in wanted
    ]
