"""One engine of a cluster, as an actor of Ray: a worker process as on one machine (pool.py), and a mailbox for every web process.

Any web process may open a run here, and any other may attach to it: both get all its events, and both may send commands. Nothing here
imports Ray, so that it is tested without.
"""

import asyncio
import os
import secrets
import threading
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mnemoscope.format.manifest import KEYFRAME_EVERY
from mnemoscope.reading.recording import Recording
from mnemoscope_server.workers.hosts import Host
from mnemoscope_server.workers.mailbox import Mailbox
from mnemoscope_server.workers.pool import WorkerPool
from mnemoscope_server.workers.protocol import (
    Answered,
    Chunk,
    Command,
    Declined,
    Event,
    Finished,
    Lost,
    Measured,
    Moved,
    Open,
    Opened,
    Ping,
    Progressed,
    Question,
    Quit,
    Received,
    Revised,
    Sent,
    Stop,
    StreamFailed,
)
from mnemoscope_server.workers.scratch import Scratch

NOBODY = "another"
"""Blamed where it was not the run that is lost."""
LIFE = 16
"""Characters of what an engine's life is called; what follows is the mailbox."""
KEEP_SECONDS = 3600.0
"""How long the file of a run that is over waits to be fetched."""
UNHEARD_SECONDS = 300.0
"""A run that no web process has heard of for so long is stopped."""
PIECE_BYTES = 4 << 20
ASK_SECONDS = 1.0
"""How long an answer without events is held back."""


@dataclass
class Kept:
    """A run as this engine knows it, for web processes that come later."""

    order: Open
    began: dict[str, Any] = field(default_factory=dict[str, Any])
    """The manifest as the recording began."""
    manifest: dict[str, Any] = field(default_factory=dict[str, Any])
    moved: Moved | None = None
    chunk: list[Chunk] = field(default_factory=list[Chunk])
    """The reports of the chunk that is being computed."""
    step: int = 0
    finished: Finished | None = None
    lost: str = ""
    """Why it is not computed here any more, where its worker died."""
    until: float = 0.0
    """When what is left of one that is not computed any more goes, if nobody has asked for it."""

    def heard(self, event: Opened | Chunk | Moved | Revised | StreamFailed) -> None:
        match event:
            case Opened():
                self.began = self.began or event.manifest
                self.manifest = event.manifest
            case Revised():
                self.manifest = event.manifest
            case Chunk():
                if event.first % KEYFRAME_EVERY == 0:
                    self.chunk.clear()
                self.chunk.append(event)
                self.step = event.upto
            case Moved():
                self.moved = event
            case StreamFailed():
                failures = [*self.manifest.get("failures", []), event.failure.to_json()]
                self.manifest = self.manifest | {"failures": failures}


@dataclass(frozen=True)
class Attached:
    """What a web process needs to serve a run that it did not open."""

    order: Open
    began: dict[str, Any]
    manifest: dict[str, Any]
    moved: Moved | None
    chunk: tuple[Chunk, ...]
    """What there is of the chunk that is being computed; all before it is to be read."""
    step: int
    finished: Finished | None
    """It is over, and its file can be fetched."""
    lost: str
    """Its worker died, for this reason; whoever keeps it has to give it to another one. "" = it has one."""


@dataclass(frozen=True)
class Report:
    """How an engine is, and what came after the events that are known."""

    life: str
    """Another one where events may have been missed: the engine was restarted, or had not been asked for long."""
    state: str
    reason: str
    device: str | None
    load: int
    """Sessions that it has."""
    deaths: int
    events: list[tuple[int, Event | Lost]]


