"""The HTTP interface: thin endpoints. What blocks runs in a thread, what is wrong becomes an answer in problems.py."""

import asyncio
import logging
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Path, Query, Request, UploadFile
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.responses import FileResponse, JSONResponse, Response

from mnemoscope import checkpoints
from mnemoscope.errors import MnemoscopeError
from mnemoscope.manifest import KEYFRAME_EVERY
from mnemoscope_server import callers, orders, rest, rest_recordings, rest_sessions, rest_signals, words
from mnemoscope_server import sharing as sharing_rules
from mnemoscope_server.answers import Answers
from mnemoscope_server.exchange import Measured
from mnemoscope_server.library import Library, UnknownRecording
from mnemoscope_server.live import LiveSessions, NotPossible
from mnemoscope_server.pictures import Pictures
from mnemoscope_server.problems import problem
from mnemoscope_server.session import FINAL, IllegalMove
from mnemoscope_server.settings import Settings
from mnemoscope_server.store import ID, Entry, Store
from mnemoscope_server.uploads import Uploads, printable

log = logging.getLogger("mnemoscope.api")

COMPLETE = "private, max-age=31536000, immutable"
ERRORS: dict[int | str, dict[str, Any]] = {"4XX": {"model": rest.ErrorBody, "description": "What went wrong"}}


class House:
    """Everything an endpoint may need; one per application."""

    def __init__(
        self, settings: Settings, store: Store, library: Library, uploads: Uploads, live: LiveSessions
    ) -> None:
        self.settings, self.store, self.library, self.uploads, self.live = settings, store, library, uploads, live
        self.answers = Answers()
        self.pictures = Pictures()


def _house(request: Request) -> House:
    return request.app.state.house


Id = Annotated[str, Path(alias="id", description="22 characters, or the name of a shipped recording")]
Wanted = Annotated[House, Depends(_house)]
router = APIRouter(prefix="/api", responses=ERRORS)
health = APIRouter(include_in_schema=False)


@health.get("/healthz")
async def healthz() -> Response:
    """The process answers."""
    return Response("ok", media_type="text/plain")


@health.get("/readyz")
async def readyz(house: Wanted) -> Response:
    """Models can be run: 200 ready; 503 starting or failed."""
    state = house.live.pool.state
    return Response(state, 200 if state == "ready" else 503, media_type="text/plain")


@router.get("/status", summary="What this server is and can do now")
async def status(request: Request, house: Wanted) -> rest.Status:
    pool = house.live.pool
    return rest.Status(
        version=request.app.version,
        device=pool.device,
        workers=pool.state,
        workers_reason=pool.reason or None,
        replay_only=pool.state == "failed",
        limits=rest.Limits(
            upload_bytes=house.settings.upload_bytes,
            steps=house.settings.steps,
            uploads_hours=house.settings.uploads_hours,
        ),
    )


@router.get("/tasks", summary="What models can be asked to do, with the options of each task")
def tasks() -> list[rest.TaskCard]:
    return orders.task_cards()


@router.get("/models", summary="Checkpoints that can be run")
def models(house: Wanted) -> list[rest.ModelCard]:
    measured = house.live.pool.measured
    found = []
    for name in checkpoints.names():
        try:
            found.append(_card(checkpoints.read_card(checkpoints.find(name)), measured.get(name)))
        except (MnemoscopeError, KeyError) as error:  # the others can still be run
            log.warning("checkpoint %s is left out: %r", name, error)
    return found


def _card(card: dict[str, Any], measured: Measured | None) -> rest.ModelCard:
    metrics = card.get("metrics") or ({card["metric"]: card.get("validation")} if "metric" in card else {})
    return rest.ModelCard(
        name=card["name"],
        model=card["model"],
        label=card["label"],
        task=card["task"],
        glyph=card["glyph"],
        parameters=card["parameters"],
        description=card.get("description") or words.PARADIGMS.get(card["model"], ""),
        snapshots=checkpoints.snapshot_updates(card["name"]),
        measured_ms_per_step=measured and measured.ms_per_step,
        bytes_per_step=measured and measured.frame_bytes + measured.keyframe_bytes / KEYFRAME_EVERY,
        metrics=metrics,
    )


@router.get("/gallery", summary="Recordings that ship with the program")
def gallery(house: Wanted) -> list[rest_recordings.GalleryEntry]:
    return [rest_recordings.GalleryEntry.model_validate(entry) for entry in house.library.exhibits]


