"""mLSTM: loops of the paper's equations without a stabiliser, transformers' own block, what m may and may not change, the ledger."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from mnemoscope.models.fast_weights import memory as fast_weights
from mnemoscope.models.fast_weights import mlstm
from mnemoscope.models.fast_weights.mlstm import MLSTM, Emitted, MLSTMConfig, MLSTMMixer
from tests.oracles.fast_weight_oracles import (
    Floats,
    assert_ledger_is_exact,
    convolved,
    lively,
    numbers,
    sigmoid,
    silu,
    stack,
    weights,
)
from tests.oracles.stepping import assert_every_parameter_is_trained, fold

B, T, INPUTS, OUTPUTS, D, A, K, V = 2, 37, 6, 5, 12, 3, 4, 7


def small(*, seed: int = 0, **settings: int) -> MLSTM:
    torch.manual_seed(seed)
    sizes = {"width": D, "layers": 2, "heads": A, "key_width": K, "value_width": V, "feedforward": 9}
    model = lively(MLSTM(MLSTMConfig(inputs=INPUTS, outputs=OUTPUTS, **(sizes | settings))))
    assert isinstance(model, MLSTM)
    return model


def emissions(steps: int, *, scale: float = 2.0) -> Emitted:
    return Emitted(
        numbers(B, steps, A, K, seed=1),
        numbers(B, steps, A, K, seed=2),
        numbers(B, steps, A, V, seed=3),
        scale * numbers(B, steps, A, seed=4),
        F.logsigmoid(scale * numbers(B, steps, A, seed=5)),
        torch.sigmoid(numbers(B, steps, A, V, seed=6)),
    )


def mixer_in_numpy(p: dict[str, Floats], xs: Floats, *, exponential: bool = False) -> Floats:
    """One mixer by loops over steps and heads, with eq. 19-27 as they stand, without a stabiliser: x [T, D] -> [T, D]."""
    raw = np.stack([p["interface.weight"] @ x for x in xs])
    memory, normaliser, out = np.zeros((A, V, K)), np.zeros((A, K)), []
    for t, x in enumerate(xs):
        seen = silu(convolved(p, "convolution", xs, t)) if "convolution.weight" in p else x
        q, k = np.split(p["address.weight"] @ seen, 2)
        v, o, i, f = np.split(raw[t], [A * V, 2 * A * V, 2 * A * V + A])
        read = np.zeros((A, V))
        for h in range(A):
            query, key, value = q[h * K : h * K + K], k[h * K : h * K + K] / math.sqrt(K), v[h * V : h * V + V]
            gate = np.exp(i[h] + p["input_bias"][h])
            forget = f[h] + p["forget_bias"][h]
            forget = np.exp(forget) if exponential else sigmoid(forget)
            memory[h] = forget * memory[h] + gate * np.outer(value, key)
            normaliser[h] = forget * normaliser[h] + gate * key
            hidden = memory[h] @ query / max(abs(normaliser[h] @ query), 1)
            normal = (hidden - hidden.mean()) / np.sqrt(hidden.var() + 1e-5) * p["norm"][h]
            read[h] = sigmoid(o[h * V : h * V + V]) * normal
        out.append(p["out.weight"] @ read.reshape(-1))
    return np.array(out)


@pytest.mark.parametrize(
    "settings", [{}, {"convolution": 0, "feedforward": 0}, {"convolution": 2, "exponential_forget": True}]
)
@torch.no_grad()
def test_the_network_equals_the_unstabilised_equations_in_numpy(settings: dict[str, int]) -> None:
    """Embedding to read-out over a sequence, from the state dict alone; forward and step give that same."""
    model, x = small(**settings), numbers(B, T, INPUTS, seed=1)
    exponential = bool(settings.get("exponential_forget"))
    wanted = stack(weights(model), x[1].numpy(), 2, lambda p, xs: mixer_in_numpy(p, xs, exponential=exponential))
    np.testing.assert_allclose(model(x)[1].numpy(), wanted, atol=1e-11, rtol=1e-11)
    np.testing.assert_allclose(fold(model, x)[0][1].numpy(), wanted, atol=1e-11, rtol=1e-11)


@pytest.mark.parametrize("scale", [1.0, 4.0])
@pytest.mark.parametrize("steps", [1, 2, 19, 64])
def test_run_is_the_recurrence_without_a_stabiliser(steps: int, scale: float) -> None:
    """The parallel form against C ← f C + i k vᵀ, n ← f n + i k by einsum; some reads are divided by |nᵀ q|, some by 1."""
    e = emissions(steps, scale=scale)
    reads, memory, n = mlstm.run(e), torch.zeros(B, A, K, V).double(), torch.zeros(B, A, K).double()
    by_one = []
    for t in range(steps):
        f, i = e.log_forget[:, t].exp().unsqueeze(-1), e.log_input[:, t].exp().unsqueeze(-1)
        memory = f.unsqueeze(-1) * memory + torch.einsum("bak,bav->bakv", i * e.keys[:, t], e.values[:, t])
        n = f * n + i * e.keys[:, t]
        product = (n * e.queries[:, t]).sum(-1, keepdim=True).abs()
        by_one.append(product < 1)
        wanted = torch.einsum("bakv,bak->bav", memory, e.queries[:, t]) / product.clamp_min(1)
        torch.testing.assert_close(reads[:, t], wanted, atol=1e-12, rtol=1e-11)
    assert steps < 19 or 0.05 < torch.stack(by_one).double().mean() < 0.95


@pytest.mark.parametrize("shift", [-70.0, -3.0, 40.0])
@torch.no_grad()
def test_the_stabiliser_changes_the_scale_of_the_state_and_no_output(shift: float) -> None:
    """C and n times e^−shift with m + shift are the same memory: outputs and shares stay, to rounding."""
    model, x = small(), numbers(B, T, INPUTS, seed=1)
    _, start, _ = fold(model, numbers(B, 9, INPUTS, seed=5))
    by = math.exp(-shift)
    other = tuple(
        s._replace(memory=by * s.memory, normaliser=by * s.normaliser, stabiliser=s.stabiliser + shift) for s in start
    )
    torch.testing.assert_close(fold(model, x, start)[0], fold(model, x, other)[0], atol=1e-10, rtol=1e-10)


def test_gradients_are_right_though_none_goes_through_the_stabiliser() -> None:
    """Of the parallel form against finite differences, and of the fold of `step` against the parallel form."""
    few = [part[:1, :4, :2].clone().requires_grad_() for part in emissions(4)[:5]]
    output = emissions(4).output_gate[:1, :, :2]
    assert torch.autograd.gradcheck(lambda *parts: mlstm.run(Emitted(*parts, output)), tuple(few))
    model, x = small(), numbers(B, 9, INPUTS, seed=1)
    for path in (model, lambda x: fold(model, x)[0]):
        model.zero_grad()
        path(x).square().sum().backward()
        gradients = {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}
        if path is model:
            wanted = gradients
    assert gradients.keys() == wanted.keys()
    for name, gradient in gradients.items():
        torch.testing.assert_close(gradient, wanted[name], atol=1e-8, rtol=1e-8, msg=name)


@pytest.mark.parametrize("level", [-200.0, 200.0])
def test_gates_far_beyond_the_range_of_exp_stay_finite(level: float) -> None:
    """Input gates of e^±200 in float32, where the paper's own equations overflow; forward, backward and step by step."""
    parts = [part.float() for part in emissions(50)]
    parts[3] = parts[3] + level
    given = [part.clone().requires_grad_() for part in parts]
    reads = mlstm.run(Emitted(*given))
    reads.square().sum().backward()
    assert reads.isfinite().all()
    assert all(part.grad is not None and part.grad.isfinite().all() for part in given[:5])
    model = small().float()
    with torch.no_grad():
        for layer in model.layers:
            layer.mixer.input_bias.fill_(level)
        x = numbers(B, T, INPUTS, seed=1).float()
        outputs, state, seen = fold(model, x)
        assert outputs.isfinite().all()
        assert all(part.isfinite().all() for layer in state for part in layer)
        assert all(part.isfinite().all() for layer in seen[-1] for part in layer)


