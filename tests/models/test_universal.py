"""Universal Transformer: tied weights, a memory a depth step, adaptive computation time in both forms."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mnemoscope import tasks
from mnemoscope.checkpoints.store import LoadedModel
from mnemoscope.models.attention.universal import (
    Pondering,
    UniversalTransformer,
    UniversalTransformerConfig,
    convex,
    ponder,
)
from mnemoscope.reading import verify
from mnemoscope.reading.recording import Recording
from mnemoscope.running import record
from tests.oracles.attention_oracles import (
    check_ledger,
    fold,
    linear,
    logged,
    norm,
    rows_of,
    self_attention,
    sinusoid,
    torch_weights,
)

B, T, INPUTS, OUTPUTS, D, HEADS, DEPTH = 2, 12, 5, 3, 24, 4, 5
KINDS = ("accumulated", "interpolated", "none")


def small(halting: str = "accumulated", *, restless: bool = True, **settings: Any) -> UniversalTransformer:
    """`restless`: halting weights so large that positions halt at many different depths."""
    torch.manual_seed(0)
    sizes = {"width": D, "depth": DEPTH, "heads": HEADS, "feedforward": 17, "halting": halting} | settings
    model = UniversalTransformer(UniversalTransformerConfig(INPUTS, OUTPUTS, **sizes)).double().eval()
    if restless and halting != "none":
        with torch.no_grad():
            model.halting.weight.mul_(12)
            model.halting.bias.fill_(-1.5)
    return model


def sequence() -> torch.Tensor:
    return torch.randn(B, T, INPUTS, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


def naive(model: UniversalTransformer, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """One sequence [T, I] by loops over positions -> outputs [T, O], weights over depth [T, depth], N and R [T]."""
    c = model.config
    layer: Any = model.layer
    state = linear(model.embed, x)
    states, spent = [], np.zeros(len(x))
    weights, updates, remainder = np.zeros((len(x), c.depth)), np.zeros(len(x)), np.zeros(len(x))
    running = [True] * len(x)
    for n in range(c.depth):
        entering = state + [sinusoid(t, D) + sinusoid(n + 1, D) for t in range(len(x))]
        a = norm(layer.norm1, entering + linear(layer.out, self_attention(layer, entering, kind="none")))
        new = norm(layer.norm2, a + linear(layer.down, np.maximum(linear(layer.up, a), 0)))
        state = np.array([new[t] if running[t] else state[t] for t in range(len(x))])
        states.append(state)
        for t in range(len(x)):
            if not running[t]:
                continue
            updates[t] += 1
            if c.halting == "none":
                weights[t, n] = float(n == c.depth - 1)
                continue
            p = 1 / (1 + np.exp(-linear(model.halting, state[t])[0]))
            if spent[t] + p > 1 - c.threshold or n == c.depth - 1:
                remainder[t] = weights[t, n] = 1 - spent[t]
                running[t] = False
            else:
                weights[t, n] = p
                spent[t] += p
    out = np.zeros_like(state)
    for t in range(len(x)):
        if c.halting == "interpolated":  # out ← w s + (1 − w) out, from s_1
            out[t] = states[0][t]
            for n in range(1, c.depth):
                out[t] = weights[t, n] * states[n][t] + (1 - weights[t, n]) * out[t]
        else:
            out[t] = sum(weights[t, n] * states[n][t] for n in range(c.depth))
    return linear(model.readout, out), weights, updates, remainder


@pytest.mark.parametrize("halting", KINDS)
@torch.no_grad()
def test_equals_naive_loops_over_positions(halting: str) -> None:
    """Outputs, weights over depth and the ponder cost, where positions halt at different depths."""
    model, x = small(halting), sequence()
    outputs, cost = model.forward_with_cost(x)
    stepped, seen = fold(model, x)
    costs, depths = [], set()
    for member in range(B):
        expected, weights, updates, remainder = naive(model, x[member].numpy())
        np.testing.assert_allclose(outputs[member].numpy(), expected, atol=1e-12)
        np.testing.assert_allclose(stepped[member].numpy(), expected, atol=1e-12)
        log = logged(model, seen, member)
        amount = updates if halting == "interpolated" else updates + remainder
        np.testing.assert_allclose(log[None, "ponder"][:, 0], amount, atol=1e-12)
        if halting != "interpolated":
            np.testing.assert_allclose(log[None, "halting_weights"], weights, atol=1e-12)
        costs.append(updates + remainder)
        depths |= set(updates)
    assert float(cost) == pytest.approx(np.mean(costs), abs=1e-12)
    assert len(depths) == (1 if halting == "none" else DEPTH)


@pytest.mark.parametrize("halting", KINDS)
@torch.no_grad()
def test_forward_is_the_fold_of_step(halting: str) -> None:
    model, x = small(halting), sequence()
    torch.testing.assert_close(model(x), fold(model, x)[0], atol=1e-12, rtol=0)
    torch.testing.assert_close(model(x)[:1], model(x[:1]), atol=1e-12, rtol=0)


@pytest.mark.parametrize("halting", KINDS)
@torch.no_grad()
def test_weights_over_depth_are_convex(halting: str) -> None:
    """None negative, their sum 1, none after the depth at which the position halted."""
    model, x = small(halting), sequence()
    for one in fold(model, x)[1]:
        weights = one.halting_weights
        assert (weights >= 0).all()
        torch.testing.assert_close(weights.sum(1), torch.ones(B, dtype=torch.float64), atol=1e-12, rtol=0)
        if halting != "none":
            depth = one.ponder[:, 0].floor() if halting == "interpolated" else (one.ponder[:, 0] - 1e-9).floor()
            for member in range(B):
                assert not weights[member, int(depth[member].clamp(max=DEPTH)) :].any()


@torch.no_grad()
def test_interpolation_weights_are_what_the_recursion_unrolls_to() -> None:
    u = torch.rand(3, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(4))
    states = torch.randn(3, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(5))
    out = states[:, 0]
    for n in range(1, 4):
        out = u[:, n] * states[:, n] + (1 - u[:, n]) * out
    torch.testing.assert_close((convex(u) * states).sum(1), out, atol=1e-14, rtol=0)


def test_ponder_by_hand() -> None:
    """p = 0.5, 0.3, 0.25 with ε = 0.01: halts at the third depth step with R = 0.2; N + R = 3.2."""
    one = torch.zeros(1, 1, dtype=torch.float64)
    at = Pondering(one, one == 0, one, one)
    weights = []
    for n, p in enumerate((0.5, 0.3, 0.25, 0.9)):
        weight, at = ponder(torch.full_like(one, p), at, 0.01, last=n == 3)
        weights.append(float(weight))
    assert weights == pytest.approx([0.5, 0.3, 0.2, 0.0])
    assert (float(at.updates), float(at.remainder)) == pytest.approx((3, 0.2))
    assert not at.running.any()


@torch.no_grad()
def test_a_halted_position_keeps_its_state() -> None:
    """Deeper banks get keys and values of the kept state: with P taken away they do not change from depth to depth."""
    model, x = small(), sequence()
    log = logged(model, fold(model, x)[1])
    halted_at = naive(model, x[0].numpy())[2].astype(int)
    embedding = model.embedding(0, T).numpy()
    layer: Any = model.layer
    weight = layer.interface.weight.numpy()[2 * D :]
    bare = np.stack(
        [log[f"depth{n}", "values"].reshape(T, D) - embedding[n] @ weight.T for n in range(DEPTH)]
    )  # W_V s_{n−1} + b_V
    for t in range(T):
        for n in range(1, DEPTH):
            moved = np.abs(bare[n, t] - bare[n - 1, t]).max()
            assert (moved < 1e-12) == (n > halted_at[t])


@torch.no_grad()
def test_a_bias_of_minus_three_starts_deep() -> None:
    """Fresh models: −3 ponders to the end, +1 halts after two steps (arXiv 2604.21999); training starts where it says."""
    x = sequence()
    deep, shallow = (small(restless=False, halting_bias=bias, depth=8).forward_with_cost(x)[1] for bias in (-3.0, 1.0))
    assert deep > 8
    assert shallow < 4
    assert float(small(restless=False).halting.bias) == -3.0


@torch.no_grad()
def test_without_halting_it_is_a_stack_of_one_layer() -> None:
    """ "none" equals torch's own post-norm encoder layer (ReLU, causal), applied `depth` times with P added before each."""
    model, x = small("none"), sequence()
    layer: Any = model.layer
    theirs = torch.nn.TransformerEncoderLayer(D, HEADS, 17, 0.0, "relu", batch_first=True, dtype=torch.float64).eval()
    pairs = {"self_attn.in_proj": layer.interface, "self_attn.out_proj": layer.out, "linear1": layer.up, "linear2": layer.down, "norm1": layer.norm1, "norm2": layer.norm2}  # fmt: skip
    theirs.load_state_dict(torch_weights(pairs))
    mask = torch.nn.Transformer.generate_square_subsequent_mask(T, dtype=torch.float64)
    hidden = model.embed(x)
    for n in range(DEPTH):
        hidden = theirs(hidden + model.embedding(0, T)[n], src_mask=mask)
    torch.testing.assert_close(model(x), model.readout(hidden), atol=1e-12, rtol=0)
    assert float(model.forward_with_cost(x)[1]) == DEPTH
    assert not hasattr(model, "halting")


