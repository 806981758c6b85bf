"""Every error that Mnemoscope raises on purpose.

    MnemoscopeError
    ├── RecordingError          a `.mnemo` file cannot be used
    │   ├── CorruptRecording    its bytes contradict themselves (says at which offset)
    │   │   └── TruncatedRecording  they end before its first block
    │   └── UnsupportedVersion  it was written by a newer format
    ├── ImportFileError         a user's data file cannot be read (names the place, with a hint)
    ├── SignalError             a signal cannot be made or prepared as asked
    ├── UnknownModel            no model or paradigm of that name
    ├── UnknownTask             no task of that name, or a task option out of range
    ├── Unsupported             the engine cannot run a model's step; torch runs it
    ├── CheckpointError         weights are missing, do not fit, or are not finite
    └── TrainingError           a training run cannot go on

A message says what was wanted, what came, and what to do. Anything else that escapes is a bug.
"""

from dataclasses import dataclass
from typing import Any


class MnemoscopeError(Exception):
    """Base of every error above; catching it never hides a bug."""


class RecordingError(MnemoscopeError):
    """A recording cannot be opened, read or written."""


class CorruptRecording(RecordingError):
    """The bytes of a recording contradict themselves.

    `offset` is the position in the file, in bytes, where that was noticed (None when it is not tied to one).
    """

    def __init__(self, message: str, *, offset: int | None = None) -> None:
        super().__init__(message if offset is None else f"{message} (at byte {offset})")
        self.offset = offset


class TruncatedRecording(CorruptRecording):
    """The file ends inside its header or manifest: what there is of it agrees, and it is not enough to open."""


class UnsupportedVersion(RecordingError):
    """The recording was written by a format version that this program does not know."""


@dataclass(frozen=True)
class Retry:
    """A hint that a program can follow by itself: read the file again with `options` added (signals.importers.options)."""

    label: str
    """What that does, for a button."""
    options: dict[str, Any]
    """{"missing": ["oops"]}, {"ragged": "skip"}, …"""


class ImportFileError(MnemoscopeError):
    """A data file cannot be read as a time series.

    `where` names the place ("line 3, column mv") or is None; `hint` is what the user can do, and `retry` what of it
    a program can do for them.
    """

    def __init__(
        self, message: str, *, where: str | None = None, hint: str | None = None, retry: Retry | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint
        self.retry = retry

    def __str__(self) -> str:
        parts = [f"{self.where}: {self.message}" if self.where else self.message]
        if self.hint:
            parts[0] += "" if parts[0].endswith((".", "!", "?", "…")) else "."
            parts.append(self.hint)
        return " ".join(parts)


class SignalError(MnemoscopeError):
    """A signal cannot be generated or prepared with these parameters."""


class UnknownModel(MnemoscopeError):
    """No model, paradigm or checkpoint has that name."""


class UnknownTask(MnemoscopeError):
    """No task has that name, or an option of it is out of range."""


class Unsupported(MnemoscopeError):
    """A step that the engine cannot run faithfully; torch runs it instead."""


class CheckpointError(MnemoscopeError):
    """Weights are missing, do not fit the model, or are not finite."""


class TrainingError(MnemoscopeError):
    """A training run cannot go on."""
