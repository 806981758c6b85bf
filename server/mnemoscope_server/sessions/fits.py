"""Fits that are wanted, running or just over: one at a time in a process of its own, each with its owner."""

import asyncio
import contextlib
import multiprocessing
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from mnemoscope_server.sessions.jobs import Job, Jobs
from mnemoscope_server.storage.fits import Fits
from mnemoscope_server.storage.owned import is_own
from mnemoscope_server.workers.fitting import Done, Failed, FitOrder, Looked, Report, not_written, work

MAX_WAITING = 8
"""Fits that wait or run, of everybody together."""

State = Literal["waiting", "running", "done", "failed"]


@dataclass(kw_only=True)
class FitJob(Job):
    """One fit."""

    order: FitOrder
    facts: dict[str, Any]
    """What was asked for, for people: model, label, glyph, name …"""
    state: State = "waiting"
    curve: list[Looked] = field(default_factory=list[Looked])
    result: dict[str, Any] | None = None
    error: str | None = None
    stopping: bool = False
    stop: Callable[[], None] = lambda: None

    @property
    def live(self) -> bool:
        """It waits or runs; its process may take a moment longer to go than its result to come."""
        return super().live and self.state in ("waiting", "running")

    def failed(self, why: str) -> None:
        if self.state != "done":
            self.state, self.result, self.error = "failed", None, why

    def to_json(self) -> dict[str, Any]:
        """Everything that is told of it, as it is kept too."""
        return self.facts | {
            "id": self.id,
            "state": self.state,
            "stopping": self.stopping,
            "created": self.created,
            "curve": [[look.update, look.seconds, look.error] for look in self.curve],
            "result": self.result,
            "error": self.error,
        }


class FitJobs:
    """The fits of this server, by id; those that are done lie in `fits`."""

    def __init__(self, fits: Fits) -> None:
        self.fits = fits
        self.jobs: Jobs[FitJob] = Jobs("fits", most=MAX_WAITING)
        self._turn = asyncio.Lock()
        self._processes: set[Any] = set()

    def add(self, identity: str, order: FitOrder, facts: dict[str, Any], *, owner: str) -> FitJob:
        """Begin a fit, when those before it are over. Raises NotPossible."""
        job = FitJob(id=identity, owner=owner, order=order, facts=facts)
        self.jobs.start(job, self._run)
        return job

    def find(self, identity: str, caller: str | None) -> FitJob | None:
        """A fit that is not kept yet, or never will be; None where it is kept or unknown. Others' are unknown."""
        job = self.jobs.get(identity)
        return job if job is not None and is_own(job.owner, caller) else None

    def unkept(self, caller: str | None) -> list[FitJob]:
        """The caller's that are not kept yet, or never will be, newest first."""
        return [job for job in self.jobs if is_own(job.owner, caller) and job.state != "done"][::-1]

    async def news(self, identity: str, caller: str | None, *, since: int, seconds: float) -> dict[str, Any]:
        """A fit, as soon as it has more than `since` looks or is over, at the latest after some seconds. Raises UnknownFit."""
        if self.find(identity, caller):
            await self.jobs.wait(identity, until=lambda job: len(job.curve) > since, seconds=seconds)
        if job := self.find(identity, caller):
            return job.to_json()
        return await asyncio.to_thread(self.fits.facts, identity, caller)

    def stop(self, identity: str, caller: str | None) -> None:
        """End a training: the best so far is the result. One that is over stays so. Raises UnknownFit."""
        job = self.find(identity, caller)
        if job is None:
            self.fits.facts(identity, caller)
        elif job.live:
            job.stopping = True
            job.stop()
            job.touch()

    async def remove(self, identity: str, caller: str | None) -> None:
        """Delete a fit, its process with it if it runs. Raises UnknownFit."""
        job = self.find(identity, caller)
        if job is None or job.state == "done":
            await asyncio.to_thread(self.fits.remove, identity, caller)
        else:
            self.fits.end(identity)
        if job is not None:
            job.error = job.error or "deleted"
            job.stop()
            self.jobs.remove(identity)

    async def close(self) -> None:
        """End all processes: what they were fitting is lost."""
        for process in list(self._processes):
            process.kill()
        await self.jobs.close()

    async def _run(self, job: FitJob) -> None:
        try:
            await asyncio.to_thread(self.fits.begin, job.id, job.owner, job.to_json())
        except OSError as error:
            job.state, job.error = "failed", not_written(error)
            return
        async with self._turn:
            if self.jobs.get(job.id) is not job:
                return  # deleted while it waited
            if job.stopping:
                self._fail(job, "stopped before it began")
                job.touch()
                return
            job.state = "running"
            job.touch()
            try:
                await self._train(job)
            finally:
                shutil.rmtree(job.order.folder, ignore_errors=True)

    def _fail(self, job: FitJob, why: str) -> None:
        """It is over without a result."""
        self.fits.end(job.id)
        job.state, job.result, job.error = "failed", None, why

    async def _keep(self, job: FitJob) -> None:
        try:
            facts = job.to_json() | {"state": "done"}
            await asyncio.to_thread(self.fits.keep, job.id, job.order.folder, job.owner, facts)
            self.fits.end(job.id)
            job.state = "done"
        except OSError as error:
            self._fail(job, not_written(error))

    async def _train(self, job: FitJob) -> None:
        context = multiprocessing.get_context("spawn")
        near, far = context.Pipe(duplex=True)
        process = context.Process(target=work, args=(far, job.order), name="mnemoscope-fit", daemon=True)
        await asyncio.to_thread(process.start)
        far.close()
        self._processes.add(process)
        reports: asyncio.Queue[Report | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def read() -> None:
            report: Report | None = Failed("")
            while report is not None:
                try:
                    report = near.recv()
                except (EOFError, OSError):
                    report = None
                with contextlib.suppress(RuntimeError):  # the loop is closed: the server is going down
                    loop.call_soon_threadsafe(reports.put_nowait, report)

        def stop() -> None:
            with contextlib.suppress(OSError):  # it has just ended
                near.send("stop")

        job.stop = stop
        if job.stopping:
            stop()
        threading.Thread(target=read, name="fit-read", daemon=True).start()
        try:
            while (report := await reports.get()) is not None:
                await self._take(job, report)
        finally:
            job.stop = lambda: None
            process.kill()
            await asyncio.to_thread(process.join)
            near.close()
            self._processes.discard(process)
        if job.state == "running":
            self._fail(job, f"the process that fitted it ended (exit code {process.exitcode})")
        job.touch()

    async def _take(self, job: FitJob, report: Report) -> None:
        match report:
            case Looked():
                job.curve.append(report)
            case Failed(message):
                self._fail(job, message)
            case Done(result):
                job.result = result
                if self.jobs.get(job.id) is job:
                    await self._keep(job)
        job.touch()
