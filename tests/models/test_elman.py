"""The Elman network: its step is the textbook one, torch's, and exactly linear in what the steps wrote."""

import numpy as np
import pytest
import torch

from mnemoscope import ledger
from mnemoscope.elman import RNN, RNNConfig, RNNState, secant_slope

B, T, INPUTS, OUTPUTS, HIDDEN = 2, 23, 6, 5, 11


def small(layers: int = 2, *, seed: int = 0) -> RNN:
    torch.manual_seed(seed)
    model = RNN(RNNConfig(INPUTS, OUTPUTS, HIDDEN, layers)).double().eval()
    for parameter in model.parameters():
        parameter.data.mul_(1.5)  # livelier: slopes well below 1
    return model


def sequence(*, seed: int = 1) -> torch.Tensor:
    return torch.randn(B, T, INPUTS, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def fold(model: RNN, x: torch.Tensor, state: RNNState | None = None) -> tuple[torch.Tensor, RNNState, list]:
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


@torch.no_grad()
def test_step_equals_torch_with_copied_weights() -> None:
    """nn.RNN over the sequence and nn.RNNCell step by step, from their own modules."""
    model, x = small(), sequence()
    theirs = torch.nn.RNN(INPUTS, HIDDEN, 2, batch_first=True).double()
    theirs.load_state_dict(model.rnn.state_dict())
    cell = torch.nn.RNNCell(INPUTS, HIDDEN).double()
    cell.load_state_dict({name.removesuffix("_l0"): v for name, v in model.rnn.state_dict().items() if "_l0" in name})
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
    contributions = ledger.recurrent_contributions(written, slopes, weights, initial)
    hidden = state.hidden[layer][0].numpy()
    assert np.abs(contributions[0]).max() > 1e-6  # the initial state still counts
    np.testing.assert_allclose(contributions.sum(0), hidden, atol=1e-10, rtol=0)
    assert ledger.shares(contributions, hidden).sum() == pytest.approx(1, abs=1e-10)


@torch.no_grad()
def test_what_is_recorded_is_what_the_bank_promises() -> None:
    model = small()
    assert [bank.name for bank in model.banks()] == ["state0", "state1"]
    assert [bank.name for bank in small(1).banks()] == ["state"]
    step = model.step(sequence()[:, 0], model.initial_state(B))
    for entries, tensors in (
        (model.frame_entries(), model.frame(step.seen)),
        (model.keyframe_entries(), model.keyframe(step.state)),
    ):
        assert {(bank, name): (B, *shape) for bank, name, _, _, shape in entries} == {
            key: tuple(value.shape) for key, value in tensors.items()
        }
    for bank in model.banks():
        assert (bank.kind, bank.slots, bank.width, bank.write_heads, bank.read_heads) == ("recurrent", 1, HIDDEN, 1, 1)
        frame = {name: shape for owner, name, _, _, shape in model.frame_entries() if owner == bank.name}
        keyframe = {name: shape for owner, name, _, _, shape in model.keyframe_entries() if owner == bank.name}
        assert bank.frame_tensors() == frame
        assert bank.keyframe_tensors() == keyframe


def test_parameter_names_are_pinned() -> None:
    parts = [f"rnn.{part}_{side}_l{n}" for part in ("weight", "bias") for side in ("ih", "hh") for n in (0, 1)]
    assert sorted(small().state_dict()) == sorted([*parts, "readout.bias", "readout.weight"])


@pytest.mark.parametrize("name", ["hidden", "layers", "inputs", "outputs"])
def test_sizes_below_one_are_named(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be at least 1, got 0"):
        RNN(RNNConfig(**({"inputs": 2, "outputs": 1} | {name: 0})))
