"""The two tasks on real-valued signals, which is what an uploaded series meets: `signal-recall` and `forecast`."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import UnknownTask
from mnemoscope.format.entries import Event
from mnemoscope.signals import generators
from mnemoscope.tasks.base import (
    Array,
    Batch,
    Condition,
    Episode,
    Floats,
    Option,
    Plan,
    Round,
    Task,
    event,
    given_signal,
    stack,
)

TRAINED_PEAK = 6.0
"""Deviations from the middle that 999 of 1000 windows of training stay below."""
TRAINED_LIKENESS = 0.1
"""Correlation of neighbouring steps that 99 of 100 windows of training exceed."""


def unlike_training(values: NDArray[np.floating]) -> list[str]:
    """In what way a z-scored series is unlike all that the models on signals were trained on, as sentences; [T]."""
    found: list[str] = []
    peak = float(np.abs(values).max())
    if peak > TRAINED_PEAK:
        found.append(
            f"some values lie {peak:.0f} deviations from the middle, in training hardly any beyond {TRAINED_PEAK:.0f}: "
            "models will err there"
        )
    centred = values - values.mean()
    power = float((centred * centred).sum())
    likeness = float((centred[1:] * centred[:-1]).sum()) / power if power > 0 else 1.0
    if likeness < TRAINED_LIKENESS:
        found.append(
            f"neighbouring steps are less alike (correlation {likeness:.2f}) than in 99 % of training: recurrent networks will "
            "hold this signal badly; at a higher rate its steps are more alike"
        )
    return found


class Pool:
    """Windows of signals, z-scored over a longer window; a pool is refilled so that small batches stay cheap."""

    def __init__(self, *kinds: str) -> None:
        """`kinds` of generators, in equal shares."""
        self.kinds = kinds
        self._values: NDArray[np.float64] | None = None

    def windows(self, rng: np.random.Generator, count: int, steps: int) -> NDArray[np.float64]:
        """[count, steps]."""
        pool = self._values
        if pool is None or len(pool) < count or pool.shape[1] < steps + 100 or rng.random() < count / 2048:
            share, length = max(512, count) // len(self.kinds), max(400, steps + 100)
            parts = [generators.generate_batch(kind, share, length, rng) for kind in self.kinds]
            pool = self._values = np.concatenate(parts)
        rows = rng.integers(0, len(pool), count)
        offsets = rng.integers(0, pool.shape[1] - steps + 1, count)
        return np.stack([pool[row, at : at + steps] for row, at in zip(rows, offsets, strict=True)])


class SignalRecall(Task):
    """Hold a segment of a series over a delay, replay it after the cue.

    A round is: `lead` steps of the series, `segment` steps with the store flag, `delay` steps, `segment` steps with the
    recall flag. The series' clock goes on during the replay, hidden from the model.
    """

    name = "signal-recall"
    label = "Signal recall"
    sentence = "A marked segment of the signal has to be held while the signal goes on, and replayed after a cue."
    binary = False
    question, blind = "Who still has {thing}?", 1.0
    error_of = "the signal"
    error_says = (
        "Root mean square of what was wrong, over that of what was asked for: 0% is exact, 100% as bad as answering 0."
    )
    metric = "relative RMSE"
    measure = "Relative RMSE of the replay: 0 is perfect, 1 is what always answering 0 gets."
    takes_signal, made = True, "a random mixture"
    inputs, outputs, values, cue = 3, 1, 1, 2
    throughout: ClassVar[Mapping[str, int]] = {"rounds": 0}
    shapes = ((8, 30), (16, 10), (24, 0), (24, 30))
    trained: ClassVar[Mapping[str, tuple[int, int]]] = {"segment": (4, 32), "delay": (0, 40), "lead": (0, 24)}
    """Lowest and highest value of what training draws."""
    options = (
        Option("segment", "Segment", "Steps to hold", 24, (4, 32), 1, 100_000, "steps", trained=(4, 32)),
        Option(
            "delay", "Delay", "Steps between the segment and the cue", 30, (0, 40), 0, 100_000, "steps", trained=(0, 40)
        ),
        Option("lead", "Lead", "Steps of signal before the first segment", 16, (0, 200), 0, 100_000, "steps"),
        Option(
            "rounds",
            "Rounds",
            "Times over, without clearing the memory, at most as many as the signal has room for; 0 means all of them. "
            "The models were trained on up to three",
            1,
            (1, 12),
            0,
            10_000,
        ),
    )

    gives_way = ("lead", "delay", "segment")

    def __init__(self) -> None:
        self._pool = Pool("mixture")

    def _lay_out(
        self, values: NDArray[np.floating], rounds: list[tuple[int, int, int]], steps: int
    ) -> tuple[Array, Array, Array]:
        """Values [≥ steps]; rounds of (start of the segment, L, D) -> inputs, targets, mask."""
        inputs = np.zeros((steps, 3), np.float32)
        targets = np.zeros((steps, 1), np.float32)
        mask = np.zeros(steps, np.float32)
        inputs[:, 0] = values[:steps]
        for start, segment, delay in rounds:
            cue = start + segment + delay
            inputs[start : start + segment, 1] = 1
            inputs[cue : cue + segment, 0] = 0
            inputs[cue : cue + segment, 2] = 1
            targets[cue : cue + segment, 0] = values[start : start + segment]
            mask[cue : cue + segment] = 1
        return inputs, targets, mask

    def inputs_of(self, values: NDArray[np.floating], segment: int, delay: int, *, lead: int) -> Array:
        """What models see of one round in each window of values [window, ≥ lead + segment + delay] -> [window, step, 3]."""
        cue = lead + segment + delay
        inputs = np.zeros((len(values), cue + segment, 3), np.float32)
        inputs[:, :cue, 0] = values[:, :cue]
        inputs[:, lead : lead + segment, 1] = 1
        inputs[:, cue:, 2] = 1
        return inputs

    def plan(self, steps: int | None = None, *, seed: int = 0, **options: Any) -> Plan:
        """A store and a recall a round, at most 16 steps apart. Raises UnknownTask."""
        checked = self.checked(options)
        lead, segment, delay, rounds = (checked[k] for k in ("lead", "segment", "delay", "rounds"))
        gap, period = min(lead, 16), 2 * segment + delay
        total = lead + max(rounds, 1) * (period + gap) - gap if steps is None else steps
        if total < lead + period:
            raise UnknownTask(
                f"signal-recall needs at least {lead + period} steps (lead {lead} + segment {segment} + delay {delay} + "
                f"replay {segment}), the signal has {total}; take a longer window or a shorter segment or delay"
            )
        room = (total - lead - period) // (period + gap) + 1
        events: list[Event] = []
        for start in range(lead, lead + (min(rounds, room) if rounds else room) * (period + gap), period + gap):
            events.append(event("store", start, start + segment))
            cue = start + segment + delay
            events.append(event("recall", cue, cue + segment))
        most = {} if steps is None else {"rounds": room}
        return Plan(checked | {"rounds": len(events) // 2}, total, tuple(events), most, self.beyond_training(checked))

    def focus(self, plan: Plan) -> range:
        """The first segment."""
        return range(plan.events[0].step, plan.events[0].until)

    def episode(self, values: NDArray[np.floating] | None = None, *, seed: int = 0, **options: Any) -> Episode:
        """A run over `values` (z-scored, [T]); None makes a mixture just as long as its rounds.

        Raises UnknownTask when the series is shorter than one round.
        """
        plan = self.plan(None if values is None else len(values), **options)
        if values is None:
            series = generators.generate_batch("mixture", 1, plan.steps, np.random.default_rng(seed))[0]
        else:
            series = np.asarray(values, np.float64)
        segment, delay = plan.options["segment"], plan.options["delay"]
        rounds = [(found.step, segment, delay) for found in plan.events if found.kind == "store"]
        parts = self._lay_out(series, rounds, plan.steps)
        signal = None if values is None else given_signal()
        return Episode(self.name, plan.options, *parts, list(plan.events), signal)

    def hear(self, episode: Episode, first: int, values: NDArray[np.floating]) -> None:
        """The value, but where it is asked for what was stored; and what a stored one will be wanted for."""
        until = first + len(values)
        span = slice(first, until)
        episode.inputs[span, 0] = np.where(episode.inputs[span, 2] == 1, 0, values)
        stored = np.flatnonzero(episode.inputs[span, 1] == 1)
        episode.targets[first + stored + episode.params["segment"] + episode.params["delay"], 0] = values[stored]

    def wrong(self, answers: Floats, targets: Floats, inputs: Floats) -> tuple[Floats, Floats]:
        """Squares of the error, and of what was asked for."""
        return ((answers - targets) ** 2).sum(1), (targets**2).sum(1)

    def error(self, wrong: float, whole: float) -> float:
        """RMSE relative to the RMS of what was asked for."""
        return float(np.sqrt(wrong / whole)) if whole > 0 else float("nan")

    def batch(self, rng: np.random.Generator, count: int, *, progress: float = 1.0, rounds: int = 1) -> Batch:
        """Mixtures of `trained` shapes; the upper ends of segment and delay grow with `progress`."""
        (shortest, longest), (least, most) = self.trained["segment"], self.trained["delay"]
        first = shortest + 2
        longest_segment = first + round((longest - first) * progress)
        longest_delay = least + round((most - least) * progress)
        plans: list[list[tuple[int, int, int]]] = []
        lengths: list[int] = []
        for _ in range(count):
            plan: list[tuple[int, int, int]] = []
            at = 0
            for _ in range(rounds):
                at += int(rng.integers(self.trained["lead"][0], self.trained["lead"][1] + 1))
                segment, delay = (
                    int(rng.integers(shortest, longest_segment + 1)),
                    int(rng.integers(least, longest_delay + 1)),
                )
                plan.append((at, segment, delay))
                at += 2 * segment + delay
            plans.append(plan)
            lengths.append(at)
        values = self._pool.windows(rng, count, max(lengths))
        return stack([self._lay_out(row, plan, n) for row, plan, n in zip(values, plans, lengths, strict=True)])

    def fixed(self, rng: np.random.Generator, count: int, segment: int, delay: int, *, lead: int = 16) -> Batch:
        """`count` held-out mixtures of one shape, for evaluation."""
        steps = lead + 2 * segment + delay
        values = generators.generate_batch("mixture", count, max(400, steps), rng)[:, :steps]
        return stack([self._lay_out(row, [(lead, segment, delay)], steps) for row in values])

    def score(self, outputs: Array, batch: Batch) -> float:
        """√(Σ (y − ŷ)² / Σ y²) over the scored steps of all sequences: 0 is perfect, 1 is what always answering 0 gets."""
        scored = batch.mask[:, :, None]
        return float(np.sqrt((((outputs - batch.targets) * scored) ** 2).sum() / ((batch.targets * scored) ** 2).sum()))

    def conditions(self) -> tuple[Condition, ...]:
        """Three rounds in one memory, then one round of each shape."""
        several = "held-out mixtures, three rounds of any shape in one memory"
        return (
            Condition(several, lambda rng, count: SignalRecall().batch(rng, count, rounds=3), (), chance=1.0),
            *(
                Condition(
                    f"held-out mixtures, segment {segment}, delay {delay}",
                    lambda rng, count, s=segment, d=delay: self.fixed(rng, count, s, d),
                    (segment, delay),
                    chance=1.0,
                )
                for segment, delay in self.shapes
            ),
        )

    def validation(self, rng: np.random.Generator, *, rounds: int = 1) -> list[Batch]:
        """One round of (24, 30) and, of a memory that is trained on several, as many of random shapes."""
        batches = [self.fixed(rng, 32, 24, 30)]
        if rounds > 1:
            batches.append(SignalRecall().batch(rng, 24, rounds=rounds))  # not from the training's pool
        return batches


class Forecast(Task):
    """Say the next value of a series. T is the length of the series; inputs are [value, flag], the flag 1 after `context`.

    Only steps with the flag are scored, the last one never (nobody knows what follows). From step `free` on (0: never) the
    model hears its own forecasts in place of the values: free-running, or closed loop.
    """

    name = "forecast"
    label = "Forecast"
    sentence = "The next value of the signal has to be predicted at every step, once some context has been heard."
    binary = False
    takes_signal, made, ahead = True, "a random mixture", 1
    question, blind = "Who predicts the next value best?", 1.0
    error_of = "persistence's"
    error_says = (
        "Mean absolute error of the next value, over that of saying the last value again: 100% is no better than that."
    )
    metric = "MASE"
    measure = "Mean absolute error relative to persistence: below 1 is better than saying the last value again."
    inputs, outputs, values, cue = 2, 1, 1, 1
    window = 112
    options = (
        Option("context", "Context", "Steps to listen before the first forecast", 48, (4, 400), 4, 100_000, "steps"),
        Option(
            "free",
            "Alone from",
            "Step from which it hears only its own forecasts; 0 means never",
            0,
            (0, 4000),
            0,
            1_000_000,
        ),
    )

    gives_way = ("free", "context")

    def __init__(self) -> None:
        self._pool = Pool("mixture", "hearts")

    def _lay_out(self, values: NDArray[np.floating], context: NDArray[np.integer]) -> Batch:
        """Values [B, T], context [B] -> a batch of T steps."""
        count, steps = values.shape
        flag: Array = np.asarray(np.arange(steps) >= context[:, None], np.float32)
        targets = np.zeros((count, steps, 1), np.float32)
        targets[:, :-1, 0] = values[:, 1:]
        mask = flag.copy()
        mask[:, -1] = 0
        return Batch(np.stack((values.astype(np.float32), flag), 2), targets * mask[:, :, None], mask)

    def plan(self, steps: int | None = None, *, seed: int = 0, **options: Any) -> Plan:
        """The context, what is forecast, and what runs free. Raises UnknownTask."""
        checked = self.checked(options)
        context, free = checked["context"], checked["free"]
        total = max(256, context + 64, free + 64) if steps is None else steps
        if total < context + 2:
            raise UnknownTask(
                f"forecast needs at least {context + 2} steps (context {context}, then one to forecast), the signal has "
                f"{total}; take a longer window or a shorter context"
            )
        if free and not context < free < total:
            raise UnknownTask(
                f"free must be after the context and before the end ({context + 1}..{total - 1}), got {free}"
            )
        events = [Event(0, context, "store", "context"), Event(context, free or total, "recall", "forecast")]
        if free:
            events.append(Event(free, total, "recall", "free-running"))
        return Plan(checked, total, tuple(events))

    def focus(self, plan: Plan) -> range:
        """What is forecast."""
        return range(plan.options["context"], plan.steps)

    def episode(self, values: NDArray[np.floating] | None = None, *, seed: int = 0, **options: Any) -> Episode:
        """A run over `values` (z-scored, [T]); None makes a mixture of 256 steps.

        Raises UnknownTask when the series is not longer than the context, or ends before the free run begins.
        """
        plan = self.plan(None if values is None else len(values), **options)
        signal = None if values is None else given_signal()
        if values is None:
            values = generators.generate_batch("mixture", 1, plan.steps, np.random.default_rng(seed))[0]
        series = np.asarray(values, np.float64)
        batch = self._lay_out(series[None], np.array([plan.options["context"]]))
        parts = batch.inputs[0], batch.targets[0], batch.mask[0]
        free = plan.options["free"] or None
        return Episode(self.name, plan.options, *parts, list(plan.events), signal, feedback=free)

    def hear(self, episode: Episode, first: int, values: NDArray[np.floating]) -> None:
        """Each value, and what it is to the step before it: the answer, where one is wanted."""
        episode.inputs[first : first + len(values), 0] = values
        skipped = int(first == 0)  # nothing is before the first
        before = slice(first - 1 + skipped, first - 1 + len(values))
        episode.targets[before, 0] = values[skipped:] * episode.mask[before]

    def rounds(self, events: Sequence[Event], inputs: Array) -> tuple[Round, ...]:
        """None: a forecast is not asked to replay anything."""
        return ()

    def wrong(self, answers: Floats, targets: Floats, inputs: Floats) -> tuple[Floats, Floats]:
        """Absolute errors, and those of saying the last value again."""
        return np.abs(answers - targets).sum(1), np.abs(inputs[:, :1] - targets).sum(1)

    def batch(self, rng: np.random.Generator, count: int, *, progress: float = 1.0, rounds: int = 1) -> Batch:
        """Windows of 112 steps of mixtures and hearts in equal shares; context 8..48."""
        return self._lay_out(self._pool.windows(rng, count, self.window), rng.integers(8, 49, count))

    def fixed(self, kind: str, rng: np.random.Generator, count: int, *, steps: int = 192, context: int = 64) -> Batch:
        """`count` held-out signals of one kind."""
        values = generators.generate_batch(kind, count, max(400, steps), rng)[:, :steps]
        return self._lay_out(values, np.full(count, context))

    def windows(self, values: NDArray[np.floating], *, steps: int = 192, context: int = 64) -> Batch:
        """Back-to-back windows of one series [T]."""
        rows = np.stack([values[at : at + steps] for at in range(0, len(values) - steps + 1, steps)])
        return self._lay_out(rows, np.full(len(rows), context))

    def score(self, outputs: Array, batch: Batch) -> float:
        """Σ|y − ŷ| / Σ|y − last value| over the scored steps: below 1 is better than saying the last value again.

        (Hyndman & Koehler 2006, with the scale taken on the scored steps themselves, so persistence scores exactly 1.)
        """
        scored = batch.mask[:, :, None]
        naive = np.abs(batch.targets - batch.inputs[:, :, :1]) * scored
        return float((np.abs(outputs - batch.targets) * scored).sum() / naive.sum())

    def conditions(self) -> tuple[Condition, ...]:
        """Held-out signals of each kind, then their mixtures."""
        return tuple(
            Condition(
                f"held-out {kind}, context 64",
                lambda rng, count, kind=kind: self.fixed(kind, rng, count),
                (n,),
                chance=1.0,
            )
            for n, kind in enumerate(("sines", "chirp", "ar", "heartbeat", "hearts", "mixture"))
        )

    def validation(self, rng: np.random.Generator, *, rounds: int = 1) -> list[Batch]:
        """48 mixtures, 48 hearts."""
        return [self.fixed(kind, rng, 48) for kind in ("mixture", "hearts")]
