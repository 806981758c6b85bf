"""Samples of a live source over HTTP and as a websocket: taken in, or refused with how much room there is."""

import asyncio
import contextlib
import logging
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, WebSocket
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.websockets import WebSocketDisconnect

from mnemoscope.errors import SignalError
from mnemoscope.signals.lines import LineReader
from mnemoscope_server.access import owners
from mnemoscope_server.errors import NotPossible, QueueFull, StorageTrouble, UnknownRecording
from mnemoscope_server.http.depends import ERRORS, Id, ServicesDep
from mnemoscope_server.http.socket import NORMAL, POLICY, TRY_LATER, Line, until_either_ends
from mnemoscope_server.schemas import samples as schemas
from mnemoscope_server.schemas.messages import Refused
from mnemoscope_server.services import Services
from mnemoscope_server.sessions.feeds import Far, Feed, Near

log = logging.getLogger("mnemoscope.live")
router = APIRouter(responses=ERRORS)

PATH = "/api/sessions/{id}/samples"
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/Batch"}},
            "text/plain": {"schema": {"type": "string", "description": "Numbers line by line, taken as they come"}},
        },
    }
}


@router.post(
    PATH,
    summary="Send samples of a live source; 429 with Retry-After where the queue is full, and then none is taken",
    openapi_extra=BODY,
    responses={429: {"headers": {"Retry-After": {"schema": {"type": "integer"}}}}},
)
async def send(
    identity: Id,
    request: Request,
    services: ServicesDep,
    end: Annotated[bool, Query(description="Of a body of text: its end is the end of the source")] = False,
    channel: Annotated[str | None, Query(description="Of a body of text: the column, by name or number")] = None,
    time: Annotated[str | None, Query(description="Of a body of text: the column of seconds; none")] = None,
) -> schemas.Taken:
    inlet = await inlet_of(identity, request, services)
    if request.headers.get("content-type", "").startswith("text/"):
        wanted = time or (None if inlet.state().rate else "none")  # times can only be placed where the rate is known
        return await _lines(inlet, request, LineReader(channel, wanted), end=end)
    try:
        batch = schemas.Batch.model_validate_json(await request.body())
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_context=False)) from error
    await inlet.take(batch.values, first=batch.first, times=batch.times)
    if batch.end:
        await inlet.end()
    return _taken(inlet, len(batch.values), LineReader())


@router.get(PATH, summary="Where a live source stands, and how to feed it")
async def feeding(identity: Id, request: Request, services: ServicesDep) -> schemas.Feeding:
    inlet = await inlet_of(identity, request, services)
    path = services.settings.root_path + PATH.format(id=identity)
    key = services.feed_keys.key(identity) if services.settings.shared else None
    return schemas.Feeding(path=path, key=key, source=inlet.state())


async def inlet_of(identity: str, request: HTTPConnection, services: Services) -> Feed:
    """The source that the caller may feed. Raises UnknownRecording, NotPossible, StorageTrouble."""
    session = services.live.sessions.get(identity)
    if session is None:
        await asyncio.to_thread(services.library.find, identity)
        raise NotPossible("source-ended", "this recording is complete: it takes no samples", "Start a new run.")
    far = session.inlet is None and session.live and not session.kept and session.manifest.get("open_ended")
    if session.inlet is None and not far:
        raise NotPossible(
            "no-live-source", "this run has its whole signal: it takes no samples", "Start a run on a live source."
        )
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    kind, _, key = request.headers.get("authorization", "").partition(" ")
    by_key = kind.lower() == "bearer" and services.feed_keys.opens(path, key.strip())
    # whoever started the server holds its token, and may feed what others began
    if not (by_key or owners.may_change(session.owner, request, services.settings)):
        raise NotPossible(
            "not-yours",
            "this run was begun by somebody else, and only they can feed it",
            "Send the key of this session as `Authorization: Bearer …`; its page shows it.",
        )
    if session.inlet is not None:
        return Near(session.inlet)
    return await Far(session, services.live.others, services.settings.live_queue).look()


