"""What one step of a recording looks like: named tensors with named axes at byte offsets.

A `FrameLayout` is the contract between whoever writes a frame and whoever reads it (docs/format.md). It holds no
numbers and needs no torch: the model stepper, the file reader and the browser all work from the same description.

    layout = FrameLayout.of([
        (None, "inputs", "input", ("feature",), (3,)),
        ("memory", "erase", "erase", ("write_head", "width"), (1, 16)),
    ])
    payload = pack(layout, {(None, "inputs"): inputs, ("memory", "erase"): erase})  # bytes of T frames
    arrays = unpack(layout, payload)  # views [T, *shape]
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import RecordingError

DTYPE = np.dtype("<f4")
"""Every number in a frame: little-endian float32."""

BESIDE = "beside"
"""Name and role of the tensor that holds what was measured beside the signal; no model heard it."""

TensorKey = tuple[str | None, str]
"""(bank, name): what identifies a tensor. `bank` is None for what belongs to the whole model."""

Arrays = dict[TensorKey, NDArray[np.float32]]


@dataclass(frozen=True)
class TensorSpec:
    """One tensor inside a frame.

    `role` groups tensors for display ("input", "address", "gate", …); `axes` names every axis of `shape`;
    `offset` is in bytes from the start of the frame.
    """

    name: str
    bank: str | None
    role: str
    axes: tuple[str, ...]
    shape: tuple[int, ...]
    offset: int

    @property
    def key(self) -> TensorKey:
        return (self.bank, self.name)

    @property
    def size(self) -> int:
        """Numbers per step."""
        return math.prod(self.shape)

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "bank": self.bank,
            "role": self.role,
            "axes": list(self.axes),
            "shape": list(self.shape),
            "dtype": "float32",
            "offset": self.offset,
        }


@dataclass(frozen=True)
class BankSpec:
    """One memory of a model, of one of the kinds in mnemoscope.kinds.

    `slots` is None where the bank grows by one slot per step (append) or is a single state (cell); of an associative
    memory it is the size of a key. `usage`, `links`: the model keeps them, so the log derives them. `deallocation`: freed
    slots are wiped (Csordas & Schmidhuber 2019, arXiv 1904.10278), so retention enters the memory update. `direct`: what
    is read of a cell is the cell itself (GRU). `gated`: an append bank where each step says whether it wrote and whether
    it read (encoder-decoder). `bias_slopes`: per head, what a step of distance costs in the score of an append bank
    (ALiBi, Press et al. 2022, arXiv 2108.12409).
    """

    name: str
    kind: str
    slots: int | None
    width: int
    write_heads: int = 1
    read_heads: int = 1
    usage: bool = False
    links: bool = False
    deallocation: bool = False
    direct: bool = False
    gated: bool = False
    bias_slopes: tuple[float, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        out: dict[str, Any] = {
            "name": self.name,
            "kind": self.kind,
            "slots": self.slots,
            "width": self.width,
            "write_heads": self.write_heads,
            "read_heads": self.read_heads,
        }
        out |= {flag: True for flag in FLAGS if getattr(self, flag)}
        return out if self.bias_slopes is None else out | {"bias_slopes": list(self.bias_slopes)}


FLAGS = tuple(field.name for field in fields(BankSpec) if field.default is False)
"""Options of a bank that are true or false, and left out of its manifest entry where they are false."""
OPTIONS = (*FLAGS, "bias_slopes")
"""Everything about a bank beyond its kind and sizes; which kind may have which is the kind's rule (mnemoscope.kinds)."""


