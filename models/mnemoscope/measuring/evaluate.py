"""Measuring checkpoints: one row a checkpoint and condition, the same seeded sequences for every model."""

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mnemoscope import tasks
from mnemoscope.checkpoints import store
from mnemoscope.measuring import intervals, published
from mnemoscope.measuring import series as real_series
from mnemoscope.measuring.series import RealSeries
from mnemoscope.models.base import MemoryModel
from mnemoscope.tasks import Batch, Condition, Task

SEQUENCES = 64
TEST_SEED = 20_140
VALIDATION_SEED = 7_919


@torch.inference_mode()
def outputs_of(model: MemoryModel, inputs: np.ndarray, *, device: str = "cpu") -> np.ndarray:
    """Raw outputs [B, T, O] of the training path."""
    return model(torch.as_tensor(inputs, device=device)).cpu().numpy()


def score(model: MemoryModel, task: Task, batch: Batch, *, device: str = "cpu") -> float:
    """The task's metric of a model on a batch."""
    return task.score(outputs_of(model, batch.inputs, device=device), batch)


def validation_score(model: MemoryModel, task: Task, *, rounds: int = 1, device: str = "cpu") -> float:
    """What training keeps its best checkpoint by (lower is better), on sequences of their own seed.

    `rounds`: how often in one sequence the model is trained to use its memory; it is not judged by more.
    """
    batches = task.validation(np.random.default_rng(VALIDATION_SEED), rounds=rounds)
    return float(np.mean([score(model, task, batch, device=device) for batch in batches]))


def sequences_of(condition: Condition, count: int = SEQUENCES) -> Batch:
    """The seeded sequences of a condition: it has its own seed, so any row can be checked alone."""
    return condition.make(np.random.default_rng([TEST_SEED, *condition.seed]), count)


def headline(model: MemoryModel, task: Task, *, device: str = "cpu") -> dict[str, float]:
    """The one figure by which a model is introduced, the same as its row's: {name with its condition: value}."""
    condition = [condition for condition in task.conditions() if condition.trained][-1]
    value = score(model, task, sequences_of(condition), device=device)
    label = condition.label.removeprefix("held-out mixtures, ").removeprefix("held-out ")
    return {f"{task.metric.removesuffix(' per sequence')}, {label}": round(value, 4)}


def evaluate(
    names: Sequence[str | Path] | None = None,
    *,
    series: Sequence[str] = (),
    sequences: int = SEQUENCES,
    device: str = "cpu",
) -> list[dict[str, Any]]:
    """Measure trained checkpoints under every condition of their task.

        for row in mnemoscope.evaluate(["ntm-copy", "dnc-copy"]):
            print(row["model"], row["condition"], row["metric"], row["value"])

    names: checkpoints, by default all (see `mnemoscope.model_names`); a Path is the folder of one of your own. series: files, "ecg.csv" or "ecg.csv@36" (resampled to
    36 Hz), on which tasks on signals are measured too. sequences: seeded sequences a condition.
    Returns one dict a checkpoint and condition, with the keys that `rows` describes. Raises UnknownModel for a name that is
    not there, SignalError or ImportFileError for a file that cannot be used.
    """
    loaded = [real_series.load(name) for name in series]
    return list(rows(names, device=device, sequences=sequences, series=loaded))


def rows(
    names: Sequence[str | Path] | None = None,
    *,
    device: str = "cpu",
    sequences: int = SEQUENCES,
    series: Sequence[RealSeries] = (),
    beyond: bool = True,
) -> Iterator[dict[str, Any]]:
    """One row a checkpoint and condition: model, task, metric, condition, value with its 90 % interval over the sequences (low,
    high), sequences, seed, checkpoint (sha256), whether it was trained so, chance and best possible score where these are known, and what the literature reports.

    Tasks on signals are measured on each of `series` too. `beyond=False` leaves out what lies outside of training.
    Raises UnknownModel for a name that is not there.
    """
    for name in names if names is not None else store.names():
        loaded = store.load(name, device=device)
        model, task = loaded.model, tasks.get(loaded.task)
        common = {"model": loaded.paradigm, "task": loaded.task, "metric": task.metric, "checkpoint": loaded.sha256}
        common |= {"name": loaded.name, "sequences": sequences, "seed": TEST_SEED, "best": None}
        common |= {"same_weights": loaded.card.get("from", {}).get("name")}
        for condition in task.conditions():
            if not (condition.trained or beyond):
                continue
            batch = sequences_of(condition, sequences)
            row = common | {"condition": condition.label, "trained": condition.trained, "chance": condition.chance}
            row |= {"best": condition.best(batch) if condition.best else None}
            row |= {"published": published.figure(loaded.paradigm, loaded.task, condition.label)}
            value, low, high = intervals.scored(task, outputs_of(model, batch.inputs, device=device), batch)
            yield row | {"value": value, "low": low, "high": high}
        for one in series:
            for row in real_series.rows(model, task, one, device=device):
                yield common | {"published": None} | row


def baseline_rows(series: Sequence[RealSeries]) -> Iterator[dict[str, Any]]:
    """Rows of the forecasting baselines, which have no checkpoint."""
    for one in series:
        for row in real_series.baseline_rows(one):
            common = {"name": None, "task": "forecast", "metric": tasks.get("forecast").metric, "checkpoint": None}
            yield common | {"seed": None, "best": None, "published": None} | row


def as_json(row: dict[str, Any]) -> str:
    """One line of JSON; a number that is not finite becomes null."""
    return json.dumps({k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in row.items()})
