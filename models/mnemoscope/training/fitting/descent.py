"""The training itself: from a model and a source to the weights that predict the held-back part best.

Weights follow from the model, the source, the seed and the number of updates alone: when the held-back part is looked at is
decided by updates, never by the clock. Seconds only say when to stop.
"""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor

from mnemoscope.measuring.evaluate import outputs_of
from mnemoscope.models import torch_api
from mnemoscope.models.base import MemoryModel
from mnemoscope.tasks import Task
from mnemoscope.training import loop
from mnemoscope.training.fitting.scoring import Part
from mnemoscope.training.recipes import Recipe

Ended = Literal["seconds", "updates", "no longer better", "stopped", "not finite"]

MAX_GAP = 25
"""Updates between two looks at the held-back part, at most; at first after each update."""
PATIENCE = 200
"""Updates without a better look before a fit ends early, at least; as many as it took to the best one, if these are more."""


class Check(NamedTuple):
    """One look at the held-back part: after so many updates and seconds, the task's error there."""

    update: int
    seconds: float
    error: float


@dataclass(frozen=True)
class Descent:
    """The best weights found, when, all looks, and how it ended after `updates` updates and `seconds` s."""

    weights: dict[str, Tensor]
    best: Check
    curve: list[Check]
    updates: int
    seconds: float
    ended: Ended


def descend(
    model: MemoryModel,
    task: Task,
    held_back: Part,
    recipe: Recipe,
    *,
    seed: int,
    seconds: float | None,
    updates: int | None,
    device: str = "cpu",
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[Check], None] = lambda check: None,
) -> Descent:
    """Train `model` on `task` by Adam until seconds or updates are spent, nothing gets better, or `cancelled()`.

    An update that would end after the seconds does not begin, but for the first: the last update and the last look say how long
    one takes, so that seconds hold on a machine that is slow or busy too.

    An interrupt (KeyboardInterrupt) ends it likewise: the best so far is the result.
    """
    recipe = replace(recipe, updates=updates if updates is not None else 10**9, decay=1.0, optimizer="adam")
    _warm_up()
    started = time.monotonic()
    curve: list[Check] = []
    weights: dict[str, Tensor] = {}
    best = Check(0, 0.0, math.inf)
    done = 0
    ended: Ended = "updates"
    looking = 0.0

    def look() -> bool:
        nonlocal best, weights, looking
        began = time.monotonic()
        model.eval()
        error = held_back.scores(outputs_of(model, held_back.batch.inputs, device=device)).error
        model.train()
        looking = time.monotonic() - began
        check = Check(done, round(time.monotonic() - started, 3), error)
        if not math.isfinite(error):
            return False
        curve.append(check)
        if error < best.error:
            best = check
            weights = {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}
        progress(check)
        return True

    try:
        if not look():
            raise ArithmeticError
        due = _looks()
        at = next(due)
        steps = loop.descend(
            model,
            task,
            recipe,
            np.random.default_rng(seed),
            forward=loop.training_path(model, compiled=False),
            device=device,
            grown=True,
        )
        if cancelled():
            steps, ended = iter(()), "stopped"
        began = time.monotonic()
        for _, loss in steps:
            done += 1
            updating = time.monotonic() - began
            if not math.isfinite(loss):
                ended = "not finite"
                break
            if done == at:
                at = next(due)
                if not look():
                    ended = "not finite"
                    break
                if done - best.update >= max(PATIENCE, best.update):
                    ended = "no longer better"
                    break
            if cancelled():
                ended = "stopped"
                break
            began = time.monotonic()
            if seconds is not None and began - started + updating + looking > seconds:
                ended = "seconds"
                break
        if curve[-1].update != done and ended != "not finite":
            look()
    except KeyboardInterrupt:
        if not weights:
            raise
        ended = "stopped"
    return Descent(weights, best, curve, done, round(time.monotonic() - started, 3), ended)


def _warm_up() -> None:
    """One step of an optimizer of nothing: torch loads seconds' worth of itself at the first one, before the clock runs."""
    nothing = torch.zeros(1, requires_grad=True)
    optimizer = _adam([nothing])
    torch_api.backward(nothing.sum())
    optimizer.step()


def _adam(parameters: list[Tensor]) -> torch.optim.Optimizer:
    return torch.optim.Adam(parameters)


def _looks() -> Iterator[int]:
    """After which updates to look: 1, 2, 3, … then an eighth further each time, at most MAX_GAP."""
    at = 0
    for _ in count():
        at += min(MAX_GAP, max(1, at // 8))
        yield at
