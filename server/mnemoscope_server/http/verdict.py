"""The verdict of a recording over HTTP. It is reached once, in a worker, and then lies beside the recording."""

import asyncio
import logging
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from mnemoscope.reading import verdicts
from mnemoscope.running.other_signals import elsewhere
from mnemoscope_server.access.token import GUEST
from mnemoscope_server.errors import BlobTrouble, NotPossible
from mnemoscope_server.http.depends import ERRORS, Id, ServicesDep
from mnemoscope_server.schemas.verdict import Verdict
from mnemoscope_server.services import Services
from mnemoscope_server.storage.store import new_id
from mnemoscope_server.workers.protocol import Judge

router = APIRouter(prefix="/api", responses=ERRORS)
log = logging.getLogger("mnemoscope.verdict")


@router.get("/recordings/{id}/verdict", summary="Which model answered best, and why", response_model=Verdict)
async def verdict(identity: Id, request: Request, services: ServicesDep) -> Response:
    found = await reached(identity, services, guest=bool(request.scope.get(GUEST)))
    found = found | {"elsewhere": await asyncio.to_thread(_elsewhere, identity, services, found)}
    return JSONResponse(found, headers={"Cache-Control": "no-cache"})


async def reached(identity: str, services: Services, *, guest: bool = False) -> dict[str, Any]:
    """The verdict, from beside the recording or from a worker, which a guest has not the say over.

    Raises UnknownRecording, NotPossible; BlobTrouble where a guest asks, and nobody knows whether another server has reached it.
    """
    if identity in services.live.sessions:
        raise NotPossible(
            "still-live", "this run goes on; its verdict is reached when it has ended", "Ask again when it has ended."
        )
    found = await asyncio.to_thread(_known, identity, services, guest=guest)
    if found is not None:
        return found
    if guest:
        raise NotPossible(
            "no-verdict",
            "none has been reached yet, and a link alone has nothing computed",
            "Open it with the server's token.",
        )

    async def ask() -> dict[str, Any]:
        path = await asyncio.to_thread(services.library.find, identity)
        made = await services.live.ask(Judge(new_id(), path))
        ours = not (services.watched.has(identity) or services.library.shipped(identity))
        if ours:  # what is watched or ships lies in folders of somebody else
            await asyncio.to_thread(_keep, identity, services, made)
        return made

    return await services.answers.get(("verdict", identity), ask)


def _elsewhere(identity: str, services: Services, found: dict[str, Any]) -> dict[str, Any] | None:
    with services.library.opened(identity) as recording:
        return elsewhere(found, recording.manifest)


def _known(identity: str, services: Services, *, guest: bool) -> dict[str, Any] | None:
    path = services.library.find(identity)
    with services.library.opened(identity) as recording:
        if not recording.finished:
            raise NotPossible(
                "still-live", "this recording has no end yet, so there is no verdict", "Ask again when it has ended."
            )
        manifest = recording.manifest
    if services.watched.has(identity):
        return None
    if services.library.shipped(identity):
        return verdicts.known(path, manifest)
    try:
        return services.store.verdict(identity, manifest)
    except (OSError, BlobTrouble) as error:
        if guest:
            raise
        log.warning(
            "whether the verdict of %s is in the bucket cannot be seen, it is reached again: %s", identity, error
        )
        return None


def _keep(identity: str, services: Services, made: dict[str, Any]) -> None:
    """A folder that is full or read-only costs only the time to reach it again."""
    try:
        with services.library.opened(identity) as recording:
            services.store.keep_verdict(identity, recording.manifest, made)
    except OSError as error:
        log.warning("the verdict of %s cannot be kept: %s", identity, error)