@dataclass(frozen=True)
class FrameLayout:
    """The tensors of a frame (or keyframe), one after another.

    `padded` is the length of a frame in bytes where a manifest states more than its tensors fill.
    """

    tensors: tuple[TensorSpec, ...]
    padded: int = 0

    @classmethod
    def of(cls, entries: Iterable[tuple[str | None, str, str, tuple[str, ...], tuple[int, ...]]]) -> FrameLayout:
        """Lay out (bank, name, role, axes, shape) entries without gaps, in the order given.

        Raises RecordingError when a (bank, name) comes twice, or axes and shape do not match.
        """
        specs: list[TensorSpec] = []
        offset = 0
        for bank, name, role, axes, shape in entries:
            shape = tuple(int(n) for n in shape)
            if len(axes) != len(shape) or any(n < 1 for n in shape):
                raise RecordingError(
                    f"Tensor {_label((bank, name))}: wanted one axis name per positive size, got axes {axes} and shape {shape}."
                )
            spec = TensorSpec(name, bank, role, tuple(axes), shape, offset)
            if any(spec.key == other.key for other in specs):
                raise RecordingError(f"Tensor {_label(spec.key)} is laid out twice; give one of them another name.")
            specs.append(spec)
            offset += spec.size * DTYPE.itemsize
        return cls(tuple(specs))

    @cached_property
    def bytes(self) -> int:
        """Bytes per frame."""
        filled = max((spec.offset + spec.size * DTYPE.itemsize for spec in self.tensors), default=0)
        return max(filled, self.padded)

    def __getitem__(self, key: TensorKey) -> TensorSpec:
        for spec in self.tensors:
            if spec.key == key:
                return spec
        raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return any(spec.key == key for spec in self.tensors)

    def to_json(self) -> dict[str, Any]:
        return {"bytes": self.bytes, "tensors": [spec.to_json() for spec in self.tensors]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FrameLayout:
        """Read the manifest's `frame` or `keyframe` entry; it must already be valid (manifest.streams)."""
        specs = (
            TensorSpec(t["name"], t["bank"], t["role"], tuple(t["axes"]), tuple(t["shape"]), t["offset"])
            for t in data["tensors"]
        )
        return cls(tuple(specs), padded=data["bytes"])


def without(layout: FrameLayout, key: TensorKey) -> tuple[FrameLayout, NDArray[np.intp]]:
    """The layout without one tensor, laid out without gaps; and which numbers of a frame it holds, in their new order."""
    kept = [spec for spec in layout.tensors if spec.key != key]
    first = [spec.offset // DTYPE.itemsize for spec in kept]
    numbers = [np.arange(at, at + spec.size) for at, spec in zip(first, kept, strict=True)]
    made = FrameLayout.of((spec.bank, spec.name, spec.role, spec.axes, spec.shape) for spec in kept)
    return made, np.concatenate(numbers).astype(np.intp)


def pack(layout: FrameLayout, arrays: Mapping[TensorKey, Any]) -> bytes:
    """Bytes of T frames from one array [T, *shape] per tensor of the layout.

    Raises RecordingError when a tensor is missing, unknown, or of another shape.
    """
    wanted = {spec.key for spec in layout.tensors}
    if wanted != set(arrays):
        missing = ", ".join(sorted(_label(key) for key in wanted - set(arrays))) or "none"
        unknown = ", ".join(sorted(_label(key) for key in set(arrays) - wanted)) or "none"
        raise RecordingError(
            f"A frame needs exactly the tensors of its layout; missing: {missing}; unknown: {unknown}."
        )
    if not layout.tensors:
        return b""
    steps = len(arrays[layout.tensors[0].key])
    out = np.zeros((steps, layout.bytes // DTYPE.itemsize), DTYPE)
    for spec in layout.tensors:
        array = np.asarray(arrays[spec.key])
        if array.shape != (steps, *spec.shape):
            raise RecordingError(
                f"Tensor {_label(spec.key)}: wanted shape {(steps, *spec.shape)} (step, {', '.join(spec.axes)}), got {array.shape}."
            )
        first = spec.offset // DTYPE.itemsize
        out[:, first : first + spec.size] = array.reshape(steps, spec.size)
    return out.tobytes()


def unpack(layout: FrameLayout, payload: bytes | bytearray | memoryview) -> Arrays:
    """Read-only views [T, *shape] into the bytes of T frames, by (bank, name).

    Raises RecordingError when the payload is not a whole number of frames.
    """
    if not layout.tensors:
        if len(payload):
            raise RecordingError(f"An empty layout holds no bytes, got {len(payload)}.")
        return {}
    if len(payload) % layout.bytes:
        raise RecordingError(f"Wanted whole frames of {layout.bytes} bytes, got {len(payload)} bytes.")
    table = np.frombuffer(payload, DTYPE).reshape(-1, layout.bytes // DTYPE.itemsize)
    table.flags.writeable = False
    out: Arrays = {}
    for spec in layout.tensors:
        first = spec.offset // DTYPE.itemsize
        out[spec.key] = table[:, first : first + spec.size].reshape(len(table), *spec.shape)
    return out


def _label(key: TensorKey) -> str:
    bank, name = key
    return f"{bank}.{name}" if bank else name
