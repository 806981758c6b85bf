"""Recordings over HTTP: list, read, change, delete, chunks and files."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, File, Path, Query, Request, UploadFile
from starlette.responses import JSONResponse, Response, StreamingResponse

from mnemoscope.errors import MnemoscopeError
from mnemoscope.format.manifest import KEYFRAME_EVERY
from mnemoscope_server.access import owners
from mnemoscope_server.errors import LostRun, NotPossible, UnknownRecording
from mnemoscope_server.http.depends import ERRORS, Client, Id, ServicesDep, require_allowance, require_room
from mnemoscope_server.http.engine import packed
from mnemoscope_server.http.held_file import held_file
from mnemoscope_server.http.verdict import reached
from mnemoscope_server.problems import problem
from mnemoscope_server.schemas.recordings import Brought, Change, RecordingDetail, RecordingSummary
from mnemoscope_server.services import Services
from mnemoscope_server.sessions.session import FINAL, illegal
from mnemoscope_server.storage import copies
from mnemoscope_server.storage.index import MAX_LISTED, Entry
from mnemoscope_server.storage.owned import is_own
from mnemoscope_server.storage.store import ID
from mnemoscope_server.storage.uploads import printable

log = logging.getLogger("mnemoscope.api")


VERDICT_SECONDS = 15.0
"""How long an exported page waits for a verdict that nobody has asked for yet."""
MOST_CHUNKS = 64
"""Chunks in one answer at most: 4096 steps."""
COMPLETE = "private, max-age=31536000, immutable"
router = APIRouter(prefix="/api", responses=ERRORS)


@router.get(
    "/recordings",
    summary="One's own recordings of this data folder and those listed for all, newest first",
    responses={
        200: {
            "headers": {
                "X-Total-Count": {"description": "How many there are in all", "schema": {"type": "integer"}},
                "Link": {"description": "The next ones, where there are more (rel=next)", "schema": {"type": "string"}},
            }
        }
    },
)
def recordings(
    request: Request,
    response: Response,
    services: ServicesDep,
    query: Annotated[str, Query(max_length=200, description="Looked for in titles, tasks and models")] = "",
    limit: Annotated[int, Query(ge=1, le=MAX_LISTED)] = MAX_LISTED,
    after: Annotated[str | None, Query(max_length=64, description="Id of a recording: those that follow it")] = None,
) -> list[RecordingSummary]:
    caller = owners.known(request, services.settings)
    if after is not None and services.store.get(after) is None:  # an empty answer would look like the end of the list
        gone = "the recording after which the list was to go on is gone"
        raise NotPossible("list-changed", gone, "Begin the list anew.")
    rows = services.store.latest(query=query, owner=caller, limit=limit, after=after)
    response.headers["X-Total-Count"] = str(services.store.count(query=query, owner=caller))
    if len(rows) == limit:
        following = urlencode({"query": query, "limit": limit, "after": rows[-1].id})
        response.headers["Link"] = f'<{services.settings.root_path}/api/recordings?{following}>; rel="next"'
    pinned = _pinned(services)
    return [_summary(entry, services, caller, pinned) for entry in rows]


@router.post(
    "/recordings",
    summary="Bring a recording as a .mnemo file; it is proved first, and then private",
    status_code=201,
    responses={200: {"description": "It was here already"}},
)
async def bring(
    request: Request,
    response: Response,
    services: ServicesDep,
    client: Client,
    file: Annotated[UploadFile, File(description="A .mnemo recording")],
) -> Brought:
    require_allowance(services.uploaded, client, file.size or 0, "uploads")
    owner = owners.introduced(request, response, services.settings)
    await asyncio.to_thread(require_room, owner, services)
    found = await services.bringing.take(file.file, owner=owner)
    response.status_code = 200 if found.known else 201
    return Brought(id=found.entry.id, title=found.entry.title, known=found.known, notes=found.notes)


def _pinned(services: Services) -> set[str] | None:
    """Recordings that are kept when the server makes room; None where it never does."""
    settings = services.settings
    sweeps = settings.recordings_days is not None or settings.recordings_bytes is not None
    return services.store.pinned() if sweeps else None


def _summary(entry: Entry, services: Services, caller: str | None, pinned: set[str] | None) -> RecordingSummary:
    session = services.live.sessions.get(entry.id)
    steps, size = entry.steps, entry.bytes
    if session is not None:
        path = services.store.path(entry.id)
        steps, size = session.step, path.stat().st_size if path.is_file() else 0
    return RecordingSummary.model_validate(
        {key: getattr(entry, key) for key in ("id", "title", "task", "models", "status", "created")}
        | {"steps": steps, "bytes": size}
        | _shared(entry, services, caller, pinned)
    )


def _shared(entry: Entry | None, services: Services, caller: str | None, pinned: set[str] | None) -> dict[str, Any]:
    """The fields of `Shared`. A recording that is not stored here has no entry: whoever has its id may do as an owner does."""
    if entry is None:
        return {"visibility": "private", "expires": None, "mine": True, "pinned": None, "watched": False}
    watched = services.watched.has(entry.id)
    mine = is_own(entry.owner, caller) and not watched
    kept = None if pinned is None or watched else entry.id in pinned
    return {"visibility": entry.visibility, "expires": entry.expires, "mine": mine, "pinned": kept, "watched": watched}


@router.get("/recordings/{id}", summary="One recording", response_model=RecordingDetail)
def recording(identity: Id, request: Request, services: ServicesDep) -> Response:
    session = services.live.sessions.get(identity)
    if session is not None:
        session.looked_at = time.monotonic()
        found = (session.manifest, session.status, session.step, session.live)
    else:
        opened = services.library.grown(identity)
        growing = not opened.finished and services.watched.growing(identity)
        found = (opened.manifest, opened.manifest["status"], opened.steps, growing)
    manifest, state, steps, live = found
    # the manifest goes out as the file has it, not through the models: it may be younger than this program
    body = {"id": identity, "title": manifest["title"], "status": state if state in FINAL or live else "stopped"}
    if services.library.shipped(identity):
        body |= {"visibility": "listed", "expires": None, "mine": False, "pinned": None, "watched": False}
    else:
        caller = owners.known(request, services.settings)
        body |= _shared(services.store.get(identity), services, caller, _pinned(services))
    return JSONResponse(
        body | {"steps": steps, "manifest": manifest, "live": live}, headers={"Cache-Control": "no-cache"}
    )


@router.patch("/recordings/{id}", summary="Rename a recording, list it, let it expire, pin it", status_code=204)
def change(identity: Id, wanted: Change, request: Request, services: ServicesDep) -> None:
    entry = require_own(identity, request, services)
    if identity in services.live.sessions:
        raise illegal("change", services.live.sessions[identity].status)
    sharing = None
    if wanted.model_fields_set & {"visibility", "expires"}:
        if entry is None:
            raise NotPossible(
                "not-kept", "this run is temporary, so it cannot be listed or given an end", "Make a copy of it."
            )
        expires = copies.expiry(wanted.expires) if "expires" in wanted.model_fields_set else entry.expires
        sharing = {"visibility": wanted.visibility or entry.visibility, "expires": expires}
    if "pinned" in wanted.model_fields_set:
        services.store.pin(identity, wanted.pinned)
    title = printable(wanted.title or "") or None
    if title is not None or sharing is not None:
        services.store.change(identity, title=title, sharing=sharing)
        services.library.forget(identity)


@router.delete("/recordings/{id}", summary="Delete a recording; a live one is stopped first", status_code=204)
async def delete(identity: Id, request: Request, services: ServicesDep) -> None:
    await asyncio.to_thread(require_own, identity, request, services)
    if session := services.live.sessions.get(identity):
        owners.require_driver(session, request, services.settings)
        await services.live.end(session)
    services.library.forget(identity)
    await asyncio.to_thread(services.store.remove, identity)


def require_own(identity: str, request: Request, services: Services) -> Entry | None:
    """The entry of a recording that this browser may change or delete. Raises UnknownRecording, NotPossible for others' and shipped ones."""
    if services.library.shipped(identity) or not ID.fullmatch(identity):
        raise UnknownRecording(identity)
    if identity not in services.live.sessions:  # whose file may lie with an engine
        with contextlib.suppress(LostRun):  # what left no file can be deleted as well
            services.library.find(identity)
    if services.watched.has(identity):
        raise NotPossible(
            "read-only",
            "this recording is a file in the watched folder, where nothing is changed or deleted from here",
            "Change or remove the file itself, or make a copy to share or rename.",
        )
    entry = services.store.get(identity)
    if entry is not None and not owners.may_change(entry.owner, request, services.settings):
        raise NotPossible(
            "not-yours",
            "this recording was made in another browser and can be changed or deleted only from there",
            "Make a copy to share or rename.",
        )
    return entry


