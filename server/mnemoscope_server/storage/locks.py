"""Locks on files that die with their process (one server a data folder, one writer a recording), and locks among threads by name."""

import contextlib
import os
import threading
import time
from collections.abc import Generator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has no flock; there the locks always succeed
    fcntl = None


class FileLock:
    """An exclusive lock on a file, held by this object until `release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def acquire(self, *, seconds: float = 0.0) -> bool:
        """Try for some time; True when the lock is held. Raises OSError for a file that cannot be written."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        deadline = time.monotonic() + seconds
        while fcntl is not None:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() >= deadline:
                    os.close(descriptor)
                    return False
                time.sleep(0.02)
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class NamedLocks:
    """A lock for each name, among the threads of this process. Whoever holds one may take it again."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, tuple[threading.RLock, int]] = {}
        """With how many hold a lock or wait for it; one that nobody does is forgotten."""

    @contextlib.contextmanager
    def hold(self, name: str) -> Generator[None, None, None]:
        with self._guard:
            lock, users = self._locks.get(name, (threading.RLock(), 0))
            self._locks[name] = (lock, users + 1)
        try:
            with lock:
                yield
        finally:
            with self._guard:
                users = self._locks[name][1]
                if users == 1:
                    del self._locks[name]
                else:
                    self._locks[name] = (lock, users - 1)
