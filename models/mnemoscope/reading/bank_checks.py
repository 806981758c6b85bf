"""The checks of one bank of one model: keyframes, reads, share rows, and what its weights must satisfy (verify.py).

Errors of keyframes, reads and contributions are relative to the largest number of the tensor: models compute in float32, this
does in float64. Where contributions are larger than what they sum to (writes that cancel, a network that expands), errors of
their sums are relative to them. Errors of weights are absolute.
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
        if (None, bound.tensor) in view:
            out.add(bound.excess(view.array(bound.tensor)), 0, bound.tensor)
    return out


def check_bank(view: ModelView, bank: BankSpec, tick: Callable[[int], object], *, addressed: bool = True) -> BankChecks:
    """All checks of one bank; addressed: also whether its weightings follow from the gates of their model."""
    checks, kind, log = BankChecks(view.id, bank.name), kinds.of(bank), BankLog(view, bank)
    if not view.steps or (not kind.grows and view.keyframe_bytes(0) is None):
        return checks  # verify names the missing keyframe
    recorded = view.array("read_vectors", bank.name).astype(np.float64)
    recorded = recorded[:, None] if kind.single else recorded  # [step, head, width]
    for first in range(0, view.steps, KEYFRAME_EVERY):
        stop = min(first + KEYFRAME_EVERY, view.steps)
        if not kind.grows and view.keyframe_bytes(first // KEYFRAME_EVERY) is not None:
            _check_states(checks, view, log, recorded, first, stop)
            errors = kind.address_errors(log, first, stop) if addressed else None
            checks.addressing.add(np.zeros(0) if errors is None else errors, first)
        tick(1)
    _check_bounds(checks.weights, view, bank, kind.bounds(bank))
    read = kind.reading(log)
    for head in range(bank.read_heads):
        norms = np.linalg.norm(recorded[:, head], axis=1)
        for first, shares, totals in kind.rows(log, head, recorded[:, head]):
            last = first + len(shares)
            small = norms[first:last] <= SMALL_READ * norms.max()
            swell = np.maximum(1.0, np.abs(shares).max(axis=1))  # the largest contribution, by what was read
            checks.rows.add(np.where(small, 0.0, np.abs(shares.sum(1) - 1) / swell), first)
            swell = np.maximum(1.0, swell * norms[first:last] / max(MIN_SCALE, norms.max()))  # by the largest read
            checks.contributions.add(_relative(totals, recorded[first:last, head]) / swell[:, None], first)
            checks.small_rows += int((small & read[first:last]).sum())
            if kind.grows:  # its contributions are the attention read itself
                checks.reads = checks.contributions
            tick(1)
    return checks


def _check_states(checks: BankChecks, view: ModelView, log: BankLog, recorded: Floats, first: int, stop: int) -> None:
    """Rebuild the reads of one chunk, and the keyframe that follows it."""
    bank = log.bank
    reads, rebuilt = kinds.of(bank).rebuilt_reads(log, first, stop)
    if view.recorded("read_vectors", bank.name):
        checks.reads.add(_relative(reads, recorded[first:stop]), first)
    if stop % KEYFRAME_EVERY or view.keyframe_bytes(stop // KEYFRAME_EVERY) is None:
        return
    keyframe = view.keyframe(stop // KEYFRAME_EVERY, bank.name)
    errors = [float(np.max(_relative(rebuilt[name], stored))) for name, stored in keyframe.items() if name in rebuilt]
    checks.keyframes.add(np.array([[math.inf if math.isnan(e) else e for e in errors]]), stop)


def _check_bounds(worst: Worst, view: ModelView, bank: BankSpec, bounds: Iterable[Bound]) -> None:
    """What was recorded and what stands in keyframes against the bounds of the kind; the step is that after the keyframe."""
    kept = [k for k in range(-(-view.steps // KEYFRAME_EVERY)) if view.keyframe_bytes(k) is not None]
    keyframes = {k: view.keyframe(k, bank.name) for k in kept}
    for bound in bounds:
        if (bank.name, bound.tensor) in view:
            worst.add(bound.excess(view.array(bound.tensor, bank.name)), 0, bound.tensor)
        for k, keyframe in keyframes.items():
            if bound.tensor in keyframe:
                worst.add(bound.excess(keyframe[bound.tensor][None]), k * KEYFRAME_EVERY, bound.tensor)


def _relative(rebuilt: NDArray[Any], stored: NDArray[Any]) -> NDArray[Any]:
    """|difference| over the largest stored number; NaN where either is not finite."""
    with np.errstate(invalid="ignore"):
        largest = float(np.abs(stored).max(initial=0.0))
        return np.abs(rebuilt.astype(np.float64) - stored) / max(MIN_SCALE, largest)
