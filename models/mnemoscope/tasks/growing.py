"""An episode whose signal comes in while it is run: laid out for the most steps it may have, filled as values arrive.

How the signal is scaled is either given, or settled by its first values: nothing can be computed before those have come, and what
they settle holds to the end, so that raw = value · scale + offset does too.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope import tasks
from mnemoscope.errors import SignalError
from mnemoscope.format.entries import Event
from mnemoscope.signals.arrivals import Counts, Gap
from mnemoscope.signals.series import fill, scale
from mnemoscope.tasks.base import Episode, Task

WARMUP = 64
"""Values that settle mean and deviation where nobody gives them."""
MAX_WARMUP = 1024
MAX_AVERAGED = 1000


@dataclass(frozen=True)
class LiveSignal:
    """What is known of a live source before it sends anything."""

    name: str = "live source"
    rate: float | None = None
    """Samples a second."""
    unit: str | None = None
    average: int = 1
    """Samples whose mean is one step."""
    scaling: tuple[float, float] | None = None
    """(offset, scale): raw = value · scale + offset. None = by the mean and deviation of the first values."""
    warmup: int = WARMUP
    """Steps that settle the scaling where it is not given."""

    def check(self) -> None:
        """Raises SignalError for what cannot be meant."""
        if self.rate is not None and not 0 < self.rate < float("inf"):
            raise SignalError(f"the rate of a live source is a positive number of samples a second, got {self.rate}")
        if not 1 <= self.average <= MAX_AVERAGED:
            raise SignalError(f"between 1 and {MAX_AVERAGED} samples make a step, got {self.average}")
        if not 2 <= self.warmup <= MAX_WARMUP:
            raise SignalError(f"the scaling is settled by 2 to {MAX_WARMUP} steps, got {self.warmup}")
        if self.scaling is not None and not (np.isfinite(self.scaling).all() and self.scaling[1] > 0):
            raise SignalError(f"the scale must be a positive number and the offset finite, got {self.scaling}")


class Growing:
    """A task on a live signal. `known`: steps that can be run; it grows with every `feed`, and by the last ones with `close`."""

    def __init__(self, task: str, signal: LiveSignal, *, steps: int, options: dict[str, Any] | None = None) -> None:
        """steps: the most it may have. Raises UnknownTask, SignalError."""
        signal.check()
        self.signal = signal
        self._options = dict(tasks.get(task).throughout) | (options or {})
        self.scaling = None if signal.scaling is None else _given(*signal.scaling)
        self.heard, self.closed = 0, False
        self._left: list[float] = []
        """Samples of a step that is not whole yet."""
        self._unscaled: list[float] = []
        self._last = 0.0 if signal.scaling is None else signal.scaling[0]
        self.episode = self._laid_out(task, steps)
        self._values = np.zeros(steps, np.float32)
        self._note(Counts(), [])

    def _laid_out(self, task: str, steps: int) -> Episode:
        found = tasks.get(task)
        if not found.takes_signal:
            found.no_signal(self.signal)
        facts = {
            "name": self.signal.name,
            "channel": None,
            "unit": self.signal.unit,
            "sample_rate": None if self.signal.rate is None else self.signal.rate / self.signal.average,
        }
        return replace(found.episode(np.zeros(steps, np.float32), **self._options), signal=facts)

    def name_channel(self, name: str) -> None:
        """What the source calls its values, which may be known only once it sends."""
        assert self.episode.signal is not None
        self.episode.signal["channel"] = name

    def extend(self, steps: int) -> None:
        """Make room for more steps; `episode` is another one from here on, which begins as this one did."""
        heard, known = self.episode, self.heard
        self.episode = self._laid_out(heard.task, steps)
        assert self.episode.signal is not None
        assert heard.signal is not None
        self.episode.signal.update(heard.signal)
        self._values = np.concatenate((self._values, np.zeros(steps - len(self._values), np.float32)))
        if known:
            self.task.hear(self.episode, 0, self._values[:known])

    @property
    def task(self) -> Task:
        return tasks.get(self.episode.task)

    @property
    def steps(self) -> int:
        """The most it may have."""
        return self.episode.steps

    @property
    def full(self) -> bool:
        """No more values are wanted."""
        return self.heard >= self.steps

    @property
    def known(self) -> int:
        if self.closed or self.full:
            return self.heard
        return max(0, self.heard - self.task.ahead)

    def feed(self, samples: list[float], counts: Counts, gaps: list[Gap]) -> None:
        """Take in samples in order (NaN: none came, the value before is held), and what is known of all so far.

        What is more than the episode has room for is left out.
        """
        self._left += samples
        whole = len(self._left) - len(self._left) % self.signal.average
        values = _means(self._left[:whole], self.signal.average)
        del self._left[:whole]
        self._settle(values)
        self._note(counts, gaps)

    def close(self) -> None:
        """Nothing more comes."""
        self._settle(_means(self._left, max(1, len(self._left))), ready=True)
        self.closed = True
        if self.task.ahead and self.heard:
            self.episode.mask[max(0, self.heard - self.task.ahead) : self.heard] = 0  # what follows is never known

    def revised(self, reached: int | None = None) -> dict[str, Any]:
        """What of the manifest has changed by now; reached: the steps it came to, at the end."""
        events = [*self.episode.events, *(self._event(gap) for gap in self._gaps)]
        if reached is not None:
            ends = [(event, min(event.until, reached)) for event in events]
            events = [Event(e.step, until, e.kind, e.label) for e, until in ends if e.step < reached and e.step < until]
        events.sort(key=lambda event: event.step)
        task: dict[str, Any] = {
            "name": self.episode.task,
            "values": "bits" if self.task.binary else "real",
            "params": self.episode.params,
            "events": [event.to_json() for event in events],
        }
        return {"task": task, "signal": self.episode.signal}

    def _event(self, gap: Gap) -> Event:
        first, until = gap.first // self.signal.average, -(-gap.until // self.signal.average)
        rest = "" if gap.filled else ", not filled"
        said = "1 sample" if gap.missing == 1 else f"{gap.missing} samples"
        return Event(first, max(until, first + 1), "label", f"gap: {said}{rest}")

    def _note(self, counts: Counts, gaps: list[Gap]) -> None:
        assert self.episode.signal is not None
        self._gaps = list(gaps)
        live = {"rate": self.signal.rate, "average": self.signal.average} | asdict(counts)
        if self.signal.scaling is None:
            live["warmup"] = self.signal.warmup
        self.episode.signal["source"] = {"live": live}
        self.episode.signal["scaling"] = self.scaling

    def _settle(self, values: list[float], *, ready: bool = False) -> None:
        """Scale values and give them their steps, once it is known how."""
        if self.scaling is None:
            self._unscaled += values
            if len(self._unscaled) < self.signal.warmup and not ready:
                return
            first = np.asarray(self._unscaled[: self.signal.warmup], np.float64)
            if np.isfinite(first).sum() < 2:  # nothing to go by yet
                return
            self.scaling = scale(fill(first, "hold"), "zscore")[1]
            values, self._unscaled = self._unscaled, []
            self._last = float(first[np.isfinite(first)][0])
        raw = np.asarray(values[: self.steps - self.heard], np.float64)
        if not len(raw):
            return
        held = fill(np.concatenate(([self._last], raw)), "hold")[1:]
        self._last = float(held[-1])
        scaled: NDArray[np.float32] = ((held - self.scaling["offset"]) / self.scaling["scale"]).astype(np.float32)
        self._values[self.heard : self.heard + len(scaled)] = scaled
        self.task.hear(self.episode, self.heard, scaled)
        self.heard += len(scaled)


def _means(samples: list[float], each: int) -> list[float]:
    """Mean of every `each` samples, of those that are there; NaN where none is."""
    if each == 1:
        return samples
    rows = np.asarray(samples, np.float64).reshape(-1, each)
    there = np.isfinite(rows)
    count = there.sum(1)
    sums = np.where(there, rows, 0.0).sum(1)
    return np.where(count > 0, sums / np.maximum(count, 1), np.nan).tolist()


def _given(offset: float, width: float) -> dict[str, Any]:
    return {"method": "given", "offset": float(offset), "scale": float(width)}
