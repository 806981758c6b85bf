"""Matrix memories: N slots of width W, each addressed by weightings (NTM, DNC, sDNC with genuine memory).

    M memory [slot, width]     w^w write weights [write_head, slot]     w^r read weights [read_head, slot]
    e erase   [write_head, width]     v write vectors [write_head, width]     f free gates [read_head]
    ψ retention [slot]     u usage [slot]     L links [slot, slot]     p precedence [slot]

Sources: Graves et al. 2014 (NTM, arXiv 1410.5401 §3), Graves et al. 2016 (DNC, Nature 538:471, Methods),
Csordas & Schmidhuber 2019 (de-allocation, arXiv 1904.10278).
"""

from __future__ import annotations

import math
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
    Shapes,
    SharesBack,
    Sums,
    Tensor,
    Variant,
    chunks,
    open_writes,
    per_norm,
)
from mnemoscope.kinds.bounds import AT_MOST_ONE, Bound, gates
from mnemoscope.kinds.ledger import Floats
from mnemoscope.kinds.matrix_addressing import DNC_GATES, dnc_errors, ntm_errors, recorded
from mnemoscope.kinds.matrix_ledger import contributions, decay, through

LOG = ("write_weights", "erase", "write_vectors")
"""What changes a memory, but for what frees its slots."""
WRITES = ("write_weights", "write_vectors")


def update_memory(
    memory: Floats, write_weights: Floats, erase: Floats, write_vectors: Floats, *, retention: Floats | None = None
) -> Floats:
    """`M_t = M_{t-1} ⊙ ψ_t ⊙ Π_h(1 − w_h e_hᵀ) + Σ_h w_h v_hᵀ`; ψ only where the bank wipes freed slots."""
    return memory * decay(write_weights, erase, retention=retention) + write_weights.T @ write_vectors


def retain(free_gates: Floats, read_weights_before: Floats) -> Floats:
    """`ψ_t = Π_h (1 − f_h w^{r,h}_{t−1})` [slot]: how much of each slot the free gates do not release.

    free_gates [read_head], read_weights_before [read_head, slot]; a leading step axis on both is kept.
    """
    return np.prod(1.0 - free_gates[..., None] * read_weights_before, axis=-2)


def update_usage(usage: Floats, write_weights_before: Floats, retention: Floats) -> Floats:
    """`u_t = (u_{t−1} + w^w_{t−1} − u_{t−1} ⊙ w^w_{t−1}) ⊙ ψ_t`; several write heads use a slot like one that did it all."""
    written = 1.0 - np.prod(1.0 - write_weights_before, axis=0)
    return (usage + written - usage * written) * retention


def update_links(links: Floats, precedence: Floats, write_weights: Floats) -> tuple[Floats, Floats]:
    """`L_t[i,j] = (1 − w_i − w_j) L_{t−1}[i,j] + w_i p_{t−1}[j]`, diagonal 0; then `p_t = (1 − Σw) p_{t−1} + w`.

    write_weights [slot] of the one write head. L[i, j] says how far slot i was written right after slot j.
    """
    w = write_weights
    links = (1.0 - w[:, None] - w[None, :]) * links + np.outer(w, precedence)
    np.fill_diagonal(links, 0.0)
    return links, (1.0 - w.sum()) * precedence + w


@dataclass
class MatrixState:
    """State of a matrix bank between two steps; what the bank does not keep is None.

    `retention` is that of the last step; `write_weights`, `read_weights` are those of the step before the next.
    """

    memory: Floats
    usage: Floats | None = None
    links: Floats | None = None
    precedence: Floats | None = None
    write_weights: Floats | None = None
    read_weights: Floats | None = None
    retention: Floats | None = None

    def advance(self, bank: BankSpec, frame: Mapping[str, NDArray[Any]]) -> None:
        """See BankState."""
        writes, reads, erase, vectors = (
            np.asarray(frame[name], np.float64) for name in ("write_weights", "read_weights", "erase", "write_vectors")
        )
        if self.read_weights is not None:
            self.retention = retain(np.asarray(frame["free_gates"], np.float64), self.read_weights)
        if self.usage is not None and self.write_weights is not None and self.retention is not None:
            self.usage = update_usage(self.usage, self.write_weights, self.retention)
        freed = self.retention if bank.deallocation else None
        self.memory = update_memory(self.memory, writes, erase, vectors, retention=freed)
        if self.links is not None and self.precedence is not None:
            self.links, self.precedence = update_links(self.links, self.precedence, writes[0])
        if self.write_weights is not None:
            self.write_weights = writes
        if self.read_weights is not None:
            self.read_weights = reads


