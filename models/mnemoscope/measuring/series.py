"""Measuring checkpoints on a real series: `signal-recall` and `forecast`, the latter beside what any statistician tries first.

The series is imported, resampled and z-scored over its whole length like any run. Forecasts are scored on windows of its
second half; AR(32) and the season are fitted to the first half, our models have never seen any of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from mnemoscope.errors import SignalError
from mnemoscope.measuring import baselines, intervals
from mnemoscope.measuring.baselines import AR_ORDER
from mnemoscope.measuring.cooperative import run_to_end
from mnemoscope.models import stepping
from mnemoscope.models.base import MemoryModel
from mnemoscope.signals.importers.files import load_series
from mnemoscope.signals.series import prepare
from mnemoscope.tasks import Batch, Forecast, SignalRecall, Task

Floats = NDArray[np.float64]
WINDOW, CONTEXT, HORIZON = 192, 64, 24
FREE = f"free-running for {HORIZON} steps"


@dataclass(frozen=True)
class RealSeries:
    """A series from a file: its name with the rate, and values z-scored over its whole length [T]."""

    name: str
    values: Floats


def load(spec: str) -> RealSeries:
    """`FILE` or `FILE@HZ`, the channel that its report suggests. Raises SignalError or the importer's own errors."""
    path, _, rate = spec.rpartition("@") if "@" in spec else (spec, "", "")
    try:
        hertz = float(rate) if rate else None
    except ValueError:
        raise SignalError(f"wanted FILE or FILE@HZ, got {spec!r}: {rate!r} is not a rate") from None
    values = prepare(load_series(path, labels="none"), sample_rate=hertz, scaling="zscore").values
    if len(values) < 4 * WINDOW:
        raise SignalError(
            f"{Path(path).name} has {len(values)} steps; to be measured on it needs at least {4 * WINDOW}"
        )
    name = Path(path).name + (f" at {hertz:g} Hz" if hertz else "")
    return RealSeries(name, np.asarray(values, np.float64))


def rows(model: MemoryModel, task: Task, series: RealSeries, *, device: str = "cpu") -> Iterator[dict[str, Any]]:
    """Conditions and values of one model on one series; nothing for a task that takes no signal."""
    if isinstance(task, SignalRecall):
        batch = recall_windows(task, series.values)
        segment, delay = task.shapes[-1]
        scored = intervals.scored(task, _outputs(model, batch.inputs, device), batch)
        yield _row(series, f"segment {segment}, delay {delay}", scored, len(batch.inputs))
    elif isinstance(task, Forecast):
        batch = task.windows(_second_half(series.values), steps=WINDOW, context=CONTEXT)
        scored = intervals.scored(task, _outputs(model, batch.inputs, device), batch)
        yield _row(series, "next value", scored, len(batch.inputs))
        heard, asked = _free(series.values)
        batch = task.windows(heard.reshape(-1), steps=heard.shape[1], context=CONTEXT)
        scored = _against_persistence(free_run(model, batch, HORIZON, device=device), heard, asked)
        yield _row(series, FREE, scored, len(heard))


