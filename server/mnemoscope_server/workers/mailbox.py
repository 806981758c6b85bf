"""Events on their way from an engine to one web process: numbered, kept until they are acknowledged, bounded by a credit.

A web process asks for what came after the last it has. Whoever does not ask holds nobody up: when its credit is used up for long,
it is left out, and begins anew.
"""

import asyncio
import contextlib
import secrets
import time
from collections import deque

from mnemoscope_server.workers.protocol import Chunk, Event, Lost, Sent

BATCH_BYTES = 96 << 10
"""Of one answer; above 100 KiB Ray takes the way through its object store, which costs five times as much."""
CREDIT_BYTES = 1 << 20
"""What may be on its way; the engine computes nothing more until some of it has arrived."""
GONE_SECONDS = 10.0
"""Whoever has not asked for so long is not there any more."""


class Mailbox:
    """Of one web process."""

    def __init__(self) -> None:
        self.token = secrets.token_hex(4)
        self.asked = time.monotonic()
        """When it last asked."""
        self._events: deque[tuple[int, int, Event | Lost]] = deque()
        self._bytes, self._number = 0, 0
        self._filled = asyncio.Event()

    @property
    def full(self) -> bool:
        """Its credit is used up."""
        return self._bytes >= CREDIT_BYTES

    @property
    def gone(self) -> bool:
        return time.monotonic() - self.asked > GONE_SECONDS

    def put(self, event: Event | Lost) -> None:
        size = sum(map(len, event.messages)) if isinstance(event, Chunk) else 256
        if isinstance(event, Sent):
            size += 9 * len(event.values or ()) + 9 * len(event.times or ())
        self._number += 1
        self._events.append((self._number, size, event))
        self._bytes += size
        self._filled.set()

    async def take(self, after: int, *, seconds: float) -> list[tuple[int, Event | Lost]]:
        """Forget what came up to `after`, and hand out what came since, with its numbers; after some seconds at most, perhaps nothing."""
        self.asked = time.monotonic()
        while self._events and self._events[0][0] <= after:
            self._bytes -= self._events.popleft()[1]
        if not self._events:
            self._filled.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._filled.wait()
        self.asked = time.monotonic()
        found: list[tuple[int, Event | Lost]] = []
        room = BATCH_BYTES
        for number, size, event in self._events:
            if found and size > room:
                break
            found.append((number, event))
            room -= size
        return found
