"""The manifest of a recording: read as untrusted JSON, checked once, then relied upon.

A recording may come from anybody, so nothing in it is believed before it is checked: types, names, that every tensor
lies inside its frame. What a kind wants of its banks, `mnemoscope.kinds.streams` checks on top. Each failure names the place in the
manifest, what was wanted and what was found. Keys this version does not know are kept and ignored.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeGuard, cast

from mnemoscope.errors import RecordingError, UnsupportedVersion
from mnemoscope.format.layout import DTYPE, FLAGS, BankSpec, FrameLayout, TensorKey

FORMAT = "mnemoscope-recording"
VERSION = 1
KEYFRAME_EVERY = 64
FIXED_KEYS = ("format", "version", "keyframe_every", "models")
"""What a later META may not change: every block before it was read by these."""
STATUSES = ("running", "ended", "stopped", "failed")

BIT_TASKS: tuple[str, ...] = tuple(json.loads(Path(__file__).with_name("bit_tasks.json").read_text("utf-8")))
"""Tasks of bits when the manifest did not say yet what a task's numbers are; the page reads the same list."""

MAX_MANIFEST_BYTES = 16 << 20
MAX_FRAME_BYTES = 4 << 20  # so a chunk of 64 steps, which is read at once, stays below 256 MiB
MAX_KEYFRAME_BYTES = 64 << 20
MAX_MODELS = 256
MAX_TENSORS = 4096


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

    def refuse(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is not JSON")

    try:
        value = json.loads(data.decode("utf-8"), parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise RecordingError(f"Wanted a JSON object in UTF-8: {error}.") from error
    if not is_object(value):
        raise RecordingError(f"Wanted a JSON object, got {type(value).__name__}.")
    return value


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether a value read from JSON is an object; its keys then are strings."""
    return isinstance(value, dict)


def streams(manifest: dict[str, Any]) -> tuple[StreamSpec, ...]:
    """Check a manifest and return its models.

    Raises UnsupportedVersion for a newer format, RecordingError (naming the place) for anything inconsistent.
    """
    if manifest.get("format") != FORMAT:
        refuse("format", f'"{FORMAT}"', manifest.get("format"))
    version = _integer(manifest, "version", "version", low=1)
    if version > VERSION:
        raise UnsupportedVersion(
            f"This recording is of format version {version}; this program reads up to {VERSION}. Install a newer mnemoscope."
        )
    for key in ("id", "title", "created"):
        _string(manifest, key, key)
    if manifest.get("seed") is not None:
        _integer(manifest, "seed", "seed", low=-(2**63), high=2**64)
    if manifest.get("status") not in STATUSES:
        refuse("status", f"one of {', '.join(STATUSES)}", manifest.get("status"))
    _integer(manifest, "steps", "steps", high=2**32 - 1)
    if manifest.get("keyframe_every") != KEYFRAME_EVERY:
        refuse("keyframe_every", str(KEYFRAME_EVERY), manifest.get("keyframe_every"))
    task = _object(manifest, "task", "task")
    _string(task, "name", "task.name")
    _object(task, "params", "task.params")
    for i, event in enumerate(_list(task, "events", "task.events")):
        where = f"task.events[{i}]"
        if not is_object(event):
            refuse(where, "an object", event)
        for key in ("step", "until"):
            _integer(event, key, f"{where}.{key}")
        for key in ("kind", "label"):
            _string(event, key, f"{where}.{key}")
    if manifest.get("signal") is not None:
        _string(_object(manifest, "signal", "signal"), "name", "signal.name")
    models = _list(manifest, "models", "models")
    if not 1 <= len(models) <= MAX_MODELS:
        refuse("models", f"between 1 and {MAX_MODELS} models", len(models))
    specs = tuple(_stream(model, i) for i, model in enumerate(models))
    _unique([spec.id for spec in specs], "models", "model id")
    return specs


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


def _stream(model: Any, index: int) -> StreamSpec:
    where = f"models[{index}]"
    if not is_object(model):
        refuse(where, "an object", model)
    banks = tuple(_bank(bank, f"{where}.banks[{i}]") for i, bank in enumerate(_list(model, "banks", f"{where}.banks")))
    _unique([bank.name for bank in banks], f"{where}.banks", "bank name")
    spec = StreamSpec(
        index,
        _string(model, "id", f"{where}.id"),
        _string(model, "label", f"{where}.label"),
        banks,
        _layout(model, "frame", f"{where}.frame", MAX_FRAME_BYTES),
        _layout(model, "keyframe", f"{where}.keyframe", MAX_KEYFRAME_BYTES),
    )
    if spec.frame.bytes == 0:
        refuse(f"{where}.frame.bytes", "at least one tensor", 0)
    return spec


def _bank(bank: Any, where: str) -> BankSpec:
    if not is_object(bank):
        refuse(where, "an object", bank)
    slots = None if bank.get("slots") is None else _integer(bank, "slots", f"{where}.slots", low=1)
    flags: dict[str, bool] = {}
    for flag in FLAGS:
        value = bank.get(flag) or False
        if not isinstance(value, bool):
            refuse(f"{where}.{flag}", "true or false", value)
        flags[flag] = value
    return BankSpec(
        name=_string(bank, "name", f"{where}.name"),
        kind=_string(bank, "kind", f"{where}.kind"),
        slots=slots,
        width=_integer(bank, "width", f"{where}.width", low=1),
        write_heads=_integer(bank, "write_heads", f"{where}.write_heads", low=1),
        read_heads=_integer(bank, "read_heads", f"{where}.read_heads", low=1),
        bias_slopes=_slopes(bank, f"{where}.bias_slopes"),
        **flags,
    )


def _slopes(bank: dict[str, Any], where: str) -> tuple[float, ...] | None:
    if bank.get("bias_slopes") is None:
        return None
    slopes = _list(bank, "bias_slopes", where)
    if any(type(slope) not in (int, float) or not math.isfinite(slope) for slope in slopes):
        refuse(where, "finite numbers", slopes)
    return tuple(float(slope) for slope in slopes)


def _layout(model: dict[str, Any], key: str, where: str, limit: int) -> FrameLayout:
    data = _object(model, key, where)
    size = _integer(data, "bytes", f"{where}.bytes", high=limit)
    if size % DTYPE.itemsize:
        refuse(f"{where}.bytes", f"a multiple of {DTYPE.itemsize}", size)
    tensors = _list(data, "tensors", f"{where}.tensors")
    if len(tensors) > MAX_TENSORS:
        refuse(f"{where}.tensors", f"at most {MAX_TENSORS} tensors", len(tensors))
    keys: list[TensorKey] = []
    for i, tensor in enumerate(tensors):
        here = f"{where}.tensors[{i}]"
        if not is_object(tensor):
            refuse(here, "an object", tensor)
        name = _string(tensor, "name", f"{here}.name")
        bank = None if tensor.get("bank", 0) is None else _string(tensor, "bank", f"{here}.bank")
        keys.append((bank, name))
        _string(tensor, "role", f"{here}.role")
        if tensor.get("dtype") != "float32":
            refuse(f"{here}.dtype", '"float32"', tensor.get("dtype"))
        axes, shape = _list(tensor, "axes", f"{here}.axes"), _list(tensor, "shape", f"{here}.shape")
        if not all(isinstance(axis, str) for axis in axes) or len(axes) != len(shape) or len(shape) > 8:
            refuse(f"{here}.axes", "one axis name per size of the shape, at most 8", axes)
        if any(type(n) is not int or not 1 <= n <= size for n in shape):
            refuse(f"{here}.shape", "positive whole numbers that fit the frame", shape)
        offset = _integer(tensor, "offset", f"{here}.offset", high=size)
        if offset % DTYPE.itemsize or offset + math.prod(shape) * DTYPE.itemsize > size:
            refuse(here, f"a tensor inside the frame's {size} bytes, aligned to {DTYPE.itemsize}", [offset, shape])
    _unique(keys, f"{where}.tensors", "(bank, name)")
    return FrameLayout.from_json(data)


def refuse(where: str, wanted: str, got: Any) -> NoReturn:
    """Raise RecordingError for the value found at a place of a manifest."""
    shown = repr(got)
    shown = shown if len(shown) <= 80 else f"{shown[:77]}..."
    raise RecordingError(f"Manifest, {where}: wanted {wanted}, got {shown}.")


def _unique(names: list[Any], where: str, what: str) -> None:
    seen: set[Any] = set()
    for name in names:
        if name in seen:
            refuse(where, f"every {what} once", name)
        seen.add(name)


def _string(data: dict[str, Any], key: str, where: str) -> str:
    value = data.get(key)
    if not isinstance(value, str):
        refuse(where, "a string", value)
    return value


def _integer(data: dict[str, Any], key: str, where: str, *, low: int = 0, high: int = 2**31) -> int:
    value = data.get(key)
    if type(value) is not int or not low <= value <= high:
        refuse(where, f"a whole number of {low} … {high}", value)
    return value


def _list(data: dict[str, Any], key: str, where: str) -> list[Any]:
    value = data.get(key)
    if not isinstance(value, list):
        refuse(where, "a list", value)
    return cast(list[Any], value)


def _object(data: dict[str, Any], key: str, where: str) -> dict[str, Any]:
    value = data.get(key)
    if not is_object(value):
        refuse(where, "an object", value)
    return value


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
