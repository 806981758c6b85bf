"""Episodes from signals: a generator's, or a channel of a user's file, with their facts for the manifest.

episode = from_file("signal-recall", "ecg.csv", channel="MLII", resample_to=36)
episode = from_generator("signal-recall", "heartbeat", steps=600, seed=3)
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from numpy.typing import ArrayLike

from mnemoscope import tasks
from mnemoscope.errors import SignalError
from mnemoscope.format.entries import Event
from mnemoscope.signals import beside, generators
from mnemoscope.signals.given import from_numbers, row_at
from mnemoscope.signals.importers.files import read_series
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.series import Missing, Prepared, Scaling, Series, prepare, rescaled, with_rate
from mnemoscope.signals.shipped import located
from mnemoscope.tasks import Episode
from mnemoscope.tasks.signal import unlike_training
from mnemoscope.tasks.suggestion import Suggestion, suggest

STEPS = 1000
"""Steps of a run when nobody says how many: some seconds of computing for four models, and a picture one can read."""


def from_generator(
    task: str,
    kind: str,
    *,
    steps: int = STEPS,
    seed: int = 0,
    params: dict[str, float] | None = None,
    options: dict[str, Any] | None = None,
) -> Episode:
    """A task on a generated signal. Raises SignalError or UnknownTask for a kind, parameter or option out of range."""
    signal = generators.generate(kind, steps, seed=seed, **(params or {}))
    episode = tasks.get(task).episode(generators.zscore(signal.values), seed=seed, **(options or {}))
    width = float(signal.values.std())
    facts = {
        "name": kind,
        "channel": None,
        "unit": signal.unit,
        "sample_rate": signal.sample_rate,
        "source": {"generator": kind, "seed": seed, "params": signal.params},
        "scaling": {
            "method": "zscore",
            "offset": float(signal.values.mean()),
            "scale": width if width > 1e-12 else 1.0,
        },
    }
    return replace(episode, events=_merged(episode.events, signal.events), signal=facts)


def from_prepared(task: str, name: str, series: Series, prepared: Prepared, **options: Any) -> Episode:
    """A task on a prepared window of a series; `name` is the file name to show."""
    episode = tasks.get(task).episode(prepared.values, **options)
    facts: dict[str, Any] = {
        "name": name,
        "channel": series.name,
        "unit": series.unit,
        "sample_rate": prepared.sample_rate,
        "source": prepared.source,
        "scaling": prepared.scaling,
    }
    further = beside.on_steps(series, prepared)
    if further:
        facts["beside"] = beside.facts(further)
    events = _merged(episode.events, prepared.events)
    return replace(episode, events=events, signal=facts, beside=beside.recorded(further))


def from_signal(
    task: str,
    signal: str | os.PathLike[str] | ArrayLike | Series | None,
    *,
    steps: int | None = None,
    seed: int = 0,
    options: dict[str, Any] | None = None,
    params: dict[str, float] | None = None,
    fitted: Mapping[str, dict[str, Any]] = MappingProxyType({}),
    **of_series: Any,
) -> tuple[Episode, list[str]]:
    """A task on whatever names a signal -> the episode, and sentences about what was assumed or left out.

    signal: None for the task's own input; the name of a generator; a file; numbers [T]; or a Series. params: of a generator.
    steps: at most so many, 0 = all; None: what `from_series` takes, of a generator 1000.
    fitted: how a file was scaled when a model was fitted to it, by its sha256: a window of it is z-scored the same way.
    of_series: the further arguments of `from_file`; for numbers and a Series those of `from_series`.
    Raises MnemoscopeError (SignalError, ImportFileError, UnknownTask) for what cannot be made, or was not meant to be given
    together.
    """
    generated = isinstance(signal, str) and signal in generators.KINDS
    if of_series and (signal is None or generated):
        raise SignalError(f"{', '.join(of_series)} can only be used with a file or a series, got the signal {signal}")
    if params and not generated:
        raise SignalError(f"params are of a generator ({', '.join(generators.KINDS)}), and the signal is none")
    beyond = list(tasks.get(task).beyond_training(options or {}))
    if signal is None:
        return tasks.get(task).episode(seed=seed, **(options or {})), beyond
    if isinstance(signal, str) and generated:
        made = from_generator(task, signal, steps=steps or STEPS, seed=seed, params=params, options=options)
        return made, beyond
    if isinstance(signal, str | os.PathLike):
        episode, notes = from_file(task, located(signal), steps=steps, options=options, fitted=fitted, **of_series)
    else:
        episode, notes = from_series(task, signal, steps=steps, options=options, **of_series)
    return episode, [*notes, *beyond]


def from_file(
    task: str,
    path: str | os.PathLike[str],
    *,
    channel: str | None = None,
    beside: Sequence[str | int] = (),
    labels: str | None = None,
    sample_rate: float | None = None,
    reading: ImportOptions | None = None,
    **of_series: Any,
) -> tuple[Episode, list[str]]:
    """A task on one channel of a table -> the episode, and sentences about what was assumed or left out.

    channel: a column's name or index, by default the report's. beside: further columns, up to seven, that are recorded on the same
    steps and not heard by the models. labels: the column whose labels become events, by
    default the first that has any; "none" for none of them. sample_rate: Hz of the file, where it does not say.
    reading: how the file is to be read, where that is not to be found out. of_series: the further arguments of `from_series`.
    Raises ImportFileError (line, column, hint), SignalError or UnknownTask.
    """
    series, assumed = read_series(
        path, channel=channel, beside=beside, labels=labels, sample_rate=sample_rate, options=reading
    )
    episode, notes = from_series(task, series, name=Path(path).name, **of_series)
    return episode, [*assumed, *notes]


def from_series(
    task: str,
    series: Series | ArrayLike,
    *,
    name: str | None = None,
    sample_rate: float | None = None,
    start: str | None = None,
    stop: str | None = None,
    resample_to: float | None = None,
    steps: int | None = None,
    missing: Missing = "hold",
    scaling: Scaling = "zscore",
    fitted: Mapping[str, dict[str, Any]] = MappingProxyType({}),
    options: dict[str, Any] | None = None,
) -> tuple[Episode, list[str]]:
    """A task on a series or on plain numbers [T] -> the episode, and sentences about what was assumed or left out.

    name: to show, by default the series' own. sample_rate: Hz, where the series does not say. start, stop: rows ("720") or
    seconds ("2.5s"). steps: at most so many steps, 0 = all of the window. Of a series where none of the three is given one question is
    run, as `suggestion.suggest` has it; of plain numbers the first 1000. fitted: as of `from_signal`. Raises SignalError or UnknownTask.
    """
    plain = not isinstance(series, Series)
    if not isinstance(series, Series):
        series = from_numbers(series)
    if sample_rate is not None:
        series = with_rate(series, sample_rate)
    notes: list[str] = []
    if start is stop is steps is None and not plain:
        found = suggest(task, series, options, resample_to=resample_to)
        start, stop, steps, options = str(found.start), str(found.stop), 0, found.options
        notes += _chosen(found, series, resample_to)
        resample_to = found.resample_to
    steps = STEPS if steps is None else steps
    first = row_at(start or "0", series, "start")
    last = len(series) if stop is None else min(row_at(stop, series, "stop"), len(series))
    if steps:  # cut before scaling, so that mean and deviation are those of what the models see
        rate = series.sample_rate if resample_to is not None else None
        rows = steps if rate is None or resample_to is None else math.ceil(steps * rate / resample_to)
        if first + rows < last:
            notes.append(f"the first {rows} of {last - first} rows are used; for more, raise steps or stop")
            last = first + rows
    prepared = prepare(series, start=first, stop=last, sample_rate=resample_to, missing=missing, scaling=scaling)
    if scaling == "zscore" and (scaled := rescaled(prepared, fitted)) is not prepared:
        prepared = scaled
        notes.append("scaled as in the fit to this file")
    if steps and prepared.steps > steps:
        prepared = prepared.first(steps)
    episode = from_prepared(task, name or series.name, series, prepared, **(options or {}))
    unlike = [] if scaling == "none" else unlike_training(prepared.values)
    return episode, [*notes, *prepared.warnings, *unlike]


def _chosen(found: Suggestion, series: Series, resample_to: float | None) -> list[str]:
    """What was chosen for whoever gave neither start nor stop nor steps, as sentences."""
    said: list[str] = []
    if found.stop - found.start < len(series):
        rows = f"rows {found.start} to {found.stop - 1} of {len(series)} are used, one question"
        said.append(f"{rows}: {found.why}; for others give start, stop or steps")
    if found.resample_to != resample_to:
        said.append(
            f"resampled to {found.resample_to:g} Hz, at which one heartbeat is about one segment; for another rate give resample_to"
        )
    return said


def _merged(events: list[Event], labels: list[Event]) -> list[Event]:
    return sorted([*events, *labels], key=lambda event: event.step)
