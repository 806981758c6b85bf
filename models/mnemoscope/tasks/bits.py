"""Tasks of Graves, Wayne, Danihelka 2014 (arXiv 1410.5401, section 4) beyond copying: `associative-recall`, `ngrams`,
`priority-sort`.

Where the paper leaves the coding open it is settled here and stated in each class. K items.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.format.entries import Event
from mnemoscope.tasks.base import (
    Array,
    Batch,
    Condition,
    Episode,
    Floats,
    Option,
    Parts,
    Plan,
    Round,
    Task,
    blank,
    event,
    stack,
)


class AssociativeRecall(Task):
    """Show K items, ask with one of them for the item that followed it (section 4.3). T = 4K + 5 + 3.

    An item is three 6-bit vectors after a delimiter (feature 6); the query stands between two query delimiters (feature 7).
    """

    name = "associative-recall"
    label = "Associative recall"
    sentence = "Items are shown; asked with one of them, the model has to give the one that followed it."
    binary = True
    question, thing = "Who finds {thing}?", "the item that followed"
    metric = "wrong bits per sequence"
    measure = "Wrong bits of the 18 asked for; trained on 2 to 6 items."
    bits, vectors = 6, 3
    inputs, outputs, values, cue = bits + 2, bits, bits, bits + 1
    options = (Option("items", "Items", "Items to remember; trained on up to six", 6, (2, 20), 2, 20),)

    def _one(self, rng: np.random.Generator, items: int) -> tuple[Parts, int]:
        span = self.vectors + 1
        inputs, targets, mask = blank(span * items + span + 1 + self.vectors, self.inputs, self.outputs)
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
        return event("store", answer, answer + self.vectors), event("recall", steps - self.vectors, steps)

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
    question, blind = "Who predicts the next bit best?", 1.0
    error_of = "a fair coin's bits"
    error_says = "Bits needed to code what followed, over those of a fair coin: 100% is no better than guessing; smaller is better."
    metric = "bits per sequence"
    measure = "Bits needed to code the 195 scored bits of a sequence."
    steps, context = 200, 5
    inputs, outputs, values, cue = 1, 1, 1, 0
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

    def rounds(self, events: Sequence[Event], inputs: Array) -> tuple[Round, ...]:
        """None: nothing is asked for again."""
        return ()

    def wrong(self, answers: Floats, targets: Floats, inputs: Floats) -> tuple[Floats, Floats]:
        """Bits that code what followed, and those that a fair coin would need."""
        odds = np.clip(np.where(targets > 0.5, answers, 1.0 - answers), 1e-7, 1.0)
        return -np.log2(odds).sum(1), np.full(len(answers), targets.shape[1], np.float64)

    def score(self, outputs: Array, batch: Batch) -> float:
        """Code length of the scored bits in bits a sequence, from raw outputs (logits)."""
        nats = np.logaddexp(0, np.where(batch.targets > 0.5, -outputs, outputs)) * batch.mask[:, :, None]
        return float(nats.sum() / np.log(2) / len(outputs))

    def estimate(self, inputs: Floats, targets: Floats, mask: Floats) -> Floats:
        """The odds of a 1 [T, 1] by the Bayesian estimator, which counts what has followed each five bits so far."""
        counts, state = np.full((2**self.context, 2), 0.5), 0
        odds = np.full((len(inputs), 1), 0.5)
        for t, (x, y, scored) in enumerate(zip(inputs[:, 0], targets[:, 0], mask, strict=True)):
            state = (2 * state + int(x)) % 2**self.context
            if scored:
                odds[t] = counts[state, 1] / counts[state].sum()
                counts[state, int(y)] += 1
        return odds

    def optimum(self, batch: Batch) -> float:
        """Code length in bits a sequence of the Bayesian estimator, which no model can beat on average."""
        total = 0.0
        for sequence in zip(batch.inputs, batch.targets, batch.mask, strict=True):
            inputs, targets, mask = (part.astype(np.float64) for part in sequence)
            odds = self.estimate(inputs, targets, mask)
            wrong, _ = self.wrong(odds[mask > 0], targets[mask > 0], inputs[mask > 0])
            total += float(wrong.sum())
        return total / len(batch.inputs)

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
    question, thing = "Who returns {thing} in their order?", "the vectors"
    metric = "wrong bits per sequence"
    measure = "Wrong bits of the 128 asked for."
    bits = 8
    inputs, outputs, values, cue = bits + 2, bits, bits, bits + 1
    options = (Option("items", "Vectors", "Vectors to sort", 20, (5, 40), 5, 40),)

    def _asked(self, items: int) -> int:
        return items * 4 // 5

    def _one(self, rng: np.random.Generator, items: int) -> tuple[Parts, NDArray[np.int64]]:
        kept = self._asked(items)
        inputs, targets, mask = blank(items + 1 + kept, self.inputs, self.outputs)
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
        return Plan(checked, total, (event("store", 0, items), event("recall", items + 1, total)))

    def episode(self, values: NDArray[np.floating] | None = None, *, seed: int = 0, **options: Any) -> Episode:
        """Random vectors from the seed. Raises UnknownTask if a series is given."""
        self.no_signal(values)
        plan = self.plan(**options)
        parts, _ = self._one(np.random.default_rng(seed), plan.options["items"])
        return Episode(self.name, plan.options, *parts, list(plan.events))

    def rounds(self, events: Sequence[Event], inputs: Array) -> tuple[Round, ...]:
        """Asked for by priority: the answers' places are those of the highest, from the top."""
        return tuple(
            Round(r.store, r.recall, tuple(r.store[int(n)] for n in order[: len(r.recall)]))
            for r in super().rounds(events, inputs)
            for order in [np.argsort(-inputs[r.store.start : r.store.stop, self.bits], kind="stable")]
        )

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
