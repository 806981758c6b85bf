"""The delta rule and its two networks: exact overwriting, the loops of the papers, the ledger, one memory many ways."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from mnemoscope import kinds, tasks
from mnemoscope.checkpoints.store import LoadedModel
from mnemoscope.models.delta import rule as delta_rule
from mnemoscope.models.delta.deltanet import DeltaNet, DeltaNetConfig
from mnemoscope.models.delta.gated_deltanet import GatedDeltaNet, GatedDeltaNetConfig
from mnemoscope.models.fast_weights import memory as fast_weights
from mnemoscope.models.fast_weights.memory import Write
from mnemoscope.models.fast_weights.stack import FastWeightStack
from mnemoscope.reading import verify
from mnemoscope.reading.recording import Recording
from mnemoscope.running import record
from tests.oracles.fast_weight_oracles import (
    Floats,
    assert_ledger_is_exact,
    convolved,
    logged,
    numbers,
    rms,
    sigmoid,
    silu,
    softplus,
    stack,
    weights,
)
from tests.oracles.stepping import fold

B, T, INPUTS, OUTPUTS, A, K, V = 2, 37, 6, 5, 3, 4, 7
SIZES = {"width": 12, "layers": 2, "heads": A, "key_width": K, "value_width": V, "feedforward": 9}
MODELS = {"deltanet": (DeltaNet, DeltaNetConfig), "gated-deltanet": (GatedDeltaNet, GatedDeltaNetConfig)}
both = pytest.mark.parametrize("name", sorted(MODELS))
decaying = pytest.mark.parametrize("decays", [False, True])


def small(
    name: str, *, seed: int = 0, inputs: int = INPUTS, outputs: int = OUTPUTS, **settings: object
) -> FastWeightStack[Any]:
    torch.manual_seed(seed)
    make, config = MODELS[name]
    model = make(config(inputs=inputs, outputs=outputs, **(SIZES | settings))).double().eval()
    for parameter in model.parameters():
        parameter.data.mul_(1.5)  # livelier: gates open and close
    return model


def writes(steps: int, *, decays: bool, strongest: float = 1.0) -> Write:
    """Emissions of T steps, gates in (0, 1) (erase up to `strongest`), log retentions down to the floor."""
    key, value = (B, steps, A, K), (B, steps, A, V)
    decay = (-3 * numbers(*key, seed=6).exp()).clamp_min(delta_rule.FLOOR) if decays else None
    return Write(
        delta_rule.unit(numbers(*key, seed=1)),
        delta_rule.unit(numbers(*key, seed=2)),
        numbers(*value, seed=3),
        strongest * torch.sigmoid(3 * numbers(*key, seed=4)),
        torch.sigmoid(3 * numbers(*value, seed=5)),
        decay,
    )


def at(write: Write, t: int) -> Write:
    decay = None if write.log_retention is None else write.log_retention[:, t]
    return Write(*(part[:, t] for part in write[:5]), decay)  # type: ignore[misc]


@decaying
def test_update_and_read_equal_the_equation_written_as_matrices(decays: bool) -> None:
    """S ← (I − k (b⊙k)ᵀ) Diag(α) S + k (w⊙v)ᵀ and Sᵀ q, head by head in NumPy."""
    memory, write = numbers(B, A, K, V, seed=7), at(writes(1, decays=decays), 0)
    after = fast_weights.update(memory, write)
    reads = fast_weights.read(after, write.queries)
    for i in range(B):
        for h in range(A):
            q, k, v, b, w = (part[i, h].numpy() for part in write[:5])
            alpha = np.ones(K) if write.log_retention is None else np.exp(write.log_retention[i, h].numpy())
            wanted = (np.eye(K) - np.outer(k, b * k)) @ np.diag(alpha) @ memory[i, h].numpy() + np.outer(k, w * v)
            np.testing.assert_allclose(after[i, h].numpy(), wanted, atol=1e-12, rtol=0)
            np.testing.assert_allclose(reads[i, h].numpy(), wanted.T @ q, atol=1e-12, rtol=0)


def test_strength_1_overwrites_exactly_and_strength_0_changes_nothing() -> None:
    """The promise of the delta rule: after the write the key answers with v, whatever was there; others keep theirs."""
    memory, write = numbers(B, A, K, V, seed=7), at(writes(1, decays=False), 0)
    key = write.keys / write.keys.norm(dim=-1, keepdim=True)
    ones, nothing = torch.ones_like(write.erase), torch.zeros_like(write.erase)
    full = write._replace(keys=key, erase=ones, write_gate=torch.ones_like(write.values))
    after = fast_weights.update(memory, full)
    torch.testing.assert_close(fast_weights.read(after, key), write.values, atol=1e-14, rtol=0)
    other = write.queries - (write.queries * key).sum(-1, keepdim=True) * key  # orthogonal to the key
    torch.testing.assert_close(fast_weights.read(after, other), fast_weights.read(memory, other), atol=1e-14, rtol=0)
    none = write._replace(erase=nothing, write_gate=torch.zeros_like(write.values))
    assert torch.equal(fast_weights.update(memory, none), memory)


def test_gated_rule_without_decay_and_with_tied_gates_is_the_delta_rule() -> None:
    """α = 1, b = w = β: S + β k (v − Sᵀ k)ᵀ; and without the tie it is something else."""
    memory, write = numbers(B, A, K, V, seed=7), at(writes(1, decays=False), 0)
    beta = torch.sigmoid(numbers(B, A, 1, seed=8))
    tied = write._replace(
        erase=beta.expand(B, A, K), write_gate=beta.expand(B, A, V), log_retention=torch.zeros(B, A, K).double()
    )
    k = write.keys
    wanted = memory + torch.einsum("bak,bav->bakv", beta * k, write.values - torch.einsum("bakv,bak->bav", memory, k))
    torch.testing.assert_close(fast_weights.update(memory, tied), wanted, atol=1e-14, rtol=0)
    assert not torch.allclose(fast_weights.update(memory, write), wanted, atol=1e-3)


@decaying
@pytest.mark.parametrize("steps", [1, 5, 16, 37])
@pytest.mark.parametrize("chunk", [1, 7, 16])
def test_run_is_the_fold_of_update_and_read(steps: int, chunk: int, decays: bool) -> None:
    """From a memory that is not blank, also where chunks do not divide the steps; reads and last memory ≤ 1e-12."""
    write, memory = writes(steps, decays=decays, strongest=2.0 if not decays else 1.0), numbers(B, A, K, V, seed=7)
    reads, last = delta_rule.run(memory, write, chunk=chunk)
    for t in range(steps):
        memory = fast_weights.update(memory, at(write, t))
        torch.testing.assert_close(reads[:, t], fast_weights.read(memory, write.queries[:, t]), atol=1e-12, rtol=0)
    torch.testing.assert_close(last, memory, atol=1e-12, rtol=0)


def test_run_stays_finite_in_float32_at_the_strongest_decay() -> None:
    """A whole chunk at the floor, forward and backward: the inverse factors do not overflow."""
    steps = 2 * delta_rule.CHUNK
    write = Write(*(None if part is None else part.float().requires_grad_() for part in writes(steps, decays=True)))  # type: ignore[arg-type]
    floor = torch.full((B, steps, A, K), delta_rule.FLOOR, requires_grad=True)
    reads, memory = delta_rule.run(torch.ones(B, A, K, V), write._replace(log_retention=floor))
    reads.square().sum().backward()
    assert memory.isfinite().all()
    for part in (*write[:5], floor):
        assert part is not None
        assert part.grad is not None
        assert part.grad.isfinite().all()


def test_retention_is_bounded_and_grows_with_its_bias() -> None:
    """α = exp(−e^a softplus(raw + c)) in [e⁻⁵, 1], and exactly that above the floor."""
    raw, rate = numbers(B, A, K, seed=1) * 9, torch.tensor([[0.0], [1.0], [2.5]]).double()
    log = delta_rule.log_retention(raw, rate, torch.zeros(A, K).double())
    wanted = -np.exp(rate.numpy()) * np.log1p(np.exp(raw.numpy()))
    np.testing.assert_allclose(log.numpy(), np.maximum(wanted, -5), atol=1e-12)
    assert (log == -5).any()
    assert (log > -0.01).any()


@decaying
def test_gradients_of_update_read_and_run(decays: bool) -> None:
    """Against finite differences, through every emitted part and the memory."""
    write = writes(4, decays=decays)
    given = [part.clone()[:1, :, :2].contiguous().requires_grad_() for part in write if part is not None]
    memory = numbers(1, 2, K, V, seed=7).requires_grad_()

    def one(memory: Tensor, *parts: Tensor) -> Tensor:
        step = at(Write(*parts, *([] if decays else [None])), 0)  # type: ignore[misc]
        return fast_weights.read(fast_weights.update(memory, step), step.queries)

    def all_steps(memory: Tensor, *parts: Tensor) -> tuple[Tensor, Tensor]:
        return delta_rule.run(memory, Write(*parts, *([] if decays else [None])), chunk=3)  # type: ignore[misc]

    assert torch.autograd.gradcheck(one, (memory, *given))
    assert torch.autograd.gradcheck(all_steps, (memory, *given))


def mixer_in_numpy(p: dict[str, Floats], xs: Floats, name: str, reflect: bool) -> Floats:
    """One mixer by loops over steps and heads: x [T, D] -> [T, D]."""
    unit = lambda v: v / np.sqrt((v**2).sum() + 1e-6)  # noqa: E731
    packed = A * (2 * K + V)
    raws = np.stack([p["interface.weight"] @ x for x in xs])
    memory, out = np.zeros((A, K, V)), []
    for t in range(len(xs)):
        q, k, v = np.split(silu(convolved(p, "convolution", raws[:, :packed], t)), [A * K, 2 * A * K])
        gates, read = raws[t][packed:], np.zeros((A, V))
        for h in range(A):
            keys, values = slice(h * K, h * K + K), slice(h * V, h * V + V)
            kh = unit(k[keys])
            if name == "deltanet":
                beta = (2 if reflect else 1) * sigmoid(gates[h])
                alpha, b, w, gate = np.ones(K), np.full(K, beta), np.full(V, beta), np.ones(V)
            else:
                erase, write, decay, gate = np.split(gates, np.cumsum([A * K, A * V, A * K]))
                b, w = (2 if reflect else 1) * sigmoid(erase[keys]), sigmoid(write[values])
                rate = np.exp(p["log_rate"][h, 0])
                alpha = np.exp(np.maximum(-rate * softplus(decay[keys] + p["retention_bias"][h]), -5))
                gate = silu(gate[values])
            kept = alpha[:, None] * memory[h]
            memory[h] = kept - np.outer(kh, (b * kh) @ kept) + np.outer(kh, w * v[values])
            read[h] = rms(memory[h].T @ unit(q[keys]), p["norm.weight"]) * gate
        out.append(p["out.weight"] @ read.reshape(-1))
    return np.array(out)


@both
@pytest.mark.parametrize("settings", [{}, {"convolution": 0, "feedforward": 0}, {"convolution": 2, "reflect": True}])
@torch.no_grad()
def test_the_network_equals_loops_in_numpy(name: str, settings: dict) -> None:
    """Embedding to read-out over a sequence, from the state dict alone; forward and step give that same."""
    model, x = small(name, **settings), numbers(B, T, INPUTS, seed=1)
    reflect = bool(settings.get("reflect"))
    wanted = stack(weights(model), x[1].numpy(), 2, lambda p, xs: mixer_in_numpy(p, xs, name, reflect))
    np.testing.assert_allclose(model(x)[1].numpy(), wanted, atol=1e-12, rtol=0)
    np.testing.assert_allclose(fold(model, x)[0][1].numpy(), wanted, atol=1e-12, rtol=0)


@both
@pytest.mark.parametrize("steps", [1, 2, 16, 45])
@torch.no_grad()
def test_forward_is_the_fold_of_step_and_rows_do_not_meet(name: str, steps: int) -> None:
    """Also for sequences shorter than the convolution and longer than a chunk."""
    model, x = small(name), numbers(B, steps, INPUTS, seed=1)
    torch.testing.assert_close(model(x), fold(model, x)[0], atol=1e-12, rtol=0)
    torch.testing.assert_close(model(x)[1:], fold(model, x[1:])[0], atol=1e-12, rtol=0)


@both
@torch.no_grad()
def test_the_ledger_identity_holds_for_every_head(name: str) -> None:
    """Contributions with that of a memory that is not blank sum to the read; shares to 1."""
    model = small(name)
    _, start, _ = fold(model, numbers(B, 9, INPUTS, seed=5))
    _, _, seen = fold(model, numbers(B, T, INPUTS, seed=1), start)
    assert_ledger_is_exact(model, seen, start)
    assert all((logged(seen, n)["retention"] == 1).all() == (name == "deltanet") for n in range(2))


@both
@torch.no_grad()
def test_what_is_recorded_is_what_the_bank_promises(name: str) -> None:
    model = small(name)
    step = model.step(numbers(B, INPUTS, seed=1), model.initial_state(B))
    for entries, tensors in (
        (model.frame_entries(), model.frame(step.seen)),
        (model.keyframe_entries(), model.keyframe(step.state)),
    ):
        assert {(bank, part): (B, *shape) for bank, part, _, _, shape in entries} == {
            key: tuple(value.shape) for key, value in tensors.items()
        }
    assert [bank.name for bank in model.banks()] == ["layer0", "layer1"]
    for bank in model.banks():
        assert (bank.kind, bank.slots, bank.width, bank.write_heads, bank.read_heads) == ("associative", K, V, A, A)
        frame = {part: shape for owner, part, _, _, shape in model.frame_entries() if owner == bank.name}
        keyframe = {part: shape for owner, part, _, _, shape in model.keyframe_entries() if owner == bank.name}
        assert kinds.of(bank).frame_tensors(bank) == frame
        assert kinds.of(bank).keyframe_tensors(bank) == keyframe


@both
def test_a_recording_of_it_verifies(name: str, tmp_path: Path) -> None:
    """Through the writer and the reader: the memory rebuilt from the log is the model's, at the keyframe and at the reads."""
    task = tasks.get("signal-recall")
    model = small(name, inputs=task.inputs, outputs=task.outputs).float()
    loaded = LoadedModel(f"{name}-test", name, name, "rnn", task.name, model, {}, "0" * 64)
    path = tmp_path / "run.mnemo"
    episode = task.episode(seed=1)
    assert episode.steps > 64  # or there is no keyframe to check
    record.record_file(path, episode, [loaded])
    with Recording.open(path) as rec:
        report = verify.verify(rec)
        assert report["ok"], report
        assert [bank["keyframes"]["count"] for bank in report["banks"]] == [1, 1]
        state = model.initial_state(1)
        with torch.no_grad():
            for x in torch.from_numpy(episode.inputs[:71]):
                state = model.step(x.unsqueeze(0), state).state
        np.testing.assert_allclose(rec[name].memory(70, bank="layer1"), state[1].memory[0].numpy(), atol=1e-5)
        assert rec[name].shares(70, head=A - 1, bank="layer1").sum() == pytest.approx(1, abs=1e-4)


