"""Run models over an episode and record them: the manifest of a recording that is about to begin, and the file."""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from mnemoscope import kinds, tasks
from mnemoscope.checkpoints import store
from mnemoscope.checkpoints.names import resolve
from mnemoscope.checkpoints.store import LoadedModel
from mnemoscope.errors import MnemoscopeError
from mnemoscope.format.entries import Failure
from mnemoscope.format.manifest import FORMAT, KEYFRAME_EVERY, VERSION
from mnemoscope.reading.recording import RecordingWriter
from mnemoscope.running.stepper import Stepper
from mnemoscope.running.stream import NotFinite, Packet
from mnemoscope.tasks import Episode


def pick_device(wanted: str) -> str:
    """Resolve "auto" to "cuda" where there is one, else "cpu". Raises MnemoscopeError for "cuda" without one."""
    if wanted not in ("auto", "cpu", "cuda"):
        raise MnemoscopeError(f"device must be auto, cpu or cuda, got {wanted!r}")
    if wanted == "cuda" and not torch.cuda.is_available():
        raise MnemoscopeError("device cuda was asked for, but torch finds no CUDA device; use --device auto or cpu")
    return "cuda" if wanted != "cpu" and torch.cuda.is_available() else "cpu"


def manifest_for(
    episode: Episode,
    steppers: list[Stepper],
    *,
    recording_id: str | None = None,
    title: str = "",
    seed: int = 0,
    open_ended: bool = False,
) -> dict[str, Any]:
    """The manifest of a recording that is about to begin; open_ended: the signal comes in while it runs. Two models of one paradigm get the ids "ntm", "ntm-2", …,
    moments of a training "ntm@0", "ntm@250", …

    Raises RecordingError when a model does not record what its banks need.
    """
    entries: list[dict[str, Any]] = []
    seen: Counter[str] = Counter()
    for stepper in steppers:
        entry = stepper.manifest_entry()
        seen[entry["id"]] += 1
        twin = seen[entry["id"]]
        fit = _fit_entry(stepper.loaded.card, episode)
        entries.append(entry | ({"id": f"{entry['id']}-{twin}"} if twin > 1 else {}) | ({"fit": fit} if fit else {}))
    task = tasks.get(episode.task)
    made = {"name": task.made, "channel": None, "unit": "", "sample_rate": None}
    signal = made if episode.signal is None else episode.signal
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "id": recording_id or secrets.token_urlsafe(16),
        "title": title or str(signal["name"]),
        "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "seed": seed,
        "status": "running",
        "steps": episode.steps,
        "keyframe_every": KEYFRAME_EVERY,
        "task": {
            "name": episode.task,
            "values": "bits" if task.binary else "real",
            "params": episode.params,
            "events": [event.to_json() for event in episode.events],
        },
        "signal": signal,
        "models": entries,
    }
    if open_ended:
        manifest["open_ended"] = True
    kinds.streams(manifest)  # a model whose log could not be read is refused before it runs
    return manifest


def _fit_entry(card: dict[str, Any], episode: Episode) -> dict[str, Any] | None:
    """What a fit for a forecast knows of its series, where the run is on that series: its inputs are scaled as they were then."""
    fit = card.get("fit")
    if fit is None or not fit["ar32"]:
        return None
    if episode.signal is None or episode.signal.get("scaling") != fit["scaling"]:
        return None
    residuals = {key: list(fit["residuals"][key]) for key in ("before", "after", "ar32")}
    return {
        "of": fit["of"] and fit["of"]["sha256"],
        "residuals": residuals,
        "ar32": fit["ar32"],
        "period": fit["period"],
    }


def load_models(names: Sequence[str | Path], task: str, *, device: str = "cpu") -> list[LoadedModel]:
    """Checkpoints for a task by paradigm ("ntm"), by full name ("ntm-copy"), as they were after some updates ("ntm@250")
    or all along their training ("ntm@*"); a Path is the folder of a checkpoint of one's own.

    Raises UnknownModel for a name without a checkpoint, MnemoscopeError for an empty list.
    """
    if not names:
        raise MnemoscopeError("no model was chosen; name at least one, for example ntm")
    loaded: list[LoadedModel] = []
    for name in names:
        meant = [name] if isinstance(name, Path) else resolve([name], task)
        loaded += [store.load(one, device=device) for one in meant]
    return loaded


def run(steppers: list[Stepper], *, chunk: int = KEYFRAME_EVERY) -> Iterator[tuple[int, Packet | Failure]]:
    """All steps of all models, `chunk` steps of each in turn -> (stream, packet). A Failure ends that model's stream only."""
    alive = dict(enumerate(steppers))
    while alive:
        for stream, stepper in list(alive.items()):
            try:
                packets: list[Packet | Failure] = [*stepper.advance(chunk)]
            except NotFinite as error:
                packets = [*error.packets, error.failure(stream)]
                del alive[stream]
            yield from ((stream, packet) for packet in packets)
            if stepper.done >= stepper.steps:
                alive.pop(stream, None)


def record_file(
    path: str | os.PathLike[str],
    episode: Episode,
    models: list[LoadedModel],
    *,
    seed: int = 0,
    title: str = "",
    device: str = "cpu",
    recording_id: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[Failure]:
    """Record an episode into a finished `.mnemo` file, which appears under `path` only when it is whole.

    Returns the models that could not go on.
    `progress(steps)` is called with the number of model steps done since the last call.
    """
    steppers = [Stepper(model, episode, device=device) for model in models]
    manifest = manifest_for(episode, steppers, recording_id=recording_id, title=title, seed=seed)
    path = Path(path)
    part = path.with_name(f".{path.name}.part")
    failures: list[Failure] = []
    try:
        with RecordingWriter(part, manifest, overwrite=True) as writer:
            for stream, packet in run(steppers):
                if isinstance(packet, Failure):
                    failures.append(packet)
                    writer.meta({"failures": [failure.to_json() for failure in failures]})
                elif packet.kind == "frames":
                    writer.frames(stream, packet.first, packet.payload)
                    if progress is not None:
                        progress(packet.count)
                else:
                    writer.keyframe(stream, packet.first, packet.payload)
            writer.meta({"costs": [stepper.cost for stepper in steppers]})
            writer.finish("failed" if len(failures) == len(steppers) else "ended", steps=episode.steps)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return failures
