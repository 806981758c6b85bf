"""Prove a recording from itself: does the log explain the keyframes, the reads and its own ledger?

For every model and bank

    keyframes     each keyframe is rebuilt from the one before it by 64 updates
    reads         each recorded read vector is rebuilt from the derived state (`M_tᵀ w^r`, `o ⊙ tanh(c)`, `softmax(q·k)v`,
                  `Sᵀq`, `ρ ⊙ (W h + d)`); where none is recorded, those derived from the keyframes stand in below
    share rows    the ledger of every step and read head is rebuilt from step 0 on, across all keyframes, and sums to 1

and the content hash is computed again. Errors are relative to the largest number of the tensor: models compute in
float32, this does in float64. Where contributions are larger than what they sum to (writes that cancel, a network that
expands), errors of their sums are relative to them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope import kinds
from mnemoscope.format.layout import BankSpec
from mnemoscope.format.manifest import KEYFRAME_EVERY
from mnemoscope.kinds import BankLog
from mnemoscope.kinds.ledger import Floats
from mnemoscope.reading.recording import Recording
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


@dataclass
class Worst:
    """The largest error so far and the step where it stands."""

    error: float = 0.0
    step: int | None = None
    count: int = 0

    def add(self, errors: NDArray[Any], first: int) -> None:
        """Errors [step, …] of consecutive steps; what is not a number counts as infinite."""
        if not len(errors):
            return
        self.count += len(errors)
        rows = np.nan_to_num(errors.reshape(len(errors), -1), nan=math.inf, posinf=math.inf).max(axis=1)
        at = int(rows.argmax())
        if self.step is None or rows[at] > self.error:
            self.error, self.step = float(rows[at]), first + at

    def to_json(self) -> dict[str, Any]:
        return {"count": self.count, "error": self.error if math.isfinite(self.error) else None, "step": self.step}


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

    @property
    def ok(self) -> bool:
        exact = max(self.keyframes.error, self.reads.error, self.contributions.error)
        return exact <= TOLERANCE and self.rows.error <= SHARE_TOLERANCE

    def to_json(self) -> dict[str, Any]:
        return {
            "model": self.model,
            "bank": self.bank,
            "ok": self.ok,
            "keyframes": self.keyframes.to_json(),
            "read_vectors": self.reads.to_json(),
            "share_rows": self.rows.to_json() | {"too_small_to_sum": self.small_rows},
            "contributions": self.contributions.to_json(),
        }


def verify(rec: Recording, *, progress: Callable[[int], object] | None = None) -> dict[str, Any]:
    """Check everything -> a report for JSON: "ok", "content_hash", per bank the largest errors and their steps.

    progress(n) is called with the number of chunk passes done since the last call; there are `passes(rec)` of them.
    Raises CorruptRecording when bytes cannot be read at all.
    """
    tick: Callable[[int], object] = progress or (lambda _: None)
    rec.check()
    with np.errstate(invalid="ignore", over="ignore"):  # numbers that are not finite are reported, not warned of
        found = [check_bank(rec[model], bank, tick) for model in rec for bank in rec[model].banks]
    stored, computed = rec.manifest.get("content_hash"), rec.content_hash()
    agrees = computed == stored if rec.finished else None
    missing = [f"{model} before step {step}" for model in rec for step in _missing_keyframes(rec[model])]
    return {
        "ok": all(checks.ok for checks in found) and agrees is not False and not missing,
        "steps": rec.steps,
        "status": rec.manifest["status"],
        "torn_bytes": rec.torn,
        "content_hash": {"stored": stored, "computed": computed, "agrees": agrees},
        "missing_keyframes": missing,
        "tolerance": TOLERANCE,
        "share_tolerance": SHARE_TOLERANCE,
        "banks": [checks.to_json() for checks in found],
    }


def passes(rec: Recording) -> int:
    """How much work `verify` reports to `progress`."""
    chunks = {model: -(-rec[model].steps // KEYFRAME_EVERY) for model in rec}
    return sum(chunks[model] * (1 + bank.read_heads) for model in rec for bank in rec[model].banks)


def check_bank(view: ModelView, bank: BankSpec, tick: Callable[[int], object]) -> BankChecks:
    """All checks of one bank."""
    checks, kind, log = BankChecks(view.id, bank.name), kinds.of(bank), BankLog(view, bank)
    if not view.steps or (not kind.grows and view.keyframe_bytes(0) is None):
        return checks  # verify names the missing keyframe
    recorded = view.array("read_vectors", bank.name).astype(np.float64)
    recorded = recorded[:, None] if kind.single else recorded  # [step, head, width]
    for first in range(0, view.steps, KEYFRAME_EVERY):
        stop = min(first + KEYFRAME_EVERY, view.steps)
        if not kind.grows and view.keyframe_bytes(first // KEYFRAME_EVERY) is not None:
            _check_states(checks, view, log, recorded, first, stop)
        tick(1)
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


def _relative(rebuilt: NDArray[Any], stored: NDArray[Any]) -> NDArray[Any]:
    """|difference| over the largest stored number; NaN where either is not finite."""
    with np.errstate(invalid="ignore"):
        largest = float(np.abs(stored).max(initial=0.0))
        return np.abs(rebuilt.astype(np.float64) - stored) / max(MIN_SCALE, largest)


def _missing_keyframes(view: ModelView) -> list[int]:
    """Steps whose keyframe the format promises and the file does not hold."""
    if all(kinds.of(bank).grows for bank in view.banks):
        return []
    return [k * KEYFRAME_EVERY for k in range(-(-view.steps // KEYFRAME_EVERY)) if view.keyframe_bytes(k) is None]


def describe(rec: Recording) -> dict[str, Any]:
    """What a recording holds, for people and for JSON: the manifest's facts and what was found in the file."""
    facts = {key: rec.manifest.get(key) for key in ("id", "title", "status", "created", "seed", "task", "signal")}
    models: list[dict[str, Any]] = []
    for entry, ident in zip(rec.manifest["models"], rec.models, strict=True):
        view = rec[ident]
        stored = {
            key: entry.get(key) for key in ("id", "label", "paradigm", "task", "checkpoint", "parameters", "device")
        }
        found = {
            "steps": view.steps,
            "banks": [bank.to_json() for bank in view.banks],
            "frame_bytes": entry["frame"]["bytes"],
            "keyframe_bytes": entry["keyframe"]["bytes"],
            "tensors": [
                {"name": t.name, "bank": t.bank, "axes": list(t.axes), "shape": list(t.shape)} for t in view.tensors
            ],
        }
        models.append(stored | found)
    return facts | {
        "steps": rec.steps,
        "bytes": rec.path.stat().st_size,
        "torn_bytes": rec.torn,
        "failures": rec.manifest.get("failures", []),
        "content_hash": rec.manifest.get("content_hash"),
        "models": models,
    }
