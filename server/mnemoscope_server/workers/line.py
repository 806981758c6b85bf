"""A worker's end of its pipe: what it reports in one turn goes as one message, since each costs either side far more than what is in it."""

import time
from multiprocessing.connection import Connection

from mnemoscope_server.workers.pace import TICK
from mnemoscope_server.workers.protocol import Chunk, Command, Event

FULL_BYTES = 64 << 10
"""A bundle with so many bytes of steps is sent; what is on its way is bounded by that, and by how many the web process lets be."""


class Line:
    """Commands one way, bundles of events the other."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._events: list[Event] = []
        self._bytes, self._since = 0, 0.0

    def send(self, event: Event) -> None:
        """Put an event behind the others of this turn. What it may raise is what `flush` does."""
        if not self._events:
            self._since = time.perf_counter()
        self._events.append(event)
        if isinstance(event, Chunk):
            self._bytes += sum(map(len, event.messages))
            if self._bytes >= FULL_BYTES:
                self.flush()

    def flush(self) -> None:
        """Send what there is. Raises BrokenPipeError, ConnectionResetError where nobody is there any more."""
        if self._events:
            events, self._events, self._bytes = self._events, [], 0
            self._connection.send(events)

    def flush_late(self) -> None:
        """Send what has waited for a tick: a turn in which others compute for long holds nothing back."""
        if self._events and time.perf_counter() - self._since >= TICK:
            self.flush()

    def poll(self, seconds: float) -> bool:
        """Whether a command is there, within so many seconds."""
        return self._connection.poll(seconds)

    def recv(self) -> Command:
        """The next command. Raises EOFError where nobody is there any more."""
        return self._connection.recv()
