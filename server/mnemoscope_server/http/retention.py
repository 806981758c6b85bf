"""How long signals are remembered, over HTTP: begin a measurement, follow it, stop it, record the run of one of its delays."""

import asyncio
import gzip
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from mnemoscope_server.access import owners
from mnemoscope_server.errors import NotPossible, UnknownRecording
from mnemoscope_server.http.depends import ERRORS, Client, ServicesDep
from mnemoscope_server.planning import fits, retention
from mnemoscope_server.schemas.retention import (
    DelayRecording,
    DelayRequest,
    Retention,
    RetentionCreated,
    RetentionRequest,
)
from mnemoscope_server.services import Services

router = APIRouter(prefix="/api", responses=ERRORS)

WAIT_SECONDS = 20.0
"""Longest time an answer is held back until there is news; a proxy in between waits that long."""
RECORD_SECONDS = 60.0
GZIP_LEVEL = 4

Name = Annotated[
    str, Path(alias="id", max_length=64, description="22 characters, or `standing` for the results that ship")
]


@router.post("/retention", summary="Measure how long a signal is remembered", status_code=201)
async def begin(
    request: RetentionRequest, asked_by: Request, response: Response, services: ServicesDep
) -> RetentionCreated:
    return await _begin(request, asked_by, response, services)


@router.post(
    "/retention/{id}/again", summary="Measure a question that was stopped or failed once more", status_code=201
)
async def again(name: Name, asked_by: Request, response: Response, services: ServicesDep) -> RetentionCreated:
    request = await asyncio.to_thread(services.measurements.request, name)
    return await _begin(RetentionRequest.model_validate(request), asked_by, response, services)


async def _begin(
    request: RetentionRequest, asked_by: Request, response: Response, services: ServicesDep
) -> RetentionCreated:
    own = await asyncio.to_thread(fits.own, request.models, services.fits, owners.known(asked_by, services.settings))
    asked = await asyncio.to_thread(
        retention.asked,
        request,
        settings=services.settings,
        uploads=services.uploads,
        library=services.library,
        own=own,
    )
    await services.measurements.begin(asked, owners.introduced(asked_by, response, services.settings))
    return RetentionCreated(id=asked.name)


@router.get("/retention/{id}", summary="A measurement, whole or as far as it has come", response_model=Retention)
async def read(
    name: Name,
    request: Request,
    services: ServicesDep,
    after: Annotated[int, Query(ge=-1, description="Answer when it is newer than this version, or after 20 s")] = -1,
) -> Response:
    if after >= 0:
        await services.measurements.wait(name, after=after, seconds=WAIT_SECONDS)
    caller = owners.known(request, services.settings)
    packs = "gzip" in request.headers.get("accept-encoding", "")
    body = await asyncio.to_thread(lambda: _body(services.measurements.report(name, caller), packs=packs))
    headers = {"Vary": "Accept-Encoding", "Cache-Control": "no-store"} | ({"Content-Encoding": "gzip"} if packs else {})
    return Response(body, media_type="application/json", headers=headers)


@router.post("/retention/{id}/stop", summary="Stop a measurement; what was measured stays", status_code=204)
async def stop(name: Name, request: Request, services: ServicesDep) -> None:
    await services.measurements.stop(name, owners.known(request, services.settings))


@router.delete("/retention/{id}", summary="Delete a measurement that is over", status_code=204)
def delete(name: Name, request: Request, services: ServicesDep) -> None:
    services.measurements.remove(name, owners.known(request, services.settings))


@router.post("/retention/{id}/recordings", summary="The recording of one delay; it is made where there is none yet")
async def record(
    name: Name, wanted: DelayRequest, request: Request, response: Response, services: ServicesDep, client: Client
) -> DelayRecording:
    found, window = await asyncio.to_thread(services.measurements.example, name)
    identity = retention.recording_id(name, wanted.delay)
    order, cue = await asyncio.to_thread(
        retention.recording, found, window, wanted.delay, identity=identity, path=services.store.path(identity)
    )
    session = services.live.sessions.get(identity)
    if session is None and not await asyncio.to_thread(_opens, services, identity):
        await asyncio.to_thread(services.store.require_space)
        names = [name for model in found["models"] for name in model["checkpoint"].split(",")]
        await asyncio.to_thread(fits.require_own, names, services.fits, owners.known(request, services.settings))
        owner = owners.introduced(request, response, services.settings)
        seat = owners.seated(request, response, services.settings)
        session = await services.live.open(order, playing=True, owner=owner, client=client, seat=seat)
    if session is not None:
        try:
            await asyncio.wait_for(session.finished.wait(), RECORD_SECONDS)
        except TimeoutError as error:
            raise NotPossible("worker-busy", "the run is not at its end yet", "Try again.") from error
    return DelayRecording(id=identity, cue=cue)


def _body(found: dict[str, Any], *, packs: bool) -> bytes:
    """As JSON. All figures of many models are most of a megabyte, of which packing leaves a twelfth."""
    body = Retention.model_validate(found).model_dump_json().encode()
    return gzip.compress(body, GZIP_LEVEL) if packs else body


def _opens(services: Services, identity: str) -> bool:
    try:
        services.library.find(identity)
    except UnknownRecording:
        return False
    return True
