"""Associative memories: per head a matrix that maps keys to values (DeltaNet family; with b = 0 linear attention and its kin).

    S memory [head, key, width]     q queries, k keys, α retention, b erase [head, key]     v write vectors, w write gate [head, width]

Keys may have any length. Sources: Schlag et al. 2021 (arXiv 2102.11174), Yang et al. 2024 (DeltaNet, arXiv 2406.06484).
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

LOG = ("keys", "write_vectors", "retention", "erase", "write_gate")
"""The log of a bank, in the order of `contributions`."""
MAP = ("keys", "retention", "erase")
"""What a step makes of the content it finds."""


def update_association(
    memory: Floats, keys: Floats, write_vectors: Floats, retention: Floats, erase: Floats, write_gate: Floats
) -> Floats:
    """`S_t = (I − k (b⊙k)ᵀ) Diag(α) S_{t−1} + k (w⊙v)ᵀ` per head: memory S [head, key, width] (DeltaNet family).

    keys k, retention α, erase b [head, key]; write_vectors v, write_gate w [head, width].
    """
    decayed = retention[..., None] * memory
    found = np.einsum("hk,hkw->hw", erase * keys, decayed)
    return decayed + keys[..., None] * (write_gate * write_vectors - found)[:, None, :]


def contributions(
    query: Floats,
    keys: Floats,
    write_vectors: Floats,
    retention: Floats,
    erase: Floats,
    write_gate: Floats,
    initial: Floats,
) -> Floats:
    """Contributions [S + 1, W] to `S_tᵀ query` of one head of an associative memory.

    query u [K]; keys k, retention α, erase b [S, K] and write_vectors v, write_gate w [S, W]: the log of steps 0 … t of
    that head; initial [K, W]. Backwards from u: contribution of s = (u·k_s)(w_s ⊙ v_s), then u ← α_s ⊙ (u − (b_s ⊙ k_s)(k_s·u)).
    """
    out = np.empty((len(keys) + 1, initial.shape[1]))
    carrier = query.astype(np.float64)
    for s in range(len(keys) - 1, -1, -1):
        match = float(carrier @ keys[s])
        out[s + 1] = match * (write_gate[s] * write_vectors[s])
        carrier = retention[s] * (carrier - erase[s] * keys[s] * match)
    out[0] = carrier @ initial
    return out


def fade(columns: Floats, key: Floats, retention: Floats, erase: Floats) -> Floats:
    """`(I − k (b⊙k)ᵀ) Diag(α) X` for columns X [K, …]: what a step makes of the content it finds."""
    decayed = retention[:, None] * columns
    return decayed - np.outer(key, (erase * key) @ decayed)


@dataclass
class AssociativeState:
    """State of an associative bank between two steps: `memory` [head, key, width]."""

    memory: Floats

    def advance(self, bank: BankSpec, frame: Mapping[str, NDArray[Any]]) -> None:
        """See BankState."""
        self.memory = update_association(self.memory, *(np.asarray(frame[name], np.float64) for name in LOG))


class Associative(Kind[AssociativeState]):
    """See the module."""

    name = "associative"
    about = "a DeltaNet layer's matrices"
    derivable = ("memory",)
    last_by_default = True
    fades = False
    variants = (
        Variant(
            "`associative` (DeltaNet family), per head",
            {},
            "`S_t = (I − k (b⊙k)ᵀ) Diag(α) S_{t-1} + k (w⊙v)ᵀ`; `r = S_tᵀ q` (write, then read)",
        ),
    )
    held_rule = "A = k (w ⊙ v)ᵀ of all heads; D = (I − k (b ⊙ k)ᵀ) Diag(α)"
    mechanisms = ("overwritten", "faded")
    loss_rule = "faded: what 1 − α takes; overwritten: what k (b ⊙ k)ᵀ takes of the rest"
    occupancy_rule = (
        "mean over the rows of the key axis of every head of u ← α u, then u ← u + g k̂² (1 − u), from u = 0, with "
        "g the mean over the width of min(1, ‖k‖ |w|) and k̂ = k / ‖k‖ (0 where k = 0)"
    )

    def frame(self, bank: BankSpec) -> tuple[Tensor, ...]:
        """See Kind."""
        return (
            Tensor("queries", ("head", "key")),
            Tensor("keys", ("head", "key")),
            Tensor("retention", ("head", "key"), "(α)"),
            Tensor("erase", ("head", "key"), "(b)"),
            Tensor("write_vectors", ("head", "width"), "(v)"),
            Tensor("write_gate", ("head", "width"), "(w)"),
            Tensor("read_vectors", ("head", "width")),
        )

    def keyframe(self, bank: BankSpec) -> tuple[Tensor, ...]:
        """See Kind."""
        return (Tensor("memory", ("head", "key", "width")),)

    def faults(self, bank: BankSpec) -> Iterator[Fault]:
        """See Kind."""
        if bank.slots is None:
            yield Fault("slots", "the number of slots of an associative memory")
        if bank.write_heads != bank.read_heads:
            yield Fault(None, "as many write heads as read heads for an associative memory")

    def slot_width(self, bank: BankSpec) -> int:
        """Of all heads."""
        return bank.read_heads * bank.width

    def state(self, bank: BankSpec, keyframe: Mapping[str, NDArray[Any]]) -> AssociativeState:
        """See Kind."""
        return AssociativeState(np.asarray(keyframe["memory"], np.float64))

    def content(self, log: BankLog, t: int) -> Floats:
        """[head, key, width]."""
        return self.state_at(log, t).memory

    def derived_shape(self, bank: BankSpec, name: str, stop: int) -> tuple[int, ...]:
        """See Kind."""
        return self.shape(bank, ("head", "key", "width"))

    def _parts(self, log: BankLog, query: Floats, t: int, head: int) -> Floats:
        k, v, a, b, w = (log.upto(name, t + 1, head) for name in LOG)
        return contributions(query, k, v, a, b, w, log.initial("memory")[head])

    def read_parts(self, log: BankLog, t: int, head: int) -> Floats:
        """See Kind."""
        return self._parts(log, log.at("queries", t)[head], t, head)

    def write_parts(self, log: BankLog, t: int, head: int) -> Floats:
        """Of `S_tᵀ k_t`."""
        return self._parts(log, log.at("keys", t)[head], t, head)

    def slot_parts(self, log: BankLog, slot: int, t: int) -> Floats:
        """One row of the key axis, of all heads side by side."""
        unit = np.eye(1, log.bank.slots or 1, slot)[0]
        return np.concatenate([self._parts(log, unit, t, head) for head in range(log.bank.read_heads)], axis=1)

    def shares_back(self, log: BankLog, head: int, first: int, reads: Floats) -> SharesBack:
        """See Kind. The carrier [read, key] is the query, turned back as the steps since have turned the keys."""
        per, stop = per_norm(reads), first + len(reads)
        [carrier] = log.span(("queries",), first, stop, head)
        carrier = np.where(per.any(axis=1, keepdims=True), carrier, 0.0)
        k, v, a, b, w = log.span(LOG, first, stop, head)
        values, own = (w * v) @ per.T, np.zeros((len(reads), len(reads)))
        for s in range(len(reads) - 1, -1, -1):  # steps that only some of the reads have seen
            match = carrier[s:] @ k[s]
            own[s:, s] = match * values[s, s:]
            carrier[s:] = (carrier[s:] - match[:, None] * (b[s] * k[s])) * a[s]
        yield first, own
        for start, (k, v, a, b, w) in log.back(LOG, first, head):
            if not carrier.any():
                return
            matches, erased = np.empty((len(k), len(reads))), b * k
            for s in range(len(k) - 1, -1, -1):
                matches[s] = match = carrier @ k[s]
                carrier = (carrier - match[:, None] * erased[s]) * a[s]
            yield start, (matches * ((w * v) @ per.T)).T
        yield -1, ((carrier @ log.initial("memory")[head]) * per).sum(1, keepdims=True)

    def _stored(self, log: BankLog, start: int, stop: int) -> Floats:
        """‖w ⊙ v‖² [step, head]: the weight of a key in the size of its write."""
        w, v = log.span(("write_gate", "write_vectors"), start, stop)
        return ((w * v) ** 2).sum(2)

    def write_norms(self, log: BankLog, start: int, stop: int) -> Floats:
        """See Kind."""
        [keys] = log.span(("keys",), start, stop)
        return np.sqrt((self._stored(log, start, stop) * (keys**2).sum(2)).sum(1))

    def held_by_slot(self, log: BankLog, s: int, t: int) -> Floats:
        """See Kind. A write is its key, weighed by what was stored under it; later steps turn and shorten the key."""
        [own], [stored] = log.span(("keys",), s, s + 1)[0], self._stored(log, s, s + 1)
        left = own.copy()
        for _, (k, a, b) in log.onward(MAP, s + 1, t + 1):
            for n in range(len(k)):
                for head in range(log.bank.read_heads):
                    left[head] = fade(left[head][:, None], k[n, head], a[n, head], b[n, head])[:, 0]
        whole = float(stored @ (own**2).sum(1))
        parts = stored @ (own * left)
        return ledger.fraction(parts, np.full(len(parts), whole))

    def held_row(self, log: BankLog, t: int) -> Floats:
        """See Kind. Backwards, with the product of the maps of the steps since: O(t · key²) a head."""
        left, whole = np.zeros(t + 1), np.zeros(t + 1)
        products = [np.eye(log.bank.slots or 1)] * log.bank.read_heads
        for start, (keys, retention, erase) in log.back(MAP, t + 1):
            stored = self._stored(log, start, start + len(keys))
            for head, product in enumerate(products):
                k, a, b = keys[:, head], retention[:, head], erase[:, head]
                for s in range(len(k) - 1, -1, -1):
                    left[start + s] += stored[s, head] * (k[s] @ product @ k[s])
                    whole[start + s] += stored[s, head] * (k[s] @ k[s])
                    product = (product - np.outer(product @ k[s], b[s] * k[s])) * a[s]
                products[head] = product
        return ledger.fraction(left, whole)

    def losses(self, log: BankLog, writes: range, stop: int) -> dict[str, Floats]:
        """See Kind. The state decays before the step writes."""
        [own] = log.span(("keys",), writes.start, writes.stop)
        along = (
            own * self._stored(log, writes.start, writes.stop)[:, :, None]
        )  # Σ along ⊙ left is what is left along the write
        lost, left = {name: np.zeros((len(writes), stop)) for name in self.mechanisms}, own.copy()
        whole = (along * own).sum((1, 2))
        for start, steps in log.onward(MAP, writes.start + 1, stop):
            for t, (k, a, b) in enumerate(zip(*steps, strict=True), start):
                n = open_writes(writes, t)
                decayed = left[:n] * a
                lost["faded"][:n, t] = (along[:n] * (left[:n] - decayed)).sum((1, 2))
                left[:n] = decayed - k * (decayed * b * k).sum(2, keepdims=True)
                lost["overwritten"][:n, t] = (along[:n] * (decayed - left[:n])).sum((1, 2))
        return ledger.of_writes(lost, whole)

    def offered_norms(self, log: BankLog, start: int, stop: int) -> Floats:
        """See Kind. A gate of this kind has no upper end: fully open is the most that it was in this run."""
        k, v = log.span(("keys", "write_vectors"), start, stop)
        gates = log.onward(("write_gate",), 0, log.steps)
        widest = np.max([np.abs(gate).max(0) for _, (gate,) in gates], axis=0)
        return np.sqrt((((widest * v) ** 2).sum(2) * (k**2).sum(2)).sum(1))

    def occupancy(self, log: BankLog, start: int, stop: int) -> Floats:
        """See Kind."""
        used, out = np.zeros(self.shape(log.bank, ("head", "key"))), np.empty(stop)
        for first, (k, a, w) in log.onward(("keys", "retention", "write_gate"), 0, stop):
            norms = (k**2).sum(2, keepdims=True)
            strength = np.minimum(1.0, np.sqrt(norms) * np.abs(w)).mean(2, keepdims=True)
            claimed = strength * np.divide(k**2, norms, out=np.zeros_like(k), where=norms > 0)
            for n in range(len(k)):
                used = a[n] * used
                used += claimed[n] * (1.0 - used)
                out[first + n] = used.mean()
        return out[start:]

    def bounds(self, bank: BankSpec) -> tuple[Bound, ...]:
        """See Kind."""
        return gates("retention")

    def rebuilt_reads(self, log: BankLog, first: int, stop: int) -> tuple[Floats, Mapping[str, Floats]]:
        """See Kind."""
        [queries] = log.span(("queries",), first, stop)
        reads: list[Floats] = []
        memory = np.empty(0)
        for t, state in self.states(log, first, stop):
            memory = state.memory
            reads.append(np.einsum("hk,hkw->hw", queries[t - first], memory))
        return np.stack(reads), {"memory": memory}

    def sums(self, log: BankLog) -> Sums:
        """See Kind."""
        memory = log.initial("memory")
        for first, stop in chunks(log.steps):
            steps, [queries] = log.span(LOG, first, stop), log.span(("queries",), first, stop)
            out = np.empty((stop - first, log.bank.read_heads, log.bank.width))
            for n, step in enumerate(zip(*steps, strict=True)):
                memory = update_association(memory, *step)
                out[n] = np.einsum("hk,hkw->hw", queries[n], memory)
            yield first, out

    def marks(self, log: BankLog, steps: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """Keys and queries, by row of the key axis of every head."""
        return log.sizes("keys", steps).reshape(len(steps), -1), log.sizes("queries", steps).reshape(len(steps), -1)


ASSOCIATIVE = Associative()
