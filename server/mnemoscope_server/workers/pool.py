"""The pool of worker processes, seen from the web process: start, send commands, take events, replace the dead.

Each worker has a pipe, a thread that reads it and a thread that writes it, so that the event loop waits for neither.
A worker that computes faster than the loop can take in is held back: a few bundles of events are on their way at most.
"""

import asyncio
import contextlib
import logging
import multiprocessing
import multiprocessing.process
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from mnemoscope_server.workers.computing import Computing
from mnemoscope_server.workers.hosts import OnEvent, OnLost
from mnemoscope_server.workers.process import work
from mnemoscope_server.workers.protocol import Broken, Command, Event, Measured, Open, Ping, Question, Quit, Ready

log = logging.getLogger("mnemoscope.workers")

BUNDLES_ON_THE_WAY = 8
FIRST_PAUSE, MAX_PAUSE = 1.0, 60.0
"""Seconds until a worker that died is replaced: the first at once, then after a pause that doubles with every further one."""
STEADY_SECONDS = 60.0
"""A worker that has lived so long did not die of what the ones before it died of."""
MAX_DEATHS = 3
"""So many in a row are waited for; while there are more, runs are refused at once."""
STOP_SECONDS = 5.0


class Worker:
    """One process and its two threads."""

    def __init__(self, pool: "WorkerPool", number: int) -> None:
        self.pool, self.number = pool, number
        self.sessions: set[str] = set()
        self.ready, self.broken = False, ""
        """broken: why it could not load its engine."""
        self.began = self.heard = time.monotonic()
        """heard: when it last sent something."""
        self.asked = 0.0
        """When it was last asked whether it is there."""
        self.computing = Computing()
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._room = threading.BoundedSemaphore(BUNDLES_ON_THE_WAY)
        context = multiprocessing.get_context("spawn")
        self.connection, far = context.Pipe(duplex=True)
        self.process = context.Process(
            target=work,
            args=(far, pool.engine, pool.device_wanted, 1, pool.private, self.computing),
            name=f"mnemoscope-worker-{number}",
            daemon=True,
        )
        self.process.start()
        far.close()
        for target in (self._read, self._write):
            threading.Thread(target=target, name=f"worker-{number}-{target.__name__}", daemon=True).start()

    def send(self, command: Command) -> None:
        """Queue a command; never waits."""
        self._commands.put(command)

    @property
    def silent(self) -> bool:
        """Whether it has not answered yet."""
        return self.heard < self.asked

    def ask(self) -> None:
        """Have it say that it is there."""
        if not self.silent:
            self.asked = time.monotonic()
            self.send(Ping())

    def close(self) -> None:
        """No more commands; the worker closes its recordings and ends."""
        self._commands.put(Quit())

    def _write(self) -> None:
        command: Command | None = None
        while not isinstance(command, Quit):
            command = self._commands.get()
            with contextlib.suppress(OSError):  # the reader notices a dead worker
                self.connection.send(command)

    def _read(self) -> None:
        while True:
            try:
                events: list[Event] = self.connection.recv()
            except (EOFError, OSError):
                break
            self._room.acquire()
            if self.pool.credit is not None:
                self.pool.credit.wait()
            self.pool.from_thread(self._deliver, events)
        self.process.join()
        self.pool.from_thread(self.pool.on_death, self)

    def _deliver(self, events: list[Event]) -> None:
        self._room.release()
        for event in events:
            try:
                self.pool.on_event(self, event)
            except Exception:  # what one event brings about must not cost other runs theirs
                log.exception("an event of worker %d", self.number)


