"""What the models are asked to do: episodes of inputs, targets and a mask that says which steps are scored.

`copy`           (Graves 2014, section 4.1) a sequence of random 8-bit vectors, a delimiter, then the same from memory
`signal-recall`  a real-valued series streams in; a marked segment is held over a delay while the series goes on, then
                 replayed after a cue. Inputs are [value, store flag, recall flag]; during the replay the value is hidden (0).

Both are NumPy only, so that a server without torch can describe an episode before any model runs it.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope import signals
from mnemoscope.errors import UnknownTask

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Episode:
    """One run's worth of a task: inputs [T, I], targets [T, O], mask [T] (1 where scored), events, and the signal's facts."""

    task: str
    params: dict[str, Any]
    inputs: Array
    targets: Array
    mask: Array
    events: list[dict[str, Any]] = field(default_factory=list)
    signal: dict[str, Any] | None = None

    @property
    def steps(self) -> int:
        """T."""
        return len(self.inputs)


@dataclass(frozen=True)
class Option:
    """One knob of a task with its range; `default` is what a run uses."""

    name: str
    label: str
    default: int
    low: int
    high: int


@dataclass(frozen=True)
class Batch:
    """Sequences padded to one length: inputs [B, T, I], targets [B, T, O], mask [B, T]."""

    inputs: Array
    targets: Array
    mask: Array


def _stack(episodes: list[tuple[Array, Array, Array]]) -> Batch:
    longest = max(len(inputs) for inputs, _, _ in episodes)

    def pad(part: int) -> Array:
        return np.stack(
            [np.pad(e[part], [(0, longest - len(e[part]))] + [(0, 0)] * (e[part].ndim - 1)) for e in episodes]
        )

    return Batch(pad(0), pad(1), pad(2))


class Task(ABC):
    """A task: its sizes, its options, its episodes and its metric."""

    name: str
    inputs: int
    outputs: int
    binary: bool
    """True where outputs are bits (scored by wrong bits), False where they are values (scored by relative RMSE)."""
    options: tuple[Option, ...]
    metric: str

    @abstractmethod
    def episode(self, values: NDArray[np.floating] | None = None, *, seed: int = 0, **options: Any) -> Episode:
        """A run for the eye. `values` is a z-scored series (tasks on signals; None makes one up from the seed)."""

    @abstractmethod
    def batch(self, rng: np.random.Generator, count: int, *, progress: float = 1.0, rounds: int = 1) -> Batch:
        """Random training sequences; `progress` in [0, 1] is how far the curriculum has come."""

    def checked(self, options: dict[str, Any]) -> dict[str, int]:
        """Options with defaults filled in. Raises UnknownTask naming the option and its range."""
        known = {option.name: option for option in self.options}
        for name, value in options.items():
            if name not in known:
                raise UnknownTask(f"task {self.name} has no option {name!r}; it has {', '.join(known)}")
            if not isinstance(value, int | np.integer) or not known[name].low <= value <= known[name].high:
                raise UnknownTask(
                    f"{name} must be a whole number in {known[name].low}..{known[name].high}, got {value!r}"
                )
        return {name: int(options.get(name, option.default)) for name, option in known.items()}


class Copy(Task):
    """Copy of random bit vectors. T = 2L + 1 a round; the delimiter is the last input feature."""

    name = "copy"
    binary = True
    metric = "wrong bits per sequence"
    bits = 8
    inputs, outputs = bits + 1, bits
    options = (
        Option("length", "vectors to copy", 20, 1, 120),
        Option("rounds", "times over, without clearing the memory", 1, 1, 40),
    )

    def _one(self, rng: np.random.Generator, length: int, rounds: int = 1) -> tuple[Array, Array, Array]:
        steps = 2 * length + 1
        inputs = np.zeros((rounds * steps, self.inputs), np.float32)
        targets = np.zeros((rounds * steps, self.outputs), np.float32)
        mask = np.zeros(rounds * steps, np.float32)
        for start in range(0, rounds * steps, steps):
            vectors = rng.integers(0, 2, (length, self.bits))
            inputs[start : start + length, : self.bits] = vectors
            inputs[start + length, self.bits] = 1
            targets[start + length + 1 : start + steps] = vectors
            mask[start + length + 1 : start + steps] = 1
        return inputs, targets, mask

    def episode(self, values: NDArray[np.floating] | None = None, *, seed: int = 0, **options: Any) -> Episode:
        """Random bits from the seed. Raises UnknownTask if a series is given: bits are not made from one."""
        if values is not None:
            raise UnknownTask("task copy makes its own bits and takes no signal; use signal-recall for a series")
        checked = self.checked(options)
        length, rounds = checked["length"], checked["rounds"]
        inputs, targets, mask = self._one(np.random.default_rng(seed), length, rounds)
        events = []
        for start in range(0, len(inputs), 2 * length + 1):
            events.append({"step": start, "until": start + length, "kind": "store", "label": "store"})
            events.append(
                {"step": start + length + 1, "until": start + 2 * length + 1, "kind": "recall", "label": "recall"}
            )
        return Episode(self.name, checked, inputs, targets, mask, events)

    def batch(self, rng: np.random.Generator, count: int, *, progress: float = 1.0, rounds: int = 1) -> Batch:
        """Lengths uniform in 1..20."""
        return _stack([self._one(rng, int(rng.integers(1, 21)), rounds) for _ in range(count)])

    def fixed(self, rng: np.random.Generator, count: int, length: int) -> Batch:
        """`count` sequences of one length, for evaluation."""
        return _stack([self._one(rng, length) for _ in range(count)])


class SignalRecall(Task):
    """Hold a segment of a series over a delay, replay it after the cue.

    A round is: `lead` steps of the series, `segment` steps with the store flag, `delay` steps, `segment` steps with the
    recall flag. The series' clock goes on during the replay, hidden from the model.
    """

    name = "signal-recall"
    binary = False
    metric = "relative RMSE"
    inputs, outputs = 3, 1
    options = (
        Option("lead", "steps of signal before the segment", 16, 0, 100_000),
        Option("segment", "steps to hold", 24, 4, 32),
        Option("delay", "steps between segment and cue", 30, 0, 40),
        Option("rounds", "times over, without clearing the memory; 0 = as often as the signal allows", 1, 0, 10_000),
    )

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

    def episode(self, values: NDArray[np.floating] | None = None, *, seed: int = 0, **options: Any) -> Episode:
        """A run over `values` (z-scored, [T]); None makes a mixture just as long as its rounds.

        Raises UnknownTask when the series is shorter than one round.
        """
        checked = self.checked(options)
        lead, segment, delay, rounds = (checked[k] for k in ("lead", "segment", "delay", "rounds"))
        gap, period = min(lead, 16), 2 * segment + delay
        if values is None:
            rounds = rounds or 1
            total = lead + rounds * period + (rounds - 1) * gap
            series = signals.generate_batch("mixture", 1, total, np.random.default_rng(seed))[0]
        else:
            series = np.asarray(values, np.float64)
        if len(series) < lead + period:
            raise UnknownTask(
                f"signal-recall needs at least {lead + period} steps (lead {lead} + segment {segment} + delay {delay} + "
                f"replay {segment}), the signal has {len(series)}; take a longer window or a shorter segment or delay"
            )
        starts = list(range(lead, len(series) - period + 1, period + gap))
        starts = starts[:rounds] if rounds else starts
        plan = [(start, segment, delay) for start in starts]
        inputs, targets, mask = self._lay_out(series, plan, len(series))
        events = []
        for start, length, wait in plan:
            events.append({"step": start, "until": start + length, "kind": "store", "label": "store"})
            cue = start + length + wait
            events.append({"step": cue, "until": cue + length, "kind": "recall", "label": "recall"})
        return Episode(self.name, checked | {"rounds": len(plan)}, inputs, targets, mask, events)

    def batch(self, rng: np.random.Generator, count: int, *, progress: float = 1.0, rounds: int = 1) -> Batch:
        """Mixtures; segment 4..32, delay 0..40, lead 0..24, their upper ends growing with `progress`."""
        longest_segment, longest_delay = 6 + round(26 * progress), round(40 * progress)
        plans, lengths = [], []
        for _ in range(count):
            plan, at = [], 0
            for _ in range(rounds):
                at += int(rng.integers(0, 25))
                segment, delay = int(rng.integers(4, longest_segment + 1)), int(rng.integers(0, longest_delay + 1))
                plan.append((at, segment, delay))
                at += 2 * segment + delay
            plans.append(plan)
            lengths.append(at)
        values = self._series(rng, count, max(lengths))
        return _stack([self._lay_out(row, plan, n) for row, plan, n in zip(values, plans, lengths, strict=True)])

    _pool: dict[str, NDArray[np.float64]]

    def _series(self, rng: np.random.Generator, count: int, steps: int) -> NDArray[np.float64]:
        """Windows of mixtures, z-scored over a longer stretch; a pool is refilled so that small batches stay cheap."""
        pool = getattr(self, "_pool", {}).get("values")
        if pool is None or len(pool) < count or pool.shape[1] < steps + 100 or rng.random() < count / 2048:
            pool = signals.generate_batch("mixture", 512, max(400, steps + 100), rng)
            self._pool = {"values": pool}
        rows = rng.integers(0, len(pool), count)
        offsets = rng.integers(0, pool.shape[1] - steps + 1, count)
        return np.stack([pool[row, at : at + steps] for row, at in zip(rows, offsets, strict=True)])

    def fixed(self, rng: np.random.Generator, count: int, segment: int, delay: int, *, lead: int = 16) -> Batch:
        """`count` held-out mixtures of one shape, for evaluation."""
        steps = lead + 2 * segment + delay
        values = signals.generate_batch("mixture", count, max(400, steps), rng)[:, :steps]
        return _stack([self._lay_out(row, [(lead, segment, delay)], steps) for row in values])


_TASKS: dict[str, Task] = {task.name: task for task in (Copy(), SignalRecall())}


def names() -> list[str]:
    """Names of all tasks."""
    return list(_TASKS)


def get(name: str) -> Task:
    """The task of that name. Raises UnknownTask listing those there are."""
    if name not in _TASKS:
        raise UnknownTask(f"unknown task {name!r}; choose one of {', '.join(_TASKS)}")
    return _TASKS[name]
