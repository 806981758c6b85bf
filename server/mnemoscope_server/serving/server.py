"""Run the application: socket, event loop, open files, and what is printed on the terminal."""

import contextlib
import logging
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import uvicorn

from mnemoscope_server.app import create_app
from mnemoscope_server.errors import DataFolderInUse, StorageTrouble
from mnemoscope_server.observing import logs
from mnemoscope_server.serving.connections import Connections
from mnemoscope_server.serving.protocols import PING_SECONDS, Config
from mnemoscope_server.settings import Settings, is_loopback
from mnemoscope_server.storage.store import open_store

log = logging.getLogger("mnemoscope.serving")

INBOUND_BYTES = 64 * 1024  # commands are small
OWN_FILES, MORE_FILES = 256, 512
"""Open files that are kept for recordings, workers and the index; how many there had better be beside the connections."""
GRACE_SECONDS = 5
CANNOT_START = 1


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
        elif is_loopback(self.settings.host) and self.settings.browser and self.settings.unix_socket is None:
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self.settings.unix_socket is not None:
            self.settings.unix_socket.unlink(missing_ok=True)
        await super().shutdown(sockets)


def run(settings: Settings, *, ready: Callable[[str], object] | None = None) -> int:
    """Serve until SIGINT or SIGTERM -> exit code. ready: called with its address in a thread, instead of a browser."""
    logs.configure(settings.log, access=settings.access_log)
    path = settings.unix_socket
    try:
        listener = listen(settings.host, settings.port) if path is None else listen_unix(path)
    except OSError as error:
        if path is not None:
            print(f"Cannot listen on {path}: {error.strerror or error}.", file=sys.stderr)
            return CANNOT_START
        print(
            f"Cannot listen on {settings.host}, port {settings.port}: {error.strerror or error}. "
            "Choose another with --port; --port 0 takes any free one.",
            file=sys.stderr,
        )
        return CANNOT_START
    with listener:
        if path is None:
            settings = settings.model_copy(update={"port": listener.getsockname()[1]})
        try:
            store = open_store(settings)
        except (DataFolderInUse, OSError, StorageTrouble) as error:
            what = "" if isinstance(error, StorageTrouble) else "Cannot use the data folder: "
            print(f"{what}{error}", file=sys.stderr)
            return CANNOT_START
        if settings.watch is not None and not settings.watch.is_dir():
            print(f"Cannot watch {settings.watch}: there is no such folder", file=sys.stderr)
            return CANNOT_START
        connections = Connections(_files(settings.connections), settings.connections_per_client)
        config = Config(
            create_app(settings, store=store, connections=connections),
            connections=connections,
            receive_seconds=settings.receive_seconds,
            receive_rate=settings.receive_rate,
            receive_total=settings.receive_minutes * 60,
            ws_max_size=INBOUND_BYTES,
            ws_per_message_deflate=False,  # 20 times slower on numbers
            ws_ping_interval=PING_SECONDS,
            ws_ping_timeout=20,  # behind what a slow line has yet to take, the answer comes late
            root_path=settings.root_path,
            forwarded_allow_ips=settings.trusted_proxies if path is None else "*",
            lifespan="on",
            log_config=None,
            access_log=False,  # ours has no addresses of recordings, which are secrets
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        server = Server(config, settings, ready)
        with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises it again once everything is closed
            server.run(sockets=[listener])
        return 0 if server.started else CANNOT_START


def _files(connections: int) -> int:
    """Have as many open files allowed as so many connections need -> how many connections there can be."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return connections
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + MORE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    possible = connections if soft == resource.RLIM_INFINITY else max(16, soft - OWN_FILES)
    if possible < connections:
        log.warning("%d open files are allowed, which is enough for %d connections", soft, possible)
    return min(connections, possible)


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


def listen_unix(path: Path) -> socket.socket:
    """As `listen`, of a socket that its owner and group may open; one that nobody listens on any more is replaced."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if path.is_socket():
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as other:
                try:
                    other.connect(str(path))
                except ConnectionRefusedError:
                    path.unlink()
        listener.bind(str(path))
        path.chmod(0o660)
    except OSError:
        listener.close()
        raise
    return listener


def address(settings: Settings) -> str:
    """Where a browser on this machine finds the page, with the token that lets it in; of a unix socket its path."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    host = f"[{host}]" if ":" in host else host
    entry = f"?{urlencode({'token': settings.token})}" if settings.token else ""
    path = f"{settings.root_path}/{entry}"
    return f"unix:{settings.unix_socket} {path}" if settings.unix_socket else f"http://{host}:{settings.port}{path}"
