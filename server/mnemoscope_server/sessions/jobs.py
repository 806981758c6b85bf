"""Work that somebody ordered and that ends by itself, fits and measurements alike: how many at a time, whose, what is new, how it is ended.

A job is known from its beginning; what it has made is kept by whoever began it. Those that are over stay until they are taken
out, so that a page can say why one came to nothing; the oldest of them go first.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from mnemoscope_server.background import complain
from mnemoscope_server.errors import NotPossible
from mnemoscope_server.storage.index import timestamp

MAX_OVER = 64
"""Jobs that are over and still known here."""
CLOSE_SECONDS = 5.0


@dataclass(kw_only=True)
class Job:
    """One of them. `changed` is set, and replaced, whenever something of it is new; `version` counts that."""

    id: str
    owner: str
    created: str = field(default_factory=lambda: timestamp(datetime.now(UTC)))
    version: int = 0
    task: asyncio.Task[None] | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def live(self) -> bool:
        """It waits or runs."""
        return self.task is None or not self.task.done()

    def touch(self) -> None:
        """Wake whoever waits for news."""
        self.version += 1
        self.changed.set()
        self.changed = asyncio.Event()

    def failed(self, why: str) -> None:
        """Its work broke off by a bug. What it says then is each kind's own."""

    def over(self) -> None:
        """Its work has ended, or was cancelled before it began."""
        self.touch()


AnyJob = TypeVar("AnyJob", bound=Job)


class Jobs(Generic[AnyJob]):
    """The jobs of one kind, by id, the oldest first. `what` they are called, in the plural; at most `most` wait or run."""

    def __init__(self, what: str, *, most: int) -> None:
        self.what, self.most = what, most
        self._jobs: dict[str, AnyJob] = {}

    def __iter__(self) -> Iterator[AnyJob]:
        return iter([*self._jobs.values()])

    def get(self, identity: str) -> AnyJob | None:
        """The job of this id, None where it is unknown or was taken out."""
        return self._jobs.get(identity)

    def start(self, job: AnyJob, work: Callable[[AnyJob], Coroutine[Any, Any, None]]) -> None:
        """Begin it; one of its id that is over gives way. Raises NotPossible where as many as may wait or run."""
        if sum(other.live for other in self) >= self.most:
            raise NotPossible(
                f"too-many-{self.what}",
                f"{self.most} {self.what} wait or run, the most at a time",
                "Wait for one to end, or stop one.",
            )
        self._jobs.pop(job.id, None)
        self._jobs[job.id] = job
        for old in [other.id for other in self if not other.live][:-MAX_OVER]:
            del self._jobs[old]
        job.task = asyncio.create_task(self._supervised(job, work))
        job.task.add_done_callback(lambda _: job.over())

    async def _supervised(self, job: AnyJob, work: Callable[[AnyJob], Coroutine[Any, Any, None]]) -> None:
        try:
            await work(job)
        except Exception as error:
            complain(f"{self.what}: {job.id}", error)
            job.failed(f"{type(error).__name__}: {error}")

    async def wait(self, identity: str, *, until: Callable[[AnyJob], bool], seconds: float) -> None:
        """Until the job is as wanted, over or taken out, or the time is up."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while (job := self.get(identity)) and job.live and not until(job):
                    await job.changed.wait()

    def remove(self, identity: str) -> None:
        """Take it out: nobody finds it here any more."""
        if job := self._jobs.pop(identity, None):
            job.touch()

    async def close(self) -> None:
        """Cancel the work of all of them."""
        tasks = [job.task for job in self if job.task is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSE_SECONDS)