@torch.no_grad()
def test_the_gates_stay_in_their_ranges() -> None:
    """β and the erase gate reach 2 only with `reflect`, the write gate of the gated network never passes 1."""
    x = numbers(B, T, INPUTS, seed=1) * 5
    for name in MODELS:
        for reflect in (False, True):
            seen = [layer for step in fold(small(name, reflect=reflect), x)[2] for layer in step]
            erase = torch.stack([layer.erase for layer in seen])
            write = torch.stack([layer.write_gate for layer in seen])
            assert (erase.max() > 1) == reflect
            assert (write.max() > 1) == (reflect and name == "deltanet")
            assert erase.min() > 0
            assert all((layer.retention > 0).all() and (layer.retention <= 1).all() for layer in seen)
            keys = torch.stack([layer.keys for layer in seen])
            torch.testing.assert_close(keys.norm(dim=-1), torch.ones(keys.shape[:-1]).double(), atol=1e-3, rtol=0)


def test_parameter_names_are_pinned() -> None:
    """Renaming a parameter would orphan every shipped checkpoint."""
    mixer = ["interface", "convolution", "norm", "out"]
    layer = ["norm1.weight", "norm2.weight", "up.weight", "down.weight", *(f"mixer.{part}.weight" for part in mixer)]
    ends = ["embed.bias", "embed.weight", "norm.weight", "readout.bias", "readout.weight"]
    wanted = [f"layers.{n}.{part}" for n in (0, 1) for part in layer] + ends
    assert sorted(small("deltanet").state_dict()) == sorted(wanted)
    extra = [f"layers.{n}.mixer.{part}" for n in (0, 1) for part in ("log_rate", "retention_bias")]
    assert sorted(small("gated-deltanet").state_dict()) == sorted(wanted + extra)
    without = [part for part in wanted if not any(left in part for left in ("convolution", "norm2", "up", "down"))]
    assert sorted(small("deltanet", convolution=0, feedforward=0).state_dict()) == sorted(without)


