"""The wheel of a live run: its owner gives it to others by a key, and takes it back."""

import asyncio

from fastapi import APIRouter, Request

from mnemoscope_server.access import owners
from mnemoscope_server.errors import NotPossible
from mnemoscope_server.http.depends import ERRORS, Id, ServicesDep
from mnemoscope_server.schemas.sessions import WheelGiven
from mnemoscope_server.services import Services
from mnemoscope_server.sessions.session import Session

router = APIRouter(prefix="/api", responses=ERRORS)


@router.post("/sessions/{id}/wheel", summary="Give the wheel of a live run to whoever has the key")
async def give(identity: Id, request: Request, services: ServicesDep) -> WheelGiven:
    session = await _own(identity, request, services)
    await services.live.others.turn_wheel(session, given=True)
    return WheelGiven(key=session.wheel.key)


@router.get("/sessions/{id}/wheel", summary="Whether the wheel is given, and the key")
async def given(identity: Id, request: Request, services: ServicesDep) -> WheelGiven:
    session = await _own(identity, request, services)
    await services.live.others.see_wheel(session)
    return WheelGiven(key=session.wheel.key)


@router.delete("/sessions/{id}/wheel", summary="Take the wheel back: the key opens nothing any more", status_code=204)
async def take_back(identity: Id, request: Request, services: ServicesDep) -> None:
    await services.live.others.turn_wheel(await _own(identity, request, services), given=False)


async def _own(identity: str, request: Request, services: Services) -> Session:
    """A live session of the caller. Raises UnknownRecording, and NotPossible for one that is over or another's."""
    session = services.live.sessions.get(identity)
    if session is None or not session.live:
        await asyncio.to_thread(services.library.find, identity)
        raise NotPossible("not-live", "this run is over: there is nothing to drive", "Start a new run.")
    owners.require_driver(session, request, services.settings)
    return session