@torch.no_grad()
def test_the_log_says_what_the_equations_mean() -> None:
    """f' and i' are at most 1 and, with m undone, what m was made of; the recorded query has been divided by max(|nᵀ q|, e⁻ᵐ)."""
    model, x = small(), numbers(B, T, INPUTS, seed=1)
    state, raised = model.initial_state(B), 0
    for t in range(T):
        previous, (_, state, seen) = state, model.step(x[:, t], state)
        for n, layer in enumerate(seen):
            retention, gate, m = layer.retention[..., 0], layer.write_gate[..., 0], layer.stabiliser
            assert torch.equal(layer.retention, retention.unsqueeze(-1).expand(B, A, K))
            assert torch.equal(layer.write_gate, gate.unsqueeze(-1).expand(B, A, V))
            assert not layer.erase.any()
            assert max(retention.max(), gate.max()) <= 1
            forget = retention * (m - previous[n].stabiliser).exp()
            assert ((forget > 0) & (forget < 1)).all()
            raised += int((retention < 0.99 * forget).sum())
            torch.testing.assert_close(torch.maximum(forget.log() + previous[n].stabiliser, gate.log() + m), m)
            scale = torch.maximum(
                (state[n].normaliser * layer.queries * layer.divisor.unsqueeze(-1)).sum(-1).abs(), (-m).exp()
            )
            torch.testing.assert_close(layer.divisor, scale)
            torch.testing.assert_close(layer.read_vectors, fast_weights.read(state[n].memory, layer.queries))
            assert torch.equal(m, state[n].stabiliser)
    assert raised > 0  # a strong write makes everything older count less


