"""A Transformer layer inside the unmodified memory of Graves 2016: the memory is the paper's, and the layer does not notice."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from mnemoscope.models import addressing
from mnemoscope.models.attention import positions
from mnemoscope.models.attention.transformer import Transformer, TransformerConfig
from mnemoscope.models.dnc import memory as graves_memory
from mnemoscope.models.dnc.memory import Interface
from mnemoscope.models.stateless import lifted
from mnemoscope.models.stateless.sdnc import ControllerLayer, StatelessDNC

B, N, T = 2, 11, 19


def interface(seed: int, *, heads: int = 3, width: int = 5) -> Interface:
    """A random interface in the ranges of the paper's activations."""
    draw = torch.Generator().manual_seed(seed)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, dtype=torch.float64, generator=draw)

    return Interface(
        normal(B, heads, width), addressing.oneplus(normal(B, heads)), normal(B, width), addressing.oneplus(normal(B, 1)),
        torch.sigmoid(normal(B, 1, width)), normal(B, 1, width), torch.sigmoid(normal(B, heads)),
        torch.sigmoid(normal(B, 1)), torch.sigmoid(normal(B, 1)), torch.softmax(normal(B, heads, 3), -1),
    )  # fmt: skip


def written_out(state: dict[str, np.ndarray], xi: dict[str, np.ndarray], floor: float) -> dict[str, np.ndarray]:
    """One access of the memory of the paper by loops over slots and heads, for one sequence."""

    def lookup(memory: np.ndarray, key: np.ndarray, beta: float) -> np.ndarray:
        scores = np.array(
            [beta * (row @ key) / math.sqrt(row @ row + 1e-6) / math.sqrt(key @ key + 1e-6) for row in memory]
        )
        return np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()

    heads, n = state["read_weights"].shape
    usage = np.empty(n)
    for i in range(n):
        before, wrote = state["usage"][i], state["write_weights"][0, i]
        usage[i] = (before + wrote - before * wrote) * math.prod(
            1 - xi["free_gates"][h] * state["read_weights"][h, i] for h in range(heads)
        )
    floored, allocation, product = floor + (1 - floor) * usage, np.zeros(n), 1.0
    for slot in np.argsort(np.round(usage * 4096) if floor else usage, kind="stable"):
        allocation[slot] = (1 - floored[slot]) * product
        product *= floored[slot]
    g_a, g_w = xi["allocation_gate"][0], xi["write_gate"][0]
    found = lookup(state["memory"], xi["write_key"], xi["write_strength"][0])
    write = g_w * (g_a * allocation + (1 - g_a) * found)
    memory = state["memory"] * (1 - np.outer(write, xi["erase"][0])) + np.outer(write, xi["write_vectors"][0])
    links = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            if i != j:
                links[i, j] = (1 - write[i] - write[j]) * state["links"][i, j] + write[i] * state["precedence"][j]
    rows = []
    for h in range(heads):
        backward, forward = links.T @ state["read_weights"][h], links @ state["read_weights"][h]
        content = lookup(memory, xi["read_keys"][h], xi["read_strengths"][h])
        rows.append(sum(p * w for p, w in zip(xi["read_modes"][h], (backward, content, forward), strict=True)))
    precedence = (1 - write.sum()) * state["precedence"] + write
    return {
        "memory": memory, "usage": usage, "links": links, "precedence": precedence, "write_weights": write[None],
        "read_weights": np.array(rows), "read_vectors": np.array(rows) @ memory,
    }  # fmt: skip


@pytest.mark.parametrize("floor", [0.0, addressing.USAGE_EPSILON])
def test_the_memory_is_the_papers_written_out_in_loops(floor: float) -> None:
    """Twelve accesses with random interfaces: every part of the state and the reads, ≤ 1e-12."""
    state = graves_memory.blank(B, N, 5, 3, torch.zeros((), dtype=torch.float64))
    plain = {name: value[1].numpy() for name, value in state._asdict().items()}
    off_diagonal = 1 - torch.eye(N, dtype=torch.float64)
    for t in range(12):
        xi = interface(t)
        state, reads = graves_memory.step(state, xi, off_diagonal, usage_epsilon=floor)
        plain = written_out(
            plain, {name: value[1].numpy() for name, value in xi._asdict().items() if value.numel()}, floor
        )
        np.testing.assert_allclose(reads[1].numpy(), plain.pop("read_vectors"), atol=1e-12)
        for name, value in state._asdict().items():
            np.testing.assert_allclose(value[1].numpy(), plain[name], atol=1e-12, err_msg=name)


def transformer(kind: Any = "sinusoidal", *, spread: float = 0.2) -> Transformer:
    torch.manual_seed(7)
    config = TransformerConfig(inputs=5, outputs=3, width=24, layers=2, heads=4, feedforward=17, positions=kind)
    model = Transformer(config).double().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(spread * torch.randn_like(parameter))
    return model


def inputs(scale: float = 1.0) -> Tensor:
    return scale * torch.randn(B, T, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(8))