@router.get(
    "/recordings/{id}/chunks/{number}",
    summary="Frames of steps 64·number … 64·number+63 of all models, as on the wire",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}},
)
async def chunk(
    identity: Id,
    number: Annotated[int, Path(description="Steps 64·number to 64·number + 63")],
    services: ServicesDep,
    stream: Annotated[int | None, Query(ge=0, description="Of this model alone; its index in the manifest")] = None,
    count: Annotated[int, Query(ge=1, le=MOST_CHUNKS, description="So many chunks, one after another")] = 1,
) -> Response:
    session = services.live.sessions.get(identity)
    if session is not None and 0 <= number * KEYFRAME_EVERY < session.step:
        complete = (number + count) * KEYFRAME_EVERY <= session.step
        data = await session.stretch(number, count, stream)
    elif stream is not None or count > 1:
        complete = session is None and not services.watched.growing(identity)
        data = await asyncio.to_thread(services.library.stretch, identity, number, count, stream)
    else:
        complete = session is None and not services.watched.growing(identity)
        data = await asyncio.to_thread(services.library.messages, identity, number)
    headers = {"Cache-Control": COMPLETE if complete else "no-store"}
    return Response(data, media_type="application/octet-stream", headers=headers)


@router.get(
    "/recordings/{id}/file",
    summary="The .mnemo file",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {}}},
        206: {"description": "The range that was asked for", "content": {"application/octet-stream": {}}},
        416: {"description": "The file has no such range"},
    },
)
def file(request: Request, identity: Id, services: ServicesDep) -> Response:
    headers = _fresh() | {"Content-Disposition": f'attachment; filename="{identity}.mnemo"'}
    try:
        with services.store.hold(identity):  # not while it is renamed, deleted, or a copy from the bucket makes room
            path = services.library.find(identity)
            return held_file(request, path, media_type="application/octet-stream", headers=headers)
    except FileNotFoundError as error:  # somebody else's folder, and theirs to delete from
        raise services.store.missing(identity) from error


