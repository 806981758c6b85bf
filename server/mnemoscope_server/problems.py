"""Every error as `{"error": {code, message, where, cure, retry}}` with a fitting status: made here and nowhere else."""

import errno
import logging
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from mnemoscope import errors
from mnemoscope_server.errors import (
    DiskFull,
    IllegalMove,
    NotPossible,
    StorageTrouble,
    TooMuch,
    UnknownFit,
    UnknownMeasurement,
    UnknownRecording,
    UnknownUpload,
    is_full,
)
from mnemoscope_server.observing.logs import route_of

log = logging.getLogger("mnemoscope.api")

NOT_POSSIBLE = {
    "too-many-sessions": 429, "no-workers": 503, "worker-busy": 503, "worker-failed": 503, "not-yours": 403,
    "too-many-of-yours": 429, "too-much": 429, "no-room": 507, "too-many-fits": 429, "too-many-measurements": 429, "still-live": 409, "no-verdict": 409, "list-changed": 409, "still-stopping": 409, "not-kept": 409,
    "queue-full": 429, "source-ended": 409, "no-live-source": 409, "fed-elsewhere": 421, "read-only": 403,
}  # fmt: skip
LIBRARY: dict[type[errors.MnemoscopeError], tuple[int, str, str]] = {
    errors.ImportFileError: (422, "import-failed", "Choose another file."),
    errors.SignalError: (422, "bad-signal", "Change the window, the rate or the parameters."),
    errors.UnknownModel: (422, "unknown-model", "GET /api/models lists them."),
    errors.UnknownTask: (422, "bad-task", "Choose another task or other options."),
    errors.CheckpointError: (422, "bad-checkpoint", "Train the model again, or choose another."),
    errors.UnsupportedVersion: (422, "unsupported-version", "Install a newer version of mnemoscope."),
    errors.CorruptRecording: (422, "corrupt-recording", "`mnemoscope verify FILE` reports how much of it is sound."),
    errors.RecordingError: (422, "bad-recording", "Choose another stretch of steps, or another recording."),
}


def problem(
    status: int,
    code: str,
    message: str,
    *,
    where: str | None = None,
    hint: str | None = None,
    retry: errors.Retry | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """An answer that is an error."""
    offer = retry and {"label": retry.label, "options": retry.options}
    body = {"error": {"code": code, "message": message, "where": where, "cure": hint, "retry": offer}}
    return JSONResponse(body, status, headers={"Cache-Control": "no-store", **(headers or {})})


def of_library(error: errors.MnemoscopeError) -> JSONResponse:
    """Errors of the library, by the nearest class of the table."""
    for kind in type(error).__mro__:
        if kind in LIBRARY:
            status, code, hint = LIBRARY[kind]
            break
    else:
        status, code, hint = 422, "failed", "See the message."
    if isinstance(error, errors.ImportFileError):
        return problem(status, code, error.message, where=error.where, hint=error.hint or hint, retry=error.retry)
    return problem(status, code, str(error), hint=hint)


UNWRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO)

MACHINES = ("/api/", "/ws/", "/assets/")
"""Below these nobody looks at a page."""


