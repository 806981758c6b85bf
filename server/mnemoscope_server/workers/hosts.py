"""What sessions need of the processes that run models, wherever those are: beside the web process (pool.py) or on a Ray cluster.

A host runs the sessions that were given to it, obeys commands and sends events (protocol.py). Which host has a session, and what
becomes of it when that host dies, is decided by whoever opened it.
"""

from collections.abc import Callable
from typing import Literal, Protocol

from mnemoscope_server.workers.protocol import Command, Event, Measured, Open, Question

OnEvent = Callable[[Event], None]
OnLost = Callable[[set[str], str, str], None]
"""Ids of the sessions and questions whose host died, why, and which of them it computed then ("" where that is not known)."""


class Host(Protocol):
    """One process that runs models."""

    def send(self, command: Command) -> None:
        """Queue a command; never waits."""
        ...


class Hosts(Protocol):
    """All of them. `state` is starting, ready, or failed while none can be waited for."""

    count: int
    """How many there are to be; 0 = none, replay only."""
    measured: dict[str, Measured]
    """What a step of each checkpoint costs, as far as that is known."""

    @property
    def state(self) -> Literal["starting", "ready", "failed"]: ...

    @property
    def reason(self) -> str:
        """Why none can be waited for."""
        ...

    @property
    def device(self) -> str | None:
        """The device, cpu or cuda, once a host has said so."""
        ...

    @property
    def deaths(self) -> int:
        """Hosts that died since the start."""
        ...

    @property
    def alive(self) -> int:
        """Hosts that can be given work."""
        ...

    def start(self, *, on_event: OnEvent, on_lost: OnLost) -> None:
        """Begin; returns at once. Both are called in the event loop that runs now."""
        ...

    async def ready(self, *, seconds: float) -> bool:
        """Wait until a host is ready, or none will be."""
        ...

    async def answers(self, *, seconds: float) -> bool:
        """Ask the hosts whether they are there -> whether one of them is, after some seconds at most."""
        ...

    def open(self, order: Open | Question) -> Host:
        """Give an order to the host with the fewest sessions; it counts as one of them until `release`. One must be ready."""
        ...

    def release(self, session: str) -> None:
        """A session or a question is over."""
        ...

    async def read(self, session: str, chunk: int) -> bytes | None:
        """Wire messages of a whole chunk of a run; None where its file is here and has them."""
        ...

    async def stop(self) -> None:
        """Let the hosts close what they record for this server."""
        ...
