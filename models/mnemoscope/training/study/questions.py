"""What the study's models are trained on and measured under: tasks small enough that every seed of every model fits into a night.

A measure is a named set of sequences, the same for every model; its key says what it is: "d=48" is a segment of 8 steps over a
delay of 48, "s=24" a segment of 24 over a delay of 8, "s=24 d=48" both, "noise=0.5" white noise of half the signal's deviation
added during the delay, "items=8", "length=40".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mnemoscope.signals import generators
from mnemoscope.tasks import AssociativeRecall, Batch, Copy, SignalRecall, Task
from mnemoscope.tasks.base import stack

SEQUENCES = 64
SEED = 30_011
"""Of the measured sequences; training draws from the trial's seed."""


class ShortRecall(SignalRecall):
    """`signal-recall` over a third of its range: segments of 4 to 12 steps, delays of 0 to 16."""

    trained: ClassVar[Mapping[str, tuple[int, int]]] = {"segment": (4, 12), "delay": (0, 16), "lead": (0, 8)}

    def asked(
        self, rng: np.random.Generator, count: int, segment: int, delay: int, *, noise: float = 0.0, rounds: int = 1
    ) -> Batch:
        """`count` held-out mixtures of `rounds` rounds of one shape, 8 steps apart."""
        period = 8 + 2 * segment + delay
        values = generators.generate_batch("mixture", count, max(400, rounds * period), rng)[:, : rounds * period]
        plan = [(8 + n * period, segment, delay) for n in range(rounds)]
        batch = stack([self._lay_out(row, plan, rounds * period) for row in values])
        if noise:
            for start, _, _ in plan:
                waiting = slice(start + segment, start + segment + delay)
                batch.inputs[:, waiting, 0] += noise * rng.standard_normal((count, delay)).astype(np.float32)
        return batch


@dataclass(frozen=True)
class Measure:
    """Sequences to be measured on: `make(rng, count)`, whether training saw such ones, and what knowing nothing scores."""

    key: str
    label: str
    make: Callable[[np.random.Generator, int], Batch]
    trained: bool
    chance: float

    def sequences(self) -> Batch:
        """The same for everybody; measures of one question differ in layout, not in their signals."""
        return self.make(np.random.default_rng(SEED), SEQUENCES)


@dataclass(frozen=True)
class Question:
    """A task of the study, the longest number of rounds it is trained with, and its measures."""

    name: str
    task: Task
    rounds: int
    measures: tuple[Measure, ...]


DELAYS = (0, 8, 16, 24, 32, 48, 64, 96, 128, 192)
SEGMENTS = (4, 8, 12, 16, 24, 32)
NOISE = (0.25, 0.5, 1.0)
SURFACE = tuple((s, d) for s in (4, 12, 16, 24) for d in (0, 16, 32, 64))


def _recall(rounds: int) -> tuple[Measure, ...]:
    task = ShortRecall()

    def measure(key: str, label: str, segment: int, delay: int, noise: float = 0.0) -> Measure:
        trained = segment <= 12 and delay <= 16 and not noise

        def make(rng: np.random.Generator, count: int) -> Batch:
            return task.asked(rng, count, segment, delay, noise=noise, rounds=rounds)

        return Measure(key, label, make, trained, 1.0)

    if rounds > 1:
        return tuple(measure(f"d={delay}", f"delay {delay}", 8, delay) for delay in (0, 8, 16, 32, 64))
    return (
        *(measure(f"d={delay}", f"delay {delay}", 8, delay) for delay in DELAYS),
        *(measure(f"s={segment}", f"segment {segment}", segment, 8) for segment in SEGMENTS),
        *(measure(f"noise={noise}", f"noise {noise}", 8, 16, noise) for noise in NOISE),
        *(measure(f"s={s} d={d}", f"segment {s}, delay {d}", s, d) for s, d in SURFACE),
    )


def _items() -> tuple[Measure, ...]:
    task = AssociativeRecall()
    return tuple(
        Measure(
            f"items={items}",
            f"{items} items",
            lambda rng, count, items=items: task.fixed(rng, count, items),
            items <= 6,
            9.0,
        )
        for items in (2, 4, 6, 8, 12)
    )


def _lengths() -> tuple[Measure, ...]:
    task = Copy()
    return tuple(
        Measure(
            f"length={length}",
            f"length {length}",
            lambda rng, count, length=length: task.fixed(rng, count, length),
            length <= 20,
            4.0 * length,
        )
        for length in (5, 10, 20, 30, 40, 60, 80, 120)
    )


QUESTIONS = {
    "recall": Question("recall", ShortRecall(), 1, _recall(1)),
    "recall-rounds": Question("recall-rounds", ShortRecall(), 3, _recall(3)),
    "associative-recall": Question("associative-recall", AssociativeRecall(), 1, _items()),
    "copy": Question("copy", Copy(), 1, _lengths()),
}
