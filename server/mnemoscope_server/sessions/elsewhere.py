"""Runs of other web processes that share the engines: served here too, and taken over where their keeper is gone.

A web process hears of a run once, however many watch it here. Commands of its owner go to the engine from here; what it is made
to a recording by is its keeper's (directory.py).
"""

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import Literal

from mnemoscope.format.manifest import KEYFRAME_EVERY
from mnemoscope_server.background import Background
from mnemoscope_server.errors import BlobTrouble, IndexTrouble, NotPossible
from mnemoscope_server.sessions.directory import Directory, Live
from mnemoscope_server.sessions.feeds import Far, received
from mnemoscope_server.sessions.manager import LiveSessions
from mnemoscope_server.sessions.parts_writer import PART_SECONDS, PartsWriter
from mnemoscope_server.sessions.session import Session
from mnemoscope_server.sessions.tail import from_step
from mnemoscope_server.sessions.taking_over import TakingOver
from mnemoscope_server.sessions.wheel import Wheel
from mnemoscope_server.storage.blobs.parts import Parts
from mnemoscope_server.storage.store import ID
from mnemoscope_server.workers.engine_actor import Attached
from mnemoscope_server.workers.protocol import Chunk, Event, Finished, Received, Sent
from mnemoscope_server.workers.ray_hosts import RayHosts
from mnemoscope_server.workers.remote_host import RemoteHost

log = logging.getLogger("mnemoscope.live")

LOOK_SECONDS = 2.0
"""How often this process says that it is there, and looks whether others are."""
MEET_SECONDS, FOLLOW_SECONDS, CLOSED_SECONDS = 10.0, 180.0, 20.0
"""How long a run is looked for that has no engine just now: by who wants to see it, by who sees it; how long one is waited for that is over."""
SOURCE_SECONDS = 1.0
"""How often watchers here hear where a live source stands that another process takes in."""
PASS_SECONDS = 10.0
"""How long the process that keeps a run is waited for, to which samples are passed on."""
PAUSE = 0.3
SWEEP_SECONDS = 300.0
UNWATCHED_SECONDS = 30.0
"""A run of another process that nobody has looked at here for so long is not heard of any more."""


