"""Runs whose keeper is gone, kept by this process from here on: their engine says how they stand, or what lies in the bucket does."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from mnemoscope.format.manifest import KEYFRAME_EVERY
from mnemoscope_server.errors import BlobTrouble
from mnemoscope_server.sessions.directory import Live
from mnemoscope_server.sessions.left import Found, find
from mnemoscope_server.sessions.session import Session
from mnemoscope_server.workers.protocol import Chunk, Command, Finished, Moved

if TYPE_CHECKING:
    from mnemoscope_server.sessions.elsewhere import Elsewhere

log = logging.getLogger("mnemoscope.live")

DIED_TOGETHER = "the server and the engine of this run died together"
BUCKET_SECONDS, AGAIN_SECONDS = 180.0, 2.0
"""How long a bucket that is away is waited for, and how often it is asked."""


class TakingOver:
    """What `Elsewhere` does about runs whose keeper is gone."""

    def __init__(self, others: Elsewhere) -> None:
        self.others, self.live, self.hosts = others, others.live, others.hosts

    async def take_over(self, run: Live) -> None:
        """Keep a run whose keeper is gone."""
        log.warning("run %s is taken over from a server that is gone", run.id)
        with self.others.holding(run.id):
            found = await self.hosts.attach(run.id, run.engine)
            if found is None:
                self.others.background.once(f"taking over {run.id} from the bucket", self._from_bucket(run))
                return
            host, attached = found
            session = self.live.sessions.get(run.id) or self.others.session(run, host, attached)
            await self.others.catch_up(session, attached)
            path = self.live.store.path(run.id)
            self.hosts.keep(run.id, path)
            orders = self.live.keep(replace(attached.order, path=path), attached.began, host)
            orders.stands(session.step, attached.moved)
            session.kept = True
            session.send_by(orders.send)
        if attached.order.growing is not None and session.live:  # its source sent to the server that is gone
            session.stop(by="server")
        if attached.lost:
            self.hosts.on_lost({run.id}, attached.lost, "")
        else:
            self.others.finish(session, host, attached)

    async def _from_bucket(self, run: Live) -> None:
        """Keep a run whose engine is gone with its keeper: it goes on from what lies in the bucket, or ends with that."""
        found = await self._found(run.id)
        session = self.live.sessions.get(run.id)
        if found is None:
            await self._give_up(run, session)
            return
        left, order = found.left, found.left.order
        with self.others.holding(run.id):
            if session is None:
                session = self.live.take_in(run.id, left.manifest, send=_to_nobody, owner=run.owner, client=run.client)
                session.wheel.seat = run.seat
                if found.last:
                    session.step = found.upto - KEYFRAME_EVERY
                    self.live.take(Chunk(run.id, session.step, found.upto, (found.last,)))
            moved = Moved(run.id, left.until is not None, session.step, left.speed, left.until)
            self.live.take(moved)
            session.kept = True
            if order is not None:
                orders = self.live.keep(order, left.began, None)
                orders.stands(session.step, moved)
                session.send_by(orders.send)
        if order is None:
            log.warning("run %s ends at step %d: it cannot be begun again", run.id, session.step)
            self.live.take(Finished(run.id, "stopped", session.step, {}, "", "server"))
        else:
            self.hosts.on_lost({run.id}, DIED_TOGETHER, "")

    async def _found(self, identity: str) -> Found | None:
        """What lies in the bucket of a run; None where there is nothing, or the bucket is away for long."""
        until = time.monotonic() + BUCKET_SECONDS
        while self.others.parts is not None:
            try:
                return await asyncio.to_thread(find, self.others.parts, identity, self.live.store.path(identity))
            except BlobTrouble as error:
                log.warning("run %s waits to be taken over: %s", identity, error)
                if time.monotonic() > until:
                    break
                await asyncio.sleep(AGAIN_SECONDS)
        return None

    async def _give_up(self, run: Live, session: Session | None) -> None:
        """Nobody knows how it was ordered: what this process has seen of it is all there is."""
        log.error(
            "run %s is lost: its server and its engine died together, and it had not come into the bucket", run.id
        )
        if session is not None:
            session.kept = True
            self.live.take(Finished(run.id, "failed", session.step, {}, DIED_TOGETHER))
            return
        await asyncio.to_thread(self.live.store.mark_failed, run.id)
        await self.others.closed(run.id)


def _to_nobody(command: Command) -> None:
    """Where commands go while no engine has a run."""
