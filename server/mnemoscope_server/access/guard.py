"""One pure ASGI layer around everything, sockets included: who may call, from which page, and what a page may do.

HTTP middleware never sees websockets, so a guard written as one leaves them open. Checked before anything is accepted:

- `Host` must be a name of this server, or an address: a page of another site whose name was pointed here (DNS
  rebinding) brings its own name along.
- What a proxy has passed on is refused where no token is asked for, unless that was typed out (`--no-token`).
- `Origin`, where a browser sends one with a socket or an unsafe method, must be this server; `null` never is.
- The token, where this server asks for one (token.py).
"""

import base64
import hashlib
import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mnemoscope_server.access.clients import Allowance, client_of
from mnemoscope_server.access.feeding import PATH as SAMPLES
from mnemoscope_server.access.token import GUEST, TokenCheck, address
from mnemoscope_server.problems import problem, too_large

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
FORWARDING = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
"""Headers of what a proxy passes on."""
SAFE = ("GET", "HEAD", "OPTIONS")
DEFAULT_PORT = {"http": 80, "ws": 80, "https": 443, "wss": 443}
LINKED = re.compile(r"/api/recordings/[^/]+(?:/chunks/[^/]+)?")
DRAIN_BYTES = 1 << 30
_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)


class Guard:
    """Wrap an application."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        host: str,
        allowed_hosts: Iterable[str],
        upload_bytes: int,
        token_check: TokenCheck | None = None,
        here_alone: bool = False,
        requests: Allowance | None = None,
    ) -> None:
        """here_alone: refuse what a proxy forwards. requests: how many that change something one address may send.

        host: the address listened on. Unless that is loopback, any address literal is a good Host: only names can be pointed somewhere
        else by a stranger.
        """
        self.app, self.upload_bytes, self.token_check, self.here_alone = app, upload_bytes, token_check, here_alone
        self.requests = requests
        self.names = {name.lower() for name in (*LOOPBACK, host, f"[{host}]", *allowed_hosts)}
        self.any_address = host not in ("localhost", "127.0.0.1", "::1")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._host(headers) or self._forwarded(headers) or self._origin(scope, headers)
        if refusal is not None:
            status, code, message, hint = refusal
            answer: Response | None = problem(status, code, message, hint=hint)
        else:
            answer = (self.token_check and self.token_check.refusal(scope, headers)) or self._too_many(scope)
        if answer is None:
            dressed: Send = _Dressed(scope, receive, send, self.upload_bytes)
            if self.token_check is not None and scope.get(GUEST):
                dressed = self.token_check.counting(scope, dressed)
            await self.app(scope, receive, dressed)
        elif scope["type"] == "http":
            await answer(scope, receive, _Dressed(scope, receive, send, self.upload_bytes))
        else:
            await receive()  # websocket.connect
            start = {"type": "websocket.http.response.start", "status": answer.status_code}
            await send(start | {"headers": answer.raw_headers})
            await send({"type": "websocket.http.response.body", "body": answer.body})

    def _too_many(self, scope: Scope) -> Response | None:
        """What begins or changes something costs; samples of a live source have a queue of their own."""
        if (
            self.requests is None
            or scope["type"] != "http"
            or scope["method"] in SAFE
            or SAMPLES.fullmatch(_path(scope))
        ):
            return None
        seconds = self.requests.take(client_of(address(scope)))
        if not seconds:
            return None
        message = f"more than {self.requests.amount:.0f} requests a minute came from your address"
        return problem(429, "too-much", message, hint="Ask less often.", headers={"Retry-After": str(seconds)})

    def _host(self, headers: Headers) -> tuple[int, str, str, str] | None:
        host = headers.get("host", "").lower()
        name = re.sub(r":\d+$", "", host)
        if name in self.names or (self.any_address and _is_address(name)):
            return None
        hint = "Open this server by one of its names, or add the name to MNEMOSCOPE_ALLOWED_HOSTS."
        return 400, "forbidden-host", f"this server is not called {host[:200]!r}", hint

    def _forwarded(self, headers: Headers) -> tuple[int, str, str, str] | None:
        """Who a proxy speaks for is not known, so a server that asks nobody for a token does not listen to one."""
        if not self.here_alone or not any(name in headers for name in FORWARDING):
            return None
        hint = (
            "Name the hosts that it may be called by in MNEMOSCOPE_ALLOWED_HOSTS: the token is then asked for. "
            "Or start it with --no-token."
        )
        return 403, "forwarded", "this server is for this machine alone, and a proxy passed the request on", hint

    def _origin(self, scope: Scope, headers: Headers) -> tuple[int, str, str, str] | None:
        if scope["type"] == "http" and scope["method"] in SAFE:
            return None
        hint = "Use the page of this server itself."
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return 403, "forbidden-origin", "the request comes from a page of another site", hint
        origin = headers.get("origin")
        if origin is None:  # no browser
            return None
        if _same(origin, headers.get("host", ""), scope["scheme"]):
            return None
        return 403, "forbidden-origin", f"the request comes from a page of {origin[:200]!r}", hint


class _Dressed:
    """The answers of an application with the headers that bound what a page can do."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, upload_bytes: int) -> None:
        self.scope, self.receive, self.send, self.upload_bytes = scope, receive, send, upload_bytes
        self._replaced = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if message["status"] == 413 and headers.get("content-type", "").startswith("text/plain"):
                self._replaced = True  # the body limit answers in plain text
                await self._drain()
                answer = too_large(self.upload_bytes)
                await answer(self.scope, self.receive, _Dressed(self.scope, self.receive, self.send, 0))
                return
            embedded = is_embedded(self.scope)
            if _path(self.scope).startswith("/api/"):
                headers.setdefault("Cache-Control", "no-store")  # whose it is depends on who asks
            headers.setdefault("Content-Security-Policy", policy(frame="*" if embedded else "'self'"))
            headers.setdefault("X-Content-Type-Options", "nosniff")
            headers.setdefault("Referrer-Policy", "no-referrer")
            headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
            headers.setdefault("Cross-Origin-Embedder-Policy", "require-corp")  # with COOP: pages may share memory
            headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if embedded else "same-origin")
            headers.setdefault("X-Robots-Tag", "noindex")
            self._share(headers)
        elif self._replaced:
            return
        await self.send(message)

    def _share(self, headers: MutableHeaders) -> None:
        """What an embedded page in a sandboxed frame, which has no origin, has to read; without cookies, so no more than the link opens."""
        if self.scope["type"] != "http" or self.scope["method"] != "GET":
            return
        if _path(self.scope).startswith("/assets/"):
            headers["Access-Control-Allow-Origin"] = "*"
        elif LINKED.fullmatch(_path(self.scope)):
            headers.add_vary_header("Origin")
            if Headers(scope=self.scope).get("origin") == "null":
                headers["Access-Control-Allow-Origin"] = "*"

    async def _drain(self) -> None:
        """Take the rest of a body that is too large: a browser reads the answer only when it has sent everything."""
        left = DRAIN_BYTES
        while left > 0:
            message = await self.receive()
            left -= len(message.get("body", b""))
            if message["type"] != "http.request" or not message.get("more_body", False):
                return


