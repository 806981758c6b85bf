"""What a worker is asked once and then known: who asks meanwhile waits for the same answer."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from functools import partial
from typing import Any

MAX_ANSWERS = 256
MAX_PACKAGES = 16
"""Of the larger answers: engines with their weights, some 100 kB to 1 MB each."""
MAX_AT_ONCE = 2
"""Questions on their way to the workers at a time; others wait here, where they cost nothing."""


class Answers:
    """Answers of workers, by what was asked; the oldest are let go."""

    def __init__(self, most: int = MAX_ANSWERS) -> None:
        self._most = most
        self._tasks: OrderedDict[Hashable, asyncio.Task[dict[str, Any]]] = OrderedDict()
        self._room = asyncio.Semaphore(MAX_AT_ONCE)

    async def get(self, key: Hashable, ask: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        """The answer to `key`, from `ask` if nobody has asked yet. Raises what `ask` raises; the next to ask starts again."""
        task = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = asyncio.create_task(self._ask(ask))
            task.add_done_callback(partial(self._forget_failure, key))
            while len(self._tasks) > self._most:
                self._tasks.popitem(last=False)
        return await asyncio.shield(task)  # who leaves does not take it from the others

    def _forget_failure(self, key: Hashable, task: asyncio.Task[dict[str, Any]]) -> None:
        """A failure is not kept, whether somebody still waited for it or not."""
        if (task.cancelled() or task.exception() is not None) and self._tasks.get(key) is task:
            del self._tasks[key]

    async def _ask(self, ask: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        async with self._room:
            return await ask()
