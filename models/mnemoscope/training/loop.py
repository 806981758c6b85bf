"""Training: one loop for every recipe. The best checkpoint is kept and written as it improves, with its curve.

Do not judge a run early: these losses lie on a plateau near chance for thousands of updates and then fall at once.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from mnemoscope import tasks
from mnemoscope.checkpoints import snapshots, store
from mnemoscope.errors import TrainingError
from mnemoscope.measuring import evaluate
from mnemoscope.models import registry, torch_api
from mnemoscope.models.base import MemoryModel
from mnemoscope.training import recipes, unrolled
from mnemoscope.training.graves_rmsprop import GravesRMSProp
from mnemoscope.training.recipes import Recipe
from mnemoscope.training.rounding import MANTISSA_BITS, rounded

TrainingPath = Callable[[Tensor], tuple[Tensor, Tensor | None]]
"""Inputs [B, T, I] -> raw outputs [B, T, O], and the ponder cost of models that have one."""

SNAPSHOTS = (1 / 64, 1 / 32, 1 / 16, 1 / 10, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0)
"""When weights are set aside along a training, as shares of its updates: dense where a memory is usually found."""


def loss_of(outputs: Tensor, targets: Tensor, mask: Tensor, *, binary: bool, summed: bool) -> Tensor:
    """Cross-entropy of bits or squared error of values over scored steps; outputs, targets [B, T, O], mask [B, T]."""
    if binary:
        each = F.binary_cross_entropy_with_logits(outputs, targets, reduction="none")
    else:
        each = (outputs - targets).square()
    total = (each * mask.unsqueeze(2)).sum()
    return total / outputs.shape[0] if summed else total / (mask.sum() * outputs.shape[2])


def rate(recipe: Recipe, update: int) -> float:
    """Learning rate of an update: linear warm-up, then cosine down to `decay` of it."""
    if update < recipe.warm_up:
        return recipe.lr * (update + 1) / recipe.warm_up
    done = (update - recipe.warm_up) / max(1, recipe.updates - recipe.warm_up)
    return recipe.lr * (recipe.decay + (1 - recipe.decay) * 0.5 * (1 + np.cos(np.pi * done)))


def train(
    task_name: str,
    model_name: str,
    *,
    out: Path | None = None,
    seed: int = 0,
    updates: int | None = None,
    batch: int | None = None,
    device: str = "cpu",
    resume: Path | None = None,
    compiled: bool = False,
    progress: Callable[[int, int, float, float], None] | None = None,
) -> dict[str, Any]:
    """Train by the recipe and return the card of the best checkpoint, which is written to `out` whenever it improves.

    `progress(update, updates, loss, score)` is called at every check. `resume` starts from the weights in that folder.
    `compiled` compiles the training path of stepped models (unrolled.py): half a minute at the start, then several times
    faster, with another rounding.
    Raises TrainingError without a recipe or when the loss stops being finite, CheckpointError for weights to resume from
    that do not fit.
    """
    task = type(tasks.get(task_name))()  # with its own pool of signals: what ran before must not change the weights
    recipe = recipes.recipe(task_name, model_name)
    recipe = replace(recipe, updates=updates or recipe.updates, batch=batch or recipe.batch)
    torch_api.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = registry.build(model_name, configured(task, model_name) | recipe.config)
    if resume is not None:
        store.fill(model, resume / store.WEIGHTS)
    model.to(device)
    forward = training_path(model, compiled)
    marks: set[int] = {round(recipe.updates * share) for share in SNAPSHOTS} if recipe.snapshots else set()
    moments: dict[int, dict[str, Tensor]] = {0: snapshots.weights_of(model)} if recipe.snapshots else {}
    started, best = time.process_time(), float("inf")
    curve: list[list[float]] = []
    running: list[float] = []
    card: dict[str, Any] = {}
    faultless = 0
    steps = descend(model, task, recipe, rng, forward=forward, device=device, grown=resume is not None)
    for update, loss in steps:
        running.append(loss)
        if update + 1 in marks:
            moments[update + 1] = snapshots.weights_of(model)
        if (update + 1) % recipe.check_every and update + 1 != recipe.updates:
            continue
        mean_loss, running = float(np.mean(running)), []
        if not np.isfinite(mean_loss):
            raise TrainingError(
                f"the loss of {model_name} on {task_name} is not finite at update {update + 1}; the best checkpoint is kept"
            )
        kept = rounded(model)  # what is judged is what is written; the model itself goes on as it is
        score = evaluate.validation_score(kept, task, rounds=max(n for _, n in recipe.rounds), device=device)
        curve.append([update + 1, round(mean_loss, 6), round(score, 6)])
        if score <= best:  # of equals the later one: it has been trained longer
            best = score
            card = _card(task_name, model_name, model, recipe, seed, update + 1, best, time.process_time() - started)
            if out is not None:
                settings = {"model": model_name, "task": task_name, "config": registry.configuration(model)}
                card["metrics"] = evaluate.headline(kept, task, device=device)
                store.save(out, kept, settings, card | {"curve": curve})
        if out is not None and recipe.snapshots:
            store.save_snapshots(out, moments, card["updates"])
        if progress is not None:
            progress(update + 1, recipe.updates, mean_loss, score)
        faultless = faultless + 1 if score == 0 else 0
        if recipe.stop_after and faultless >= recipe.stop_after:
            break
    return card | {"curve": curve}


def descend(
    model: MemoryModel,
    task: tasks.Task,
    recipe: Recipe,
    rng: np.random.Generator,
    *,
    forward: TrainingPath,
    device: str = "cpu",
    grown: bool = False,
) -> Iterator[tuple[int, float]]:
    """The updates of a recipe, one by one: (its number, the loss it started from). `grown` leaves the curriculum out."""
    optimizer = _optimizer(recipe, model)
    cost = getattr(model.config, "ponder_cost", 0.0)
    for update in range(recipe.updates):
        for group in optimizer.param_groups:
            group["lr"] = rate(recipe, update)
        progress = 1.0 if not recipe.curriculum or grown else min(1.0, (update + 1) / recipe.curriculum)
        longest = max(rounds for since, rounds in recipe.rounds if update >= since)
        data = task.batch(rng, recipe.batch, progress=progress, rounds=int(rng.integers(1, longest + 1)))
        inputs, targets, mask = (
            torch.as_tensor(part, device=device) for part in (data.inputs, data.targets, data.mask)
        )
        outputs, extra = forward(inputs)
        loss = loss_of(outputs, targets, mask, binary=task.binary, summed=recipe.summed)
        loss = loss + cost * extra if extra is not None else loss
        optimizer.zero_grad(set_to_none=True)
        torch_api.backward(loss)
        torch.nn.utils.clip_grad_norm_(model.parameters(), recipe.clip)
        optimizer.step()
        yield update, float(loss.detach())


def configured(task: tasks.Task, model_name: str) -> dict[str, Any]:
    """What a task decides of a model's configuration: its sizes and, where the model has phases, its cue."""
    known = {field.name for field in fields(registry.get(model_name).config)}
    return {"inputs": task.inputs, "outputs": task.outputs} | ({"cue": task.cue} if "cue" in known else {})


