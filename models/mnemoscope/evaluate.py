"""Measuring checkpoints: one row a checkpoint and condition, the same seeded sequences for every model."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mnemoscope import checkpoints, tasks
from mnemoscope.model import MemoryModel
from mnemoscope.tasks import Batch, Copy, SignalRecall, Task

COPY_LENGTHS = (1, 5, 10, 15, 20)
RECALL_SHAPES = ((8, 30), (16, 10), (24, 0), (24, 30))
SEQUENCES = 64
TEST_SEED = 20_140
VALIDATION_SEED = 7_919


@torch.inference_mode()
def outputs_of(model: MemoryModel, inputs: np.ndarray, *, device: str = "cpu") -> np.ndarray:
    """Raw outputs [B, T, O] of the training path."""
    return model(torch.from_numpy(inputs).to(device)).cpu().numpy()


def wrong_bits(model: MemoryModel, batch: Batch, *, device: str = "cpu") -> float:
    """Mean number of wrong bits a sequence over the scored steps."""
    wrong = (outputs_of(model, batch.inputs, device=device) > 0) != (batch.targets > 0.5)
    return float((wrong * batch.mask[:, :, None]).sum() / len(batch.inputs))


def relative_rmse(model: MemoryModel, batch: Batch, *, device: str = "cpu") -> float:
    """√(Σ (y − ŷ)² / Σ y²) over the scored steps of all sequences: 0 is perfect, 1 is what always answering 0 gets."""
    error = (outputs_of(model, batch.inputs, device=device) - batch.targets) * batch.mask[:, :, None]
    return float(np.sqrt((error**2).sum() / ((batch.targets * batch.mask[:, :, None]) ** 2).sum()))


def validation_score(model: MemoryModel, task: Task, *, device: str = "cpu") -> float:
    """What training keeps its best checkpoint by (lower is better), on sequences of their own seed.

    Copy: wrong bits over the lengths 1-20. Signal recall: relative RMSE, mean of one round of (24, 30) and of random
    rounds of up to three.
    """
    rng = np.random.default_rng(VALIDATION_SEED)
    if isinstance(task, Copy):
        return float(
            np.mean([wrong_bits(model, task.fixed(rng, 32, length), device=device) for length in COPY_LENGTHS])
        )
    assert isinstance(task, SignalRecall)
    single = relative_rmse(model, task.fixed(rng, 32, 24, 30), device=device)
    fresh = SignalRecall()  # its own pool: the training's must not be drawn from
    return (single + relative_rmse(model, fresh.batch(rng, 24, rounds=3), device=device)) / 2


def measure_copy(
    model: MemoryModel, task: Copy, length: int, *, sequences: int = SEQUENCES, device: str = "cpu"
) -> float:
    """Wrong bits a sequence at one length; a condition has its own seeded sequences, so any row can be checked alone."""
    rng = np.random.default_rng([TEST_SEED, length])
    return wrong_bits(model, task.fixed(rng, sequences, length), device=device)


def measure_recall(
    model: MemoryModel, task: SignalRecall, segment: int, delay: int, *, sequences: int = SEQUENCES, device: str = "cpu"
) -> float:
    """Relative RMSE at one segment and delay, on held-out mixtures seeded by the condition."""
    rng = np.random.default_rng([TEST_SEED, segment, delay])
    return relative_rmse(model, task.fixed(rng, sequences, segment, delay), device=device)


def headline(model: MemoryModel, task: Task, *, device: str = "cpu") -> dict[str, float]:
    """The one figure by which a model is introduced, the same as its row's: {name with its condition: value}."""
    if isinstance(task, Copy):
        value = measure_copy(model, task, COPY_LENGTHS[-1], device=device)
        return {f"wrong bits, length {COPY_LENGTHS[-1]}": round(value, 4)}
    assert isinstance(task, SignalRecall)
    segment, delay = RECALL_SHAPES[-1]
    value = measure_recall(model, task, segment, delay, device=device)
    return {f"relative RMSE, segment {segment}, delay {delay}": round(value, 4)}


def rows(
    names: list[str] | None = None, *, device: str = "cpu", sequences: int = SEQUENCES, ecg: Path | None = None
) -> Iterator[dict[str, Any]]:
    """One row a checkpoint and condition: model, task, metric, condition, value, sequences, seed, checkpoint (sha256).

    `ecg` is a CSV with columns time_s and a first channel in mV: signal-recall is also measured on it, at 36 Hz.
    Raises UnknownModel for a name that is not there.
    """
    for name in names if names is not None else checkpoints.names():
        loaded = checkpoints.load(name, device=device)
        model, task = loaded.model, tasks.get(loaded.task)
        common = {"model": loaded.paradigm, "task": loaded.task, "metric": task.metric, "checkpoint": loaded.sha256}
        common |= {"sequences": sequences, "seed": TEST_SEED}
        if isinstance(task, Copy):
            for length in COPY_LENGTHS:
                value = measure_copy(model, task, length, sequences=sequences, device=device)
                yield common | {"condition": f"length {length}", "value": value}
        elif isinstance(task, SignalRecall):
            for segment, delay in RECALL_SHAPES:
                value = measure_recall(model, task, segment, delay, sequences=sequences, device=device)
                yield common | {"condition": f"held-out mixtures, segment {segment}, delay {delay}", "value": value}
            fresh = SignalRecall()  # its own pool, so that what ran before changes nothing
            value = relative_rmse(
                model, fresh.batch(np.random.default_rng(TEST_SEED), sequences, rounds=3), device=device
            )
            yield common | {"condition": "held-out mixtures, three rounds of any shape in one memory", "value": value}
            if ecg is not None:
                batch = _ecg_batch(task, ecg)
                value = relative_rmse(model, batch, device=device)
                condition = f"{ecg.name} at 36 Hz, segment 24, delay 30"
                yield common | {"condition": condition, "value": value, "sequences": len(batch.inputs)}


def _ecg_batch(task: SignalRecall, path: Path) -> Batch:
    """Back-to-back windows of an ECG, imported, resampled to 36 Hz and z-scored over the whole recording like any run."""
    from mnemoscope import csv_import
    from mnemoscope.series import prepare

    table = csv_import.read(path)
    series = table.series(next(column.index for column in table.columns if column.kind == "value"))
    values = prepare(series, sample_rate=36.0, scaling="zscore").values
    segment, delay = RECALL_SHAPES[-1]
    steps = 16 + 2 * segment + delay
    windows = [values[at : at + steps] for at in range(0, len(values) - steps + 1, steps)]
    runs = [task.episode(window, lead=16, segment=segment, delay=delay, rounds=1) for window in windows]
    return Batch(*(np.stack([getattr(run, part) for run in runs]) for part in ("inputs", "targets", "mask")))


def as_json(row: dict[str, Any]) -> str:
    """One line of JSON; a value that is not finite becomes null."""
    value = row["value"]
    return json.dumps(row | {"value": value if math.isfinite(value) else None})