class Matrix(Kind[MatrixState]):
    """See the module."""

    name = "matrix"
    about = "NTM and DNC"
    options = ("usage", "links", "deallocation")
    derivable = ("memory", "read_vectors", "usage", "links", "precedence", "retention")
    addressed = True
    variants = (
        Variant(
            "`matrix` (NTM, DNC)",
            {},
            '`M_t = M_{t-1} ⊙ ψ_t ⊙ Π_h(1 − w_h e_hᵀ) + Σ_h w_h v_hᵀ`, ψ = 1 unless the bank says `"deallocation": true`; '
            "`r = M_tᵀ w^r` (write, then read)",
            "the gates; `read_vectors [read_head, width]` may be recorded, else `M_tᵀ w^r`",
            "(+ DNC below)",
        ),
    )
    held_rule = (
        "A[i, j] = Σ_h w_h[i] v_h[j]; D = ψ ⊙ Π_h (1 − w_h e_hᵀ), number by number, ψ = 1 unless freed slots are wiped"
    )
    mechanisms = ("overwritten", "freed")
    loss_rule = "freed: what 1 − ψ takes; overwritten: what Π_h (1 − w_h e_hᵀ) takes of the rest"
    occupancy_rule = (
        "mean usage; a bank that keeps none gets the DNC's with nothing ever freed, u ← u + w − u w from u = 0"
    )

    def frame(self, bank: BankSpec) -> tuple[Tensor, ...]:
        """See Kind."""
        tensors = (
            Tensor("write_weights", ("write_head", "slot")),
            Tensor("erase", ("write_head", "width")),
            Tensor("write_vectors", ("write_head", "width")),
            Tensor("read_weights", ("read_head", "slot")),
        )
        return (*tensors, Tensor("free_gates", ("read_head",))) if bank.usage or bank.deallocation else tensors

    def keyframe(self, bank: BankSpec) -> tuple[Tensor, ...]:
        """See Kind."""
        tensors = [Tensor("memory", ("slot", "width"))]
        if bank.usage:
            tensors += [Tensor("usage", ("slot",)), Tensor("write_weights", ("write_head", "slot"))]
        if bank.usage or bank.deallocation:
            tensors.append(Tensor("read_weights", ("read_head", "slot")))
        if bank.links:
            tensors += [Tensor("links", ("slot", "slot")), Tensor("precedence", ("slot",))]
        return tuple(tensors)

    def faults(self, bank: BankSpec) -> Iterator[Fault]:
        """See Kind."""
        if bank.slots is None:
            yield Fault("slots", "the number of slots of a matrix memory")
        if bank.links and bank.write_heads != 1:
            yield Fault("write_heads", "one write head where links are kept")

    def state(self, bank: BankSpec, keyframe: Mapping[str, NDArray[Any]]) -> MatrixState:
        """See Kind."""
        return MatrixState(**{t.name: np.asarray(keyframe[t.name], np.float64) for t in self.keyframe(bank)})

    def content(self, log: BankLog, t: int) -> Floats:
        """[slot, width]."""
        return self.state_at(log, t).memory

    def derived(self, bank: BankSpec, stop: int) -> Shapes:
        """See Kind."""
        kept = {"usage": bank.usage, "retention": bank.usage or bank.deallocation}
        kept |= {"links": bank.links, "precedence": bank.links}
        return {name: shape for name, shape in super().derived(bank, stop).items() if kept.get(name, True)}

    def derived_shape(self, bank: BankSpec, name: str, stop: int) -> tuple[int, ...]:
        """See Kind."""
        slots = bank.slots or 1
        shapes = {"memory": (slots, bank.width), "read_vectors": (bank.read_heads, bank.width), "links": (slots, slots)}
        return shapes.get(name, (slots,))

    def derive(self, log: BankLog, name: str, start: int, out: NDArray[np.float32]) -> None:
        """See Kind."""
        if name != "read_vectors":
            return super().derive(log, name, start, out)
        for first, (weights,) in log.onward(("read_weights",), start, start + len(out)):
            for t, state in self.states(log, first, first + len(weights)):
                out[t - start] = weights[t - first] @ state.memory

    def read_vector(self, log: BankLog, t: int, head: int) -> Floats:
        """As recorded, or `M_tᵀ w^r` with the memory derived from the keyframe before."""
        if log.source.recorded("read_vectors", log.bank.name):
            return super().read_vector(log, t, head)
        return log.at("read_weights", t)[head] @ self.content(log, t)

    def freed(self, log: BankLog, start: int, stop: int) -> Floats | None:
        """ψ [step, slot] of steps start … stop − 1 where it enters the memory update (banks that wipe freed slots), else None."""
        if not log.bank.deallocation:
            return None
        before = np.empty((stop - start, log.bank.read_heads, log.bank.slots or 1))
        before[0] = log.at("read_weights", start - 1) if start else log.initial("read_weights")
        before[1:] = log.span(("read_weights",), start, stop - 1)[0]
        return retain(log.span(("free_gates",), start, stop)[0], before)

    def _parts(self, log: BankLog, row: Floats, t: int) -> Floats:
        w, e, v = (log.upto(name, t + 1) for name in LOG)
        return contributions(row, w, e, v, log.initial("memory"), retention=self.freed(log, 0, t + 1))

    def read_parts(self, log: BankLog, t: int, head: int) -> Floats:
        """See Kind."""
        return self._parts(log, log.at("read_weights", t)[head], t)

    def write_parts(self, log: BankLog, t: int, head: int) -> Floats:
        """Of `M_tᵀ w^w_t`."""
        return self._parts(log, log.at("write_weights", t)[head], t)

    def slot_parts(self, log: BankLog, slot: int, t: int) -> Floats:
        """See Kind."""
        return self._parts(log, np.eye(1, log.bank.slots or 1, slot)[0], t)

    def shares_back(self, log: BankLog, head: int, first: int, reads: Floats) -> SharesBack:
        """See Kind. The carrier [read, slot, width] says what a read takes of each number of the memory as it was then."""
        stop = first + len(reads)
        [rows] = log.span(("read_weights",), first, stop, head)
        carrier = rows[:, :, None] * per_norm(reads)[:, None, :]
        (w, e, v), freed = log.span(LOG, first, stop), self.freed(log, first, stop)
        own = np.zeros((len(reads), len(reads)))
        for s in range(len(reads) - 1, -1, -1):  # steps that only some of the reads have seen
            own[s:, s] = np.einsum("rnw,nw->r", carrier[s:], w[s].T @ v[s])
            carrier[s:] *= decay(w[s], e[s], retention=None if freed is None else freed[s])
        yield first, own
        flat = carrier.reshape(len(reads), -1)
        for start, (w, e, v) in log.back(LOG, first):
            if not flat.any():
                return
            freed, shares = self.freed(log, start, start + len(w)), np.empty((len(reads), len(w)))
            flat = through(flat, w, e, v, shares, retention=freed)
            yield start, shares
        yield -1, flat @ log.initial("memory").reshape(-1, 1)

    def write_norms(self, log: BankLog, start: int, stop: int) -> Floats:
        """See Kind."""
        w, v = log.span(WRITES, start, stop)
        return np.array([np.linalg.norm(one.T @ vectors) for one, vectors in zip(w, v, strict=True)], np.float64)

    def held_by_slot(self, log: BankLog, s: int, t: int) -> Floats:
        """See Kind."""
        [w], [v] = log.span(WRITES, s, s + 1)
        written = (w.T @ v) ** 2
        left = written.copy()
        for start, (w, e) in log.onward(LOG[:2], s + 1, t + 1):
            freed = self.freed(log, start, start + len(w))
            for k in range(len(w)):
                left *= decay(w[k], e[k], retention=None if freed is None else freed[k])
        return ledger.fraction(left.sum(1), np.full(len(left), written.sum()))

    def held_row(self, log: BankLog, t: int) -> Floats:
        """See Kind. Backwards from t, with what the steps since leave: O(t · slots · width)."""
        kept = np.ones((log.bank.slots or 1, log.bank.width))
        left, whole = np.zeros(t + 1), np.zeros(t + 1)
        for start, (w, e, v) in log.back(LOG, t + 1):
            freed = self.freed(log, start, start + len(w))
            for k in range(len(w) - 1, -1, -1):
                written = (w[k].T @ v[k]) ** 2
                left[start + k], whole[start + k] = np.vdot(written, kept), written.sum()
                kept *= decay(w[k], e[k], retention=None if freed is None else freed[k])
        return ledger.fraction(left, whole)

    def losses(self, log: BankLog, writes: range, stop: int) -> dict[str, Floats]:
        """See Kind. Freed slots are wiped before the step writes."""
        lost = {name: np.zeros((len(writes), stop)) for name in self.mechanisms}
        own = zip(*log.span(WRITES, writes.start, writes.stop), strict=True)
        left = np.stack([(w.T @ v) ** 2 for w, v in own])
        whole = left.sum((1, 2))
        before = whole.copy()
        for start, (w, e) in log.onward(LOG[:2], writes.start + 1, stop):
            psi = self.freed(log, start, start + len(w))
            for k, t in enumerate(range(start, start + len(w))):
                n = open_writes(writes, t)
                if psi is not None:
                    left[:n] *= psi[k][:, None]
                    after = left[:n].sum((1, 2))
                    lost["freed"][:n, t], before[:n] = before[:n] - after, after
                left[:n] *= decay(w[k], e[k])
                after = left[:n].sum((1, 2))
                lost["overwritten"][:n, t], before[:n] = before[:n] - after, after
        return ledger.of_writes(lost, whole)

    def offered_norms(self, log: BankLog, start: int, stop: int) -> Floats:
        """See Kind. All of every write vector on one slot."""
        return np.sqrt((log.span(LOG[2:], start, stop)[0] ** 2).sum((1, 2)))

    def occupancy(self, log: BankLog, start: int, stop: int) -> Floats:
        """See Kind."""
        if log.bank.usage:
            states = self.states(log, start, stop)
            return np.array([state.usage.mean() for _, state in states if state.usage is not None], np.float64)
        free, out = np.ones((log.bank.write_heads, 1, log.bank.slots or 1)), np.empty(stop)
        for first, (weights,) in log.onward(LOG[:1], 0, stop):
            freely = free * np.cumprod(1.0 - weights.transpose(1, 0, 2), axis=1)
            out[first : first + len(weights)] = 1.0 - freely.prod(axis=0).mean(axis=1)
            free = freely[:, -1:]
        return out[start:]

    def bounds(self, bank: BankSpec) -> tuple[Bound, ...]:
        """See Kind. Strengths of a DNC go through oneplus, those of an NTM only must not be negative."""
        strongest = 1.0 if bank.usage else 0.0
        return (
            *(Bound(name, total=AT_MOST_ONE) for name in ("write_weights", "read_weights", "precedence")),
            *(Bound(name, total=AT_MOST_ONE) for name in ("read_modes", "write_shifts", "read_shifts")),
            *gates("erase", "free_gates", "allocation_gate", "write_gate", "recurrence_gate", "usage"),
            *gates("write_interpolation_gates", "read_interpolation_gates", "read_masks", "write_mask"),
            *(Bound(name, strongest, math.inf) for name in ("write_strengths", "read_strengths", "write_strength")),
            *(Bound(name, 1.0, math.inf) for name in ("write_sharpening", "read_sharpening", "link_sharpening")),
            Bound("links", total=AT_MOST_ONE, diagonal=0.0),
        )

    def address_errors(self, log: BankLog, first: int, stop: int) -> Floats | None:
        """See Kind. Of a DNC's allocation and links, of an NTM's shifts (matrix_addressing.py)."""
        if log.bank.usage and log.bank.links and recorded(log, *DNC_GATES):
            kept = ((state.usage, state.links) for _, state in self.states(log, first, stop))
            return dnc_errors(log, kept, first, stop)
        return ntm_errors(log, first, stop)

    def rebuilt_reads(self, log: BankLog, first: int, stop: int) -> tuple[Floats, Mapping[str, Floats]]:
        """See Kind."""
        weights, writes = log.span(("read_weights", "write_weights"), first, stop)
        reads = np.empty((stop - first, log.bank.read_heads, log.bank.width))
        state = None
        for t, state in self.states(log, first, stop):
            reads[t - first] = weights[t - first] @ state.memory
        kept = {name: value for name, value in vars(state).items() if value is not None}
        return reads, kept | {"write_weights": writes[-1], "read_weights": weights[-1]}

    def sums(self, log: BankLog) -> Sums:
        """See Kind."""
        memory = log.initial("memory")
        for first, stop in chunks(log.steps):
            (w, e, v), freed = log.span(LOG, first, stop), self.freed(log, first, stop)
            [rows] = log.span(("read_weights",), first, stop)
            out = np.empty((stop - first, log.bank.read_heads, log.bank.width))
            for k in range(stop - first):
                memory = update_memory(memory, w[k], e[k], v[k], retention=None if freed is None else freed[k])
                out[k] = rows[k] @ memory
            yield first, out

    def marks(self, log: BankLog, steps: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """The largest weight of any head, by slot."""
        return log.sizes("write_weights", steps).max(1), log.sizes("read_weights", steps).max(1)


MATRIX = Matrix()
