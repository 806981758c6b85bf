"""Samples of a live source put in order: what is missing, what came too late, what came twice.

A sample has a number, counted by its sender or told from its time; without one it is the next. Samples that overtook others wait for
them for a while. What does not come leaves a gap: its places are given to NaN, so that the clock goes on, up to `MAX_FILLED` of them;
over a longer gap the series closes, and that is noted. Nothing is left out without being counted.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mnemoscope.errors import SignalError
from mnemoscope.signals.series import LARGEST

MAX_WAITING = 16
"""Samples that wait for one they overtook; one more, and it is given up."""
MAX_FILLED = 256
"""Places of a gap that are filled; over a longer one the series closes."""
MAX_NUMBER = 2**53
"""Numbers of samples stay below it: a JSON number is exact up to there."""
MAX_GAPS = 200
"""Gaps whose place is kept; the others are only counted."""


@dataclass(frozen=True)
class Gap:
    """Samples that did not come: places `first … until` (until excluded) of the series stand for `missing` of them."""

    first: int
    until: int
    missing: int

    @property
    def filled(self) -> bool:
        """Whether every missing sample has its place."""
        return self.until - self.first == self.missing


@dataclass
class Counts:
    """What has become of all samples so far."""

    received: int = 0
    """Samples that were sent, whatever became of them."""
    gaps: int = 0
    missing: int = 0
    """Samples that are missing in the gaps."""
    late: int = 0
    """Came when their place had been given up; left out."""
    duplicates: int = 0
    """Came again; left out."""
    blank: int = 0
    """Without a finite number; their places stay, and hold the value before."""
    beyond: int = 0
    """Came after the last step of the run; left out."""


@dataclass
class Arrivals:
    """A series as it comes in. `rate`: samples a second, by which times become numbers."""

    rate: float | None = None
    counts: Counts = field(default_factory=Counts)
    gaps: list[Gap] = field(default_factory=list[Gap])
    """The first `MAX_GAPS` of them."""
    placed: int = 0
    """Places of the series that are given away."""
    next: int | None = None
    """Number of the sample that is waited for; None before the first."""
    _waiting: dict[int, float] = field(default_factory=dict[int, float])
    _given_up: deque[tuple[int, int]] = field(default_factory=lambda: deque[tuple[int, int]](maxlen=1000))
    """Numbers of missing samples, `first … until`."""
    _began: float | None = None
    """Time of the sample with the number 0."""

    @property
    def waiting(self) -> int:
        """Samples that wait for one they overtook."""
        return len(self._waiting)

    def take(self, values: Iterable[float | None], first: int | None = None) -> list[float]:
        """Samples `first`, `first + 1`, … (None: the next ones; a value that is None or not finite: none) -> the values that have
        their place now, in order; NaN where there is none.

        Raises SignalError for a number that is negative or too large.
        """
        values = list(values)
        number = (self.next or 0) if first is None else first
        if not 0 <= number <= MAX_NUMBER - len(values):
            raise SignalError(f"a sample's number must lie in 0 … {MAX_NUMBER - 1}, got {number}")
        placed: list[float] = []
        for at, value in enumerate(values, number):
            self._one(at, value, placed)
        return placed

    def take_at(self, values: Sequence[float | None], times: Sequence[float]) -> list[float]:
        """Samples with their times in seconds, by which they are numbered on the grid of `rate` that the first one begins.

        Raises SignalError where the rate is not known, or there is not one finite time for every value.
        """
        if self.rate is None:
            raise SignalError(
                "times can only be placed where the rate of the source is known; give the rate, or numbers"
            )
        if len(times) != len(values) or not all(map(math.isfinite, times)):
            raise SignalError(f"wanted a finite time for each of {len(values)} values, got {len(times)} times")
        numbers: list[int] = []
        began = self._began
        for time in times:
            began = time if began is None else began
            numbers.append(round((time - began) * self.rate))
        if any(abs(number) >= MAX_NUMBER for number in numbers):
            raise SignalError("a time lies too far from the first one; times are in seconds")
        self._began = began
        placed: list[float] = []
        for number, value in zip(numbers, values, strict=True):
            if number < 0:  # before the first sample of all
                self.counts.received += 1
                self.counts.late += 1
            else:
                self._one(number, value, placed)
        return placed

    def flush(self) -> list[float]:
        """Wait no longer for what was overtaken -> the values that have their place now."""
        placed: list[float] = []
        while self._waiting:
            self._give_up(placed)
        return placed

    def _one(self, number: int, value: float | None, placed: list[float]) -> None:
        self.counts.received += 1
        known = value is not None and abs(value) <= LARGEST  # not NaN either
        if self.next is None:
            self.next = number
        if number < self.next or number in self._waiting:
            if any(first <= number < until for first, until in self._given_up):
                self.counts.late += 1
            else:
                self.counts.duplicates += 1
            return
        if not known:
            self.counts.blank += 1
        self._waiting[number] = float(value) if known and value is not None else math.nan
        self._in_order(placed)
        while len(self._waiting) > MAX_WAITING:
            self._give_up(placed)

    def _in_order(self, placed: list[float]) -> None:
        """Give places to the samples that nothing is missing before."""
        assert self.next is not None
        while self.next in self._waiting:
            placed.append(self._waiting.pop(self.next))
            self.next += 1
            self.placed += 1

    def _give_up(self, placed: list[float]) -> None:
        """Leave a gap up to the next sample that is there."""
        assert self.next is not None
        following = min(self._waiting)
        missing = following - self.next
        filled = missing if missing <= MAX_FILLED else 0
        self.counts.gaps += 1
        self.counts.missing += missing
        if len(self.gaps) < MAX_GAPS:
            self.gaps.append(Gap(self.placed, self.placed + filled, missing))
        self._given_up.append((self.next, following))
        placed.extend([math.nan] * filled)
        self.placed += filled
        self.next = following
        self._in_order(placed)
