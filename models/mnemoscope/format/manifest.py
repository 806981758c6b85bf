"""The manifest of a recording: read as untrusted JSON, checked once, then relied upon.

A recording may come from anybody, so nothing in it is believed before it is checked: names, types and ranges against
schema.py, here that every tensor lies inside its frame. What a kind wants of its banks, `mnemoscope.kinds.streams` checks on top. Each failure names the place in the
manifest, what was wanted and what was found. Keys this version does not know are kept and ignored.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, cast, get_args

from mnemoscope.errors import RecordingError, UnsupportedVersion
from mnemoscope.format.checks import check, is_object, refuse
from mnemoscope.format.layout import DTYPE, FLAGS, BankSpec, FrameLayout
from mnemoscope.format.schema import MAX_FRAME_BYTES, MAX_KEYFRAME_BYTES, Manifest, Status

FORMAT = "mnemoscope-recording"
VERSION = 1
KEYFRAME_EVERY = 64
FIXED_KEYS = ("format", "version", "keyframe_every", "models")
"""What a later META may not change: every block before it was read by these."""
STATUSES: tuple[str, ...] = get_args(Status)

BIT_TASKS: tuple[str, ...] = tuple(json.loads(Path(__file__).with_name("bit_tasks.json").read_text("utf-8")))
"""Tasks of bits when the manifest did not say yet what a task's numbers are; the page reads the same list."""

MAX_MANIFEST_BYTES = 16 << 20
MAX_MODELS = 256
MAX_TENSORS = 4096
MAX_AXES = 8


@dataclass(frozen=True)
class StreamSpec:
    """One model of a recording: its layouts and banks, checked."""

    index: int
    id: str
    label: str
    banks: tuple[BankSpec, ...]
    frame: FrameLayout
    keyframe: FrameLayout


def dump(manifest: dict[str, Any]) -> bytes:
    """The manifest as UTF-8 JSON. NaN and infinity have no JSON form and are refused."""
    try:
        return json.dumps(manifest, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError) as error:
        raise RecordingError(f"The manifest cannot be written as JSON: {error}.") from error


