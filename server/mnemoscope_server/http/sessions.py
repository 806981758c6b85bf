"""Sessions over HTTP: begin a run, stop it."""

import asyncio
import logging

from fastapi import APIRouter, Request
from starlette.responses import Response

from mnemoscope_server.access import owners
from mnemoscope_server.errors import NotPossible
from mnemoscope_server.http.depends import ERRORS, Id, ServicesDep
from mnemoscope_server.planning import fits, runs
from mnemoscope_server.schemas.sessions import SessionCreated, SessionRequest

log = logging.getLogger("mnemoscope.api")


router = APIRouter(prefix="/api", responses=ERRORS)


@router.post("/sessions", summary="Run models over a signal: a recording that begins now", status_code=201)
async def open_session(
    request: SessionRequest, asked: Request, response: Response, services: ServicesDep
) -> SessionCreated:
    own = await asyncio.to_thread(fits.own, request.models, services.fits, owners.known(asked, services.settings))
    order = await asyncio.to_thread(
        runs.order, request, settings=services.settings, store=services.store, uploads=services.uploads, own=own
    )
    if not request.keep:
        await asyncio.to_thread(services.live.remove_expired)
    owner = owners.introduced(asked, response, services.settings)
    grace = request.signal.grace_seconds if request.signal.kind == "live" else None
    session = await services.live.open(order, playing=request.start == "playing", owner=owner, grace=grace)
    return SessionCreated(id=session.id)


@router.delete("/sessions/{id}", summary="Stop a session; what it computed stays as a recording", status_code=204)
async def stop_session(identity: Id, request: Request, services: ServicesDep) -> None:
    session = services.live.sessions.get(identity)
    if session is None and services.watched.growing(identity):
        raise NotPossible(
            "read-only", "this run is recorded by another program", "Its end is decided where it is recorded."
        )
    if session is None:
        services.library.find(identity)  # unknown, or already over: then there is nothing to stop
        return
    owners.require_driver(session.owner, request, services.settings)
    await services.live.end(session)