@torch.no_grad()
def test_rows_of_the_log_are_those_that_torch_reports() -> None:
    model, x = small(), sequence()
    log = logged(model, fold(model, x)[1])
    theirs = torch.nn.MultiheadAttention(D, HEADS, batch_first=True, dtype=torch.float64)
    theirs.load_state_dict(torch_weights({"in_proj": model.layer.interface, "out_proj": model.layer.out}))
    features = model.embed(x[:1]) + model.embedding(0, T)[0]
    mask = torch.nn.Transformer.generate_square_subsequent_mask(T, dtype=torch.float64)
    _, weights = theirs(features, features, features, attn_mask=mask, average_attn_weights=False)
    np.testing.assert_allclose(rows_of(model, log, "depth0"), weights[0].transpose(0, 1).numpy(), atol=1e-12)


@pytest.mark.parametrize("halting", KINDS)
@torch.no_grad()
def test_the_log_gives_the_ledger_of_every_head(halting: str) -> None:
    model, x = small(halting), sequence()
    assert check_ledger(model, logged(model, fold(model, x)[1], member=1)) == DEPTH * HEADS * T


def test_the_ponder_cost_has_a_gradient_and_so_has_every_parameter() -> None:
    for halting in KINDS:
        model = small(halting)
        outputs, cost = model.forward_with_cost(sequence())
        if halting != "none":
            (gradient,) = torch.autograd.grad(cost, [model.halting.bias], retain_graph=True)
            assert gradient < 0  # R falls as p grows: pondering less costs less
        (outputs.square().mean() + cost).backward()
        for name, parameter in model.named_parameters():
            assert parameter.grad is not None, name
            assert torch.isfinite(parameter.grad).all(), name
            assert parameter.grad.abs().max() > 0, name


