"""ATen operations that move numbers: views, which cost nothing, and what copies, picks and sorts."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from mnemoscope.engine.ir import Affine, Const, Expr, Load, Sort, Store
from mnemoscope.engine.loops import Arguments, Builder, Handler
from mnemoscope.engine.trace import Call
from mnemoscope.engine.values import Lazy, Value, View, reader
from mnemoscope.errors import Unsupported

VIEWS = (
    "view",
    "_unsafe_view",
    "t",
    "transpose",
    "permute",
    "unsqueeze",
    "squeeze",
    "expand",
    "slice",
    "select",
    "unbind",
    "split",
    "split_with_sizes",
    "unsafe_split",
    "unsafe_split_with_sizes",
    "unfold",
    "diagonal",
)
Index = Sequence[Affine]
SORT_ROOM = 4
"""Floats of room that sorting one number takes: two 64-bit keys."""


def _view(builder: Builder, call: Call, args: Arguments) -> Value | Sequence[Value]:
    """Torch itself says how: the view is taken of an empty tensor that has our strides."""
    base = builder.stored(args["self"])
    others = {name: args[name] for name in call.arguments if name != "self"}
    try:
        made = call.target(_hollow(base), **others)
    except RuntimeError:  # view() of numbers that do not lie so; torch had laid them out otherwise
        copied = builder.scratch(base.shape, base.sort)
        builder.fill(copied, base)
        base = copied
        made = call.target(_hollow(base), **others)

    def view(tensor: Tensor) -> View:
        at = base.offset + int(tensor.storage_offset())
        return View(base.buffer, at, tuple(tensor.shape), tuple(tensor.stride()), base.sort)

    return view(made) if isinstance(made, Tensor) else [view(part) for part in made]


def _hollow(base: View) -> Tensor:
    reach = 1 + sum((n - 1) * step for n, step in zip(base.shape, base.strides, strict=True) if n)
    return torch.empty(max(reach, 1)).as_strided(base.shape, base.strides)  # not on "meta": that imports for a second


def _axis(dim: int, axes: int) -> int:
    return dim % max(axes, 1)


def _cat(builder: Builder, call: Call, args: Arguments) -> Value:
    parts: list[Value] = args["tensors"]
    place = builder.home()
    axis, at = _axis(args["dim"], len(place.shape)), 0
    for part in parts:
        if part.shape == (0,) and len(place.shape) > 1:
            continue
        begin = place.offset + at * place.strides[axis]
        builder.fill(View(place.buffer, begin, part.shape, place.strides, place.sort), part)
        at += part.shape[axis]
    return place


def _stack(builder: Builder, call: Call, args: Arguments) -> Value:
    parts: list[Value] = args["tensors"]
    place = builder.home()
    axis = _axis(args["dim"], len(place.shape))
    inner = (*place.shape[:axis], *place.shape[axis + 1 :])
    strides = (*place.strides[:axis], *place.strides[axis + 1 :])
    for n, part in enumerate(parts):
        begin = place.offset + n * place.strides[axis]
        builder.fill(View(place.buffer, begin, inner, strides, place.sort), part)
    return place


def _pad(builder: Builder, call: Call, args: Arguments) -> Value:
    value, pads, filler = args["self"], list(args["pad"]), Const(float(args["value"]))
    if min(pads, default=0) < 0:
        raise Unsupported("padding by less than nothing")
    place = builder.home()
    builder.fill(place, Lazy(place.shape, lambda _: filler))
    axes = len(place.shape)
    begin = place.offset + sum(pads[2 * n] * place.strides[axes - 1 - n] for n in range(len(pads) // 2))
    builder.fill(View(place.buffer, begin, value.shape, place.strides), value)
    return place


def _flip(builder: Builder, call: Call, args: Arguments) -> Value:
    value = builder.stored(args["self"])
    flipped = {_axis(dim, len(value.shape)) for dim in args["dims"]}

    def make(index: Index) -> Expr:
        turned = [
            Affine(value.shape[axis] - 1).plus(at, -1) if axis in flipped else at for axis, at in enumerate(index)
        ]
        return value.at(turned)

    return builder.elementwise(make, value.sort)


def _gather(builder: Builder, call: Call, args: Arguments) -> Value:
    value, where = builder.stored(args["self"]), builder.stored(args["index"])
    axis = _axis(args["dim"], len(value.shape))
    return builder.elementwise(lambda index: _picked(value, axis, index, where.at(index)), value.sort)


def _index_select(builder: Builder, call: Call, args: Arguments) -> Value:
    value, where = builder.stored(args["self"]), builder.stored(args["index"])
    axis = _axis(args["dim"], len(value.shape))
    return builder.elementwise(lambda index: _picked(value, axis, index, where.at([index[axis]])), value.sort)


def _picked(value: View, axis: int, index: Index, by: Expr) -> Expr:
    if value.sort != "number":
        raise Unsupported("picking among what is not float32")
    rest = [Affine(0) if n == axis else at for n, at in enumerate(index)]
    return Load(value.buffer, value.address(rest), by, value.strides[axis])


def _scatter(builder: Builder, call: Call, args: Arguments) -> Value:
    where = builder.stored(args["index"])
    source = reader(args["src" if "src" in call.arguments else "value"], where.shape)
    place = builder.home()
    axis = _axis(args["dim"], len(place.shape))
    builder.fill(place, args["self"])
    with builder.nest(where.shape) as index:
        rest = [Affine(0) if n == axis else at for n, at in enumerate(index)]
        by = where.at(index)
        builder.add(Store(place.buffer, place.address(rest), source(index), by, place.strides[axis]))
    return place


def _sort(builder: Builder, call: Call, args: Arguments) -> Sequence[Value]:
    value, descending = args["self"], args["descending"]
    args.get("stable", None)  # it always is
    axis = _axis(args["dim"], len(value.shape))
    if descending or axis != len(value.shape) - 1 or value.sort != "number":
        raise Unsupported("sorting downwards, along another axis than the last, or what is not float32")
    source = builder.stored(value)
    if source.shape[-1] > 1 and source.strides[-1] != 1:
        source = builder.scratch(value.shape)
        builder.fill(source, value)
    values, order = builder.home(), builder.home(result=1)
    n = value.shape[-1]
    work = builder.scratch((SORT_ROOM * n,))
    with builder.nest(value.shape[:-1]) as index:
        whole = [*index, Affine(0)]
        sort = Sort(
            values.buffer, order.buffer, source.buffer, source.address(whole), values.address(whole), n, work.buffer
        )
        if math.prod(value.shape):
            builder.add(sort)
    return [values, order]


HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(VIEWS, _view),
    "cat": _cat,
    "stack": _stack,
    "constant_pad_nd": _pad,
    "flip": _flip,
    "gather": _gather,
    "index_select": _index_select,
    "scatter": _scatter,
    "sort": _sort,
}
READERS: dict[str, set[str]] = {
    "cat": {"tensors"},
    "stack": {"tensors"},
    "constant_pad_nd": {"self"},
    "scatter": {"self", "src"},
}
