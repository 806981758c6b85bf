"""From the question how long a signal is remembered to what a worker measures: series, checkpoints, delays, name. No torch.

Blocking: call it in a thread.
"""

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.checkpoints import store
from mnemoscope.checkpoints.names import fitted, resolve
from mnemoscope.measuring.retention import delayed, order, windows
from mnemoscope.models import registry
from mnemoscope.signals import generators
from mnemoscope.signals.series import prepare
from mnemoscope.tasks import Episode
from mnemoscope_server.errors import NotPossible
from mnemoscope_server.planning import runs
from mnemoscope_server.schemas.retention import MAX_RETENTION_MODELS, RecordedSignal, RetentionRequest
from mnemoscope_server.schemas.sessions import GeneratedSignal, NoSignal, UploadSignal, ValuesSignal
from mnemoscope_server.sessions.measurements import Asked
from mnemoscope_server.settings import Settings
from mnemoscope_server.storage.library import Library
from mnemoscope_server.storage.store import new_id
from mnemoscope_server.storage.uploads import Uploads, printable
from mnemoscope_server.workers.protocol import Open, Remember

TASK = "signal-recall"
REVISION = 2
"""Part of every name: raised where the same question would be answered with other numbers."""


def asked(
    request: RetentionRequest,
    *,
    settings: Settings,
    uploads: Uploads,
    library: Library,
    own: Mapping[str, Path] = MappingProxyType({}),
) -> Asked:
    """A question that can be measured; `own`: folders of the fitted checkpoints among its models.

    Raises the library's errors, UnknownUpload, UnknownRecording, NotPossible.
    """
    folders = _checkpoints(request.models, own)
    names = [folder.name for folder in folders]
    title, values, sample_rate = _series(request, settings, uploads, library)
    delays = None if request.delays is None else tuple(sorted(set(request.delays)))
    segments = None if request.segments is None else tuple(sorted(set(request.segments)))
    if values is not None:
        _require_room(len(values), request.segment, delays)
        windows.require_change(title, values)
    cards = [store.read_card(folder) for folder in folders]
    for card in cards:
        if card["task"] != TASK:
            raise NotPossible(
                "other-task",
                f"{card['label']} was fitted for {card['task']}; how long is measured on {TASK}",
                "Fit it to remember, then measure.",
            )
    key = {
        "revision": REVISION,
        "values": None if values is None else hashlib.sha256(values.tobytes()).hexdigest(),
        "weights": [_weights(folder) for folder in folders],
        "segment": request.segment,
        "delays": delays,
        "segments": segments,
        "contents": request.contents,
    }
    name = _short(hashlib.sha256(json.dumps(key).encode()).digest())
    facts: dict[str, Any] = {
        "signal": title,
        "sample_rate": sample_rate,
        "segment": request.segment,
        "planned": order.POINTS if delays is None else len(delays),
        "shortest": min(delays or order.COARSE),
        "longest": _longest(None if values is None else len(values), request.segment, delays or order.COARSE),
        "models": _models(folders, cards),
        "request": request.model_dump(mode="json"),
    }
    question = Remember(
        new_id(), tuple(names), values, title, request.segment, delays, segments=segments, contents=request.contents
    )
    return Asked(name, facts, question)


def recording(found: dict[str, Any], window: list[float], delay: int, *, identity: str, path: Path) -> tuple[Open, int]:
    """The run at one delay over a window of a measurement's signal -> the order, and the step of the cue. Of a model that was
    measured with several seeds the first one runs: a lane each would be told apart by nothing.

    Raises NotPossible where the window is too short, UnknownModel where a checkpoint is gone.
    """
    segment, cue = found["segment"], windows.needed(found["segment"], delay)
    if len(window) < cue:
        raise NotPossible(
            "too-short",
            f"a delay of {delay} needs {cue} steps, the window has {len(window)}",
            "Choose a shorter delay.",
        )
    title = f"{found['signal']}, asked after {delay} steps"
    names = [model["checkpoint"].split(",")[0] for model in found["models"]]
    return Open(
        identity, path, title, 0, tuple(names), _named(delayed.episode(window, segment, delay), found), None
    ), cue


def recording_id(name: str, delay: int) -> str:
    """The id of the recording of one delay of a measurement: the same one again, so that it is made once."""
    return _short(hashlib.sha256(f"{name} {delay}".encode()).digest())


def _checkpoints(models: list[str], own: Mapping[str, Path]) -> list[Path]:
    """The folders of what was named, in order."""
    if moments := [name for name in models if "@" in name]:
        raise NotPossible(
            "no-moments",
            f"{moments[0]} is a moment of a training; whole trainings are measured",
            "Ask for the model itself.",
        )
    names = [own.get(name) or store.find(resolve([name], TASK)[0]) for name in models]
    if len(names) > MAX_RETENTION_MODELS:
        raise NotPossible(
            "too-many-models",
            f"{len(names)} models were asked for, at most {MAX_RETENTION_MODELS} are measured side by side",
            "Choose fewer.",
        )
    return names


