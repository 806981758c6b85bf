"""Work in the event loop that no request waits for: what goes wrong in it is logged, and what must go on is begun again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from mnemoscope_server.errors import StorageTrouble

log = logging.getLogger("mnemoscope.background")

FIRST_PAUSE, MAX_PAUSE = 1.0, 300.0
"""Seconds until work that failed is tried again; the pause doubles as long as it fails."""


class Background:
    """The tasks of one part of the server."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def once(self, what: str, work: Coroutine[Any, Any, None]) -> None:
        """Begin work that ends by itself."""
        self._begin(self._supervised(what, work))

    def again_and_again(self, what: str, work: Callable[[], Awaitable[None]], *, every: Callable[[], float]) -> None:
        """Do it at once and then for ever, with a pause of `every()` seconds; after a failure with one that grows."""
        self._begin(self._repeated(what, work, every))

    async def end(self, *, seconds: float) -> None:
        """Give work some time to end."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    def cancel(self) -> None:
        for task in self._tasks:
            task.cancel()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @staticmethod
    async def _supervised(what: str, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:
            complain(what, error)

    @staticmethod
    async def _repeated(what: str, work: Callable[[], Awaitable[None]], every: Callable[[], float]) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                await work()
            except Exception as error:
                complain(f"{what} failed and is tried again in {pause:.0f} s", error)
                await asyncio.sleep(pause)
                pause = min(2 * pause, MAX_PAUSE)
            else:
                pause = FIRST_PAUSE
                await asyncio.sleep(every())


def complain(what: str, error: Exception) -> None:
    """Log what went wrong: trouble with disk and index as a sentence, anything else as the bug it is."""
    expected = isinstance(error, OSError | StorageTrouble)
    log.warning("%s: %s", what, error) if expected else log.error("%s: a bug", what, exc_info=error)
