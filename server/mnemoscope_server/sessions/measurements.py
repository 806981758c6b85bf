"""Measurements of how long signals are remembered: begun by one owner, watched by anybody, kept when they end.

The worker reports after every delay what it knows so far; a measurement here is the newest of these reports and what is
known of the question. Who stops one keeps what it has.
"""

import asyncio
import functools
import logging
import time
from dataclasses import dataclass, field
from typing import Any

from mnemoscope.running import standing
from mnemoscope_server.errors import BlobTrouble, NotPossible, UnknownMeasurement
from mnemoscope_server.sessions.jobs import Job, Jobs
from mnemoscope_server.sessions.manager import LiveSessions
from mnemoscope_server.storage.measurements import MeasurementFiles
from mnemoscope_server.storage.owned import is_own
from mnemoscope_server.workers.protocol import Remember

log = logging.getLogger("mnemoscope.measurements")

MAX_AT_ONCE = 2
"""Measurements that run or wait: each holds a share of the workers for its whole time."""
MAX_SECONDS = 600.0
"""After this time one is stopped with what it has."""
FINAL = ("ended", "stopped", "failed")
EMPTY: dict[str, Any] = {
    "trained_delay": None,
    "stage": None,
    "measured": [],
    "n": 0,
    "rows": [],
    "horizons": [],
    "capacities": [],
    "causes": [],
    "prices": [],
    "followed": [],
    "references": [],
    "figures": {},
    "notes": [],
}


@dataclass(frozen=True)
class Asked:
    """A question that can be measured: `facts` are the fields of the answer that are known before it is, and the request."""

    name: str
    facts: dict[str, Any]
    remember: Remember


@dataclass(kw_only=True)
class Measurement(Job):
    """One measurement in memory."""

    asked: Asked
    began: float = field(default_factory=time.monotonic)
    status: str = "waiting"
    reason: str | None = None
    known: dict[str, Any] = field(default_factory=lambda: dict(EMPTY))
    seconds: float = 0.0
    stage_began: float = 0.0
    """When the stage under way began, in seconds of the measurement."""

    def change(self, *, status: str, known: dict[str, Any] | None = None, reason: str | None = None) -> None:
        """The newest state; whoever waits hears of it."""
        self.status, self.reason = status, reason
        before = self._stage()
        self.known = known if known is not None else self.known
        self.seconds = round(time.monotonic() - self.began, 2)
        if self._stage() != before:
            self.stage_began = self.seconds
        self.touch()

    def failed(self, why: str) -> None:
        if not self._final():
            self.change(status="failed", reason=why)

    def over(self) -> None:
        """One that was stopped before it began has not ended itself."""
        if self.status not in FINAL:
            self.change(status="stopped")

    def report(self) -> dict[str, Any]:
        """All fields of schemas.retention.Retention but `mine`, the request, and of the signal one window."""
        facts = self.asked.facts | {"id": self.id, "created": self.created, "command": None}
        state = {"version": self.version, "status": self.status, "reason": self.reason, "seconds": self.seconds}
        return facts | self.known | state | {"seconds_left": self._left()} | ({"stage": None} if self._final() else {})

    def _final(self) -> bool:
        return self.status in FINAL

    def _stage(self) -> str | None:
        stage = self.known["stage"]
        return None if stage is None else stage["name"]

    def _left(self) -> float | None:
        """About the seconds that are left of the stage, were every part of it to cost the same."""
        if self._final():
            return 0.0
        stage = self.known["stage"]
        if stage is None or stage["done"] == 0:
            return None
        spent = self.seconds - self.stage_began
        return round(spent * max(0, stage["of"] - stage["done"]) / stage["done"], 1)