# --- recordings ------------------------------------------------------------------------------------------------------


@router.get("/recordings", summary="One's own recordings of this data folder and those listed for all, newest first")
def recordings(
    request: Request,
    house: Wanted,
    query: Annotated[str, Query(max_length=200, description="Looked for in titles, tasks and models")] = "",
) -> list[rest_recordings.RecordingSummary]:
    caller = callers.known(request, house.settings)
    return [_summary(entry, house, caller) for entry in house.store.latest(query=query, owner=caller)]


def _summary(entry: Entry, house: House, caller: str | None) -> rest_recordings.RecordingSummary:
    session = house.live.sessions.get(entry.id)
    steps, size = entry.steps, entry.bytes
    if session is not None:
        path = house.store.path(entry.id)
        steps, size = session.step, path.stat().st_size if path.is_file() else 0
    return rest_recordings.RecordingSummary.model_validate(
        {key: getattr(entry, key) for key in ("id", "title", "task", "models", "status", "created")}
        | {"steps": steps, "bytes": size}
        | _shared(entry, caller)
    )


def _shared(entry: Entry | None, caller: str | None) -> dict[str, Any]:
    """The fields of `rest_recordings.Shared`; a recording that is not kept has no entry, and is of whoever has its id."""
    if entry is None:
        return {"visibility": "private", "expires": None, "mine": True}
    mine = caller is None or (bool(caller) and entry.owner == caller)
    return {"visibility": entry.visibility, "expires": entry.expires, "mine": mine}


@router.get("/recordings/{id}", summary="One recording", response_model=rest_recordings.RecordingDetail)
def recording(identity: Id, request: Request, house: Wanted) -> Response:
    session = house.live.sessions.get(identity)
    if session is not None:
        found = (session.manifest, session.status, session.step, session.live)
    else:
        with house.library.opened(identity) as opened:
            found = (opened.manifest, opened.manifest["status"], opened.steps, False)
    manifest, state, steps, live = found
    # the manifest goes out as the file has it, not through the models: it may be younger than this program
    body = {"id": identity, "title": manifest["title"], "status": state if state in FINAL or live else "stopped"}
    if house.library.shipped(identity):
        body |= {"visibility": "listed", "expires": None, "mine": False}
    else:
        body |= _shared(house.store.get(identity), callers.known(request, house.settings))
    return JSONResponse(
        body | {"steps": steps, "manifest": manifest, "live": live}, headers={"Cache-Control": "no-cache"}
    )


@router.patch("/recordings/{id}", summary="Rename a recording, list it, let it expire", status_code=204)
def change(identity: Id, wanted: rest_recordings.Change, request: Request, house: Wanted) -> None:
    entry = own(identity, request, house)
    if identity in house.live.sessions:
        raise IllegalMove("change", house.live.sessions[identity].status)
    sharing = None
    if wanted.model_fields_set & {"visibility", "expires"}:
        if entry is None:
            raise NotPossible(
                "not-kept", "this run is not kept, so there is nothing to list or to end", "Make a copy of it."
            )
        expires = sharing_rules.until(wanted.expires) if "expires" in wanted.model_fields_set else entry.expires
        sharing = {"visibility": wanted.visibility or entry.visibility, "expires": expires}
    title = printable(wanted.title or "") or None
    if title is not None or sharing is not None:
        house.store.change(identity, title=title, sharing=sharing)
        house.library.forget(identity)


@router.delete("/recordings/{id}", summary="Delete a recording; a live one is stopped first", status_code=204)
async def delete(identity: Id, request: Request, house: Wanted) -> None:
    await asyncio.to_thread(own, identity, request, house)
    if session := house.live.sessions.get(identity):
        session.stop()
        await asyncio.wait_for(session.finished.wait(), 10)
    house.library.forget(identity)
    await asyncio.to_thread(house.store.remove, identity)


def own(identity: str, request: Request, house: House) -> Entry | None:
    """Shipped recordings and unknown ids can be neither changed nor deleted, and those of others not either."""
    if house.library.shipped(identity) or not ID.fullmatch(identity):
        raise UnknownRecording(identity)
    house.library.find(identity)
    entry = house.store.get(identity)
    if not _shared(entry, callers.known(request, house.settings))["mine"]:
        raise NotPossible(
            "not-yours",
            "this recording was made from another browser, and can be changed and deleted from there alone",
            "Make a copy of it to share or to name as you like.",
        )
    return entry


