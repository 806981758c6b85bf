"""What `mnemoscope verify` found, as lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

AGREES = {True: "agrees", False: "DOES NOT AGREE"}
CHECKS = (("keyframes", "keyframes"), ("reads", "read_vectors"), ("share rows", "share_rows"))


def report_lines(report: dict[str, Any]) -> Iterator[str]:
    """A line a bank, a model run again, and a hash; what is missing; last the verdict."""
    if "error" in report:
        yield report["error"]
        yield report["verdict"]
        return
    for bank in report["banks"]:
        found = "; ".join(f"{label} {bank[key]['count']}, error {_error(bank[key])}" for label, key in CHECKS)
        outside = max((bank[key] for key in ("weights", "addressing") if bank[key]), key=_size)
        if _size(outside) > report["weight_tolerance"]:
            found += f"; {outside.get('tensor', 'weightings')} out by {_error(outside)}"
        yield f"{_mark(bank['ok'])} {bank['model']} {bank['bank']}: {found}"
    for model in report["models"]:
        if _size(model["weights"]) > report["weight_tolerance"]:
            yield f"NOT {model['model']}: {model['weights']['tensor']} out by {_error(model['weights'])}"
    for model in report.get("rebuilt", []):
        yield f"{_mark(model['ok'])} {model['model']} run again with {model['checkpoint']}: {_run_again(model)}"
    no_end = "not yet written: the recording has no end"
    older = (
        no_end if report["status"] == "running" else "not recorded: manifest and keyframes are not covered by a hash"
    )
    yield f"content hash {AGREES.get(report['content_hash']['agrees'], no_end)}"
    yield f"recording hash {AGREES.get(report['recording_hash']['agrees'], older)}"
    for missing in report["missing_keyframes"]:
        yield f"MISSING keyframe of {missing}"
    for missing in report["incomplete"]:
        yield f"MISSING {missing}"
    yield report["verdict"]


def _mark(ok: bool) -> str:
    return "ok " if ok else "NOT"


def _run_again(model: dict[str, Any]) -> str:
    names = ("outputs", "frames", "keyframes")
    said = "; ".join(f"{name} error {_error(model[name])}{_tensor(model[name])}" for name in names)
    for key in model["contradicted"]:
        said += f"; its {key} is not that of the checkpoint"
    said += "; by the step of an earlier version" if model["earlier"] else ""
    return said + ("; slots are numbered otherwise" if model["renumbered"] else "")


def _tensor(found: dict[str, Any]) -> str:
    return f" in {found['tensor']}" if found["error"] != 0 and found.get("tensor", "outputs") != "outputs" else ""


def _size(found: dict[str, Any]) -> float:
    """The error; infinite where it is not finite, which JSON has no number for."""
    return float("inf") if found["error"] is None else found["error"]


def _error(found: dict[str, Any]) -> str:
    if found["error"] is None:
        return f"not finite at step {found['step']}"
    return f"{found['error']:.1e}" + ("" if found["step"] is None else f" at step {found['step']}")
