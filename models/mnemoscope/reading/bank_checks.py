"""The checks of one bank of one model: keyframes, reads, share rows, and what its weights must satisfy (verify.py).

Errors of keyframes, reads and contributions are relative to the largest number of the tensor: models compute in float32, this
does in float64. Where contributions are larger than what they sum to (writes that cancel, a network that expands), errors of
their sums beyond the tolerance are relative to them. Errors of weights are absolute.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope import kinds
from mnemoscope.format.layout import BankSpec
from mnemoscope.format.manifest import KEYFRAME_EVERY
from mnemoscope.kinds import BankLog
from mnemoscope.kinds.base import STRETCH, chunks
from mnemoscope.kinds.bounds import ONE, Bound
from mnemoscope.kinds.ledger import Floats
from mnemoscope.reading.view import ModelView

TOLERANCE = 1e-4
"""Largest relative error of a keyframe or read vector: float32 over 64 updates stays a hundred times below."""

SHARE_TOLERANCE = 1e-3
"""Largest distance of the sum of a share row from 1."""

MIN_SCALE = 1e-3
"""Errors of tensors smaller than this are relative to it: rounding of what was added and taken away again."""

SMALL_READ = 1e-2
"""Below this part of the largest read vector of a head, float32 rounding makes a sum of shares meaningless; such rows
are rebuilt and counted, but only their contributions are compared with what was read."""

WEIGHT_TOLERANCE = 1e-4
"""How far weights and gates may lie outside their bounds, or contradict their addressing: rounding in float32 stays far below."""

MODEL_BOUNDS = (Bound("mask", whole=True), Bound("halting_weights", total=ONE))
"""Of what belongs to the whole model."""


@dataclass
class Worst:
    """The largest error so far, the step where it stands, and the tensor where there are several."""

    error: float = 0.0
    step: int | None = None
    count: int = 0
    tensor: str | None = None

    def add(self, errors: NDArray[Any], first: int, tensor: str | None = None) -> None:
        """Errors [step, …] of consecutive steps; what is not a number counts as infinite."""
        if not len(errors):
            return
        self.count += len(errors)
        rows = np.nan_to_num(errors.reshape(len(errors), -1), nan=math.inf, posinf=math.inf).max(axis=1)
        at = int(rows.argmax())
        if self.step is None or rows[at] > self.error:
            self.error, self.step, self.tensor = float(rows[at]), first + at, tensor

    def merge(self, other: Worst) -> None:
        """Take in what was found elsewhere; of equal errors that of here."""
        self.count += other.count
        if other.step is not None and (self.step is None or other.error > self.error):
            self.error, self.step, self.tensor = other.error, other.step, other.tensor

    def to_json(self) -> dict[str, Any]:
        out = {"count": self.count, "error": self.error if math.isfinite(self.error) else None, "step": self.step}
        return out if self.tensor is None else out | {"tensor": self.tensor}


@dataclass
class BankChecks:
    """What was found for one bank of one model."""

    model: str
    bank: str
    keyframes: Worst = field(default_factory=Worst)
    reads: Worst = field(default_factory=Worst)
    rows: Worst = field(default_factory=Worst)
    contributions: Worst = field(default_factory=Worst)
    small_rows: int = 0
    weights: Worst = field(default_factory=Worst)
    addressing: Worst = field(default_factory=Worst)

    @property
    def ok(self) -> bool:
        exact = max(self.keyframes.error, self.reads.error, self.contributions.error)
        weighed = max(self.weights.error, self.addressing.error)
        return exact <= TOLERANCE and self.rows.error <= SHARE_TOLERANCE and weighed <= WEIGHT_TOLERANCE

    def to_json(self) -> dict[str, Any]:
        return {
            "model": self.model,
            "bank": self.bank,
            "ok": self.ok,
            "keyframes": self.keyframes.to_json(),
            "read_vectors": self.reads.to_json(),
            "share_rows": self.rows.to_json() | {"too_small_to_sum": self.small_rows},
            "contributions": self.contributions.to_json(),
            "weights": self.weights.to_json(),
            "addressing": self.addressing.to_json() if self.addressing.count else None,
        }


def check_model(view: ModelView) -> Worst:
    """What belongs to no bank against its bounds."""
    out = Worst()
    for bound in MODEL_BOUNDS:
        found = Worst()
        for first in range(0, view.steps if (None, bound.tensor) in view else 0, STRETCH):
            array = view.array(bound.tensor, start=first, stop=min(first + STRETCH, view.steps))
            found.add(bound.excess(array), first, bound.tensor)
        out.merge(found)
    return out


def check_bank(view: ModelView, bank: BankSpec, tick: Callable[[int], object], *, addressed: bool = True) -> BankChecks:
    """All checks of one bank, chunk by chunk; addressed: also whether its weightings follow from the gates of their model.

    In memory at a time: a chunk, the state of the bank, and some numbers a step and head. Of attention, whose memory is its log, also
    the keys and values of all steps.
    """
    checks, kind, log = BankChecks(view.id, bank.name), kinds.of(bank), BankLog(view, bank)
    if not view.steps or (not kind.grows and view.keyframe_bytes(0) is None):
        return checks  # verify names the missing keyframe
    bounds = _Bounds(view, bank, kind.bounds(bank))
    heads = [_Rows(log, head) for head in range(bank.read_heads)]
    for first, totals in kind.sums(log):
        stop = first + len(totals)
        reads = None
        if not kind.grows and view.keyframe_bytes(first // KEYFRAME_EVERY) is not None:
            reads = _check_states(checks, view, log, first, stop)
            errors = kind.address_errors(log, first, stop) if addressed else None
            checks.addressing.add(np.zeros(0) if errors is None else errors, first)
        bounds.add(first, stop)
        recorded = _recorded(view, log, reads, first, stop)
        for rows in heads:
            rows.add(first, totals[:, rows.head], recorded[:, rows.head])
        tick(1)
    checks.weights = bounds.worst()
    for rows in heads:
        rows.judge(checks)
    if kind.grows:  # its contributions are the attention read itself
        checks.reads = checks.contributions
    return checks


def _recorded(view: ModelView, log: BankLog, reads: Floats | None, first: int, stop: int) -> Floats:
    """What was read, [step, head, width]: as recorded, or derived from the keyframe before (`reads`, where that is done already)."""
    name = log.bank.name
    if reads is None or view.recorded("read_vectors", name):
        recorded = view.array("read_vectors", name, start=first, stop=stop).astype(np.float64)
        return recorded[:, None] if kinds.of(log.bank).single else recorded
    return reads.astype(np.float32).astype(np.float64)


def _check_states(checks: BankChecks, view: ModelView, log: BankLog, first: int, stop: int) -> Floats:
    """Rebuild the reads of one chunk, which are returned, and the keyframe that follows it."""
    bank = log.bank
    reads, rebuilt = kinds.of(bank).rebuilt_reads(log, first, stop)
    if view.recorded("read_vectors", bank.name):
        checks.reads.add(_relative(reads, _recorded(view, log, None, first, stop)), first)
    if stop % KEYFRAME_EVERY == 0 and view.keyframe_bytes(stop // KEYFRAME_EVERY) is not None:
        keyframe = view.keyframe(stop // KEYFRAME_EVERY, bank.name)
        pairs = [(rebuilt[name], stored) for name, stored in keyframe.items() if name in rebuilt]
        errors = [float(np.max(_relative(made, stored))) for made, stored in pairs]
        checks.keyframes.add(np.array([[math.inf if math.isnan(e) else e for e in errors]]), stop)
    return reads


class _Bounds:
    """What was recorded and what stands in keyframes against the bounds of the kind; the step is that after the keyframe."""

    def __init__(self, view: ModelView, bank: BankSpec, bounds: Iterable[Bound]) -> None:
        self._view, self._bank = view, bank
        self._bounds = tuple((bound, Worst(), Worst()) for bound in bounds)
        self._framed = [bound.tensor for bound, _, _ in self._bounds if (bank.name, bound.tensor) in view]

    def add(self, first: int, stop: int) -> None:
        """Take in one chunk and the keyframe before it."""
        view, k = self._view, first // KEYFRAME_EVERY
        frames = view.frames(self._bank, self._framed, first, stop)
        keyframe = {} if view.keyframe_bytes(k) is None else view.keyframe(k, self._bank.name)
        for bound, of_frames, of_keyframes in self._bounds:
            if bound.tensor in frames:
                of_frames.add(bound.excess(frames[bound.tensor]), first, bound.tensor)
            if bound.tensor in keyframe:
                of_keyframes.add(bound.excess(keyframe[bound.tensor][None]), first, bound.tensor)

    def worst(self) -> Worst:
        """Of all bounds; of equal errors that of the first bound, in frames before keyframes."""
        out = Worst()
        for _, of_frames, of_keyframes in self._bounds:
            out.merge(of_frames)
            out.merge(of_keyframes)
        return out


class _Rows:
    """The share rows of one head: what the contributions of every step sum to, against 1 and against what was read."""

    def __init__(self, log: BankLog, head: int) -> None:
        self.head = head
        self._log, self._kind = log, kinds.of(log.bank)
        self._norms, self._off, self._apart = np.empty(log.steps), np.empty(log.steps), np.empty(log.steps)
        self._largest: dict[int, Floats] = {}

    def add(self, first: int, totals: Floats, recorded: Floats) -> None:
        """Take in one chunk: sums of the contributions, and what was read, [step, width]."""
        part = slice(first, first + len(totals))
        power = np.einsum("tw,tw->t", recorded, recorded)
        read = power > 0.0
        sums = np.divide(np.einsum("tw,tw->t", totals, recorded), power, out=np.zeros(len(power)), where=read)
        self._norms[part], self._off[part] = np.linalg.norm(recorded, axis=1), np.abs(sums - 1)
        self._apart[part] = _relative(totals, recorded).max(axis=1)

    def judge(self, checks: BankChecks) -> None:
        """Add what was found to the checks of the bank."""
        largest = self._norms.max()
        small = self._norms <= SMALL_READ * largest
        off = np.where(small, 0.0, self._off)
        checks.rows.add(self._beside(off, SHARE_TOLERANCE, np.ones(len(small))), 0)
        checks.contributions.add(self._beside(self._apart, TOLERANCE, self._norms / max(MIN_SCALE, largest)), 0)
        for first, stop in chunks(len(small)):
            checks.small_rows += int((small[first:stop] & self._kind.reading(self._log, first, stop)).sum())

    def _beside(self, errors: Floats, tolerance: float, scale: Floats) -> Floats:
        """Errors beyond the tolerance over the largest contribution, where that is larger than what was read, by `scale`.

        Only as far as it takes to know the largest: chunks go by their errors as they are, which none exceeds.
        """
        out = np.nan_to_num(errors, nan=math.inf, posinf=math.inf)
        large = np.isfinite(out) & (out > tolerance)
        if not np.isfinite(out).all():
            return out
        found = np.where(large, 0.0, out)
        most = {first: float(out[first:stop].max()) for first, stop in chunks(len(out)) if large[first:stop].any()}
        for first in sorted(most, key=lambda first: (-most[first], first)):
            if most[first] <= found.max():
                break
            part = slice(first, first + KEYFRAME_EVERY)
            swell = np.maximum(1.0, np.maximum(1.0, self._largest_of(first)) * scale[part])
            found[part] = np.where(large[part], out[part] / swell, out[part])
        return found

    def _largest_of(self, first: int) -> Floats:
        """The largest |share| of each step of the chunk."""
        if first not in self._largest:
            stop = min(first + KEYFRAME_EVERY, self._log.steps)
            reads = self._log.source.array("read_vectors", self._log.bank.name, start=first, stop=stop)
            reads = reads if self._kind.single else reads[:, self.head]
            self._largest[first] = self._kind.largest_shares(self._log, self.head, first, reads.astype(np.float64))
        return self._largest[first]


def _relative(rebuilt: NDArray[Any], stored: NDArray[Any]) -> NDArray[Any]:
    """|difference| over the largest stored number; NaN where either is not finite."""
    with np.errstate(invalid="ignore"):
        largest = float(np.abs(stored).max(initial=0.0))
        return np.abs(rebuilt.astype(np.float64) - stored) / max(MIN_SCALE, largest)
