"""What a run leaves behind for whoever takes it over when its server and its engine are gone, as bytes: JSON and arrays, nothing to unpickle."""

import io
import json
import logging
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mnemoscope.format.entries import Event
from mnemoscope.format.manifest import KEYFRAME_EVERY
from mnemoscope.tasks import Episode
from mnemoscope_server.storage.blobs.parts import Parts
from mnemoscope_server.workers.protocol import Open

log = logging.getLogger("mnemoscope.live")

ARRAYS = ("inputs", "targets", "mask", "beside")
"""Of an episode; the last may be missing."""


@dataclass(frozen=True)
class Left:
    """How a run was ordered, and where it stands."""

    order: Open | None
    """None: it cannot be begun again, since its signal came in while it was run, or another version ordered it."""
    began: dict[str, Any]
    """The manifest as the recording began."""
    manifest: dict[str, Any]
    """The manifest now."""
    speed: float | None
    until: int | None
    """Step before which it pauses; None while it is paused."""

    def to_bytes(self) -> bytes:
        said = {"began": self.began, "manifest": self.manifest, "speed": self.speed, "until": self.until}
        arrays: dict[str, Any] = {}
        if self.order is not None and self.order.growing is None:
            said["order"], arrays = _written(self.order)
        data = io.BytesIO()
        np.savez(data, json=np.frombuffer(json.dumps(said).encode(), np.uint8), **arrays)
        return data.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes, path: Path) -> "Left":
        """path: where the recording goes on this machine. Raises ValueError for bytes that are none."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as found:
                said = json.loads(found["json"].tobytes())
                arrays = {name: found[name] for name in ARRAYS if name in found}
            rest = said["began"], said["manifest"], said["speed"], said["until"]
        except (zipfile.BadZipFile, OSError, ValueError, KeyError, TypeError, EOFError) as error:
            raise ValueError(f"not what a run leaves behind: {error}") from error
        return cls(_read(said.get("order"), arrays, path), *rest)


@dataclass(frozen=True)
class Found:
    """What lies in the bucket of a run."""

    left: Left
    upto: int
    """Steps that are there."""
    last: bytes
    """Wire messages of the last chunk of them."""


def find(parts: Parts, identity: str, path: Path) -> Found | None:
    """None where there is nothing, or nothing that this version understands. path: as of `from_bytes`. Blocking. Raises BlobTrouble."""
    data = parts.run(identity)
    if data is None:
        return None
    try:
        left = Left.from_bytes(data, path)
    except ValueError as error:
        log.error("run %s: %s", identity, error)
        return None
    upto = parts.upto(identity)
    return Found(left, upto, parts.chunk(identity, upto // KEYFRAME_EVERY - 1) if upto else b"")


def _written(order: Open) -> tuple[dict[str, Any], dict[str, Any]]:
    """An order as JSON and arrays, without the path of its file."""
    episode = order.episode
    arrays = {name: array for name in ARRAYS if (array := getattr(episode, name)) is not None}
    said = {
        "id": order.id,
        "title": order.title,
        "seed": order.seed,
        "models": [{"folder": str(model)} if isinstance(model, Path) else model for model in order.models],
        "speed": order.speed,
        "bridge": order.bridge,
        "reserve": order.reserve,
        "episode": {
            "task": episode.task,
            "params": episode.params,
            "events": [event.to_json() for event in episode.events],
            "signal": episode.signal,
            "feedback": episode.feedback,
        },
    }
    return said, arrays


def _read(said: dict[str, Any] | None, arrays: dict[str, Any], path: Path) -> Open | None:
    """None where there is no order that this version can carry out."""
    if said is None:
        return None
    try:
        told = said["episode"]
        events = [Event(**event) for event in told["events"]]
        about: dict[str, Any] = told | {"events": events} | arrays
        episode = Episode(**about)
        models = tuple(model if isinstance(model, str) else Path(model["folder"]) for model in said["models"])
        fields: dict[str, Any] = said | {"episode": episode, "models": models, "path": path}
        return Open(**fields)
    except (KeyError, TypeError):
        return None