def training_path(model: MemoryModel, compiled: bool) -> TrainingPath:
    """The way from inputs to (outputs, ponder or None) that trains fastest."""
    with_cost = getattr(model, "forward_with_cost", None)
    if with_cost is not None:
        return with_cost
    path = unrolled.Unrolled(model) if compiled and model.trains_by_steps else model
    return lambda inputs: (path(inputs), None)


def _optimizer(recipe: Recipe, model: MemoryModel) -> torch.optim.Optimizer:
    if recipe.optimizer == "graves":
        return GravesRMSProp(model.parameters(), lr=recipe.lr)
    return torch.optim.Adam(model.parameters(), lr=recipe.lr)


def _card(
    task: str, name: str, model: MemoryModel, recipe: Recipe, seed: int, update: int, score: float, seconds: float
) -> dict[str, Any]:
    paradigm = registry.get(name)
    return {
        "model": name,
        "label": paradigm.label,
        "glyph": paradigm.glyph,
        "task": task,
        "parameters": model.parameter_count(),
        "seed": seed,
        "command": f"mnemoscope train {task} --model {name} --seed {seed}",
        "updates": update,
        "sequences": update * recipe.batch,
        "cpu_minutes": round(seconds / 60, 1),
        "metric": tasks.get(task).metric,
        "validation": round(score, 6),
        "mantissa_bits": MANTISSA_BITS,
        "torch": str(torch.__version__),
    }
