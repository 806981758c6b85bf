"""What a measurement of retention says: rows, and the horizons that follow from them. No torch.

A row is one model at one delay. The *horizon* at a level is the delay at which the error passes it; all that is known of it are
the two measured delays between which that happens, so these are what is said.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple

from mnemoscope.tasks import SignalRecall

View = Literal["behaviour", "content", "provenance"]

LEVELS = (0.1, 0.5)
"""Errors at which horizons are read off: up to the first a replay is exact, up to the second a blur."""


@dataclass(frozen=True)
class Row:
    """One model at one delay, in steps.

    `error` is a relative RMSE: of the replay (behaviour), or of the best linear read-out of the memory (content). `low` and
    `high` are the band of the view's own figure (`error`, `r2` or `held`), None where there are too few windows for one.
    """

    view: View
    model: str
    checkpoint: str | None
    """Of several checkpoints of one model: all their names, with commas. None: a reference, or a model that was given."""
    delay: int
    error: float | None
    low: float | None
    high: float | None
    n: int
    """Windows, samples or writes that the figure is taken over."""
    trained: bool
    """Whether the delay (and the segment) lies in the range that models of the task were trained on."""
    segment: int | None = None
    """Steps that had to be held: behaviour."""
    bank: str | None = None
    """The bank that was looked into, None for all of them: content, provenance."""
    r2: float | None = None
    """Held-out share of the variance that a linear read-out explains: content."""
    shuffled: float | None = None
    """The same where the targets are shuffled in time: content."""
    held: float | None = None
    """Share of a write that is still there: provenance."""
    seeds: int = 1
    """Checkpoints of the model that the figure is the mean of."""

    def to_json(self) -> dict[str, Any]:
        """The row as plain data; what its view does not have is left out."""
        optional = ("segment", "bank", "r2", "shuffled", "held")
        found = asdict(self)
        return {key: value for key, value in found.items() if key not in optional or value is not None}


class Horizon(NamedTuple):
    """Where a model's error passes a level: after `delay`, the last delay before, and at `above`, the first one after.

    `delay` is None where the error is above the level at once, `above` is None where it never passes it.
    """

    view: View
    model: str
    checkpoint: str | None
    segment: int | None
    level: float
    delay: int | None
    above: int | None

    @property
    def text(self) -> str:
        """As people say it: "80 – 100", "not at 10", "> 400"."""
        if self.delay is None:
            return f"not at {self.above}"
        return f"> {self.delay}" if self.above is None else f"{self.delay} – {self.above}"

    def to_json(self) -> dict[str, Any]:
        """Plain data, with the `text`."""
        return self._asdict() | {"text": self.text}


class Capacity(NamedTuple):
    """Memory capacity of a bank (None: of the whole state): the sum of what is read out over lags 0 … lags − 1."""

    model: str
    checkpoint: str | None
    bank: str | None
    capacity: float
    shuffled: float
    lags: int
    n: int
    grows: bool
    """The bank keeps every step, so the sum has no end where anything is read out at all."""

    @property
    def text(self) -> str:
        """As people say it: "63.8", "> 128"."""
        return f"> {self.capacity:.0f}" if self.grows and self.capacity > self.lags / 2 else f"{self.capacity:.1f}"

    def to_json(self) -> dict[str, Any]:
        """Plain data, with the `text`."""
        return self._asdict() | {"text": self.text}


class HalfLife(NamedTuple):
    """After how many steps less than half of what a bank wrote is held; None: not within the `longest` age that was seen."""

    model: str
    checkpoint: str | None
    bank: str
    delay: int | None
    longest: int
    whole: bool
    """Nothing of any write was ever lost."""

    @property
    def text(self) -> str:
        """As people say it: "23", "> 400", "never"."""
        if self.delay is not None:
            return str(self.delay)
        return "never" if self.whole else f"> {self.longest}"

    def to_json(self) -> dict[str, Any]:
        """Plain data, with the `text`."""
        return self._asdict() | {"text": self.text}


def horizons(rows: Iterable[Row], levels: Sequence[float] = LEVELS) -> list[Horizon]:
    """A horizon for every curve and level, in the order in which the curves appear. A provenance has none."""
    curves: dict[tuple[View, str, str | None, int | None], dict[int, float]] = {}
    for row in rows:
        if row.view != "provenance" and row.bank is None:
            error = float("inf") if row.error is None else row.error
            curves.setdefault((row.view, row.model, row.checkpoint, row.segment), {})[row.delay] = error
    return [
        Horizon(view, model, checkpoint, segment, level, *crossing(curve, level))
        for (view, model, checkpoint, segment), curve in curves.items()
        for level in levels
    ]


def crossing(curve: dict[int, float], level: float) -> tuple[int | None, int | None]:
    """The last delay before the error first passes the level, and the first one after; None where there is none."""
    before: int | None = None
    for delay, error in sorted(curve.items()):
        if error > level:
            return before, delay
        before = delay
    return before, None


def trained(segment: int, delay: int) -> bool:
    """Whether models of the task were trained on such a segment and delay."""
    options = {option.name: option for option in SignalRecall.options}
    return options["segment"].was_trained(segment) and options["delay"].was_trained(delay)


def trained_age(age: int) -> bool:
    """Whether in training a value had to be held for so many steps: a segment and a delay at most."""
    ends = [option.trained[1] for option in SignalRecall.options if option.trained is not None]
    return age <= sum(ends)
