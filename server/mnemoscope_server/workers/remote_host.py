"""One engine of a Ray cluster, as this web process sees it: asked for its events, told its commands, given up when it is gone."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING, Any

from mnemoscope_server.workers.engine_actor import LIFE, Report
from mnemoscope_server.workers.protocol import Command

if TYPE_CHECKING:
    from mnemoscope_server.workers.ray_hosts import RayHosts

log = logging.getLogger("mnemoscope.workers")

AGAIN_SECONDS = 0.5
"""Pause before an engine that does not answer is asked again."""
GONE_SECONDS = 5.0
"""An engine that could not be asked for so long is given up, unless Ray says sooner that it died."""
SILENT_SECONDS = 12.0
"""So is one that was asked twice within this time and says nothing; it says something every second. Once may be this process's own doing: one that was
stopped for a while finds its time over and the answer waiting. Ray takes more than a minute to miss a machine that is only silent.
"""


class RemoteHost:
    """One engine."""

    def __init__(self, hosts: RayHosts, name: str) -> None:
        self.hosts, self.name = hosts, name
        self.state, self.reason = "starting", ""
        self.device: str | None = None
        self.load, self.deaths = 0, 0
        self.sessions: set[str] = set()
        """Runs and questions of this web process that it has."""
        self._actor: Any = None
        self._life, self._given_up = "", ""
        """The life that it has; and one that was given up though nobody saw it end, until there is another."""
        self._commands: asyncio.Queue[Command] = asyncio.Queue()
        self._tasks = [asyncio.create_task(work()) for work in (self._listen, self._write)]

    def send(self, command: Command) -> None:
        self._commands.put_nowait(command)

    async def call(self, method: str, *arguments: Any) -> Any:
        """Call a method of the actor. Raises RayError, also where there is none now."""
        if self._actor is None:
            self._actor = await asyncio.to_thread(self.hosts.actor, self.name)
        return await getattr(self._actor, method).remote(*arguments)

    @property
    def given_up(self) -> bool:
        """Whether it was silent for too long: whatever it says, its runs are others'."""
        return bool(self._given_up)

    def end(self) -> None:
        """Listen no more; the engine goes on for others."""
        for task in self._tasks:
            task.cancel()

    async def _listen(self) -> None:
        after, failed, missed = 0, 0.0, False
        while True:
            try:
                async with asyncio.timeout(
                    SILENT_SECONDS / 2 if self._life else None
                ):  # one that starts takes its time
                    report: Report = await self.call("events", self.hosts.web, self._life, after)
            except Exception as error:  # whatever Ray says: there is no engine now, and there will be
                silent = isinstance(error, TimeoutError)
                if silent and not missed:
                    missed = True
                    continue
                failed, missed = failed or time.monotonic(), False
                self.state, self.reason = (
                    "starting",
                    f"an engine of the cluster does not answer ({type(error).__name__})",
                )
                if silent:
                    self._given_up = self._life[:LIFE]
                if silent or type(error).__name__ == "ActorDiedError" or time.monotonic() - failed > GONE_SECONDS:
                    self._gone(self.reason)
                    self._actor, self._life = None, ""
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            failed, missed = 0.0, False
            if self._given_up and report.life[:LIFE] == self._given_up:  # what it says now of its runs is of the past
                await self._end()
                continue
            self._given_up = ""
            if report.life != self._life:
                after = 0
                if self._life and report.life[:LIFE] == self._life[:LIFE]:
                    self.hosts.on_missed(set(self.sessions))
                elif self._life:
                    self._gone("an engine of the cluster was restarted")
                self._life = report.life
            self.state, self.reason, self.device = report.state, report.reason, report.device
            self.load, self.deaths = report.load, report.deaths
            for number, event in report.events:
                after = number
                self.hosts.on_event(self, event)

    async def _write(self) -> None:
        """One batch after the other: Ray promises no order of calls that are on their way together."""
        while True:
            commands = [await self._commands.get()]
            while not self._commands.empty():
                commands.append(self._commands.get_nowait())
            try:
                async with asyncio.timeout(SILENT_SECONDS):
                    await self.call("obey", self.hosts.web, commands)
            except Exception as error:  # the listener finds that it is gone
                log.info("an engine did not take what was ordered: %s", type(error).__name__)

    async def _end(self) -> None:
        """Have an engine that was given up and is back begin anew: its runs are others' by now."""
        log.warning("%s was silent and is back: it begins anew", self.name)
        with contextlib.suppress(Exception):  # it does not answer that
            async with asyncio.timeout(GONE_SECONDS):
                await self.call("end", self._given_up)
        await asyncio.sleep(AGAIN_SECONDS)

    def _gone(self, reason: str) -> None:
        if self.sessions:
            lost, self.sessions = self.sessions, set()
            log.warning("%s; it had %d runs", reason, len(lost))
            self.deaths += 1
            self.hosts.on_lost(lost, reason, "")