class EngineActor:
    """One engine. All methods are called in one event loop."""

    def __init__(self, device: str, engine: str, private: Path | None = None) -> None:
        self.life = secrets.token_hex(LIFE // 2)
        self._credit = threading.Event()
        self._credit.set()
        self._pool = WorkerPool(count=1, device=device, engine=engine, private=private, credit=self._credit)
        self._started = False
        self._boxes: dict[str, Mailbox] = {}
        self._whose: dict[str, set[str]] = {}
        """Web processes that hear of a run or question, by its id."""
        self._hosts: dict[str, Host] = {}
        self._kept: dict[str, Kept] = {}
        self._unheard: dict[str, int] = {}
        """For how many looks nobody has heard of a run."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._scratch = Scratch()

    async def events(self, web: str, life: str, after: int) -> Report:
        """What came for a web process after the event of that number, of this life; waits a second for it."""
        if not self._started:
            self._started = True
            self._pool.start(on_event=self._on_event, on_lost=self._on_lost)
            self._begin(self._look_after())
        box = self._boxes.get(web)
        if box is None or life != self.life + box.token:
            box = self._boxes[web] = Mailbox()
            for measured in self._pool.measured.values():
                box.put(measured)
            after = 0
        found = await box.take(after, seconds=ASK_SECONDS)
        self._give_credit()
        pool = self._pool
        return Report(self.life + box.token, pool.state, pool.reason, pool.device, len(self._hosts), pool.deaths, found)

    async def obey(self, web: str, commands: list[Command]) -> None:
        """Carry out commands, in order."""
        for command in commands:
            if isinstance(command, Open | Question):
                self._open(web, command)
            elif not isinstance(command, Ping | Quit) and (host := self._hosts.get(command.id)):
                host.send(command)
                if isinstance(command, Stop) and command.id not in self._kept:  # an answer nobody waits for
                    self._forget(command.id)

    async def attach(self, web: str, session: str) -> Attached | None:
        """Let a web process hear of a run from here on -> how it stands; None where it is not here."""
        kept = self._kept.get(session)
        if kept is None or not kept.manifest:
            return None
        self._whose[session].add(web)
        return Attached(
            kept.order, kept.began, kept.manifest, kept.moved, tuple(kept.chunk), kept.step, kept.finished, kept.lost
        )

    async def detach(self, web: str, session: str) -> None:
        """A web process wants to hear of a run no more; it goes on."""
        self._whose.get(session, set()).discard(web)

    async def read(self, session: str, chunk: int) -> bytes:
        """Wire messages of a whole chunk of a run that is here; b"" where it is not."""
        kept = self._kept.get(session)
        if kept is None:
            return b""
        return await asyncio.to_thread(_messages, kept.order.path, chunk)

    async def fetch(self, session: str, offset: int) -> bytes:
        """A piece of the file of a run that is over; b"" behind its end. Raises KeyError, OSError."""
        return await asyncio.to_thread(_piece, self._kept[session].order.path, offset)

    async def tell(self, session: str, event: Sent | Received) -> None:
        """Have all web processes that hear of a run hear this too."""
        self._tell(session, event)

    async def forget(self, session: str) -> None:
        """The file was fetched."""
        self._forget(session)

    async def end(self, life: str) -> None:
        """End this engine at once, if its life is that one: it was given up, what it computes goes on elsewhere. Ray starts another."""
        if life[:LIFE] == self.life:
            os._exit(1)

    # --- inside

    def _open(self, web: str, order: Open | Question) -> None:
        self._whose[order.id] = {web}
        if not self._pool.alive:
            self._tell(order.id, Lost((order.id,), self._pool.reason or "the engine is starting", NOBODY))
            if order.id not in self._kept:
                del self._whose[order.id]
            return
        if isinstance(order, Open):
            order = self._here(order)
            kept = self._kept[order.id] = Kept(replace(order, redo=None))
            if order.redo is not None:
                kept.began, kept.step = order.redo.manifest, order.redo.step
        self._hosts[order.id] = self._pool.open(order)

    def _here(self, order: Open) -> Open:
        """An order whose file lies on this machine."""
        redo = order.redo and replace(order.redo, part=self._scratch.folder / f"{order.id}.again")
        return replace(order, path=self._scratch.folder / f"{order.id}.mnemo", redo=redo)

    def _on_event(self, event: Event) -> None:
        if isinstance(event, Measured):
            for box in self._boxes.values():
                box.put(event)
            return
        match event:
            case Opened() | Chunk() | Moved() | Revised() | StreamFailed():
                if kept := self._kept.get(event.id):
                    kept.heard(event)
                self._tell(event.id, event)
            case Progressed():
                self._tell(event.id, event)
            case Finished():
                self._tell(event.id, event)
                if kept := self._kept.get(event.id):
                    self._rest(event.id, kept)
                    kept.finished = event
            case Declined() | Answered():
                self._tell(event.id, event)
                self._forget(event.id)
            case _:
                pass

    def _on_lost(self, sessions: set[str], why: str, blamed: str) -> None:
        for identity in sessions:
            self._tell(identity, Lost((identity,), why, blamed if blamed in (identity, "") else NOBODY))
            kept = self._kept.get(identity)
            if kept is None or not kept.manifest:
                self._forget(identity)
            else:  # whoever takes it over asks here how it was
                self._rest(identity, kept)
                kept.lost = why

    def _tell(self, identity: str, event: Event | Lost) -> None:
        for web in self._whose.get(identity, ()):
            if box := self._boxes.get(web):
                box.put(event)
        self._give_credit()

    def _rest(self, identity: str, kept: Kept) -> None:
        """A run is not computed here any more, and still known."""
        self._pool.release(identity)
        self._hosts.pop(identity, None)
        kept.until = time.monotonic() + KEEP_SECONDS

    def _forget(self, identity: str) -> None:
        self._pool.release(identity)
        if kept := self._kept.get(identity):
            kept.order.path.unlink(missing_ok=True)
        for known in (self._whose, self._hosts, self._kept):
            known.pop(identity, None)

    def _give_credit(self) -> None:
        """Compute on while every web process that is there has room for more."""
        if any(box.full for box in self._boxes.values()):
            self._credit.clear()
        else:
            self._credit.set()

    async def _look_after(self) -> None:
        """Web processes that are gone hold nobody up."""
        while True:
            await asyncio.sleep(ASK_SECONDS)
            for web in [web for web, box in self._boxes.items() if box.gone]:
                del self._boxes[web]
                for heard in self._whose.values():
                    heard.discard(web)
            for identity, kept in list(self._kept.items()):
                if (kept.finished is not None or kept.lost) and kept.until < time.monotonic():
                    self._forget(identity)
            for identity in [identity for identity, heard in self._whose.items() if not heard]:
                self._unheard[identity] = self._unheard.get(identity, 0) + 1
                if self._unheard[identity] > UNHEARD_SECONDS / ASK_SECONDS and (host := self._hosts.get(identity)):
                    host.send(Stop(identity, "server"))
            for identity in [identity for identity in self._unheard if self._whose.get(identity, True)]:
                del self._unheard[identity]
            self._give_credit()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _messages(path: Path, chunk: int) -> bytes:
    with Recording.open(path) as recording:
        return recording.messages(chunk)


def _piece(path: Path, offset: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(PIECE_BYTES)
