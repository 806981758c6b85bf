"""What live sessions tell of themselves to other web processes, and ask of them. On one machine there are none."""

from collections.abc import Iterator
from typing import Protocol

from mnemoscope_server.errors import NotPossible
from mnemoscope_server.sessions.session import Session
from mnemoscope_server.workers.protocol import Event, Finished, Received, Sent


class Others(Protocol):
    """The other web processes."""

    shared: bool
    """Whether there may be any: runs then outlive this process."""

    async def meet(self, identity: str) -> None:
        """Have a run among the sessions here that another process keeps; nothing where there is none. Raises IndexTrouble."""
        ...

    async def placed(self, session: Session) -> None:
        """A run that is kept here has an engine, its first or another. Raises IndexTrouble."""
        ...

    async def closed(self, identity: str) -> None:
        """A run that was kept here is over. Raises IndexTrouble."""
        ...

    async def pass_on(self, samples: Sent) -> Received:
        """Hand samples to the process that keeps their run -> its answer. Raises NotPossible where there is none."""
        ...

    def passed(self, event: Sent | Received) -> None:
        """Samples that were handed on, or what has become of them."""
        ...

    def runs_of(self, client: str) -> int:
        """How many runs a client has that other processes keep, as far as was seen some seconds ago."""
        ...

    async def see_wheel(self, session: Session) -> None:
        """Have the wheel of a run here be as whichever process gave it or took it back. Raises IndexTrouble."""
        ...

    async def turn_wheel(self, session: Session, *, given: bool) -> None:
        """Give the wheel of a run, or take it back, for all processes. Raises IndexTrouble."""
        ...

    async def read(self, identity: str, chunk: int) -> bytes:
        """Messages of a whole chunk of a run that goes on, from what lies in the bucket; b"" where it is not there."""
        ...

    def chunks(self, identity: str) -> Iterator[bytes]:
        """Messages of every chunk of a run that lies in the bucket, from the first on. Blocking. Raises BlobTrouble."""
        ...

    def held(self, event: Event) -> bool:
        """Whether an event is kept back, until what came before it is here."""
        ...

    def finished(self, session: Session, event: Finished) -> None:
        """A run that is kept elsewhere has its end."""
        ...

    def lost(self, session: Session) -> None:
        """The engine died of a run that is kept elsewhere."""
        ...

    async def leave(self) -> None:
        """The process ends."""
        ...


class Alone:
    """There are none."""

    shared = False

    async def meet(self, identity: str) -> None: ...

    async def placed(self, session: Session) -> None: ...

    async def closed(self, identity: str) -> None: ...

    async def pass_on(self, samples: Sent) -> Received:
        raise NotPossible("fed-elsewhere", "no other process keeps this run", "Start a new run.")

    def passed(self, event: Sent | Received) -> None: ...

    def runs_of(self, client: str) -> int:
        return 0

    async def see_wheel(self, session: Session) -> None: ...

    async def turn_wheel(self, session: Session, *, given: bool) -> None:
        if given:
            session.wheel.give()
        else:
            session.wheel.take_back()

    async def read(self, identity: str, chunk: int) -> bytes:
        return b""

    def chunks(self, identity: str) -> Iterator[bytes]:
        return iter(())

    def held(self, event: Event) -> bool:
        return False

    def finished(self, session: Session, event: Finished) -> None: ...

    def lost(self, session: Session) -> None: ...

    async def leave(self) -> None: ...
