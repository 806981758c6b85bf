"""From what a page asks to what a fit is ordered, and to the recording of before and after. NumPy only, no torch.

Blocking: call it in a thread.
"""

from pathlib import Path
from typing import Any

import numpy as np

from mnemoscope.checkpoints import store as checkpoints
from mnemoscope.checkpoints.names import resolve
from mnemoscope.errors import UnknownModel
from mnemoscope.models import registry
from mnemoscope.signals.generators import generate
from mnemoscope.signals.series import Series, decimate, with_rate
from mnemoscope.training.fitting.budget import SECONDS
from mnemoscope.training.fitting.source import Source, from_series
from mnemoscope.training.fitting.subject import BASELINES
from mnemoscope.training.fitting.subjects import subject as fitted_for
from mnemoscope_server.errors import NotPossible
from mnemoscope_server.planning.runs import drawn
from mnemoscope_server.schemas.fits import (
    MAX_SECONDS,
    BaselineErrors,
    FitPlan,
    FitPlanRequest,
    FitRequest,
    FitSignal,
    FitSplit,
)
from mnemoscope_server.schemas.sessions import GeneratedSignal, UploadSignal, ValuesSignal
from mnemoscope_server.storage.fits import Fits
from mnemoscope_server.storage.store import ID, Store, new_id
from mnemoscope_server.storage.uploads import Uploads
from mnemoscope_server.workers.fitting import FitOrder

MAX_STEPS = 200_000
"""Steps of a series that is fitted to."""
POINTS = 2000


def source(signal: FitSignal, task: str, uploads: Uploads) -> Source:
    """The series to be fitted to. Raises SignalError, UnknownUpload, UnknownTask, TrainingError, NotPossible."""
    match signal:
        case UploadSignal():
            series = uploads.series(signal.upload_id, signal.channel)
            if signal.sample_rate is not None:
                series = with_rate(series, signal.sample_rate)
            name = uploads.file_name(signal.upload_id) if signal.keep_name else series.name
            stop = None if signal.stop is None else min(signal.stop, len(series))
            found = from_series(
                series,
                name,
                task=task,
                start=signal.start,
                stop=stop,
                resample_to=signal.resample_to,
                missing=signal.missing,
            )
        case GeneratedSignal():
            if signal.steps > MAX_STEPS:
                raise _too_long(signal.steps)
            made = generate(signal.generator, signal.steps, seed=signal.seed, **signal.params)
            series = Series(signal.generator, np.asarray(made.values, np.float32), sample_rate=made.sample_rate)
            found = from_series(series, signal.generator, task=task)
        case ValuesSignal():
            found = from_series(drawn(signal), "drawn", task=task)
    if found.split.steps > MAX_STEPS:
        raise _too_long(found.split.steps)
    return found


def plan(request: FitPlanRequest, uploads: Uploads) -> FitPlan:
    """The split, and what the baselines reach where training will stop."""
    found = source(request.signal, request.task, uploads)
    split, subject = found.split, found.subject
    made = subject.fitted(found.values, split.held_back)
    part = subject.part(found.values, split.held_back, split.test)
    errors = {key: part.scores(answers).error for key, answers in subject.on(part, made).items()}
    raw = found.values * found.scaling["scale"] + found.scaling["offset"]
    return FitPlan(
        name=found.name,
        task=subject.task.name,
        unit=found.series.unit,
        sample_rate=found.sample_rate,
        split=FitSplit.model_validate(split.to_json()),
        values=[v for v in decimate(raw, POINTS) if v is not None],
        period=made.period,
        held_back=BaselineErrors.model_validate({key: errors.get(key) for key in BASELINES}),
        reasons=subject.reasons,
        notes=list(found.notes),
        seconds=SECONDS,
        max_seconds=MAX_SECONDS,
    )


def order(request: FitRequest, *, store: Store, uploads: Uploads) -> tuple[str, FitOrder, dict[str, Any]]:
    """An id, what its process is ordered, and what is said of it. Raises as `source`, UnknownModel, DiskFull."""
    store.require_space()
    (name,) = resolve([request.model], fitted_for(request.task).task.name)
    if "@" in name:
        raise NotPossible("bad-fit", "a fit starts from a whole training, not from a moment of it", "Leave out the @.")
    card = checkpoints.read_card(checkpoints.find(name))
    known = {paradigm.name: paradigm for paradigm in registry.cards()}.get(card["model"])
    if known is None:
        raise UnknownModel(f"{name} is a checkpoint of {card['model']!r}, a model that this version does not know")
    found = source(request.signal, request.task, uploads)
    identity = new_id()
    seconds = SECONDS if request.seconds is None and request.updates is None else request.seconds
    drawn = isinstance(request.signal, ValuesSignal)
    facts = {
        "model": known.name,
        "label": known.label,
        "glyph": known.glyph,
        "task": found.subject.task.name,
        "name": found.name,
        "signal": None if drawn else request.signal.model_dump(),
        "seconds": seconds,
        "updates": request.updates,
        "seed": request.seed,
        "scratch": request.scratch,
    }
    folder = store.tmp / f"{identity}.fit"
    return identity, FitOrder(found, name, seconds, request.updates, request.seed, request.scratch, folder), facts


def _too_long(steps: int) -> NotPossible:
    return NotPossible(
        "too-long",
        f"the series has {steps} steps, at most {MAX_STEPS} are fitted to",
        "Take a shorter window, or a lower rate.",
    )


FIT = "fit:"
"""How a fitted checkpoint is named where models are asked for: "fit:" and its id."""


def own(names: list[str], fits: Fits, caller: str | None) -> dict[str, Path]:
    """Folders of the fitted checkpoints among names of models. Raises UnknownFit."""
    return {name: fits.checkpoint(name.removeprefix(FIT), caller) for name in names if name.startswith(FIT)}


def require_own(names: list[str], fits: Fits, caller: str | None) -> None:
    """A run that is made again by names of checkpoints: those that were fitted are their owner's. Raises UnknownFit."""
    shipped = checkpoints.names()  # one of their names is as long as an id
    for name in names:
        if ID.fullmatch(name) and name not in shipped:
            fits.checkpoint(name, caller)


def own_cards(fits: Fits, caller: str | None) -> list[tuple[str, dict[str, Any]]]:
    """The caller's fitted checkpoints as models to choose: (name, card)."""
    return [(f"{FIT}{identity}", checkpoints.read_card(fits.root / identity)) for identity, _ in fits.of(caller)]
