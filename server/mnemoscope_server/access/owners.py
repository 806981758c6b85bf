"""Who asks. Where a server is for one machine alone, everything is theirs; elsewhere a cookie distinguishes browsers.

That is no account: it says which recordings to list and who may change one, so that nobody deletes a neighbour's run by
mistake. Whether somebody may call at all is the guard's business.
"""

import hashlib
import secrets
from typing import Protocol

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from mnemoscope_server.errors import NotPossible
from mnemoscope_server.sessions.wheel import Wheel
from mnemoscope_server.settings import Settings
from mnemoscope_server.storage.owned import is_own

KEPT_SECONDS = 400 * 24 * 3600
BEARER = "mnemoscope.bearer"
"""In the scope of a request that came with the token itself: a script of whoever started the server."""


def known(request: HTTPConnection, settings: Settings) -> str | None:
    """The caller as the index writes it; None where everybody is the owner of everything, "" for a stranger."""
    if not settings.shared:
        return None
    if request.scope.get(BEARER):
        return "bearer"
    return _cookie(request, settings)


def may_change(owner: str, connection: HTTPConnection, settings: Settings) -> bool:
    """Whether the caller may drive, stop, change and delete what `owner` began: they themselves, and whoever sends the server's token."""
    return bool(connection.scope.get(BEARER)) or is_own(owner, known(connection, settings))


class Driven(Protocol):
    """A run that goes on."""

    owner: str
    wheel: Wheel


def may_drive(run: Driven, connection: HTTPConnection, settings: Settings) -> bool:
    """Whether the caller began the run; who was given its wheel, its socket knows.

    Where everything is everybody's, because nobody but this machine's user is here, the browser that began a run drives it still: a
    second one watches. Programs (no Origin, no Sec-Fetch-Site) are the operator's, and stop what they like.
    """
    if settings.shared:
        return may_change(run.owner, connection, settings)
    return run.wheel.seat is None or not _is_browser(connection) or run.wheel.seat == _cookie(connection, settings)


def require_driver(run: Driven, connection: HTTPConnection, settings: Settings) -> None:
    """Raises NotPossible where the caller may only watch a run that goes on."""
    if not may_drive(run, connection, settings):
        raise NotPossible(
            "not-yours",
            "this run was begun in another browser and is driven from there",
            "Watch it, ask there for the wheel (Share), or begin your own.",
        )


def introduced(request: Request, response: Response, settings: Settings) -> str:
    """The caller, who gets a cookie where there is none yet; for what begins to belong to somebody."""
    caller = known(request, settings)
    return caller or "" if caller is None or caller else _stamped(request, response, settings)


def _stamped(request: Request, response: Response, settings: Settings) -> str:
    """A new browser: its cookie goes out with the response."""
    secret = secrets.token_urlsafe(16)
    response.set_cookie(
        _name(settings),
        secret,
        max_age=KEPT_SECONDS,
        path=settings.root_path + "/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return _hashed(secret)


def seated(request: Request, response: Response, settings: Settings) -> str | None:
    """The seat of a run that this caller begins, for `Wheel.seat`; a browser gets a cookie where it has none yet."""
    if settings.shared or not _is_browser(request):
        return None
    return _cookie(request, settings) or _stamped(request, response, settings)


def _is_browser(connection: HTTPConnection) -> bool:
    return "sec-fetch-site" in connection.headers or "origin" in connection.headers


def _cookie(connection: HTTPConnection, settings: Settings) -> str:
    """Which browser it is; "" for one without a cookie."""
    cookie = connection.cookies.get(_name(settings))
    return _hashed(cookie) if cookie else ""


def _name(settings: Settings) -> str:
    return f"mnemoscope-{settings.port}-me"  # cookies are shared by all ports of a host


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()[:32]