@pytest.mark.parametrize("slots", [T, 40])
@pytest.mark.parametrize("spread", [0.1, 0.6])
@pytest.mark.parametrize("kind", ["sinusoidal", "rotary", "alibi"])
@torch.no_grad()
def test_the_layer_runs_inside_it_and_does_not_notice(kind: str, spread: float, slots: int) -> None:
    """All positions, tame and wild weights, memory just large enough and larger: outputs ≤ 1e-10 in float64."""
    model = transformer(kind, spread=spread)
    wanted = model(inputs(3.0))
    came = StatelessDNC.from_transformer(model, memory="graves", slots=slots)(inputs(3.0))
    torch.testing.assert_close(came, wanted, atol=1e-10, rtol=0)


@pytest.mark.parametrize("kind", ["sinusoidal", "alibi"])
@torch.no_grad()
def test_read_weightings_are_attention_rows_and_blank_slots_get_nothing(kind: str) -> None:
    """Slot s of the genuine memory is token s; what unwritten slots take stays below e^-44 each."""
    model = transformer(kind)
    sdnc = StatelessDNC.from_transformer(model, memory="graves", slots=30)
    state, stores, keys = sdnc.initial_state(B), model.initial_state(B), []
    slopes = torch.tensor(positions.slopes(4), dtype=torch.float64)[:, None] if kind == "alibi" else torch.zeros(4, 1)
    for t, x in enumerate(inputs().unbind(1)):
        step, reference = sdnc.step(x, state), model.step(x, stores)
        state, stores = step.state, reference.state
        keys.append(reference.seen[1].keys)
        scores = torch.einsum("bhd,bhsd->bhs", reference.seen[1].queries, torch.stack(keys, 2)) / math.sqrt(6)
        row = torch.softmax(scores - slopes * (t - torch.arange(t + 1)), -1)
        torch.testing.assert_close(step.seen[1].read_weights[:, :, : t + 1], row, atol=1e-12, rtol=0)
        assert (step.seen[1].read_weights[:, :, t + 1 :] <= math.exp(-44)).all()
        torch.testing.assert_close(step.seen[1].read_weights.sum(-1), torch.ones(B, 4).double(), atol=1e-12, rtol=0)


@torch.no_grad()
def test_writes_are_exactly_one_hot_and_rows_have_the_norm_of_the_bound() -> None:
    """Allocation without floor is 0s and one 1, bit for bit; every row is as long as C; usage counts what was written."""
    sdnc = StatelessDNC.from_transformer(transformer(), memory="graves", slots=T)
    state = sdnc.initial_state(B)
    for t, x in enumerate(inputs(10.0).unbind(1)):
        step = sdnc.step(x, state)
        state = step.state
        for layer, seen in zip(state.memories, step.seen, strict=True):
            assert torch.equal(seen.write_weights[:, 0], torch.eye(T, dtype=torch.float64)[t].expand(B, T))
            assert torch.equal(layer.memory.memory[:, t], seen.write_vectors[:, 0])
            norms = torch.linalg.vector_norm(layer.memory.memory[:, : t + 1], dim=-1)
            torch.testing.assert_close(norms, layer.bound.expand_as(norms), atol=1e-12, rtol=0)
            assert torch.equal(layer.memory.usage, (torch.arange(T) < t).double().expand(B, T))
            assert (seen.read_strengths >= 1).all()


@torch.no_grad()
def test_the_bound_holds_for_any_input() -> None:
    """‖[k; v]‖² + 2 never passes C², whatever the layer is given, and inputs of that kind come close."""
    torch.manual_seed(3)
    model = StatelessDNC.from_transformer(transformer(spread=0.5))
    layer = model.layers[0]
    assert isinstance(layer, ControllerLayer)
    bound = lifted.emission_bound(layer.interface, layer.controller_norm)
    x = torch.randn(1, 20_000, 24, dtype=torch.float64) * torch.logspace(-6, 6, 20_000, dtype=torch.float64)[:, None]
    _, keys, values = layer.emit(x, None)
    squares = keys.square().sum((1, 3)) + values.square().sum((1, 3)) + 2
    assert (squares <= bound.square()).all()
    assert squares.max() > 0.2 * bound.square()  # a bound worth its name


def test_strengths_go_through_oneplus() -> None:
    """The raw strength that the interface emits gives back the strength that is wanted, small or large."""
    wanted = torch.tensor([1 + 1e-6, 1.5, 2.0, 20.9, 21.1, 1e3, 1e7], dtype=torch.float64)
    torch.testing.assert_close(addressing.oneplus(lifted.inverse_oneplus(wanted)), wanted, rtol=1e-12, atol=0)


@torch.no_grad()
def test_rotary_and_alibi_need_no_more_than_rows_and_keys() -> None:
    """ALiBi's term rides in one more column; a run past its horizon is refused, not drawn wrong."""
    sdnc = StatelessDNC.from_transformer(transformer("alibi"), memory="graves", slots=4)
    assert [bank.width for bank in sdnc.banks()] == [2 * 24 + 3] * 2
    late = sdnc.initial_state(B)._replace(steps=lifted.HORIZON)
    with pytest.raises(ValueError, match="65536 steps"):
        sdnc.step(inputs()[:, 0], late)
