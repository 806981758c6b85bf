"""The loop of a worker process: it obeys commands and gives every session its due steps.

Steps are computed here and nowhere else, so paused means that the next step does not exist. Before a step is reported,
every full chunk of 64 steps before it is in the file; at most half a second of steps is not.
"""

import contextlib
import importlib
import logging
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar, cast

from mnemoscope.checkpoints import store as checkpoints
from mnemoscope.errors import MnemoscopeError
from mnemoscope_server.errors import is_full
from mnemoscope_server.workers.computing import Computing
from mnemoscope_server.workers.line import Line
from mnemoscope_server.workers.protocol import (
    Advance,
    Answered,
    Broken,
    Command,
    Engine,
    Event,
    Feed,
    Open,
    Opened,
    Pause,
    Ping,
    Play,
    Pong,
    Progressed,
    Question,
    Quit,
    Ready,
    SetSpeed,
    Stop,
)
from mnemoscope_server.workers.refusal import refusal
from mnemoscope_server.workers.run import Done, Run

log = logging.getLogger("mnemoscope.worker")

T = TypeVar("T")

IDLE_SECONDS = 1.0
BEHIND = 5
"""Niceness of a worker beside the web process: what is computed waits for nobody who watches, but they for it."""
NICENESS = 5
"""More of it: of what nobody waits for yet: a page that is opened right after the start is drawn first."""
TERMINATED_SECONDS = 4.0
"""A service manager ends all processes at once. The web process then says how to end; it is given time to."""