async def _lines(inlet: Feed, request: Request, reader: LineReader, *, end: bool) -> schemas.Taken:
    """Take lines as they come. Where the queue is full they are not read on: the connection itself holds the sender back."""
    await inlet.take([])  # says itself where nothing more is wanted
    if unhurried := request.scope.get("extensions", {}).get("mnemoscope.unhurried"):
        unhurried()
    taken = 0
    with inlet.sending():
        with contextlib.suppress(ClientDisconnect):  # a lost sender: what came whole is taken
            async for part in request.stream():
                taken += await _put(inlet, reader.feed(part))
                if _ended(inlet):
                    break
        taken += await _put(inlet, reader.end())
    if end:
        await inlet.end()
    return _taken(inlet, taken, reader)


async def _put(inlet: Feed, found: tuple[list[float | None], list[float]]) -> int:
    """Put samples into the queue as there is room -> how many."""
    values, times = found
    at = 0
    while at < len(values):
        await inlet.wait_for_room(len(values) - at)
        if _ended(inlet):
            break
        until = min(at + inlet.state().room, len(values))
        await inlet.take(values[at:until], times=times[at:until] if times else None)
        at = until
    return at


def _ended(inlet: Feed) -> bool:
    return inlet.state().state == "ended"


def _taken(inlet: Feed, count: int, reader: LineReader) -> schemas.Taken:
    bad = [schemas.BadLine(line=one.line, why=one.why, text=one.text) for one in reader.malformed]
    return schemas.Taken(taken=count, source=inlet.state(), malformed=bad, malformed_count=reader.malformed_count)


# --- websocket


@router.websocket(PATH)
async def feed(websocket: WebSocket, id: str) -> None:
    """Feed a session by messages; each is answered with the credit that is left."""
    services: Services = websocket.app.state.services
    await websocket.accept()
    line = Line(websocket, seconds=services.settings.send_seconds)
    try:
        try:
            await services.live.others.meet(id)
            inlet = await inlet_of(id, websocket, services)
        except StorageTrouble as error:
            log.warning("a live source cannot be fed: %s", error)
            await line.close(TRY_LATER, "try again")
            return
        except (NotPossible, UnknownRecording) as error:
            code = error.code if isinstance(error, NotPossible) else error.CODE
            await line.send(Refused(code=code, message=str(error), hint=getattr(error, "hint", UnknownRecording.CURE)))
            await line.close(POLICY, code)
            return
        with inlet.sending():
            line.settled()
            await _converse(line, inlet)
    except TimeoutError:
        line.abort()
    except WebSocketDisconnect:
        pass


async def _converse(line: Line, inlet: Feed) -> None:
    """Answer every message until the source or its run ends, then say where it came to."""
    await line.send(_credit(inlet))
    await until_either_ends(_answer(line, inlet), inlet.over())
    await line.send(_credit(inlet))
    await line.close(NORMAL)


async def _answer(line: Line, inlet: Feed) -> None:
    """Once samples were refused for want of room, say when there is some."""
    waiting: asyncio.Task[None] | None = None
    try:
        while True:
            message = await _received(line)
            if isinstance(message, schemas.End):
                await inlet.end()
            if not isinstance(message, schemas.Samples):
                continue
            try:
                await inlet.take(message.values, first=message.first, times=message.times)
            except QueueFull as error:
                await line.send(Refused(code=error.code, message=str(error), hint=error.hint))
                if waiting is None or waiting.done():
                    waiting = asyncio.create_task(_say_when(line, inlet, len(message.values)))
            except NotPossible as error:
                await line.send(Refused(code=error.code, message=str(error), hint=error.hint))
            except SignalError as error:
                await line.send(Refused(code="bad-signal", message=str(error), hint="Mend the message, send it again."))
            else:
                await line.send(_credit(inlet))
    finally:
        if waiting is not None:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)


async def _say_when(line: Line, inlet: Feed, samples: int) -> None:
    await inlet.wait_for_room(samples)
    await line.send(_credit(inlet))


def _credit(inlet: Feed) -> schemas.Credit:
    source = inlet.state()
    return schemas.Credit(next=source.next, room=source.room, source=source)


async def _received(line: Line) -> Any:
    """The next message; None when it was not one, and the sender has got an error."""
    event = await line.websocket.receive()
    if event["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(event.get("code", 1006))
    try:
        return schemas.parse_feed_message(event.get("text") or event.get("bytes") or b"")
    except ValidationError as error:
        first = error.errors(include_context=False)[0]
        place = ".".join(map(str, first["loc"])) or "the message"
        hint = "See FeedMessage in /api/openapi.json."
        await line.send(Refused(code="bad-message", message=f"{place}: {first['msg']}", hint=hint))
        return None
