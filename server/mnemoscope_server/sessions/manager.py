"""All live sessions of this server: opening them, handing on the workers' events, closing them into the store."""

import asyncio
import contextlib
import dataclasses
import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from mnemoscope.errors import MnemoscopeError, RecordingError
from mnemoscope.reading.recording import Recording, amend
from mnemoscope_server.background import Background
from mnemoscope_server.errors import DiskFull, HostLost, IndexTrouble, NotPossible, NoWorkers, StillStopping, TooMuch
from mnemoscope_server.sessions import going_on, rescue
from mnemoscope_server.sessions.inlet import Inlet
from mnemoscope_server.sessions.orders import Orders
from mnemoscope_server.sessions.others import Alone, Others
from mnemoscope_server.sessions.queue import Queue, worth_asking
from mnemoscope_server.sessions.session import Session
from mnemoscope_server.settings import Settings
from mnemoscope_server.storage import sweeping
from mnemoscope_server.storage.index import index_entry
from mnemoscope_server.storage.library import Library
from mnemoscope_server.storage.recovery import READ_AGAIN
from mnemoscope_server.storage.store import Store
from mnemoscope_server.workers import protocol
from mnemoscope_server.workers.hosts import Host, Hosts
from mnemoscope_server.workers.protocol import (
    Answered,
    Broken,
    Chunk,
    Declined,
    Event,
    Finished,
    Measured,
    Moved,
    Open,
    Opened,
    Pong,
    Progressed,
    Question,
    Ready,
    Received,
    Revised,
    Sent,
    StreamFailed,
)

log = logging.getLogger("mnemoscope.live")
swept = logging.getLogger("mnemoscope.swept")
"""What is removed, and why."""

TICK_SECONDS = 0.5
"""How often a live source is looked after."""
END_SECONDS = 10.0
"""How long whoever stops a run waits for its end; a worker that loads a large model takes some seconds."""
READY_SECONDS, OPEN_SECONDS, STOP_SECONDS, ANSWER_SECONDS = 60.0, 60.0, 5.0, 120.0


