"""Record models while their signal comes in: `feed` it as it arrives, `finish` when it ends.

    with LiveRecorder("run.mnemo", growing, models) as recorder:
        recorder.feed([0.1, 0.2, …])        # steps are computed as far as they are known, and are in the file within half a second
        recorder.finish()

The file is there from its first step on, grows as a reader can follow it, and stays readable whatever ends this program.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Literal

from mnemoscope import tasks
from mnemoscope.checkpoints.store import LoadedModel
from mnemoscope.errors import SignalError
from mnemoscope.format.entries import Failure
from mnemoscope.format.schema import StoppedBy
from mnemoscope.reading.recording import RecordingWriter
from mnemoscope.running.record import manifest_for
from mnemoscope.running.stepper import Stepper
from mnemoscope.running.stream import NotFinite
from mnemoscope.signals.arrivals import Arrivals
from mnemoscope.tasks.growing import Growing, LiveSignal

FIRST_STEPS, MAX_STEPS = 1024, 10_000_000
"""Room that is laid out at first; it doubles as steps come, up to the most."""
WRITE_SECONDS = 0.5
"""Longest time a computed step waits before it is handed to the operating system."""


def growing_of(task: str, signal: LiveSignal, *, options: dict[str, int], most: int = MAX_STEPS) -> Growing:
    """A live episode with room for its first steps; most: steps it will have at most. Raises UnknownTask, SignalError."""
    needed = tasks.get(task).plan(None, **options).steps
    return Growing(task, signal, steps=min(most, max(FIRST_STEPS, needed)), options=options)


class LiveRecorder:
    """One recording of a live source."""

    def __init__(
        self,
        path: str | os.PathLike[str],
        growing: Growing,
        models: Sequence[LoadedModel],
        *,
        most: int = MAX_STEPS,
        seed: int = 0,
        title: str = "",
        device: str = "cpu",
    ) -> None:
        """most: steps after which it ends by itself."""
        self.path, self.growing, self.most = Path(path), growing, most
        self.arrivals = Arrivals(rate=growing.signal.rate)
        self.failures: list[Failure] = []
        self.done = 0
        """Steps computed."""
        self._steppers = [Stepper(model, growing.episode, device=device) for model in models]
        self._alive = dict(enumerate(self._steppers))
        self._manifest = manifest_for(growing.episode, self._steppers, seed=seed, title=title, open_ended=True)
        self._writer: RecordingWriter | None = None
        self._flushed = 0.0

    @property
    def over(self) -> bool:
        """Nothing more is wanted: it has the most steps it may have, or no model can go on."""
        return self.done >= self.most or not self._alive

    def feed(self, values: Sequence[float | None], times: Sequence[float] | None = None) -> int:
        """Take in samples (None or NaN: no number came), with their times in seconds where they have any -> steps computed.

        Raises SignalError for times that cannot be placed.
        """
        return self._take(self.arrivals.take(values) if times is None else self.arrivals.take_at(values, times))

    def finish(self, status: Literal["ended", "stopped"] = "ended", *, by: StoppedBy | None = None) -> None:
        """Compute what is left and close the file for good. Raises SignalError where there is no step to record."""
        self._take(self.arrivals.flush())
        first = self.growing.known
        self.growing.close()
        self._go_on(first)
        if self._writer is None:
            raise SignalError("the live source sent no two numbers, so there is nothing to record")
        end = self.growing.revised(self.done) | {"costs": [stepper.cost for stepper in self._steppers]}
        self._writer.meta(end)
        self._writer.finish(status if self._alive else "failed", steps=self.done, stopped_by=by)

    def _take(self, placed: list[float]) -> int:
        growing = self.growing
        average = growing.signal.average
        self.arrivals.counts.beyond += max(0, min(len(placed), self.arrivals.placed - self.most * average))
        wanted = min(self.most, self.arrivals.placed // average + growing.task.ahead + 1)
        if wanted > growing.steps:
            growing.extend(min(self.most, max(wanted, 2 * growing.steps)))
            self._revise()
        first, scaling = growing.known, growing.scaling
        growing.feed(placed, self.arrivals.counts, self.arrivals.gaps)
        computed = self._go_on(first)
        if growing.scaling is not scaling:
            self._revise()
        return computed

    def _go_on(self, first: int) -> int:
        """Compute all that is known by now, of which steps from `first` on are new."""
        known = self.growing.known
        count = known - self.done
        for stepper in self._alive.values():
            stepper.hear(self.growing.episode, first, known)
        if count <= 0:
            return 0
        if self._writer is None:
            self._manifest |= self.growing.revised() | {"steps": self.growing.steps}
            self._writer = RecordingWriter(self.path, self._manifest, overwrite=True)
        for number, stepper in list(self._alive.items()):
            try:
                packets = stepper.advance(count)
            except NotFinite as error:
                packets = error.packets
                del self._alive[number]
                self.failures.append(error.failure(number))
            for packet in packets:
                write = self._writer.frames if packet.kind == "frames" else self._writer.keyframe
                write(number, packet.first, packet.payload)
        if self.failures:
            self._writer.meta({"failures": [failure.to_json() for failure in self.failures]})
        self.done = known if self._alive else max(failure.step for failure in self.failures)
        if time.monotonic() - self._flushed >= WRITE_SECONDS:
            self.flush()
        return count

    def flush(self) -> None:
        """Hand what is computed to the operating system, so that readers see it."""
        if self._writer is not None:
            self._writer.flush()
        self._flushed = time.monotonic()

    def _revise(self) -> None:
        if self._writer is not None:
            self._writer.meta(self.growing.revised() | {"steps": self.growing.steps})

    def __enter__(self) -> LiveRecorder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is not None:
            self._writer.close()