@router.get("/recordings/{id}/export.html", summary="One page that opens from disk", response_class=Response)
async def export(
    request: Request,
    identity: Id,
    services: ServicesDep,
    engines: Annotated[bool, Query(description="With the models, so that the page can run them again")] = False,
) -> Response:
    try:
        async with asyncio.timeout(VERDICT_SECONDS):
            found = await reached(identity, services)
    except (NotPossible, MnemoscopeError, TimeoutError):  # a run that goes on, or no worker: the page comes without
        found = None
    packages = await packed(request, identity, services) if engines else {}
    return await asyncio.to_thread(_page, identity, services, found, packages)


def _page(identity: str, services: Services, found: dict[str, Any] | None, packages: dict[int, bytes]) -> Response:
    """Sent as it is made: of a long recording only some chunks are in memory."""
    from mnemoscope_viewer import BundleMissing, parts

    held = contextlib.ExitStack()
    try:
        opened = held.enter_context(services.library.opened(identity))
        opened.refresh()
        made = parts(opened, verdict=found, engines=packages)
    except BundleMissing as error:
        held.close()
        return problem(503, "page-not-built", str(error), hint="Build the page, then export again.")
    except BaseException:
        held.close()
        raise
    headers = _fresh() | {"Content-Disposition": f'attachment; filename="{identity}.html"'}
    return StreamingResponse(_while_held(made, held), media_type="text/html", headers=headers)


def _while_held(made: Iterator[bytes], held: contextlib.ExitStack) -> Iterator[bytes]:
    """The pieces, and then, or when whoever asked is gone, what they are made from is let go."""
    with held:
        yield from made


def _fresh() -> dict[str, str]:
    return {"Cache-Control": "no-cache"}