def parse(data: bytes) -> dict[str, Any]:
    """Untrusted bytes to a JSON object.

    Raises RecordingError for anything that is not one, including NaN, bad UTF-8 and nesting without end.
    """

    def reject(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is not JSON")

    try:
        value = json.loads(data.decode("utf-8"), parse_constant=reject)
    except (ValueError, RecursionError) as error:
        raise RecordingError(f"Wanted a JSON object in UTF-8: {error}.") from error
    if not is_object(value):
        raise RecordingError(f"Wanted a JSON object, got {type(value).__name__}.")
    return value


def streams(manifest: dict[str, Any]) -> tuple[StreamSpec, ...]:
    """Check a manifest and return its models.

    Raises UnsupportedVersion for a newer format, RecordingError (naming the place) for anything inconsistent.
    """
    check(Manifest, manifest, only=("format", "version"))
    if manifest["version"] > VERSION:
        raise UnsupportedVersion(
            f"This recording is of format version {manifest['version']}; this program reads up to {VERSION}. "
            "Install a newer mnemoscope."
        )
    if manifest.get("keyframe_every") != KEYFRAME_EVERY:
        refuse("keyframe_every", str(KEYFRAME_EVERY), manifest.get("keyframe_every"))
    check(Manifest, manifest)
    models: list[dict[str, Any]] = manifest["models"]
    if not 1 <= len(models) <= MAX_MODELS:
        refuse("models", f"between 1 and {MAX_MODELS} models", len(models))
    specs = tuple(_stream(model, i) for i, model in enumerate(models))
    _unique([spec.id for spec in specs], "models", "model id")
    return specs


def beside(signal: dict[str, Any] | None, count: int | None = None) -> list[tuple[str, float]]:
    """Name with unit, and offset, of the channels beside a signal; whatever a file says of them, they have both.

    count: so many; None = those that are listed.
    """
    said: Any = (signal or {}).get("beside")
    entries = cast(list[Any], said) if isinstance(said, list) else []
    found: list[tuple[str, float]] = []
    for k in range(len(entries) if count is None else count):
        entry: dict[str, Any] = entries[k] if k < len(entries) and is_object(entries[k]) else {}
        name, unit, offset = entry.get("channel") or f"channel {k + 1}", entry.get("unit"), entry.get("offset")
        shift = float(offset) if isinstance(offset, int | float) and math.isfinite(offset) else 0.0
        found.append((f"{name} ({unit})" if unit else f"{name}", shift))
    return found


def of_bits(manifest: dict[str, Any]) -> bool:
    """Whether the task's inputs, targets and outputs are bits, not real numbers."""
    task = manifest["task"]
    return bool(task["values"] == "bits" if "values" in task else task["name"] in BIT_TASKS)


def merge(manifest: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """The manifest after a META block: later values win.

    Raises RecordingError when META touches what blocks are read by, or the result is not a valid manifest.
    """
    fixed = [key for key in FIXED_KEYS if key in values]
    if fixed:
        raise RecordingError(f"META cannot change {', '.join(fixed)} of a recording that has begun.")
    merged = manifest | values
    streams(merged)
    return merged


def _stream(model: dict[str, Any], index: int) -> StreamSpec:
    where = f"models[{index}]"
    banks = tuple(_bank(bank) for bank in model["banks"])
    _unique([bank.name for bank in banks], f"{where}.banks", "bank name")
    frame = _layout(model["frame"], f"{where}.frame", MAX_FRAME_BYTES)
    keyframe = _layout(model["keyframe"], f"{where}.keyframe", MAX_KEYFRAME_BYTES)
    if frame.bytes == 0:
        refuse(f"{where}.frame.bytes", "at least one tensor", 0)
    return StreamSpec(index, model["id"], model["label"], banks, frame, keyframe)


def _bank(bank: dict[str, Any]) -> BankSpec:
    flags = {flag: bool(bank.get(flag)) for flag in FLAGS}
    slopes: list[float] | None = bank.get("bias_slopes")
    return BankSpec(
        name=bank["name"],
        kind=bank["kind"],
        slots=bank.get("slots"),
        width=bank["width"],
        write_heads=bank["write_heads"],
        read_heads=bank["read_heads"],
        bias_slopes=None if slopes is None else tuple(map(float, slopes)),
        **flags,
    )


def _layout(data: dict[str, Any], where: str, limit: int) -> FrameLayout:
    size, tensors = data["bytes"], data["tensors"]
    if size > limit or size % DTYPE.itemsize:
        refuse(f"{where}.bytes", f"a multiple of {DTYPE.itemsize} up to {limit}", size)
    if len(tensors) > MAX_TENSORS:
        refuse(f"{where}.tensors", f"at most {MAX_TENSORS} tensors", len(tensors))
    for i, tensor in enumerate(tensors):
        here = f"{where}.tensors[{i}]"
        if "bank" not in tensor:
            refuse(f"{here}.bank", "a string or null", "nothing")
        axes, shape, offset = tensor["axes"], tensor["shape"], tensor["offset"]
        if len(axes) != len(shape) or len(shape) > MAX_AXES:
            refuse(f"{here}.axes", f"one axis name per size of the shape, at most {MAX_AXES}", axes)
        if offset % DTYPE.itemsize or offset + math.prod(shape) * DTYPE.itemsize > size:
            refuse(here, f"a tensor inside the frame's {size} bytes, aligned to {DTYPE.itemsize}", [offset, shape])
    _unique([(tensor["bank"], tensor["name"]) for tensor in tensors], f"{where}.tensors", "(bank, name)")
    return FrameLayout.from_json(data)


def _unique(names: list[Any], where: str, what: str) -> None:
    seen: set[Any] = set()
    for name in names:
        if name in seen:
            refuse(where, f"every {what} once", name)
        seen.add(name)


def moment_label(label: str, update: int) -> str:
    """The label of a stream that is a moment of a training: "NTM, 250 updates"."""
    return f"{label}, {update} update{'' if update == 1 else 's'}"


def model_label(entry: dict[str, Any]) -> str:
    """The label of a model without the moment of its training. Recordings before 0.2 hold the moment's label alone."""
    label = str(entry.get("label", ""))
    if not isinstance(entry.get("training"), dict):
        return label
    training: dict[str, Any] = entry["training"]
    known, update = training.get("label"), training.get("update")
    if isinstance(known, str):
        return known
    return label.removesuffix(moment_label("", update)) if isinstance(update, int) else label
