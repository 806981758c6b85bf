"""The Elman network: its step is the textbook one, torch's, and exactly linear in what the steps wrote."""

import numpy as np
import pytest
import torch

from mnemoscope.kinds import ledger, recurrent
from mnemoscope.models.recurrent.elman import RNN, RNNConfig, secant_slope
from tests.oracles.stepping import fold, sequences

B, T, INPUTS, OUTPUTS, HIDDEN = 2, 23, 6, 5, 11


def small() -> RNN:
    torch.manual_seed(0)
    model = RNN(RNNConfig(INPUTS, OUTPUTS, HIDDEN, layers=2)).double().eval()
    for parameter in model.parameters():
        parameter.data.mul_(1.5)  # livelier: slopes well below 1
    return model


def sequence(*, seed: int = 1) -> torch.Tensor:
    return sequences(B, T, INPUTS, seed=seed)


@torch.no_grad()
def test_step_equals_loops_in_numpy() -> None:
    """Written vectors, slopes, hidden and output of both layers, unit by unit, for one sequence of the batch."""
    model, x = small(), sequence()
    outputs, _, seen = fold(model, x)
    p = {name: value.numpy() for name, value in model.state_dict().items()}
    hidden = [np.zeros(HIDDEN), np.zeros(HIDDEN)]
    for t in range(T):
        below = x[1, t].numpy()
        for layer in (0, 1):
            u, w = p[f"rnn.weight_ih_l{layer}"], p[f"rnn.weight_hh_l{layer}"]
            d, rho, h = np.zeros(HIDDEN), np.zeros(HIDDEN), np.zeros(HIDDEN)
            for i in range(HIDDEN):
                d[i] = p[f"rnn.bias_ih_l{layer}"][i] + p[f"rnn.bias_hh_l{layer}"][i]
                d[i] += sum(u[i, j] * below[j] for j in range(len(below)))
                a = d[i] + sum(w[i, j] * hidden[layer][j] for j in range(HIDDEN))
                rho[i], h[i] = np.tanh(a) / a, np.tanh(a)
            for shown, wanted in zip(seen[t][layer], (d, rho, h), strict=True):
                np.testing.assert_allclose(shown[1].numpy(), wanted, atol=1e-12, rtol=0)
            hidden[layer] = below = h
        wanted = p["readout.weight"] @ below + p["readout.bias"]
        np.testing.assert_allclose(outputs[1, t].numpy(), wanted, atol=1e-12, rtol=0)


def test_the_slope_is_that_of_the_secant_and_1_at_zero() -> None:
    """Finite with a finite gradient everywhere, in (0, 1]."""
    raw = torch.tensor([0.0, 1e-9, -0.5, 3.0, -40.0], dtype=torch.float64, requires_grad=True)
    slope = secant_slope(raw, torch.tanh(raw))
    np.testing.assert_allclose(slope.detach().numpy(), [1, 1, np.tanh(0.5) / 0.5, np.tanh(3) / 3, 1 / 40], rtol=1e-15)
    slope.sum().backward()
    assert raw.grad is not None
    assert raw.grad.isfinite().all()


@torch.no_grad()
@pytest.mark.parametrize("layer", [0, 1])
def test_the_hidden_state_is_the_sum_of_what_the_steps_wrote(layer: int) -> None:
    """The ledger identity, from a state that is not blank: ≤ 1e-10; shares with the initial one sum to 1."""
    model, x = small(), sequence()
    _, start, _ = fold(model, sequence(seed=9))
    _, state, seen = fold(model, x, start)
    written, slopes = (torch.stack([s[layer][n][0] for s in seen]).numpy() for n in (0, 1))
    weights = model.keyframe(start)[f"state{layer}", "recurrent_weights"][0].numpy()
    initial = model.keyframe(start)[f"state{layer}", "hidden"][0].numpy()
    contributions = recurrent.contributions(written, slopes, weights, initial)
    hidden = state.hidden[layer][0].numpy()
    assert np.abs(contributions[0]).max() > 1e-6  # the initial state still counts
    np.testing.assert_allclose(contributions.sum(0), hidden, atol=1e-10, rtol=0)
    assert ledger.shares(contributions, hidden).sum() == pytest.approx(1, abs=1e-10)
