"""ATen operations on float64: places in time and the angles made of them, computed where they are read and then rounded to float32.

A model's positions are float64 because float32 has no room for the angle of a late step. Nothing of float64 is ever stored: what
needs it in memory is Unsupported, constants apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mnemoscope.engine.growth import Length
from mnemoscope.engine.ir import STEPS, Affine, At, Expr, Op, Precise
from mnemoscope.engine.loops import Builder
from mnemoscope.engine.trace import Call
from mnemoscope.engine.values import Arguments, Lazy, Value, View, number, sort_of
from mnemoscope.errors import Unsupported

Index = Sequence[Affine]
UNARY = ("abs", "neg", "sqrt", "floor", "ceil", "trunc", "sin", "cos")
BINARY = ("add", "sub", "mul", "div", "min", "max")
PREFIX = "f64."
"""Of operations on float64, in ir.Op."""


def reader64(value: Value | float, shape: Sequence[int]) -> Callable[[Index], Expr]:
    """Numbers of a value (or of a scalar) as float64, broadcast to a shape."""
    if isinstance(value, Length):
        counted = At(length(value))
        return lambda index: counted
    if not isinstance(value, View | Lazy):
        constant = Precise(float(value))
        return lambda index: constant
    if value.sort == "index":
        raise Unsupported("arithmetic with whole numbers")
    skipped = len(shape) - len(value.shape)

    def read(index: Index) -> Expr:
        own = [Affine(0) if n == 1 else place for place, n in zip(index[skipped:], value.shape, strict=True)]
        found = value.at(own)
        return found if value.sort == "precise" else Op("promote", (number(found, value.sort),))

    return read


def length(n: int) -> Affine:
    """A length as an index."""
    return Affine(n.more, ((STEPS, n.per),)) if isinstance(n, Length) else Affine(n)


def _shape(builder: Builder, call: Call) -> tuple[int, ...]:
    return builder.graph.values[call.results[0]].shape


def precise_unary(builder: Builder, call: Call, args: Arguments) -> Value:
    """An operation on one number."""
    if call.name not in UNARY:
        raise Unsupported(f"the operation {call.target} on float64")
    read = reader64(args["self"], _shape(builder, call))
    return builder.elementwise(lambda index: Op(PREFIX + call.name, (read(index),)), "precise")


def precise_binary(builder: Builder, call: Call, args: Arguments, name: str, names: tuple[str, str]) -> Value:
    """An operation on two numbers, of which one may be float32."""
    if name not in BINARY or args.get("alpha", 1) != 1:
        raise Unsupported(f"the operation {call.target} on float64")
    left, right = (reader64(args[n], _shape(builder, call)) for n in names)
    return builder.elementwise(lambda index: Op(PREFIX + name, (left(index), right(index))), "precise")


def cast_precise(builder: Builder, call: Call, value: Value) -> Value:
    """To float64, or from it to float32."""
    read, sort = reader64(value, value.shape), sort_of(builder.graph.values[call.results[0]].dtype)
    if sort == "precise":
        return builder.elementwise(read, sort)
    if sort != "number":
        raise Unsupported(f"the operation {call.target} of float64")
    return builder.elementwise(lambda index: Op("demote", (read(index),)))


def from_range(builder: Builder, call: Call, args: Arguments) -> Value:
    """Whole numbers from `start` on."""
    start, step, sort = args.get("start", 0), args.get("step", 1), sort_of(builder.graph.values[call.results[0]].dtype)
    args["end"]  # the shape of the result says it
    if not isinstance(start, int) or step != 1 or sort not in ("precise", "number"):
        raise Unsupported(f"the operation {call.target} of other than whole numbers one after the other")

    def make(index: Index) -> Expr:
        counted = At(length(start).plus(index[0]))
        return counted if sort == "precise" else Op("demote", (counted,))

    return builder.elementwise(make, sort)


def precise_view(builder: Builder, call: Call, value: Lazy, args: Arguments) -> Value:
    """Views that only name axes anew, or begin later."""
    shape = _shape(builder, call)
    axes = len(shape) if call.name == "unsqueeze" else len(value.shape)
    axis: int = args["dim"] % axes if call.name in ("unsqueeze", "slice", "select") else 0
    if call.name == "unsqueeze":
        return Lazy(shape, lambda index: value.at([*index[:axis], *index[axis + 1 :]]), "precise")
    if call.name == "select":
        begin = _begin(args["index"], value.shape[axis])
        return Lazy(shape, lambda index: value.at([*index[:axis], begin, *index[axis:]]), "precise")
    if call.name == "slice" and args["step"] == 1:
        begin = _begin(args["start"] or 0, value.shape[axis])
        args["end"]  # the shape of the result says it
        return Lazy(
            shape, lambda index: value.at([*index[:axis], begin.plus(index[axis]), *index[axis + 1 :]]), "precise"
        )
    if call.name == "expand":
        for name in ("size", "implicit"):
            args[name]
        skipped = len(shape) - len(value.shape)
        return Lazy(
            shape,
            lambda index: value.at(
                [Affine(0) if n == 1 else place for place, n in zip(index[skipped:], value.shape, strict=True)]
            ),
            "precise",
        )
    raise Unsupported(f"the operation {call.target} on float64")


def _begin(start: int, n: int) -> Affine:
    """Where a slice begins; below 0 from the end."""
    if isinstance(start, Length) or start >= 0:
        return length(start)
    return length(n).plus(Affine(start))