def work(
    connection: Connection, engine: str, device: str, threads: int, private: Path | None, computing: Computing
) -> None:
    """Run until the pipe closes. `engine` is "module:class", `private` a folder of checkpoints that are listed nowhere,
    `computing` where the id stands of what is computed now.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the web process says when to end
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # until there is something to close
    os.environ["OMP_NUM_THREADS"] = str(threads)
    if hasattr(os, "nice"):
        os.nice(BEHIND)
    if private is not None:
        checkpoints.search_also(private)
    line = Line(connection)
    try:
        module, _, name = engine.partition(":")
        built = quietly(lambda: cast(Engine, getattr(importlib.import_module(module), name)(device)))
    except Exception as error:
        with contextlib.suppress(OSError):
            line.send(Broken(f"{type(error).__name__}: {error}"))
            line.flush()
        return
    worker = Worker(line, built, computing)
    signal.signal(signal.SIGTERM, worker.terminate)
    worker.loop()


def quietly(job: Callable[[], T]) -> T:
    """Do a job that nobody waits for in a thread that lets everything else on this machine go first.

    On Linux niceness is a thread's own, and an unprivileged process could not take it back; elsewhere the job just runs.
    """

    def niced() -> T:
        if sys.platform == "linux":
            thread = threading.get_native_id()
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + NICENESS)
        return job()

    with ThreadPoolExecutor(1, "quiet") as pool:
        return pool.submit(niced).result()


class Worker:
    """The sessions of one process."""

    def __init__(self, line: Line, engine: Engine, computing: Computing | None = None) -> None:
        self.line, self.engine = line, engine
        self._computing = computing or Computing()
        self.runs: dict[str, Run] = {}
        self._due: dict[str, float] = {}
        """When the next turn of a run is. One that is not here has it now: it was given a command, or had a turn."""
        self.questions: dict[str, Generator[dict[str, Any] | None, None, dict[str, Any]]] = {}
        """Answers in progress; each goes on a little at every tick."""
        self.measuring = True
        self.terminated: float | None = None
        """When SIGTERM came."""

    def terminate(self, *_: object) -> None:
        """The handler of SIGTERM."""
        self.terminated = self.terminated or time.perf_counter()

    def loop(self) -> None:
        """Until the web process is gone; then every recording is closed as stopped."""
        try:
            self.line.send(Ready(self.engine.device))
            while True:
                self.line.flush()
                timeout = self._wait()
                while self.line.poll(timeout):
                    self._handle(self.line.recv())
                    self.line.flush()
                    timeout = 0
                if self.terminated is not None and time.perf_counter() - self.terminated > TERMINATED_SECONDS:
                    raise EOFError
                self._tick()
        except (EOFError, BrokenPipeError, ConnectionResetError):
            for run in self.runs.values():
                with contextlib.suppress(
                    OSError, MnemoscopeError
                ):  # one full disk must not cost the other files their end
                    run.abandon()

    def _wait(self) -> float:
        """Seconds until something is due."""
        if self.questions or (not self.runs and self.measuring):
            return 0.0
        now = time.perf_counter()
        least = IDLE_SECONDS if not self.runs else math.inf
        for identity, run in self.runs.items():
            if (due := self._due.get(identity)) is None:
                wait = run.wait(now)
                self._due[identity] = now + wait
            else:
                wait = max(0.0, due - now)
            least = min(least, wait)
        return least

    def _tick(self) -> None:
        """Give every session its due steps."""
        if not self.runs and not self.questions and self.measuring:
            measured = quietly(self.engine.measure)
            self.measuring = measured is not None
            if measured is not None:
                self.line.send(measured)
        now = time.perf_counter()
        due = [run for identity, run in self.runs.items() if self._due.get(identity, now) <= now]
        done = self._batch(due) if len(due) > 1 and self.engine.batches else {}
        for run in due:
            with self._computing.at(run.id):
                self._guarded(run, run.tick, done.get(run.id))
            self.line.flush_late()
        if self.questions:
            self.line.flush()
        for identity, answer in list(self.questions.items()):
            with self._computing.at(identity):
                self._work_on(identity, answer)

    def _batch(self, runs: list[Run]) -> dict[str, list[Done]]:
        """The due steps of sessions, computed as one batch where they run one model."""
        due = {run.id: run.due() for run in runs}
        began = time.perf_counter()
        did = iter(self.engine.advance([wish for wishes in due.values() for wish in wishes]))
        seconds = time.perf_counter() - began
        return {name: [Done(count, next(did), seconds) for _, count in wishes] for name, wishes in due.items()}

    def _handle(self, command: Command) -> None:
        if isinstance(command, Quit):
            raise EOFError
        if isinstance(command, Ping):
            self.line.send(Pong())
            return
        if isinstance(command, Open):
            with self._computing.at(command.id):
                self._open(command)
            return
        if isinstance(command, Question):
            self.questions[command.id] = self.engine.answer(command)
            return
        if isinstance(command, Stop) and (answer := self.questions.pop(command.id, None)):
            answer.close()  # nobody waits for it any more
            return
        run = self.runs.get(command.id)
        if run is None:  # it ended while the command was on its way
            return
        match command:
            case Play():
                self._guarded(run, run.play)
            case Pause():
                self._guarded(run, run.pause)
            case Advance():
                self._guarded(run, run.play, command.count)
            case SetSpeed():
                self._guarded(run, run.set_speed, command.speed)
            case Feed():
                self._guarded(run, run.feed, command)
            case Stop():
                self._guarded(run, run.stop, command.by)

    def _open(self, order: Open) -> None:
        prepared = None
        try:
            prepared = self.engine.prepare(order)
            self.runs[order.id] = Run(order, prepared, self.line.send)
        except Exception as error:
            for stream in prepared.streams if prepared else []:
                stream.close()
            if order.redo is None:
                order.path.unlink(missing_ok=True)
            self.line.send(refusal(order.id, error))
        else:
            if order.redo is None:
                self.line.send(Opened(order.id, prepared.manifest))

    def _work_on(self, identity: str, answer: Generator[dict[str, Any] | None, None, dict[str, Any]]) -> None:
        """Go on with one answer; sessions are stepped before the next."""
        event: Event
        try:
            if (known := next(answer)) is not None:
                self.line.send(Progressed(identity, known))
            return
        except StopIteration as end:
            event = Answered(identity, end.value)
        except Exception as error:
            event = refusal(identity, error)
        del self.questions[identity]
        self.line.send(event)

    def _guarded(self, run: Run, action: Any, *arguments: Any) -> None:
        """One session's disk or memory trouble is its own."""
        try:
            action(*arguments)
        except (EOFError, BrokenPipeError, ConnectionResetError):
            raise
        except Exception as error:
            if is_full(error):
                log.warning("session %s is stopped: %s", run.id, error)
            else:
                log.exception("session %s failed", run.id)
            run.fail(error)
        self._due.pop(run.id, None)
        if run.finished:
            self.runs.pop(run.id, None)
