"""A run whose engine died, computed anew by another one: silently up to where it was, held against what is recorded, then on.

Steps follow from the seed and the signal alone, so nothing of a state has to be saved for it. The steps go into a file of their own, which
takes the place of the recording once it has come as far; until then nothing that was recorded is touched.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mnemoscope.errors import MnemoscopeError
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
        """path: of the recording so far; manifest: as this engine would begin it. Raises NotRepeatable, RecordingError."""
        self.step = redo.step
        if [_same(entry) for entry in manifest["models"]] != [_same(entry) for entry in redo.manifest["models"]]:
            raise NotRepeatable(
                "the run cannot go on elsewhere: its models, or what they run on, are not the same there"
            )
        self._before = Recording.open(path)

    def compare(self, upto: int, messages: list[bytes]) -> None:
        """Hold the messages of the chunk that ends before `upto` against the recording. Raises NotRepeatable, RecordingError."""
        if upto % KEYFRAME_EVERY or upto > self._before.steps:
            return  # the chunk that was broken off
        if b"".join(messages) != self._before.messages(upto // KEYFRAME_EVERY - 1):
            raise NotRepeatable(
                f"the run cannot go on: computed again, its steps before {upto} are not those that are recorded"
            )

    def close(self) -> None:
        self._before.close()


def _same(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key not in OTHERWISE}
