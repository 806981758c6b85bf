"""What can go wrong between a request and its answer. `problems.py` says the HTTP status and the words of each."""

import errno
from collections.abc import Iterable

from mnemoscope.errors import RecordingError

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""Errors of the operating system that mean that nothing more can be written: no space, no quota, a file that may not grow."""


class NotPossible(Exception):
    """A session cannot be opened. `code` is the stable name of the reason."""

    RETRY_SECONDS: int | None = None
    """When to try again, where waiting helps."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code, self.hint = code, hint


class TooMuch(NotPossible):
    """There is no more now, for this client or for anybody: `seconds` later there may be."""

    def __init__(self, code: str, message: str, hint: str, *, seconds: int, place: int = 0, ticket: str = "") -> None:
        """place: in a queue, 1 = the next; ticket: what to show when asking again."""
        super().__init__(code, message, hint)
        self.RETRY_SECONDS, self.place, self.ticket = seconds, place, ticket


class NoWorkers(NotPossible):
    """No worker can run models now."""

    RETRY_SECONDS = 10

    def __init__(self, reason: str) -> None:
        super().__init__("no-workers", f"live runs are off: {reason}", "Recordings can still be opened and replayed.")


class HostLost(NotPossible):
    """The process that was to do it died."""

    def __init__(self, reason: str) -> None:
        super().__init__("worker-failed", reason, "Try again with fewer models.")


class StillStopping(NotPossible):
    """A run was stopped, and its worker has not come to it yet."""

    RETRY_SECONDS = 10

    def __init__(self) -> None:
        super().__init__(
            "still-stopping",
            "this run is still stopping: its worker does not answer yet",
            "It stops as soon as the worker answers; ask again then.",
        )


class QueueFull(NotPossible):
    """More samples than a live source's queue has room for."""

    RETRY_SECONDS = 1

    def __init__(self, count: int, room: int) -> None:
        super().__init__(
            "queue-full",
            f"{count} samples came, and there is room for {room} now; none of them was taken",
            "Send them again when there is room.",
        )


class IllegalMove(Exception):
    """A command that the state of the session does not allow."""

    def __init__(self, command: str, status: str, *, allowed: Iterable[str], hint: str) -> None:
        states = " or ".join(allowed) or "no state"
        super().__init__(f"cannot {command} while {status}; {command} is possible while {states}")
        self.hint = hint


class UnknownUpload(Exception):
    """There is no upload of that id, or its time is over."""


class UnknownRecording(Exception):
    """There is no recording of that id, now or ever: what was deleted or has expired is answered as what never was."""

    STATUS, CODE = 404, "unknown-recording"
    CURE = "Ask whoever sent the link for another one."

    def __init__(self, identity: str) -> None:
        super().__init__(
            f"there is no recording {identity[:64]!r}: the link is not whole, or its time is over, or it was deleted"
        )


class Expired(UnknownRecording):
    """A recording's time is over: it is gone, or about to be. Nobody is told that it was ever there."""


class LostRun(UnknownRecording):
    """A run that is listed as failed, and of which no file ever came."""

    STATUS, CODE = 410, "run-lost"
    CURE = "Run it again; its row in the list can be deleted."

    def __init__(self, identity: str) -> None:
        Exception.__init__(
            self,
            f"the run {identity[:64]!r} failed and left no recording: what computed it was gone before one was kept",
        )


class UnknownFit(Exception):
    """There is no fit of that id, it is somebody else's, or its time is over."""

    def __init__(self, identity: str) -> None:
        super().__init__(f"there is no fit {identity[:64]!r} of yours, or its time is over")


class UnknownMeasurement(Exception):
    """There is no measurement of that id."""

    def __init__(self, identity: str) -> None:
        super().__init__(f"there is no measurement {identity[:64]!r}")


class DataFolderInUse(Exception):
    """Another server works in this data folder."""


class DiskFull(Exception):
    """Less space is left than the settings keep free."""


class StorageTrouble(Exception):
    """What is kept of the recordings cannot be read or written now; `CODE` is the stable name of what it is."""

    CODE: str
    RETRY_SECONDS = 5


class IndexTrouble(StorageTrouble):
    """The index of the recordings cannot be read or written now: it is locked, full or damaged, or its server does not answer."""

    CODE = "index-trouble"


class BlobTrouble(StorageTrouble):
    """The bucket of the recordings cannot be read or written now, or does not have what it should."""

    CODE = "blob-trouble"


def is_full(error: BaseException) -> bool:
    """Whether an error means that nothing more can be written, or may be."""
    cause = error.__cause__ if isinstance(error, RecordingError) else error
    return isinstance(cause, DiskFull) or (isinstance(cause, OSError) and cause.errno in FULL)
