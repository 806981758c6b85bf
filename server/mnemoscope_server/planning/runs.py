"""From what a page asks to what a worker is ordered: signal, episode, checkpoints, limits. NumPy only, no torch.

Blocking: call it in a thread.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from mnemoscope import tasks
from mnemoscope.checkpoints.names import fitted_scalings, of_task, resolve
from mnemoscope.checkpoints.store import read_card
from mnemoscope.errors import SignalError, UnknownTask
from mnemoscope.format.manifest import KEYFRAME_EVERY
from mnemoscope.signals.beside import on_steps
from mnemoscope.signals.generators import KINDS, PARAMETERS, generate
from mnemoscope.signals.series import Floats, Prepared, Series, decimate, prepare, require_single, rescaled, with_rate
from mnemoscope.tasks import Episode, episodes
from mnemoscope.tasks.growing import Growing, LiveSignal
from mnemoscope.tasks.signal import unlike_training
from mnemoscope_server.errors import NotPossible
from mnemoscope_server.planning import task_cards
from mnemoscope_server.planning.bridge import bridge_settings
from mnemoscope_server.schemas.sessions import (
    GeneratedSignal,
    LiveSourceSignal,
    NoSignal,
    SessionRequest,
    UploadSignal,
    ValuesSignal,
)
from mnemoscope_server.schemas.signals import (
    BesidePreview,
    Estimate,
    Generator,
    GeneratorParam,
    Preview,
    PreviewRequest,
    SignalPreview,
    SignalPreviewRequest,
    Window,
)
from mnemoscope_server.settings import MAX_MODELS, Settings
from mnemoscope_server.storage.store import Store, new_id
from mnemoscope_server.storage.uploads import Uploads, printable
from mnemoscope_server.workers.protocol import Measured, Open

VALUES_POINTS, OVERVIEW_POINTS = 2000, 1000


def order(
    request: SessionRequest,
    *,
    settings: Settings,
    store: Store,
    uploads: Uploads,
    own: Mapping[str, Path] = MappingProxyType({}),
) -> Open:
    """Everything a worker needs to begin. own: folders of the caller's fitted checkpoints, by the names in the request.

    Raises the library's errors, UnknownUpload, DiskFull, NotPossible.
    """
    store.require_space()
    names = chosen(request.models, request.task, own)
    growing = _growing(request, request.signal, settings) if isinstance(request.signal, LiveSourceSignal) else None
    episode = _episode(request, settings, uploads, list(own.values())) if growing is None else growing.episode
    task_cards.require_steps(episode.steps, settings)
    identity = new_id()
    title = printable(request.title or "") or _title(request.task, episode)
    bridge = bridge_settings(request.bridge, [str(name) for name in names], episode.steps) if request.bridge else None
    if not request.keep:
        store.mark_temporary(identity)
    speed = request.speed if growing is None else None  # its samples set the pace
    return Open(identity, store.path(identity), title, request.seed, tuple(names), episode, speed, bridge, growing)


def chosen(models: list[str], task: str, own: Mapping[str, Path] = MappingProxyType({})) -> list[str | Path]:
    """Checkpoints and moments of their training, by name or as the folders in `own`. Raises UnknownTask, UnknownModel, NotPossible."""
    task = tasks.get(task).name
    names: list[str | Path] = []
    for model in models:
        names += [own[model]] if model in own else resolve([model], task)
    if len(names) > MAX_MODELS:
        raise NotPossible(
            "too-many-models",
            f"{len(names)} models were asked for, at most {MAX_MODELS} run side by side",
            "Choose fewer.",
        )
    return names


def prepared(window: Window, upload_id: str, uploads: Uploads, own: Sequence[Path] = ()) -> tuple[Series, Prepared]:
    """A window of an upload as the models will see it; one of `own` that was fitted to this file sees it as it did then."""
    series = uploads.series(upload_id, window.channel, window.labels, _distinct(window))
    if window.sample_rate is not None:
        series = with_rate(series, window.sample_rate)
    stop = None if window.stop is None else min(window.stop, len(series))
    result = prepare(
        series,
        start=window.start,
        stop=stop,
        sample_rate=window.resample_to,
        missing=window.missing,
        scaling=window.scaling,
    )
    return series, rescaled(result, fitted_scalings(own))


def _distinct(window: Window) -> list[int]:
    """The channels beside. Raises SignalError where one comes twice or is the channel itself."""
    if len({window.channel, *window.beside}) <= len(window.beside):
        raise SignalError("every channel beside the chosen one must be another; choose different columns")
    return window.beside


def preview(
    request: PreviewRequest,
    upload_id: str,
    *,
    settings: Settings,
    uploads: Uploads,
    measured: dict[str, Measured],
    own: Mapping[str, Path] = MappingProxyType({}),
) -> Preview:
    """What a run on this window would look like and cost. Raises UnknownTask for options, or a task without a signal."""
    task, options = tasks.get(request.task), task_cards.whole(request.task_params)
    if not task.takes_signal:
        task.no_signal(upload_id)
    task.checked(options)
    series, result = prepared(request, upload_id, uploads, [*own.values()])
    warnings = list(result.warnings)
    if result.steps > settings.steps:
        warnings.append(
            f"{result.steps} steps are more than the {settings.steps} a run may have: "
            "choose a shorter window or a lower rate"
        )
    else:
        try:
            task.plan(result.steps, **options)
        except UnknownTask as error:  # the window does not hold what the task needs: the user may still move it
            warnings.append(str(error))
    if request.scaling == "none" and (abs(float(result.values.mean())) > 1 or not 0.3 < float(result.values.std()) < 3):
        warnings.append(
            "the models were trained on z-scored signals; unscaled values this large or small will confuse them"
        )
    else:
        warnings += unlike_training(result.values)
    values = [v for v in decimate(result.values, VALUES_POINTS) if v is not None]
    names = chosen(request.models, task.name, own) or of_task(task.name)
    return Preview(
        steps=result.steps,
        values=values,
        before=decimate(result.raw, VALUES_POINTS),
        overview=decimate(_viewed(series, request.view), OVERVIEW_POINTS),
        offset=result.scaling["offset"],
        scale=result.scaling["scale"],
        sample_rate=result.sample_rate,
        events=result.events,
        beside=[
            BesidePreview(column=column, name=one.name, unit=one.unit, values=decimate(one.values, VALUES_POINTS))
            for column, one in zip(request.beside, on_steps(series, result), strict=True)
        ],
        warnings=warnings,
        estimate=estimate(names, result.steps, measured),
    )


def _viewed(series: Series, view: tuple[int, int] | None) -> Floats:
    """The rows that are looked at; all of them where none of the series are asked for."""
    rows = series.values if view is None else series.values[view[0] : view[1]]
    return rows if len(rows) else series.values


def _costs_as(name: str | Path) -> str:
    """The shipped checkpoint that a step costs the same of: at any moment of a training, before and after a fit."""
    if isinstance(name, Path):
        card = read_card(name)
        return f"{card['model']}-{card['task']}"
    return name.partition("@")[0]


def estimate(names: Sequence[str | Path], steps: int, measured: dict[str, Measured]) -> Estimate:
    """Computing time and size of the frames; null until a worker has measured every one of these models."""
    bases = [_costs_as(name) for name in names]
    known = [measured[name] for name in bases if name in measured]
    if not known or len(known) < len(names):
        return Estimate(seconds=None, bytes=None)
    chunks = -(-steps // KEYFRAME_EVERY)
    return Estimate(
        seconds=round(sum(m.ms_per_step for m in known) * steps / 1000, 3),
        bytes=sum(m.frame_bytes * steps + m.keyframe_bytes * chunks for m in known),
    )


def _growing(request: SessionRequest, source: LiveSourceSignal, settings: Settings) -> Growing:
    """The episode of a live source, still empty. Raises UnknownTask, SignalError."""
    scaling = None if source.offset is None or source.scale is None else (source.offset, source.scale)
    signal = LiveSignal(
        name=printable(source.name) or "live source",
        rate=source.rate,
        unit=printable(source.unit or "") or None,
        average=source.average,
        scaling=scaling,
        warmup=source.warmup,
    )
    steps = source.steps or settings.steps
    if steps > settings.steps:
        raise SignalError(f"{steps} steps were asked for, at most {settings.steps} are allowed")
    return Growing(request.task, signal, steps=steps, options=task_cards.whole(request.task_params))


def _episode(request: SessionRequest, settings: Settings, uploads: Uploads, own: Sequence[Path]) -> Episode:
    options = task_cards.whole(request.task_params)
    signal = request.signal
    match signal:
        case NoSignal():
            return tasks.get(request.task).episode(seed=request.seed, **options)
        case GeneratedSignal():
            if signal.steps > settings.steps:
                raise SignalError(f"{signal.steps} steps were asked for, at most {settings.steps} are allowed")
            return episodes.from_generator(
                request.task,
                signal.generator,
                steps=signal.steps,
                seed=signal.seed,
                params=signal.params,
                options=options,
            )
        case ValuesSignal():
            series = drawn(signal)
            return _from_prepared(request, "drawn", series, prepare(series), options)
        case UploadSignal():
            series, result = prepared(signal, signal.upload_id, uploads, own)
            name = uploads.file_name(signal.upload_id) if signal.keep_name else series.name
            return _from_prepared(request, name, series, result, options)
        case LiveSourceSignal():
            return _growing(request, signal, settings).episode


def drawn(signal: ValuesSignal) -> Series:
    """The series that was given number by number. Raises SignalError for one that is too large."""
    name = printable(signal.name)
    require_single(name, signal.values)
    return Series(name, np.asarray(signal.values, np.float32), sample_rate=signal.sample_rate)


def _from_prepared(
    request: SessionRequest, name: str, series: Series, result: Prepared, options: dict[str, Any]
) -> Episode:
    return episodes.from_prepared(request.task, name, series, result, seed=request.seed, **options)


def _title(task: str, episode: Episode) -> str:
    if episode.signal is None:
        return task
    name, channel = episode.signal["name"], episode.signal.get("channel")
    return f"{name} · {task}" if channel in (None, name) else f"{name}, {channel} · {task}"


def generators() -> list[Generator]:
    """The signals that can be made, with their knobs."""
    return [
        Generator(
            kind=kind,
            label=kind,
            params=[
                GeneratorParam(name=p.name, label=p.label, default=p.default, min=p.low, max=p.high)
                for p in PARAMETERS[kind]
            ],
        )
        for kind in KINDS
    ]


def generated(request: SignalPreviewRequest) -> SignalPreview:
    """A generated signal for the eye. Raises SignalError."""
    signal = generate(request.kind, request.steps, seed=request.seed, **request.params)
    return SignalPreview(values=[float(v) for v in signal.values], sample_rate=signal.sample_rate, events=signal.events)
