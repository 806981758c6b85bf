"""When the next steps of a run are due: at its speed, kept to the ticks of a clock that all runs of a worker share.

Without that a worker with 64 runs at 30 steps a second wakes two thousand times a second, each time for one of them.
"""

import math

TICK = 1 / 60
"""Seconds. What is due between two ticks is computed and reported at the second: a picture's time, so that nobody sees it."""
LATE_SECONDS = 0.5
"""A speed that cannot be held is not made up for in a burst."""
ROUNDING = 1e-6
"""Ticks by which sums of floats may miss one."""


def tick_before(now: float) -> float:
    """The last tick up to now."""
    return math.floor(now / TICK + ROUNDING) * TICK


def tick_after(moment: float) -> float:
    """The first tick from a moment on."""
    return math.ceil(moment / TICK - ROUNDING) * TICK


class Pace:
    """Of one run. Moments are those of `time.perf_counter`."""

    def __init__(self, speed: float | None) -> None:
        self.speed = speed
        """Steps per second; None = as fast as possible."""
        self._began, self._step = 0.0, 0
        """From which the speed is counted."""

    def begin(self, now: float, step: int) -> None:
        """The next step is due now; the others follow it, at ticks."""
        self._began, self._step = now, step

    def due(self, step: int) -> float:
        """When the step after so many is computed. Only where there is a speed."""
        assert self.speed is not None
        steps = step - self._step
        return tick_after(self._began + steps / self.speed) if steps else self._began

    def owed(self, now: float, step: int) -> int:
        """Steps to compute now, after so many. Only where there is a speed."""
        assert self.speed is not None
        passed = max(0.0, tick_before(now) + 2 * ROUNDING * TICK - self._began)  # never less than what `due` looked at
        owed = int(passed * self.speed) + 1 - (step - self._step)
        if owed > LATE_SECONDS * self.speed + 1:
            self.begin(now, step)
            return 1
        return max(0, owed)
