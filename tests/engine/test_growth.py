"""States that grow by a slot a step: one module for every length, and refused where a module for one length would come of it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from mnemoscope.engine.build import build, grown
from mnemoscope.engine.growth import PROBES, Length
from mnemoscope.engine.run import LEAST_ROOM, Engine
from mnemoscope.errors import Unsupported
from tests.engine.steps import after, build_of, plain_model, recorded_step

pytest.importorskip("wasmtime")

Rows = Callable[[Tensor, Tensor], Any]
WIDTH = 6


def _grows(function: Rows) -> Callable[..., tuple[Tensor, ...]]:
    """A step whose state is every x so far, [1, t, 6]; what is recorded is a function of x and of them with this one."""

    def step(x: Tensor, store: Tensor) -> tuple[Tensor, ...]:
        store = torch.cat((store, x.unsqueeze(0)), 1)
        made = function(x, store)
        return torch.cat(
            [part.float().reshape(1, -1) for part in (made if isinstance(made, tuple) else (made,))], 1
        ), store

    return step


def _engine(step: Callable[..., Any], *state: Any) -> Engine:
    begin = [torch.zeros(1, WIDTH), *state]
    examples, later = grown(step, begin) or (begin, None)
    return Engine(*build(step, examples, later=later))


READ: dict[str, Rows] = {
    "sums": lambda x, s: (s.sum(1), s.sum(), s.sum(-1).amax(-1)),
    "largest and smallest": lambda x, s: (s.amax(1), s.amin((1, 2)), (-s).amax(1)),
    "a softmax over slots": lambda x, s: (s.softmax(1) * s).sum(1),
    "a softmax over one row of slots": lambda x, s: (s[..., 0].softmax(-1) * s[..., 1]).sum(1),
    "a softmax within slots": lambda x, s: s.softmax(-1).sum(1),
    "scores and reads": lambda x, s: torch.matmul(torch.softmax(torch.matmul(x, s.transpose(1, 2)) / 2, -1), s),
    "heads": lambda x, s: F.softmax(
        torch.matmul(x.view(1, 3, 1, 2), s.view(1, -1, 3, 2).permute(0, 2, 3, 1)), -1
    ).matmul(s.view(1, -1, 3, 2).transpose(1, 2)),
    "slot by slot": lambda x, s: (torch.tanh(s * x) - s.exp() + torch.where(s > 0, s, x)).sum(1),
    "a norm of every slot": lambda x, s: F.layer_norm(s, (WIDTH,)).sum(1),
    "a running sum": lambda x, s: (s.cumsum(1) * s).sum(1),
    "the last and the first": lambda x, s: s[:, -1] * 2 + s[:, 0] + s.select(1, -1),
    "all but the newest, joined anew": lambda x, s: torch.cat((s[:, :-1] * 2, x.unsqueeze(0)), 1).sum(1),
    "a column": lambda x, s: (s[:, :, 2].sum(-1, keepdim=True), (s[:, :, 1:2] * s).sum(1)),
    "other axes": lambda x, s: (s.transpose(0, 1).unsqueeze(-1) * x.unsqueeze(1)).sum((0, 1)),
    "distances": lambda x, s: (
        (torch.arange(s.shape[1], dtype=torch.float64) - (s.shape[1] - 1)).abs().mul(-0.3).float().exp().unsqueeze(-1)
        * s
    ).sum(1),
}


@pytest.mark.parametrize("name", READ)
def test_what_is_read_of_a_state_that_grows(name: str) -> None:
    """From the first step on, with any number of slots: less than a vector, vectors, and what is left over."""
    step, state = _grows(READ[name]), torch.zeros(1, 0, WIDTH)
    engine = _engine(step, state)
    for x in torch.randn(70, WIDTH, generator=torch.Generator().manual_seed(1)).split(1):
        engine.load([state])
        made = torch.from_numpy(engine.run(x.numpy()))
        wanted, state = step(x, state)
        torch.testing.assert_close(made, wanted, rtol=1e-5, atol=2e-5)
        [kept] = engine.state()
        torch.testing.assert_close(kept, state, rtol=0, atol=0)


@pytest.mark.parametrize(
    "function",
    [
        pytest.param(lambda x, s: s.sum(1), id="columns"),
        pytest.param(lambda x, s: s.sum(), id="vectors"),
        pytest.param(lambda x, s: s[:, :, 2].sum(-1), id="numbers apart"),
        pytest.param(READ["a softmax over slots"], id="a softmax of columns"),
        pytest.param(READ["a softmax over one row of slots"], id="a softmax of vectors"),
        pytest.param(READ["scores and reads"], id="scores and reads"),
    ],
)
def test_sums_over_many_steps_are_as_exact_as_over_few(function: Rows) -> None:
    """400,001 terms of one sign, in float32 as in float64: added up one after the other they are off by 1e-5 to 8e-5."""
    step = _grows(function)
    state = torch.rand(1, 400_000, WIDTH, generator=torch.Generator().manual_seed(2))
    x = torch.full((1, WIDTH), 0.5)
    engine = _engine(step, torch.zeros(1, 0, WIDTH))
    engine.load([state])
    made = torch.from_numpy(engine.run(x.numpy())).double()
    wanted = function(x.double(), torch.cat((state.double(), x.double().unsqueeze(0)), 1)).reshape(1, -1)
    torch.testing.assert_close(made, wanted, rtol=3e-6, atol=0)


def test_what_lies_beyond_the_length_is_never_read() -> None:
    """Neither room that was never used, nor rows of a longer state before: NaN there changes no bit."""
    model = plain_model("transformer", width=12, heads=2)
    step, state = recorded_step(model)
    module, weights = build_of(step, state, 3)
    x = np.random.default_rng(0).normal(size=(30, 3)).astype(np.float32)
    longer = [part * torch.nan if isinstance(part, Tensor) else part for part in after(step, state, 3, 60)]
    made = []
    for before in (None, longer):
        engine = Engine(module, weights)
        if before is not None:
            engine.load(before)
        engine.load(state)
        made.append(engine.run(x).tobytes())
    assert made[0] == made[1]


def test_a_state_is_taken_up_in_the_middle() -> None:
    """As a fork does it: the same bits as going on, also where the other engine has less room."""
    model = plain_model("universal-transformer", width=8, heads=2, depth=2)
    step, state = recorded_step(model)
    module, weights = build_of(step, state, 3)
    x = np.random.default_rng(0).normal(size=(3 * LEAST_ROOM, 3)).astype(np.float32)
    first, second = Engine(module, weights), Engine(module, weights)
    first.run(x[:100])
    second.load(first.state())
    assert second.steps == 100
    assert first.run(x[100:]).tobytes() == second.run(x[100:]).tobytes()
    second.load(state)  # and back to the start
    assert second.run(x[:9]).tobytes() == Engine(module, weights).run(x[:9]).tobytes()


def test_a_state_of_two_minds_is_refused() -> None:
    """Parts of different steps are no state."""
    model = plain_model("transformer")
    step, state = recorded_step(model)
    engine = Engine(*build_of(step, state, 3))
    state[-1] = 3
    with pytest.raises(ValueError, match=r"of one step, got parts of the steps \[0, 3\]"):
        engine.load(state)


def _counts(function: Callable[[Tensor, int], Tensor]) -> tuple[Callable[..., Any], list[Any]]:
    return lambda x, t: (function(x, t), t + 1), [0]


def _store(function: Callable[[Tensor, Tensor], Any]) -> tuple[Callable[..., Any], list[Any]]:
    return lambda x, s: (x, function(x, s)), [torch.zeros(1, 0, WIDTH)]


def _read(function: Rows) -> tuple[Callable[..., Any], list[Any]]:
    return _grows(function), [torch.zeros(1, 0, WIDTH)]


REFUSED: dict[str, tuple[tuple[Callable[..., Any], list[Any]], str]] = {
    "a branch on the step": (_counts(lambda x, t: x if t < 100 else -x), "how many"),
    "one step is another": (_counts(lambda x, t: x * 2 if t == 0 else x), "how many"),
    "a number of the step": (_counts(lambda x, t: x * x.new_tensor(int(t) / 7)), "Python makes"),
    "another count": (((lambda x, t: (x, t + 2)), [0]), "counts the steps"),
    "newest first": (_store(lambda x, s: torch.cat((x.unsqueeze(0), s), 1)), "otherwise"),
    "two slots a step": (_store(lambda x, s: torch.cat((s, x.unsqueeze(0), x.unsqueeze(0)), 1)), "does something else"),
    "all slots fade": (_store(lambda x, s: torch.cat((s * 0.9, x.unsqueeze(0)), 1)), "otherwise"),
    "the sum beside": (_store(lambda x, s: torch.cat((s, x.unsqueeze(0)), 1) + 1), "otherwise"),
    "every slot with every other": (_read(lambda x, s: torch.matmul(s, s.transpose(1, 2)).sum()), "two axes"),
    "the mean": (_read(lambda x, s: s.mean(1)), "mean"),
    "their number": (_read(lambda x, s: s.sum(1) / s.shape[1]), "steps so far"),
    "upside down": (_read(lambda x, s: (s.flip(1) * s).sum(1)), "arithmetic"),
    "in order": (_read(lambda x, s: s[..., 0].sort(-1).values.amax(1)), "arithmetic|grows"),
    "twice as many": (_read(lambda x, s: torch.cat((s, s), 1).sum(1)), "something else"),
    "every slot its own operation": (_read(lambda x, s: sum(part.tanh() for part in s.unbind(1))), "something else"),
    "a record that grows": (
        ((lambda x, s: (s.reshape(1, -1), torch.cat((s, x.unsqueeze(0)), 1))), [torch.zeros(1, 0, WIDTH)]),
        "two axes|record|view|something else",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_be_right_for_one_length_only_is_refused(name: str) -> None:
    """Never a wrong number, and the reason is named."""
    (step, state), reason = REFUSED[name]
    with pytest.raises(Unsupported, match=reason):
        _engine(step, *state)


def test_a_length_is_no_number_to_reckon_with() -> None:
    """Whoever takes it for the int it was while recorded is told so."""
    length = Length(2)
    assert (int(length), length.at(0), length.times(3).at(10)) == (PROBES[0] + 2, 2, 36)
    assert length == Length(2)
    assert length != PROBES[0] + 2
    for wrong in (
        lambda: length + 1,
        lambda: 2 * length,
        lambda: length < 3,
        lambda: float(length),
        lambda: length % 2,
    ):
        with pytest.raises(Unsupported):
            wrong()


def test_without_memory_for_its_state_a_run_ends_with_what_was_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    """WebAssembly has 4 GiB."""
    from mnemoscope.errors import MnemoscopeError

    step, state = _grows(lambda x, s: s.sum(1)), torch.zeros(1, 0, WIDTH)
    engine = _engine(step, state)
    with pytest.raises(MnemoscopeError, match="after 200000000 steps: it takes"):
        engine._make_room(200_000_000)
