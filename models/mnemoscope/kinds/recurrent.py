"""Recurrent states: U units that one matrix turns at every step (Elman network).

    h hidden [unit]     W recurrent weights [unit, from_unit]     d write vectors [unit]     ρ slopes [unit]

tanh is not linear, but its secant is: with ρ = tanh(a)/a the step h_t = tanh(W h_{t−1} + d_t) is exactly ρ ⊙ (W h_{t−1} + d_t), and
the ledger follows. Source: Elman 1990, "Finding structure in time".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.format.layout import BankSpec
from mnemoscope.format.manifest import KEYFRAME_EVERY
from mnemoscope.kinds import ledger
from mnemoscope.kinds.base import (
    BankLog,
    Fault,
    Kind,
    SharesBack,
    Sums,
    Tensor,
    Variant,
    chunks,
    open_writes,
    per_norm,
)
from mnemoscope.kinds.bounds import Bound, gates
from mnemoscope.kinds.ledger import Floats

LOG = ("write_vectors", "slopes")
"""What changes a state, beside the weights of the run."""


def update_hidden(hidden: Floats, recurrent_weights: Floats, slopes: Floats, write_vectors: Floats) -> Floats:
    """`h_t = ρ_t ⊙ (W h_{t−1} + d_t)` [unit] (Elman): ρ = tanh(a)/a is the slope of the secant, so this is tanh(a) exactly."""
    return slopes * (recurrent_weights @ hidden + write_vectors)


def contributions(write_vectors: Floats, slopes: Floats, recurrent_weights: Floats, initial: Floats) -> Floats:
    """Contributions [S + 1, U] to the hidden state of an Elman network: `Π_{k>s}(diag(ρ_k) W) diag(ρ_s) d_s`.

    write_vectors d, slopes ρ [S, U]: the log of steps 0 … t; recurrent_weights W [U, U]; initial [U]. Exact, since with the
    secant slope ρ the step is linear: h = ρ ⊙ (W h + d). Cost O(S·U³); the shares alone cost O(S·U²), `Recurrent.shares_back`.
    """
    steps, units = slopes.shape
    out = np.empty((steps + 1, units))
    carrier = np.eye(units)  # Π of what the steps after s do to the state
    for s in range(steps - 1, -1, -1):
        carrier *= slopes[s]  # carrier @ diag(ρ_s)
        out[s + 1] = carrier @ write_vectors[s]
        carrier = carrier @ recurrent_weights
    out[0] = carrier @ initial
    return out


@dataclass
class RecurrentState:
    """State of a recurrent bank between two steps: `hidden` [unit], and the `recurrent_weights` [unit, from_unit] of the run.

    The log holds every hidden state as what was read, so that one is taken: an expanding network would amplify the
    rounding of a rebuilt one. `update_hidden` is what `verify` holds against it.
    """

    hidden: Floats
    recurrent_weights: Floats

    def advance(self, bank: BankSpec, frame: Mapping[str, NDArray[Any]]) -> None:
        """See BankState."""
        self.hidden = np.asarray(frame["read_vectors"], np.float64)


class Recurrent(Kind[RecurrentState]):
    """See the module."""

    name = "recurrent"
    about = "Elman state"
    derivable = ("hidden",)
    single = True
    fades = False
    variants = (
        Variant(
            "`recurrent` (Elman)",
            {},
            "`h_t = tanh(a_t) = ρ_t ⊙ a_t`, `a_t = W h_{t-1} + d_t`, `d_t = U x_t` + all biases, `ρ = tanh(a)/a` (1 at 0)",
        ),
    )
    held_rule = "A = ρ ⊙ d; D = diag(ρ) W"
    mechanisms = ("faded",)
    loss_rule = "faded: all that diag(ρ) W takes or turns away"
    occupancy_rule = "mean of min(1, |h|)"

    def frame(self, bank: BankSpec) -> tuple[Tensor, ...]:
        """See Kind."""
        return (
            Tensor("write_vectors", ("unit",), "(d)"),
            Tensor("slopes", ("unit",), "(ρ)"),
            Tensor("read_vectors", ("unit",), "(h)"),
        )

    def keyframe(self, bank: BankSpec) -> tuple[Tensor, ...]:
        """See Kind."""
        return (Tensor("hidden", ("unit",)), Tensor("recurrent_weights", ("unit", "from_unit"), "(W)"))

    def faults(self, bank: BankSpec) -> Iterator[Fault]:
        """See Kind."""
        if bank.slots not in (None, 1):
            yield Fault("slots", "null or 1 for a recurrent state")
        if (bank.write_heads, bank.read_heads) != (1, 1):
            yield Fault(None, "one write head and one read head for a recurrent state")

    def state(self, bank: BankSpec, keyframe: Mapping[str, NDArray[Any]]) -> RecurrentState:
        """See Kind."""
        return RecurrentState(*(np.asarray(keyframe[name], np.float64) for name in ("hidden", "recurrent_weights")))

    def content(self, log: BankLog, t: int) -> Floats:
        """[1, unit]."""
        return self.state_at(log, t).hidden[None]

    def derived_shape(self, bank: BankSpec, name: str, stop: int) -> tuple[int, ...]:
        """See Kind."""
        return (bank.width,)

    def _history(self, log: BankLog, t: int) -> tuple[Floats, Floats, Floats, Floats]:
        d, slopes = log.upto("write_vectors", t + 1), log.upto("slopes", t + 1)
        return d, slopes, log.initial("recurrent_weights"), log.initial("hidden")

    def read_parts(self, log: BankLog, t: int, head: int) -> Floats:
        """See Kind."""
        return contributions(*self._history(log, t))

    def write_parts(self, log: BankLog, t: int, head: int) -> Floats:
        """Of the state itself."""
        return contributions(*self._history(log, t))

    def slot_parts(self, log: BankLog, slot: int, t: int) -> Floats:
        """See Kind."""
        return contributions(*self._history(log, t))

    def shares_back(self, log: BankLog, head: int, first: int, reads: Floats) -> SharesBack:
        """See Kind. The carrier [read, unit] is the read, turned back by every step since: O(t · unit²)."""
        carrier, weights = per_norm(reads), log.initial("recurrent_weights")
        d, slopes = log.span(LOG, first, first + len(reads))
        own = np.zeros((len(reads), len(reads)))
        for s in range(len(reads) - 1, -1, -1):  # steps that only some of the reads have seen
            carrier[s:] *= slopes[s]
            own[s:, s] = carrier[s:] @ d[s]
            carrier[s:] = carrier[s:] @ weights
        yield first, own
        for start, (d, slopes) in log.back(LOG, first):
            if not carrier.any():
                return
            shares = np.empty((len(reads), len(d)))
            for s in range(len(d) - 1, -1, -1):
                carrier = carrier * slopes[s]
                shares[:, s] = carrier @ d[s]
                carrier = carrier @ weights
            yield start, shares
        yield -1, carrier @ log.initial("hidden")[:, None]

    def slot_shares(self, log: BankLog, slot: int, t: int, unit: int | None = None) -> Floats:
        """See Kind. The share in one unit is that in the state with all others 0."""
        read = log.at("read_vectors", t)
        if unit is not None:
            read = np.where(np.arange(len(read)) == unit, read, 0.0)
        return self.read_shares(log, t, 0, read)

    def write_norms(self, log: BankLog, start: int, stop: int) -> Floats:
        """See Kind."""
        d, slopes = log.span(LOG, start, stop)
        return np.linalg.norm(slopes * d, axis=1)

    def held_by_slot(self, log: BankLog, s: int, t: int) -> Floats:
        """See Kind."""
        ([d], [slope]), weights = log.span(LOG, s, s + 1), log.initial("recurrent_weights")
        left = written = slope * d
        for _, (slopes,) in log.onward(LOG[1:], s + 1, t + 1):
            for slope in slopes:
                left = slope * (weights @ left)
        return ledger.fraction(written * left, np.full(len(left), written @ written))

    def held_row(self, log: BankLog, t: int) -> Floats:
        """See Kind. Backwards, with the product of the maps of the steps since: O(t · unit³)."""
        left, whole, weights = np.zeros(t + 1), np.zeros(t + 1), log.initial("recurrent_weights")
        product = np.eye(log.bank.width)
        for start, (d, slopes) in log.back(LOG, t + 1):
            written = slopes * d
            whole[start : start + len(d)] = (written**2).sum(1)
            for s in range(len(d) - 1, -1, -1):
                left[start + s] = written[s] @ product @ written[s]
                product = (product * slopes[s]) @ weights
        return ledger.fraction(left, whole)

    def losses(self, log: BankLog, writes: range, stop: int) -> dict[str, Floats]:
        """See Kind."""
        (d, slopes), weights = log.span(LOG, writes.start, writes.stop), log.initial("recurrent_weights")
        written = slopes * d
        whole, faded = (written**2).sum(1), np.zeros((len(writes), stop))
        left, before = written.copy(), whole.copy()
        for start, (slopes,) in log.onward(LOG[1:], writes.start + 1, stop):
            for t, slope in enumerate(slopes, start):
                n = open_writes(writes, t)
                left[:n] = (left[:n] @ weights.T) * slope
                after = (left[:n] * written[:n]).sum(1)
                faded[:n, t], before[:n] = before[:n] - after, after
        return ledger.of_writes({"faded": faded}, whole)

    def offered_norms(self, log: BankLog, start: int, stop: int) -> Floats:
        """See Kind. There is no gate: what is offered is written."""
        return self.write_norms(log, start, stop)

    def occupancy(self, log: BankLog, start: int, stop: int) -> Floats:
        """See Kind."""
        [hidden] = log.span(("read_vectors",), start, stop)
        return np.minimum(1.0, np.abs(hidden)).mean(axis=1)

    def bounds(self, bank: BankSpec) -> tuple[Bound, ...]:
        """See Kind."""
        return gates("slopes")

    def rebuilt_reads(self, log: BankLog, first: int, stop: int) -> tuple[Floats, Mapping[str, Floats]]:
        """See Kind. Each step from the recorded one before it."""
        keyframe = log.source.keyframe(first // KEYFRAME_EVERY, log.bank.name)
        before, weights = (keyframe[name].astype(np.float64) for name in ("hidden", "recurrent_weights"))
        (d, slopes), [hidden] = log.span(LOG, first, stop), log.span(("read_vectors",), first, stop)
        reads = np.empty_like(hidden)
        for n in range(stop - first):
            reads[n] = update_hidden(before, weights, slopes[n], d[n])
            before = hidden[n]
        return reads[:, None], {"hidden": before, "recurrent_weights": weights}

    def sums(self, log: BankLog) -> Sums:
        """See Kind. Never from a recorded state."""
        hidden, weights = log.initial("hidden"), log.initial("recurrent_weights")
        for first, stop in chunks(log.steps):
            d, slopes = log.span(LOG, first, stop)
            out = np.empty_like(d)
            for n in range(stop - first):
                out[n] = hidden = update_hidden(hidden, weights, slopes[n], d[n])
            yield first, out[:, None]

    def marks(self, log: BankLog, steps: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """What was written and what was read, by unit."""
        return log.sizes("write_vectors", steps), log.sizes("read_vectors", steps)


RECURRENT = Recurrent()
