"""Mamba-2: loops of the recurrence, the semiseparable matrix, transformers' own block, the ledger."""

import numpy as np
import pytest
import torch

from mnemoscope.models.fast_weights import mamba2
from mnemoscope.models.fast_weights.mamba2 import Mamba2, Mamba2Config, Mamba2Mixer
from mnemoscope.models.fast_weights.memory import Write
from tests.oracles.fast_weight_oracles import (
    Floats,
    assert_ledger_is_exact,
    convolved,
    lively,
    numbers,
    rms,
    silu,
    softplus,
    stack,
    weights,
)
from tests.oracles.stepping import assert_every_parameter_is_trained, fold

B, T, INPUTS, OUTPUTS, D, A, G, N, P = 2, 37, 6, 5, 12, 4, 2, 3, 7


def small(*, seed: int = 0, **settings: int) -> Mamba2:
    torch.manual_seed(seed)
    sizes = {"width": D, "layers": 2, "heads": A, "groups": G, "key_width": N, "value_width": P}
    model = lively(Mamba2(Mamba2Config(inputs=INPUTS, outputs=OUTPUTS, **(sizes | settings))))
    assert isinstance(model, Mamba2)
    return model


def emissions(steps: int, *, seed: int = 0) -> Write:
    """As a layer emits them, the strongest decay e⁻⁶⁰ a step."""
    size, rate = numbers(B, steps, A, 1, seed=seed).exp(), torch.tensor([0.01, 0.3, 2.0, 9.0]).double()
    return Write(
        numbers(B, steps, A, N, seed=seed + 1),
        numbers(B, steps, A, N, seed=seed + 2),
        numbers(B, steps, A, P, seed=seed + 3),
        None,
        size,
        (-rate.view(A, 1) * size).clamp_min(-60),
    )


def mixer_in_numpy(p: dict[str, Floats], xs: Floats) -> Floats:
    """One mixer by loops over steps and heads: x [T, D] -> [T, D]."""
    inner, shared, groups = A * P, p["norm"].shape[0] * N, p["norm"].shape[0]
    raw = np.stack([p["interface.weight"] @ x for x in xs])
    z, packed, step = raw[:, :inner], raw[:, inner : 2 * inner + 2 * shared], raw[:, 2 * inner + 2 * shared :]
    memory, out = np.zeros((A, N, P)), []
    for t in range(len(xs)):
        x, b, c = np.split(silu(convolved(p, "convolution", packed, t)), [inner, inner + shared])
        y = np.zeros((A, P))
        for h in range(A):
            g = h // (A // groups)
            key, query, value = b[g * N : g * N + N], c[g * N : g * N + N], x[h * P : h * P + P]
            delta = softplus(step[t, h] + p["step_bias"][h])
            memory[h] = np.exp(-np.exp(p["log_rate"][h]) * delta) * memory[h] + np.outer(key, delta * value)
            y[h] = memory[h].T @ query + p["skip"][h] * value
        gated = y.reshape(-1) * silu(z[t])
        out.append(
            p["out.weight"]
            @ np.concatenate([rms(v, w) for v, w in zip(np.split(gated, groups), p["norm"], strict=True)])
        )
    return np.array(out)


@pytest.mark.parametrize(
    "settings", [{}, {"groups": 1, "convolution": 0}, {"groups": 4, "convolution": 2, "feedforward": 9}]
)
@torch.no_grad()
def test_the_network_equals_loops_in_numpy(settings: dict[str, int]) -> None:
    """Embedding to read-out over a sequence, from the state dict alone; forward and step give that same."""
    model, x = small(**settings), numbers(B, T, INPUTS, seed=1)
    wanted = stack(weights(model), x[1].numpy(), 2, mixer_in_numpy)
    np.testing.assert_allclose(model(x)[1].numpy(), wanted, atol=1e-12, rtol=1e-12)
    np.testing.assert_allclose(fold(model, x)[0][1].numpy(), wanted, atol=1e-12, rtol=1e-12)


