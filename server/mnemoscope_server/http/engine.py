"""A recorded model as a module that a page runs by itself, over HTTP."""

import asyncio
import contextlib
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from mnemoscope.errors import MnemoscopeError
from mnemoscope_server.access import owners
from mnemoscope_server.access.token import GUEST
from mnemoscope_server.errors import NotPossible, UnknownFit
from mnemoscope_server.http.depends import ERRORS, Id, ServicesDep
from mnemoscope_server.services import Services
from mnemoscope_server.storage.store import new_id
from mnemoscope_server.workers.protocol import Pack

router = APIRouter(prefix="/api", responses=ERRORS)


@router.get(
    "/recordings/{id}/engine/{stream}",
    summary="A model of the recording as WebAssembly with its weights, before its first step",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}},
)
async def engine(
    request: Request,
    identity: Id,
    stream: Annotated[int, Path(ge=0, lt=1000, description="Index of the model in the manifest")],
    services: ServicesDep,
) -> Response:
    manifest = await asyncio.to_thread(_manifest, services, identity)
    if stream >= len(manifest["models"]):
        message = f"there are {len(manifest['models'])} models, got stream {stream}"
        raise NotPossible("no-stream", message, "Streams count from 0.")
    package = await _package(request, identity, services, manifest, stream)
    return Response(package, media_type="application/octet-stream")


async def packed(request: Request, identity: str, services: Services) -> dict[int, bytes]:
    """The engines of those models of a recording that have one which the caller may have."""
    manifest = await asyncio.to_thread(_manifest, services, identity)
    found: dict[int, bytes] = {}
    for stream in range(len(manifest["models"])):
        with contextlib.suppress(NotPossible, UnknownFit, MnemoscopeError):
            found[stream] = await _package(request, identity, services, manifest, stream)
    return found


def _manifest(services: Services, identity: str) -> dict[str, Any]:
    with services.library.opened(identity) as recording:
        return recording.manifest


async def _package(request: Request, identity: str, services: Services, manifest: dict[str, Any], stream: int) -> bytes:
    """Raises NotPossible, and UnknownFit: a link shows what a model did, but the weights of a fitted one are its owner's."""
    checkpoint: dict[str, Any] = manifest["models"][stream].get("checkpoint") or {}
    name = checkpoint.get("name", "")
    if request.scope.get(GUEST):
        raise NotPossible(
            "no-engine", "a link alone does not hand out a model's weights", "Open it with the server's token."
        )
    if await asyncio.to_thread(services.fits.has, name):
        await asyncio.to_thread(services.fits.facts, name, owners.known(request, services.settings))

    async def ask() -> dict[str, Any]:
        return await services.live.ask(Pack(new_id(), manifest, stream))

    return (await services.packages.get((identity, stream), ask))["package"]