class WorkerPool:
    """All workers, as `Hosts` wants them. `state` is starting, ready, or failed while none can be waited for; `measured` grows while they are idle."""

    def __init__(
        self,
        *,
        count: int,
        device: str,
        engine: str,
        private: Path | None = None,
        credit: threading.Event | None = None,
    ) -> None:
        """`private`: a folder of checkpoints that workers find by name, and list nowhere. credit: no event is taken in while it is not set."""
        self.credit = credit
        self.count, self.device_wanted, self.engine, self.private = count, device, engine, private
        self.workers: list[Worker] = []
        self.state: Literal["starting", "ready", "failed"] = "starting" if count else "failed"
        self.reason = "" if count else "this server was started without workers (--workers 0): replay only"
        self.device: str | None = None
        self.measured: dict[str, Measured] = {}
        self.closing = False
        self.deaths = 0
        """Workers that died since the start."""
        self._deaths = 0
        """Workers that died one after the other."""
        self._coming: set[asyncio.TimerHandle] = set()
        self._changed = asyncio.Event()
        self._heard = asyncio.Event()
        self._on_event: OnEvent = lambda event: None
        self._on_lost: OnLost = lambda sessions, reason, blamed: None

    def start(self, *, on_event: OnEvent, on_lost: OnLost) -> None:
        """Start the processes; returns at once."""
        self._loop = asyncio.get_running_loop()
        self._on_event, self._on_lost = on_event, on_lost
        self.workers = [Worker(self, number) for number in range(self.count)]

    async def ready(self, *, seconds: float) -> bool:
        """Wait until a worker is ready, or none will be."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.state == "starting":
                    self._changed.clear()
                    await self._changed.wait()
        return self.state == "ready"

    async def answers(self, *, seconds: float) -> bool:
        """Ask the workers whether they are there -> whether one of them is, after some seconds at most."""
        asked = [worker for worker in self.workers if worker.ready]
        for worker in asked:
            worker.ask()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while asked and all(worker.silent for worker in asked):
                    self._heard.clear()
                    await self._heard.wait()
        return any(not worker.silent for worker in asked)

    @property
    def alive(self) -> int:
        """Workers that can be given work."""
        return sum(worker.ready for worker in self.workers)

    def open(self, order: Open | Question) -> Worker:
        """Give an order to the worker with the fewest sessions, of those that answer; it counts as one of them until `release`."""
        worker = min((w for w in self.workers if w.ready), key=lambda w: (w.silent, len(w.sessions)))
        worker.sessions.add(order.id)
        worker.send(order)
        return worker

    def release(self, session: str) -> None:
        """A session is over."""
        for worker in self.workers:
            worker.sessions.discard(session)

    async def read(self, session: str, chunk: int) -> bytes | None:
        """Workers write where everybody here reads."""
        return None

    async def stop(self) -> None:
        """Let the workers close their recordings, then end them."""
        self.closing = True
        for coming in self._coming:
            coming.cancel()
        for worker in self.workers:
            worker.close()
            if not worker.ready:  # still loading: there is nothing to close
                worker.process.kill()
        await asyncio.to_thread(self._join, [worker.process for worker in self.workers])

    def _join(self, processes: list[multiprocessing.process.BaseProcess]) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        for process in processes:
            process.join(max(0.0, deadline - time.monotonic()))
            if process.is_alive():
                process.kill()
                process.join()

    # --- called in the event loop

    def on_event(self, worker: Worker, event: Event) -> None:
        worker.heard = time.monotonic()
        self._heard.set()
        if isinstance(event, Ready):
            worker.ready, self.state, self.device, self.reason = True, "ready", event.device, ""
            self._changed.set()
        elif isinstance(event, Broken):
            worker.broken = event.reason
        elif isinstance(event, Measured):
            self.measured[event.name] = event
            self._on_event(event)
        else:
            self._on_event(event)

    def on_death(self, worker: Worker) -> None:
        """Sessions of a dead worker fail; another takes its place, after a pause that grows while they keep dying."""
        if self.closing or worker not in self.workers:
            return
        self.workers.remove(worker)
        self.deaths += 1
        worker.close()
        reason = worker.broken or f"the worker process ended ({_ending(worker.process.exitcode)})"
        if worker.sessions:
            self._on_lost(set(worker.sessions), reason, worker.computing.id)
        self._deaths = 1 if time.monotonic() - worker.began > STEADY_SECONDS else self._deaths + 1
        late = self._deaths - 1 + bool(worker.broken)
        pause = min(MAX_PAUSE, FIRST_PAUSE * 2.0 ** min(late - 1, 10)) if late else 0.0
        log.warning("%s; another starts in %.0f s", reason, pause)
        coming = self._loop.call_later(pause, lambda: self._replace(worker.number, coming))
        self._coming.add(coming)
        if any(w.ready for w in self.workers):
            return
        if self._deaths > MAX_DEATHS or worker.broken or self.state == "failed":
            times = f", {self._deaths} times in a row" if self._deaths > 1 else ""
            self.state, self.reason = "failed", f"{reason}{times}; another is started in {pause:.0f} s"
            self._changed.set()
        else:
            self.state = "starting"

    def _replace(self, number: int, coming: asyncio.TimerHandle) -> None:
        self._coming.discard(coming)
        self.workers.append(Worker(self, number))

    def from_thread(self, function: Callable[..., None], *arguments: object) -> None:
        """Run something in the event loop, from a worker's thread."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: the server is going down
            self._loop.call_soon_threadsafe(function, *arguments)


def _ending(code: int | None) -> str:
    return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
