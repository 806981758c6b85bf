"""The pool of worker processes, seen from the web process: start, send commands, take events, replace the dead.

Each worker has a pipe, a thread that reads it and a thread that writes it, so that the event loop waits for neither.
A worker that computes faster than the loop can take in is held back: a few events are on their way at most.
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

from mnemoscope_server.workers.process import work
from mnemoscope_server.workers.protocol import Broken, Command, Event, Measured, Open, Question, Quit, Ready

log = logging.getLogger("mnemoscope.workers")

EVENTS_ON_THE_WAY = 8
MAX_DEATHS, DEATHS_SECONDS = 3, 60.0
STOP_SECONDS = 5.0


class Worker:
    """One process and its two threads."""

    def __init__(self, pool: "WorkerPool", number: int) -> None:
        self.pool, self.number = pool, number
        self.sessions: set[str] = set()
        self.ready = False
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._room = threading.BoundedSemaphore(EVENTS_ON_THE_WAY)
        context = multiprocessing.get_context("spawn")
        self.connection, far = context.Pipe(duplex=True)
        self.process = context.Process(
            target=work,
            args=(far, pool.engine, pool.device_wanted, 1, pool.private),
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
                event = self.connection.recv()
            except (EOFError, OSError):
                break
            self._room.acquire()
            self.pool.from_thread(self._deliver, event)
        self.process.join()
        self.pool.from_thread(self.pool.on_death, self)

    def _deliver(self, event: Event) -> None:
        self._room.release()
        self.pool.on_event(self, event)


class WorkerPool:
    """All workers. `state` is starting, ready or failed; `measured` grows while they are idle."""

    def __init__(self, *, count: int, device: str, engine: str, private: Path | None = None) -> None:
        """`private`: a folder of checkpoints that workers find by name, and list nowhere."""
        self.count, self.device_wanted, self.engine, self.private = count, device, engine, private
        self.workers: list[Worker] = []
        self.state: Literal["starting", "ready", "failed"] = "starting" if count else "failed"
        self.reason = "" if count else "this server was started without workers (--workers 0): replay only"
        self.device: str | None = None
        self.measured: dict[str, Measured] = {}
        self.closing = False
        self._deaths: list[float] = []
        self._changed = asyncio.Event()
        self._on_event: Callable[[Event], None] = lambda event: None
        self._on_lost: Callable[[set[str], str], None] = lambda sessions, reason: None

    def start(self, *, on_event: Callable[[Event], None], on_lost: Callable[[set[str], str], None]) -> None:
        """Start the processes; returns at once. `on_lost` gets the ids of sessions whose worker died, and why."""
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

    def open(self, order: Open | Question) -> Worker:
        """Give an order to the worker with the fewest sessions; it counts as one of them until `release`."""
        worker = min((w for w in self.workers if w.ready), key=lambda w: len(w.sessions))
        worker.sessions.add(order.id)
        worker.send(order)
        return worker

    def release(self, session: str) -> None:
        """A session is over."""
        for worker in self.workers:
            worker.sessions.discard(session)

    async def stop(self) -> None:
        """Let the workers close their recordings, then end them."""
        self.closing = True
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
        if isinstance(event, Ready):
            worker.ready, self.state, self.device = True, "ready", event.device
            self._changed.set()
        elif isinstance(event, Broken):
            self._give_up(event.reason)
        elif isinstance(event, Measured):
            self.measured[event.name] = event
            self._on_event(event)
        else:
            self._on_event(event)

    def on_death(self, worker: Worker) -> None:
        """Sessions of a dead worker fail; another worker takes its place, unless they keep dying."""
        if self.closing or worker not in self.workers:
            return
        self.workers.remove(worker)
        worker.close()
        code = worker.process.exitcode
        reason = f"the worker process ended ({_ending(code)})"
        if worker.sessions:
            self._on_lost(set(worker.sessions), reason)
        now = time.monotonic()
        self._deaths = [*(t for t in self._deaths if now - t < DEATHS_SECONDS), now]
        if self.state == "failed":
            return
        if len(self._deaths) > MAX_DEATHS:
            self._give_up(f"{reason}; {len(self._deaths)} times within {DEATHS_SECONDS:.0f} s")
            return
        log.warning("%s; starting another", reason)
        self.workers.append(Worker(self, worker.number))
        if not any(w.ready for w in self.workers):
            self.state = "starting"

    def from_thread(self, function: Callable[..., None], *arguments: object) -> None:
        """Run something in the event loop, from a worker's thread."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: the server is going down
            self._loop.call_soon_threadsafe(function, *arguments)

    def _give_up(self, reason: str) -> None:
        log.error("no live runs: %s", reason)
        self.state, self.reason = "failed", reason
        self._changed.set()


def _ending(code: int | None) -> str:
    return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
