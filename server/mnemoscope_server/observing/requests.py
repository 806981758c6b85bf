"""The outermost ASGI layer: every request has an id, a line in the access log, and is counted.

The line has route, status, duration and where it came from; no path, no query, no cookie, no title.
"""

import logging
import re
import secrets
import time

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mnemoscope_server.observing.logs import ACCESS, FACTS, REQUEST, route_of

log = logging.getLogger(ACCESS)

HEADER = "X-Request-Id"
WELL_FORMED = re.compile(r"[A-Za-z0-9_.-]{8,64}")
BUCKETS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Requests:
    """Wrap an application."""

    def __init__(self, app: ASGIApp, *, registry: CollectorRegistry) -> None:
        self.app = app
        self.count = Counter(
            "mnemoscope_requests", "Requests answered.", ["route", "method", "status"], registry=registry
        )
        self.duration = Histogram(
            "mnemoscope_request_seconds", "Time to the end of an answer.", ["route"], registry=registry, buckets=BUCKETS
        )
        self.sockets = Counter(
            "mnemoscope_sockets", "Websockets that were asked for.", ["route", "status"], registry=registry
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        identity = given if WELL_FORMED.fullmatch(given) else secrets.token_hex(8)
        token = REQUEST.set(identity)
        began, status = time.perf_counter(), 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = identity
            elif message["type"] == "websocket.accept":
                status = 101
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            self._note(scope, status, time.perf_counter() - began)
            REQUEST.reset(token)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        """status: 0 = whoever asked was gone before there was an answer."""
        route, http = route_of(scope), scope["type"] == "http"
        method = scope["method"] if http else "WEBSOCKET"
        if http:
            self.count.labels(route, method if method in METHODS else "other", str(status)).inc()
            self.duration.labels(route).observe(seconds)
        else:
            self.sockets.labels(route, str(status)).inc()
        client = (scope.get("client") or ("",))[0]
        facts = {"method": method, "route": route, "status": status, "seconds": round(seconds, 4), "client": client}
        log.info("%s %s %d in %.0f ms", method, route, status, 1000 * seconds, extra={FACTS: facts})


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
