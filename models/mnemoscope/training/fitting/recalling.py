"""Fits of a recall: every segment of a part is asked for once, after the delay that the task asks for by itself. No torch.

Relative RMSE of the replay (as the task `signal-recall`): 0 is exact, 1 is what answering the mean gets.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mnemoscope.tasks import Batch, SignalRecall
from mnemoscope.training.fitting.scoring import MAX_BLOCKS, Answers, Part, chosen
from mnemoscope.training.fitting.subject import Baselines, Subject

Floats = NDArray[np.float64]


class Shape(NamedTuple):
    """Steps of one round: heard before the segment, the segment, heard between it and the cue."""

    lead: int
    segment: int
    delay: int

    @property
    def heard(self) -> int:
        """Steps of the signal that a round takes; its clock goes on during the replay, but nobody hears it."""
        return self.lead + self.segment + self.delay


def _asked() -> Shape:
    given = SignalRecall().checked({})
    return Shape(given["lead"], given["segment"], given["delay"])


SHAPE = _asked()
LONGEST = sum(high for _, high in SignalRecall.trained.values()) + SignalRecall.trained["segment"][1]
"""Steps of the longest round that training draws."""
PREDICTS = "it predicts the next value; a replay asks for values that went by before the delay"


class _Windows:
    """Windows of one series, where the task draws mixtures."""

    def __init__(self, values: Floats) -> None:
        self._values = values

    def windows(self, rng: np.random.Generator, count: int, steps: int) -> Floats:
        """[count, steps]."""
        starts = rng.integers(0, len(self._values) - steps + 1, count)
        return np.stack([self._values[at : at + steps] for at in starts])


class OnSeries(SignalRecall):
    """The task `signal-recall` on windows of one series: segments and delays of all lengths, as in the models' training."""

    def __init__(self, values: Floats) -> None:
        super().__init__()
        self._pool = _Windows(values)
        self._most = len(values) // LONGEST

    def batch(self, rng: np.random.Generator, count: int, *, progress: float = 1.0, rounds: int = 1) -> Batch:
        """As many rounds as the series has room for."""
        return super().batch(rng, count, progress=progress, rounds=min(rounds, self._most))


class RecallPart(Part):
    """Steps `start` … `stop` (excluded): segments one after another, each in a round of its own."""

    def __init__(self, values: Floats, start: int, stop: int, *, most: int = MAX_BLOCKS) -> None:
        starts = chosen(np.arange(start, stop - SHAPE.heard + 1, SHAPE.segment), most)
        task = SignalRecall()
        rows = np.stack([values[at : at + SHAPE.heard] for at in starts])
        inputs = task.inputs_of(rows, SHAPE.segment, SHAPE.delay, lead=SHAPE.lead)
        targets, mask = np.zeros((*inputs.shape[:2], 1), np.float32), np.zeros(inputs.shape[:2], np.float32)
        targets[:, SHAPE.heard :, 0] = rows[:, SHAPE.lead : SHAPE.lead + SHAPE.segment]
        mask[:, SHAPE.heard :] = 1
        super().__init__(task, Batch(inputs, targets, mask), start + SHAPE.lead)
        self.last: Floats = rows[:, -1]
        """The last value heard before each cue: [blocks]."""

    def held(self, values: Floats) -> Answers:
        """One value a block [blocks] through its whole replay."""
        return np.broadcast_to(values[:, None, None], self.batch.targets.shape).astype(np.float64)


class Recalling(Subject):
    """Hold a segment over a delay and replay it."""

    task = SignalRecall()
    rivals = ("persistence", "mean")
    references = ("shift_register",)
    reasons = {"ar32": PREDICTS, "seasonal": PREDICTS}
    min_steps, min_held_back = 600, SHAPE.heard + 2 * SHAPE.segment
    lr, warm_up = 1e-4, 10  # a replay is exact or nothing: at the rate of a forecast the first updates lose it
    example_blocks = 2

    def training(self, values: Floats) -> OnSeries:
        return OnSeries(values)

    def part(self, values: Floats, start: int, stop: int, *, most: int = MAX_BLOCKS) -> RecallPart:
        return RecallPart(values, start, stop, most=most)

    def fitted(self, values: Floats, fitted_to: int) -> Baselines:
        """Nothing is fitted but the mean, which the scaling has made 0."""
        return Baselines({})

    def on(self, part: Part, made: Baselines) -> dict[str, Answers]:
        """The last value before the cue again, the mean of the part fitted to, and what was stored."""
        assert isinstance(part, RecallPart)
        return {
            "persistence": part.held(part.last),
            "mean": part.held(np.zeros(part.blocks)),
            "shift_register": part.batch.targets,
        }

    def reference(self) -> str:
        """A register is exact, and no more than that: another delay, and it answers something else."""
        return f"A shift register of {SHAPE.segment + SHAPE.delay} values is exact where the delay is known beforehand."
