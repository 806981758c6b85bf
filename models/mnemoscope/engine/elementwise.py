"""ATen operations that work number by number."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from mnemoscope.engine.ir import Affine, Const, Expr, Op
from mnemoscope.engine.loops import Builder, Handler
from mnemoscope.engine.precise import cast_precise, from_range, precise_binary, precise_unary
from mnemoscope.engine.trace import Call
from mnemoscope.engine.values import Arguments, Lazy, Sort, Value, View, mask, reader, sort_of
from mnemoscope.errors import Unsupported

Index = Sequence[Affine]
ZERO, ONE, INFINITY = Const(0.0), Const(1.0), math.inf

UNARY: dict[str, Callable[[Expr], Expr]] = {
    "abs": lambda x: Op("abs", (x,)),
    "neg": lambda x: Op("neg", (x,)),
    "sqrt": lambda x: Op("sqrt", (x,)),
    "rsqrt": lambda x: Op("div", (ONE, Op("sqrt", (x,)))),
    "reciprocal": lambda x: Op("div", (ONE, x)),
    "square": lambda x: Op("square", (x,)),
    "floor": lambda x: Op("floor", (x,)),
    "ceil": lambda x: Op("ceil", (x,)),
    "trunc": lambda x: Op("trunc", (x,)),
    "round": lambda x: Op("nearest", (x,)),
    "relu": lambda x: Op("max", (x, ZERO)),
    **{
        name: lambda x, name=name: Op(name, (x,))
        for name in ("exp", "log", "log1p", "expm1", "tanh", "sigmoid", "silu", "softplus", "erf")
    },
}
BINARY: dict[str, tuple[str, str, str]] = {
    "add": ("add", "self", "other"),
    "sub": ("sub", "self", "other"),
    "rsub": ("sub", "other", "self"),
    "mul": ("mul", "self", "other"),
    "div": ("div", "self", "other"),
    "maximum": ("max", "self", "other"),
    "minimum": ("min", "self", "other"),
    "clamp_min": ("max", "self", "min"),
    "clamp_max": ("min", "self", "max"),
}
"""operation -> (instruction, first and second argument)."""
COMPARE = ("eq", "ne", "lt", "le", "gt", "ge")
LOGIC = {"logical_and": "and", "logical_or": "or", "bitwise_and": "and", "bitwise_or": "or"}
POWERS: dict[float, str] = {2: "square", 0.5: "sqrt", -0.5: "rsqrt", -1: "reciprocal"}
SAME = ("clone", "detach", "alias", "lift_fresh", "lift_fresh_copy", "_to_copy")
FILLED = {"zeros_like": 0.0, "new_zeros": 0.0, "zeros": 0.0, "ones_like": 1.0, "new_ones": 1.0, "ones": 1.0}
TENSORS = {"self", "other", "tensor1", "tensor2", "end", "weight", "condition", "min", "max", "mask", "value", "input"}
"""Names of tensor arguments that element-wise operations compute within their own loop."""


def _shape(builder: Builder, call: Call) -> tuple[int, ...]:
    return builder.graph.values[call.results[0]].shape


def _unary(builder: Builder, call: Call, args: Arguments) -> Value:
    if _sort(builder, call) == "precise":
        return precise_unary(builder, call, args)
    read, make = reader(args["self"], _shape(builder, call)), UNARY[call.name]
    return builder.elementwise(lambda index: make(read(index)))


def _binary(builder: Builder, call: Call, args: Arguments) -> Value:
    name, first, second = BINARY[call.name]
    if _sort(builder, call) == "precise":
        return precise_binary(builder, call, args, name, (first, second))
    shape = _shape(builder, call)
    left, right = reader(args[first], shape), reader(args[second], shape)
    alpha = Const(float(args.get("alpha", 1)))
    if alpha.value == 1:
        return builder.elementwise(lambda index: Op(name, (left(index), right(index))))
    if second != "other":
        raise Unsupported(f"the operation {call.target} with alpha={alpha.value}")
    return builder.elementwise(lambda index: Op(name, (left(index), Op("mul", (alpha, right(index))))))


def _gelu(builder: Builder, call: Call, args: Arguments) -> Value:
    """By erf, or as GPT-2 has it by tanh: x/2 (1 + tanh(√(2/π) (x + 0.044715 x³)))."""
    read, kind = reader(args["self"], _shape(builder, call)), args["approximate"]
    if kind == "none":
        return builder.elementwise(lambda index: Op("gelu", (read(index),)))
    if kind != "tanh":
        raise Unsupported(f"the operation {call.target} with approximate={kind}")

    def make(index: Index) -> Expr:
        x = read(index)
        cube = Op("mul", (Op("square", (x,)), x))
        inner = Op("mul", (Const(math.sqrt(2 / math.pi)), Op("add", (x, Op("mul", (Const(0.044715), cube))))))
        return Op("mul", (Op("mul", (Const(0.5), x)), Op("add", (ONE, Op("tanh", (inner,))))))

    return builder.elementwise(make)


def _compare(builder: Builder, call: Call, args: Arguments) -> Value:
    shape = _shape(builder, call)
    left, right = reader(args["self"], shape), reader(args["other"], shape)
    return builder.elementwise(lambda index: Op(call.name, (left(index), right(index))), "mask")


def _mask_reader(value: Value, shape: Sequence[int]) -> Callable[[Index], Expr]:
    if value.sort == "mask":
        bare = Lazy(value.shape, value.at)  # broadcast it as it is, not as 1 or 0
        return reader(bare, shape)
    read = reader(value, shape)
    return lambda index: mask(read(index), "number")


def _logic(builder: Builder, call: Call, args: Arguments) -> Value:
    shape = _shape(builder, call)
    left, right = _mask_reader(args["self"], shape), _mask_reader(args["other"], shape)
    return builder.elementwise(lambda index: Op(LOGIC[call.name], (left(index), right(index))), "mask")


def _not(builder: Builder, call: Call, args: Arguments) -> Value:
    read = _mask_reader(args["self"], _shape(builder, call))
    return builder.elementwise(lambda index: Op("not", (read(index),)), "mask")


def _where(builder: Builder, call: Call, args: Arguments) -> Value:
    shape = _shape(builder, call)
    condition = _mask_reader(args["condition"], shape)
    yes, no = reader(args["self"], shape), reader(args["other"], shape)
    return builder.elementwise(lambda index: Op("select", (condition(index), yes(index), no(index))))


def _masked_fill(builder: Builder, call: Call, args: Arguments) -> Value:
    shape = _shape(builder, call)
    condition = _mask_reader(args["mask"], shape)
    yes, no = reader(args["value"], shape), reader(args["self"], shape)
    return builder.elementwise(lambda index: Op("select", (condition(index), yes(index), no(index))))


def _clamp(builder: Builder, call: Call, args: Arguments) -> Value:
    shape = _shape(builder, call)
    read, low, high = reader(args["self"], shape), args["min"], args["max"]
    least = None if low is None else reader(low, shape)
    most = None if high is None else reader(high, shape)

    def make(index: Index) -> Expr:
        value = read(index)
        value = value if least is None else Op("max", (value, least(index)))
        return value if most is None else Op("min", (value, most(index)))

    return builder.elementwise(make)


def _power(builder: Builder, call: Call, args: Arguments) -> Value:
    exponent = args["exponent"]
    name = POWERS.get(exponent) if isinstance(exponent, int | float) else None
    if name is None:
        raise Unsupported(f"the operation {call.target} with exponent={exponent}")
    read, make = reader(args["self"], _shape(builder, call)), UNARY[name]
    return builder.elementwise(lambda index: make(read(index)))


def _addcmul(builder: Builder, call: Call, args: Arguments) -> Value:
    shape, scale = _shape(builder, call), float(args["value"])
    base, left, right = (reader(args[name], shape) for name in ("self", "tensor1", "tensor2"))

    def make(index: Index) -> Expr:
        product = Op("mul", (left(index), right(index)))
        if scale == -1:
            return Op("sub", (base(index), product))
        return Op("add", (base(index), product if scale == 1 else Op("mul", (Const(scale), product))))

    return builder.elementwise(make)


def _lerp(builder: Builder, call: Call, args: Arguments) -> Value:
    shape = _shape(builder, call)
    start, end, weight = (reader(args[name], shape) for name in ("self", "end", "weight"))
    return builder.elementwise(lambda index: Op("lerp", (start(index), end(index), weight(index))))


def _log_sigmoid(builder: Builder, call: Call, args: Arguments) -> Sequence[Value | None]:
    """The second result is what its gradient would need."""
    read = reader(args["self"], _shape(builder, call))
    place = builder.home()
    builder.fill(place, Lazy(place.shape, lambda index: Op("log_sigmoid", (read(index),))))
    return [place, None]


def _same(builder: Builder, call: Call, args: Arguments) -> Value:
    value = args["self"]
    if "precise" in (value.sort, _sort(builder, call)):
        return cast_precise(builder, call, value)
    if isinstance(value, View) and value.sort == _sort(builder, call):
        return value
    if _sort(builder, call) == "mask":
        read_mask = _mask_reader(value, value.shape)
        return builder.elementwise(read_mask, "mask")
    return builder.elementwise(reader(value, value.shape))


def _sort(builder: Builder, call: Call) -> Sort:
    sort = sort_of(builder.graph.values[call.results[0]].dtype)
    if sort == "index":
        raise Unsupported(f"the operation {call.target} to whole numbers")
    return sort


def _filled(builder: Builder, call: Call, args: Arguments) -> Value:
    for name in call.arguments:
        args[name]
    number = Const(FILLED[call.name])
    return _constant(builder, call, number)


def _full(builder: Builder, call: Call, args: Arguments) -> Value:
    for name in call.arguments:
        args[name]
    value = call.arguments["fill_value" if "fill_value" in call.arguments else "s"]
    if not isinstance(value, int | float):
        raise Unsupported(f"the operation {call.target} of {value!r}")
    return _constant(builder, call, Const(float(value)))


def _constant(builder: Builder, call: Call, number: Const) -> Value:
    if _sort(builder, call) == "mask":
        return Lazy(_shape(builder, call), lambda _: Op("ne", (number, ZERO)), "mask")
    return Lazy(_shape(builder, call), lambda _: number)


HANDLERS: dict[str, Handler] = {
    **{name: _unary for name in UNARY if name != "square"},  # torch says pow
    **dict.fromkeys(BINARY, _binary),
    **dict.fromkeys(COMPARE, _compare),
    **dict.fromkeys(LOGIC, _logic),
    **dict.fromkeys(("logical_not", "bitwise_not"), _not),
    **dict.fromkeys(SAME, _same),
    **dict.fromkeys(FILLED, _filled),
    **dict.fromkeys(("full", "full_like", "new_full", "scalar_tensor"), _full),
    **dict.fromkeys(("sin", "cos"), precise_unary),
    "arange": from_range,
    "gelu": _gelu,
    "where": _where,
    "masked_fill": _masked_fill,
    "clamp": _clamp,
    "pow": _power,
    "addcmul": _addcmul,
    "lerp": _lerp,
    "log_sigmoid_forward": _log_sigmoid,
}
READERS: dict[str, set[str]] = dict.fromkeys(HANDLERS, TENSORS)