@router.get(
    "/recordings/{id}/chunks/{number}",
    summary="Frames of steps 64·number … 64·number+63 of all models, as on the wire",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}},
)
async def chunk(
    identity: Id, number: Annotated[int, Path(description="Steps 64·number to 64·number + 63")], house: Wanted
) -> Response:
    session = house.live.sessions.get(identity)
    if session is not None and 0 <= number * KEYFRAME_EVERY < session.step:
        complete = (number + 1) * KEYFRAME_EVERY <= session.step
        data = await session.read(number)
    else:
        complete = session is None
        data = await asyncio.to_thread(house.library.messages, identity, number)
    headers = {"Cache-Control": COMPLETE if complete else "no-store"}
    return Response(data, media_type="application/octet-stream", headers=headers)


@router.get("/recordings/{id}/file", summary="The .mnemo file", response_class=FileResponse)
def file(identity: Id, house: Wanted) -> Response:
    path = house.library.find(identity)
    return FileResponse(path, media_type="application/octet-stream", filename=f"{identity}.mnemo", headers=_fresh())


@router.get("/recordings/{id}/export.html", summary="One page that opens from disk", response_class=Response)
def export(identity: Id, house: Wanted) -> Response:
    from mnemoscope_viewer import BundleMissing, page

    with house.library.opened(identity) as opened:
        opened.refresh()
        try:
            text = page(opened)
        except BundleMissing as error:
            return problem(503, "page-not-built", str(error), cure="Build the page, then export again.")
    headers = _fresh() | {"Content-Disposition": f'attachment; filename="{identity}.html"'}
    return Response(text, media_type="text/html", headers=headers)


def _fresh() -> dict[str, str]:
    return {"Cache-Control": "no-cache"}


# --- uploads and generated signals -----------------------------------------------------------------------------------


@router.post("/uploads", summary="Bring a file", status_code=201)
async def upload(
    house: Wanted,
    file: Annotated[UploadFile, File(description="A CSV or text table")],
    options: Annotated[str, Form(description="ImportOptions as JSON", max_length=4000)] = "{}",
) -> rest_signals.Upload:
    try:
        wanted = rest_signals.ImportOptions.model_validate_json(options)
    except ValidationError as error:
        raise RequestValidationError([{**e, "loc": ("options", *e["loc"])} for e in error.errors()]) from error
    identity, report = await house.uploads.take(file.file, name=file.filename or "", overrides=wanted.model_dump())
    return rest_signals.Upload(id=identity, report=rest_signals.ImportReport.model_validate(report))


@router.delete("/uploads/{id}", summary="Delete what was read of a file; recordings of it stay", status_code=204)
def remove_upload(identity: Id, house: Wanted) -> None:
    house.uploads.remove(identity)


@router.post("/uploads/{id}/preview", summary="What a run on a window of a file would see and cost")
def preview(identity: Id, request: rest_signals.PreviewRequest, house: Wanted) -> rest_signals.Preview:
    return orders.preview(
        request, identity, settings=house.settings, uploads=house.uploads, measured=house.live.pool.measured
    )


@router.get("/signals", summary="Signals that can be made, with their knobs")
def signals() -> list[rest_signals.Generator]:
    return orders.generators()


@router.post("/signals/preview", summary="A generated signal")
def signal_preview(request: rest_signals.SignalPreviewRequest) -> rest_signals.SignalPreview:
    return orders.generated(request)


# --- sessions --------------------------------------------------------------------------------------------------------


@router.post("/sessions", summary="Run models over a signal: a recording that begins now", status_code=201)
async def open_session(
    request: rest_sessions.SessionRequest, asked: Request, response: Response, house: Wanted
) -> rest_sessions.SessionCreated:
    order = await asyncio.to_thread(
        orders.order, request, settings=house.settings, store=house.store, uploads=house.uploads
    )
    if not request.keep:
        await asyncio.to_thread(house.live.let_go)
    owner = callers.introduced(asked, response, house.settings)
    session = await house.live.open(order, playing=request.start == "playing", owner=owner)
    return rest_sessions.SessionCreated(id=session.id)


@router.delete("/sessions/{id}", summary="Stop a session; what it computed stays as a recording", status_code=204)
async def stop_session(identity: Id, house: Wanted) -> None:
    session = house.live.sessions.get(identity)
    if session is None:
        house.library.find(identity)  # unknown, or already over: then there is nothing to stop
        return
    session.stop()
    await asyncio.wait_for(session.finished.wait(), 10)
