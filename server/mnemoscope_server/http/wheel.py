"""The wheel of a live run: its owner gives it to others by a key, and takes it back."""

from fastapi import APIRouter, Request

from mnemoscope_server.access import owners
from mnemoscope_server.errors import NotPossible
from mnemoscope_server.http.depends import ERRORS, Id, ServicesDep
from mnemoscope_server.schemas.sessions import WheelGiven
from mnemoscope_server.services import Services
from mnemoscope_server.sessions.session import Session

router = APIRouter(prefix="/api", responses=ERRORS)


@router.post("/sessions/{id}/wheel", summary="Give the wheel of a live run to whoever has the key")
def give(identity: Id, request: Request, services: ServicesDep) -> WheelGiven:
    return WheelGiven(key=_own(identity, request, services).wheel.give())


@router.get("/sessions/{id}/wheel", summary="Whether the wheel is given, and the key")
def given(identity: Id, request: Request, services: ServicesDep) -> WheelGiven:
    return WheelGiven(key=_own(identity, request, services).wheel.key)


@router.delete("/sessions/{id}/wheel", summary="Take the wheel back: the key opens nothing any more", status_code=204)
def take_back(identity: Id, request: Request, services: ServicesDep) -> None:
    _own(identity, request, services).wheel.take_back()


def _own(identity: str, request: Request, services: Services) -> Session:
    """A live session of the caller. Raises UnknownRecording, and NotPossible for one that is over or another's."""
    session = services.live.sessions.get(identity)
    if session is None or not session.live:
        services.library.find(identity)
        raise NotPossible("not-live", "this run is over: there is nothing to drive", "Start a new run.")
    owners.require_driver(session, request, services.settings)
    return session