class LiveSessions:
    """The sessions that are being computed, by id."""

    def __init__(self, settings: Settings, store: Store, library: Library, pool: Hosts) -> None:
        self.settings, self.store, self.library, self.pool = settings, store, library, pool
        self.sessions: dict[str, Session] = {}
        self._opening: dict[str, str] = {}
        """Sessions that have a place but are not open yet, and whose they are."""
        self.queue = Queue()
        self.computed, self.removed = 0, Counter[str]()
        """Steps computed since the start; recordings removed by the sweep, by reason."""
        self._replies: dict[str, asyncio.Future[dict[str, Any]]] = {}
        """What workers are waited for to say, to orders and questions alike."""
        self._listeners: dict[str, Callable[[dict[str, Any]], None]] = {}
        """Who hears what is known so far of an answer."""
        self.orders: dict[str, Orders] = {}
        """What was ordered of each session that is kept here."""
        self._abandoned: dict[str, Path] = {}
        """Files of sessions whose opening nobody waited for any more."""
        self._background = Background()
        self._keeping = threading.Lock()
        self.others: Others = Alone()

    def start(self) -> None:
        """Start the workers; they load in the background. What a step costs is known from the last time until then."""
        with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):  # a cache: measured again in seconds
            kept = json.loads(self._measured_file.read_text(encoding="utf-8")).get(self.settings.device, [])
            self.pool.measured = {entry["name"]: Measured(**entry) for entry in kept}
        self.pool.start(on_event=self.on_event, on_lost=self._on_lost)

    async def stop(self) -> None:
        """End every session as stopped, then the workers."""
        if self.others.shared:  # they go on
            await self.others.leave()
            self.sessions.clear()
        for session in self.sessions.values():
            if session.live:
                session.stop(by="server")
        ends = [asyncio.create_task(s.finished.wait()) for s in self.sessions.values()]
        if ends:
            await asyncio.wait(ends, timeout=STOP_SECONDS)
        await self.pool.stop()
        await self._background.end(seconds=STOP_SECONDS)

    async def end(self, session: Session) -> None:
        """Stop a session and wait until its file is closed. Raises IllegalMove, StillStopping."""
        session.stop()
        try:
            async with asyncio.timeout(END_SECONDS):
                await session.finished.wait()
        except TimeoutError as error:
            raise StillStopping from error

    def stop_idle(self) -> None:
        """Pause runs that nobody looks at, and stop paused ones after a while: they hold a place that others could have."""
        now = time.monotonic()
        for session in self.sessions.values():
            if session.watchers or not session.kept:
                continue
            idle = session.status in ("opened", "paused")
            if idle and now - session.touched > self.settings.idle_minutes * 60:
                log.info(
                    "session %s is stopped: nobody has watched it for %g minutes",
                    session.id,
                    self.settings.idle_minutes,
                )
                session.stop(by="idle")
            unwatched = session.status == "running" and session.inlet is None
            if unwatched and now - session.looked_at > self.settings.unwatched_minutes * 60:
                session.pause()

    def remove_expired(self) -> None:
        """Recordings that nobody wanted to keep, or whose time is over, are removed. Blocking: call it in a thread."""
        self.store.drop_deleted()
        for identity in self.store.overdue_temporary(busy=self.sessions):
            self.library.forget(identity)
            self.store.remove(identity)
        for identity in self.store.expired():
            self.library.forget(identity)
            if self.store.remove_expired(identity):
                self.removed["expired"] += 1
                swept.info("recording %s is removed: its time is over", identity)

    def remove_old(self) -> None:
        """Recordings that are too old or too many are removed, and it is said why. Blocking: call it in a thread."""
        days, most = self.settings.recordings_days, self.settings.recordings_bytes
        if days is None and most is None:
            return
        entries = [
            entry for entry in self.store.rows() if entry.id not in self.sessions and not self._foreign(entry.id)
        ]
        for entry, reason, why in sweeping.due(entries, pinned=self.store.pinned(), days=days, most_bytes=most):
            self.library.forget(entry.id)
            self.store.remove(entry.id)
            self.removed[reason] += 1
            swept.info("recording %s of %s (%d kB) is removed: %s", entry.id, entry.created, entry.bytes >> 10, why)

    def _foreign(self, identity: str) -> bool:
        """Whether a row is of a file that lies elsewhere: in the folder that is watched."""
        return not self.store.has(identity)

    async def open(
        self,
        order: Open,
        *,
        playing: bool,
        owner: str = "",
        client: str = "",
        seat: str | None = None,
        grace: float | None = None,
        ticket: str | None = None,
    ) -> Session:
        """Begin a session. client: whose places it takes one of. grace: seconds after which a live source that is lost ends it.

        seat: as `Wheel.seat`. ticket: of whoever was told to wait. Raises TooMuch, NotPossible, DiskFull, IndexTrouble.
        """
        self.require_place(client, ticket)
        order = replace(order, reserve=self.store.free_bytes)
        self._opening[order.id] = client
        self.queue.leave(ticket, client=client)
        try:
            host, manifest = await self._reply(order, seconds=OPEN_SECONDS)
        except TimeoutError as error:  # the worker will write an empty file and close it
            self._abandoned[order.id] = order.path
            raise _busy("open the session", OPEN_SECONDS) from error
        finally:
            self._opening.pop(order.id, None)
        orders = self.keep(order, manifest, host)
        session = self.take_in(
            order.id,
            manifest,
            send=orders.send,
            owner=owner,
            client=client,
            inlet=self._inlet(order, orders, grace),
            speed=order.speed,
        )
        session.wheel.seat = seat
        try:
            row = index_entry(manifest, steps=0, size=0, owner=owner)
            await asyncio.to_thread(self.store.put, row)
            await self.others.placed(session)
        except BaseException:  # nobody would find it: it holds no place
            session.stop(by="server")
            raise
        if playing:
            session.play()
        if session.inlet is not None:
            self._background.once(f"the live source of {session.id}", self._tend(session))
        return session

    def keep(self, order: Open, manifest: dict[str, Any], host: Host | None) -> Orders:
        """From here on a run is this process's to close, and to give to another host. manifest: as the recording began.

        host: None where none has it, which `on_lost` of the hosts says next.
        """
        orders = Orders(order, manifest, host, part=self.store.tmp / f"{order.id}.again")
        self.orders[order.id] = orders
        return orders

    def take_in(
        self,
        identity: str,
        manifest: dict[str, Any],
        *,
        send: Callable[[protocol.Command], None],
        owner: str,
        client: str,
        inlet: Inlet | None = None,
        speed: float | None = None,
    ) -> Session:
        """Have a run among the sessions."""
        session = Session(
            manifest,
            speed=speed,
            send=send,
            read_chunk=self._read_chunk(identity),
            ring_bytes=self.settings.ring_bytes,
            owner=owner,
            client=client,
            inlet=inlet,
        )
        self.sessions[identity] = session
        return session

    def require_place(self, client: str, ticket: str | None) -> None:
        """Raises TooMuch where there is no place for one session more, with the place in the queue."""
        kept = [session for session in self.sessions.values() if session.kept]
        waits = [wait for session in kept if (wait := session.expected_seconds) is not None]
        own = [session.client for session in kept] + list(self._opening.values())
        if client and own.count(client) + self.others.runs_of(client) >= (most := self.settings.sessions_per_client):
            hint = "Stop one of them, or wait for its end."
            raise TooMuch(
                "too-many-of-yours", f"{most} runs from your address go on", hint, seconds=worth_asking(waits, 1)
            )
        waiting = self.queue.ask(ticket, self.settings.sessions - len(own), client=client)
        if waiting is not None:
            raise TooMuch(
                "too-many-sessions",
                f"{self.settings.sessions} runs go on, the most at once; you are number {waiting.place} in the queue",
                "Wait for one to end, or stop one. Whoever asks again with the header Queue-Ticket keeps the place.",
                seconds=worth_asking(waits, waiting.place),
                place=waiting.place,
                ticket=waiting.ticket,
            )

    def _inlet(self, order: Open, orders: Orders, grace: float | None) -> Inlet | None:
        if order.growing is None:
            return None
        return Inlet(
            order.id,
            order.growing,
            queue=self.settings.live_queue,
            grace=self.settings.live_grace_seconds if grace is None else grace,
            patience=self.settings.idle_minutes * 60,
            send=orders.send,
        )

    async def _tend(self, session: Session) -> None:
        """Look after a live source until its session is over."""
        try:
            while session.live:
                session.tick()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(TICK_SECONDS):
                        await session.finished.wait()
        except Exception:
            session.stop(by="server")  # nobody would ever end it
            raise

    async def ask(
        self,
        question: Question,
        *,
        seconds: float = ANSWER_SECONDS,
        progress: Callable[[dict[str, Any]], None] | None = None,
    ) -> dict[str, Any]:
        """A worker's answer; `progress` hears what is known of it so far. Raises NotPossible. Cancelled, the worker drops it."""
        if progress is not None:
            self._listeners[question.id] = progress
        try:
            _, report = await self._reply(question, seconds=seconds)
        except TimeoutError as error:
            raise _busy("answer", seconds) from error
        finally:
            self._listeners.pop(question.id, None)
            self.pool.release(question.id)
        return report

    async def _reply(
        self, order: Open | Question, *, seconds: float | None, begun: Callable[[Host], None] | None = None
    ) -> tuple[Host, dict[str, Any]]:
        """Give an order to a host -> the host, and what it replies; `begun` gets the host at once. Raises NotPossible; after `seconds` the
        order is taken back, TimeoutError.
        """
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._replies[order.id] = future
        try:
            await self._workers()
            host = self.pool.open(order)
            if begun is not None:
                begun(host)
            try:
                async with asyncio.timeout(seconds):
                    return host, await future
            except TimeoutError:
                host.send(protocol.Stop(order.id))
                raise
            except asyncio.CancelledError:
                if not isinstance(order, Open) or order.redo is not None:  # what nobody waits for any more
                    host.send(protocol.Stop(order.id))
                raise
        finally:
            del self._replies[order.id]

    async def _workers(self) -> None:
        """Wait for a worker. Raises NotPossible where none comes."""
        if not await self.pool.ready(seconds=READY_SECONDS):
            raise NoWorkers(self.pool.reason or "the workers are still starting")

    def _read_chunk(self, identity: str) -> Callable[[int], Awaitable[bytes]]:
        async def read(chunk: int) -> bytes:
            there = await self.pool.read(identity, chunk) or await self.others.read(identity, chunk)
            return there or await asyncio.to_thread(self.library.messages, identity, chunk)

        return read

    @property
    def _measured_file(self) -> Path:
        return self.store.folder / "measured.json"

    def _keep_measured(self) -> None:
        with self._keeping:  # figures come faster than a busy disk takes them, and they share one temporary file
            part = self.store.tmp / "measured.json"
            entries = {self.settings.device: [dataclasses.asdict(m) for m in list(self.pool.measured.values())]}
            part.write_text(json.dumps(entries), encoding="utf-8")
            part.replace(self._measured_file)

    # --- events

    def on_event(self, event: Event) -> None:
        """What a host says."""
        if not self.others.held(event):
            self.take(event)

    def take(self, event: Event) -> None:
        """Hand on an event, now."""
        match event:
            case Opened() | Declined() | Answered():
                self._resolve(event)
            case Progressed():
                if listener := self._listeners.get(event.id):
                    listener(event.report)
            case Chunk() | Moved() | Revised() | StreamFailed():
                if isinstance(event, Chunk):
                    self.computed += event.upto - event.first
                orders = self.orders.get(event.id)
                if orders is not None and isinstance(event, Chunk | Moved):
                    orders.heard(event)
                if session := self.sessions.get(event.id):
                    session.on_event(event)
            case Finished():
                self.pool.release(event.id)
                if path := self._abandoned.pop(event.id, None):
                    path.unlink(missing_ok=True)
                if session := self.sessions.get(event.id):
                    if session.kept:
                        self._background.once(f"closing {event.id}", self._close(session, event))
                    else:
                        self.others.finished(session, event)
            case Sent() | Received():
                self.others.passed(event)
            case Ready() | Pong() | Broken():
                pass  # of the worker itself: the pool has seen to it
            case Measured():
                self._background.once("keeping what models cost", asyncio.to_thread(self._keep_measured))

    def _resolve(self, event: Opened | Declined | Answered) -> None:
        future = self._replies.get(event.id)
        if isinstance(event, Declined):
            self.pool.release(event.id)
            self._abandoned.pop(event.id, None)  # the worker has removed it
        if future is None or future.done():
            return
        if isinstance(event, Opened):
            future.set_result(event.manifest)
        elif isinstance(event, Answered):
            future.set_result(event.report)
        elif event.code == protocol.DISK_FULL:
            future.set_exception(DiskFull(event.message))
        else:
            future.set_exception(NotPossible(event.code, event.message, "Choose other models or other options."))

    def _on_lost(self, lost: set[str], why: str, blamed: str) -> None:
        """A worker died: runs go on elsewhere, all else that it was to do has failed. blamed: what it computed when it died."""
        for identity in lost:
            which = "this" if identity == blamed else "another"
            reason = f"{why} while it computed {which} run" if blamed in lost else why
            if path := self._abandoned.pop(identity, None):
                path.unlink(missing_ok=True)
            if orders := self.orders.get(identity):
                orders.lost(blamed=identity == blamed if blamed else None)
            future = self._replies.get(identity)
            if future is not None and not future.done():
                future.set_exception(HostLost(reason))
            elif session := self.sessions.get(identity):
                if orders is None or not session.kept:
                    self.others.lost(session)
                else:
                    self._background.once(f"going on with {identity}", self._go_on(session, reason))

    async def _go_on(self, session: Session, reason: str) -> None:
        """Have another host go on with a session whose host died; one that cannot go on is closed with what it has."""
        orders = self.orders[session.id]
        if end := await going_on.elsewhere(session, orders, reason, self._reply):
            self.pool.release(session.id)
            await self._close(session, end)
            return
        self.library.forget(session.id)
        orders.settled()
        with contextlib.suppress(IndexTrouble):  # others look for it until it is known
            await self.others.placed(session)

    async def _close(self, session: Session, event: Finished) -> None:
        """Bring the index up to date, then let the watchers know; from here on the file serves everybody."""
        manifest, steps = event.manifest, event.steps
        try:
            if not manifest:
                path, older = self.store.path(session.id), self.others.chunks(session.id)
                await asyncio.to_thread(rescue.try_to_write, path, session.manifest, session.tail, older)
            manifest, steps = await asyncio.to_thread(self._index, session.id, event)
        except MnemoscopeError as error:
            log.error("recording %s cannot be closed: %s", session.id, error)
            await asyncio.to_thread(self.store.mark_failed, session.id)
        finally:  # whatever file and index say, it is over
            session.end(event.status, steps, manifest, event.reason)
            self.sessions.pop(session.id, None)
            self.orders.pop(session.id, None)
            self._background.once(f"putting {session.id} where others find it", self._hand_over(session.id))

    async def _hand_over(self, identity: str) -> None:
        """Where there is a bucket, a recording comes into it; then others know that it is over."""
        try:
            if self.store.shelf is not None:
                await asyncio.to_thread(self.store.settle)
        finally:
            await self.others.closed(identity)

    def _index(self, identity: str, event: Finished) -> tuple[dict[str, Any], int]:
        path = self.store.path(identity)
        with self.store.hold(identity):
            self.library.forget(identity)
            # where the worker closed the file, the event says what it holds
            manifest, steps, closed = (event.manifest, event.steps, True) if event.manifest else _end(path, event)
            if steps == 0:  # nothing was computed: there is nothing to look at
                self.store.remove(identity)
            else:
                row = index_entry(manifest, steps=steps, size=0)
                self.store.put_eventually(row if closed else replace(row, modified=READ_AGAIN))
        return manifest, steps


def _end(path: Path, event: Finished) -> tuple[dict[str, Any], int, bool]:
    """Give a file its end that its worker could not -> manifest, steps, and whether it is in the file. Raises RecordingError."""
    end = {"status": event.status} | ({"stopped_by": event.by} if event.by else {})
    try:
        with amend(path, end) as recording:
            return recording.manifest, recording.steps, True
    except RecordingError as error:
        log.warning("recording %s stays without an end: %s", path.stem, error)
    with Recording.open(path) as recording:
        return recording.manifest | end, recording.steps, False


def _busy(what: str, seconds: float) -> NotPossible:
    return NotPossible("worker-busy", f"the worker did not {what} within {seconds:.0f} s", "Try again.")
