"""Retention as the ledger shows it: how much of a write is still held, against its age. Any recording, no torch, no training."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mnemoscope import kinds
from mnemoscope.kinds import BankLog
from mnemoscope.measuring.retention.bands import BAND, MIN_WINDOWS
from mnemoscope.measuring.retention.reservoirs import references
from mnemoscope.measuring.retention.rows import Row, trained_age
from mnemoscope.reading.view import ModelView

Floats = NDArray[np.float64]

WRITES = 48
"""Writes that are followed, spread evenly over the run."""
HALF = 0.5


class HalfLife(NamedTuple):
    """After how many steps less than half of what a bank wrote is held; None: not within the `longest` age that was seen."""

    model: str
    checkpoint: str | None
    bank: str
    delay: int | None
    longest: int
    whole: bool
    """Nothing of any write was ever lost."""

    @property
    def text(self) -> str:
        """As people say it: "23", "> 400", "never"."""
        if self.delay is not None:
            return str(self.delay)
        return "never" if self.whole else f"> {self.longest}"

    def to_json(self) -> dict[str, Any]:
        """Plain data, with the `text`."""
        return self._asdict() | {"text": self.text}


class Held(NamedTuple):
    """Shares of the writes followed: `share` [write, age], NaN beyond the end of the run, and their `weights` [write]."""

    share: Floats
    weights: Floats

    def at(self, age: int) -> tuple[float, tuple[float, float] | None, int]:
        """Of all that was written, the part that is held at an age; the band over writes; and how many writes are so old."""
        known = np.isfinite(self.share[:, age]) & (self.weights > 0)
        share, weights = self.share[known, age], self.weights[known]
        if not len(share):
            return float("nan"), None, 0
        low, high = np.quantile(share, BAND)
        band = (float(low), float(high)) if len(share) >= MIN_WINDOWS else None
        return float((share * weights).sum() / weights.sum()), band, len(share)


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
    return Held(share, kind.write_norms(log, steps)[np.asarray(chosen, int)] ** 2)


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
        share, band, n = found.at(age)
        low, high = band or (None, None)
        rows.append(
            Row("provenance", view.id, checkpoint, age, None, low, high, n, trained_age(age), bank=name, held=share)
        )
    curve = np.array([found.at(age)[0] for age in range(longest + 1)])
    below = np.flatnonzero(curve < HALF)
    gone = int(below[0]) if len(below) else None
    return rows, HalfLife(view.id, checkpoint, name, gone, longest, bool((curve == 1.0).all()))


def spread(longest: int) -> list[int]:
    """Ages 1 … longest, about ten a decade."""
    return sorted({round(10 ** (k / 10)) for k in range(int(10 * np.log10(max(longest, 1))) + 1)} | {max(longest, 1)})


def of_recording(
    views: Sequence[tuple[ModelView, str | None]], *, ages: Sequence[int] | None = None
) -> Iterator[tuple[list[Row], HalfLife]]:
    """The default bank of every model, with the name of its checkpoint."""
    for view, checkpoint in views:
        if view.banks and view.steps > 1:
            yield measure(view, ages=ages, checkpoint=checkpoint)


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
