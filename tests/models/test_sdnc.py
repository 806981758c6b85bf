"""The stateless DNC is the Transformer: to the last bit stepwise, with a memory that is written once and never changes."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mnemoscope import tasks
from mnemoscope.checkpoints import store as checkpoints
from mnemoscope.checkpoints.store import LoadedModel
from mnemoscope.models import registry as paradigms
from mnemoscope.models.attention.attention import Store
from mnemoscope.models.attention.transformer import Transformer, TransformerConfig
from mnemoscope.models.stateless.config import StatelessDNCConfig
from mnemoscope.models.stateless.sdnc import StatelessDNC, read_by_content
from mnemoscope.reading.recording import Recording
from mnemoscope.reading.verify import verify
from mnemoscope.running.record import record_file

B, T = 2, 19
DTYPES = [torch.float32, torch.float64]
POSITIONS = ["sinusoidal", "rotary", "alibi"]


def pair(positions: Any = "sinusoidal", dtype: torch.dtype = torch.float64) -> tuple[Transformer, StatelessDNC]:
    """A random Transformer, its norms and biases moved off their neutral start, and what it converts to."""
    torch.manual_seed(1)
    config = TransformerConfig(
        inputs=5, outputs=3, width=24, layers=3, heads=4, feedforward=17, period=100.0, positions=positions
    )
    model = Transformer(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    model = model.to(dtype).eval()
    return model, StatelessDNC.from_transformer(model)


def inputs(dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.randn(B, T, 5, generator=torch.Generator().manual_seed(2)).to(dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("positions", POSITIONS)
@torch.no_grad()
def test_every_step_is_that_of_the_transformer_to_the_last_bit(positions: str, dtype: torch.dtype) -> None:
    """Outputs, stores and all that was seen are torch.equal at every step."""
    transformer, sdnc = pair(positions, dtype)
    theirs, ours = transformer.initial_state(B), sdnc.initial_state(B)
    for x in inputs(dtype).unbind(1):
        wanted, came = transformer.step(x, theirs), sdnc.step(x, ours)
        theirs, ours = wanted.state, came.state
        assert torch.equal(came.output, wanted.output)
        for memory, keys, values in zip(ours.memories, theirs.keys, theirs.values, strict=True):
            assert torch.equal(memory.keys, keys)
            assert torch.equal(memory.values, values)
        for what, expected in zip(came.seen, wanted.seen, strict=True):
            assert all(torch.equal(a, b) for a, b in zip(what, expected, strict=True))


@pytest.mark.parametrize("name", ["transformer-copy", "transformer-signal-recall"])
@torch.no_grad()
def test_trained_checkpoints_convert_to_the_last_bit(name: str) -> None:
    """Shipped Transformers, on an episode of their own task, in the precision that they ship in."""
    loaded = checkpoints.load(name)
    assert isinstance(loaded.model, Transformer)
    sdnc = StatelessDNC.from_transformer(loaded.model)
    theirs, ours = loaded.model.initial_state(1), sdnc.initial_state(1)
    for x in torch.from_numpy(tasks.get(loaded.task).episode(seed=6).inputs):
        wanted, came = loaded.model.step(x[None], theirs), sdnc.step(x[None], ours)
        theirs, ours = wanted.state, came.state
        assert torch.equal(came.output, wanted.output)


@pytest.mark.parametrize("positions", POSITIONS)
@torch.no_grad()
def test_forward_is_the_fold_of_step(positions: str) -> None:
    """All steps at once equal the stepwise run and the Transformer's own forward (float64, ≤ 1e-12)."""
    transformer, sdnc = pair(positions)
    state, outputs = sdnc.initial_state(B), []
    for x in inputs().unbind(1):
        step = sdnc.step(x, state)
        state = step.state
        outputs.append(step.output)
    torch.testing.assert_close(sdnc(inputs()), torch.stack(outputs, 1), atol=1e-12, rtol=0)
    torch.testing.assert_close(sdnc(inputs()), transformer(inputs()), atol=1e-12, rtol=0)


@torch.no_grad()
def test_a_layer_is_a_dnc_without_state_written_out_in_loops() -> None:
    """Interface, one-hot write on the next unused slot, content read, output: NumPy loops over slots and heads."""
    _, sdnc = pair()
    layer: Any = sdnc.layers[0]
    parameters = {name: tensor.numpy() for name, tensor in layer.state_dict().items()}
    heads, d = 4, 6
    state = sdnc.initial_state(1)
    memory = np.zeros((T, 2, heads, d))  # slot, key or vector, head
    for t, x in enumerate(inputs()[:1].unbind(1)):
        chi = sdnc.hear(x[None], t)[0, 0].numpy()
        c = (chi - chi.mean()) / np.sqrt(chi.var() + 1e-5)
        c = c * parameters["controller_norm.weight"] + parameters["controller_norm.bias"]
        xi = (parameters["interface.weight"] @ c + parameters["interface.bias"]).reshape(3, heads, d)
        allocation = np.eye(T)[t]  # the next unused slot
        for slot in range(T):
            memory[slot] += allocation[slot] * xi[1:]  # allocation gate 1, write gate 1, erase 0
        step = sdnc.step(x, state)
        state = step.state
        for h in range(heads):
            scores = np.array([xi[0, h] @ memory[s, 0, h] / math.sqrt(d) for s in range(t + 1)])
            row = np.exp(scores) / np.exp(scores).sum()
            read = sum(row[s] * memory[s, 1, h] for s in range(t + 1))
            np.testing.assert_allclose(step.seen[0].read_vectors[0, h].numpy(), read, atol=1e-12)