@both
def test_training_reaches_every_parameter(name: str) -> None:
    """A gradient that is finite and not zero everywhere, through the parallel form."""
    model = small(name)
    F.mse_loss(model(numbers(B, T, INPUTS, seed=1)), numbers(B, T, OUTPUTS, seed=2)).backward()
    for label, parameter in model.named_parameters():
        assert parameter.grad is not None, label
        assert parameter.grad.isfinite().all(), label
        assert parameter.grad.abs().max() > 0, label


@both
@pytest.mark.parametrize("size", ["heads", "key_width", "value_width", "layers", "width"])
def test_sizes_below_one_are_named(name: str, size: str) -> None:
    with pytest.raises(ValueError, match=f"{size} must be at least 1, got 0"):
        small(name, **{size: 0})


def test_what_cannot_be_computed_is_refused() -> None:
    for part in ("convolution", "feedforward"):
        with pytest.raises(ValueError, match=rf"{part} must be 0 \(none\) or more, got -1"):
            small("deltanet", **{part: -1})
    with pytest.raises(ValueError, match="chunk must be from 1 to 16, got 17"):
        delta_rule.run(numbers(B, A, K, V, seed=7), writes(20, decays=True), chunk=17)
    with pytest.raises(ValueError, match="needs an erase gate"):
        delta_rule.run(numbers(B, A, K, V, seed=7), writes(20, decays=True)._replace(erase=None))