class Measurements:
    """Those that run, and the files of those that ended."""

    def __init__(self, live: LiveSessions, files: MeasurementFiles) -> None:
        self.live, self.files = live, files
        self.jobs: Jobs[Measurement] = Jobs("measurements", most=MAX_AT_ONCE)
        """Those under way, and the last that ended with nothing to keep; whoever opens one hears why."""

    async def begin(self, asked: Asked, owner: str) -> None:
        """Measure, unless it is known or under way. Raises NotPossible where too many are, BlobTrouble."""
        whole = await asyncio.to_thread(self._whole, asked.name)
        job = self.jobs.get(asked.name)
        if (job is None or not job.live) and not whole:
            self.jobs.start(Measurement(id=asked.name, owner=owner, asked=asked), self._measure)

    def report(self, name: str, caller: str | None) -> dict[str, Any]:
        """What is known of one. Raises UnknownMeasurement, BlobTrouble."""
        if measurement := self.jobs.get(name):
            found, owner = measurement.report(), measurement.owner
        else:
            found = self._kept(name)
            owner = found.pop("owner", "")
        for own in ("example", "request"):  # the signal itself is for recordings and for measuring again
            found.pop(own, None)
        return found | {"mine": name != standing.NAME and is_own(owner, caller)}

    async def wait(self, name: str, *, after: int, seconds: float) -> None:
        """Until the measurement is newer than `after`, or over, or the time is."""
        await self.jobs.wait(name, until=lambda measurement: measurement.version > after, seconds=seconds)

    async def stop(self, name: str, caller: str | None) -> None:
        """End it with what it has; one that is over stays as it is. Raises NotPossible for another's, UnknownMeasurement, BlobTrouble."""
        measurement = self.jobs.get(name)
        if measurement is None:
            await asyncio.to_thread(self._kept, name)
        elif measurement.live:
            _require_own(measurement.owner, caller)
            if measurement.task is not None:
                measurement.task.cancel()

    def remove(self, name: str, caller: str | None) -> None:
        """Delete one that is over. Raises NotPossible for another's or one under way, UnknownMeasurement."""
        measurement = self.jobs.get(name)
        if measurement is None:
            _require_own(self.files.read(name).get("owner", ""), caller)
            self.files.remove(name)
        elif measurement.live:
            raise NotPossible("still-live", "this measurement is under way", "Stop it first.")
        else:
            _require_own(measurement.owner, caller)
            self.jobs.remove(name)

    def request(self, name: str) -> dict[str, Any]:
        """What was asked for. Raises UnknownMeasurement, NotPossible where it is not known."""
        measurement = self.jobs.get(name)
        found = self._kept(name) if measurement is None else measurement.report()
        if "request" not in found:
            raise NotPossible(
                "not-repeatable",
                "this measurement does not say what was asked for: it ships with the program, or an older version made it",
                "Begin one with the signal that is meant.",
            )
        return found["request"]

    def example(self, name: str) -> tuple[dict[str, Any], list[float]]:
        """A measurement, and one window of its signal. Raises UnknownMeasurement, NotPossible before the first delay is measured."""
        measurement = self.jobs.get(name)
        found = self._kept(name) if measurement is None else measurement.report()
        if "example" not in found:
            raise NotPossible("still-live", "no delay is measured yet", "Wait for the first point.")
        return found, found["example"]

    async def close(self) -> None:
        """Stop all of them."""
        await self.jobs.close()

    def _kept(self, name: str) -> dict[str, Any]:
        """One that is over, or the one that ships. Raises UnknownMeasurement."""
        return EMPTY | (standing.standing() if name == standing.NAME else _today(self.files.read(name)))

    def _whole(self, name: str) -> bool:
        """Whether there is a file of it that need not be measured again."""
        return self._earlier(name)["status"] == "ended"

    def _earlier(self, name: str) -> dict[str, Any]:
        """What was kept when it was measured before; nothing measured where it was not. Raises BlobTrouble."""
        try:
            return self.files.read(name)
        except UnknownMeasurement:
            return EMPTY | {"status": "failed", "reason": None}

    async def _measure(self, measurement: Measurement) -> None:
        try:
            progress = functools.partial(self._on_progress, measurement)
            known = await self.live.ask(measurement.asked.remember, seconds=MAX_SECONDS, progress=progress)
        except asyncio.CancelledError:
            await self._end(measurement, "stopped")
        except NotPossible as error:
            if measurement.known["measured"]:
                await self._end(measurement, "stopped", reason=str(error))
            else:
                await self._end(measurement, "failed", reason=str(error))
        else:
            await self._end(measurement, "ended", known=known)

    def _on_progress(self, measurement: Measurement, known: dict[str, Any]) -> None:
        measurement.change(status="running", known=EMPTY | known)

    async def _end(
        self, measurement: Measurement, status: str, *, known: dict[str, Any] | None = None, reason: str | None = None
    ) -> None:
        """Over: kept as a file if anything was measured, and whoever waits hears of it.

        One that was stopped earlier than the time before leaves what was kept then.
        """
        try:
            earlier = await asyncio.to_thread(self._earlier, measurement.id)
        except BlobTrouble:  # nobody knows: what was measured now is kept
            earlier = EMPTY
        if status != "ended" and len(earlier["measured"]) > len(measurement.known["measured"]):
            known = {field: earlier[field] for field in EMPTY}
            measurement.change(status=earlier["status"], known=known, reason=earlier["reason"])
            self.jobs.remove(measurement.id)
            return
        measurement.change(status=status, known=None if known is None else EMPTY | known, reason=reason)
        if not measurement.known["measured"]:
            return
        kept = measurement.report() | {"owner": measurement.owner}
        try:
            await asyncio.to_thread(self.files.write, measurement.id, kept)
        except OSError as error:
            log.error("measurement %s cannot be kept: %s", measurement.id, error)
        else:
            self.jobs.remove(measurement.id)


def _today(found: dict[str, Any]) -> dict[str, Any]:
    """A file of version 0.2 has rows of one segment and of one checkpoint a model alone."""
    rows = [{"segment": found["segment"], "seeds": 1} | row for row in found["rows"]]
    return found | {"rows": rows}


def _require_own(owner: str, caller: str | None) -> None:
    if not is_own(owner, caller):
        raise NotPossible(
            "not-yours",
            "this measurement was begun in another browser and can be stopped or deleted only from there",
            "Begin one of your own.",
        )
