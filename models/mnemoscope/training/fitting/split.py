"""A series cut in time: what is fitted to, what training stops by, what is scored. No torch, so that a page can draw it first."""

from dataclasses import dataclass
from typing import Any

from mnemoscope.errors import SignalError
from mnemoscope.training.fitting.subject import Subject

FIRST = 0.5
"""Share of the series that may be seen at all; the rest is for the score."""
HELD_BACK = 0.15
"""Share of that part which training stops by."""


@dataclass(frozen=True)
class Split:
    """Fitted to steps 0 … `held_back`, stopped by `held_back` … `test`, scored on `test` … `steps` (each end excluded)."""

    held_back: int
    test: int
    steps: int

    def to_json(self) -> dict[str, Any]:
        """{"fit", "held_back", "test"} as [first step, stop], and {"steps"}."""
        return {
            "fit": [0, self.held_back],
            "held_back": [self.held_back, self.test],
            "test": [self.test, self.steps],
            "steps": self.steps,
        }


def split_of(steps: int, subject: Subject) -> Split:
    """The first half to fit to, the last 15 % of it held back, the second half to score. Raises SignalError for too few steps."""
    if steps < subject.min_steps:
        raise SignalError(
            f"the series has {steps} steps; to fit a model, stop in time and score it needs at least {subject.min_steps}: "
            "take a longer window, or a higher rate"
        )
    test = round(FIRST * steps)
    return Split(test - max(subject.min_held_back, round(HELD_BACK * test)), test, steps)
