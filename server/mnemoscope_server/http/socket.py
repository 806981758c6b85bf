"""The websocket of a recording: one task drains what the watcher pulls, another obeys commands; both end together.

The writer has a deadline: a watcher that takes nothing for some seconds is cut off, whatever its TCP connection says.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, WebSocket
from pydantic import ValidationError
from starlette.websockets import WebSocketDisconnect

from mnemoscope.errors import ImportFileError, MnemoscopeError
from mnemoscope.format.manifest import KEYFRAME_EVERY
from mnemoscope_server.access import owners
from mnemoscope_server.access.token import GUEST, address
from mnemoscope_server.errors import IllegalMove, IndexTrouble, NotPossible, StorageTrouble, UnknownRecording
from mnemoscope_server.schemas import messages
from mnemoscope_server.services import Services
from mnemoscope_server.sessions.others import Others
from mnemoscope_server.sessions.session import FINAL, Session, Watcher, hello
from mnemoscope_server.sessions.tail import Shared, from_step

log = logging.getLogger("mnemoscope.socket")
router = APIRouter()

CLOSE_SECONDS = 2.0
FILE_SECONDS = 0.5
"""How often a file that another program writes is looked at."""
MESSAGES_PER_SECOND, MESSAGES_AT_ONCE = 20.0, 40.0

NORMAL, POLICY, TRY_LATER = 1000, 1008, 1013


class Bucket:
    """So many messages at once, so many a second after that."""

    def __init__(self) -> None:
        self.left, self.at = MESSAGES_AT_ONCE, time.monotonic()

    def take(self) -> bool:
        now = time.monotonic()
        self.left = min(MESSAGES_AT_ONCE, self.left + (now - self.at) * MESSAGES_PER_SECOND)
        self.at = now
        self.left -= 1
        return self.left >= 0


class Line:
    """A websocket with a deadline on everything it sends."""

    def __init__(self, websocket: WebSocket, *, seconds: float) -> None:
        self.websocket, self.seconds = websocket, seconds
        extensions: dict[str, Any] = websocket.scope.get("extensions", {})
        self._at_once: Callable[[bytes], bool] | None = extensions.get("mnemoscope.send")
        self._takes: Callable[[], bool] | None = extensions.get("mnemoscope.takes")

    async def send(self, message: str | bytes | messages.Message) -> None:
        """Raises TimeoutError when the other side takes nothing.

        To one that takes what it is sent nothing has to wait: there is no timer then, and what others are sent too goes out as it is.
        """
        if self._at_once is not None and isinstance(message, Shared) and self._at_once(message.frame):
            return
        if self._takes is not None and self._takes():
            await self._pass(message)
            return
        async with asyncio.timeout(self.seconds):
            await self._pass(message)

    async def _pass(self, message: str | bytes | messages.Message) -> None:
        if isinstance(message, bytes):
            await self.websocket.send_bytes(message)
        else:
            text = message if isinstance(message, str) else messages.to_json(message)
            await self.websocket.send_text(text)

    async def close(self, code: int, reason: str = "") -> None:
        with contextlib.suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.websocket.close(code, reason)
                return
        self.abort()

    def settled(self) -> None:
        """It is known what this connection is for: it makes no room for others any more."""
        settled = self.websocket.scope.get("extensions", {}).get("mnemoscope.settled")
        if settled is not None:
            settled()

    def abort(self) -> None:
        """Cut the connection without waiting for what is still in its buffers."""
        abort = self.websocket.scope.get("extensions", {}).get("mnemoscope.abort")
        if abort is not None:
            abort()


@router.websocket("/ws/{identity}")
async def watch(websocket: WebSocket, identity: str) -> None:
    """Watch a recording from a step on, and drive it while it is live."""
    services: Services = websocket.app.state.services
    await websocket.accept()
    line = Line(websocket, seconds=services.settings.send_seconds)
    try:
        await _serve(line, services, identity, guest=bool(websocket.scope.get(GUEST)))
    except TimeoutError:
        log.info("a watcher neither sent hello nor took anything for %.0f s: cut off", services.settings.send_seconds)
        line.abort()
    except WebSocketDisconnect:
        pass


async def _serve(line: Line, services: Services, identity: str, *, guest: bool) -> None:
    async with asyncio.timeout(services.settings.receive_seconds):
        first = await _receive(line)
    if not isinstance(first, messages.ClientHello):
        if first is not None:
            await line.send(messages.Refused(code="bad-message", message="a hello comes first", hint="Send hello."))
        await line.close(POLICY, "hello expected")
        return
    await services.live.others.meet(identity)
    session = services.live.sessions.get(identity)
    watched = session is None and services.watched.has(identity)
    if session is None and not watched:
        await _replay(line, services, identity)
        return
    with services.watchers.place(address(line.websocket.scope)) as place:
        if not place:
            await line.close(TRY_LATER, "too many watchers")
            return
        line.settled()
        if session is None:
            await _watch_file(line, services, identity, have=first.have)
        else:
            await _watch(line, services, session, first, guest=guest)


async def _watch(line: Line, services: Services, session: Session, first: messages.ClientHello, *, guest: bool) -> None:
    watcher = Watcher(session, have=first.have)
    seat = Seat(line, session, first.wheel, guest, others=services.live.others)
    try:
        await line.send(session.hello())
        await seat.look()
        await seat.tell()
        await until_either_ends(_write(line, watcher), _obey(line, session, seat))
    finally:
        watcher.leave()


async def _replay(line: Line, services: Services, identity: str) -> None:
    """A finished recording: its manifest, then goodbye; its chunks are to be had by HTTP."""
    try:
        manifest, steps = await asyncio.to_thread(_manifest, services, identity)
    except UnknownRecording as error:
        await line.send(messages.Refused(code=error.CODE, message=str(error), hint=error.CURE))
    except MnemoscopeError as error:
        hint = "`mnemoscope verify FILE` reports how much of it is sound."
        await line.send(messages.Refused(code="corrupt-recording", message=str(error), hint=hint))
    except StorageTrouble as error:
        log.warning("a recording cannot be shown: %s", error)
        await line.close(TRY_LATER, "try again")
        return
    else:
        status = manifest["status"] if manifest["status"] in FINAL else "stopped"
        await line.send(hello(manifest, status=status, steps=steps, speed=None, live=False))
    await line.close(NORMAL)


def _manifest(services: Services, identity: str) -> tuple[dict[str, object], int]:
    with services.library.opened(identity) as recording:
        return recording.manifest, recording.steps


async def _watch_file(line: Line, services: Services, identity: str, *, have: int) -> None:
    """A file of the watched folder: proved, then followed as long as another program writes it."""
    try:
        await services.watched.prove(identity)
    except (ImportFileError, UnknownRecording) as error:
        hint = "`mnemoscope verify FILE` reports how much of it is sound."
        await line.send(messages.Refused(code="corrupt-recording", message=str(error), hint=hint))
        await line.close(NORMAL)
        return
    if not services.watched.growing(identity):
        await _replay(line, services, identity)
        return
    recording = await asyncio.to_thread(services.library.grown, identity)
    await line.send(hello(recording.manifest, status="running", steps=recording.steps, speed=None, live=True))
    await until_either_ends(_follow_file(line, services, identity, have), _refuse(line))


async def _follow_file(line: Line, services: Services, identity: str, position: int) -> None:
    """Send what is appended, until the recording has its end or grows no more."""
    status: messages.FinalStatus = "stopped"
    known: dict[str, Any] | None = None
    try:
        while True:
            growing = services.watched.growing(identity)
            recording = await asyncio.to_thread(services.library.grown, identity)
            steps = recording.steps
            if known is not None and recording.manifest is not known:
                await line.send(messages.Revised())
            known = recording.manifest
            while position < steps:
                chunk = position // KEYFRAME_EVERY
                data = await asyncio.to_thread(services.library.messages, identity, chunk)
                await line.send(from_step(data, position))
                position = min(steps, (chunk + 1) * KEYFRAME_EVERY)
            if recording.finished or not growing:
                status = recording.manifest["status"] if recording.finished else "stopped"
                break
            await line.send(messages.State(status="running", step=steps, speed=None))
            await asyncio.sleep(FILE_SECONDS)
    except (MnemoscopeError, UnknownRecording) as error:  # it is gone, or another file
        log.info("a watched file is not followed any more: %s", error)
    await line.send(messages.Ended(steps=position, status=status))
    await line.close(NORMAL)


async def _refuse(line: Line) -> None:
    """Nobody here drives what another program writes."""
    bucket = Bucket()
    while bucket.take():
        command = await _receive(line)
        if command is not None and not isinstance(command, messages.ClientHello | messages.Ping):
            hint = "Its end is decided where it is recorded."
            message = "this run is recorded by another program"
            await line.send(messages.Refused(code="read-only", message=message, hint=hint))
    await line.close(POLICY, "too many messages")


async def _write(line: Line, watcher: Watcher) -> None:
    async for message in watcher.messages():
        await line.send(message)
    await line.close(NORMAL)


class Seat:
    """What one watcher may do: asked at every command, because the wheel is given and taken back while they watch."""

    def __init__(self, line: Line, session: Session, key: str | None, guest: bool, *, others: Others) -> None:
        """key: of the hello, None of a client that is not told who drives; guest: came by the recording's link alone."""
        self.line, self.session, self.key, self.others = line, session, key, others
        self.refused = self._refused(guest)
        self.told: bool | None = None

    def _refused(self, guest: bool) -> messages.Refused | None:
        """Why this watcher may not drive without the key; None where the run is theirs."""
        if guest:
            hint = "Ask whoever runs this server for its address with the token."
            return messages.Refused(code="read-only", message="this link is for watching", hint=hint)
        try:
            owners.require_driver(self.session, self.line.websocket, self.line.websocket.app.state.settings)
        except NotPossible as error:
            return messages.Refused(code=error.code, message=str(error), hint=error.hint)
        return None

    async def look(self) -> None:
        """See how the wheel is now, for one who came with a key. Where that cannot be seen, it stays as it was."""
        if self.key:
            with contextlib.suppress(IndexTrouble):
                await self.others.see_wheel(self.session)

    @property
    def refusal(self) -> messages.Refused | None:
        """Why this watcher may not drive now."""
        return None if self.session.wheel.opens(self.key) else self.refused

    async def tell(self) -> None:
        """Say whether they drive, where that is not what was said last."""
        drives = self.refusal is None
        if self.key is not None and drives != self.told:
            self.told = drives
            await self.line.send(messages.Wheel(drives=drives, owner=self.refused is None))


