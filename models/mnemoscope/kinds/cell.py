"""Cells: one state of U units, each with a gate that keeps and a gate that writes (LSTM, GRU).

    c cell [unit]     f forget gate, i input gate, o output gate [unit]     g candidates, the recorded write vectors [unit]

Sources: Hochreiter & Schmidhuber 1997; Gers et al. 2000 (forget gate); Cho et al. 2014 (GRU, arXiv 1406.1078).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.format.layout import BankSpec
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

LOG = ("forget_gate", "input_gate", "write_vectors")
"""What changes a cell."""


def update_cell(cell: Floats, forget_gate: Floats, input_gate: Floats, candidates: Floats) -> Floats:
    """`c_t = f ⊙ c_{t−1} + i ⊙ g` [unit] (LSTM, GRU; g are the recorded write vectors)."""
    return forget_gate * cell + input_gate * candidates


def contributions(
    forget_gates: Floats, input_gates: Floats, candidates: Floats, initial: Floats, *, gain: Floats | None = None
) -> Floats:
    """Contributions [S + 1, U] to the cell (or, times `gain` [U], to what the output gate lets out of it).

    forget_gates, input_gates, candidates [S, U]: the log of steps 0 … t. C_{t,s} = gain ⊙ Π_{k>s} f_k ⊙ i_s.
    """
    kept = survival(forget_gates)
    out = np.concatenate([initial[None] * kept[0], input_gates * candidates * kept[1:]])
    return out if gain is None else out * gain


def survival(forget_gates: Floats) -> Floats:
    """`Π_{k ≥ s} f_k` [S + 1, U]: what steps s … t leave of the cell they find; the last row is 1."""
    kept = np.ones_like(forget_gates, shape=(len(forget_gates) + 1, forget_gates.shape[1]))
    np.cumprod(forget_gates[::-1], axis=0, out=kept[1:])  # kept[n] = Π of the last n forget gates
    return kept[::-1]


def output_gain(output_gate: Floats, cell: Floats) -> Floats:
    """`κ = o ⊙ tanh(c) / c` (→ o at c = 0): the secant that makes h = κ ⊙ c exact."""
    safe = np.where(cell == 0.0, 1.0, cell)
    return output_gate * np.where(cell == 0.0, 1.0, np.tanh(cell) / safe)


@dataclass
class CellState:
    """State of a cell bank between two steps: `cell` [unit]."""

    cell: Floats

    def advance(self, bank: BankSpec, frame: Mapping[str, NDArray[Any]]) -> None:
        """See BankState."""
        f, i, g = (np.asarray(frame[name], np.float64) for name in ("forget_gate", "input_gate", "write_vectors"))
        self.cell = update_cell(self.cell, f, i, g)


class Cell(Kind[CellState]):
    """See the module. With `direct`, what is read is the cell itself."""

    name = "cell"
    about = "LSTM and GRU state"
    options = ("direct",)
    derivable = ("cell",)
    single = True
    state_tensor = "cell"
    """The tensor of a keyframe that holds the state."""
    variants = (
        Variant("`cell` (LSTM)", {}, "`c_t = f ⊙ c_{t-1} + i ⊙ g`; `h = o ⊙ tanh(c_t)`", keyframe="`hidden [unit]`"),
        Variant(
            '`cell` with `"direct": true` (GRU)',
            {"direct": True},
            "`h_t = f ⊙ h_{t-1} + i ⊙ g`, f = z, i = 1 − z; what is read is the cell itself",
        ),
    )
    held_rule = "A = i ⊙ g; D = f, unit by unit"
    mechanisms = ("faded",)
    loss_rule = "faded: what 1 − f takes"
    occupancy_rule = "mean of |tanh c|; of min(1, |c|) where the cell itself is read"

    def frame(self, bank: BankSpec) -> tuple[Tensor, ...]:
        """See Kind."""
        gates = (Tensor("forget_gate", ("unit",)), Tensor("input_gate", ("unit",)))
        if not bank.direct:
            gates = (*gates, Tensor("output_gate", ("unit",)))
        return (*gates, Tensor("write_vectors", ("unit",), "(g)"), Tensor("read_vectors", ("unit",), "(h)"))

    def keyframe(self, bank: BankSpec) -> tuple[Tensor, ...]:
        """See Kind."""
        return (Tensor("cell", ("unit",), "(= h)" if bank.direct else ""),)

    def faults(self, bank: BankSpec) -> Iterator[Fault]:
        """See Kind."""
        if bank.slots not in (None, 1):
            yield Fault("slots", "null or 1 for a cell state")
        if (bank.write_heads, bank.read_heads) != (1, 1):
            yield Fault(None, "one write head and one read head for a cell state")

    def state(self, bank: BankSpec, keyframe: Mapping[str, NDArray[Any]]) -> CellState:
        """See Kind."""
        return CellState(np.asarray(keyframe["cell"], np.float64))

    def content(self, log: BankLog, t: int) -> Floats:
        """[1, unit]."""
        return self.state_at(log, t).cell[None]

    def derived_shape(self, bank: BankSpec, name: str, stop: int) -> tuple[int, ...]:
        """See Kind."""
        return (bank.width,)

    def _history(self, log: BankLog, stop: int) -> tuple[Floats, Floats, Floats]:
        f, i, g = (log.upto(name, stop) for name in LOG)
        return f, i, g

    def read_parts(self, log: BankLog, t: int, head: int) -> Floats:
        """See Kind."""
        gain = None if log.bank.direct else output_gain(log.at("output_gate", t), self.state_at(log, t).cell)
        return contributions(*self._history(log, t + 1), log.initial("cell"), gain=gain)

    def write_parts(self, log: BankLog, t: int, head: int) -> Floats:
        """Of the cell itself."""
        return contributions(*self._history(log, t + 1), log.initial("cell"))

    def slot_parts(self, log: BankLog, slot: int, t: int) -> Floats:
        """See Kind."""
        return self.write_parts(log, t, 0)

    def shares_back(self, log: BankLog, head: int, first: int, reads: Floats) -> SharesBack:
        """See Kind. The carrier says what a read takes of each unit, per unit of what stood in it then."""
        carrier, stop = per_norm(reads), first + len(reads)
        if not log.bank.direct:
            cells = np.stack([state.cell for _, state in self.states(log, first, stop)])
            carrier = carrier * output_gain(log.span(("output_gate",), first, stop)[0], cells)
        f, i, g = log.span(LOG, first, stop)
        own = np.zeros((len(reads), len(reads)))
        for s in range(len(reads) - 1, -1, -1):  # steps that only some of the reads have seen
            own[s:, s] = carrier[s:] @ (i[s] * g[s])
            carrier[s:] *= f[s]
        yield first, own
        for start, (f, i, g) in log.back(LOG, first):
            if not carrier.any():
                return
            kept = survival(f)
            yield start, carrier @ (i * g * kept[1:]).T
            carrier = carrier * kept[0]
        yield -1, carrier @ log.initial("cell")[:, None]

    def write_norms(self, log: BankLog, start: int, stop: int) -> Floats:
        """See Kind."""
        i, g = log.span(LOG[1:], start, stop)
        return np.linalg.norm(i * g, axis=1)

    def held_by_slot(self, log: BankLog, s: int, t: int) -> Floats:
        """See Kind."""
        [i], [g] = log.span(LOG[1:], s, s + 1)
        written = (i * g) ** 2
        left = written
        for _, (f,) in log.onward(LOG[:1], s + 1, t + 1):
            left = left * f.prod(axis=0)
        return ledger.fraction(left, np.full(len(left), written.sum()))

    def held_row(self, log: BankLog, t: int) -> Floats:
        """See Kind."""
        left, whole, since = np.zeros(t + 1), np.zeros(t + 1), np.ones(log.bank.width)
        for start, (f, i, g) in log.back(LOG, t + 1):
            written, kept = (i * g) ** 2, survival(f) * since
            left[start : start + len(f)] = (written * kept[1:]).sum(1)
            whole[start : start + len(f)] = written.sum(1)
            since = kept[0]
        return ledger.fraction(left, whole)

    def losses(self, log: BankLog, writes: range, stop: int) -> dict[str, Floats]:
        """See Kind."""
        i, g = log.span(LOG[1:], writes.start, writes.stop)
        left = (i * g) ** 2
        whole, faded = left.sum(1), np.zeros((len(writes), stop))
        for start, (f,) in log.onward(LOG[:1], writes.start + 1, stop):
            for t, gate in enumerate(f, start):
                n = open_writes(writes, t)
                faded[:n, t] = (left[:n] * (1.0 - gate)).sum(1)
                left[:n] *= gate
        return ledger.of_writes({"faded": faded}, whole)

    def offered_norms(self, log: BankLog, start: int, stop: int) -> Floats:
        """See Kind. The candidates, with the input gate at 1."""
        return np.linalg.norm(log.span(LOG[2:], start, stop)[0], axis=1)

    def occupancy(self, log: BankLog, start: int, stop: int) -> Floats:
        """See Kind."""
        squash = np.abs if log.bank.direct else np.tanh
        return np.array([np.minimum(1.0, np.abs(squash(s.cell))).mean() for _, s in self.states(log, start, stop)])

    def bounds(self, bank: BankSpec) -> tuple[Bound, ...]:
        """See Kind."""
        return gates("forget_gate", "input_gate", "output_gate")

    def rebuilt_reads(self, log: BankLog, first: int, stop: int) -> tuple[Floats, Mapping[str, Floats]]:
        """See Kind."""
        cells = np.stack([state.cell for _, state in self.states(log, first, stop)])
        reads = cells if log.bank.direct else log.span(("output_gate",), first, stop)[0] * np.tanh(cells)
        return reads[:, None], {"cell": cells[-1], "hidden": log.at("read_vectors", stop - 1)}

    def sums(self, log: BankLog) -> Sums:
        """See Kind."""
        cell = log.initial("cell")
        for first, stop in chunks(log.steps):
            f, i, g = log.span(LOG, first, stop)
            cells = np.empty_like(f)
            for n in range(stop - first):
                cells[n] = cell = update_cell(cell, f[n], i[n], g[n])
            if not log.bank.direct:
                cells *= output_gain(log.span(("output_gate",), first, stop)[0], cells)
            yield first, cells[:, None]

    def marks(self, log: BankLog, steps: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """What was written and what was read, by unit."""
        return log.sizes("input_gate", steps) * log.sizes("write_vectors", steps), log.sizes("read_vectors", steps)


CELL = Cell()
