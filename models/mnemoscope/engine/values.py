"""Values while loops are built: strided views of buffers, expressions that nobody has computed yet, and the arguments that calls have."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch

from mnemoscope.engine.growth import Length, growing_axis
from mnemoscope.engine.ir import STEPS, Affine, Buffer, Const, Expr, Load, Op
from mnemoscope.engine.trace import Call, Ref
from mnemoscope.errors import Unsupported

Sort = Literal["number", "mask", "index", "precise"]
"""What a value means: float32, a truth value, a whole number that only indexes, float64."""


@dataclass(frozen=True)
class View:
    """Floats of a buffer, strided like a tensor."""

    buffer: Buffer
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    sort: Sort = "number"
    along: int = 0
    """Floats by which it begins later with every step."""

    def address(self, index: Sequence[Affine]) -> Affine:
        """Where the number at an index lies."""
        at = Affine(self.offset, ((STEPS, self.along),) if self.along else ())
        for place, stride, n in zip(index, self.strides, self.shape, strict=True):
            if n != 1:
                at = at.plus(place, stride)
        return at

    def at(self, index: Sequence[Affine]) -> Expr:
        """The number (or mask) at an index, one Affine an axis."""
        load = Load(self.buffer, self.address(index), wide=self.sort == "precise")
        return Op("ne", (load, Const(0.0))) if self.sort == "mask" else load


@dataclass(frozen=True)
class Lazy:
    """What is computed where it is read."""

    shape: tuple[int, ...]
    make: Callable[[Sequence[Affine]], Expr]
    sort: Sort = "number"

    def at(self, index: Sequence[Affine]) -> Expr:
        """The number (or mask) at an index, one Affine an axis."""
        return self.make(index)


Value = View | Lazy


def strides_of(shape: Sequence[int]) -> tuple[int, ...]:
    """Strides of a tensor without gaps; of one that grows, slot after slot, so that none of them hangs on how many there are."""
    grows = growing_axis(shape)
    if grows is not None:
        slot = [*shape[:grows], *shape[grows + 1 :]]
        strides = strides_of(slot)
        return (*strides[:grows], math.prod(slot), *strides[grows:])
    return tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))


def number(expr: Expr, sort: Sort) -> Expr:
    """An expression as a number: 1 or 0 for a mask."""
    return Op("number", (expr,)) if sort == "mask" else expr


def mask(expr: Expr, sort: Sort) -> Expr:
    """An expression as a mask: whether it is not 0."""
    return expr if sort == "mask" else Op("ne", (expr, Const(0.0)))


def reader(value: Value | float, shape: Sequence[int]) -> Callable[[Sequence[Affine]], Expr]:
    """Numbers of a value (or of a scalar) broadcast to a shape, by an index into that shape."""
    if isinstance(value, Length):
        raise Unsupported("arithmetic with the steps so far in float32")
    if not isinstance(value, View | Lazy):
        constant = Const(float(value))
        return lambda index: constant
    if value.sort in ("index", "precise"):
        raise Unsupported("arithmetic with whole numbers, or of float32 with float64")
    skipped = len(shape) - len(value.shape)
    zero = Affine(0)

    def read(index: Sequence[Affine]) -> Expr:
        own = [zero if n == 1 else place for place, n in zip(index[skipped:], value.shape, strict=True)]
        return number(value.at(own), value.sort)

    return read


def sort_of(dtype: torch.dtype) -> Sort:
    """What numbers of a type mean here. Raises Unsupported."""
    if dtype is torch.float32:
        return "number"
    if dtype is torch.float64:
        return "precise"
    if dtype is torch.bool:
        return "mask"
    if dtype is torch.int64:
        return "index"
    raise Unsupported(f"numbers of {dtype}")


class Arguments:
    """The arguments of one call: tensors as values; one that no handler reads must stand at its default."""

    def __init__(self, call: Call, value: Callable[[int], Value]) -> None:
        """value: what a value of the graph is."""
        self._call, self._value = call, value
        self._unread = dict(call.arguments)

    def __getitem__(self, name: str) -> Any:
        return self._filled(self._unread.pop(name, self._call.arguments[name]))

    def get(self, name: str, default: Any) -> Any:
        """An argument that not every overload has."""
        return self[name] if name in self._call.arguments else default

    def _filled(self, value: Any) -> Any:
        if isinstance(value, Ref):
            return self._value(value.id)
        if isinstance(value, list):
            return [self._filled(part) for part in value]  # pyright: ignore[reportUnknownVariableType]
        return value

    def require_defaults(self) -> None:
        """Raises Unsupported where something was asked for that the handler does not know."""
        for name, value in self._unread.items():
            if value != self._call.defaults[name] and name not in IGNORED:
                raise Unsupported(f"the operation {self._call.target} with {name}={value}")


IGNORED = {
    "dtype",
    "layout",
    "device",
    "pin_memory",
    "memory_format",
    "non_blocking",
    "half_to_float",
    "copy",
    "implicit",
}
"""Arguments that say how and where a result lies; its type is held against what is known of it."""