async def _obey(line: Line, session: Session, seat: Seat) -> None:
    """Carry out commands of whoever may drive."""
    bucket = Bucket()
    while True:
        command = await _receive(line)
        if not bucket.take():
            await line.send(
                messages.Refused(code="too-many-messages", message="more than 20 messages a second", hint="Send fewer.")
            )
            await line.close(POLICY, "too many messages")
            return
        if command is None:
            continue
        await seat.look()
        await seat.tell()
        if (refusal := seat.refusal) is not None and not isinstance(command, messages.ClientHello | messages.Ping):
            await line.send(refusal)
            continue
        try:
            _carry_out(command, session)
        except IllegalMove as error:
            await line.send(messages.Refused(code="illegal-move", message=str(error), hint=error.hint))
        if isinstance(command, messages.Ping):
            await line.send(session.state())


def _carry_out(command: messages.ClientMessage, session: Session) -> None:
    match command:
        case messages.Play():
            session.play()
        case messages.Pause():
            session.pause()
        case messages.Step():
            session.step_on(command.count)
        case messages.SetSpeed():
            session.set_speed(command.steps_per_second)
        case messages.Stop():
            session.stop()
        case messages.ClientHello() | messages.Ping():
            pass


async def _receive(line: Line) -> messages.ClientMessage | None:
    """The next command; None when it was not one, and the client has got an error."""
    event = await line.websocket.receive()
    if event["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(event.get("code", 1006))
    try:
        return messages.parse_client_message(event.get("text") or event.get("bytes") or b"")
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the message"
        hint = "See ClientMessage in /api/openapi.json."
        await line.send(messages.Refused(code="bad-message", message=f"{place}: {first['msg']}", hint=hint))
        return None


async def until_either_ends(*works: Coroutine[Any, Any, object]) -> None:
    """Run both; when one ends, end the other, and pass on what went wrong."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