def is_embedded(scope: Scope) -> bool:
    """Whether this is the page that others may frame."""
    return _path(scope).startswith("/embed/")


def _path(scope: Scope) -> str:
    return scope["path"].removeprefix(scope.get("root_path", ""))


def policy(*, frame: str = "'self'", scripts: Iterable[str] = ()) -> str:
    """A Content-Security-Policy: everything from here, nothing from elsewhere. scripts: hashes of inline scripts."""
    script = " ".join(("'self'", "'wasm-unsafe-eval'", *scripts))  # models that the page runs itself
    return (
        f"default-src 'self'; script-src {script}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; "
        f"base-uri 'self'; form-action 'self'; frame-ancestors {frame}"
    )


def inline_hashes(html: str) -> list[str]:
    """CSP sources for the scripts that stand in a page of ours."""
    digests = (hashlib.sha256(script.encode()).digest() for script in _INLINE_SCRIPT.findall(html))
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _same(origin: str, host: str, scheme: str) -> bool:
    """Whether an Origin is this very server: scheme, name and port."""
    try:
        given = urlsplit(origin)
        called = urlsplit(f"//{host}")
        ports = given.port or DEFAULT_PORT.get(given.scheme), called.port or DEFAULT_PORT.get(scheme)
    except ValueError:
        return False
    wanted = "https" if scheme in ("https", "wss") else "http"
    plain = not (given.path or given.query or given.fragment or given.username)
    return plain and given.scheme == wanted and given.hostname == called.hostname and ports[0] == ports[1]
