"""Copying bits (Graves, Wayne, Danihelka 2014, arXiv 1410.5401, sections 4.1 and 4.2): `copy`, `repeat-copy`.

Where the paper leaves the coding open it is settled here and stated in each class. L vectors, R repeats.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.format.entries import Event
from mnemoscope.tasks.base import Batch, Condition, Episode, Option, Parts, Plan, Task, blank, event, stack


class Copy(Task):
    """Copy of random bit vectors (section 4.1). T = 2L + 1 a round; the delimiter is the last input feature."""

    name = "copy"
    label = "Copy"
    sentence = "Random bit vectors are shown once and have to be reproduced in the same order."
    binary = True
    question, thing = "Who can say {thing} again?", "the vectors"
    metric = "wrong bits per sequence"
    measure = "Wrong bits a sequence of random 8-bit vectors; trained on lengths 1 to 20."
    bits = 8
    inputs, outputs, values, cue = bits + 1, bits, bits, bits
    lengths = (1, 5, 10, 15, 20)
    longer = (30, 40, 60, 80, 100, 120)
    options = (
        Option("length", "Vectors", "Bit vectors to copy each time", 20, (1, 60), 1, 120),
        Option("rounds", "Rounds", "Times over, without clearing the memory", 1, (1, 12), 1, 40),
    )

    def _one(self, rng: np.random.Generator, length: int, rounds: int = 1) -> Parts:
        steps = 2 * length + 1
        inputs, targets, mask = blank(rounds * steps, self.inputs, self.outputs)
        for start in range(0, rounds * steps, steps):
            vectors = rng.integers(0, 2, (length, self.bits))
            inputs[start : start + length, : self.bits] = vectors
            inputs[start + length, self.bits] = 1
            targets[start + length + 1 : start + steps] = vectors
            mask[start + length + 1 : start + steps] = 1
        return inputs, targets, mask

    def plan(self, steps: int | None = None, *, seed: int = 0, **options: Any) -> Plan:
        """A store and a recall a round. Raises UnknownTask."""
        self.no_signal(steps)
        checked = self.checked(options)
        length, rounds = checked["length"], checked["rounds"]
        total = rounds * (2 * length + 1)
        events: list[Event] = []
        for start in range(0, total, 2 * length + 1):
            events.append(event("store", start, start + length))
            events.append(event("recall", start + length + 1, start + 2 * length + 1))
        return Plan(checked, total, tuple(events))

    def episode(self, values: NDArray[np.floating] | None = None, *, seed: int = 0, **options: Any) -> Episode:
        """Random bits from the seed. Raises UnknownTask if a series is given: bits are not made from one."""
        self.no_signal(values)
        plan = self.plan(**options)
        parts = self._one(np.random.default_rng(seed), plan.options["length"], plan.options["rounds"])
        return Episode(self.name, plan.options, *parts, list(plan.events))

    def batch(self, rng: np.random.Generator, count: int, *, progress: float = 1.0, rounds: int = 1) -> Batch:
        """Lengths uniform in 1..20."""
        return stack([self._one(rng, int(rng.integers(1, 21)), rounds) for _ in range(count)])

    def fixed(self, rng: np.random.Generator, count: int, length: int) -> Batch:
        """`count` sequences of one length."""
        return stack([self._one(rng, length) for _ in range(count)])

    def conditions(self) -> tuple[Condition, ...]:
        """One a length: to 20 as trained, to 120 beyond. Guessing gets half of the bits wrong."""
        return tuple(
            Condition(
                f"length {n}",
                lambda rng, count, n=n: self.fixed(rng, count, n),
                (n,),
                trained=n <= max(self.lengths),
                chance=n * self.bits / 2,
            )
            for n in (*self.lengths, *self.longer)
        )

    def validation(self, rng: np.random.Generator, *, rounds: int = 1) -> list[Batch]:
        """32 sequences of each trained length."""
        return [self.fixed(rng, 32, length) for length in self.lengths]


class RepeatCopy(Task):
    """Copy a sequence a given number of times and then emit an end marker (section 4.2). T = L + 2 + L·R.

    Inputs: 8 bits, a delimiter flag and, in the delimiter's step, the number of repeats scaled to mean 0 and variance 1
    over 1..10. Outputs: 8 bits and the end marker, which is 1 only in the step after the last repeat.
    """

    name = "repeat-copy"
    label = "Repeat copy"
    sentence = "Random bit vectors have to be reproduced as often as a number asks for, then an end marker."
    binary = True
    question, thing = "Who can repeat {thing}?", "the vectors"
    metric = "wrong bits per sequence"
    measure = "Wrong bits a sequence, end marker included; trained on lengths and repeats of 1 to 10."
    bits = 8
    inputs, outputs, values, cue = bits + 2, bits + 1, bits, bits
    longest = 10
    options = (
        Option("length", "Vectors", "Bit vectors to copy; trained on up to ten", 5, (1, 20), 1, 20),
        Option("repeats", "Repeats", "Times to repeat them; trained on up to ten", 5, (1, 20), 1, 20),
    )

    def _one(self, rng: np.random.Generator, length: int, repeats: int) -> Parts:
        inputs, targets, mask = blank(length + 2 + length * repeats, self.inputs, self.outputs)
        vectors = rng.integers(0, 2, (length, self.bits))
        inputs[:length, : self.bits] = vectors
        inputs[length, self.bits] = 1
        middle, spread = (1 + self.longest) / 2, np.sqrt((self.longest**2 - 1) / 12)  # of the uniform over 1..10
        inputs[length, self.bits + 1] = (repeats - middle) / spread
        targets[length + 1 : -1, : self.bits] = np.tile(vectors, (repeats, 1))
        targets[-1, self.bits] = 1
        mask[length + 1 :] = 1
        return inputs, targets, mask

    def plan(self, steps: int | None = None, *, seed: int = 0, **options: Any) -> Plan:
        """A store, then a recall a repeat. Raises UnknownTask."""
        self.no_signal(steps)
        checked = self.checked(options)
        length, repeats = checked["length"], checked["repeats"]
        starts = [length + 1 + n * length for n in range(repeats)]
        events = [event("store", 0, length), *(event("recall", s, s + length) for s in starts)]
        return Plan(checked, length + 2 + length * repeats, tuple(events))

    def episode(self, values: NDArray[np.floating] | None = None, *, seed: int = 0, **options: Any) -> Episode:
        """Random bits from the seed. Raises UnknownTask if a series is given."""
        self.no_signal(values)
        plan = self.plan(**options)
        parts = self._one(np.random.default_rng(seed), plan.options["length"], plan.options["repeats"])
        return Episode(self.name, plan.options, *parts, list(plan.events))

    def batch(self, rng: np.random.Generator, count: int, *, progress: float = 1.0, rounds: int = 1) -> Batch:
        """Length and repeats uniform in 1..10, their upper ends growing with `progress`."""
        top = 2 + round((self.longest - 2) * progress)
        return stack([self._one(rng, *map(int, rng.integers(1, top + 1, 2))) for _ in range(count)])

    def fixed(self, rng: np.random.Generator, count: int, length: int, repeats: int) -> Batch:
        """`count` sequences of one shape."""
        return stack([self._one(rng, length, repeats) for _ in range(count)])

    def conditions(self) -> tuple[Condition, ...]:
        """Shapes as trained, then twice as long and twice as often, as in figure 8 of the paper."""
        shapes = ((5, 5), (10, 10), (20, 10), (10, 20))
        return tuple(
            Condition(
                f"length {n}, {r} repeats",
                lambda rng, count, n=n, r=r: self.fixed(rng, count, n, r),
                (n, r),
                trained=max(n, r) <= self.longest,
                chance=n * r * self.bits / 2 + 1,
            )
            for n, r in shapes
        ) + (Condition("random lengths and repeats of 1..10", lambda rng, count: self.batch(rng, count), (10, 10, 0)),)

    def validation(self, rng: np.random.Generator, *, rounds: int = 1) -> list[Batch]:
        """64 random sequences of the training range."""
        return [self.batch(rng, 64)]
