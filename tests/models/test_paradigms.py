"""All paradigms alike: every line of the registry steps, resumes, records and explains itself; and what is peculiar to some."""

from pathlib import Path

import numpy as np
import pytest
import torch

from mnemoscope import kinds, tasks
from mnemoscope.errors import UnknownModel
from mnemoscope.kinds import BankLog, ledger
from mnemoscope.models import registry as paradigms
from mnemoscope.models.base import MemoryModel
from tests.oracles import small_models
from tests.oracles.log_in_memory import EVERY, LogInMemory
from tests.oracles.stepping import (
    assert_forward_is_the_fold,
    assert_json_builds_it_again,
    assert_log_is_what_was_promised,
    sequences,
    verified_recording,
)

SMALL = {
    "transformer": {"width": 24, "layers": 3, "heads": 4, "feedforward": 17},
    "ntm": {"slots": 9, "width": 7, "read_heads": 3, "write_heads": 2, "controller": 13},
    "dnc": {"slots": 9, "width": 7, "read_heads": 3, "controller": 13},
}
"""Sizes of the models whose papers are written out below."""
B, T, INPUTS, OUTPUTS = 2, 21, 6, 5
every = pytest.mark.parametrize("name", paradigms.names())


def small(name: str, *, seed: int = 0) -> MemoryModel:
    torch.manual_seed(seed)
    return paradigms.build(name, {"inputs": INPUTS, "outputs": OUTPUTS, **SMALL[name]}).double().eval()


