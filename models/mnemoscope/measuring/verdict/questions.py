"""What a recording asks of its models, in words, and the rounds of it that the models reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mnemoscope import tasks
from mnemoscope.format.entries import Event
from mnemoscope.reading.recording import Recording
from mnemoscope.reading.view import ModelView
from mnemoscope.tasks.base import Round, Task

HEART = "heartbeat"
"""The generator of which one round is one heartbeat."""


@dataclass(frozen=True)
class Asked:
    """`rounds` are whole ones, and the last as far as it was reached; `planned` those of the task, in order."""

    task: Task
    question: str
    when: str
    thing: str
    rounds: tuple[Round, ...]
    planned: tuple[Round, ...]
    scored: tuple[int, ...]
    """Steps that count, of a task that replays nothing."""
    free: int | None
    """The step from which models hear themselves, or None."""
    unit: str | None
    scale: float | None
    """One of the model's units in the unit of the signal; None where that is not known."""
    before: int
    """Steps of the run before step 0 of this recording, of a copy of a part."""
    kind_of_round: str
    """What one round is: "heartbeat", "recall"."""


def asked(recording: Recording) -> Asked:
    """What the run asks. Raises UnknownTask where this program does not know the task."""
    manifest = recording.manifest
    entry = manifest["task"]
    task = tasks.get(entry["name"])
    events = [Event(**{name: event[name] for name in ("step", "until", "kind", "label")}) for event in entry["events"]]
    view = longest(recording)
    inputs = view.array("inputs")
    excerpt: dict[str, Any] = manifest.get("excerpt") or {}
    before: int = excerpt.get("first", 0)
    # of a segment that a copy begins in the midst of, nobody knows which of its steps are there
    planned = tuple(r for r in task.rounds(events, inputs) if r.store.start > 0 or not before)
    rounds = tuple(found for r in planned if (found := _reached(r, recording.steps)) is not None)
    free: int | None = entry["params"].get("free") or None
    mask = view.array("mask")[: recording.steps, 0] > 0
    if free is not None:
        mask[free:] = False
    signal: dict[str, Any] = manifest.get("signal") or {}
    scaling: dict[str, Any] = signal.get("scaling") or {}
    thing = _thing(task, events, planned)
    source: dict[str, Any] = signal.get("source") or {}
    return Asked(
        task=task,
        question=task.question.format(thing=thing),
        when=_when(task, planned, free),
        thing=thing,
        rounds=rounds,
        planned=planned,
        scored=() if planned else tuple(np.flatnonzero(mask).tolist()),
        free=free,
        unit="bits" if task.binary else signal.get("unit") or None,
        scale=1.0 if task.binary else scaling.get("scale"),
        before=before,
        kind_of_round="heartbeat" if source.get("generator") == HEART else "recall",
    )


def longest(recording: Recording) -> ModelView:
    """A model that was heard to the end: all were given the same, as far as they came."""
    return max((recording[model] for model in recording.models), key=lambda view: view.steps)


def _reached(planned: Round, steps: int) -> Round | None:
    count = min(planned.recall.stop, steps) - planned.recall.start
    if count <= 0:
        return None
    return Round(planned.store, planned.recall[:count], planned.places[:count])


def _thing(task: Task, events: list[Event], rounds: tuple[Round, ...]) -> str:
    """What was stored: a label of the signal inside the one segment, or the task's own word."""
    if len(rounds) == 1:
        for event in events:
            if event.kind == "label" and event.step in rounds[0].store and event.label:
                return f"the {event.label}"
    return task.thing


def _when(task: Task, rounds: tuple[Round, ...], free: int | None) -> str:
    if not rounds:
        return "" if free is None else f"Up to t = {free - 1}; from there each model hears only itself."
    first, last = rounds[0], rounds[-1]
    if len(rounds) == 1:
        return f"{_stored(first)}, asked back {_later(first)}."
    if last.store == first.store:
        return f"{_stored(first)}, asked back {len(rounds)} times, first {_later(first)}."
    return f"{len(rounds)} rounds; the last one: {_stored(last).lower()}, asked back {_later(last)}."


def _stored(r: Round) -> str:
    return f"Stored at t = {r.store.start} to {r.store.stop - 1}"


def _later(r: Round) -> str:
    gap = r.recall.start - r.store.stop
    delay = "at once" if gap == 0 else f"{gap} step{'' if gap == 1 else 's'} later"
    return f"{delay}, from t = {r.recall.start}"
