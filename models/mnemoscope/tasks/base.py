"""What a task is: episodes for the eye, batches for training, conditions to be measured under.

NumPy only, so that a server without torch can describe an episode before any model runs it.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import UnknownTask
from mnemoscope.format.entries import Event

Array = NDArray[np.float32]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Episode:
    """One run's worth of a task: inputs [T, I], targets [T, O], mask [T] (1 where scored), events, and the signal's facts.

    `signal` is None where the task made its own input from the seed.
    From step `feedback` on (None: never) input feature 0 is the model's own output 0 of the step before.
    """

    task: str
    params: dict[str, Any]
    inputs: Array
    targets: Array
    mask: Array
    events: list[Event] = field(default_factory=list[Event])
    signal: dict[str, Any] | None = None
    feedback: int | None = None
    beside: Array | None = None
    """[T, channels] what was measured beside the signal; recorded, never heard. `signal["beside"]` says what they are."""

    @property
    def steps(self) -> int:
        """T."""
        return len(self.inputs)


@dataclass(frozen=True)
class Option:
    """An option of a task: a whole number of `low` … `high`, refused beyond; a control offers `suggested`.

    Models were trained on `trained`, where that is known: beyond it is allowed, and said.
    """

    name: str
    label: str
    description: str
    default: int
    suggested: tuple[int, int]
    low: int
    high: int
    unit: str = ""
    trained: tuple[int, int] | None = None

    def was_trained(self, value: int) -> bool:
        """Whether models have met this value in training; True where nothing is known."""
        return self.trained is None or self.trained[0] <= value <= self.trained[1]


@dataclass(frozen=True)
class Plan:
    """What a run will be, known before there is a signal or a model.

    `options` as the run will have them; `most` the greatest value that the steps have room for, of the options it is known of.
    """

    options: dict[str, int]
    steps: int
    events: tuple[Event, ...] = ()
    most: dict[str, int] = field(default_factory=dict[str, int])
    warnings: tuple[str, ...] = ()
    """What is asked of models that they were not trained on, as sentences."""


@dataclass(frozen=True)
class Batch:
    """Sequences padded to one length: inputs [B, T, I], targets [B, T, O], mask [B, T]."""

    inputs: Array
    targets: Array
    mask: Array


@dataclass(frozen=True)
class Round:
    """One thing to remember: the steps that give it, the steps that ask for it, and for each of those the step that holds the answer."""

    store: range
    recall: range
    places: tuple[int, ...]


@dataclass(frozen=True)
class Condition:
    """One way to measure a task: `make(rng, count)` draws the sequences, `seed` makes any row repeatable alone.

    `trained` says whether the condition lies inside the range that models are trained on; `chance` is the score of a model
    that knows nothing, `best` that of the best possible one, each where it is known.
    """

    label: str
    make: Callable[[np.random.Generator, int], Batch]
    seed: tuple[int, ...]
    trained: bool = True
    chance: float | None = None
    best: Callable[[Batch], float] | None = None


def given_signal() -> dict[str, Any]:
    """Facts of a signal of which only the values are known; whoever knows more replaces them (episodes.py)."""
    return {
        "name": "an array",
        "channel": None,
        "unit": None,
        "sample_rate": None,
        "source": {"given": "array"},
        "scaling": {"method": "none", "offset": 0.0, "scale": 1.0},
    }


Parts = tuple[Array, Array, Array]


def blank(steps: int, inputs: int, outputs: int) -> Parts:
    """Inputs [T, I], targets [T, O] and mask [T] of nothing yet."""
    return np.zeros((steps, inputs), np.float32), np.zeros((steps, outputs), np.float32), np.zeros(steps, np.float32)


def event(kind: str, step: int, until: int) -> Event:
    """An event whose label is its kind."""
    return Event(step, until, kind, kind)


def stack(sequences: list[Parts]) -> Batch:
    """(inputs, targets, mask) of each sequence -> one batch, padded with zeros that are not scored."""
    longest = max(len(inputs) for inputs, _, _ in sequences)

    def pad(part: int) -> Array:
        return np.stack(
            [np.pad(s[part], [(0, longest - len(s[part]))] + [(0, 0)] * (s[part].ndim - 1)) for s in sequences]
        )

    return Batch(pad(0), pad(1), pad(2))


class Task(ABC):
    """A task: its card, its sizes, its episodes and how it is measured."""

    name: str
    label: str
    sentence: str
    """What a model is asked to do."""
    inputs: int
    outputs: int
    binary: bool
    """True where outputs are bits, False where they are values."""
    takes_signal: bool = False
    """True where an episode is made from a series."""
    ahead: int = 0
    """Steps that have to be heard after a step before all is known of it: a forecast is scored by the value that follows."""
    throughout: ClassVar[Mapping[str, int]] = {}
    """Options by which it goes on as long as its signal does; of a signal without an end they are the defaults."""
    made: str = "random bits"
    """What the task makes up where no series is given."""
    values: int
    """The first so many input features hold what is to be remembered; the rest are flags and numbers about it."""
    cue: int
    """The input feature that is 1 at the step where answering begins; an encoder-decoder changes phase there."""
    options: tuple[Option, ...]
    gives_way: tuple[str, ...] = ()
    """Options that are lowered, one after the other, where a series has no room for them (tasks on signals)."""
    question: str
    """What a run of it asks the models that are compared; `{thing}` is what a label of the signal says was stored, or `thing`."""
    thing: str = "the segment"
    blind: float = 0.5
    """The error by `wrong` of a model that knows nothing; 0 is perfect."""
    error_of: str = "the bits"
    """What the error by `wrong` is a part of."""
    error_says: str = "The part of the bits asked for that was wrong: 0% is all right, 50% what guessing gets."
    """That error in a sentence."""
    metric: str
    measure: str
    """What the metric counts, in a sentence; lower is better."""

    @abstractmethod
    def plan(self, steps: int | None = None, *, seed: int = 0, **options: Any) -> Plan:
        """Options, steps and events of the episode of the same arguments. `steps`: of the series that is given, if one is.

        Raises UnknownTask for an option out of range and for a series that is too short.
        """

    @abstractmethod
    def episode(self, values: NDArray[np.floating] | None = None, *, seed: int = 0, **options: Any) -> Episode:
        """A run for the eye. `values` is a z-scored series (tasks on signals; None makes one up from the seed).

        The facts of a given series are `given_signal()`: where it came from is not known here.
        """

    def hear(self, episode: Episode, first: int, values: NDArray[np.floating]) -> None:
        """Write values [n > 0] that have come in at steps `first`, `first + 1`, … into an episode that was laid out by `episode(zeros)`.

        What it then holds of the steps up to `first + n - ahead` is what `episode` makes of the whole series. Raises UnknownTask
        where the task takes no signal.
        """
        self.no_signal(values)

    @abstractmethod
    def batch(self, rng: np.random.Generator, count: int, *, progress: float = 1.0, rounds: int = 1) -> Batch:
        """Random training sequences; `progress` in [0, 1] is how far the curriculum has come."""

    @abstractmethod
    def conditions(self) -> tuple[Condition, ...]:
        """How it is measured; the last trained condition is the one by which a model is introduced."""

    @abstractmethod
    def validation(self, rng: np.random.Generator, *, rounds: int = 1) -> list[Batch]:
        """Sequences by whose mean score training keeps its best checkpoint."""

    def score(self, outputs: Array, batch: Batch) -> float:
        """Raw outputs [B, T, O] -> the metric; lower is better. Here: mean number of wrong bits a sequence."""
        wrong = (outputs > 0) != (batch.targets > 0.5)
        return float((wrong * batch.mask[:, :, None]).sum() / len(batch.inputs))

    def rounds(self, events: Sequence[Event], inputs: Array) -> tuple[Round, ...]:
        """What an episode with these events [inputs: T, I] gives to remember and asks for again, in order; none where it never asks.

        A recall asks for the store before it, step for step.
        """
        found: list[Round] = []
        store = range(0)
        for happening in sorted(events, key=lambda happening: happening.step):
            steps = range(happening.step, happening.until)
            if happening.kind == "store":
                store = steps
            elif happening.kind == "recall" and store and len(steps) <= len(store):
                found.append(Round(store, steps, tuple(store[: len(steps)])))
        return tuple(found)

    def focus(self, plan: Plan) -> range:
        """Steps that what is worth asking about should lie in."""
        return range(plan.steps)

    def wrong(self, answers: Floats, targets: Floats, inputs: Floats) -> tuple[Floats, Floats]:
        """How wrong the answers of scored steps [t, O] are, and out of what: two rows [t]; the error is Σ / Σ. Here: wrong bits."""
        return ((answers > 0.5) != (targets > 0.5)).sum(1).astype(np.float64), np.full(
            len(answers), targets.shape[1], np.float64
        )

    def estimate(self, inputs: Floats, targets: Floats, mask: Floats) -> Floats | None:
        """Answers [T, O] of the best estimator that is known for a task that replays nothing, from what it heard; None: none is."""
        return None

    def error(self, wrong: float, whole: float) -> float:
        """The error of Σ wrong out of Σ whole; NaN out of nothing."""
        return wrong / whole if whole > 0 else float("nan")

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

    def beyond_training(self, options: Mapping[str, int]) -> tuple[str, ...]:
        """A sentence for every option that lies outside of what models were trained on."""
        found: list[str] = []
        for option in self.options:
            if option.name in options and not option.was_trained(options[option.name]):
                low, high = option.trained or (option.low, option.high)
                asked = f"{option.name} {options[option.name]}"
                found.append(f"{asked} is beyond the {low} to {high} {option.unit} that the models were trained on")
        return tuple(found)

    def no_signal(self, values: object) -> None:
        """Raises UnknownTask when a series is given to a task that makes its own inputs."""
        if values is not None:
            raise UnknownTask(
                f"task {self.name} makes its own bits and takes no signal; use signal-recall or forecast for a series"
            )
