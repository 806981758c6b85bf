"""A session: a recording that is being made, with one state machine, one driver's seat and any number of watchers.

No web framework here, and no process: commands leave through `send`, the worker's events come in through `on_event`,
watchers pull what they lack. A slow watcher therefore costs nobody anything but itself.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from mnemoscope.errors import MnemoscopeError, RecordingError
from mnemoscope.format.manifest import KEYFRAME_EVERY
from mnemoscope.format.schema import StoppedBy
from mnemoscope_server.errors import IllegalMove, StorageTrouble, UnknownRecording
from mnemoscope_server.schemas.messages import (
    Behind,
    Ended,
    FinalStatus,
    Message,
    ModelFailed,
    Refused,
    Revised,
    SessionStatus,
    Source,
    State,
)
from mnemoscope_server.sessions.inlet import Inlet
from mnemoscope_server.sessions.tail import Tail, from_step, of_stream
from mnemoscope_server.sessions.wheel import Wheel
from mnemoscope_server.workers import protocol
from mnemoscope_server.workers.protocol import Chunk, Finished, Moved, StreamFailed

MOVES: dict[str, dict[SessionStatus, SessionStatus]] = {
    "play": {"opened": "running", "paused": "running"},
    "step": {"opened": "running", "paused": "running"},
    "pause": {"running": "paused"},
    "stop": {"opened": "stopped", "running": "stopped", "paused": "stopped"},
}
"""command -> state it may be given in -> state it leads to"""

HINTS = {
    "opened": "Play or step first.",
    "running": "Pause first.",
    "paused": "Play or step instead.",
    "ended": "The recording is complete: replay it, or start a new run.",
    "stopped": "The recording was stopped: replay it, or start a new run.",
    "failed": "The run failed: see its message, and start a new run.",
    "disk": "What was computed is here. Delete recordings you no longer need, or free the disk, and run again.",
}
READ_AGAIN = (0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds between tries to read a chunk for a watcher."""
FINAL: tuple[FinalStatus, ...] = ("ended", "stopped", "failed")


def illegal(command: str, status: str) -> IllegalMove:
    """The error of a command that `MOVES` does not allow in this state."""
    return IllegalMove(command, status, allowed=MOVES.get(command, {}), hint=HINTS[status])


