"""Write-once memories: every step appends a slot of keys and values, and reads by attention (Transformers).

    q queries, k keys, v values [head, width]     m slope of the distance, per head     t step of the read, s of a write

The log is the memory: there is no state and no keyframe. Sources: Vaswani et al. 2017 (arXiv 1706.03762 eq. 1), Press et al. 2022
(distance in the score, arXiv 2108.12409).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import RecordingError
from mnemoscope.format.layout import BankSpec
from mnemoscope.kinds.base import (
    STRETCH,
    BankLog,
    BankState,
    Fault,
    Kind,
    SharesBack,
    Sums,
    Tensor,
    Variant,
    chunks,
    per_norm,
)
from mnemoscope.kinds.bounds import Bound
from mnemoscope.kinds.ledger import Floats

SLOTS = ("keys", "values")
"""What a step appends."""
GATES = ("write_gate", "read_gate")
"""Of a gated bank."""
ONE_THREAD = 1 << 18
"""Multiplications of a product up to which OpenBLAS stays on one thread (its interface/gemm.c)."""


def attention_row(
    query: Floats, keys: Floats, *, bias_slope: float = 0.0, written: NDArray[np.bool_] | None = None
) -> Floats:
    """`softmax_{s ≤ t}(q · k_s / √d − m (t − s))`: query [width], keys of the steps so far [step, width] -> weights [step].

    bias_slope m is 0 but for ALiBi. written [step]: which steps made a slot, by default all; the others weigh 0, and where
    nothing was written there is nothing to read: all zero.
    """
    scores = keys @ query / math.sqrt(keys.shape[1])
    if bias_slope:
        scores -= bias_slope * np.arange(len(keys) - 1, -1, -1)
    if written is not None:
        if not written.any():
            return np.zeros(len(keys))
        scores[~written] = -math.inf
    weights = np.exp(scores - scores.max())
    return weights / weights.sum()


def contributions(weights: Floats, values: Floats) -> Floats:
    """Contributions [S + 1, W] of a write-once memory: attention weights [S] times values [S, W]; initially it is empty."""
    return np.concatenate([np.zeros((1, values.shape[1])), weights[:, None] * values])


def product(rows: Floats, columns: Floats) -> Floats:
    """Rows [N, W] @ columns [W, M], some rows at a time, which BLAS multiplies on one thread.

    On several it waits for the slowest in every product, and spins while it waits: products as small as these took up to
    eighteen times the processor time on a machine that had something else to do.
    """
    (n, width), m = rows.shape, columns.shape[1]
    at_once = max(1, min(n, ONE_THREAD // (width * m)))
    whole = n - n % at_once
    out = np.empty((n, m))
    out[:whole] = (rows[:whole].reshape(-1, at_once, width) @ columns).reshape(whole, m)
    out[whole:] = rows[whole:] @ columns
    return out


class Append(Kind[BankState]):
    """See the module. With `gated`, each step says whether it made a slot and whether it read; `bias_slopes` as in ALiBi."""

    name = "append"
    about = "an attention layer's keys and values, never modified"
    options = ("gated", "bias_slopes")
    derivable = ("attention",)
    grows = True
    last_by_default = True
    variants = (
        Variant(
            "`append` (attention layer)",
            {},
            "slot t := (k_t, v_t), one-hot, never modified; `r^h = Σ_s softmax_s≤t(q^h·k_s^h/√d − m_h (t − s)) v_s^h`, "
            "m = `bias_slopes` (ALiBi) or 0. Rotary positions are in the keys and queries as they stand",
        ),
        Variant(
            '`append` with `"gated": true` (encoder-decoder)',
            {"gated": True},
            "the same, but step s made a slot only if its `write_gate` is 1, and step t reads only if its `read_gate` is 1 "
            "(else its row and `read_vectors` are 0); the softmax runs over s ≤ t with `write_gate` 1",
            "each gate 0 or 1; tensors not used at a step are 0",
        ),
    )
    held_rule = "A = v of all heads, where the step made a slot; D = 1"
    loss_rule = "nothing is lost"
    occupancy_rule = "slots made so far, of the steps that the run is planned to have"

    def frame(self, bank: BankSpec) -> tuple[Tensor, ...]:
        """See Kind."""
        names = ("queries", "keys", "values", "read_vectors")
        tensors = tuple(Tensor(name, ("head", "width")) for name in names)
        gates = tuple(Tensor(name, ("gate",)) for name in GATES)
        return (*tensors, *gates) if bank.gated else tensors

    def keyframe(self, bank: BankSpec) -> tuple[Tensor, ...]:
        """See Kind."""
        return ()

    def faults(self, bank: BankSpec) -> Iterator[Fault]:
        """See Kind."""
        if bank.slots is not None or bank.write_heads != bank.read_heads:
            yield Fault(None, "slots null and as many write heads as read heads for an attention memory")
        if bank.bias_slopes is not None and len(bank.bias_slopes) != bank.read_heads:
            yield Fault("bias_slopes", "one slope per head")

    def slot_width(self, bank: BankSpec) -> int:
        """Of all heads."""
        return bank.read_heads * bank.width

    def state(self, bank: BankSpec, keyframe: Mapping[str, NDArray[Any]]) -> NoReturn:
        """There is none."""
        raise RecordingError(f"Bank {bank.name} is write-once: its log is its memory, it has no state.")

    def states(self, log: BankLog, start: int, stop: int) -> NoReturn:
        """There are none."""
        self.state(log.bank, {})

    def written(self, log: BankLog, stop: int) -> NDArray[np.bool_] | None:
        """Which steps made a slot of a gated bank; None where all did."""
        return log.upto("write_gate", stop)[:, 0] > 0 if log.bank.gated else None

    def content(self, log: BankLog, t: int) -> Floats:
        """The values [t + 1, head, width], slot s being step s; zero where a gated bank wrote nothing."""
        values, written = log.upto("values", t + 1), self.written(log, t + 1)
        return values if written is None else values * written[:, None, None]

    def derived_shape(self, bank: BankSpec, name: str, stop: int) -> tuple[int, ...]:
        """See Kind."""
        return (bank.read_heads, stop)

    def derive(self, log: BankLog, name: str, start: int, out: NDArray[np.float32]) -> None:
        """See Kind."""
        for t in range(start, start + len(out)):
            for head in range(log.bank.read_heads):
                out[t - start, head, : t + 1] = self.attention(log, t, head)

    def attention(self, log: BankLog, t: int, head: int) -> Floats:
        """All zero at a step that read nothing, zero where nothing was written."""
        if log.bank.gated and not log.at("read_gate", t)[0] > 0:
            return np.zeros(t + 1)
        slope = log.bank.bias_slopes[head] if log.bank.bias_slopes else 0.0
        keys = log.upto("keys", t + 1, head)
        return attention_row(log.at("queries", t)[head], keys, bias_slope=slope, written=self.written(log, t + 1))

    def read_parts(self, log: BankLog, t: int, head: int) -> Floats:
        """See Kind."""
        return contributions(self.attention(log, t, head), log.upto("values", t + 1, head))

    def write_parts(self, log: BankLog, t: int, head: int) -> Floats:
        """Of the value just written."""
        row, written = np.eye(1, t + 1, t)[0], self.written(log, t + 1)
        return contributions(row if written is None else row * written, log.upto("values", t + 1, head))

    def shares_back(self, log: BankLog, head: int, first: int, reads: Floats) -> SharesBack:
        """See Kind. The scores of all steps so far are held, [read, step]."""
        per, stop = per_norm(reads), first + len(reads)
        scores, along = np.empty((len(reads), stop)), np.empty((len(reads), stop))
        queries, gates = self._asking(log, head, first, stop)
        for start, (keys, values) in log.back(SLOTS, stop, head):
            part = slice(start, start + len(keys))
            scores[:, part] = self._scores(log, head, first, queries, start, keys)
            along[:, part] = product(per, values.T)
        scores[~gates] = -math.inf
        highest = scores.max(axis=1, keepdims=True)
        highest[np.isneginf(highest)] = 0.0
        np.exp(scores - highest, out=scores)
        total = scores.sum(axis=1, keepdims=True)
        yield 0, scores / np.where(total == 0.0, 1.0, total) * along
        yield -1, np.zeros((len(reads), 1))

    def slot_parts(self, log: BankLog, slot: int, t: int) -> Floats:
        """The values of all heads side by side."""
        out = np.zeros((t + 2, log.bank.read_heads * log.bank.width))
        out[slot + 1] = self.content(log, t)[slot].ravel()
        return out

    def slot_shares(self, log: BankLog, slot: int, t: int, unit: int | None = None) -> Floats:
        """See Kind. A slot is what its own step wrote, however small."""
        if unit is not None:
            return super().slot_shares(log, slot, t, unit)
        written = self.written(log, t + 1)
        return np.eye(1, t + 2, slot + 1)[0] * (written is None or bool(written[slot]))

    def write_norms(self, log: BankLog, start: int, stop: int) -> Floats:
        """See Kind."""
        norms = self.offered_norms(log, start, stop)
        if log.bank.gated:
            norms[~self._made(log, start, stop)] = 0.0
        return norms

    def held_by_slot(self, log: BankLog, s: int, t: int) -> Floats:
        """See Kind."""
        return np.eye(1, t + 1, s)[0] * self.held_row(log, t)

    def held_row(self, log: BankLog, t: int) -> Floats:
        """See Kind."""
        written = self.written(log, t + 1)
        return np.ones(t + 1) if written is None else written.astype(np.float64)

    def losses(self, log: BankLog, writes: range, stop: int) -> dict[str, Floats]:
        """See Kind."""
        return {}

    def offered_norms(self, log: BankLog, start: int, stop: int) -> Floats:
        """See Kind. The values, whether or not the step made a slot."""
        return np.linalg.norm(log.span(SLOTS[1:], start, stop)[0].reshape(stop - start, -1), axis=1)

    def occupancy(self, log: BankLog, start: int, stop: int) -> Floats:
        """See Kind."""
        written, steps = self.written(log, stop), np.arange(1, stop + 1)
        made = steps if written is None else np.cumsum(written)
        return (made / np.maximum(log.source.planned, steps))[start:]

    def bounds(self, bank: BankSpec) -> tuple[Bound, ...]:
        """See Kind."""
        return (Bound("write_gate", whole=True), Bound("read_gate", whole=True))

    def rebuilt_reads(self, log: BankLog, first: int, stop: int) -> NoReturn:
        """There is no state to read from: the contributions of `rows` are the reads."""
        self.state(log.bank, {})

    def sums(self, log: BankLog) -> Sums:
        """See Kind. Every step looks at all before it, a stretch at a time: keys and values are held, as recorded."""
        shape, heads = (log.bank.read_heads, log.bank.width), range(log.bank.read_heads)
        keys, values = (log.source.array(name, log.bank.name) for name in SLOTS)
        for first, stop in chunks(log.steps):
            out = np.empty((stop - first, *shape))
            for head in heads:
                queries, gates = self._asking(log, head, first, stop)
                highest, total = np.full(stop - first, -math.inf), np.zeros(stop - first)
                read = np.zeros((stop - first, log.bank.width))
                for start in range(0, stop, STRETCH):
                    part = slice(start, min(start + STRETCH, stop))
                    scores = self._scores(log, head, first, queries, start, keys[part, head].astype(np.float64))
                    higher = np.maximum(highest, scores.max(axis=1))
                    level = np.where(np.isneginf(higher), 0.0, higher)
                    scores -= level[:, None]
                    weights, before = np.exp(scores, out=scores), np.exp(highest - level)
                    total = total * before + weights.sum(axis=1)
                    read = read * before[:, None] + product(weights, values[part, head].astype(np.float64))
                    highest = higher
                seen = gates & ~np.isneginf(highest)
                out[:, head] = np.where(seen[:, None], read / np.where(seen, total, 1.0)[:, None], 0.0)
            yield first, out

    def _asking(self, log: BankLog, head: int, first: int, stop: int) -> tuple[Floats, NDArray[np.bool_]]:
        """Queries of steps first … stop − 1, and which of these read."""
        return log.span(("queries",), first, stop, head)[0], self.reading(log, first, stop)

    def _scores(self, log: BankLog, head: int, first: int, queries: Floats, start: int, keys: Floats) -> Floats:
        """Scores [read, key] of the queries of steps `first` … over the keys of steps `start` …, −∞ where there is no slot to see."""
        scores = product(queries / math.sqrt(log.bank.width), keys.T)
        slope = log.bank.bias_slopes[head] if log.bank.bias_slopes else 0.0
        if not slope and not log.bank.gated and start + len(keys) <= first:
            return scores
        distance = np.arange(first, first + len(queries))[:, None] - np.arange(start, start + len(keys))
        scores -= slope * distance
        if log.bank.gated:
            scores[:, ~self._made(log, start, start + len(keys))] = -math.inf
        scores[distance < 0] = -math.inf
        return scores

    def _made(self, log: BankLog, first: int, stop: int) -> NDArray[np.bool_]:
        """Which of some steps of a gated bank made a slot."""
        return log.span(GATES[:1], first, stop)[0][:, 0] > 0

    def reading(self, log: BankLog, first: int, stop: int) -> NDArray[np.bool_]:
        """See Kind."""
        return log.span(GATES[1:], first, stop)[0][:, 0] > 0 if log.bank.gated else super().reading(log, first, stop)

    def marks(self, log: BankLog, steps: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """A step writes its own slot; it reads those that attention puts its weight on, the most of any head."""
        stop = int(steps[-1]) + 1
        writes, reads = np.zeros((len(steps), stop)), np.zeros((len(steps), stop))
        writes[np.arange(len(steps)), steps] = self.held_row(log, stop - 1)[steps]
        for row, t in zip(reads, steps.tolist(), strict=True):
            for head in range(log.bank.read_heads):
                row[: t + 1] = np.maximum(row[: t + 1], self.attention(log, t, head))
        return writes, np.nan_to_num(reads)


APPEND = Append()
