"""Measurements of the bridge: each is made once by a worker and kept; who asks meanwhile waits for the same answer."""

import asyncio
from collections import OrderedDict
from typing import Any

from mnemoscope_server.exchange import Compare
from mnemoscope_server.live import LiveSessions
from mnemoscope_server.store import new_id

MOST = 256


class BridgeReports:
    """What `mnemoscope.bridge.measure` found, by checkpoint and seed."""

    def __init__(self, live: LiveSessions) -> None:
        self._live = live
        self._tasks: OrderedDict[tuple[str, int], asyncio.Task[dict[str, Any]]] = OrderedDict()

    async def get(self, name: str, seed: int) -> dict[str, Any]:
        """The measurement. Raises NotPossible; the next to ask starts again then."""
        task = self._tasks.get((name, seed))
        if task is None:
            task = asyncio.create_task(self._live.compare(Compare(new_id(), name, seed)))
            self._tasks[name, seed] = task
            while len(self._tasks) > MOST:
                self._tasks.popitem(last=False)
        try:
            return await asyncio.shield(task)  # who leaves does not take it from the others
        except Exception:
            self._tasks.pop((name, seed), None)
            raise
