"""Whether something elsewhere answers, for whoever asks how this server is: asked at most every few seconds, however many want to know."""

import asyncio
import time
from collections.abc import Callable

from mnemoscope_server.errors import StorageTrouble

KNOWN_SECONDS = 5.0
"""How long an answer is good for."""


class Probe:
    """One such thing. To be used in one event loop."""

    def __init__(self, ask: Callable[[], None]) -> None:
        """ask: raises StorageTrouble where it does not answer. Blocking, maybe for long."""
        self._ask = ask
        self._asking: asyncio.Task[None] | None = None
        self._good, self._asked_at = False, -KNOWN_SECONDS

    async def answers(self, *, seconds: float) -> bool:
        """Whether it does, now or a moment ago. One that says nothing for so long does not."""
        if self._asking is None and time.monotonic() - self._asked_at >= KNOWN_SECONDS:
            self._asking = asyncio.create_task(self._look())
        if self._asking is None:
            return self._good
        done, _ = await asyncio.wait((self._asking,), timeout=seconds)
        return bool(done) and self._good

    async def _look(self) -> None:
        self._good = False
        try:
            await asyncio.to_thread(self._ask)
            self._good = True
        except StorageTrouble:
            pass  # that is the answer
        finally:
            self._asked_at, self._asking = time.monotonic(), None
