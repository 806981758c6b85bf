"""Folders of engines on this machine. An engine that is killed leaves its own behind: the next one removes it."""

import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path

from mnemoscope_server.storage.locks import FileLock

PREFIX, LOCK = "mnemoscope-engine-", "in-use"
YOUNG_SECONDS = 60.0
"""A folder is not looked at before: whoever makes it may not have locked it yet."""


class Scratch:
    """A folder for the files of this process, in that for temporary files, until the process ends."""

    def __init__(self, parent: Path | None = None) -> None:
        parent = parent or Path(tempfile.gettempdir())
        for folder in parent.glob(f"{PREFIX}*"):
            with contextlib.suppress(OSError):  # another engine removes it too, or it is another user's
                _remove_if_left(folder)
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        self._lock = FileLock(self.folder / LOCK)
        self._lock.acquire()


def _remove_if_left(folder: Path) -> None:
    # where files cannot be locked, nobody knows whether an engine has it
    if os.name == "nt" or time.time() - folder.stat().st_mtime < YOUNG_SECONDS:
        return
    lock = FileLock(folder / LOCK)
    if lock.acquire():
        try:
            shutil.rmtree(folder)
        finally:
            lock.release()
