"""Which part of a series to look at first, where nobody has said: one question of the task, around what is worth asking about.

The part that is to be held has the rarest label in it, or else the stretch where the series moves most; nothing outside the
question is run.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mnemoscope import tasks
from mnemoscope.errors import UnknownTask
from mnemoscope.signals import generators
from mnemoscope.signals.series import Label, Series, fill, rate_for_models
from mnemoscope.tasks.base import Plan, Task

BEFORE = 1 / 3
"""Part of the segment that lies before a labelled moment in it."""
ORDINARY = 99.5
"""Percentile of the steps of a series above which one counts no more: a single bad sample is not the busiest stretch."""
LOOKED_THROUGH = 420
"""Steps of a generated signal in which the moment is looked for."""
SETTLES = 5
MAX_ROWS = 5_000_000
"""Of a longer series the beginning is looked through."""


@dataclass(frozen=True)
class Suggestion:
    """Rows start … stop (stop excluded) of a series, the rate to resample to (None: as it is), and options of the task."""

    start: int
    stop: int
    resample_to: float | None
    options: dict[str, int]
    """All options of the task, shortened where the series has no room for them."""
    why: str
    """What is in it, in words."""


def suggest(
    task: str, series: Series, options: Mapping[str, int] | None = None, *, resample_to: float | None = None
) -> Suggestion:
    """For a task that runs on a signal; `options` that are asked for, the others as they are by default. resample_to: Hz, where
    that is chosen already.

    Raises UnknownTask for a task or an option that there is none of.
    """
    asked = tasks.get(task)
    rate = rate_for_models(series.unit, series.sample_rate) if resample_to is None else resample_to
    per_step = series.sample_rate / rate if rate is not None and series.sample_rate else 1.0
    steps = max(1, int(min(len(series), MAX_ROWS) / per_step))
    plan = _one_question(asked, steps, dict(options or {}))
    step, why = _moment(series, per_step, steps, asked.focus(plan), plan.steps)
    stop = min(len(series), round((step + plan.steps) * per_step))
    return Suggestion(round(step * per_step), stop, rate, plan.options, why)


def suggest_made(
    task: str,
    kind: str,
    *,
    seed: int = 0,
    params: Mapping[str, float] | None = None,
    options: Mapping[str, int] | None = None,
) -> Suggestion:
    """The same for a signal that a generator makes, which begins at its step 0: the lead reaches to what it labels, and the run ends
    with the question, or soon after. Raises UnknownTask; SignalError for a generator or a parameter that there is none of.
    """
    asked = tasks.get(task)
    plan = asked.plan(None, **(options or {}))
    best = Suggestion(0, plan.steps, None, plan.options, "it is one question")
    if "lead" not in plan.options or "lead" in (options or {}):
        return best
    focus, steps = asked.focus(plan), LOOKED_THROUGH
    for _ in range(SETTLES):
        signal = generators.generate(kind, steps, seed=seed, **(params or {}))
        label = next(_rarest_first(Label(event.step, event.until, event.label) for event in signal.events), None)
        if label is None:
            break
        start = max(0, label.start - _before(focus))
        if start + plan.steps <= steps:
            lead = {"lead": plan.options["lead"] + start}
            best = Suggestion(0, steps, None, plan.options | lead, f"it holds {label.text} at step {label.start}")
        if start + plan.steps == steps:
            break
        steps = start + plan.steps  # of another length some generators make other beats
    return best


def _one_question(task: Task, steps: int, options: dict[str, int]) -> Plan:
    """One question; where `steps` steps have no room for it the options that nobody asked for give way, one after the other.

    Raises UnknownTask where not even the shortest has room.
    """

    def plan(options: dict[str, int]) -> Plan:
        return task.plan(min(steps, task.plan(None, **options).steps), **options)

    def fits(name: str, value: int) -> bool:
        try:
            plan(options | {name: value})
        except UnknownTask:
            return False
        return True

    chosen, options = options, task.checked(options)
    low = {option.name: option.low for option in task.options}
    for name in task.gives_way:
        if name in chosen:
            continue
        if fits(name, options[name]):
            break
        values = range(low[name], options[name])
        options[name] = (
            values[max(0, bisect_left(values, True, key=lambda value: not fits(name, value)) - 1)]
            if values
            else low[name]
        )
    return plan(options)


def _moment(series: Series, per_step: float, steps: int, focus: range, length: int) -> tuple[int, str]:
    """First step of a window of `length` of `steps` steps, and what lies in its focus."""
    room = max(0, steps - length)
    for label in _rarest_first(series.labels):
        at = int(label.start / per_step)
        start = min(room, max(0, at - _before(focus)))
        if at - start in focus:
            return start, f"it holds {label.text} at row {label.start}, of all labels the rarest"
    moves = np.concatenate([[0.0], np.cumsum(_moves(series, per_step, steps))])
    # moves[k] is how far the series has gone by step k; of equals the first.
    starts = np.arange(room + 1)
    gone = moves[np.minimum(starts + focus.stop, steps)] - moves[np.minimum(starts + focus.start, steps)]
    start = int((gone >= gone.max() * (1 - 1e-9)).argmax())
    if room == 0:
        return 0, "it is the whole series"
    return start, f"its steps {focus[0]} to {focus[-1]} are where the series moves most"


def _rarest_first(labels: Iterable[Label]) -> Iterator[Label]:
    """By how often their text comes, then in order."""
    labels = list(labels)
    often = Counter(label.text for label in labels)
    yield from sorted(labels, key=lambda label: often[label.text])


def _before(focus: range) -> int:
    """Steps before a labelled moment that lies in the focus."""
    return focus.start + int(BEFORE * len(focus))


def _moves(series: Series, per_step: float, steps: int) -> NDArray[np.float64]:
    """[steps] squares of how far the series moves from the step before, those of single bad samples cut down."""
    values = np.asarray(series.values[: round(steps * per_step) + 1], np.float64)
    if not np.isfinite(values).any():
        return np.zeros(steps)
    values = fill(np.where(np.isfinite(values), values, np.nan), "hold")
    at = np.minimum((np.arange(steps) * per_step).astype(np.int64), len(values) - 1)
    means = np.add.reduceat(values, at) / np.diff(np.append(at, len(values)))
    far = np.abs(np.diff(means, prepend=means[:1]))
    if far.any():
        far = np.minimum(far, np.percentile(far, ORDINARY))
    return far**2
