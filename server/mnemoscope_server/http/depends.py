"""What the endpoints share: the services of the application, an id in the path, the shape of errors."""

from typing import Annotated, Any

from fastapi import Depends, Path, Request

from mnemoscope_server.access.clients import Allowance, client_of
from mnemoscope_server.access.token import address
from mnemoscope_server.errors import NotPossible, TooMuch
from mnemoscope_server.schemas.base import ErrorBody
from mnemoscope_server.services import Services

ERRORS: dict[int | str, dict[str, Any]] = {"4XX": {"model": ErrorBody, "description": "What went wrong"}}


def _services(request: Request) -> Services:
    return request.app.state.services


async def _identity(
    request: Request,
    identity: Annotated[str, Path(alias="id", description="22 characters, or the name of a shipped recording")],
) -> str:
    """An id in the path. A recording of the watched folder is proved before anything is read of it, a run of another server is met."""
    services: Services = request.app.state.services
    await services.watched.prove(identity)
    await services.live.others.meet(identity)
    return identity


async def _client(request: Request) -> str:
    """Whose places and allowances a request takes; "" = this machine's."""
    return client_of(address(request.scope))


def require_allowance(allowance: Allowance, client: str, cost: float, what: str) -> None:
    """Raises TooMuch where a client has used up what there is of something."""
    if seconds := allowance.take(client, cost):
        raise TooMuch(
            "too-much",
            f"{what} from your address have used up what one may have in an hour",
            f"There is some again in {max(1, round(seconds / 60))} min.",
            seconds=seconds,
        )


def require_room(owner: str, services: Services) -> None:
    """Raises NotPossible where an owner's recordings take all that one may have; whoever sits at this machine has no limit."""
    most = services.settings.owner_bytes
    if most is not None and owner and (taken := services.store.taken_by(owner)) >= most:
        raise NotPossible(
            "no-room",
            f"your recordings take {taken >> 20} MB, and those of one owner may take {most >> 20} MB",
            "Delete some that you no longer need.",
        )


Client = Annotated[str, Depends(_client)]
Id = Annotated[str, Depends(_identity)]
ServicesDep = Annotated[Services, Depends(_services)]