@torch.no_grad()
def test_reads_are_a_semiseparable_matrix_times_the_values() -> None:
    """Section 3.2.2: R = (L ∘ C Bᵀ) ΔX, where L is the inverse of a matrix with 1 on the diagonal and −α_t just below it."""
    model, x = small(), numbers(B, T, INPUTS, seed=1)
    _, _, seen = fold(model, x)
    for layer in range(2):
        queries, keys, values, retention, _, gate, reads = (
            torch.stack([step[layer][part][1] for step in seen], 1).numpy() for part in range(7)
        )
        for h in range(A):
            mask = np.linalg.inv(np.eye(T) - np.diag(retention[h, 1:, 0], -1))
            wanted = (mask * (queries[h] @ keys[h].T)) @ (gate[h] * values[h])
            np.testing.assert_allclose(reads[h], wanted, atol=1e-12, rtol=1e-11)
            assert not np.triu(mask, 1).any()


@pytest.mark.parametrize("steps", [1, 2, 19, 64])
def test_run_is_the_fold_of_the_recurrence(steps: int) -> None:
    """The quadratic form against S ← α S + k (w v)ᵀ, r = Sᵀ q by einsum, also where hardly anything is retained."""
    e = emissions(steps)
    reads, memory = mamba2.run(e), torch.zeros(B, A, N, P).double()
    assert e.log_retention is not None
    for t in range(steps):
        added = torch.einsum("ban,bap->banp", e.keys[:, t], e.write_gate[:, t] * e.values[:, t])
        memory = e.log_retention[:, t].exp().unsqueeze(-1) * memory + added
        torch.testing.assert_close(
            reads[:, t], torch.einsum("banp,ban->bap", memory, e.queries[:, t]), atol=1e-12, rtol=1e-12
        )


def test_run_stays_finite_in_float32_and_its_gradient_is_right() -> None:
    """300 steps, backward too; and against finite differences on a few."""
    parts = [part.float().requires_grad_() for part in emissions(300) if part is not None]
    mamba2.run(Write(*parts[:3], None, *parts[3:])).square().sum().backward()
    assert all(part.grad is not None and part.grad.isfinite().all() for part in parts)
    few = [part.detach()[:1, :, :2].clone().requires_grad_() for part in emissions(4) if part is not None]
    assert torch.autograd.gradcheck(lambda *p: mamba2.run(Write(*p[:3], None, *p[3:])), tuple(few))


@torch.no_grad()
def test_the_log_says_what_the_equations_mean() -> None:
    """One α a head and the same write gate on every channel, α = exp(−e^a Δ), keys shared within a group, nothing erased."""
    model = small()
    _, state, seen = fold(model, numbers(B, T, INPUTS, seed=1))
    for n, layer in enumerate(seen[-1]):
        mixer = model.layers[n].mixer
        assert isinstance(mixer, Mamba2Mixer)
        size = layer.write_gate[..., 0]
        assert torch.equal(layer.write_gate, size.unsqueeze(-1).expand(B, A, P))
        wanted = (-mixer.log_rate.exp() * size).exp().unsqueeze(-1).expand(B, A, N)
        torch.testing.assert_close(layer.retention, wanted, atol=1e-15, rtol=0)
        assert not layer.erase.any()
        for shared in (layer.keys, layer.queries):
            assert torch.equal(shared[:, 0], shared[:, 1])
            assert not torch.equal(shared[:, 1], shared[:, 2])
        assert (layer.keys.norm(dim=-1) - 1).abs().min() > 1e-3  # nothing makes them of length 1
        torch.testing.assert_close(layer.read_vectors, torch.einsum("banp,ban->bap", state[n].memory, layer.queries))


@torch.no_grad()
def test_the_ledger_is_exact_from_any_state() -> None:
    model = small()
    _, start, _ = fold(model, numbers(B, 9, INPUTS, seed=5))
    assert_ledger_is_exact(model, fold(model, numbers(B, T, INPUTS, seed=1), start)[2], start)