@torch.no_grad()
def test_the_ledger_is_exact_from_any_state() -> None:
    model = small()
    _, start, _ = fold(model, numbers(B, 9, INPUTS, seed=5))
    assert_ledger_is_exact(model, fold(model, numbers(B, T, INPUTS, seed=1), start)[2], start)


def test_it_starts_as_published() -> None:
    """Gates from their biases alone: forget gates σ(3) to σ(6), input gates near 1."""
    torch.manual_seed(3)
    mixer = MLSTMMixer(MLSTMConfig(inputs=1, outputs=1, heads=4))
    assert not mixer.interface.weight[-8:].any()
    assert mixer.interface.weight[:-8].any(1).all()
    assert mixer.forget_bias.tolist() == [3, 4, 5, 6]
    assert mixer.input_bias.abs().max() < 0.5


def test_every_parameter_is_trained_and_names_are_pinned() -> None:
    """Renaming a parameter would orphan every shipped checkpoint."""
    assert_every_parameter_is_trained(small(), numbers(B, T, INPUTS, seed=1))
    mixer = [
        "convolution.weight",
        "convolution.bias",
        "address.weight",
        "interface.weight",
        "input_bias",
        "forget_bias",
        "norm",
        "out.weight",
    ]
    layer = ["norm1.weight", "norm2.weight", "up.weight", "down.weight", *(f"mixer.{name}" for name in mixer)]
    ends = ["embed.bias", "embed.weight", "norm.weight", "readout.bias", "readout.weight"]
    assert sorted(small().state_dict()) == sorted([f"layers.{n}.{part}" for n in (0, 1) for part in layer] + ends)


@torch.no_grad()
def test_the_layer_equals_that_of_transformers() -> None:
    """xLSTM 7B's, with copied weights and its caps and ε out of the way, to the float32 in which it runs the recurrence."""
    transformers = pytest.importorskip(
        "transformers", reason="transformers is not a dependency; install it to run this"
    )
    from transformers.models.xlstm.modeling_xlstm import xLSTMLayer

    torch.manual_seed(0)
    config = transformers.xLSTMConfig(
        hidden_size=D,
        num_heads=A,
        qk_dim_factor=A * K / D,
        v_dim_factor=A * V / D,
        eps=0.0,
        norm_eps=1e-5,
        gate_soft_cap=1e9,
        num_hidden_layers=1,
        autocast_kernel_dtype="float32",
        chunk_size=8,
    )
    theirs = xLSTMLayer(config).double()
    ours = MLSTMMixer(MLSTMConfig(1, 1, width=D, heads=A, key_width=K, value_width=V, convolution=0)).double()
    for parameter in theirs.parameters():
        parameter.add_(0.3 * torch.randn_like(parameter))
    rows = (theirs.v, theirs.ogate_preact, theirs.igate_preact, theirs.fgate_preact)
    pairs = {
        "address.weight": torch.cat([theirs.q.weight, theirs.k.weight]),
        "interface.weight": torch.cat([part.weight for part in rows]),
        "input_bias": theirs.igate_preact.bias,
        "forget_bias": theirs.fgate_preact.bias,
        "norm": theirs.multihead_norm.weight.view(A, V),
        "out.weight": theirs.out_proj.weight,
    }
    ours.load_state_dict(pairs)
    x = numbers(B, 29, D, seed=1)
    torch.testing.assert_close(ours(x), theirs(x)[0], atol=3e-6, rtol=0)
