"""Episodes from signals: a generator's, or a channel of a user's file, with their facts for the manifest.

episode = from_file("signal-recall", "ecg.csv", channel="MLII", resample_to=36)
episode = from_generator("signal-recall", "heartbeat", steps=600, seed=3)
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mnemoscope import tasks
from mnemoscope.errors import SignalError
from mnemoscope.format.entries import Event
from mnemoscope.signals import generators as signals
from mnemoscope.tasks import Episode
from mnemoscope.tasks.signal import unlike_training

if TYPE_CHECKING:
    from mnemoscope.signals.importers.csv.reader import Table
    from mnemoscope.signals.series import Missing, Prepared, Scaling, Series

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
    signal = signals.generate(kind, steps, seed=seed, **(params or {}))
    episode = tasks.get(task).episode(signals.zscore(signal.values), seed=seed, **(options or {}))
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
    facts = {
        "name": name,
        "channel": series.name,
        "unit": series.unit,
        "sample_rate": prepared.sample_rate,
        "source": prepared.source,
        "scaling": prepared.scaling,
    }
    return replace(episode, events=_merged(episode.events, prepared.events), signal=facts)


def from_file(
    task: str,
    path: str | Path,
    *,
    channel: str | None = None,
    labels: str | None = None,
    start: str = "0",
    stop: str | None = None,
    sample_rate: float | None = None,
    resample_to: float | None = None,
    steps: int = STEPS,
    missing: Missing = "hold",
    scaling: Scaling = "zscore",
    options: dict[str, Any] | None = None,
) -> tuple[Episode, list[str]]:
    """A task on one channel of a table -> the episode, and sentences about what was assumed or left out.

    channel: a column's name or index, by default the report's. labels: the column whose labels become events, by
    default the first that has any; "none" for none of them. start, stop: rows ("720") or seconds ("2.5s").
    sample_rate: Hz of the file, where it does not say. steps: at most so many steps, 0 = all of the window.
    Raises ImportFileError (line, column, cure), SignalError or UnknownTask.
    """
    from mnemoscope.signals.importers.csv import reader as csv_import
    from mnemoscope.signals.series import prepare

    path = Path(path)
    table = csv_import.read(path)
    series = table.series(_column(table, channel), _labels(table, labels))
    if sample_rate is not None:
        series = replace(series, sample_rate=sample_rate, time=None, gaps=())
    first = _row(start, series, "start")
    last = len(series) if stop is None else min(_row(stop, series, "stop"), len(series))
    notes: list[str] = list(table.report.get("notes", []))
    if steps:  # cut before scaling, so that mean and deviation are those of what the models see
        rate = series.sample_rate if resample_to is not None else None
        rows = steps if rate is None or resample_to is None else math.ceil(steps * rate / resample_to)
        if first + rows < last:
            notes.append(f"the first {rows} of {last - first} rows are used; ask for more with --steps or --stop")
            last = first + rows
    prepared = prepare(series, start=first, stop=last, sample_rate=resample_to, missing=missing, scaling=scaling)
    if steps and prepared.steps > steps:
        kept = tuple(label._replace(stop=min(label.stop, steps)) for label in prepared.labels if label.start < steps)
        prepared = replace(prepared, values=prepared.values[:steps], labels=kept)
    episode = from_prepared(task, path.name, series, prepared, **(options or {}))
    unlike = [] if scaling == "none" else unlike_training(prepared.values)
    return episode, [*notes, *prepared.warnings, *unlike]


def _column(table: Table, channel: str | None) -> int:
    """Index of a column by name, else by index; by default the report's."""
    if channel is None:
        return table.report["channel"]
    for column in table.columns:
        if column.name == channel:
            return column.index
    if channel.isdecimal() and int(channel) < len(table.columns):
        return int(channel)
    names = ", ".join(f"{column.index} ({column.name})" for column in table.columns if column.values is not None)
    raise SignalError(f"the file has no column {channel!r}; choose one of {names}")


def _labels(table: Table, wanted: str | None) -> int | None:
    """Index of a column of labels by name, else by index; by default the first that has any."""
    able = [column for column in table.columns if column.labels]
    if wanted == "none" or (wanted is None and not able):
        return None
    if wanted is None:
        return able[0].index
    for column in able:
        if wanted in (column.name, str(column.index)):
            return column.index
    names = ", ".join(f"{column.index} ({column.name})" for column in able) or "none"
    raise SignalError(f"the file has no column of labels {wanted!r}; it has: {names}")


def _row(text: str, series: Series, what: str) -> int:
    """A place in a series: "720" is a row, "2.5s" seconds from the first row."""
    number, seconds = (text[:-1], True) if text.endswith("s") else (text, False)
    try:
        value = float(number) if seconds else int(number)
        if not (math.isfinite(value) and value >= 0):
            raise ValueError
    except ValueError:
        raise SignalError(f'{what} is a row such as 720 or seconds such as 2.5s, got "{text}"') from None
    if not seconds:
        return int(value)
    if series.time is not None:
        return int((series.time < value).sum())
    if series.sample_rate is None:
        raise SignalError(
            f"{what} in seconds needs the sampling rate, which the file does not tell; give --sample-rate"
        )
    return round(value * series.sample_rate)


def _merged(events: list[Event], labels: list[Event]) -> list[Event]:
    return sorted([*events, *labels], key=lambda event: event.step)
