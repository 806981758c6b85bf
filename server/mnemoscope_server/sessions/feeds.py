"""A live source as its senders see it, whichever web process they came to: it keeps the run, or passes on to the one that does."""

import asyncio
import contextlib
import secrets
from collections.abc import Generator, Sequence
from typing import Protocol

from mnemoscope.errors import SignalError
from mnemoscope_server.errors import NotPossible, QueueFull
from mnemoscope_server.schemas.messages import Source
from mnemoscope_server.sessions.inlet import Inlet
from mnemoscope_server.sessions.others import Others
from mnemoscope_server.sessions.session import Session
from mnemoscope_server.workers.protocol import Received, Sent

LOOK_SECONDS = 0.5
"""How often it is asked elsewhere whether there is room, or an end."""


class Feed(Protocol):
    """Where samples go."""

    async def take(
        self, values: Sequence[float | None], *, first: int | None = None, times: Sequence[float] | None = None
    ) -> None:
        """Take samples, all or none. Raises QueueFull, SignalError, and NotPossible where nothing more is wanted."""
        ...

    async def end(self) -> None:
        """Nothing more comes."""
        ...

    async def wait_for_room(self, samples: int) -> None:
        """Return when so many samples, or half a queue, would be taken, or nothing is wanted any more."""
        ...

    async def over(self) -> None:
        """Return when the source has ended, or its run has."""
        ...

    def state(self) -> Source:
        """Where the source stands, as far as it is known here."""
        ...

    def sending(self) -> contextlib.AbstractContextManager[None]:
        """While a connection is open to send, the source is not lost."""
        ...


class Near:
    """The run is kept here."""

    def __init__(self, inlet: Inlet) -> None:
        self.inlet = inlet

    async def take(
        self, values: Sequence[float | None], *, first: int | None = None, times: Sequence[float] | None = None
    ) -> None:
        self.inlet.take(values, first=first, times=times)

    async def end(self) -> None:
        self.inlet.end()

    async def wait_for_room(self, samples: int) -> None:
        await self.inlet.wait_for_room(samples)

    async def over(self) -> None:
        await self.inlet.over.wait()

    def state(self) -> Source:
        return self.inlet.state()

    @contextlib.contextmanager
    def sending(self) -> Generator[None, None, None]:
        self.inlet.senders += 1
        try:
            yield
        finally:
            self.inlet.senders -= 1


class Far:
    """Another web process keeps the run. There a source counts as lost after its grace, whether a connection is open here or not."""

    def __init__(self, session: Session, others: Others, queue: int) -> None:
        """queue: most samples that wait there; of equal servers as many as here."""
        self.session, self.others, self.queue = session, others, queue
        self._source: Source | None = None

    async def look(self) -> "Far":
        """See where the source stands. Raises NotPossible."""
        await self._ask(None)
        return self

    async def take(
        self, values: Sequence[float | None], *, first: int | None = None, times: Sequence[float] | None = None
    ) -> None:
        await self._ask(tuple(values), first=first, times=None if times is None else tuple(times))

    async def end(self) -> None:
        await self._ask((), end=True)

    async def wait_for_room(self, samples: int) -> None:
        wanted = min(samples, self.queue // 2)
        while (await self.look()).state().room < wanted and not self._ended:
            await asyncio.sleep(LOOK_SECONDS)

    async def over(self) -> None:
        while not self._ended:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self.session.finished.wait()
            with contextlib.suppress(NotPossible):  # it moves, or is over: that is heard here
                await self.look()

    def state(self) -> Source:
        assert self._source is not None
        return self._source

    @contextlib.contextmanager
    def sending(self) -> Generator[None, None, None]:
        yield

    @property
    def _ended(self) -> bool:
        return not self.session.live or self.state().state == "ended"

    async def _ask(
        self,
        values: tuple[float | None, ...] | None,
        *,
        first: int | None = None,
        times: tuple[float, ...] | None = None,
        end: bool = False,
    ) -> None:
        asked = Sent(self.session.id, secrets.token_hex(8), values, first, times, end)
        answer = await self.others.pass_on(asked)
        self._source = Source.model_validate(answer.source)
        if answer.refused is None:
            return
        code, message, hint = answer.refused
        if code == QUEUE_FULL:
            raise QueueFull(len(values or ()), self._source.room)
        if code == BAD_SIGNAL:
            raise SignalError(message)
        raise NotPossible(code, message, hint)


QUEUE_FULL, BAD_SIGNAL = "queue-full", "bad-signal"


def received(inlet: Inlet, samples: Sent) -> Received:
    """Take samples that were passed on -> what has become of them."""
    refused: tuple[str, str, str] | None = None
    try:
        if samples.values is not None and not (samples.end and inlet.ended):
            inlet.take(samples.values, first=samples.first, times=samples.times)
        if samples.end:
            inlet.end()
    except NotPossible as error:
        refused = (error.code, str(error), error.hint)
    except SignalError as error:
        refused = (BAD_SIGNAL, str(error), "")
    return Received(samples.id, samples.ticket, inlet.state().model_dump(), refused)
