"""What a worker computes at this moment, in memory that it shares with the web process: what it died of is known to both."""

import contextlib
import ctypes
from collections.abc import Generator
from multiprocessing import get_context
from typing import Any

MAX_ID = 64


class Computing:
    """An id, or none. Made by the web process, and handed to a worker as it starts."""

    def __init__(self) -> None:
        self._shared: Any = get_context("spawn").RawArray(ctypes.c_char, MAX_ID + 1)

    @property
    def id(self) -> str:
        """Of the run or question that is computed; "" where none is."""
        return self._shared.value.decode(errors="replace")

    @contextlib.contextmanager
    def at(self, identity: str) -> Generator[None, None, None]:
        """While it is computed. Whoever dies in it leaves its id."""
        self._shared.value = identity.encode()[:MAX_ID]
        yield
        self._shared.value = b""
