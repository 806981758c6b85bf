"""Sessions over HTTP: begin a run, stop it."""

import asyncio
import logging
from typing import Annotated

from fastapi import APIRouter, Header, Request
from starlette.responses import Response

from mnemoscope_server.access import owners
from mnemoscope_server.errors import NotPossible
from mnemoscope_server.http.depends import ERRORS, Client, Id, ServicesDep, require_allowance, require_room
from mnemoscope_server.planning import fits, runs
from mnemoscope_server.schemas.base import ErrorBody
from mnemoscope_server.schemas.sessions import SessionCreated, SessionRequest

log = logging.getLogger("mnemoscope.api")


router = APIRouter(prefix="/api", responses=ERRORS)


QUEUE = {
    "Retry-After": {"description": "Seconds after which to ask again", "schema": {"type": "integer"}},
    "Queue-Place": {"description": "Place in the queue, 1 = the next", "schema": {"type": "integer"}},
    "Queue-Ticket": {"description": "To be sent when asking again: it keeps the place", "schema": {"type": "string"}},
}


@router.post(
    "/sessions",
    summary="Run models over a signal: a recording that begins now",
    status_code=201,
    responses={429: {"model": ErrorBody, "description": "There is no place now", "headers": QUEUE}},
)
async def open_session(
    request: SessionRequest,
    asked: Request,
    response: Response,
    services: ServicesDep,
    client: Client,
    queue_ticket: Annotated[str | None, Header(max_length=64, description="Of an answer 429")] = None,
) -> SessionCreated:
    services.live.require_place(client, queue_ticket)  # before it costs anything
    own = await asyncio.to_thread(fits.own, request.models, services.fits, owners.known(asked, services.settings))
    order = await asyncio.to_thread(
        runs.order, request, settings=services.settings, store=services.store, uploads=services.uploads, own=own
    )
    if not request.keep:
        await asyncio.to_thread(services.live.remove_expired)
    owner = owners.introduced(asked, response, services.settings)
    await asyncio.to_thread(require_room, owner, services)
    grace = request.signal.grace_seconds if request.signal.kind == "live" else None
    require_allowance(services.steps, client, order.episode.steps * len(order.models), "runs")
    seat = owners.seated(asked, response, services.settings)
    session = await services.live.open(
        order,
        playing=request.start == "playing",
        owner=owner,
        client=client,
        seat=seat,
        grace=grace,
        ticket=queue_ticket,
    )
    return SessionCreated(id=session.id)


@router.delete("/sessions/{id}", summary="Stop a session; what it computed stays as a recording", status_code=204)
async def stop_session(identity: Id, request: Request, services: ServicesDep) -> None:
    session = services.live.sessions.get(identity)
    if session is None and services.watched.growing(identity):
        raise NotPossible(
            "read-only", "this run is recorded by another program", "Its end is decided where it is recorded."
        )
    if session is None:
        await asyncio.to_thread(
            services.library.find, identity
        )  # unknown, or already over: then there is nothing to stop
        return
    owners.require_driver(session, request, services.settings)
    await services.live.end(session)