def test_a_recording_of_it_is_whole(tmp_path: Path) -> None:
    """From model to file and back in float32."""
    torch.manual_seed(0)
    config = UniversalTransformerConfig(9, 8, width=16, depth=3, heads=2, feedforward=16)
    loaded = LoadedModel("ut", "universal-transformer", "UT", "ut", "copy", UniversalTransformer(config).eval(), {}, "0" * 64)  # fmt: skip
    path = tmp_path / "ut.mnemo"
    record.record_file(path, tasks.get("copy").episode(length=4), [loaded])
    with Recording.open(path) as recording:
        assert verify.verify(recording)["ok"]
        view = recording["universal-transformer"]
        assert [bank.name for bank in view.banks] == ["depth0", "depth1", "depth2"]
        np.testing.assert_allclose(view.array("halting_weights").sum(1), 1, atol=1e-6)
        assert ((view.array("ponder") > 3) & (view.array("ponder") <= 4)).all()
        assert all(view.shares(t, bank="depth2", head=1).sum() == pytest.approx(1, abs=1e-5) for t in range(9))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"halting": "basic"}, "halting must be one of accumulated, interpolated, none, got 'basic'"),
        ({"depth": 0}, "depth must be at least 1, got 0"),
        ({"threshold": 1.0}, "threshold must lie between 0 and 1, got 1.0"),
        ({"width": 10, "heads": 4}, "width must be a multiple of heads, got width=10, heads=4"),
    ],
)
def test_settings_that_cannot_be_are_named(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        UniversalTransformer(UniversalTransformerConfig(1, 1, **settings))
