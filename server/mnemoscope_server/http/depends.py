"""What the endpoints share: the services of the application, an id in the path, the shape of errors."""

from typing import Annotated, Any

from fastapi import Depends, Path, Request

from mnemoscope_server.schemas.base import ErrorBody
from mnemoscope_server.services import Services

ERRORS: dict[int | str, dict[str, Any]] = {"4XX": {"model": ErrorBody, "description": "What went wrong"}}


def _services(request: Request) -> Services:
    return request.app.state.services


async def _identity(
    request: Request,
    identity: Annotated[str, Path(alias="id", description="22 characters, or the name of a shipped recording")],
) -> str:
    """An id in the path. A recording of the watched folder is proved before anything is read of it."""
    services: Services = request.app.state.services
    await services.watched.prove(identity)
    return identity


Id = Annotated[str, Depends(_identity)]
ServicesDep = Annotated[Services, Depends(_services)]
