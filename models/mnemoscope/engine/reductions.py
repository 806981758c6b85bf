"""ATen operations that sum, scan, normalise and multiply matrices."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import reduce
from itertools import product

from mnemoscope.engine.growth import Length, grows
from mnemoscope.engine.ir import Affine, Const, Expr, Load, Local, Op, Reduce, Set
from mnemoscope.engine.loops import Builder, Handler
from mnemoscope.engine.trace import Call
from mnemoscope.engine.values import Arguments, Value, View, reader
from mnemoscope.errors import Unsupported

Index = Sequence[Affine]
UNROLLED = 8
"""Terms up to which a sum across rows is written out, so that columns are vectors."""
STARTS = {"add": Const(0.0), "max": Const(-math.inf), "min": Const(math.inf)}
OPS = {"sum": "add", "mean": "add", "amax": "max", "amin": "min", "linalg_vector_norm": "add"}


def _reduce(builder: Builder, call: Call, args: Arguments) -> Value:
    value, op = args["self"], OPS[call.name]
    axes = len(value.shape)
    args.get("keepdim", False)  # the shape of the result says it
    asked = args.get("dim", None)
    dims = _axes(asked, axes)
    if call.name == "linalg_vector_norm" and args["ord"] != 2:
        raise Unsupported("a norm that is not the Euclidean one")
    count = _count([value.shape[axis] for axis in dims])
    if call.name == "mean" and count is None:
        raise Unsupported("the mean of what grows")
    if count == 0 and op != "add":
        raise Unsupported("the largest of no numbers")
    read = reader(value, value.shape)
    kept = [axis for axis in range(axes) if axis not in dims]

    def term(index: Index) -> Expr:
        return Op("square", (read(index),)) if call.name == "linalg_vector_norm" else read(index)

    def finish(total: Expr) -> Expr:
        if call.name == "mean":
            return Op("div", (total, Const(float(count or 0))))
        return Op("sqrt", (total,)) if call.name == "linalg_vector_norm" else total

    def at(outer: Index, inner: Index) -> list[Affine]:
        whole = dict(zip(kept, outer, strict=True)) | dict(zip(sorted(dims), inner, strict=True))
        return [whole[axis] for axis in range(axes)]

    sizes = [value.shape[axis] for axis in sorted(dims)]
    shape = builder.graph.values[call.results[0]].shape
    if count and count <= UNROLLED and kept and kept[-1] == axes - 1 and value.shape[-1] > 1:
        keeps = len(shape) == axes

        def unrolled(index: Index) -> Expr:
            outer = [index[axis] for axis in kept] if keeps else list(index)
            terms = [term(at(outer, [Affine(n) for n in where])) for where in product(*map(range, sizes))]
            return finish(reduce(lambda a, b: Op(op, (a, b)), terms))

        return builder.elementwise(unrolled)
    place = builder.home()
    flat = View(place.buffer, place.offset, tuple(value.shape[axis] for axis in kept), _kept(place, kept, axes))
    with builder.nest(flat.shape) as outer:
        total = builder.reduced(sizes, op, STARTS[op], lambda inner: term(at(outer, inner)))
        builder.store(flat, outer, finish(total))
    return place


def _count(sizes: Sequence[int]) -> int | None:
    """How many numbers that are; None where that follows the steps so far."""
    return None if grows(list(sizes)) else math.prod(sizes)


def _axes(asked: int | Sequence[int] | None, axes: int) -> set[int]:
    """The axes that are summed over: those asked for, or all."""
    if asked is None or asked == []:
        return set(range(axes))
    listed = [asked] if isinstance(asked, int) else asked
    return {dim % axes for dim in listed} if axes else set()


def _kept(place: View, kept: list[int], axes: int) -> tuple[int, ...]:
    return tuple(place.strides[axis] for axis in kept) if len(place.shape) == axes else place.strides


def _scan(op: str, start: float) -> Handler:
    def handler(builder: Builder, call: Call, args: Arguments) -> Value:
        value, place = args["self"], builder.home()
        read = reader(value, value.shape)
        axis = args["dim"] % max(len(value.shape), 1)
        others = [n for k, n in enumerate(value.shape) if k != axis]
        with builder.nest(others) as outer:
            local = builder.new_local()
            builder.add(Set(local, Const(start)))
            with builder.loop(value.shape[axis] if value.shape else 1) as at:
                index = [*outer[:axis], at, *outer[axis:]] if value.shape else []
                builder.add(Set(local, Op(op, (Local(local), read(index)))))
                builder.store(place, index, Local(local))
        return place

    return handler


def _softmax(builder: Builder, call: Call, args: Arguments) -> Value:
    value = builder.stored(args["self"])
    place, read = builder.home(), reader(value, value.shape)
    axis: int = args["dim"] % max(len(value.shape), 1)
    n = value.shape[axis] if value.shape else 1
    if isinstance(n, Length) and place.strides[axis] != 1:
        return _softmax_side_by_side(builder, value, place, axis)
    others = [size for k, size in enumerate(value.shape) if k != axis]
    with builder.nest(others) as outer:

        def at(inner: Affine) -> list[Affine]:
            return [*outer[:axis], inner, *outer[axis:]] if value.shape else []

        top = builder.reduced([n], "max", STARTS["max"], lambda inner: read(at(inner[0])))
        total = builder.new_local()
        builder.add(Set(total, Const(0.0)))
        with builder.loop(n) as inner:
            index = at(inner)
            builder.store(place, index, Op("exp", (Op("sub", (read(index), top)),)))
            builder.add(Reduce(total, "add", Load(place.buffer, place.address(index))))
        builder.add(Set(total, Op("div", (Const(1.0), Local(total)))))
        with builder.loop(n) as inner:
            index = at(inner)
            builder.store(place, index, Op("mul", (Load(place.buffer, place.address(index)), Local(total))))
    return place


def _softmax_side_by_side(builder: Builder, value: View, place: View, axis: int) -> View:
    """The same over what grows, slot after slot: all others beside each other, as they lie."""
    others = [size for k, size in enumerate(value.shape) if k != axis]
    top, total = builder.scratch(tuple(others)), builder.scratch(tuple(others))

    def of(into: View, source: View, op: str, finish: Callable[[Expr], Expr]) -> None:
        with builder.nest(others) as outer:
            made = builder.reduced(
                [value.shape[axis]], op, STARTS[op], lambda inner: source.at([*outer[:axis], *inner, *outer[axis:]])
            )
            builder.store(into, outer, finish(made))

    of(top, value, "max", lambda made: made)
    with builder.nest(value.shape) as index:
        outer = [*index[:axis], *index[axis + 1 :]]
        builder.store(place, index, Op("exp", (Op("sub", (value.at(index), top.at(outer))),)))
    of(total, place, "add", lambda made: Op("div", (Const(1.0), made)))
    with builder.nest(value.shape) as index:
        outer = [*index[:axis], *index[axis + 1 :]]
        builder.store(place, index, Op("mul", (place.at(index), total.at(outer))))
    return place


def _layer_norm(builder: Builder, call: Call, args: Arguments) -> Sequence[Value | None]:
    """Mean and scale are results too, which nothing reads but a gradient. Where the spread overflows nothing is known: all is NaN."""
    value, normal = builder.stored(args["input"]), list(args["normalized_shape"])
    epsilon = Const(float(args["eps"]))
    weight, bias = (None if args[name] is None else reader(args[name], normal) for name in ("weight", "bias"))
    place, read = builder.home(), reader(value, value.shape)
    count = Const(float(math.prod(normal)))
    with builder.nest(value.shape[: len(value.shape) - len(normal)]) as outer:
        mean = builder.new_local()
        total = builder.reduced(normal, "add", Const(0.0), lambda inner: read([*outer, *inner]))
        builder.add(Set(mean, Op("div", (total, count))))
        spread = builder.reduced(
            normal, "add", Const(0.0), lambda inner: Op("square", (Op("sub", (read([*outer, *inner]), Local(mean))),))
        )
        scale = builder.new_local()
        deviation = Op("sqrt", (Op("add", (Op("div", (spread, count)), epsilon)),))
        unknown = Op("sub", (spread, spread))  # 0, but NaN of infinity, where the scale alone would be 0 and hide it
        builder.add(Set(scale, Op("add", (Op("div", (Const(1.0), deviation)), unknown))))
        with builder.nest(normal) as inner:
            made: Expr = Op("mul", (Op("sub", (read([*outer, *inner]), Local(mean))), Local(scale)))
            made = made if weight is None else Op("mul", (made, weight(inner)))
            made = made if bias is None else Op("add", (made, bias(inner)))
            builder.store(place, [*outer, *inner], made)
    return [place, None, None]


MATRICES = {
    "mm": (None, "self", "mat2"),
    "bmm": (None, "self", "mat2"),
    "mv": (None, "self", "vec"),
    "dot": (None, "self", "tensor"),
    "addmm": ("self", "mat1", "mat2"),
    "addmv": ("self", "mat", "vec"),
    "baddbmm": ("self", "batch1", "batch2"),
}
"""operation -> (what is added, left, right)."""


def _product(builder: Builder, call: Call, args: Arguments) -> Value:
    added, first, second = MATRICES[call.name]
    shape = builder.graph.values[call.results[0]].shape
    base = None if added is None else reader(args[added], shape)
    left, right = builder.stored(args[first]), builder.stored(args[second])
    rows, columns = (len(left.shape) > 1, call.name not in ("mv", "dot", "addmv"))
    inner = left.shape[-1]
    few = not isinstance(inner, Length) and inner <= 1
    times = _times(left, right, rows=rows, columns=columns)
    zero: Callable[[Index], Expr] = lambda _: Const(0.0)  # noqa: E731
    begin = base or zero
    if few:

        def make(index: Index) -> Expr:
            if not inner:
                return begin(index)
            term = times(index, Affine(0))
            return term if base is None else Op("add", (base(index), term))

        return builder.elementwise(make)
    place = builder.home()
    with builder.nest(shape) as index:
        total = builder.reduced([inner], "add", begin(index), lambda k: times(index, k[0]))
        builder.store(place, index, total)
    return place


def _times(left: View, right: View, *, rows: bool, columns: bool) -> Callable[[Index, Affine], Expr]:
    """left[…, i, k] · right[…, k, j] by the index of the result and k."""
    read_left, read_right = reader(left, left.shape), reader(right, right.shape)

    def times(index: Index, k: Affine) -> Expr:
        batch = list(index[: len(left.shape) - 2]) if rows else []
        i = [index[len(batch)]] if rows else []
        j = [index[-1]] if columns else []
        return Op("mul", (read_left([*batch, *i, k]), read_right([*batch, k, *j])))

    return times


HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(OPS, _reduce),
    "cumprod": _scan("mul", 1.0),
    "cumsum": _scan("add", 0.0),
    "_softmax": _softmax,
    "native_layer_norm": _layer_norm,
    **dict.fromkeys(MATRICES, _product),
}
READERS: dict[str, set[str]] = {name: {"self"} for name in (*OPS, "addmm", "addmv", "baddbmm", "cumprod", "cumsum")}