class Session:
    """One live recording."""

    def __init__(
        self,
        manifest: dict[str, Any],
        *,
        speed: float | None,
        send: Callable[[protocol.Command], None],
        read_chunk: Callable[[int], Awaitable[bytes]],
        ring_bytes: int,
        owner: str = "",
        client: str = "",
        inlet: Inlet | None = None,
    ) -> None:
        """`read_chunk(n)` reads a whole chunk of 64 steps from the file. inlet: where samples of a live source come in."""
        self.id: str = manifest["id"]
        self.manifest = manifest
        self.status: SessionStatus = "opened"
        self.speed = speed
        self.step = 0
        self.owner, self.client, self.inlet = owner, client, inlet
        self.wheel = Wheel()
        self.tail = Tail(limit_bytes=ring_bytes)
        self.watchers: set[Watcher] = set()
        self.finished = asyncio.Event()
        self.touched = time.monotonic()
        """When something last happened here or somebody watched."""
        self.looked_at = self.touched
        """When somebody last watched or asked about it."""
        self.kept = True
        """Whether this process closes it when it is over; else it is served here for another one."""
        self.source: Source | None = None
        """Where a live source stands that another process takes in, as was heard last."""
        self._send, self._read_chunk = send, read_chunk

    def send_by(self, send: Callable[[protocol.Command], None]) -> None:
        """Commands go another way from here on."""
        self._send = send

    @property
    def live(self) -> bool:
        return self.final is None

    @property
    def final(self) -> FinalStatus | None:
        """The status it ended with; None while it may still go on."""
        return self.status if self.status in FINAL else None

    @property
    def held_from(self) -> int:
        """First step in memory; where none is, as in a run just met or taken over, the first that will be."""
        return self.tail.start if self.tail.batches else self.step

    # --- the driver

    def play(self) -> None:
        self._move("play")
        self._send(protocol.Play(self.id))

    def pause(self) -> None:
        self._move("pause")
        self._send(protocol.Pause(self.id))

    def step_on(self, count: int) -> None:
        """Compute exactly `count` steps, then pause."""
        self._move("step")
        self._send(protocol.Advance(self.id, count))

    def set_speed(self, speed: float | None) -> None:
        """Steps per second; None = as fast as possible."""
        if not self.live:
            raise illegal("speed", self.status)
        self._send(protocol.SetSpeed(self.id, speed))

    def stop(self, by: StoppedBy = "owner") -> None:
        """End here. The state changes when the worker has closed the file."""
        if self.status not in MOVES["stop"]:
            raise illegal("stop", self.status)
        self._send(protocol.Stop(self.id, by))

    def _move(self, command: str) -> None:
        target = MOVES[command].get(self.status)
        if target is None:
            raise illegal(command, self.status)
        self.status = target

    # --- the worker's events

    def on_event(self, event: Chunk | Moved | protocol.Revised | StreamFailed | Finished) -> None:
        """Take in what the worker did."""
        self.touched = time.monotonic()
        match event:
            case Chunk():
                if event.upto <= self.step:  # a host that went on says what it went on from
                    return
                messages = event.messages
                if event.first < self.step and self.tail.batches:
                    messages = (from_step(b"".join(messages), self.step),)
                self.tail.append(
                    max(event.first, self.step) if self.tail.batches else event.first, event.upto, messages
                )
                self.step = event.upto
                if self.inlet is not None:
                    self.inlet.computed(event.upto)
            case Moved():
                if self.live:
                    self.step, self.speed = event.step, event.speed
                    if event.running:
                        self.status = "running"
                    elif self.status == "running":
                        self.status = "paused"
                    self._broadcast(self.state())
            case protocol.Revised():
                self.manifest = event.manifest
                if self.inlet is not None:
                    self.inlet.scaled()
                self._broadcast(Revised())
            case StreamFailed():
                failure = event.failure.to_json()
                known = self.manifest.setdefault("failures", [])
                if failure not in known:  # a run that went on elsewhere may say it again
                    known.append(failure)
                    self._broadcast(ModelFailed.model_validate(failure))
            case Finished():
                self.end(event.status, event.steps, event.manifest, event.reason)
        self._wake()

    def end(self, status: FinalStatus, steps: int, manifest: dict[str, Any] | None = None, reason: str = "") -> None:
        """Nothing more will come."""
        if not self.live:
            return
        self.status = status
        self.step = steps
        self.manifest = manifest or self.manifest | {"status": status, "steps": steps}
        if reason:
            full = self.manifest.get("stopped_by") == "disk"
            code, hint = ("disk-full", HINTS["disk"]) if full else ("session-failed", HINTS["failed"])
            self._broadcast(Refused(code=code, message=reason, hint=hint))
        if self.inlet is not None:
            self.inlet.close()
            self._broadcast(self.inlet.state())
        self.finished.set()
        self._wake()

    @property
    def expected_seconds(self) -> float | None:
        """Until it ends, at the pace that it has; None where that cannot be known."""
        if self.status != "running" or self.speed is None or self.inlet is not None:
            return None
        return (self.manifest["steps"] - self.step) / self.speed

    def tick(self) -> None:
        """About twice a second, of a session on a live source."""
        if self.inlet is not None and self.live:
            self.inlet.tick()
            self._broadcast(self.inlet.state())

    def hear_of_source(self, source: Source) -> None:
        """Watchers see where a live source stands that another process takes in."""
        self.source = source
        self._broadcast(source)

    def state(self) -> State:
        return State(status=self.status, step=self.step, speed=self.speed)

    def hello(self) -> str:
        """A `ServerHello` as JSON. The manifest goes out as it is, whatever a later version put into it."""
        return hello(self.manifest, status=self.status, steps=self.step, speed=self.speed, live=self.live)

    def _broadcast(self, message: Message) -> None:
        for watcher in self.watchers:
            watcher.send(message)

    def _wake(self) -> None:
        for watcher in self.watchers:
            watcher.wake()

    async def read(self, chunk: int) -> bytes:
        """Messages of a chunk of 64 steps as far as they exist, from memory or from the file."""
        if chunk * KEYFRAME_EVERY >= self.held_from:
            return self.tail.messages(chunk)
        return await self._read_chunk(chunk)

    async def stretch(self, first: int, count: int, stream: int | None = None) -> bytes:
        """Messages of chunks `first` … `first + count − 1` as far as they exist; of one stream where asked. Raises RecordingError for one that there is not."""
        models = len(self.manifest["models"])
        if stream is not None and stream >= models:
            raise RecordingError(f"Wanted a stream of 0 … {models - 1}, got {stream}.")
        stop = min(first + count, -(-self.step // KEYFRAME_EVERY))
        chunks = [await self.read(chunk) for chunk in range(first, stop)]
        return b"".join(chunks if stream is None else [of_stream(chunk, stream) for chunk in chunks])

    async def last_chunk(self) -> bytes:
        """Messages of the last whole chunk; b"" where there is none, or none to be had."""
        chunk = self.step // KEYFRAME_EVERY - 1
        if chunk < 0:
            return b""
        try:
            return await self.read(chunk)
        except (MnemoscopeError, StorageTrouble, UnknownRecording):  # gone with its engine
            return b""


def hello(manifest: dict[str, Any], *, status: str, steps: int, speed: float | None, live: bool) -> str:
    """A `ServerHello` as JSON, without validating a manifest that may be younger than this program."""
    message = {"type": "hello", "manifest": manifest, "status": status, "steps": steps, "speed": speed, "live": live}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


class Watcher:
    """One pair of eyes: pulls messages in order, as fast as it can."""

    MAX_CONTROL = 64

    def __init__(self, session: Session, *, have: int) -> None:
        self.session = session
        self.position = have
        """Steps this watcher has, or is being sent."""
        self._number: int | None = None
        """Next batch of the tail; None while catching up from the file."""
        self._control: list[Message] = []
        self._wakeup = asyncio.Event()
        session.watchers.add(self)
        source = session.source if session.inlet is None else session.inlet.state()
        if source is not None:
            self.send(source)

    def send(self, message: Message) -> None:
        """Queue a control message; only the newest state is worth sending, and the queue is bounded."""
        if isinstance(message, State | Source):
            self._control = [m for m in self._control if type(m) is not type(message)]
        self._control.append(message)
        del self._control[: -self.MAX_CONTROL]
        self.wake()

    def wake(self) -> None:
        self._wakeup.set()

    def leave(self) -> None:
        self.session.watchers.discard(self)
        self.session.touched = self.session.looked_at = time.monotonic()

    async def messages(self) -> AsyncIterator[Message | bytes]:
        """Everything for this watcher until the session is over; frames as bytes, the rest as messages."""
        while True:
            self._wakeup.clear()
            frames = await self._next_frames()  # frames first: a state names steps that it should already have
            for message in frames or ():
                yield message
            while self._control:
                yield self._control.pop(0)
            if frames is not None:
                continue
            if self.session.final is not None and not self._control:
                yield Ended(steps=self.session.step, status=self.session.final)
                return
            await self._wakeup.wait()

    async def _whole(self, chunk: int) -> bytes:
        """A chunk that there is; b"" where it cannot be had: a run that is moving to another engine is nowhere for a moment."""
        data = await self.session.read(chunk)
        for pause in READ_AGAIN:
            if data:
                break
            await asyncio.sleep(pause)
            data = await self.session.read(chunk)
        return data

    async def _next_frames(self) -> list[Message | bytes] | None:
        """The next frames; None = there are none yet."""
        tail = self.session.tail
        if self._number is None:
            if self.position < self.session.held_from:
                first, chunk = self.position, self.position // KEYFRAME_EVERY
                data = from_step(await self._whole(chunk), first)
                self.position = (chunk + 1) * KEYFRAME_EVERY
                return [data or Behind.model_validate({"from": first, "to": self.position})]
            self._number = tail.first_number
        if self._number < tail.first_number:
            behind = Behind.model_validate({"from": self.position, "to": tail.start})
            self.position, self._number = tail.start, tail.first_number
            return [behind]
        if self._number == tail.next_number:
            return None
        batch = tail.since(self._number)
        self._number += 1
        data: bytes = batch.data
        if batch.first < self.position:
            data = from_step(data, self.position)
        self.position = max(self.position, batch.upto)
        return [data] if data else []
