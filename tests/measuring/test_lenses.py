"""Sensitivity and intervention of every model, against finite differences and plain runs with one input blanked."""

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from mnemoscope import tasks
from mnemoscope.checkpoints import store as checkpoints
from mnemoscope.errors import CheckpointError, MnemoscopeError
from mnemoscope.measuring import lenses
from mnemoscope.measuring.cooperative import run_to_end
from mnemoscope.models import registry as paradigms
from mnemoscope.models import stepping
from mnemoscope.models.base import MemoryModel
from mnemoscope.reading.recording import Recording
from mnemoscope.running import record

T, I, O = 23, 3, 2  # noqa: E741
SIZES = {
    "hidden": 7,
    "width": 8,
    "layers": 2,
    "depth": 2,
    "heads": 2,
    "slots": 6,
    "controller": 9,
    "cue": 2,
}
"""By the name of a setting, for every paradigm that has it: small enough for central differences."""


def made(name: str) -> tuple[MemoryModel, Tensor]:
    """A random model in float64 and inputs [T, I]."""
    torch.manual_seed(4)
    known = {field.name for field in fields(paradigms.get(name).config)}
    sizes = {setting: size for setting, size in SIZES.items() if setting in known}
    model = paradigms.build(name, {"inputs": I, "outputs": O} | sizes).double().eval()
    inputs = torch.randn(T, I, dtype=torch.float64)
    inputs[:, 2] = 0
    inputs[12, 2] = 1  # the cue of models with phases
    return model, inputs


@torch.no_grad()
def outputs_at(model: MemoryModel, inputs: Tensor, t: int) -> Tensor:
    """Raw outputs [B, O] of step t of inputs [B, T, I], by the fold of `step`."""
    state = model.initial_state(len(inputs))
    output = torch.empty(0)
    for x in inputs[:, : t + 1].unbind(1):
        output, state, _ = model.step(x, state)
    return output


@pytest.mark.parametrize("name", paradigms.names())
def test_sensitivity_is_the_slope_that_small_changes_measure(name: str) -> None:
    """Central differences over every input feature, at the last step and before it."""
    model, inputs = made(name)
    for t in (T - 1, 14):
        row = run_to_end(lenses.sensitivity(model, inputs, t))
        assert (row.first, row.values.shape) == (0, (t + 1,))
        change = 1e-6 * torch.eye((t + 1) * I, dtype=torch.float64).view(-1, t + 1, I)  # one number at a time
        up, down = (outputs_at(model, inputs[: t + 1] + sign * change, t) for sign in (1, -1))
        slopes = ((up - down) / 2e-6).view(t + 1, I * O)
        np.testing.assert_allclose(row.values, slopes.norm(dim=1).numpy(), rtol=2e-5, atol=1e-8)