def _require_room(steps: int, segment: int, delays: tuple[int, ...] | None) -> None:
    """Raises NotPossible where not even the shortest delay fits into the signal."""
    shortest = min(delays or order.COARSE)
    if (needed := windows.needed(segment, shortest)) > steps:
        raise NotPossible(
            "too-short",
            f"the signal has {steps} steps that can be heard; storing {segment} and waiting {shortest} takes {needed}",
            "Take a longer window, a higher rate or a shorter segment.",
        )


def _longest(steps: int | None, segment: int, delays: tuple[int, ...]) -> int:
    """The longest of the delays, as far as the signal has room for it."""
    return max(delays) if steps is None else min(max(delays), steps - windows.needed(segment, 0))


def _series(
    request: RetentionRequest, settings: Settings, uploads: Uploads, library: Library
) -> tuple[str, NDArray[np.float32] | None, float | None]:
    """What it is called, its values as the models hear them, [T], None for mixtures, and steps a second."""
    signal = request.signal
    match signal:
        case NoSignal():
            return "mixtures", None, None
        case GeneratedSignal():
            _require(signal.steps, settings)
            made = generators.generate(signal.generator, signal.steps, seed=signal.seed, **signal.params)
            return signal.generator, np.asarray(generators.zscore(made.values), np.float32), made.sample_rate
        case ValuesSignal():
            series = runs.drawn(signal)
            return series.name, prepare(series).values.astype(np.float32), signal.sample_rate
        case UploadSignal():
            series, prepared = runs.prepared(signal, signal.upload_id, uploads)
            _require(prepared.steps, settings)
            name = uploads.file_name(signal.upload_id) if signal.keep_name else series.name
            return name, prepared.values.astype(np.float32), prepared.sample_rate
        case RecordedSignal():
            return _heard(signal.id, library)


def _heard(identity: str, library: Library) -> tuple[str, NDArray[np.float32], float | None]:
    """The longest stretch of a recording's signal outside its replays, where its clock goes on unheard."""
    with library.opened(identity) as opened:
        manifest = opened.manifest
        if manifest["task"]["name"] != TASK or opened.steps == 0:
            raise NotPossible(
                "other-task",
                f"this recording is of the task {manifest['task']['name']}",
                f"Choose a recording of {TASK}.",
            )
        inputs = opened[opened.models[0]].array("inputs")
        title, rate = manifest["title"], manifest["signal"].get("sample_rate")
    heard = np.concatenate(([False], inputs[:, 2] == 0, [False]))
    edges = np.flatnonzero(heard[1:] != heard[:-1]).reshape(-1, 2)
    start, stop = edges[np.argmax(edges[:, 1] - edges[:, 0])]
    return printable(title), np.ascontiguousarray(inputs[start:stop, 0], np.float32), rate


def _require(steps: int, settings: Settings) -> None:
    if steps > settings.steps * 16:
        raise NotPossible(
            "too-long",
            f"{steps} steps are more than the {settings.steps * 16} that are measured",
            "Take a shorter window.",
        )


def _named(episode: Episode, found: dict[str, Any]) -> Episode:
    """The episode with what its signal is called."""
    facts = {"name": found["signal"], "channel": None, "unit": "", "sample_rate": found["sample_rate"]}
    return replace(episode, signal=(episode.signal or {}) | facts)


def _models(folders: list[Path], cards: list[dict[str, Any]]) -> list[dict[str, str]]:
    """As rows will name them (subjects.subjects): a fitted checkpoint stands beside the shipped one, seeds of one training are one."""
    fits: Counter[str] = Counter()
    found: list[dict[str, str]] = []
    trained: dict[bytes, dict[str, str]] = {}
    for folder, card in zip(folders, cards, strict=True):
        made = _model(folder.name, card)
        if "fit" in card:
            fits[card["model"]] += 1
            made |= {"id": fitted(card["model"], fits[card["model"]]), "label": card["label"]}
        elif (one := trained.setdefault((folder / store.CONFIG).read_bytes(), made)) is not made:
            one["checkpoint"] += f",{made['checkpoint']}"
            continue
        found.append(made)
    times = Counter(one["id"] for one in found)
    return [
        one if times[one["id"]] == 1 else one | {"id": one["checkpoint"], "label": one["checkpoint"]} for one in found
    ]


def _model(name: str, card: dict[str, Any]) -> dict[str, str]:
    known = {paradigm.name: paradigm for paradigm in registry.cards()}.get(card["model"])
    label, glyph = (known.label, known.glyph) if known else (card["label"], card["glyph"])
    return {"id": card["model"], "checkpoint": name, "label": label, "glyph": glyph}


def _weights(folder: Path) -> str:
    """The sha256 of a checkpoint's weights."""
    path = folder / store.WEIGHTS
    return _hash(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=128)
def _hash(path: Path, changed: int) -> str:
    """Of a file's bytes; `changed` makes it be read again when the file is another."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _short(digest: bytes) -> str:
    """128 bits as 22 characters."""
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")
