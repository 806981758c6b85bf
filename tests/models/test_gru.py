"""The GRU: its step is torch's arrangement, and its hidden state is a convex sum of candidates and the initial state."""

import numpy as np
import pytest
import torch

from mnemoscope import ledger
from mnemoscope.gru import GRU, GRUConfig, GRUState

B, T, INPUTS, OUTPUTS, HIDDEN = 2, 23, 6, 5, 11


def small(layers: int = 2, *, seed: int = 0) -> GRU:
    torch.manual_seed(seed)
    model = GRU(GRUConfig(INPUTS, OUTPUTS, HIDDEN, layers)).double().eval()
    for parameter in model.parameters():
        parameter.data.mul_(2.0)  # livelier: gates open and close
    return model


def sequence(*, seed: int = 1) -> torch.Tensor:
    return torch.randn(B, T, INPUTS, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def fold(model: GRU, x: torch.Tensor, state: GRUState | None = None) -> tuple[torch.Tensor, GRUState, list]:
    state = state or model.initial_state(len(x))
    outputs, seen = [], []
    for t in range(x.shape[1]):
        step = model.step(x[:, t], state)
        state = step.state
        outputs.append(step.output)
        seen.append(step.seen)
    return torch.stack(outputs, 1), state, seen


@torch.no_grad()
def test_step_equals_loops_in_numpy() -> None:
    """All gates, candidate, hidden and output of both layers, unit by unit; the reset gate acts after the product."""
    model, x = small(), sequence()
    outputs, _, seen = fold(model, x)
    p = {name: value.numpy() for name, value in model.state_dict().items()}
    sigmoid = lambda v: 1 / (1 + np.exp(-v))  # noqa: E731
    hidden = [np.zeros(HIDDEN), np.zeros(HIDDEN)]
    for t in range(T):
        below = x[1, t].numpy()
        for layer in (0, 1):
            w, u, b, c = (p[f"gru.{n}_l{layer}"] for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
            reset, update, candidate, after = (np.zeros(HIDDEN) for _ in range(4))
            for i in range(HIDDEN):
                rows = (i, HIDDEN + i, 2 * HIDDEN + i)  # r, z, n
                from_input = [b[row] + sum(w[row, j] * below[j] for j in range(len(below))) for row in rows]
                from_hidden = [c[row] + sum(u[row, j] * hidden[layer][j] for j in range(HIDDEN)) for row in rows]
                reset[i] = sigmoid(from_input[0] + from_hidden[0])
                update[i] = sigmoid(from_input[1] + from_hidden[1])
                candidate[i] = np.tanh(from_input[2] + reset[i] * from_hidden[2])
                after[i] = (1 - update[i]) * candidate[i] + update[i] * hidden[layer][i]
            for shown, wanted in zip(seen[t][layer], (update, 1 - update, candidate, after, reset), strict=True):
                np.testing.assert_allclose(shown[1].numpy(), wanted, atol=1e-12, rtol=0)
            hidden[layer] = below = after
        wanted = p["readout.weight"] @ below + p["readout.bias"]
        np.testing.assert_allclose(outputs[1, t].numpy(), wanted, atol=1e-12, rtol=0)


@torch.no_grad()
def test_step_equals_torch_with_copied_weights() -> None:
    """nn.GRU over the sequence and nn.GRUCell step by step, from their own modules."""
    model, x = small(), sequence()
    theirs = torch.nn.GRU(INPUTS, HIDDEN, 2, batch_first=True).double()
    theirs.load_state_dict(model.gru.state_dict())
    cell = torch.nn.GRUCell(INPUTS, HIDDEN).double()
    cell.load_state_dict({name.removesuffix("_l0"): v for name, v in model.gru.state_dict().items() if "_l0" in name})
    _, state, seen = fold(model, x)
    hidden, last = theirs(x)
    h = torch.zeros(B, HIDDEN, dtype=torch.float64)
    for t in range(T):
        h = cell(x[:, t], h)
        torch.testing.assert_close(seen[t][0].read_vectors, h, atol=1e-12, rtol=0)
        torch.testing.assert_close(seen[t][1].read_vectors, hidden[:, t], atol=1e-12, rtol=0)
    torch.testing.assert_close(torch.stack(state.hidden), last, atol=1e-12, rtol=0)


@torch.no_grad()
@pytest.mark.parametrize("layers", [1, 3])
def test_forward_is_the_fold_of_step_and_rows_do_not_meet(layers: int) -> None:
    model, x = small(layers), sequence()
    torch.testing.assert_close(model(x), fold(model, x)[0], atol=1e-12, rtol=0)
    torch.testing.assert_close(model(x)[1:], fold(model, x[1:])[0], atol=1e-12, rtol=0)


@torch.no_grad()
def test_stepping_does_not_change_the_given_state() -> None:
    model, x = small(), sequence()
    _, state, _ = fold(model, x)
    kept = [hidden.clone() for hidden in state.hidden]
    model.step(x[:, 0], state)
    assert all(torch.equal(a, b) for a, b in zip(kept, state.hidden, strict=True))


@torch.no_grad()
@pytest.mark.parametrize("layer", [0, 1])
def test_the_hidden_state_is_a_convex_sum_of_candidates(layer: int) -> None:
    """The ledger identity from a state that is not blank, and per unit the weights of all writes and of h_0 sum to 1."""
    model, x = small(), sequence()
    _, start, _ = fold(model, sequence(seed=9))
    _, state, seen = fold(model, x, start)
    kept, write, candidates = (torch.stack([s[layer][n][0] for s in seen]).numpy() for n in (0, 1, 2))
    initial, hidden = model.keyframe(start)[f"cell{layer}", "cell"][0].numpy(), state.hidden[layer][0].numpy()
    contributions = ledger.cell_contributions(kept, write, candidates, initial)
    np.testing.assert_allclose(contributions.sum(0), hidden, atol=1e-10, rtol=0)
    assert ledger.shares(contributions, hidden).sum() == pytest.approx(1, abs=1e-10)
    weights = ledger.cell_contributions(kept, write, np.ones_like(candidates), np.ones_like(initial))
    assert (weights >= 0).all()
    np.testing.assert_allclose(weights.sum(0), 1, atol=1e-12)


@torch.no_grad()
def test_what_is_recorded_is_what_the_bank_promises() -> None:
    """A cell that is read directly: no output gate, the keyframe is the cell alone; the reset gate is an extra."""
    model = small()
    assert [bank.name for bank in model.banks()] == ["cell0", "cell1"]
    assert [bank.name for bank in small(1).banks()] == ["cell"]
    step = model.step(sequence()[:, 0], model.initial_state(B))
    for entries, tensors in (
        (model.frame_entries(), model.frame(step.seen)),
        (model.keyframe_entries(), model.keyframe(step.state)),
    ):
        assert {(bank, name): (B, *shape) for bank, name, _, _, shape in entries} == {
            key: tuple(value.shape) for key, value in tensors.items()
        }
    for bank in model.banks():
        assert (bank.kind, bank.direct, bank.width) == ("cell", True, HIDDEN)
        frame = {name: shape for owner, name, _, _, shape in model.frame_entries() if owner == bank.name}
        keyframe = {name: shape for owner, name, _, _, shape in model.keyframe_entries() if owner == bank.name}
        assert frame == bank.frame_tensors() | {"reset_gate": (HIDDEN,)}
        assert keyframe == bank.keyframe_tensors()
        assert torch.equal(
            model.keyframe(step.state)[bank.name, "cell"], model.frame(step.seen)[bank.name, "read_vectors"]
        )


def test_parameter_names_are_pinned() -> None:
    parts = [f"gru.{part}_{side}_l{n}" for part in ("weight", "bias") for side in ("ih", "hh") for n in (0, 1)]
    assert sorted(small().state_dict()) == sorted([*parts, "readout.bias", "readout.weight"])


@pytest.mark.parametrize("name", ["hidden", "layers", "inputs", "outputs"])
def test_sizes_below_one_are_named(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be at least 1, got 0"):
        GRU(GRUConfig(**({"inputs": 2, "outputs": 1} | {name: 0})))