@pytest.mark.parametrize("name", paradigms.names())
def test_intervention_is_a_run_with_one_input_blanked(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step one run of its own, also where several batches are needed."""
    monkeypatch.setattr(lenses, "MAX_ROWS", 5)
    model, inputs = made(name)
    t = T - 2
    row = run_to_end(lenses.intervention(model, inputs, t))
    truth, plain = outputs_at(model, inputs[None], t), []
    for s in range(t + 1):
        blanked = inputs.clone()
        blanked[s] = 0
        plain.append(float((outputs_at(model, blanked[None], t) - truth).norm()))
    np.testing.assert_allclose(row.values, plain, atol=1e-12)


@pytest.mark.parametrize("lens", lenses.LENSES)
def test_a_shorter_reach_sees_the_same_values(lens: str) -> None:
    """What came before is the same whatever the later inputs are."""
    model, inputs = made("dnc")
    whole = run_to_end(lenses.LENSES[lens](model, inputs, 20))
    near = run_to_end(lenses.LENSES[lens](model, inputs, 20, reach=6))
    assert near.first == 15
    np.testing.assert_allclose(near.values, whole.values[15:], rtol=1e-10)


def test_gradients_of_training_still_stop_at_usage() -> None:
    """Also on the model that a sensitivity is being computed with."""
    model, inputs = made("dnc")
    before = torch.autograd.grad(model(inputs[None]).square().sum(), list(model.parameters()))
    work = lenses.sensitivity(model, inputs, T - 1)
    next(work)
    during = torch.autograd.grad(model(inputs[None]).square().sum(), list(model.parameters()))
    assert all(torch.equal(a, b) for a, b in zip(before, during, strict=True))
    work.close()


def test_two_questions_about_one_model_do_not_disturb_each_other() -> None:
    """A worker takes a piece of each in turn, and one ends before the other."""
    model, inputs = made("dnc")
    alone = run_to_end(lenses.sensitivity(model, inputs, T - 1))
    other, work = lenses.sensitivity(model, inputs, 5), lenses.sensitivity(model, inputs, T - 1)
    for _ in zip(other, work, strict=False):  # until the first has ended
        pass
    np.testing.assert_array_equal(run_to_end(work).values, alone.values)


def test_others_are_let_in_between_pieces_of_work() -> None:
    """A worker serves its sessions meanwhile."""
    model, inputs = made("lstm")
    assert sum(1 for _ in lenses.sensitivity(model, inputs, T - 1)) >= T // stepping.YIELD_EVERY + O
    assert sum(1 for _ in lenses.intervention(model, inputs, T - 1)) >= 2 * (T // stepping.YIELD_EVERY)


@pytest.mark.parametrize(("t", "reach"), [(-1, 5), (T, 5), (3, 0)])
def test_what_cannot_be_looked_at_is_refused(t: int, reach: int) -> None:
    """The message says what could be asked for."""
    model, inputs = made("lstm")
    with pytest.raises(MnemoscopeError, match=r"step must be one of 0 … 22|at least 1 step"):
        run_to_end(lenses.sensitivity(model, inputs, t, reach=reach))


def test_a_recording_leads_back_to_its_model_or_says_why_not(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """By name and hash of the weights; with them the output of a recording that torch made is met to the last bit of float32."""
    monkeypatch.setenv("MNEMOSCOPE_STEP_ENGINE", "torch")
    loaded = checkpoints.load("lstm-copy")
    path = tmp_path / "x.mnemo"
    record.record_file(path, tasks.get("copy").episode(seed=1, length=5), [loaded])
    with Recording.open(path) as recording:
        entry = recording.manifest["models"][0]
        found = lenses.model_of(entry)
        inputs = torch.from_numpy(recording["lstm"].array("inputs").copy())
        ours = torch.sigmoid(outputs_at(found.model, inputs[None], 9))[0].numpy()
        np.testing.assert_array_equal(ours, recording["lstm"].array("outputs")[9])
    with pytest.raises(CheckpointError, match="other weights"):
        lenses.model_of(entry | {"checkpoint": {"name": "lstm-copy", "sha256": "0" * 64}})
    with pytest.raises(CheckpointError, match="other weights, or another form"):
        lenses.model_of(entry | {"paradigm": "gru"})
    with pytest.raises(CheckpointError, match="without a checkpoint"):
        lenses.model_of(entry | {"checkpoint": None})


@pytest.mark.parametrize("name", paradigms.names())
def test_a_stretch_is_blanked_all_at_once(name: str) -> None:
    """Against a plain run whose values are blanked there; the flag stays, and before the stretch nothing moves."""
    model, inputs = made(name)
    blanked = inputs.clone()
    blanked[5:9, :2] = 0
    row = run_to_end(lenses.stretch(model, inputs, range(5, 9), values=2, bits=False))
    assert (row.first, len(row.values)) == (5, T - 5)
    for t in (5, 8, 9, T - 1):
        change = outputs_at(model, blanked[None], t) - outputs_at(model, inputs[None], t)
        assert row.values[t - 5] == pytest.approx(float(change.square().mean().sqrt()), abs=1e-12)
    odds = run_to_end(lenses.stretch(model, inputs, range(5, 9), values=2, bits=True))
    change = outputs_at(model, blanked[None], T - 1).sigmoid() - outputs_at(model, inputs[None], T - 1).sigmoid()
    assert odds.values[-1] == pytest.approx(float(change.square().mean().sqrt()), abs=1e-12)
    with pytest.raises(MnemoscopeError, match="Wanted a stretch of steps 0 to 22"):
        run_to_end(lenses.stretch(model, inputs, range(5, T + 1), values=2, bits=False))