@torch.no_grad()
def test_what_was_written_never_changes() -> None:
    """The slots of steps < t are the same bits after step t: no erase, no free gate, no overwriting."""
    _, sdnc = pair()
    state = sdnc.initial_state(B)
    for t, x in enumerate(inputs().unbind(1)):
        after = sdnc.step(x, state).state
        for old, new in zip(state.memories, after.memories, strict=True):
            assert new.keys.shape[2] == t + 1
            assert torch.equal(new.keys[:, :, :t], old.keys)
            assert torch.equal(new.values[:, :, :t], old.values)
        state = after


@torch.no_grad()
def test_the_order_of_slots_is_nothing_to_a_content_read() -> None:
    """Permuting the written slots leaves every read as it is: what order there is, is in the keys."""
    generator = torch.Generator().manual_seed(3)
    keys, values = (torch.randn(B, 4, T, 6, dtype=torch.float64, generator=generator) for _ in range(2))
    queries = torch.randn(B, 4, 1, 6, dtype=torch.float64, generator=generator)
    order = torch.randperm(T, generator=generator)
    read = read_by_content(Store(keys, values), queries)
    permuted = read_by_content(Store(keys[:, :, order], values[:, :, order]), queries)
    torch.testing.assert_close(permuted, read, atol=1e-14, rtol=0)
    _, sdnc = pair()
    state = sdnc.initial_state(B)
    for x in inputs().unbind(1):
        state = sdnc.step(x, state).state
    order = torch.randperm(T, generator=generator)
    shuffled = state._replace(memories=tuple(Store(m.keys[:, :, order], m.values[:, :, order]) for m in state.memories))
    x = inputs()[:, 0]
    torch.testing.assert_close(sdnc.step(x, shuffled).output, sdnc.step(x, state).output, atol=1e-12, rtol=0)


@pytest.mark.parametrize("memory", ["stores", "graves"])
@torch.no_grad()
def test_it_is_kept_and_loaded_like_any_checkpoint(memory: str, tmp_path: Path) -> None:
    """Weights and configuration on disk make the same model again."""
    _, sdnc = pair(dtype=torch.float32)
    sdnc = sdnc.switched(memory=memory, slots=T)
    config = paradigms.configuration(sdnc)
    checkpoints.save(tmp_path / "sdnc-x", sdnc, {"model": "sdnc", "task": "x", "config": config}, {"model": "sdnc"})
    kept = json.loads((tmp_path / "sdnc-x" / "config.json").read_text())
    again = StatelessDNC(StatelessDNCConfig(**kept["config"])).eval()
    checkpoints.fill(again, tmp_path / "sdnc-x" / "model.safetensors")
    assert torch.equal(again(inputs(torch.float32)), sdnc(inputs(torch.float32)))


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, "append"),
        ({"memory": "graves", "slots": 96}, "matrix"),
        ({"memory": "graves", "slots": 12, "free": 0.6, "erase": 0.7, "links": 0.2, "recurrence": 0.1}, "matrix"),
        ({"memory": "graves", "slots": 40, "overwrite": 0.3, "erase": 0.5}, "matrix"),
    ],
)
def test_a_recording_explains_itself(changes: dict[str, Any], kind: str, tmp_path: Path) -> None:
    """Keyframes, reads and ledger rows follow from the log alone, with stores and anywhere on the ladder."""
    loaded = checkpoints.load("transformer-signal-recall")
    assert isinstance(loaded.model, Transformer)
    sdnc = StatelessDNC.from_transformer(loaded.model, **changes).requires_grad_(False)
    model = LoadedModel("sdnc-x", "sdnc", "sDNC", "tr", loaded.task, sdnc, {}, "0" * 64)
    record_file(tmp_path / "run.mnemo", tasks.get(loaded.task).episode(seed=1), [model])
    with Recording.open(tmp_path / "run.mnemo") as recording:
        report = verify(recording)
        assert [bank.kind for bank in recording["sdnc"].banks] == [kind] * 3
        assert report["ok"], report


def test_switching_shares_the_weights_and_refuses_what_would_need_others() -> None:
    """`switched` is the same model elsewhere: no copy, same mode; sizes cannot be switched."""
    _, sdnc = pair()
    other = sdnc.requires_grad_(False).switched(memory="graves", links=0.5)
    for (name, mine), (_, theirs) in zip(sdnc.named_parameters(), other.named_parameters(), strict=True):
        assert mine.data_ptr() == theirs.data_ptr(), name
        assert not theirs.requires_grad
    assert not other.training
    with pytest.raises(ValueError, match=r"keep the weights .*got heads"):
        sdnc.switched(heads=2)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"width": 10, "heads": 4}, "multiple of heads"),
        ({"memory": "disk"}, "memory must be one of stores, graves, got 'disk'"),
        ({"norm": "none"}, "norm must be one of pre, post"),
        ({"activation": "silu"}, "activation must be one of gelu, gelu-tanh, relu"),
        ({"slots": 0}, "slots must be at least 1"),
        ({"memory": "graves", "erase": 1.5}, "erase must be in 0 … 1, got 1.5"),
        ({"memory": "graves", "links": math.nan}, "links must be in 0 … 1"),
        ({"links": 0.5, "free": 1.0}, 'free, links can only move in the genuine memory; set memory="graves"'),
        ({"memory": "graves", "norm": "post"}, "bounded norm"),
    ],
)
def test_bad_settings_are_told(wrong: dict[str, Any], message: str) -> None:
    """Errors say what was wanted, what came, what to do."""
    with pytest.raises(ValueError, match=message):
        StatelessDNCConfig(**({"inputs": 2, "outputs": 2} | wrong))
