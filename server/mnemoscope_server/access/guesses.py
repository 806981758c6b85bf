"""Whoever guesses tokens or links has to wait: wrong ones are counted by address, and those who are let in by neither are refused for a while."""

import time
from collections import OrderedDict
from collections.abc import Callable

MAX_MISSES = 30
MISSES_SECONDS = 60.0
"""So many wrong tokens and unknown recordings in so many seconds; a page of dead links is no attack."""
MAX_ADDRESSES = 10_000
"""Addresses that are remembered; the oldest are forgotten."""


class Guesses:
    """Misses by address."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._missed: OrderedDict[str, tuple[float, int]] = OrderedDict()
        """When an address was first wrong, and how often since."""

    def miss(self, address: str) -> None:
        """Another one was wrong."""
        began, count = self._recent(address)
        self._missed[address] = (began, count + 1)
        self._missed.move_to_end(address)
        while len(self._missed) > MAX_ADDRESSES:
            self._missed.popitem(last=False)

    def wait(self, address: str) -> int:
        """Whole seconds until this address may try again; 0 = now."""
        began, count = self._recent(address)
        return int(began + MISSES_SECONDS - self._clock()) + 1 if count >= MAX_MISSES else 0

    def _recent(self, address: str) -> tuple[float, int]:
        now = self._clock()
        began, count = self._missed.get(address, (now, 0))
        return (began, count) if now - began < MISSES_SECONDS else (now, 0)
