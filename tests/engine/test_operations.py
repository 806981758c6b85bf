"""Every operation that the engine knows, against torch: ordinary numbers and all that are not."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from mnemoscope.engine.build import build
from mnemoscope.engine.operations import OPERATIONS
from mnemoscope.engine.run import Engine
from mnemoscope.engine.trace import trace
from mnemoscope.errors import Unsupported

pytest.importorskip("wasmtime")

Function = Callable[..., Any]
INF, NAN = float("inf"), float("nan")
EDGES = [
    0.0,
    -0.0,
    1e-45,
    -1e-45,
    1e-40,
    -3e-39,
    1.2e-38,
    1e-7,
    0.3,
    0.625,
    1.0,
    -1.0,
    1.5,
    2.5,
    -2.5,
    9.0,
    20.0,
    20.1,
    -20.0,
]
EDGES += [87.0, 88.7, 89.5, -87.5, -100.0, -103.5, -105.0, 1e10, -1e10, 3.4e38, -3.4e38, INF, -INF, NAN]


def _packed(result: Any) -> Tensor:
    parts = result if isinstance(result, tuple) else (result,)
    return torch.cat([part.float().reshape(1, -1) for part in parts], 1)


def check(function: Function, *tensors: Tensor, rtol: float = 2e-6, atol: float = 1e-6) -> set[str]:
    """A function of these tensors gives what torch gives; -> the operations that it was made of."""

    def step(_: Tensor, *state: Tensor) -> tuple[Tensor, ...]:
        return (_packed(function(*state)), *state)

    x = torch.zeros(1, 1)
    module, weights = build(step, [x, *tensors])
    engine = Engine(module, weights)
    engine.load(tensors)
    made = torch.from_numpy(engine.run(x.numpy()))
    with torch.no_grad():
        wanted = _packed(function(*tensors))
    torch.testing.assert_close(made, wanted, rtol=rtol, atol=atol, equal_nan=True)
    for kept, leaf in zip(engine.state(), tensors, strict=True):
        torch.testing.assert_close(kept, leaf, rtol=0, atol=0, equal_nan=True)
    return {call.name for call in trace(step, [x, *tensors], known=OPERATIONS).calls}


def numbers(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


ONE: dict[str, Function] = {
    "abs": torch.abs,
    "neg": torch.neg,
    "sqrt": torch.sqrt,
    "rsqrt": torch.rsqrt,
    "reciprocal": torch.reciprocal,
    "pow": lambda x: (x**2, x**-1, x**0.5, x**-0.5),
    "floor": torch.floor,
    "ceil": torch.ceil,
    "trunc": torch.trunc,
    "round": torch.round,
    "relu": torch.relu,
    "exp": torch.exp,
    "log": torch.log,
    "log1p": torch.log1p,
    "expm1": torch.expm1,
    "sin": lambda x: x.double().sin().float(),
    "cos": lambda x: (x.double() * 0.1).cos().float(),
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "silu": F.silu,
    "softplus": F.softplus,
    "gelu": F.gelu,
    "erf": torch.erf,
    "log_sigmoid_forward": F.logsigmoid,
    "clamp": lambda x: x.clamp(-1.0, 2.0),
    "clamp_min": lambda x: x.clamp_min(0.25),
    "clamp_max": lambda x: x.clamp_max(0.25),
    "rsub": lambda x: 1 - x,
    "clone": lambda x: x.clone() + 1,
    "detach": lambda x: x.detach() * 2,
    "_to_copy": lambda x: (x > 0).float(),
    "logical_not": lambda x: torch.where(torch.logical_not(x > 0), x, 3.0),
    "bitwise_not": lambda x: ~(x > 0) * x,
    "zeros_like": lambda x: torch.zeros_like(x) + 1,
    "ones_like": lambda x: torch.ones_like(x) * 3,
    "new_zeros": lambda x: x.new_zeros(2, 3),
    "new_ones": lambda x: x.new_ones(2, 3),
    "new_full": lambda x: x.new_full((2, 3), 0.1),
    "full_like": lambda x: torch.full_like(x, 7.0),
    "masked_fill": lambda x: x.masked_fill(x > 0, -2.0),
    "cumsum": lambda x: x.cumsum(-1),
    "cumprod": lambda x: x.cumprod(-1),
    "flip": lambda x: x.flip(-1),
    "_softmax": lambda x: x.softmax(-1),
}
"""An operation -> a function of one tensor that uses it; every one is also run on the edges of float32."""
TWO: dict[str, Function] = {
    "add": lambda a, b: torch.add(a, b, alpha=0.3),
    "sub": lambda a, b: torch.sub(a, b, alpha=2),
    "mul": torch.mul,
    "div": torch.div,
    "maximum": torch.maximum,
    "minimum": torch.minimum,
    "eq": lambda a, b: (a == b).float(),
    "ne": lambda a, b: (a != b).float(),
    "lt": lambda a, b: (a < b).float(),
    "le": lambda a, b: (a <= b).float(),
    "gt": lambda a, b: (a > b).float(),
    "ge": lambda a, b: (a >= b).float(),
    "logical_and": lambda a, b: torch.logical_and(a > 0, b > 0).float(),
    "logical_or": lambda a, b: torch.logical_or(a > 0, b).float(),
    "bitwise_and": lambda a, b: ((a > 0) & (b > 0)).float(),
    "bitwise_or": lambda a, b: ((a > 0) | (b > 0)).float(),
    "where": lambda a, b: torch.where(a > b, a, b * 2),
    "addcmul": lambda a, b: torch.addcmul(a, b, b + 1, value=-1),
    "lerp": lambda a, b: torch.lerp(a, b, torch.sigmoid(a)),
}
MATRICES: dict[str, Function] = {
    "mm": lambda a, b: a[0] @ b[0],
    "bmm": torch.bmm,
    "mv": lambda a, b: torch.mv(a[0], b[0, :, 0]),
    "dot": lambda a, b: torch.dot(a[0, 0], b[0, :, 0]),
    "addmm": lambda a, b: torch.addmm(b[0, 0], a[0], b[0]),
    "addmv": lambda a, b: torch.addmv(a[0, :, 0], a[0], b[0, :, 0]),
    "baddbmm": lambda a, b: torch.baddbmm(b[:, :1], a, b),
}
AXES: dict[str, Function] = {
    "sum": lambda x: (x.sum(-1), x.sum(0), x.sum((0, 2), keepdim=True), x.sum()),
    "mean": lambda x: (x.mean(-1, keepdim=True), x.mean(1), x.mean()),
    "amax": lambda x: (x.amax(-1), x.amax(1)),
    "amin": lambda x: (x.amin(-1, keepdim=True), x.amin((0, 1))),
    "linalg_vector_norm": lambda x: torch.linalg.vector_norm(x, dim=-1),
    "_softmax": lambda x: (x.softmax(-1), x.softmax(0), x.softmax(1)),
    "native_layer_norm": lambda x: F.layer_norm(x, x.shape[-1:], x[0, 0], x[0, 0] * 2),
    "cumsum": lambda x: (x.cumsum(0), x.cumsum(1)),
    "cumprod": lambda x: (x.cumprod(1), x.cumprod(-1)),
    "cat": lambda x: torch.cat((x, x[:, :1] * 2, x), 1),
    "stack": lambda x: torch.ops.aten.stack([x, x + 1], -1),
    "constant_pad_nd": lambda x: F.pad(x, (2, 1, 0, 3), value=0.5),
    "flip": lambda x: (x.flip(0, -1), (x * x.flip(1)).sum(1)),
    "view": lambda x: x.view(-1) + 1,
    "_unsafe_view": lambda x: (torch.matmul(x, x.transpose(1, 2)[0]), x.transpose(0, 2).reshape(-1) * 2),
    "t": lambda x: x[0].t() + 0,
    "transpose": lambda x: x.transpose(0, 2) * x.transpose(0, 2),
    "permute": lambda x: x.permute(2, 0, 1) + 1,
    "unsqueeze": lambda x: x.unsqueeze(1) * x.unsqueeze(2),
    "squeeze": lambda x: x[:1].squeeze(0) + 1,
    "expand": lambda x: x[:1].expand(x.shape) + x,
    "slice": lambda x: x[:, 1::2] * 2,
    "select": lambda x: x[:, -1] + x.select(2, 0)[:, :1],
    "unbind": lambda x: x.unbind(1)[0] - x.unbind(1)[-1],
    "split": lambda x: x.split(2, -1)[-1] * 3,
    "split_with_sizes": lambda x: x.split([1, x.shape[-1] - 1], -1)[1] * 3,
    "unsafe_split": lambda x: torch.unsafe_split(x, 2, -1)[0] + 1,
    "unsafe_split_with_sizes": lambda x: torch.unsafe_split_with_sizes(x, [1, x.shape[-1] - 1], -1)[1] + 1,
    "unfold": lambda x: x.unfold(-1, 3, 1).sum(-1),
    "diagonal": lambda x: x.diagonal(dim1=1, dim2=2) * 2,
    "sort": lambda x: (x.sort(-1).values, x.gather(-1, torch.sort(x.round(), dim=-1, stable=True).indices)),
    "gather": lambda x: x.gather(1, x.transpose(1, 2).contiguous().sort(-1).indices.transpose(1, 2)),
    "scatter": lambda x: torch.zeros_like(x).scatter(-1, x.sort(-1).indices, x * 2),
    "index_select": lambda x: x.index_select(0, x[:, 0, 0].sort().indices),
}
FROM_NOTHING = {"alias", "lift_fresh", "lift_fresh_copy", "zeros", "ones", "full", "scalar_tensor", "arange"}
"""Operations that torch makes by itself, or that only make constants."""


def test_none_draws_at_random() -> None:
    """A module would repeat the numbers of its trace for ever."""
    for name in OPERATIONS:
        packet = getattr(torch.ops.aten, name, None)
        for overload in () if packet is None else packet.overloads():
            assert torch.Tag.nondeterministic_seeded not in getattr(packet, overload).tags, f"{name}.{overload}"


def test_no_operation_is_left_out() -> None:
    """What is added to the engine is added here."""
    tested = {*ONE, *TWO, *MATRICES, *AXES} | FROM_NOTHING
    assert set(OPERATIONS) == tested


@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize("size", [1, 3, 4, 5, 39])
def test_one_tensor(name: str, size: int) -> None:
    """Vectors of four, what is left over, and neither."""
    assert name in check(ONE[name], numbers(size, seed=size) * 3)


@pytest.mark.parametrize("name", ONE)
def test_what_is_no_ordinary_number(name: str) -> None:
    """Infinities, NaN, both zeros, subnormal and huge numbers, in a vector and alone."""
    for edges in (torch.tensor(EDGES), torch.tensor(EDGES).unsqueeze(1)):
        if name == "gelu":  # torch's own is infinite at 3e38 and NaN at infinity
            edges = edges.clamp(-1e30, 1e30)
        if name in ("sin", "cos"):  # NaN where the angle is too large to be exact
            edges = edges.clamp(-9e8, 9e8)
        scaled = edges.clamp(-100, 100) if name in ("cumsum", "cumprod") else edges
        check(ONE[name], scaled)


@pytest.mark.parametrize("name", TWO)
def test_two_tensors(name: str) -> None:
    """Alike, broadcast, and on every pair of edges."""
    assert name in check(TWO[name], numbers(3, 13), numbers(3, 13, seed=1))
    check(TWO[name], numbers(3, 1, 5), numbers(7, 1, seed=1))
    edges = torch.tensor([e for e in EDGES if not 1e9 < abs(e) < INF])
    check(TWO[name], edges.unsqueeze(0), edges.unsqueeze(1), rtol=3e-6)


@pytest.mark.parametrize("name", MATRICES)
@pytest.mark.parametrize(
    "sizes", [(1, 1, 1, 1), (2, 3, 5, 4), (1, 1, 129, 17), (3, 4, 1, 6), (1, 20, 16, 1), (2, 7, 9, 33)]
)
def test_products(name: str, sizes: tuple[int, int, int, int]) -> None:
    """Batches of matrices of all shapes, lying either way."""
    batch, i, k, j = sizes
    a, b = numbers(batch, i, k), numbers(batch, k, j, seed=1)
    assert name in check(MATRICES[name], a, b, rtol=1e-5, atol=1e-5)
    turned = b.transpose(1, 2).contiguous()
    check(lambda a, b: MATRICES[name](a, b.transpose(1, 2)), a, turned, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", AXES)
@pytest.mark.parametrize("shape", [(2, 3, 5), (1, 4, 4), (3, 9, 18)])
def test_axes(name: str, shape: tuple[int, ...]) -> None:
    """Sums, scans, views and what moves numbers, along every axis."""
    assert name in check(AXES[name], numbers(*shape), rtol=1e-5, atol=1e-5)


def test_the_gelu_of_gpt2() -> None:
    """That by tanh."""
    check(lambda x: F.gelu(x, approximate="tanh"), torch.tensor(EDGES).clamp(-1e10, 1e10))


def test_a_norm_whose_spread_overflows_is_not_a_number() -> None:
    """Numbers of both signs near 1e30, as torch has it; the scale alone would be 1 / infinity, and the answer a clean 0."""
    loud = torch.tensor([[1e30, -1e30, 3e29, 1e30, -2e30, 1e30, 1e30, 1e30], [1, 2, 3, 4, 5, 6, 7, 8]])
    assert F.layer_norm(loud, (8,))[0].isnan().all()
    check(lambda x: F.layer_norm(x, (8,)), loud)


def test_float64_is_float64() -> None:
    """Angles of late steps, of which float32 would lose the last digits, and all that is done with them."""
    late = torch.tensor([99_991.0, 65_537.0, 3.0])

    def angles(x: Tensor) -> tuple[Tensor, ...]:
        rates = torch.exp(-torch.arange(0, 7, dtype=torch.float64) * 0.7)
        turned = x.double().unsqueeze(-1) * rates
        far = (turned - x.unsqueeze(1)).abs()
        return (
            turned.sin().float(),
            (-turned[:, 2]).cos().float(),
            (far / 3 + 0.1)[1:].float(),
            turned.select(0, 1).float(),
        )

    check(angles, late, rtol=1e-6, atol=1e-7)
    engine = _engine(lambda x: x.double().sin().float(), torch.tensor([2e9]))
    assert np.isnan(engine.run(np.zeros((1, 1), np.float32))).all()


def test_empty_tensors() -> None:
    """Nothing is summed to 0, averaged to NaN, joined to what it is joined with."""
    nothing = torch.zeros(1, 0)
    check(lambda x: (x.sum(1), x.mean(1), torch.cat((x, x.new_ones(1, 3)), 1)), nothing)
    check(lambda a, b: (torch.mm(a, b), torch.addmm(b.new_ones(4), a, b)), nothing, torch.zeros(0, 4))


@pytest.mark.parametrize("size", [1, 2, 3, 17, 128, 130])
def test_a_sort_is_stable_and_puts_nan_last(size: int) -> None:
    """Few different values, many ties, both zeros, infinities and NaN: each keeps its place among its equals."""
    values = torch.tensor([0.0, -0.0, INF, -INF, NAN, 1.0, -1.0, 1e-45])
    x = values[torch.randint(0, 8, (3, size), generator=torch.Generator().manual_seed(size))]
    place = torch.arange(float(size)).expand(3, -1).contiguous()

    def ordered(x: Tensor, place: Tensor) -> tuple[Tensor, Tensor]:
        found = torch.sort(x, dim=-1, stable=True)
        return found.values, place.gather(-1, found.indices)

    check(ordered, x, place, rtol=0, atol=0)


def test_a_sum_is_what_it_is_wherever_its_numbers_fall() -> None:
    """Equal columns give equal bits, in a vector, at the end of a loop and alone."""
    column = numbers(33)
    for n in (1, 3, 4, 6, 19):
        x = column.unsqueeze(1).repeat(1, n)
        engine = _engine(lambda x: (x.sum(0), torch.exp(x[0])), x)
        made = engine.run(np.zeros((1, 1), np.float32))[0]
        assert len({*made[:n].view(np.int32).tolist()}) == 1
        assert len({*made[n:].view(np.int32).tolist()}) == 1


def _engine(function: Function, *tensors: Tensor) -> Engine:
    module, weights = build(lambda _, *state: (_packed(function(*state)), *state), [torch.zeros(1, 1), *tensors])
    engine = Engine(module, weights)
    engine.load(tensors)
    return engine


REFUSED: dict[str, tuple[Function, str]] = {
    "a number is read": (lambda x: x * float(x.sum()), "_local_scalar_dense"),
    "a branch on a number": (lambda x: x if x.sum() > 0 else -x, "_local_scalar_dense"),
    "an unknown operation": (torch.sinh, "sinh"),
    "a random number": (lambda x: x + torch.rand_like(x), "rand"),
    "double precision": (lambda x: x.double().exp().float(), "float64"),
    "whole numbers": (lambda x: (x.sort(-1).indices + 1).float(), "int64|whole numbers"),
    "an option that is not known": (lambda x: torch.div(x, 3, rounding_mode="floor"), "floor"),
    "the largest first": (lambda x: x.sort(-1, descending=True).values, "downwards"),
    "the state changed in place": (lambda x: x.add_(1), "in place"),
    "a value whose memory was changed": (
        lambda x: (x * 2).view(-1) + (lambda y: y.view(-1).mul_(0) + y.view(-1))(x + 1),
        "in place",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_run_faithfully_is_refused(name: str) -> None:
    """Never a wrong number: the reason is named."""
    function, reason = REFUSED[name]
    with pytest.raises(Unsupported, match=reason):
        build(lambda _, x: (_packed(function(x)), x), [torch.zeros(1, 1), torch.ones(1, 5)])


def test_a_state_that_grows_is_refused() -> None:
    """What has no fixed size has no fixed place."""
    with pytest.raises(Unsupported, match="grow"):
        build(lambda x, s: (x, torch.cat((s, x), 1)), [torch.zeros(1, 1), torch.zeros(1, 2)])


def test_in_place_on_what_the_step_made_itself() -> None:
    """As torch's own cells do it, on parts of one product."""

    def gates(x: Tensor) -> tuple[Tensor, Tensor]:
        first, second = torch.unsafe_split(x * 2, 3, 1)
        return first.sigmoid_(), second.tanh_().add_(1)

    check(gates, numbers(1, 6))
