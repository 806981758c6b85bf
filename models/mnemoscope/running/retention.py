"""How long a signal is remembered, in one call: three views, and of what a segment died where it is not."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mnemoscope.errors import MnemoscopeError, SignalError
from mnemoscope.measuring.cooperative import run_to_end
from mnemoscope.measuring.retention import behaviour, content, ledger, order, reservoirs
from mnemoscope.measuring.retention.measure import Retention, checked, longest, missing, untrained
from mnemoscope.measuring.retention.rows import Capacity, Row, View, crossing
from mnemoscope.measuring.retention.subjects import Models, Subject, subjects
from mnemoscope.measuring.retention.windows import WINDOWS, Windows, make, needed, prepared
from mnemoscope.reading.causes import ALIVE, LIMITS
from mnemoscope.reading.recording import Recording
from mnemoscope.running import followed
from mnemoscope.running.notebook import record
from mnemoscope.signals import generators
from mnemoscope.signals.series import Series
from mnemoscope.tasks import SignalRecall
from mnemoscope.tasks.episodes import STEPS

Signal = str | os.PathLike[str] | ArrayLike | Series | Recording | None
Progress = Callable[[Row], object]

TRIED = 5
"""Windows that are looked at for a cause, until one is not alive."""


def retention(
    models: Models = (),
    signal: Signal = None,
    *,
    view: View = "behaviour",
    delays: Sequence[int] | None = None,
    segments: int | Sequence[int] = behaviour.SEGMENT,
    windows: int = WINDOWS,
    references: bool = True,
    causes: bool = True,
    seed: int = 0,
    device: str = "cpu",
    progress: Progress | None = None,
    **of_series: Any,
) -> Retention:
    """How long models hold a signal, measured in one of three ways.

        found = mnemoscope.retention(["lstm", "ntm"], "ecg.csv", resample_to=36, delays=[20, 40, 120])
        for row in found.rows:
            print(row.model, row.delay, row.error, row.low, row.high)
        found.figure().write_html("retention.html")

    view: "behaviour", the relative RMSE of the replay of a segment against the delay before models are asked for it;
    "content", the held-out R² of x(t − delay) by a linear read-out of the state, and the memory capacity, of any model;
    "provenance", the share of a write that is still held against its age, and the half-life, from the ledger of a recording.
    models: paradigms or checkpoints of signal-recall; several checkpoints of one model are measured together, as seeds of it. A
    mapping from names to models of one's own (`MemoryModel`) works too: their first input is the value, for "behaviour" the
    next two are store and recall flag. Not needed where the signal is a recording ("provenance").
    signal: None for held-out mixtures (of "content": independent random numbers), a generator's name, a file, numbers [step], a
    Series, or a Recording or its file (`.mnemo`). of_series: `channel`, `reading` (an ImportOptions), `sample_rate`, `resample_to`, `start`, `stop`, `missing`,
    `scaling`.
    delays: in steps, of any length; None: 10, 40, 120, 400 and then where the curves jump; of "content" 0 … 127. segments: steps
    to hold, one or several. windows: of the signal, at most. references: memories whose retention is known are measured
    beside the models. causes: say of what a segment died at the first delay at which the error passes 0.5.
    progress: called with every row as it becomes known.

    Bands are 5 to 95 % of a resampling over windows, and over checkpoints where there are several; fewer than 8 windows have
    none. Raises UnknownModel, CheckpointError, SignalError, ImportFileError, RecordingError or UnknownTask for what cannot be measured.
    """
    begun = time.perf_counter()
    report = progress or _silent
    if view not in ("behaviour", "content", "provenance"):
        raise MnemoscopeError(f"a view is behaviour, content or provenance, got {view!r}")
    if view == "behaviour":
        lengths = [segments] if isinstance(segments, int) else list(segments)
        checked(lengths, delays, windows)
        options = {"count": windows, "seed": seed} | of_series
        chosen = subjects(models, SignalRecall.name, device=device)
        if isinstance(signal, Recording):
            raise SignalError("a replay is measured on a series; of a recording there is the view provenance")
        found = _behaviour(chosen, signal, delays, lengths, references, device, report, options)
        if causes:
            of = make(signal, delays or order.COARSE[:1], lengths[0], longest=longest(delays), **options)
            found = replace(found, causes=list(deaths(chosen, of, found.rows, lengths[0])))
    else:
        if view == "content":
            found = _content(models, signal, delays, references, seed, device, of_series)
        else:
            found = _provenance(models, signal, delays, references, seed, device, of_series)
        for row in found.rows:
            report(row)
    return replace(found, seconds=time.perf_counter() - begun)


def _silent(row: Row) -> None:
    """Progress that nobody watches."""


def _behaviour(
    chosen: Sequence[Subject],
    signal: str | os.PathLike[str] | ArrayLike | Series | None,
    delays: Sequence[int] | None,
    lengths: Sequence[int],
    references: bool,
    device: str,
    report: Progress,
    options: Mapping[str, Any],
) -> Retention:
    rows: list[Row] = []
    name, notes = "", list[str]()
    for length in lengths:
        of = make(signal, delays or order.COARSE[:1], length, longest=longest(delays), **options)
        name, notes = of.name, [*of.notes]
        for row in behaviour.rows(chosen, of, delays=delays, segment=length, with_references=references, device=device):
            if row is not None:
                rows.append(row)
                report(row)
    notes += missing(delays, lengths, rows) + untrained(rows)
    return Retention(name, rows, 0.0, tuple(dict.fromkeys(notes)))


def deaths(chosen: Sequence[Subject], of: Windows, rows: Sequence[Row], segment: int) -> Iterator[dict[str, Any]]:
    """Of what the segment died, at the first delay at which a model's error passes 0.5: "model", "delay", "cause", "evidence" ….

    One window is recorded and examined, of those in which the model fails; nothing is inferred from the curve. Models of
    one's own and models that never fail have none.
    """
    for subject in chosen:
        if subject.checkpoint is None:
            continue
        curve = {
            row.delay: np.inf if row.error is None else row.error
            for row in rows
            if (row.model, row.segment) == (subject.name, segment)
        }
        _, delay = crossing(curve, LIMITS["error"])
        if delay is None:
            continue
        loaded = subject.loaded[0]
        window, found = 0, None
        for window in of.holding(needed(segment, delay))[:TRIED]:
            runs = followed.Runs([loaded], of.values[window], segment, longest=delay)
            found = run_to_end(followed.examined(runs, [subject.name], delay, settles={subject.name})).get(subject.name)
            if found is not None and found.name != ALIVE:
                break
        if found is not None:
            if found.name == ALIVE:
                found = found.unsettled(f"the first {TRIED} windows are read back")
            yield {"model": subject.name, "delay": delay, "window": int(window)} | found.to_json()


def _content(
    models: Models,
    signal: Signal,
    lags: Sequence[int] | None,
    references: bool,
    seed: int,
    device: str,
    of_series: Mapping[str, Any],
) -> Retention:
    chosen = subjects(models, SignalRecall.name, device=device)
    most = max(content.LONGEST, *(lag + 1 for lag in lags)) if lags else content.LONGEST
    name, notes, values = content.INDEPENDENT, list[str](), None
    if signal is not None:
        name, values, notes = _series(signal, seed, of_series)
        if len(values) < 3 * (most + 8):
            raise SignalError(
                f"{name} has {len(values)} steps; reading out {most} lags takes {3 * (most + 8)}: take more of it, or shorter lags"
            )
    heard = content.sequences(values, most, seed=seed)
    if len(heard) < content.SEQUENCES:
        notes.append(content.few(len(heard)))
    rows: list[Row] = []
    capacities: list[Capacity] = []
    for subject in chosen:
        of_model = run_to_end(content.measure(subject, heard, lags=lags, longest=most, device=device))
        rows += of_model[0]
        capacities += of_model[1]
    for memory in reservoirs.references() if references else ():
        found, capacity = content.of_reference(memory, heard, lags=lags, longest=most)
        rows += found
        capacities.append(capacity)
    if references:
        rows += content.chance(range(most) if lags is None else lags)
    return Retention(name, rows, 0.0, tuple(notes), capacities=capacities)


def _series(signal: Signal, seed: int, of_series: Mapping[str, Any]) -> tuple[str, NDArray[np.float64], list[str]]:
    """A whole signal as models hear it."""
    if isinstance(signal, Recording):
        raise SignalError("what a memory holds is read out on a series, not on a recording")
    if isinstance(signal, str) and signal in generators.KINDS:
        made = generators.generate(signal, content.SEQUENCES * (content.LONGEST + content.STEPS), seed=seed)
        return signal, generators.zscore(made.values), []
    if signal is None:
        raise SignalError("name a signal")
    name, values, notes = prepared(signal, **of_series)
    return name, values.astype(np.float64), notes


def _provenance(
    models: Models,
    signal: Signal,
    ages: Sequence[int] | None,
    references: bool,
    seed: int,
    device: str,
    of_series: Mapping[str, Any],
) -> Retention:
    if isinstance(signal, Recording):
        return ledger.of_recording(signal, ages=ages, references=references)
    if isinstance(signal, str | os.PathLike) and Path(signal).suffix == ".mnemo":
        return ledger.of_file(signal, ages=ages, references=references)
    if isinstance(models, Mapping):
        raise MnemoscopeError("provenance of a model of one's own: record it first, and give the recording")
    names = [models] if isinstance(models, str) else [m if isinstance(m, str) else m.name for m in models]
    if signal is None:
        signal = "mixture"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        rec = record(names, signal, options={"rounds": 0}, steps=STEPS, seed=seed, device=device, **of_series)
    with rec:
        found = ledger.of_recording(rec, ages=ages, references=references)
    return replace(found, notes=tuple(str(warning.message) for warning in caught))