def sequence(*, seed: int = 1) -> torch.Tensor:
    return torch.randn(B, T, INPUTS, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@every
def test_forward_is_the_fold_of_step_and_sequences_do_not_meet(name: str) -> None:
    """The training path and the stepwise run give the same outputs, to each sequence of a batch as if it were alone."""
    assert_forward_is_the_fold(small_models.small(name, INPUTS, OUTPUTS), sequence())


@every
@torch.no_grad()
def test_a_kept_state_can_be_resumed_twice(name: str) -> None:
    """State is a value: stepping on from it does not change it."""
    model, x = small_models.small(name, INPUTS, OUTPUTS), sequence()
    state = model.initial_state(B)
    for t in range(5):
        state = model.step(x[:, t], state).state
    first = model.step(x[:, 5], state).output
    model.step(x[:, 6], state)
    assert torch.equal(first, model.step(x[:, 5], state).output)


@every
def test_the_log_holds_what_the_layout_and_the_kind_of_bank_promise(name: str) -> None:
    model = small_models.small(name, INPUTS, OUTPUTS)
    assert_log_is_what_was_promised(model, sequence())
    assert all(len(axes) == len(shape) for _, _, _, axes, shape in model.frame_entries() + model.keyframe_entries())


@every
def test_a_model_is_built_again_from_its_configuration(name: str) -> None:
    assert_json_builds_it_again(name, small_models.small(name, INPUTS, OUTPUTS))


@every
@torch.no_grad()
def test_the_log_explains_states_and_reads(name: str) -> None:
    """In float64: contributions sum to what every head read, shares to 1, and the keyframe is rebuilt from the one before."""
    model, steps = small_models.small(name, INPUTS, OUTPUTS), EVERY + 6
    state, frames, keyframes = model.initial_state(1), [], []
    for t, x in enumerate(sequences(1, steps, INPUTS).unbind(1)):
        if t % EVERY == 0:
            keyframes.append({key: value[0].numpy() for key, value in model.keyframe(state).items()})
        _, state, seen = model.step(x, state)
        frames.append({key: value[0].numpy() for key, value in model.frame(seen).items()})
    arrays = {key: np.stack([frame[key] for frame in frames]) for key in frames[0]}
    source = LogInMemory(arrays, {key: [kept[key] for kept in keyframes] for key in keyframes[0]})
    for bank in model.banks():
        log, kind = BankLog(source, bank), kinds.of(bank)
        for t in (0, 1, EVERY - 1, EVERY, steps - 1):
            for head in range(bank.read_heads):
                read, parts = kind.read_vector(log, t, head), kind.read_parts(log, t, head)
                size = max(1.0, np.abs(parts).max())
                np.testing.assert_allclose(parts.sum(0), read, atol=1e-10 * size)
                norm = max(np.linalg.norm(read), 1e-9)
                assert abs(ledger.shares(parts, read).sum() - read.any()) <= 1e-9 * max(1.0, size / norm) ** 2
        if not kind.grows:
            rebuilt, after = kind.rebuilt_reads(log, 0, EVERY)
            for t in (0, EVERY - 1):
                wanted = [kind.read_vector(log, t, head) for head in range(bank.read_heads)]
                np.testing.assert_allclose(rebuilt[t], wanted, atol=1e-10)
            for tensor in kind.keyframe_tensors(bank):
                np.testing.assert_allclose(after[tensor], keyframes[1][bank.name, tensor], atol=1e-9)


@every
def test_a_recording_of_it_verifies(name: str, tmp_path: Path) -> None:
    """Through the writer and the reader as float32, over two keyframes."""
    task = tasks.get("copy")
    model = small_models.small(name, task.inputs, task.outputs).float()
    with verified_recording(name, model, tmp_path) as recording:
        assert [bank.kind for bank in recording[name].banks] == [bank.kind for bank in model.banks()]
        assert recording[name].steps == recording.steps == 81


def test_parameter_names_are_pinned() -> None:
    """Renaming a parameter would orphan every shipped checkpoint."""
    names = {name: sorted(small(name).state_dict()) for name in SMALL}
    assert names["ntm"] == [
        "controller.bias_hh", "controller.bias_ih", "controller.weight_hh", "controller.weight_ih",
        "controller_output.bias", "controller_output.weight", "initial_hidden", "initial_memory", "initial_reads",
        "initial_weights", "interface.bias", "interface.weight", "read_output.weight",
    ]  # fmt: skip
    assert names["dnc"] == [
        "controller.bias_hh", "controller.bias_ih", "controller.weight_hh", "controller.weight_ih",
        "controller_output.bias", "controller_output.weight", "interface.bias", "interface.weight", "read_output.weight",
    ]  # fmt: skip
    layer = [f"{m}.{p}" for m in ("norm1", "interface", "out", "norm2", "up", "down") for p in ("weight", "bias")]
    assert names["transformer"] == sorted(
        [f"layers.{n}.{p}" for n in range(3) for p in layer]
        + [f"{m}.{p}" for m in ("embed", "norm", "readout") for p in ("weight", "bias")]
    )


def test_the_interface_of_the_dnc_has_the_size_of_the_paper() -> None:
    """W·R + 3W + 5R + 3."""
    model = paradigms.build("dnc", {"inputs": 1, "outputs": 1, "width": 64, "read_heads": 4, "slots": 8})
    assert model.interface.out_features == 471  # type: ignore[union-attr]


def test_an_unknown_model_or_setting_is_named_with_the_choices() -> None:
    """Errors say what there is."""
    with pytest.raises(UnknownModel, match="rnn, gru, lstm, transformer, encoder-decoder"):
        paradigms.build("gpt", {})
    with pytest.raises(UnknownModel, match=r"slot; it has .*slots"):
        paradigms.build("ntm", {"inputs": 1, "outputs": 1, "slot": 3})


@torch.no_grad()
def test_transformer_equals_torch_encoder_layers_with_the_same_weights() -> None:
    """The write-once memory computes nn.TransformerEncoderLayer (norm_first, gelu, causal mask) to 1e-12."""
    model, x = small("transformer"), sequence()
    hidden = model.embed(x) + model.positions(0, T)  # type: ignore[operator]
    mask = torch.nn.Transformer.generate_square_subsequent_mask(T, dtype=torch.float64)
    for ours in model.layers:  # type: ignore[union-attr]
        theirs = (
            torch.nn.TransformerEncoderLayer(24, 4, 17, 0.0, "gelu", batch_first=True, norm_first=True).double().eval()
        )
        pairs = {
            "self_attn.in_proj": ours.interface, "self_attn.out_proj": ours.out, "linear1": ours.up, "linear2": ours.down,
            "norm1": ours.norm1, "norm2": ours.norm2,
        }  # fmt: skip
        weights = {}
        for name, module in pairs.items():
            joint = "_" if name.endswith("in_proj") else "."
            weights |= {f"{name}{joint}weight": module.weight, f"{name}{joint}bias": module.bias}
        theirs.load_state_dict(weights)
        hidden = theirs(hidden, src_mask=mask)
    torch.testing.assert_close(model(x), model.readout(model.norm(hidden)), atol=1e-12, rtol=0)  # type: ignore[operator]


@torch.no_grad()
def test_ntm_step_equals_the_paper_written_out_in_numpy() -> None:
    """One more pair of eyes: controller output to memory and read vectors, by loops over heads, after several steps."""
    model, x = small("ntm", seed=3), sequence()
    c = model.config  # type: ignore[attr-defined]
    heads = c.write_heads + c.read_heads
    state = model.initial_state(B)
    for t in range(4):
        before = state
        _, state, seen = model.step(x[:, t], before)
    raw = model.interface(state.hidden)[0].numpy()  # type: ignore[operator]
    cuts = np.cumsum([heads, heads, heads, c.write_heads * c.width, heads * c.width, heads * c.shifts])
    beta, gamma, gate, erase, keys, shifts, add = np.split(raw, cuts)
    softplus = lambda v: np.log1p(np.exp(v))  # noqa: E731
    sigmoid = lambda v: 1 / (1 + np.exp(-v))  # noqa: E731

    def softmax(v: np.ndarray) -> np.ndarray:
        return np.exp(v) / np.exp(v).sum()

    def address(memory: np.ndarray, h: int, previous: np.ndarray) -> np.ndarray:
        key = np.tanh(keys.reshape(heads, c.width)[h])
        cosine = memory @ key / np.sqrt((memory**2).sum(1) + 1e-6) / np.sqrt((key**2).sum() + 1e-6)
        content = softmax(softplus(beta[h]) * cosine)
        g, s = sigmoid(gate[h]), softmax(shifts.reshape(heads, c.shifts)[h])
        gated = g * content + (1 - g) * previous
        shifted = np.array([sum(gated[(i - o) % c.slots] * s[o + 1] for o in (-1, 0, 1)) for i in range(c.slots)])
        return shifted ** (1 + softplus(gamma[h])) / (shifted ** (1 + softplus(gamma[h]))).sum()

    memory = before.memory[0].numpy().copy()
    writes = [address(memory, h, before.write_weights[0, h].numpy()) for h in range(c.write_heads)]
    for h, w in enumerate(writes):
        memory *= 1 - np.outer(w, sigmoid(erase.reshape(c.write_heads, c.width)[h]))
    for h, w in enumerate(writes):
        memory += np.outer(w, add.reshape(c.write_heads, c.width)[h])
    np.testing.assert_allclose(seen.write_weights[0].numpy(), writes, atol=1e-12)
    np.testing.assert_allclose(state.memory[0].numpy(), memory, atol=1e-12)
    reads = [address(memory, c.write_heads + r, before.read_weights[0, r].numpy()) for r in range(c.read_heads)]
    np.testing.assert_allclose(seen.read_weights[0].numpy(), reads, atol=1e-12)
    np.testing.assert_allclose(seen.read_vectors[0].numpy(), np.array(reads) @ memory, atol=1e-12)


@torch.no_grad()
def test_dnc_weightings_stay_weightings_over_a_run() -> None:
    """The invariants of the paper on a whole model: usage in [0, 1], Σ of every weighting ≤ 1, links ≤ 1, zero diagonal."""
    model = small("dnc", seed=5)
    state = model.initial_state(B)
    for x in (sequence(seed=8) * 5).unbind(1):
        state = model.step(x, state).state
        for rows in (
            state.write_weights,
            state.read_weights,
            state.precedence,
            state.links,
            state.links.transpose(1, 2),
        ):
            assert (rows >= 0).all()
            assert (rows.sum(-1) <= 1 + 1e-12).all()
        assert ((state.usage >= 0) & (state.usage <= 1)).all()
        assert (state.links.diagonal(dim1=1, dim2=2) == 0).all()


@torch.no_grad()
def test_dnc_step_equals_the_paper_written_out_in_numpy() -> None:
    """ξ, allocation, write, links and the three read modes by loops, after several steps, for one of the batch."""
    model, x = small("dnc", seed=2), sequence()
    c = model.config  # type: ignore[attr-defined]
    state = model.initial_state(B)
    for t in range(4):
        before = state
        _, state, seen = model.step(x[:, t], before)
    n, w, r = c.slots, c.width, c.read_heads
    raw = model.interface(state.hidden)[0].numpy()  # type: ignore[operator]
    cuts = np.cumsum([r * w, r, w, 1, w, w, r, 1, 1])
    read_keys, read_beta, key, beta, erase, vector, free, g_a, g_w, modes = np.split(raw, cuts)
    sigmoid = lambda v: 1 / (1 + np.exp(-v))  # noqa: E731
    oneplus = lambda v: 1 + np.log1p(np.exp(v))  # noqa: E731

    def lookup(memory: np.ndarray, k: np.ndarray, b: float) -> np.ndarray:
        scores = b * memory @ k / np.sqrt((memory**2).sum(1) + 1e-6) / np.sqrt((k**2).sum() + 1e-6)
        return np.exp(scores) / np.exp(scores).sum()

    old = {name: value[0].numpy() for name, value in before._asdict().items()}
    psi = np.prod([1 - sigmoid(free[i]) * old["read_weights"][i] for i in range(r)], axis=0)
    usage = (old["usage"] + old["write_weights"][0] - old["usage"] * old["write_weights"][0]) * psi
    floored, allocation, product = 1e-6 + (1 - 1e-6) * usage, np.zeros(n), 1.0
    for slot in np.argsort(np.round(usage * 4096), kind="stable"):
        allocation[slot] = (1 - floored[slot]) * product
        product *= floored[slot]
    content = lookup(old["memory"], key, oneplus(beta[0]))
    write = sigmoid(g_w) * (sigmoid(g_a) * allocation + (1 - sigmoid(g_a)) * content)
    memory = old["memory"] * (1 - np.outer(write, sigmoid(erase))) + np.outer(write, vector)
    links = np.array([[0.0 if i == j else (1 - write[i] - write[j]) * old["links"][i, j] + write[i] * old["precedence"][j]
                       for j in range(n)] for i in range(n)])  # fmt: skip
    for i in range(r):
        pi = np.exp(modes.reshape(r, 3)[i]) / np.exp(modes.reshape(r, 3)[i]).sum()
        backward, forward = links.T @ old["read_weights"][i], links @ old["read_weights"][i]
        weights = (
            pi[0] * backward
            + pi[1] * lookup(memory, read_keys.reshape(r, w)[i], oneplus(read_beta[i]))
            + pi[2] * forward
        )
        np.testing.assert_allclose(seen.read_weights[0, i].numpy(), weights, atol=1e-12)
        np.testing.assert_allclose(seen.read_vectors[0, i].numpy(), memory.T @ weights, atol=1e-12)
    np.testing.assert_allclose(state.usage[0].numpy(), usage, atol=1e-12)
    np.testing.assert_allclose(state.memory[0].numpy(), memory, atol=1e-12)
    np.testing.assert_allclose(state.links[0].numpy(), links, atol=1e-12)
