"""Run the application: socket, event loop, websocket protocol, and what is printed on the terminal."""

import contextlib
import logging
import socket
import sys
import threading
import webbrowser
from asyncio import BaseTransport
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

from mnemoscope_server.app import create_app
from mnemoscope_server.errors import DataFolderInUse
from mnemoscope_server.settings import Settings, is_loopback
from mnemoscope_server.storage.store import Store

INBOUND_BYTES = 64 * 1024  # commands are small
NOT_SENT_BYTES = 128 * 1024  # in the kernel, per watcher: small, so that a slow one lags by frames and not by seconds
UNACKNOWLEDGED_MS = 10_000
GRACE_SECONDS = 5
CANNOT_START = 1


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
            extensions: dict[str, Any] = self.scope["extensions"]  # type: ignore[typeddict-item,assignment]
            extensions["mnemoscope.abort"] = self.transport.abort
            extensions["mnemoscope.takes"] = self.takes
            extensions["mnemoscope.send"] = self.send_frame

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


class Server(uvicorn.Server):
    """Says where it is once it answers."""

    def __init__(self, config: uvicorn.Config, settings: Settings, ready: Callable[[str], object] | None) -> None:
        super().__init__(config)
        self.settings, self.ready = settings, ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.started:
            return
        url = address(self.settings)
        print(f"Mnemoscope: {url}   (data in {self.settings.data_dir}, Ctrl-C ends it)", flush=True)
        if self.settings.token:
            print(
                "Others come in by this machine's name with the same ?token=…; a link to a recording opens without it.",
                file=sys.stderr,
            )
        elif not is_loopback(self.settings.host):
            print("Whoever reaches this address can run models and list recordings.", file=sys.stderr)
        if self.ready is not None:
            threading.Thread(target=self.ready, args=(url,), daemon=True).start()
        elif is_loopback(self.settings.host) and self.settings.browser:
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def run(settings: Settings, *, ready: Callable[[str], object] | None = None) -> int:
    """Serve until SIGINT or SIGTERM -> exit code. ready: called with its address in a thread, instead of a browser."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    try:
        listener = listen(settings.host, settings.port)
    except OSError as error:
        print(
            f"Cannot listen on {settings.host}, port {settings.port}: {error.strerror or error}. "
            "Choose another with --port; --port 0 takes any free one.",
            file=sys.stderr,
        )
        return CANNOT_START
    with listener:
        settings = settings.model_copy(update={"port": listener.getsockname()[1]})
        try:
            store = Store(settings.data_dir, free_bytes=settings.free_bytes)
        except (DataFolderInUse, OSError) as error:
            print(f"Cannot use the data folder: {error}", file=sys.stderr)
            return CANNOT_START
        if settings.watch is not None and not settings.watch.is_dir():
            print(f"Cannot watch {settings.watch}: there is no such folder", file=sys.stderr)
            return CANNOT_START
        config = uvicorn.Config(
            create_app(settings, store=store),
            ws=WatcherProtocol,
            ws_max_size=INBOUND_BYTES,
            ws_per_message_deflate=False,  # 20 times slower on numbers
            ws_ping_interval=20,
            ws_ping_timeout=20,
            root_path=settings.root_path,
            lifespan="on",
            log_config=None,
            access_log=False,  # addresses of recordings are secrets
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        server = Server(config, settings, ready)
        with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises it again once everything is closed
            server.run(sockets=[listener])
        return 0 if server.started else CANNOT_START


def listen(host: str, port: int) -> socket.socket:
    """A bound socket: a port in use is reported before anything else is done. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def address(settings: Settings) -> str:
    """Where a browser on this machine finds the page, with the token that lets it in."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    host = f"[{host}]" if ":" in host else host
    entry = f"?{urlencode({'token': settings.token})}" if settings.token else ""
    return f"http://{host}:{settings.port}{settings.root_path}/{entry}"
