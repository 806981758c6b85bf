"""Who may come in where a server asks for its token: once in an address, a cookie from then on, or a header for scripts.

A link to a recording is a secret of its own. Reading that recording, and watching it while it is made, needs no token,
or no link could be handed on; nothing can be listed, begun, driven, changed or deleted that way.
"""

import hashlib
import re
import secrets
from urllib.parse import parse_qsl, quote, urlencode

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Message, Scope, Send

from mnemoscope_server.access.feeding import FeedKeys
from mnemoscope_server.access.guesses import Guesses
from mnemoscope_server.access.owners import BEARER
from mnemoscope_server.problems import MACHINES, problem

GUEST = "mnemoscope.guest"
"""In the scope of a request that only a recording's link allows."""
KEPT_SECONDS = 30 * 24 * 3600
HEALTH = ("/healthz", "/readyz")
BY_LINK = re.compile(
    r"/(?:s|embed|assets|ws)/[^/]+|/api/recordings/[^/]+(?:/chunks/[^/]+|/file|/export\.html|/picture\.png|/verdict)?"
)
ASKING = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mnemoscope</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="dark light"><style>
body{font:16px/1.5 system-ui;max-width:34em;margin:4em auto;padding:0 1em}input,button{font:inherit;padding:.3em .6em}
</style></head><body><h1>This server asks for its token</h1>
<p>Open the address that it printed when it started: the token stands at its end. Or put the token in here.</p>
<form method="get"><label>Token <input name="token" type="password" autocomplete="off" required></label>
<button>Enter</button></form></body></html>"""


def address(scope: Scope) -> str:
    """Where a request comes from; a proxy on this machine says it."""
    return (scope.get("client") or ("",))[0]


class TokenCheck:
    """The door of one server."""

    def __init__(self, token: str, *, cookie: str) -> None:
        self._token = token.encode()
        self._cookie = cookie
        self._feed_keys = FeedKeys(token)
        self._ticket = hashlib.sha256(b"mnemoscope ticket " + self._token).hexdigest()
        self.guesses = Guesses()

    def refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """None = come in; the scope then says how. Otherwise the answer: another address, or that a token is wanted."""
        root = scope.get("root_path", "")
        path = scope["path"].removeprefix(root)
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = [value for name, value in query if name == "token"]
        if given and scope["type"] == "http" and scope["method"] == "GET" and self._right(given[-1]):
            rest = urlencode([(name, value) for name, value in query if name != "token"])
            return self._stamped(scope, root, path, rest)
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and self._right(token.strip()):
            scope[BEARER] = True
            return None
        if kind.lower() == "bearer" and self._feed_keys.opens(path, token.strip()):
            return None
        ticket = cookie_parser(headers.get("cookie", "")).get(self._cookie, "")
        if secrets.compare_digest(ticket.encode(), self._ticket.encode()) or path in HEALTH:
            return None
        if seconds := self.guesses.wait(address(scope)):
            message = "too many wrong tokens or unknown recordings were asked for from this address"
            return problem(
                429, "too-many-guesses", message, hint="Try again later.", headers={"Retry-After": str(seconds)}
            )
        if kind.lower() == "bearer" or not all(self._right(value) for value in given):
            self.guesses.miss(address(scope))
        reading = scope["type"] == "websocket" or scope["method"] == "GET"
        if reading and BY_LINK.fullmatch(path):
            scope[GUEST] = True
            return None
        if scope["type"] == "http" and scope["method"] == "GET" and not path.startswith(MACHINES):
            return HTMLResponse(ASKING, 401, headers={"Cache-Control": "no-store"})
        hint = "Open the address it printed when it started, or send the token as `Authorization: Bearer …`."
        return problem(
            401, "token-required", "this server asks for its token", hint=hint, headers={"WWW-Authenticate": "Bearer"}
        )

    def counting(self, scope: Scope, send: Send) -> Send:
        """`send` for a guest: a recording that there is not is a guess."""

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 404:
                self.guesses.miss(address(scope))
            await send(message)

        return counted

    def _right(self, token: str) -> bool:
        return secrets.compare_digest(token.encode(), self._token)

    def _stamped(self, scope: Scope, root: str, path: str, rest: str) -> Response:
        """The same address without the token, and a cookie in its place: no history and no referrer keeps the token."""
        place = quote(root + "/" + path.lstrip("/\\"))  # two slashes would lead to another server
        answer = RedirectResponse(place + (f"?{rest}" if rest else ""), 303, headers={"Cache-Control": "no-store"})
        answer.set_cookie(
            self._cookie, self._ticket, max_age=KEPT_SECONDS, path=root + "/", secure=scope["scheme"] == "https",
            httponly=True, samesite="lax",
        )  # fmt: skip
        return answer