class Elsewhere:
    """The other web processes, as `Others` has them."""

    shared = True

    def __init__(self, live: LiveSessions, hosts: RayHosts, directory: Directory) -> None:
        self.live, self.hosts, self.directory = live, hosts, directory
        self._held: dict[str, list[Event]] = {}
        """What came of runs whose sessions are not as far yet."""
        self._kept = set[str]()
        """Runs that were kept here when last looked."""
        self._passed: dict[str, asyncio.Future[Received]] = {}
        """Who waits for what becomes of samples, by their tickets."""
        self._clients = Counter[str]()
        """How many runs clients had elsewhere when last looked."""
        shelf = live.store.shelf
        self.parts = None if shelf is None else Parts(shelf.blobs)
        self._writer = None if self.parts is None else PartsWriter(self.parts, live)
        self._taking_over = TakingOver(self)
        self._meeting = asyncio.Lock()
        self.background = Background()
        self._news = asyncio.Event()

    def start(self) -> None:
        self.hosts.on_missed = self._on_missed
        self.hosts.is_mine = self._is_mine
        self.directory.listen(self._on_news)
        self.background.again_and_again("looking after runs of other servers", self._look, every=lambda: LOOK_SECONDS)
        if (writer := self._writer) is not None:
            put = lambda: writer.put(list(self._kept))  # noqa: E731
            sweep = lambda: asyncio.to_thread(writer.sweep, self.directory.identities)  # noqa: E731
            self.background.again_and_again("putting runs into the bucket", put, every=lambda: PART_SECONDS)
            self.background.again_and_again("removing parts of runs", sweep, every=lambda: SWEEP_SECONDS)

    async def leave(self) -> None:
        self.background.cancel()
        await asyncio.to_thread(self.directory.leave)
        self.directory.close()

    # --- runs that are kept here

    async def placed(self, session: Session) -> None:
        engine = self.hosts.place(session.id)
        owner, client, seat = session.owner, session.client, session.wheel.seat
        await asyncio.to_thread(self.directory.announce, session.id, engine, owner=owner, client=client, seat=seat)

    async def closed(self, identity: str) -> None:
        await asyncio.to_thread(self.directory.withdraw, identity)
        if self._writer is not None:
            await self._writer.over(identity)

    async def pass_on(self, samples: Sent) -> Received:
        future: asyncio.Future[Received] = asyncio.get_running_loop().create_future()
        self._passed[samples.ticket] = future
        try:
            async with asyncio.timeout(PASS_SECONDS):
                await self.hosts.tell(samples.id, samples)
                return await future
        except Exception as error:  # whatever Ray says, or nobody
            log.info("samples of %s cannot be passed on: %s", samples.id, type(error).__name__)
            message = "the server that opened this run, to which its samples go, does not answer"
            hint = "Send them again; or to that server itself."
            raise NotPossible("fed-elsewhere", message, hint) from error
        finally:
            del self._passed[samples.ticket]

    def passed(self, event: Sent | Received) -> None:
        if isinstance(event, Received):
            if (future := self._passed.get(event.ticket)) and not future.done():
                future.set_result(event)
        elif (session := self.live.sessions.get(event.id)) and session.kept and session.inlet is not None:
            answer = received(session.inlet, event)
            self.background.once(f"what became of samples of {event.id}", self.hosts.tell(event.id, answer))

    def runs_of(self, client: str) -> int:
        return self._clients[client]

    async def see_wheel(self, session: Session) -> None:
        session.wheel.key = await asyncio.to_thread(self.directory.wheel, session.id)

    async def turn_wheel(self, session: Session, *, given: bool) -> None:
        if given:
            key = Wheel().give()
            session.wheel.key = await asyncio.to_thread(self.directory.give_wheel, session.id, key)
        else:
            await asyncio.to_thread(self.directory.take_wheel_back, session.id)
            session.wheel.take_back()

    async def read(self, identity: str, chunk: int) -> bytes:
        if self.parts is not None:
            with contextlib.suppress(BlobTrouble):
                return await asyncio.to_thread(self.parts.chunk, identity, chunk)
        return b""

    def chunks(self, identity: str) -> Iterator[bytes]:
        return iter(()) if self.parts is None else self.parts.chunks(identity)

    # --- runs that are kept elsewhere

    async def meet(self, identity: str) -> None:
        if identity in self.live.sessions or not ID.fullmatch(identity):
            return
        until = time.monotonic() + MEET_SECONDS
        while (run := await asyncio.to_thread(self.directory.find, identity)) is not None:
            if run.keeper == self.directory.web or await self._met(run) or time.monotonic() > until:
                return
            await self._pause()

    async def _met(self, run: Live) -> bool:
        async with self._meeting:
            if run.id in self.live.sessions:
                return True
            with self.holding(run.id):
                found = await self.hosts.attach(run.id, run.engine)
                if found is None or found[1].lost:
                    return False
                session = self.session(run, *found)
                await self.catch_up(session, found[1])
                self.finish(session, *found)
                return True

    def session(self, run: Live, host: RemoteHost, attached: Attached) -> Session:
        """A session here, which has nothing yet of the chunk that is being computed."""
        session = self.live.take_in(run.id, attached.manifest, send=host.send, owner=run.owner, client=run.client)
        session.wheel.seat = run.seat
        session.kept = False
        session.step = attached.chunk[0].first if attached.chunk else attached.step
        if attached.order.growing is not None:
            self.background.once(f"the live source of {run.id}", self._show_source(session))
        return session

    async def _show_source(self, session: Session) -> None:
        """Have watchers here see where a live source stands, as long as another process takes it in."""
        feed = Far(session, self, 0)
        while session.live and not session.kept and self.live.sessions.get(session.id) is session:
            if session.watchers:
                with contextlib.suppress(NotPossible):  # its keeper is gone: that is seen to elsewhere
                    session.hear_of_source((await feed.look()).state())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SOURCE_SECONDS):
                    await session.finished.wait()

    @contextlib.contextmanager
    def holding(self, identity: str) -> Generator[None, None, None]:
        """While a session is brought to where its run is: what comes of it waits."""
        self._held.setdefault(identity, [])
        try:
            yield
        finally:
            for event in self._held.pop(identity, []):
                self.live.take(event)

    def held(self, event: Event) -> bool:
        held = self._held.get(getattr(event, "id", ""))
        if held is None:
            return False
        held.append(event)
        return True

    def finish(self, session: Session, host: RemoteHost, attached: Attached) -> None:
        """A run that was over when it was asked for."""
        if attached.finished is not None:
            if session.kept:
                self.hosts.on_event(host, attached.finished)
            else:
                self.live.take(attached.finished)

    def finished(self, session: Session, event: Finished) -> None:
        self.background.once(f"the end of {session.id}", self._end(session, event))

    async def _end(self, session: Session, event: Finished) -> None:
        """Its file can be had when its keeper has closed it."""
        until = time.monotonic() + CLOSED_SECONDS
        while await asyncio.to_thread(self.directory.find, session.id) is not None and time.monotonic() < until:
            await self._pause()
        session.end(event.status, event.steps, event.manifest, event.reason)
        self.live.sessions.pop(session.id, None)

    def lost(self, session: Session) -> None:
        self.background.once(f"following {session.id}", self._follow(session))

    async def _follow(self, session: Session) -> None:
        """Hear of a run again where its engine is now; until then its watchers wait."""
        until, kept = time.monotonic() + FOLLOW_SECONDS, session.kept
        while session.live and time.monotonic() < until:
            if session.kept != kept:  # it was taken over meanwhile, and is seen to there
                return
            run = await asyncio.to_thread(self.directory.find, session.id)
            if run is None:  # its keeper has closed it
                entry = await asyncio.to_thread(self.live.store.get, session.id)
                ends: dict[str, Literal["ended", "stopped", "failed"]] = {"ended": "ended", "stopped": "stopped"}
                session.end(ends.get(entry.status if entry else "", "failed"), entry.steps if entry else session.step)
                break
            with self.holding(session.id):
                found = await self.hosts.attach(session.id, run.engine)
                if found is not None and not found[1].lost:
                    if not session.kept:
                        session.send_by(found[0].send)
                    await self.catch_up(session, found[1])
                    self.finish(session, *found)
                    return
            await self._pause()
        else:
            session.end("failed", session.step, reason="this run cannot be followed any more from this server")
        self.live.sessions.pop(session.id, None)

    async def catch_up(self, session: Session, attached: Attached) -> None:
        """Bring a session to where its run is."""
        base = attached.chunk[0].first if attached.chunk else attached.step
        while session.step < base:
            number = session.step // KEYFRAME_EVERY
            upto = min((number + 1) * KEYFRAME_EVERY, base)
            data = await self.hosts.read(session.id, number)
            if not data:
                return  # its engine is gone again: that is said, too
            self.live.take(Chunk(session.id, session.step, upto, (from_step(data, session.step),)))
        for chunk in attached.chunk:
            self.live.take(chunk)
        if attached.moved is not None:
            self.live.take(replace(attached.moved, step=max(session.step, attached.moved.step)))

    # --- who is there

    def _on_missed(self, sessions: set[str]) -> None:
        for identity in sessions:
            if session := self.live.sessions.get(identity):
                self.lost(session)

    def _on_news(self, identity: str) -> None:
        self._news.set()

    async def _pause(self) -> None:
        """Until something is new, or for a moment."""
        self._news.clear()
        try:
            async with asyncio.timeout(PAUSE):
                await self._news.wait()
        except TimeoutError:
            pass

    async def _look(self) -> None:
        now = time.monotonic()
        kept = await asyncio.to_thread(self.directory.beat)
        for identity, unwatched in kept.items():
            if session := self.live.sessions.get(identity):
                session.looked_at = max(session.looked_at, now - unwatched)
        self._clients = await asyncio.to_thread(self.directory.clients)
        for identity in self._kept - kept.keys():
            await self._may_have_lost(identity)
        self._kept = set(kept)
        mirrored = [session for session in self.live.sessions.values() if not session.kept]
        if watched := [s.id for s in mirrored if s.watchers or now - s.looked_at < LOOK_SECONDS]:
            await asyncio.to_thread(self.directory.watched, watched)
        for session in mirrored:
            if not session.watchers and now - session.looked_at > UNWATCHED_SECONDS:
                self.live.sessions.pop(session.id, None)
                await self.hosts.detach(session.id)
        if not self.hosts.hosts:  # it has no engines, or not yet
            return
        for run in await asyncio.to_thread(self.directory.orphans):
            if await asyncio.to_thread(self.directory.take_over, run):
                await self._taking_over.take_over(run)

    async def _may_have_lost(self, identity: str) -> None:
        """A run that was kept here: over, or taken over because nothing was heard of this process for long."""
        session = self.live.sessions.get(identity)
        if session is None or await asyncio.to_thread(self.directory.find, identity) is None:
            return
        self._leave_to_others(identity, session)

    async def _is_mine(self, identity: str) -> bool:
        """Whether a run that is over is kept here still: a process that was stopped for a while may find that another one does, or has closed it."""
        session = self.live.sessions.get(identity)
        try:
            run = await asyncio.to_thread(self.directory.find, identity)
            entry = await asyncio.to_thread(self.live.store.get, identity)
        except IndexTrouble:
            return True
        closed = run is None and entry is not None and entry.status != "running"
        if session is None or not (closed or (run is not None and run.keeper != self.directory.web)):
            return True
        self._leave_to_others(identity, session)
        return False

    def _leave_to_others(self, identity: str, session: Session) -> None:
        log.warning("run %s is another server's now", identity)
        session.kept = False
        self.live.orders.pop(identity, None)
        self.hosts.keep(identity, None)
        if self._writer is not None:
            self._writer.forget(identity)
        self.lost(session)
