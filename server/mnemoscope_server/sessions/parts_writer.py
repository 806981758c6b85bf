"""Runs that this process keeps, put into the bucket while they go on, so that they outlive this process and their engine together.

Nothing waits in memory for it: what has not been put is read when its turn comes, one part at a time, from the newest frames here or from
the engine. A run that is faster than the bucket, or a bucket that is away, leaves what is there further behind, and holds nobody up.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Container, Iterable
from typing import Any

from mnemoscope.format.manifest import KEYFRAME_EVERY
from mnemoscope_server.errors import BlobTrouble
from mnemoscope_server.sessions.left import Left
from mnemoscope_server.sessions.manager import LiveSessions
from mnemoscope_server.sessions.orders import Orders
from mnemoscope_server.sessions.session import Session
from mnemoscope_server.storage.blobs.parts import Parts

log = logging.getLogger("mnemoscope.live")

PART_SECONDS = 2.0
"""How often every run gets a part. One that is over sooner leaves none."""
PART_BYTES = 4 << 20
"""A part is not made longer once it has so many: putting it together holds everybody up for some milliseconds."""
UNNEEDED_SECONDS = 24 * 3600.0
"""How long parts stay of a run that is over and whose recording did not come into the bucket."""


class PartsWriter:
    """The parts of the runs that are kept here."""

    def __init__(self, parts: Parts, live: LiveSessions) -> None:
        self.parts, self.live = parts, live
        self._upto: dict[str, int] = {}
        """Steps that are in the bucket, by run."""
        self._told: dict[str, tuple[Any, ...]] = {}
        """Where each run stood when that was put last."""
        self._one = asyncio.Lock()
        """Held while something of a run is put."""
        self._away = False

    async def put(self, kept: Iterable[str]) -> None:
        """Put what is new of these runs. That the bucket is away is logged, once."""
        for identity in kept:
            async with self._one:
                session, orders = self.live.sessions.get(identity), self.live.orders.get(identity)
                if session is None or orders is None or self.live.store.is_temporary(identity):
                    continue
                try:
                    await self._put(session, orders)
                except BlobTrouble as error:
                    if not self._away:
                        log.warning("runs that go on are not put into the bucket for the time being: %s", error)
                    self._away = True
                    return
                self._away = False

    async def _put(self, session: Session, orders: Orders) -> None:
        identity = session.id
        if identity not in self._upto:  # whoever kept it before may have put some
            self._upto[identity] = await asyncio.to_thread(self.parts.upto, identity)
        stands = (orders.speed, orders.until, session.manifest, len(session.manifest.get("failures", ())))
        if self._told.get(identity) != stands:
            left = Left(orders.order, orders.manifest, session.manifest, orders.speed, orders.until)
            await asyncio.to_thread(self.parts.put_run, identity, left.to_bytes())
            self._told[identity] = stands
        first = upto = self._upto[identity]
        chunks, size = list[bytes](), 0
        while upto + KEYFRAME_EVERY <= session.step and size < PART_BYTES:
            chunk = await self._chunk(session, upto // KEYFRAME_EVERY)
            if not chunk:  # its engine is gone just now
                break
            chunks.append(chunk)
            size += len(chunk)
            upto += KEYFRAME_EVERY
        if chunks:
            await asyncio.to_thread(lambda: self.parts.put(identity, first, upto, b"".join(chunks)))
            self._upto[identity] = upto

    async def _chunk(self, session: Session, number: int) -> bytes:
        if session.tail.batches and number * KEYFRAME_EVERY >= session.tail.start:
            return session.tail.messages(number)
        return await self.live.pool.read(session.id, number) or b""

    async def over(self, identity: str) -> None:
        """A run has ended, or is kept by another process: nothing more of it is put. Its parts go if its recording is where others find it.

        Raises IndexTrouble, BlobTrouble; then `sweep` removes them.
        """
        async with self._one:  # what was being put is there; nothing more is begun of it
            self.forget(identity)
        if not await asyncio.to_thread(self._needed, identity):
            await asyncio.to_thread(self.parts.remove, identity)

    def forget(self, identity: str) -> None:
        """Another process keeps a run."""
        self._upto.pop(identity, None)
        self._told.pop(identity, None)

    def sweep(self, going_on: Callable[[], Container[str]]) -> None:
        """Remove parts that nobody needs. going_on: the runs of all servers. Blocking. Raises IndexTrouble, BlobTrouble."""
        found = self.parts.identities()
        needed = going_on()  # asked for after the bucket: what was begun since is in it
        for identity, newest in found.items():
            if identity in needed:
                continue
            if not self._needed(identity) or newest < time.time() - UNNEEDED_SECONDS:
                self.parts.remove(identity)

    def _needed(self, identity: str) -> bool:
        """Whether the recording of a run that is over is not in the bucket yet."""
        entry = self.live.store.get(identity)
        return entry is not None and not entry.blob
