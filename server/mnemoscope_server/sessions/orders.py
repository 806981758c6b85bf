"""All that was ordered of one run: passed on to the host that has it, and told again to the next one where that host dies."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

from mnemoscope.format.schema import StoppedBy
from mnemoscope_server.workers.hosts import Host
from mnemoscope_server.workers.protocol import (
    Advance,
    Chunk,
    Command,
    Feed,
    Moved,
    Open,
    Pause,
    Play,
    Redo,
    SetSpeed,
    Stop,
)

MAX_KILLS = 2
"""A run that has killed so many hosts gets no other."""


class Orders:
    """The orders of one run. `send` is what its session drives it by."""

    def __init__(self, order: Open, manifest: dict[str, Any], host: Host | None, *, part: Path) -> None:
        """manifest: as the recording began. host: None where it has none now, which `lost` says. part: where its file may grow when it is computed for the second time."""
        self.order, self.manifest, self.part = order, dict(manifest), part
        self.kills = 0
        """Hosts that died while they computed it."""
        self.stopped = asyncio.Event()
        """It was stopped, and no host has it that could close it."""
        self.stopped_by: StoppedBy | None = None
        self._host: Host | None = host
        self._settled = True
        """Whether the host has it as it was: what is ordered is obeyed at once."""
        self.speed = order.speed
        self.until: int | None = None
        """The step before which it pauses; None while it is paused."""
        self._step = 0
        self._lost_at = -1
        """Where it stood when it last lost a host."""
        self._fed: list[float] = []
        self._last_fed: Feed | None = None
        """What a live source has sent so far, and what was said last about all of it."""

    def send(self, command: Command) -> None:
        """Have it carried out: at once, or as soon as a host has come so far."""
        match command:
            case Play():
                self.until = self.order.episode.steps
            case Pause():
                self.until = None
            case Advance():
                self.until = min(self.order.episode.steps, self._step + command.count)
            case SetSpeed():
                self.speed = command.speed
            case Feed():
                self._feed(command)
                return
            case Stop():
                self.stopped_by = command.by
                if not self._settled:
                    self.stopped.set()
            case _:
                pass
        if self._settled and self._host is not None:
            self._host.send(command)

    def heard(self, event: Chunk | Moved) -> None:
        """What its host says of it."""
        if isinstance(event, Chunk):
            self._step = max(self._step, event.upto)
        else:
            self._step, self.speed, self.until = event.step, event.speed, event.until

    def stands(self, step: int, moved: Moved | None) -> None:
        """Where the run is that another process has kept."""
        self._step = step
        if moved is not None:
            self.speed, self.until = moved.speed, moved.until

    def lost(self, *, blamed: bool | None) -> None:
        """Its host has died. blamed: whether it was this run that was computed then; None = nobody knows, then it was not if it has come
        further than the last time.
        """
        self._host, self._settled = None, False
        self.kills += self._step == self._lost_at if blamed is None else blamed
        self._lost_at = self._step
        if self.stopped_by is not None:  # it may never have heard of it
            self.stopped.set()

    @property
    def may_go_on(self) -> bool:
        return self.kills < MAX_KILLS

    def again(self, last: bytes) -> Open:
        """The order to a new host: to come to where the run was. last: messages of the last whole chunk."""
        return replace(self.order, speed=self.speed, redo=Redo(self._step, self.manifest, self.part, last))

    def begun(self, host: Host) -> None:
        """A new host computes it anew, and hears what a live source has sent."""
        self._host = host
        if self._last_fed is not None:
            host.send(replace(self._last_fed, samples=tuple(self._fed)))

    def settled(self) -> None:
        """The new host stands where the old one did; it is told how to go on."""
        assert self._host is not None
        self._settled = True
        self._host.send(SetSpeed(self.order.id, self.speed))
        if self.until is None:
            self._host.send(Pause(self.order.id))
        elif self.until >= self.order.episode.steps:
            self._host.send(Play(self.order.id))
        else:
            self._host.send(Advance(self.order.id, self.until - self._step))
        if self.stopped_by is not None:
            self._host.send(Stop(self.order.id, self.stopped_by))

    def _feed(self, command: Feed) -> None:
        self._fed += command.samples
        self._last_fed = replace(command, samples=())
        if self._host is not None:
            self._host.send(command)
