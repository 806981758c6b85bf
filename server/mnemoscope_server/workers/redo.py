"""A run whose engine died, computed anew by another one: silently up to where it was, held against what is recorded, then on.

Steps follow from the seed and the signal alone, so nothing of a state has to be saved for it. The steps go into a file of their own, which
takes the place of the recording once it has come as far; until then nothing that was recorded is touched.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mnemoscope.errors import MnemoscopeError
from mnemoscope.format import blocks
from mnemoscope.format.manifest import KEYFRAME_EVERY
from mnemoscope.reading.recording import Recording
from mnemoscope_server.workers.protocol import Redo

OTHERWISE = ("versions",)
"""What a model's entry may say otherwise on another engine."""


class NotRepeatable(MnemoscopeError):
    """Another engine computes other bits than the one before it."""


class Redoing:
    """The part of a run that is computed for the second time."""

    def __init__(self, redo: Redo, path: Path, manifest: dict[str, Any]) -> None:
        """path: of the recording so far, where it can be read here; manifest: as this engine would begin it. Raises NotRepeatable, RecordingError."""
        self.step = redo.step
        if [_same(entry) for entry in manifest["models"]] != [_same(entry) for entry in redo.manifest["models"]]:
            raise NotRepeatable(
                "the run cannot go on elsewhere: its models, or what they run on, are not the same there"
            )
        self._before = Recording.open(path) if path.exists() else None
        self._last = redo.last
        self.partial: tuple[bytes, ...] = ()
        """What there is of the chunk that was broken off."""

    def compare(self, upto: int, messages: tuple[bytes, ...]) -> None:
        """Hold the messages of steps … upto, of one chunk, against what is recorded. Raises NotRepeatable, RecordingError."""
        if upto % KEYFRAME_EVERY:
            self.partial = messages
            return
        if self._before is not None and upto <= self._before.steps:
            recorded = self._before.messages(upto // KEYFRAME_EVERY - 1)
        elif self._last and upto == self.step - self.step % KEYFRAME_EVERY:
            recorded = self._last
        else:
            return
        if _joined(b"".join(messages)) != _joined(recorded):
            raise NotRepeatable(
                f"the run cannot go on: computed again, its steps before {upto} are not those that are recorded"
            )

    def close(self) -> None:
        if self._before is not None:
            self._before.close()


def _joined(messages: bytes) -> dict[tuple[int, int], bytes]:
    """Bytes of every stream and kind of message, however they were reported."""
    found: dict[tuple[int, int], bytes] = {}
    position = 0
    while position < len(messages):
        stream, kind, _, _, length = blocks.MESSAGE.unpack_from(messages, position)
        position += blocks.MESSAGE.size + length
        found[stream, kind] = found.get((stream, kind), b"") + messages[position - length : position]
    return found


def _same(entry: dict[str, Any]) -> str:
    """An entry as it stands in a file: one may come from there, the other not."""
    return json.dumps({key: value for key, value in entry.items() if key not in OTHERWISE}, sort_keys=True)
