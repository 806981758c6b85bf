"""uvicorn's protocols with bounds: connections have places, and what is announced has to come within some time.

uvicorn itself waits for ever for the rest of a request, and answers 503 to everybody once `limit_concurrency` connections are open,
so that whoever holds them open shuts out everybody else.
"""

import asyncio
import contextlib
import logging
import socket
from asyncio import BaseTransport
from http import HTTPStatus
from typing import Any, cast

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

from mnemoscope_server.serving.connections import Connections, Stage

log = logging.getLogger("mnemoscope.connections")

NOT_SENT_BYTES = 128 * 1024  # in the kernel, per watcher: small, so that a slow one lags by frames and not by seconds
PING_SECONDS, UNACKNOWLEDGED_MS = 3.0, 7_000
"""A peer that is gone without a word acknowledges nothing: of a ping at the latest that is noticed, within ten seconds."""
STALLED_SECONDS = 30.0
"""How long an answer may wait for whoever asked to take a part of it."""
NO_PLACE = (503, "too many connections are open")
TOO_SLOW = (408, "the request did not come in time")


class Config(uvicorn.Config):
    """What the protocols need to know beside uvicorn's own."""

    def __init__(
        self,
        *arguments: Any,
        connections: Connections,
        receive_seconds: float,
        receive_rate: float,
        receive_total: float,
        **more: Any,
    ) -> None:
        """receive_seconds: within which a request's head has to come, and over which its body is measured: at least
        receive_rate bytes a second, all of it within receive_total seconds.
        """
        super().__init__(*arguments, http=BoundedProtocol, ws=WatcherProtocol, **more)
        self.connections = connections
        self.receive_seconds, self.receive_rate, self.receive_total = receive_seconds, receive_rate, receive_total


class BoundedProtocol(H11Protocol):
    """HTTP/1.1 whose requests come in time and whose answers are taken."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._bounds = cast("Config", self.config)
        self._deadline: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._began, self._measured, self._received = 0.0, 0.0, 0
        self._body = False
        self._unhurried: object = None
        """The scope of a request whose body may come as slowly as it wants."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if not self._bounds.connections.begin(transport, self.client[0] if self.client else ""):
            self._close(*NO_PLACE)
            return
        self._measure()

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self._received += len(data)
        before = self.scope
        super().data_received(data)
        self._look(before)

    def on_response_complete(self) -> None:
        before = self.scope
        super().on_response_complete()  # which may take up a request that came meanwhile
        self._look(before)

    def connection_lost(self, exc: Exception | None) -> None:
        self._bounds.connections.end(self.transport)
        self._cancel()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        self._cancel()  # the socket's own protocol takes over
        super().handle_websocket_upgrade(event)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._stalled is None:
            self._stalled = self.loop.call_later(STALLED_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    # --- what is waited for

    def _look(self, before: object) -> None:
        """Where the connection stands now, and until when what it announced has to come."""
        if self.transport.is_closing() or self.transport.get_protocol() is not self:
            return
        if self.scope is not before:  # a request; the task that answers it begins later
            extensions: dict[str, Any] = self.scope.setdefault("extensions", {})  # type: ignore[assignment, typeddict-item]
            extensions["mnemoscope.unhurried"] = self._let_it_come
        cycle = cast("RequestResponseCycle | None", self.cycle)
        answering = cycle is not None and not cycle.response_complete
        receiving = self.conn.their_state is h11.SEND_BODY
        stage = Stage.RECEIVING if receiving else Stage.SERVED if answering else Stage.WAITING
        if self._unhurried is self.scope and answering:
            stage = Stage.SERVED
        self._bounds.connections.move(self.transport, stage)
        if receiving and (not self._body or self.scope is not before):
            self._body = True
            self._measure()
        elif not receiving:
            if self._body or answering:
                self._cancel_deadline()
            self._body = False
            # between two requests uvicorn waits for the next by itself, until its first byte has come
            if not answering and self._deadline is None and self.timeout_keep_alive_task is None:
                self._measure()

    def _let_it_come(self) -> None:
        """The body of this request is a source that sends when it has something."""
        self._unhurried = self.scope
        self._bounds.connections.move(self.transport, Stage.SERVED)

    def _measure(self) -> None:
        self._began = self._measured = self.loop.time()
        self._received = 0
        self._again()

    def _again(self) -> None:
        self._cancel_deadline()
        self._deadline = self.loop.call_later(self._bounds.receive_seconds, self._due)

    def _due(self) -> None:
        """The time for a head is over, or a stretch of a body is to be measured."""
        self._deadline = None
        if self.transport.is_closing():
            return
        now, bounds = self.loop.time(), self._bounds
        if self._body:
            enough = self._received >= bounds.receive_rate * (now - self._measured)
            held_back = self.flow.read_paused or self.cycle.waiting_for_100_continue  # it is we who do not go on
            if self._unhurried is self.scope or ((enough or held_back) and now - self._began < bounds.receive_total):
                self._measured, self._received = now, 0
                self._again()
                return
        self._close(*TOO_SLOW)

    def _close(self, status: int, why: str) -> None:
        """Say why, where a request has begun that is not answered yet, and close."""
        log.info("a connection is closed: %s", why)
        if self.conn.their_state is h11.IDLE:
            asked = self._received > 0 or status == NO_PLACE[0]
        else:
            asked = not self.cycle.response_started
        if asked:
            head = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nRetry-After: 10\r\n"
            self.transport.write(f"{head}Connection: close\r\nContent-Length: 0\r\n\r\n".encode())
        self.transport.close()
        self.loop.call_later(1.0, self.transport.abort)  # whatever was not taken by then

    def _cancel_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _cancel(self) -> None:
        self._cancel_deadline()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None


class WatcherProtocol(WebSocketsSansIOProtocol):
    """uvicorn's websocket with small buffers, a way to cut a connection that does not take what it is sent, and one to send at once."""

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        self.close_timeout = 2.0
        connection = transport.get_extra_info("socket")
        for name, value in (("TCP_NOTSENT_LOWAT", NOT_SENT_BYTES), ("TCP_USER_TIMEOUT", UNACKNOWLEDGED_MS)):
            option = getattr(socket, name, None)
            if connection is not None and option is not None:
                with contextlib.suppress(OSError):  # not a TCP socket
                    connection.setsockopt(socket.IPPROTO_TCP, option, value)

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):  # the task that reads it begins later
            extensions: dict[str, Any] = self.scope["extensions"]  # type: ignore[assignment, typeddict-item]
            extensions["mnemoscope.abort"] = self.transport.abort
            extensions["mnemoscope.takes"] = self.takes
            extensions["mnemoscope.send"] = self.send_frame
            extensions["mnemoscope.settled"] = self._settled

    def takes(self) -> bool:
        """Whether a send would return at once: the connection is open, and its buffer has room."""
        return (
            self.writable.is_set()
            and self.handshake_complete
            and not self.close_sent
            and not self.disconnected
            and self.conn.state is State.OPEN
        )

    def send_frame(self, frame: bytes) -> bool:
        """Write a whole websocket frame, which was made for many; False where it has to go the long way."""
        if not self.takes():
            return False
        self.transport.write(frame)
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        cast("Config", self.config).connections.end(self.transport)
        super().connection_lost(exc)

    def _settled(self) -> None:
        """It has said what it wants, and may have it."""
        cast("Config", self.config).connections.move(self.transport, Stage.SERVED)
