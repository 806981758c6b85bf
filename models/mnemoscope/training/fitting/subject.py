"""What a fit has to know of the task it is for: which windows train, which steps are scored, what has to be beaten. No torch."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from mnemoscope.tasks import Task
from mnemoscope.training.fitting.scoring import MAX_BLOCKS, Answers, Part

Floats = NDArray[np.float64]

BASELINES = {
    "ar32": "AR(32)",
    "seasonal": "the season before",
    "persistence": "persistence",
    "mean": "answering the mean",
    "shift_register": "a shift register",
}
"""All that models are compared with, by the keys of a result, and as they are called in a sentence."""


@dataclass(frozen=True)
class Baselines:
    """Fitted like a model to the part before the held-back one."""

    series: dict[str, Floats]
    """What each of those that are fitted answers after every step of the whole series [T], by key."""
    period: int | None = None
    """Steps of the season."""
    ar32: list[float] = field(default_factory=list[float])
    """Coefficients of AR(32), newest value first, then the constant; for scaled values."""


class Subject(ABC):
    """One task on one series."""

    task: Task
    rivals: ClassVar[tuple[str, ...]]
    """Baselines that a model is advised against, by key."""
    references: ClassVar[tuple[str, ...]] = ()
    """Baselines that are drawn and said beside them: each needs to know what a model has to find out."""
    reasons: ClassVar[dict[str, str]]
    """Why another baseline has no meaning here, by key."""
    min_steps: ClassVar[int]
    """Fewer leave too little to fit to, to stop by and to score."""
    min_held_back: ClassVar[int]
    lr: ClassVar[float]
    """Adam's rate from a trained checkpoint: far below the recipes', so that what it knows is bent, not broken."""
    warm_up: ClassVar[int] = 0
    """Updates up to that rate."""
    example_blocks: ClassVar[int]
    """Blocks that before and after are shown on."""

    @property
    def baselines(self) -> tuple[str, ...]:
        """Keys of all that are drawn."""
        return (*self.rivals, *self.references)

    @abstractmethod
    def training(self, values: Floats) -> Task:
        """The task on windows of these values alone."""

    @abstractmethod
    def part(self, values: Floats, start: int, stop: int, *, most: int = MAX_BLOCKS) -> Part:
        """Steps `start` … `stop` (excluded) of the series as at most so many blocks."""

    @abstractmethod
    def fitted(self, values: Floats, fitted_to: int) -> Baselines:
        """The baselines, knowing the first `fitted_to` values; to be given to `on`."""

    @abstractmethod
    def on(self, part: Part, made: Baselines) -> dict[str, Answers]:
        """What each baseline answers to a part, by key."""

    def reference(self) -> str:
        """What is to be said of the references beside every advice; "" where there is none."""
        return ""