@torch.no_grad()
def test_the_skip_passes_by_the_memory() -> None:
    """D changes the output of the layer and neither what is read nor what is recorded of the step."""
    model, x = small(layers=1), numbers(B, 5, INPUTS, seed=1)
    before, _, seen = fold(model, x)
    mixer = model.layers[0].mixer
    assert isinstance(mixer, Mamba2Mixer)
    mixer.skip.add_(1)
    after, _, again = fold(model, x)
    assert not torch.allclose(before, after, atol=1e-3)
    assert all(
        torch.equal(a, b) for one, two in zip(seen, again, strict=True) for a, b in zip(one[0], two[0], strict=True)
    )


def test_it_starts_as_published() -> None:
    """Rates 1 to 16, step sizes of a blank input 0.001 to 0.1, D = 1; log-uniform, so that some heads hold for long."""
    torch.manual_seed(3)
    mixer = Mamba2Mixer(Mamba2Config(inputs=1, outputs=1, heads=400, value_width=1))
    rate, size = mixer.log_rate.exp(), torch.nn.functional.softplus(mixer.step_bias)
    assert 1 <= rate.min() < 1.5 < 15 < rate.max() <= 16
    assert 0.00099 <= size.min() < 0.0012 < 0.08 < size.max() <= 0.1001
    assert 0.005 < size.median() < 0.02
    assert (mixer.skip == 1).all()


def test_groups_that_do_not_divide_the_heads_are_refused() -> None:
    for groups in (0, 3):
        with pytest.raises(ValueError, match=f"groups must divide the 4 heads, got {groups}"):
            small(groups=groups)


def test_every_parameter_is_trained_and_names_are_pinned() -> None:
    """Renaming a parameter would orphan every shipped checkpoint."""
    assert_every_parameter_is_trained(small(), numbers(B, T, INPUTS, seed=1))
    mixer = [
        "interface.weight",
        "convolution.weight",
        "convolution.bias",
        "log_rate",
        "step_bias",
        "skip",
        "norm",
        "out.weight",
    ]
    wanted = [f"layers.{n}.{part}" for n in (0, 1) for part in ("norm1.weight", *(f"mixer.{name}" for name in mixer))]
    ends = ["embed.bias", "embed.weight", "norm.weight", "readout.bias", "readout.weight"]
    assert sorted(small().state_dict()) == sorted(wanted + ends)


@pytest.mark.parametrize("groups", [1, 2])
@torch.no_grad()
def test_the_block_equals_that_of_transformers(groups: int) -> None:
    """With copied weights, to the float32 in which theirs runs the recurrence."""
    transformers = pytest.importorskip(
        "transformers", reason="transformers is not a dependency; install it to run this"
    )
    from transformers.models.mamba2.modeling_mamba2 import Mamba2Mixer as Theirs

    torch.manual_seed(0)
    sizes = {"hidden_size": 14, "num_heads": A, "head_dim": P, "state_size": N, "expand": 2, "n_groups": groups}
    config = transformers.Mamba2Config(
        **sizes, conv_kernel=3, chunk_size=8, num_hidden_layers=1, layer_norm_epsilon=1e-5
    )
    theirs = Theirs(config, 0).double()
    ours = Mamba2Mixer(
        Mamba2Config(1, 1, width=14, heads=A, key_width=N, value_width=P, groups=groups, convolution=3)
    ).double()
    for parameter in theirs.parameters():
        parameter.add_(0.3 * torch.randn_like(parameter))
    pairs = {
        "interface.weight": theirs.in_proj.weight,
        "convolution.weight": theirs.conv1d.weight,
        "convolution.bias": theirs.conv1d.bias,
        "log_rate": theirs.A_log,
        "step_bias": theirs.dt_bias,
        "skip": theirs.D,
        "norm": theirs.norm.weight.view(groups, -1),
        "out.weight": theirs.out_proj.weight,
    }
    ours.load_state_dict(pairs)
    x = numbers(B, 29, 14, seed=1)
    torch.testing.assert_close(ours(x), theirs(x), atol=3e-6, rtol=0)
