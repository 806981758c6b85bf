"""Signals over HTTP: files that users bring, and generated ones."""

import logging
from collections.abc import AsyncGenerator
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Path, Request, UploadFile
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError
from starlette.responses import FileResponse, Response

from mnemoscope.errors import SignalError
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.shipped import SHIPPED
from mnemoscope_server.access import owners
from mnemoscope_server.errors import NotPossible
from mnemoscope_server.http.connected import while_connected
from mnemoscope_server.http.depends import ERRORS, Client, Id, ServicesDep, require_allowance
from mnemoscope_server.planning import fits, runs, suggestions
from mnemoscope_server.schemas.signals import (
    FileFormat,
    Generator,
    ImportReport,
    MadeQuestion,
    Preview,
    PreviewRequest,
    ReadingProgress,
    ShippedSeries,
    SignalPreview,
    SignalPreviewRequest,
    Suggestion,
    Upload,
    WindowQuestion,
)

log = logging.getLogger("mnemoscope.api")


IMPORT_OPTIONS = TypeAdapter(ImportOptions)
WATCH_PATTERN = r"^[A-Za-z0-9_-]{16,64}$"
MAX_FILES = 32
"""Files that may make one record."""

router = APIRouter(prefix="/api", responses=ERRORS)


async def _next_reader(services: ServicesDep) -> AsyncGenerator[None]:
    """Whoever asks for this may bring a file next: once it is answered, what reads files is started ahead."""
    try:
        yield
    finally:
        services.uploads.reader.expect()


READS = [Depends(_next_reader)]


@router.post("/uploads", summary="Bring a file, or the files of one record", status_code=201, dependencies=READS)
async def upload(
    request: Request,
    response: Response,
    services: ServicesDep,
    client: Client,
    file: Annotated[
        list[UploadFile],
        File(
            description="A file of a format of GET /api/formats; of a WFDB record header, samples and annotations",
            max_length=MAX_FILES,
        ),
    ],
    options: Annotated[str, Form(description="ImportOptions as JSON", max_length=4000)] = "{}",
    watch: Annotated[
        str | None,
        Form(description="A name made up for this reading, to ask how far it is", pattern=WATCH_PATTERN),
    ] = None,
) -> Upload:
    try:
        wanted = IMPORT_OPTIONS.validate_json(options)
    except ValidationError as error:
        raise RequestValidationError([{**e, "loc": ("options", *e["loc"])} for e in error.errors()]) from error
    files = [(part.filename or "", part.file) for part in file]
    require_allowance(services.uploaded, client, sum(part.size or 0 for part in file), "uploads")
    owner = owners.introduced(request, response, services.settings)
    taking = services.uploads.take(files, options=wanted, watch=watch, owner=owner)
    identity, report = await while_connected(request, taking)
    return Upload(id=identity, report=ImportReport.model_validate(report))


@router.get("/uploads/progress/{watch}", summary="How far a file is that is being read")
def progress(watch: Annotated[str, Path(pattern=WATCH_PATTERN)], services: ServicesDep) -> ReadingProgress:
    known = services.uploads.progress(watch)
    return ReadingProgress(reading=known is not None, **(known or {"rows": 0, "bytes": 0}))


@router.post(
    "/uploads/{id}/readings",
    summary="Read a file that was brought by other options",
    status_code=201,
    dependencies=READS,
)
async def read_again(
    identity: Id, options: ImportOptions, request: Request, response: Response, services: ServicesDep
) -> Upload:
    """Makes an upload of its own; the one that it was made from stays as it is."""
    owner = owners.introduced(request, response, services.settings)
    made, report = await while_connected(request, services.uploads.again(identity, options, owner=owner))
    return Upload(id=made, report=ImportReport.model_validate(report))


@router.delete("/uploads/{id}", summary="Delete a file and what was read of it; recordings of it stay", status_code=204)
def remove_upload(identity: Id, request: Request, services: ServicesDep) -> None:
    if not owners.may_change(services.uploads.owner(identity), request, services.settings):
        raise NotPossible(
            "not-yours", "this file was brought in another browser", "It goes by itself after some hours."
        )
    services.uploads.remove(identity)


@router.post("/uploads/{id}/preview", summary="What a run on a window of a file would see and cost")
def preview(identity: Id, request: PreviewRequest, asked: Request, services: ServicesDep) -> Preview:
    return runs.preview(
        request,
        identity,
        settings=services.settings,
        uploads=services.uploads,
        measured=services.live.pool.measured,
        own=fits.own(request.models, services.fits, owners.known(asked, services.settings)),
    )


@router.get("/formats", summary="Kinds of files that can be brought", dependencies=READS)
def formats() -> list[FileFormat]:
    from mnemoscope.signals.importers.protocol import IMPORTERS  # readers of files: none is needed to start

    return [
        FileFormat(
            name=importer.name,
            label=importer.label,
            extensions=list(importer.suffixes),
            available=importer.available,
            install=importer.install,
            several=importer.same_name,
        )
        for importer in IMPORTERS
    ]


@router.post("/uploads/{id}/suggestion", summary="Which part of a file to look at first")
def window(identity: Id, request: WindowQuestion, services: ServicesDep) -> Suggestion:
    return suggestions.of_upload(request, identity, uploads=services.uploads)


@router.get("/signals/files", summary="Measured series that come with the program")
def shipped() -> list[ShippedSeries]:
    return [
        ShippedSeries(name=entry.name, title=entry.title, description=entry.says, source=entry.source)
        for entry in SHIPPED.values()
    ]


@router.get("/signals/files/{name}", summary="One of those, as a file", response_class=FileResponse)
def shipped_file(name: str) -> FileResponse:
    if name not in SHIPPED:
        raise SignalError(f"no series {name!r} comes with the program; there are {', '.join(SHIPPED)}")
    path = SHIPPED[name].path
    return FileResponse(path, media_type="text/csv", filename=path.name)


@router.get("/signals", summary="Signals that can be made, with their knobs")
def signals() -> list[Generator]:
    return runs.generators()


@router.post("/signals/suggestion", summary="How long to run a generated signal, and with what options")
def length(request: MadeQuestion, services: ServicesDep) -> Suggestion:
    return suggestions.of_generator(request, settings=services.settings)


@router.post("/signals/preview", summary="A generated signal")
def signal_preview(request: SignalPreviewRequest) -> SignalPreview:
    return runs.generated(request)