def install(app: FastAPI, *, missing_page: Callable[[Request], Response]) -> None:
    """Hand every exception of the services to its answer; an unknown address that a person may have typed to a page."""

    async def library(request: Request, error: Any) -> Response:
        return await disk_full(request, error) if is_full(error) else of_library(error)

    async def unknown_recording(request: Request, error: Any) -> Response:
        return problem(error.STATUS, error.CODE, str(error), hint=error.CURE)

    async def unknown_measurement(request: Request, error: Any) -> Response:
        return problem(
            404, "unknown-measurement", str(error), hint="Measure again: the same question has the same link."
        )

    async def unknown_upload(request: Request, error: Any) -> Response:
        return problem(404, "unknown-upload", str(error), hint="Upload the file again.")

    async def unknown_fit(request: Request, error: Any) -> Response:
        return problem(404, "unknown-fit", str(error), hint="Fit the model again.")

    async def disk_full(request: Request, error: Any) -> Response:
        return problem(507, "disk-full", str(error), hint="Delete recordings you no longer need, or free the disk.")

    async def storage_trouble(request: Request, error: Any) -> Response:
        log.warning("%s %s: %s", request.method, route_of(request.scope), error)
        headers = {"Retry-After": str(error.RETRY_SECONDS)}
        hint = "Try again in a few seconds. The recordings themselves are not touched."
        return problem(503, error.CODE, str(error), hint=hint, headers=headers)

    async def file_trouble(request: Request, error: Any) -> Response:
        if is_full(error):
            return await disk_full(request, f"the disk is full ({error.strerror})")
        if error.errno in UNWRITABLE:
            log.warning("%s %s: %s", request.method, route_of(request.scope), error)
            message = f"the data folder cannot be written: {error.strerror}"
            return problem(503, "data-folder", message, hint="Whoever runs this server sees the file in its log.")
        return await bug(request, error)

    async def not_possible(request: Request, error: Any) -> Response:
        headers = {"Retry-After": str(error.RETRY_SECONDS)} if error.RETRY_SECONDS else {}
        if isinstance(error, TooMuch) and error.place:
            headers |= {"Queue-Place": str(error.place), "Queue-Ticket": error.ticket}
        return problem(NOT_POSSIBLE.get(error.code, 422), error.code, str(error), hint=error.hint, headers=headers)

    async def illegal_move(request: Request, error: Any) -> Response:
        return problem(409, "illegal-move", str(error), hint=error.hint)

    async def bad_request(request: Request, error: Any) -> Response:
        return problem(422, "bad-request", *_first(error.errors()), hint="See /api/docs.")

    async def http(request: Request, error: Any) -> Response:
        if error.status_code == 413:
            return too_large(request.app.state.settings.upload_bytes)
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        if error.status_code == 404 and request.method in ("GET", "HEAD") and not path.startswith(MACHINES):
            return missing_page(request)
        codes = {400: "bad-request", 404: "not-found", 405: "method-not-allowed"}
        message = str(error.detail) if error.status_code != 404 else f"there is nothing at {request.url.path[:200]}"
        return problem(
            error.status_code, codes.get(error.status_code, "failed"), message, hint="See /api/docs.",
            headers=dict(error.headers or {}),
        )  # fmt: skip

    async def bug(request: Request, error: Any) -> Response:
        log.exception("a bug, answering %s %s", request.method, route_of(request.scope), exc_info=error)
        return problem(500, "bug", "the server hit a bug", hint="Its log has the details; please report it.")

    app.add_exception_handler(errors.MnemoscopeError, library)
    app.add_exception_handler(UnknownRecording, unknown_recording)
    app.add_exception_handler(UnknownMeasurement, unknown_measurement)
    app.add_exception_handler(UnknownUpload, unknown_upload)
    app.add_exception_handler(UnknownFit, unknown_fit)
    app.add_exception_handler(DiskFull, disk_full)
    app.add_exception_handler(StorageTrouble, storage_trouble)
    app.add_exception_handler(OSError, file_trouble)
    app.add_exception_handler(NotPossible, not_possible)
    app.add_exception_handler(IllegalMove, illegal_move)
    app.add_exception_handler(RequestValidationError, bad_request)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, bug)


def too_large(limit: int) -> JSONResponse:
    """413, with a way out."""
    return problem(
        413,
        "too-large",
        f"the request is larger than the {limit >> 20} MB this server takes",
        hint="Cut the file to the part and the columns you need, or start the server with a larger "
        "MNEMOSCOPE_UPLOAD_BYTES.",
        headers={"Connection": "close"},
    )


def _first(found: Any) -> tuple[str, ...]:
    """Message and place of the first thing that is wrong with a request."""
    first = found[0]
    place = ".".join(str(part) for part in first["loc"] if part != "body")
    return (f"{place or 'the request'}: {first['msg']}",)