def baseline_rows(series: RealSeries) -> Iterator[dict[str, Any]]:
    """Rows of the baselines for `forecast` on one series, on the same windows, with the `period` that the season was found to have."""
    half = len(series.values) // 2
    training, test = series.values[:half], _second_half(series.values)
    count = len(test) // WINDOW
    period, coefficients = baselines.season(training), baselines.fit_ar(training)
    heard, asked = _free(series.values)
    known = series.values[: len(series.values) - len(test)]

    def seasonal(row: Floats) -> Floats:
        return np.asarray([row[len(row) - period + k % period] for k in range(HORIZON)])

    one_step: dict[str, Callable[[Floats], Floats]] = {
        "persistence": baselines.persistence,
        "seasonal naive": lambda values: baselines.seasonal_naive(values, period),
        f"AR({AR_ORDER}), least squares": lambda values: baselines.autoregressive(values, coefficients),
    }
    free: list[Callable[[Floats], Floats]] = [
        lambda row: np.full(HORIZON, row[-1]),
        seasonal,
        lambda row: baselines.run_on(row, coefficients, HORIZON),
    ]
    starts = len(series.values) - len(test) + WINDOW * np.arange(count)
    common = {"period": period}
    for (name, forecast), on in zip(one_step.items(), free, strict=True):
        ahead = forecast(series.values)[len(known) :]
        outputs = ahead[: count * WINDOW].reshape(count, WINDOW, 1).astype(np.float32)
        batch = Forecast().windows(test, steps=WINDOW, context=CONTEXT)
        yield _row(series, "next value", intervals.scored(Forecast(), outputs, batch), count) | common | {"model": name}
        runs = np.stack([on(series.values[: start + WINDOW - HORIZON]) for start in starts])
        yield _row(series, FREE, _against_persistence(runs, heard, asked), count) | common | {"model": name}


@torch.inference_mode()
def free_run(model: MemoryModel, batch: Batch, horizon: int, *, device: str = "cpu") -> Floats:
    """The model hears the batch and then itself: forecasts [B, horizon] of the values after it."""
    inputs = torch.as_tensor(batch.inputs, device=device)
    outputs, state = run_to_end(stepping.run(model, inputs))
    forecasts, x = [outputs[:, -1]], inputs[:, -1].clone()
    while len(forecasts) < horizon:
        x = torch.cat((forecasts[-1], x[:, 1:]), 1)
        step = model.step(x, state)
        state = step.state
        forecasts.append(step.output)
    return torch.cat(forecasts, 1).cpu().double().numpy()


def recall_windows(task: SignalRecall, values: Floats) -> Batch:
    """Back-to-back windows of one round each, lead 16, of the largest trained shape."""
    segment, delay = task.shapes[-1]
    steps = 16 + 2 * segment + delay
    windows = [values[at : at + steps] for at in range(0, len(values) - steps + 1, steps)]
    runs = [task.episode(window, lead=16, segment=segment, delay=delay, rounds=1) for window in windows]
    return Batch(*(np.stack([getattr(run, part) for run in runs]) for part in ("inputs", "targets", "mask")))


def _second_half(values: Floats) -> Floats:
    """Whole windows from the middle of the series on."""
    count = (len(values) - len(values) // 2) // WINDOW
    return values[len(values) - count * WINDOW :]


def _free(values: Floats) -> tuple[Floats, Floats]:
    """What is heard [B, WINDOW − HORIZON] and what follows [B, HORIZON], by windows of the second half."""
    windows = _second_half(values).reshape(-1, WINDOW)
    return windows[:, :-HORIZON], windows[:, -HORIZON:]


def _against_persistence(runs: Floats, heard: Floats, asked: Floats) -> tuple[float, float, float]:
    """Σ|y − ŷ| / Σ|y − last value heard| and its interval over the windows."""
    errors, naive = np.abs(runs - asked).sum(1), np.abs(asked - heard[:, -1:]).sum(1)

    def of(drawn: NDArray[np.intp]) -> float:
        return float(errors[drawn].sum() / naive[drawn].sum())

    return (of(np.arange(len(runs))), *intervals.interval(of, len(runs)))


@torch.inference_mode()
def _outputs(model: MemoryModel, inputs: NDArray[np.float32], device: str) -> NDArray[np.float32]:
    return model(torch.as_tensor(inputs, device=device)).cpu().numpy()


def _row(series: RealSeries, condition: str, scored: tuple[float, float, float], sequences: int) -> dict[str, Any]:
    value, low, high = scored
    return {
        "condition": f"{series.name}, {condition}",
        "value": value,
        "low": low,
        "high": high,
        "sequences": sequences,
        "trained": False,
        "chance": 1.0,
    }
