"""The five tasks of Graves, Wayne, Danihelka 2014 (arXiv 1410.5401, section 4): `copy`, `repeat-copy`,
`associative-recall`, `ngrams`, `priority-sort`.

Where the paper leaves the coding open it is settled here and stated in each class. Sizes: L vectors, R repeats, K items.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.format.entries import Event
from mnemoscope.tasks.base import Array, Batch, Condition, Episode, Option, Parts, Plan, Task, stack


def _blank(steps: int, inputs: int, outputs: int) -> Parts:
    return np.zeros((steps, inputs), np.float32), np.zeros((steps, outputs), np.float32), np.zeros(steps, np.float32)


def _event(kind: str, step: int, until: int) -> Event:
    return Event(step, until, kind, kind)


class Copy(Task):
    """Copy of random bit vectors (section 4.1). T = 2L + 1 a round; the delimiter is the last input feature."""

    name = "copy"
    label = "Copy"
    sentence = "Random bit vectors are shown once and have to be reproduced in the same order."
    binary = True
    metric = "wrong bits per sequence"
    measure = "Wrong bits a sequence of random 8-bit vectors; trained on lengths 1 to 20."
    bits = 8
    inputs, outputs, cue = bits + 1, bits, bits
    lengths = (1, 5, 10, 15, 20)
    longer = (30, 40, 60, 80, 100, 120)
    options = (
        Option("length", "Vectors", "Bit vectors to copy each time", 20, (1, 60), 1, 120),
        Option("rounds", "Rounds", "Times over, without clearing the memory", 1, (1, 12), 1, 40),
    )

    def _one(self, rng: np.random.Generator, length: int, rounds: int = 1) -> Parts:
        steps = 2 * length + 1
        inputs, targets, mask = _blank(rounds * steps, self.inputs, self.outputs)
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
            events.append(_event("store", start, start + length))
            events.append(_event("recall", start + length + 1, start + 2 * length + 1))
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
    metric = "wrong bits per sequence"
    measure = "Wrong bits a sequence, end marker included; trained on lengths and repeats of 1 to 10."
    bits = 8
    inputs, outputs, cue = bits + 2, bits + 1, bits
    longest = 10
    options = (
        Option("length", "Vectors", "Bit vectors to copy; trained on up to ten", 5, (1, 20), 1, 20),
        Option("repeats", "Repeats", "Times to repeat them; trained on up to ten", 5, (1, 20), 1, 20),
    )

    def _one(self, rng: np.random.Generator, length: int, repeats: int) -> Parts:
        inputs, targets, mask = _blank(length + 2 + length * repeats, self.inputs, self.outputs)
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
        events = [_event("store", 0, length), *(_event("recall", s, s + length) for s in starts)]
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


class AssociativeRecall(Task):
    """Show K items, ask with one of them for the item that followed it (section 4.3). T = 4K + 5 + 3.

    An item is three 6-bit vectors after a delimiter (feature 6); the query stands between two query delimiters (feature 7).
    """

    name = "associative-recall"
    label = "Associative recall"
    sentence = "Items are shown; asked with one of them, the model has to give the one that followed it."
    binary = True
    metric = "wrong bits per sequence"
    measure = "Wrong bits of the 18 asked for; trained on 2 to 6 items."
    bits, vectors = 6, 3
    inputs, outputs, cue = bits + 2, bits, bits + 1
    options = (Option("items", "Items", "Items to remember; trained on up to six", 6, (2, 20), 2, 20),)

    def _one(self, rng: np.random.Generator, items: int) -> tuple[Parts, int]:
        span = self.vectors + 1
        inputs, targets, mask = _blank(span * items + span + 1 + self.vectors, self.inputs, self.outputs)
        content = rng.integers(0, 2, (items, self.vectors, self.bits))
        for n, item in enumerate(content):
            inputs[span * n, self.bits] = 1
            inputs[span * n + 1 : span * (n + 1), : self.bits] = item
        asked, at = int(rng.integers(0, items - 1)), span * items
        inputs[[at, at + span], self.bits + 1] = 1
        inputs[at + 1 : at + span, : self.bits] = content[asked]
        targets[-self.vectors :] = content[asked + 1]
        mask[-self.vectors :] = 1
        return (inputs, targets, mask), asked

    def _events(self, steps: int, asked: int) -> tuple[Event, ...]:
        """The item that follows the one asked with is stored, and recalled at the end."""
        answer = (self.vectors + 1) * (asked + 1) + 1
        return _event("store", answer, answer + self.vectors), _event("recall", steps - self.vectors, steps)

    def plan(self, steps: int | None = None, *, seed: int = 0, **options: Any) -> Plan:
        """The item asked for is drawn from the seed. Raises UnknownTask."""
        self.no_signal(steps)
        checked = self.checked(options)
        (inputs, _, _), asked = self._one(np.random.default_rng(seed), checked["items"])
        return Plan(checked, len(inputs), self._events(len(inputs), asked))

    def episode(self, values: NDArray[np.floating] | None = None, *, seed: int = 0, **options: Any) -> Episode:
        """Random bits from the seed. Raises UnknownTask if a series is given."""
        self.no_signal(values)
        checked = self.checked(options)
        parts, asked = self._one(np.random.default_rng(seed), checked["items"])
        return Episode(self.name, checked, *parts, list(self._events(len(parts[0]), asked)))

    def batch(self, rng: np.random.Generator, count: int, *, progress: float = 1.0, rounds: int = 1) -> Batch:
        """2..6 items."""
        return stack([self._one(rng, int(rng.integers(2, 7)))[0] for _ in range(count)])

    def fixed(self, rng: np.random.Generator, count: int, items: int) -> Batch:
        """`count` sequences of so many items."""
        return stack([self._one(rng, items)[0] for _ in range(count)])

    def conditions(self) -> tuple[Condition, ...]:
        """2, 4, 6 items as trained, then to 20 as in figure 11 of the paper."""
        return tuple(
            Condition(
                f"{k} items",
                lambda rng, count, k=k: self.fixed(rng, count, k),
                (k,),
                trained=k <= 6,
                chance=self.bits * self.vectors / 2,
            )
            for k in (2, 4, 6, 8, 10, 12, 15, 20)
        )

    def validation(self, rng: np.random.Generator, *, rounds: int = 1) -> list[Batch]:
        """64 random sequences of the training range."""
        return [self.batch(rng, 64)]


class NGrams(Task):
    """Predict the next of 200 bits of a random 6-gram model (section 4.4): a new table of 32 odds a sequence.

    Odds are Beta(½, ½); the first five bits are fair coins and are not scored. The score is the code length in bits; the
    best possible is that of the Bayesian estimator (N1 + ½)/(N0 + N1 + 1) over the last five bits (Murphy 2012, eq. 10).
    """

    name = "ngrams"
    label = "N-grams"
    sentence = "Bits of a hidden table of six-grams: the next has to be predicted from the five before it."
    binary = True
    metric = "bits per sequence"
    measure = "Bits needed to code the 195 scored bits of a sequence."
    steps, context = 200, 5
    inputs, outputs, cue = 1, 1, 0
    options = (Option("length", "Bits", "Bits of the sequence", 200, (20, 1000), 20, 1000),)

    def _many(self, rng: np.random.Generator, count: int, steps: int, context: int = context) -> Batch:
        odds = rng.beta(0.5, 0.5, (count, 2**context))
        bits = np.zeros((count, steps), np.int64)
        bits[:, :context] = rng.integers(0, 2, (count, context))
        draws, rows = rng.random((count, steps)), np.arange(count)
        state = bits[:, :context] @ (1 << np.arange(context)[::-1])
        for t in range(context, steps):
            bits[:, t] = draws[:, t] < odds[rows, state]
            state = (2 * state + bits[:, t]) % 2**context
        mask = np.ones((count, steps - 1), np.float32)
        mask[:, : self.context - 1] = 0
        return Batch(
            bits[:, :-1, None].astype(np.float32), (bits[:, 1:, None] * mask[:, :, None]).astype(np.float32), mask
        )

    def plan(self, steps: int | None = None, *, seed: int = 0, **options: Any) -> Plan:
        """Nothing is stored or recalled at a step of its own. Raises UnknownTask."""
        self.no_signal(steps)
        checked = self.checked(options)
        return Plan(checked, checked["length"])

    def episode(self, values: NDArray[np.floating] | None = None, *, seed: int = 0, **options: Any) -> Episode:
        """One random table from the seed. Raises UnknownTask if a series is given."""
        self.no_signal(values)
        plan = self.plan(**options)
        batch = self._many(np.random.default_rng(seed), 1, plan.steps + 1)
        return Episode(self.name, plan.options, batch.inputs[0], batch.targets[0], batch.mask[0])

    def batch(self, rng: np.random.Generator, count: int, *, progress: float = 1.0, rounds: int = 1) -> Batch:
        """Sequences of 200 bits; a curriculum begins with tables over the last bit alone and ends with those over five.

        To count at all is learned from two rows of a table in minutes, from thirty-two in hours.
        """
        return self._many(rng, count, self.steps, 1 + round((self.context - 1) * progress))

    def score(self, outputs: Array, batch: Batch) -> float:
        """Code length of the scored bits in bits a sequence, from raw outputs (logits)."""
        nats = np.logaddexp(0, np.where(batch.targets > 0.5, -outputs, outputs)) * batch.mask[:, :, None]
        return float(nats.sum() / np.log(2) / len(outputs))

    def optimum(self, batch: Batch) -> float:
        """Code length in bits a sequence of the Bayesian estimator, which no model can beat on average."""
        total = 0.0
        for inputs, targets, mask in zip(batch.inputs[:, :, 0], batch.targets[:, :, 0], batch.mask, strict=True):
            counts, state = np.full((2**self.context, 2), 0.5), 0
            for x, y, scored in zip(inputs.astype(int), targets.astype(int), mask, strict=True):
                state = (2 * state + int(x)) % 2**self.context
                if scored:
                    total -= np.log2(counts[state, y] / counts[state].sum())
                    counts[state, y] += 1
        return float(total / len(batch.inputs))

    def conditions(self) -> tuple[Condition, ...]:
        """200 bits, as trained and in the paper. A fair coin pays one bit a bit."""
        scored = float(self.steps - self.context)
        return (
            Condition("200 bits", lambda rng, count: self.batch(rng, count), (200,), chance=scored, best=self.optimum),
        )

    def validation(self, rng: np.random.Generator, *, rounds: int = 1) -> list[Batch]:
        """64 sequences."""
        return [self.batch(rng, 64)]


class PrioritySort(Task):
    """Return the vectors of highest priority in order (section 4.5). T = 20 + 1 + 16 as in the paper.

    Inputs: 8 bits, a priority uniform in [−1, 1], a delimiter flag. Of `items` vectors the first four fifths are asked for.
    """

    name = "priority-sort"
    label = "Priority sort"
    sentence = "Bit vectors come with priorities; those of the highest have to be reproduced in their order."
    binary = True
    metric = "wrong bits per sequence"
    measure = "Wrong bits of the 128 asked for."
    bits = 8
    inputs, outputs, cue = bits + 2, bits, bits + 1
    options = (Option("items", "Vectors", "Vectors to sort", 20, (5, 40), 5, 40),)

    def _asked(self, items: int) -> int:
        return items * 4 // 5

    def _one(self, rng: np.random.Generator, items: int) -> tuple[Parts, NDArray[np.int64]]:
        kept = self._asked(items)
        inputs, targets, mask = _blank(items + 1 + kept, self.inputs, self.outputs)
        vectors, priority = rng.integers(0, 2, (items, self.bits)), rng.uniform(-1, 1, items)
        order = np.argsort(-priority)[:kept]
        inputs[:items, : self.bits], inputs[:items, self.bits] = vectors, priority
        inputs[items, self.bits + 1] = 1
        targets[items + 1 :] = vectors[order]
        mask[items + 1 :] = 1
        return (inputs, targets, mask), order

    def plan(self, steps: int | None = None, *, seed: int = 0, **options: Any) -> Plan:
        """One store, one recall. Raises UnknownTask."""
        self.no_signal(steps)
        checked = self.checked(options)
        items = checked["items"]
        total = items + 1 + self._asked(items)
        return Plan(checked, total, (_event("store", 0, items), _event("recall", items + 1, total)))

    def episode(self, values: NDArray[np.floating] | None = None, *, seed: int = 0, **options: Any) -> Episode:
        """Random vectors from the seed. Raises UnknownTask if a series is given."""
        self.no_signal(values)
        plan = self.plan(**options)
        parts, _ = self._one(np.random.default_rng(seed), plan.options["items"])
        return Episode(self.name, plan.options, *parts, list(plan.events))

    def batch(self, rng: np.random.Generator, count: int, *, progress: float = 1.0, rounds: int = 1) -> Batch:
        """5 vectors at first, 20 at the end of the curriculum."""
        return stack([self._one(rng, 5 + round(15 * progress))[0] for _ in range(count)])

    def fixed(self, rng: np.random.Generator, count: int, items: int) -> Batch:
        """`count` sequences of so many vectors."""
        return stack([self._one(rng, items)[0] for _ in range(count)])

    def conditions(self) -> tuple[Condition, ...]:
        """20 vectors in, 16 out, as in the paper."""
        return (
            Condition("20 vectors", lambda rng, count: self.fixed(rng, count, 20), (20,), chance=16 * self.bits / 2),
        )

    def validation(self, rng: np.random.Generator, *, rounds: int = 1) -> list[Batch]:
        """64 sequences of 20."""
        return [self.fixed(rng, 64, 20)]
