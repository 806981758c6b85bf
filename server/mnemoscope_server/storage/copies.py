"""Copies of recordings that are made to be shared: a range of whole chunks, with or without the facts of the signal.

A copy is a recording of its own. Nothing that happens to the original changes it, and it does not say which one that was:
an id is what opens a recording.
"""

import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from mnemoscope import kinds
from mnemoscope.errors import RecordingError
from mnemoscope.format.layout import BESIDE, DTYPE, FrameLayout, without
from mnemoscope.format.manifest import KEYFRAME_EVERY
from mnemoscope.reading.recording import Recording, RecordingWriter
from mnemoscope_server.errors import NotPossible
from mnemoscope_server.storage.index import timestamp

BARE = (
    "format",
    "version",
    "id",
    "title",
    "created",
    "status",
    "steps",
    "keyframe_every",
    "task",
    "models",
    "failures",
)
"""What a manifest keeps when the facts of its signal are left out; what a later version adds may be one of them."""

BESIDE_KEY = (None, BESIDE)

FROM_THE_START = "attention reads all steps before it, so the copy begins at step 0"


def expiry(expires: datetime | None) -> str | None:
    """When a recording goes, as the store writes it. Raises NotPossible for a moment that is past."""
    if expires is None:
        return None
    if expires <= datetime.now(UTC):
        raise NotPossible(
            "past", f"the recording would have to expire at {timestamp(expires)}, which is past", "Choose a later time."
        )
    return timestamp(expires)


@dataclass(frozen=True)
class StepRange:
    """Whole chunks of a recording: steps `first … stop` (stop excluded) of the original."""

    first: int
    stop: int
    note: str | None
    """Why it is more than was asked for, beyond whole chunks."""


def step_range(source: Recording, first: int, stop: int | None) -> StepRange:
    """The chunks around steps first … stop − 1. Raises RecordingError where there are no such steps."""
    steps = source.steps
    stop = steps if stop is None else stop
    if not 0 <= first < stop <= steps:
        raise RecordingError(f"wanted steps inside 0 … {steps}, first before stop; got {first} … {stop}")
    begin = first - first % KEYFRAME_EVERY
    end = min(steps, -(-stop // KEYFRAME_EVERY) * KEYFRAME_EVERY)
    if begin and any(kinds.of(bank).grows for model in source for bank in source[model].banks):
        return StepRange(0, end, FROM_THE_START)
    return StepRange(begin, end, None)


def copy_of(
    source: Recording,
    target: Path,
    *,
    identity: str,
    wanted: StepRange,
    strip_signal: bool,
    title: str | None,
    sharing: dict[str, Any],
) -> None:
    """Write the copy; `target` must not exist, and is gone again when it fails. Raises RecordingError."""
    manifest: dict[str, Any] = _manifest(source, wanted, strip_signal) | {"id": identity, "sharing": sharing}
    if title is not None:
        manifest["title"] = title
    try:
        with RecordingWriter(target, manifest | {"status": "running"}) as writer:
            for chunk in range(wanted.first // KEYFRAME_EVERY, -(-wanted.stop // KEYFRAME_EVERY)):
                _chunk(source, writer, chunk, wanted, strip_signal)
            writer.finish(manifest["status"], steps=wanted.stop - wanted.first)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _chunk(source: Recording, writer: RecordingWriter, chunk: int, wanted: StepRange, strip_signal: bool) -> None:
    start = chunk * KEYFRAME_EVERY
    for stream, model in enumerate(source):
        count = min(source.steps_of(stream), wanted.stop, start + KEYFRAME_EVERY) - start
        if count <= 0:  # this model had failed by then
            continue
        keyframe = source.keyframe_bytes(stream, chunk)
        if keyframe is None and source.manifest["models"][stream]["keyframe"]["bytes"]:
            raise RecordingError(f"model {model} has no keyframe before step {start}; copy another range of steps")
        if keyframe is not None:
            writer.keyframe(stream, start - wanted.first, keyframe)
        payload = source.frame_bytes(stream, start, count)
        if strip_signal:
            payload = _without_beside(source.manifest["models"][stream], payload)
        writer.frames(stream, start - wanted.first, payload)


def _without_beside(entry: dict[str, Any], payload: bytes) -> bytes:
    """Frames of a model without the channels beside the signal."""
    layout = FrameLayout.from_json(entry["frame"])
    if BESIDE_KEY not in layout:
        return payload
    _, numbers = without(layout, BESIDE_KEY)
    return np.frombuffer(payload, DTYPE).reshape(-1, layout.bytes // DTYPE.itemsize)[:, numbers].tobytes()


def _manifest(source: Recording, wanted: StepRange, strip_signal: bool) -> dict[str, Any]:
    """The manifest of a copy: steps counted from its own beginning, no hash yet."""
    manifest = copy.deepcopy(source.manifest)
    whole = manifest.pop("excerpt", None) or {"first": 0, "of": source.steps}  # of a copy of a copy: where that began
    for known_at_the_end in ("content_hash", "recording_hash", "planned_steps", "stopped_by"):
        manifest.pop(known_at_the_end, None)
    manifest.pop("sharing", None)
    manifest["created"] = timestamp(datetime.now(UTC))
    manifest["steps"] = wanted.stop - wanted.first
    manifest["task"]["events"] = [
        event
        | {
            "step": max(event["step"], wanted.first) - wanted.first,
            "until": min(event["until"], wanted.stop) - wanted.first,
        }
        for event in manifest["task"]["events"]
        if event["step"] < wanted.stop and event["until"] > wanted.first
    ]
    failures: list[dict[str, Any]] = manifest.get("failures") or []
    manifest["failures"] = [
        failure | {"step": max(0, failure["step"] - wanted.first)}
        for failure in failures
        if failure["step"] < wanted.stop  # otherwise it had not failed yet
    ]
    manifest["excerpt"] = {
        "first": whole["first"] + wanted.first,
        "stop": whole["first"] + wanted.stop,
        "of": whole["of"],
        "signal_stripped": strip_signal or bool(whole.get("signal_stripped")),
    }
    return _without_signal(manifest) if strip_signal else manifest


def _without_signal(manifest: dict[str, Any]) -> dict[str, Any]:
    """Nothing that says whose or what signal it is: no name, unit, source, offset, scale, label or seed, no channel beside it.

    Raises RecordingError for a run on unscaled values: they are the raw ones.
    """
    signal, task = manifest.get("signal"), manifest["task"]
    for entry in manifest["models"]:
        layout = FrameLayout.from_json(entry["frame"])
        if BESIDE_KEY in layout:
            entry["frame"] = without(layout, BESIDE_KEY)[0].to_json()
    bare = {key: manifest[key] for key in BARE if key in manifest} | {"excerpt": manifest["excerpt"], "seed": None}
    bare["title"] = task["name"]
    bare["task"] = task | {"events": [e for e in task["events"] if e["kind"] in ("store", "recall")]}
    if signal is not None and "scaling" in signal:
        if signal["scaling"].get("method") == "none":
            raise RecordingError(
                "this run was made without scaling, so its values are the raw ones; make a scaled run to share it without them"
            )
        signal = {
            "name": "signal",
            "channel": None,
            "unit": None,
            "sample_rate": signal.get("sample_rate"),
            "source": {},
            "scaling": {"method": signal["scaling"].get("method", "zscore"), "offset": 0.0, "scale": 1.0},
        }
    return bare | {"signal": signal}
