"""What tests ask of any model that steps: the fold of `step`, a log that keeps its promises, weights that are all a run needs."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mnemoscope import kinds, tasks
from mnemoscope.checkpoints.store import LoadedModel
from mnemoscope.models import registry as paradigms
from mnemoscope.models.base import MemoryModel
from mnemoscope.reading import verify
from mnemoscope.reading.recording import Recording
from mnemoscope.running.record import record_file


def sequences(batch: int, steps: int, inputs: int, *, seed: int = 1) -> Tensor:
    """Random inputs [B, T, I] in float64."""
    return torch.randn(batch, steps, inputs, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def fold(model: MemoryModel, x: Tensor, state: Any = None) -> tuple[Tensor, Any, list[Any]]:
    """Outputs [B, T, O], the last state and what was seen at every step, stepping through x [B, T, I]."""
    state = model.initial_state(len(x)) if state is None else state
    outputs, seen = [], []
    for step_input in x.unbind(1):
        output, state, what = model.step(step_input, state)
        outputs.append(output)
        seen.append(what)
    return torch.stack(outputs, 1), state, seen


@torch.no_grad()
def assert_forward_is_the_fold(model: MemoryModel, x: Tensor) -> None:
    """`forward` gives what stepping gives, and gives it to a sequence that is alone too."""
    torch.testing.assert_close(model(x), fold(model, x)[0], atol=1e-12, rtol=0)
    for alone in (fold(model, x[1:])[0], model(x[1:])):
        torch.testing.assert_close(model(x)[1:], alone, atol=1e-12, rtol=0)


@torch.no_grad()
def assert_log_is_what_was_promised(model: MemoryModel, x: Tensor) -> None:
    """Frames and keyframes hold the tensors of their entries, and every tensor that a reader needs of a bank."""
    step = model.step(x[:, 0], model.initial_state(len(x)))
    for entries, tensors, needed in (
        (model.frame_entries(), model.frame(step.seen), "frame_tensors"),
        (model.keyframe_entries(), model.keyframe(step.state), "keyframe_tensors"),
    ):
        promised = {(bank, name): shape for bank, name, _, _, shape in entries}
        assert promised == {key: tuple(value.shape[1:]) for key, value in tensors.items()}
        assert {len(value) for value in tensors.values()} == {len(x)}
        for bank in model.banks():
            wanted = {(bank.name, name): shape for name, shape in getattr(kinds.of(bank), needed)(bank).items()}
            assert wanted.items() <= promised.items()


def assert_json_builds_it_again(name: str, model: MemoryModel) -> None:
    """A configuration that went through JSON makes the same parameters."""
    again = paradigms.build(name, json.loads(json.dumps(paradigms.configuration(model))))
    assert {k: v.shape for k, v in again.state_dict().items()} == {k: v.shape for k, v in model.state_dict().items()}


def assert_every_parameter_is_trained(model: MemoryModel, x: Tensor) -> None:
    """A finite gradient that is not zero reaches each parameter; it stays in `grad`."""
    model(x).square().sum().backward()
    for name, parameter in model.named_parameters():
        if parameter.numel():  # a feed-forward controller has a state of no units
            assert parameter.grad is not None, name
            assert torch.isfinite(parameter.grad).all(), name
            assert parameter.grad.abs().max() > 0, name


@torch.no_grad()
def assert_steps_are_the_papers(
    model: Any, oracle: Callable[..., dict[str, np.ndarray]], x: Tensor, *, steps: int
) -> None:
    """Output and whole state of every step, for each sequence of the batch, are those of the loops in paper_oracles.py.

    `oracle(model, x [I], state)` gives the output and the next state of one sequence.
    """
    from tests.oracles.paper_oracles import one_of

    state = model.initial_state(len(x))
    for t in range(steps):
        before = state
        output, state, seen = model.step(x[:, t], before)
        for row in range(len(x)):
            wanted = oracle(model, x[row, t].numpy(), one_of(before, row))
            np.testing.assert_allclose(output[row].numpy(), wanted.pop("output"), atol=1e-12, rtol=0)
            got = one_of(state, row)
            assert got.keys() == wanted.keys()
            for name in wanted:
                np.testing.assert_allclose(got[name], wanted[name], atol=1e-12, rtol=0, err_msg=name)
        assert torch.equal(seen.write_weights, state.write_weights)
        assert torch.equal(seen.read_vectors, state.read_vectors)


@contextmanager
def verified_recording(name: str, model: MemoryModel, folder: Path) -> Iterator[Recording]:
    """A recording of an untrained model on copy, 81 steps and two keyframes, that verifies."""
    loaded = LoadedModel(name, name, name, "dnc", "copy", model.eval().requires_grad_(False), {}, "0" * 64)
    path = folder / "run.mnemo"
    record_file(path, tasks.get("copy").episode(length=40), [loaded])
    with Recording.open(path) as recording:
        report = verify.verify(recording)
        assert report["ok"], report
        yield recording
