"""The GRU: its step is torch's arrangement, and its hidden state is a convex sum of candidates and the initial state."""

import numpy as np
import pytest
import torch

from mnemoscope.kinds import cell, ledger
from mnemoscope.models.recurrent.gru import GRU, GRUConfig
from tests.oracles.stepping import fold, sequences

B, T, INPUTS, OUTPUTS, HIDDEN = 2, 23, 6, 5, 11


def small() -> GRU:
    torch.manual_seed(0)
    model = GRU(GRUConfig(INPUTS, OUTPUTS, HIDDEN, layers=2)).double().eval()
    for parameter in model.parameters():
        parameter.data.mul_(2.0)  # livelier: gates open and close
    return model


def sequence(*, seed: int = 1) -> torch.Tensor:
    return sequences(B, T, INPUTS, seed=seed)


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
            for shown, wanted in zip(
                seen[t][layer].named().values(), (update, 1 - update, candidate, after, reset), strict=True
            ):
                np.testing.assert_allclose(shown[1].numpy(), wanted, atol=1e-12, rtol=0)
            hidden[layer] = below = after
        wanted = p["readout.weight"] @ below + p["readout.bias"]
        np.testing.assert_allclose(outputs[1, t].numpy(), wanted, atol=1e-12, rtol=0)


@torch.no_grad()
@pytest.mark.parametrize("layer", [0, 1])
def test_the_hidden_state_is_a_convex_sum_of_candidates(layer: int) -> None:
    """The ledger identity from a state that is not blank, and per unit the weights of all writes and of h_0 sum to 1."""
    model, x = small(), sequence()
    _, start, _ = fold(model, sequence(seed=9))
    _, state, seen = fold(model, x, start)
    names = ("forget_gate", "input_gate", "write_vectors")
    kept, write, candidates = (torch.stack([s[layer].named()[n][0] for s in seen]).numpy() for n in names)
    initial, hidden = model.keyframe(start)[f"cell{layer}", "cell"][0].numpy(), state.hidden[layer][0].numpy()
    contributions = cell.contributions(kept, write, candidates, initial)
    np.testing.assert_allclose(contributions.sum(0), hidden, atol=1e-10, rtol=0)
    assert ledger.shares(contributions, hidden).sum() == pytest.approx(1, abs=1e-10)
    weights = cell.contributions(kept, write, np.ones_like(candidates), np.ones_like(initial))
    assert (weights >= 0).all()
    np.testing.assert_allclose(weights.sum(0), 1, atol=1e-12)


@torch.no_grad()
def test_the_cell_is_what_is_read() -> None:
    """Why its bank is direct: the cell of the keyframe is the hidden state of the frame before it."""
    model, x = small(), sequence()
    step = model.step(x[:, 0], model.initial_state(B))
    for bank in ("cell0", "cell1"):
        assert torch.equal(model.keyframe(step.state)[bank, "cell"], model.frame(step.seen)[bank, "read_vectors"])
