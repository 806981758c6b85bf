"""ATen operations that move numbers: views, which cost nothing, and what copies, picks and sorts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from mnemoscope.engine.growth import PROBES, Length, at, grows
from mnemoscope.engine.ir import Affine, Const, Expr, Load, Sort, Store
from mnemoscope.engine.loops import REWRITTEN, Builder, Handler
from mnemoscope.engine.precise import precise_view
from mnemoscope.engine.trace import Call
from mnemoscope.engine.values import Arguments, Lazy, Value, View, reader
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
MANY = ("unbind", "split", "split_with_sizes", "unsafe_split", "unsafe_split_with_sizes")
"""Views whose result is a list."""
Index = Sequence[Affine]
SORT_ROOM = 4
"""Floats of room that sorting one number takes: two 64-bit keys."""


def _view(builder: Builder, call: Call, args: Arguments) -> Value | Sequence[Value]:
    """Torch itself says how: the view is taken of an empty tensor that has our strides.

    Where lengths follow the steps so far, of two such tensors: what is the same in both stays, and the place where it begins may move.
    """
    value = args["self"]
    if isinstance(value, Lazy) and value.sort == "precise":
        return precise_view(builder, call, value, args)
    base = builder.stored(value)
    others = {name: args[name] for name in call.arguments if name != "self"}
    shapes = [builder.graph.values[result].shape for result in call.results]
    try:
        made = _taken(base, call, others, PROBES[0])
    except RuntimeError:  # view() of numbers that do not lie so; torch had laid them out otherwise
        copied = builder.scratch(base.shape, base.sort)
        builder.fill(copied, base)
        base = copied
        made = _taken(base, call, others, PROBES[0])
    later = _taken(base, call, others, PROBES[1]) if grows([base.shape, shapes, [*others.values()]]) else made
    if len(made) != len(shapes) or any(_strides(a) != _strides(b) for a, b in zip(made, later, strict=True)):
        raise Unsupported(f"the operation {call.target} on what grows")
    views: list[Value] = []
    for one, other, shape in zip(made, later, shapes, strict=True):
        moved, rest = divmod(int(other.storage_offset()) - int(one.storage_offset()), PROBES[1] - PROBES[0])
        if rest:
            raise Unsupported(f"the operation {call.target} on what grows")
        begin = base.offset + int(one.storage_offset()) - moved * PROBES[0]
        views.append(View(base.buffer, begin, shape, _strides(one), base.sort, base.along + moved))
    return views if len(views) != 1 or call.name in MANY else views[0]


def _strides(tensor: Tensor) -> tuple[int, ...]:
    """Strides; 0 of an axis along which there is nowhere to go."""
    return tuple(step if n != 1 else 0 for n, step in zip(tensor.shape, tensor.stride(), strict=True))


def _taken(base: View, call: Call, others: dict[str, Any], steps: int) -> list[Tensor]:
    """The views of a tensor that lies like `base` after so many steps."""
    shape = at(base.shape, steps)
    reach = 1 + sum((n - 1) * step for n, step in zip(shape, base.strides, strict=True) if n)
    hollow = torch.empty(max(reach, 1)).as_strided(shape, base.strides)  # not on "meta": that imports for a second
    made = call.target(hollow, **{name: at(value, steps) for name, value in others.items()})
    return [made] if isinstance(made, Tensor) else list(made)


def _axis(dim: int, axes: int) -> int:
    return dim % max(axes, 1)


def _cat(builder: Builder, call: Call, args: Arguments) -> Value:
    parts: list[Value] = args["tensors"]
    place = builder.home()
    axis, begun, along = _axis(args["dim"], len(place.shape)), 0, 0
    before = builder.own_before(place)
    if before is not None and (parts[0] != before or len(parts) != 2):
        raise Unsupported(REWRITTEN)
    for part in parts:
        if part.shape == (0,) and len(place.shape) > 1:
            continue
        stride = place.strides[axis]
        if part != before:
            begin = place.offset + begun * stride
            builder.fill(View(place.buffer, begin, part.shape, place.strides, place.sort, along * stride), part)
        n = part.shape[axis]
        begun, along = (begun + n.more, along + n.per) if isinstance(n, Length) else (begun + n, along)
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
