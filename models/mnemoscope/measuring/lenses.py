"""Three lenses on where an output comes from, each with one definition for every model.

    mechanism     which share of what is read at step t was written at step s: the ledger, from the log alone (ledger.py)
    sensitivity   ‖∂y_t/∂x_s‖_F: how far the output of step t moves with the input of step s, to first order
    intervention  ‖y_t − y_t(x_s := 0)‖₂: how far it moves when that input is blanked and everything after it runs again

The first follows stored content, the other two ask about cause, and they need not agree: a gradient is flat where a gate is
saturated, and a blanked input changes what is written later. This file has those that need the model: x_s is what the
model heard [I], y_t its raw output [O] before any sigmoid.

Both are generators that yield every few milliseconds; cooperative.run_to_end runs one to its end.
"""

from collections.abc import Callable, Generator
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mnemoscope.checkpoints import store
from mnemoscope.checkpoints.store import LoadedModel
from mnemoscope.errors import CheckpointError, MnemoscopeError, UnknownModel
from mnemoscope.models import stepping, torch_api
from mnemoscope.models.base import MemoryModel

DEFAULT_REACH = 256
"""Steps before t that are looked at unless more are asked for."""

MAX_STEP = 10_000
"""Largest t: the model has to run there first, and attention gets slower with every step."""

MAX_ROWS = 64
"""Interventions that run as one batch."""


class Row(NamedTuple):
    """Values of steps first … t, [t + 1 − first]; what lies before `first` was not looked at."""

    first: int
    values: NDArray[np.float64]


Work = Generator[None, None, Row]


def sensitivity(model: MemoryModel, inputs: Tensor, t: int, *, reach: int = DEFAULT_REACH) -> Work:
    """‖∂y_t/∂x_s‖_F of steps s = max(0, t + 1 − reach) … t; inputs [≥ t + 1, I]. Raises MnemoscopeError for a t it cannot reach.

    The values do not depend on `reach`: what came before the first of them is the same whatever those inputs are.
    """
    first = _first(inputs, t, reach)
    state = yield from state_before(model, inputs, first)
    heard = inputs[first : t + 1].detach().clone().requires_grad_()
    output = torch.empty(0)
    for k, x in enumerate(torch.split(heard, 1)):
        output, state, _ = model.differentiable_step(x, state)  # the true derivative, not the one that trains well
        if k % stepping.YIELD_EVERY == 0:
            yield
    squares = torch.zeros(len(heard), dtype=torch.float64)
    for y in output[0]:
        (slope,) = torch.autograd.grad(y, heard, retain_graph=True)
        squares += slope.detach().to("cpu", torch.float64).square().sum(1)
        yield
    return Row(first, squares.sqrt().numpy())


def intervention(model: MemoryModel, inputs: Tensor, t: int, *, reach: int = DEFAULT_REACH) -> Work:
    """‖y_t − y_t(x_s := 0)‖₂ of steps s = max(0, t + 1 − reach) … t; inputs [≥ t + 1, I]. Raises as `sensitivity`.

    A batch of runs, each with another input blanked, from the state before the first of them.
    """
    first = _first(inputs, t, reach)
    state = yield from state_before(model, inputs, first)
    moved: list[Tensor] = []
    truth, _ = yield from stepping.run(model, inputs[None, first : t + 1], state)
    for begin in range(first, t + 1, MAX_ROWS):
        count = min(MAX_ROWS, t + 1 - begin)
        blanked = inputs[begin : t + 1].repeat(count, 1, 1)
        blanked[torch.arange(count), torch.arange(count)] = 0
        outputs, _ = yield from stepping.run(model, blanked, stepping.repeated(state, count))
        moved.append(torch_api.vector_norm((outputs[:, -1] - truth[:, -1]).to("cpu", torch.float64), dim=1))
        if begin + count <= t:
            state = yield from state_before(model, inputs[begin:], count, state)
    return Row(first, torch.cat(moved).numpy())


def stretch(model: MemoryModel, inputs: Tensor, steps: range, *, values: int, bits: bool) -> Work:
    """How far the answers of steps steps.start … end move when all of that stretch is blanked at once: RMS over outputs, [t − steps.start].

    inputs [T, I]: what the model heard; its first `values` features are blanked, the flags stay, so that it still stores and is
    still asked. bits: answers are probabilities. Raises MnemoscopeError for a stretch that is not in the run, and one too far on.
    """
    if not 0 <= steps.start < steps.stop <= len(inputs):
        raise MnemoscopeError(f"Wanted a stretch of steps 0 to {len(inputs) - 1}, got {steps}.")
    if len(inputs) > MAX_STEP + 1:
        raise MnemoscopeError(f"a run can be repeated up to step {MAX_STEP}, this one ends at {len(inputs) - 1}")
    runs = inputs[steps.start :].repeat(2, 1, 1)
    runs[1, : len(steps), :values] = 0
    state = stepping.repeated((yield from state_before(model, inputs, steps.start)), 2)
    outputs, _ = yield from stepping.run(model, runs, state)
    answers = outputs.to("cpu", torch.float64)
    answers = answers.sigmoid() if bits else answers
    return Row(steps.start, (answers[1] - answers[0]).square().mean(1).sqrt().numpy())


LENSES: dict[str, Callable[..., Work]] = {"sensitivity": sensitivity, "intervention": intervention}


def model_of(entry: dict[str, Any], *, device: str = "cpu") -> LoadedModel:
    """The model that made one stream of a recording, from its entry in the manifest.

    Raises UnknownModel or CheckpointError where its weights are not here, or are others than those that ran.
    """
    name = _checkpoint(entry).get("name")
    if not name:
        raise CheckpointError(f"{entry['label']} was recorded without a checkpoint; its weights are not known")
    try:
        loaded = store.load(name, device=device)
    except UnknownModel as error:
        raise UnknownModel(
            f"the weights of {entry['label']} are not here: its checkpoint {name} was deleted, or lies on another machine. "
            "The recording is whole without them; only what has to run the model again is not shown"
        ) from error
    if not is_model_of(loaded, entry):
        raise CheckpointError(
            f"{name} is not the model that was recorded (other weights, or another form of it); record it again"
        )
    return loaded


def is_model_of(loaded: LoadedModel, entry: dict[str, Any]) -> bool:
    """Whether it is the model that made a stream: these weights, in this form."""
    wanted = _checkpoint(entry)
    return (loaded.name, loaded.sha256, loaded.paradigm) == (
        wanted.get("name"),
        wanted.get("sha256"),
        entry["paradigm"],
    )


def _checkpoint(entry: dict[str, Any]) -> dict[str, Any]:
    return entry.get("checkpoint") or {}


def _first(inputs: Tensor, t: int, reach: int) -> int:
    if not 0 <= t < len(inputs):
        raise MnemoscopeError(f"step must be one of 0 … {len(inputs) - 1}, got {t}")
    if t > MAX_STEP:
        raise MnemoscopeError(f"these lenses reach to step {MAX_STEP}, got {t}; look at an earlier step")
    if reach < 1:
        raise MnemoscopeError(f"reach must be at least 1 step, got {reach}")
    return max(0, t + 1 - reach)


def state_before(model: MemoryModel, inputs: Tensor, steps: int, state: Any = None) -> Generator[None, None, Any]:
    """The state before step `steps`, from `state` or the start."""
    _, state = yield from stepping.run(model, inputs[None, :steps], state)
    return stepping.detached(state)
