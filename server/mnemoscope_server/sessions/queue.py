"""Who waits for a place among the live runs: in the order in which they came, as long as they go on asking."""

import math
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

FORGOTTEN_SECONDS = 45.0
"""Whoever has not asked again for so long has gone."""
MAX_WAITING = 256
"""Places in the queue; whoever comes later is not noted."""


@dataclass(frozen=True)
class Waiting:
    """A place in the queue."""

    place: int
    """1 = the next."""
    ticket: str
    """What to show when asking again; "" where the queue is full."""


class Queue:
    """The queue of one server."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[str, tuple[float, str]] = {}
        """When each ticket was last shown, and whose it is, in the order of the queue."""

    def __len__(self) -> int:
        return len(self._seen)

    def ask(self, ticket: str | None, free: int, *, client: str = "") -> Waiting | None:
        """Whoever asks may come in (None), and then leaves the queue; or waits. free: places that are free now.

        client: who asks; whoever shows no ticket has the first of theirs, or a program that knows of none would queue behind itself.
        """
        now = self._clock()
        self._seen = {name: entry for name, entry in self._seen.items() if now - entry[0] < FORGOTTEN_SECONDS}
        ticket = self._of(ticket, client)
        known = list(self._seen)
        ahead = len(known) if ticket is None else known.index(ticket)
        if ahead < free:
            return None
        if ticket is None:
            ticket = secrets.token_urlsafe(16) if len(known) < MAX_WAITING else ""
        if ticket:
            self._seen[ticket] = (now, client)
        return Waiting(ahead - free + 1, ticket)

    def leave(self, ticket: str | None, *, client: str = "") -> None:
        """Whoever has this ticket, or this client without one, has come in."""
        self._seen.pop(self._of(ticket, client) or "", None)

    def _of(self, ticket: str | None, client: str) -> str | None:
        if ticket in self._seen:
            return ticket
        return next((name for name, (_, whose) in self._seen.items() if whose == client), None)


def worth_asking(waits: list[float], place: int) -> int:
    """Whole seconds after which to ask again. waits: seconds until each run ends, as far as that is known."""
    expected = sorted(waits)[place - 1] if place <= len(waits) else math.inf
    return math.ceil(min(max(expected, 3.0), FORGOTTEN_SECONDS / 3))
