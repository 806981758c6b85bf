"""Engines on a Ray cluster, as this web process sees them: named actors that all web processes share (engine_actor.py).

Ray is asked for one thing: to keep so many actors alive somewhere, each with its share of a GPU or a core. An actor that dies is restarted by
Ray; its runs are told to be lost, and whoever keeps them gives them to another one. Ray runs whatever code it is sent: its ports
belong into a private network (docs/operations.md).
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Literal

from mnemoscope.errors import MnemoscopeError
from mnemoscope_server.workers.engine_actor import Attached, EngineActor
from mnemoscope_server.workers.hosts import OnEvent, OnLost
from mnemoscope_server.workers.protocol import (
    Answered,
    Declined,
    Finished,
    Lost,
    Measured,
    Open,
    Question,
    Received,
    Sent,
)
from mnemoscope_server.workers.remote_host import RemoteHost

log = logging.getLogger("mnemoscope.workers")

NAMESPACE = "mnemoscope"
POLL_SECONDS = 0.05
ATTACH_SECONDS = 5.0


class RayHosts:
    """All engines, as `Hosts` wants them."""

    def __init__(
        self,
        address: str,
        *,
        count: int,
        device: str,
        engine: str,
        gpu_share: float,
        private: Path | None = None,
    ) -> None:
        """address: of the cluster, or "auto" for the one that this machine is part of. gpu_share: of a GPU, for each engine, where there is one."""
        self.address, self.count, self.device_wanted, self.engine = address, count, device, engine
        self.gpu_share, self.private = gpu_share, private
        self.web = secrets.token_urlsafe(9)
        """What engines know this web process by."""
        self.hosts: list[RemoteHost] = []
        self.measured: dict[str, Measured] = {}
        self._trouble = ""
        self._where: dict[str, RemoteHost] = {}
        self._paths: dict[str, Path] = {}
        """Where the files of runs go that this web process keeps, when they are over."""
        self._fetching: set[asyncio.Task[None]] = set()
        self.on_missed: Callable[[set[str]], None] = lambda sessions: None
        """Called with runs of which events may have been missed."""
        self.is_mine: Callable[[str], Awaitable[bool]] = _always
        """Asked before the file of a run is fetched: whether this web process keeps it still."""
        self._on_event: OnEvent = lambda event: None
        self._on_lost: OnLost = lambda sessions, reason, blamed: None
        self._joining: asyncio.Task[None] | None = None

    # --- as Hosts

    @property
    def state(self) -> Literal["starting", "ready", "failed"]:
        if self.count == 0:
            return "failed"
        if any(host.state == "ready" for host in self.hosts):
            return "ready"
        return "failed" if self.hosts and all(host.state == "failed" for host in self.hosts) else "starting"

    @property
    def reason(self) -> str:
        if self.count == 0:
            return "this server was started without workers (--workers 0): replay only"
        if self.state == "ready":
            return ""
        return self._trouble or next((host.reason for host in self.hosts if host.reason), "")

    @property
    def device(self) -> str | None:
        return next((host.device for host in self.hosts if host.device), None)

    @property
    def deaths(self) -> int:
        return sum(host.deaths for host in self.hosts)

    @property
    def alive(self) -> int:
        return sum(host.state == "ready" for host in self.hosts)

    def start(self, *, on_event: OnEvent, on_lost: OnLost) -> None:
        self._on_event, self._on_lost = on_event, on_lost
        if self.count:
            self._joining = asyncio.create_task(self._join())

    async def ready(self, *, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.state == "starting":
                    await asyncio.sleep(POLL_SECONDS)
        return self.state == "ready"

    async def answers(self, *, seconds: float) -> bool:
        """Engines say every second that they are there."""
        return await self.ready(seconds=seconds)

    def open(self, order: Open | Question) -> RemoteHost:
        host = min((h for h in self.hosts if h.state == "ready"), key=lambda h: max(h.load, len(h.sessions)))
        host.sessions.add(order.id)
        self._where[order.id] = host
        if isinstance(order, Open):
            self._paths[order.id] = order.path
        host.send(order)
        return host

    def release(self, session: str) -> None:
        self._where.pop(session, None)
        for host in self.hosts:
            host.sessions.discard(session)

    async def stop(self) -> None:
        """Leave the engines to the other web processes."""
        if self._joining is not None:
            self._joining.cancel()
        for host in self.hosts:
            host.end()

    # --- for runs that another web process opened

    def place(self, session: str) -> str:
        """The name of the engine that has a run; "" where none has."""
        host = self._where.get(session)
        return "" if host is None else host.name

    async def attach(self, session: str, name: str) -> tuple[RemoteHost, Attached] | None:
        """Hear of a run from here on -> its engine, and how it stands. None where that engine does not have it."""
        host = next((h for h in self.hosts if h.name == name), None)
        if host is None or host.given_up:
            return None
        try:
            async with asyncio.timeout(ATTACH_SECONDS):  # a machine that is gone says nothing
                found: Attached | None = await host.call("attach", self.web, session)
        except Exception as error:
            log.info("engine %s cannot be asked for a run: %s", name, type(error).__name__)
            return None
        if found is None or host.given_up:  # it answered what it was asked before it was silent
            return None
        if not found.lost:
            host.sessions.add(session)
            self._where[session] = host
        return host, found

    def keep(self, session: str, path: Path | None) -> None:
        """Where the file of a run goes from here on; None = to another web process."""
        if path is None:
            self._paths.pop(session, None)
        else:
            self._paths[session] = path

    async def detach(self, session: str) -> None:
        host = self._where.get(session)
        self.release(session)
        if host is not None:
            with contextlib.suppress(Exception):  # it is gone: then nothing is to be done
                async with asyncio.timeout(ATTACH_SECONDS):
                    await host.call("detach", self.web, session)

    async def tell(self, session: str, event: Sent | Received) -> None:
        """Have all web processes that hear of a run hear this too. Raises LookupError where no engine has it, RayError."""
        host = self._where.get(session)
        if host is None:
            raise LookupError(session)
        await host.call("tell", session, event)

    async def read(self, session: str, chunk: int) -> bytes | None:
        """Wire messages of a whole chunk of a run, from its engine. None where that cannot be had from there."""
        host = self._where.get(session)
        if host is None:
            return None
        with contextlib.suppress(Exception):  # it is gone: its file has the chunk
            async with asyncio.timeout(ATTACH_SECONDS):
                return await host.call("read", session, chunk) or None
        return None

    # --- events

    def on_event(self, host: RemoteHost, event: Any) -> None:
        if isinstance(event, Lost):
            lost = {identity for identity in event.ids if identity in host.sessions}
            host.sessions -= lost
            if lost:
                self._on_lost(lost, event.reason, event.blamed)
            return
        if isinstance(event, Measured):
            self.measured[event.name] = event
        if isinstance(event, Finished) and (path := self._paths.pop(event.id, None)):
            task = asyncio.create_task(self._fetch(host, event, path))
            self._fetching.add(task)
            task.add_done_callback(self._fetching.discard)
            return
        if isinstance(event, Finished | Declined | Answered):
            self.release(event.id)
        self._on_event(event)

    async def _fetch(self, host: RemoteHost, event: Finished, path: Path) -> None:
        """Bring the file of a run here, then say that it is over; where its engine dies meanwhile, it is lost as any other."""
        part = path.with_name(f".{path.name}.fetched")
        if not await self.is_mine(event.id):  # whoever keeps it by now fetches it
            return
        try:
            with part.open("wb") as file:
                while piece := await host.call("fetch", event.id, file.tell()):
                    await asyncio.to_thread(file.write, piece)
            part.replace(path)
            await host.call("forget", event.id)
        except Exception as error:
            part.unlink(missing_ok=True)
            if event.id in host.sessions:
                host.sessions.discard(event.id)
                self._paths[event.id] = path
                self.on_lost({event.id}, f"its file could not be fetched ({type(error).__name__}: {error})", "")
            return
        self.release(event.id)
        self._on_event(event)

    def on_lost(self, lost: set[str], reason: str, blamed: str) -> None:
        for identity in lost:
            self._where.pop(identity, None)
        self._on_lost(lost, reason, blamed)

    # --- Ray

    async def _join(self) -> None:
        while True:
            try:
                await asyncio.to_thread(self._init)
            except Exception as error:
                self._trouble = f"the Ray cluster at {self.address} cannot be joined: {error}"
                log.warning("%s", self._trouble)
                await asyncio.sleep(5.0)
            else:
                break
        self._trouble = ""
        self.hosts = [RemoteHost(self, f"engine-{number}") for number in range(self.count)]

    def _init(self) -> None:
        ray = _ray()
        if not ray.is_initialized():
            ray.init(address=self.address, namespace=NAMESPACE, log_to_driver=False, configure_logging=False)

    def actor(self, name: str) -> Any:
        """The actor of that name; made where there is none. Blocking."""
        ray = _ray()
        gpus = self.gpu_share if self.device_wanted != "cpu" and ray.cluster_resources().get("GPU") else 0
        options: dict[str, Any] = {"num_gpus": gpus} if gpus else {"num_cpus": 1}
        return (
            ray.remote(EngineActor)
            .options(
                name=name, namespace=NAMESPACE, lifetime="detached", get_if_exists=True,
                max_restarts=-1, max_concurrency=1000, **options,
            )
            .remote(self.device_wanted, self.engine, self.private)
        )  # fmt: skip


async def _always(session: str) -> bool:
    return True


def _ray() -> Any:
    """Ray, which is an extra. Raises MnemoscopeError where it is not installed."""
    try:
        import ray
    except ImportError as error:
        raise MnemoscopeError("Ray is not installed: pip install 'mnemoscope[ray]'") from error
    return ray
