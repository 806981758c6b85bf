"""Prove a recording from itself: is it whole, and does the log explain the keyframes, the reads and its own ledger?

For every model and bank (bank_checks.py)

    keyframes     each keyframe is rebuilt from the one before it by 64 updates
    reads         each recorded read vector is rebuilt from the derived state (`M_tᵀ w^r`, `o ⊙ tanh(c)`, `softmax(q·k)v`,
                  `Sᵀq`, `ρ ⊙ (W h + d)`); where none is recorded, those derived from the keyframes stand in below
    share rows    the ledger of every step and read head is rebuilt from step 0 on, across all keyframes, and sums to 1
    weights       gates lie in 0 … 1, weightings sum to at most 1, strengths and exponents are at least 1, … (`Kind.bounds`)
    addressing    weightings do not contradict the gates and states they were made from (`Kind.address_errors`); only where the
                  recording names its weights, since another model may use the same names otherwise

and both hashes are computed again. What only the weights can tell (outputs above all) is compared by running the model again:
`mnemoscope.running.rebuild`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from mnemoscope import kinds
from mnemoscope.format.manifest import KEYFRAME_EVERY
from mnemoscope.reading.bank_checks import (
    SHARE_TOLERANCE,
    TOLERANCE,
    WEIGHT_TOLERANCE,
    check_bank,
    check_model,
)
from mnemoscope.reading.recording import Recording
from mnemoscope.reading.view import ModelView

Verdict = Literal["whole", "wrong", "incomplete"]


def verify(rec: Recording, *, progress: Callable[[int], object] | None = None) -> dict[str, Any]:
    """Check everything -> a report for JSON.

    verdict: "whole"; "wrong", where something contradicts; else "incomplete", with what is missing in words under `incomplete`. ok:
    whether it is whole. banks: per bank the largest errors and their steps. content_hash, recording_hash: {stored, computed,
    agrees}; agrees is None where there is none to compare with (no end yet; the second, in older recordings).

    progress(n) is called with the number of chunk passes done since the last call; there are `passes(rec)` of them.
    Raises CorruptRecording when bytes cannot be read at all.
    """
    tick: Callable[[int], object] = progress or (lambda _: None)
    rec.check()
    entries: list[dict[str, Any]] = rec.manifest["models"]
    named = {model: entry.get("checkpoint") is not None for model, entry in zip(rec.models, entries, strict=True)}
    with np.errstate(invalid="ignore", over="ignore"):  # numbers that are not finite are reported, not warned of
        models = {model: check_model(rec[model]) for model in rec}
        found = [
            check_bank(rec[model], bank, tick, addressed=named[model]) for model in rec for bank in rec[model].banks
        ]
    content = rec.content_hash()
    hashes = {"content_hash": content, "recording_hash": rec.recording_hash(content)}
    compared = {name: _compared(rec, name, computed) for name, computed in hashes.items()}
    missing = [f"{model} before step {step}" for model in rec for step in _missing_keyframes(rec[model])]
    sound = all(checks.ok for checks in found) and all(worst.error <= WEIGHT_TOLERANCE for worst in models.values())
    agree = all(one["agrees"] is not False for one in compared.values())
    lacking = _lacking(rec)
    verdict: Verdict = "wrong" if missing or not (sound and agree) else "incomplete" if lacking else "whole"
    return {
        "verdict": verdict,
        "ok": verdict == "whole",
        "incomplete": lacking,
        "steps": rec.steps,
        "status": rec.manifest["status"],
        "torn_bytes": rec.torn,
        **compared,
        "missing_keyframes": missing,
        "tolerance": TOLERANCE,
        "share_tolerance": SHARE_TOLERANCE,
        "weight_tolerance": WEIGHT_TOLERANCE,
        "models": [{"model": model, "weights": worst.to_json()} for model, worst in models.items()],
        "banks": [checks.to_json() for checks in found],
    }


def _compared(rec: Recording, name: str, computed: str) -> dict[str, Any]:
    """A hash as the manifest holds it beside that of what is there. One that ended without a content hash is not what it says."""
    stored = rec.manifest.get(name)
    known = rec.finished and (stored is not None or name == "content_hash")
    return {"stored": stored, "computed": computed, "agrees": computed == stored if known else None}


def _lacking(rec: Recording) -> list[str]:
    """What a whole recording would have and this one has not, in words."""
    out: list[str] = []
    if not rec.finished:
        out.append("the recording has no end")
    if rec.torn:
        out.append(f"the last {rec.torn} bytes belong to no whole block")
    elif rec.finished and not rec.closed:
        out.append("the index at its end is missing")
    if rec.manifest["status"] == "ended":
        planned = rec.manifest["steps"]
        failed = rec.failed
        short = [model for i, model in enumerate(rec.models) if i not in failed and rec[model].steps < planned]
        out += [f"{model} has {rec[model].steps} of {planned} steps" for model in short]
    return out


def contradictions(report: dict[str, Any]) -> list[str]:
    """What of a report of `verify` makes its verdict "wrong", in words."""
    out = [f"the keyframe of {missing} is missing" for missing in report["missing_keyframes"]]
    out += [
        f"{bank['bank']} of {bank['model']} does not follow from its own log"
        for bank in report["banks"]
        if not bank["ok"]
    ]
    for model in report["models"]:
        error = model["weights"]["error"]
        if error is None or error > report["weight_tolerance"]:
            out.append(f"{model['weights']['tensor']} of {model['model']} cannot be what it is said to be")
    names = {"content_hash": "the steps", "recording_hash": "manifest and keyframes"}
    out += [f"{what} have another hash" for name, what in names.items() if report[name]["agrees"] is False]
    return out


def passes(rec: Recording) -> int:
    """How much work `verify` reports to `progress`."""
    chunks = {model: -(-rec[model].steps // KEYFRAME_EVERY) for model in rec}
    return sum(chunks[model] * len(rec[model].banks) for model in rec)


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
