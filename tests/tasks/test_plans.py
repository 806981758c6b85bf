"""What a task says of a run beforehand is what the run then is; and its card is fit for people."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnemoscope import tasks
from mnemoscope.errors import UnknownTask

STEPS = {
    "copy": lambda o: o["rounds"] * (2 * o["length"] + 1),
    "repeat-copy": lambda o: o["length"] + 2 + o["length"] * o["repeats"],
    "associative-recall": lambda o: 4 * o["items"] + 5 + 3,
    "ngrams": lambda o: o["length"],
    "priority-sort": lambda o: o["items"] + 1 + (4 * o["items"]) // 5,
}
"""Of those that make their own bits, as the paper counts them."""


@st.composite
def asked(draw: st.DrawFn) -> tuple[str, dict[str, int], int | None, int]:
    """A task, options that its page offers, the length of a series where it takes one, a seed."""
    name = draw(st.sampled_from(tasks.names()))
    task = tasks.get(name)
    options: dict[str, int] = {}
    for option in task.options:
        low, high = option.suggested
        if draw(st.booleans()):
            options[option.name] = draw(st.integers(low, min(high, 400)))
    steps = draw(st.none() | st.integers(1, 700)) if task.takes_signal else None
    return name, options, steps, draw(st.integers(0, 99))


@settings(max_examples=150, deadline=None)
@given(asked())
def test_a_plan_is_what_the_episode_then_is(question: tuple[str, dict[str, int], int | None, int]) -> None:
    name, options, steps, seed = question
    task = tasks.get(name)
    values = None if steps is None else np.random.default_rng(seed).standard_normal(steps)
    plan, refused = None, ""
    try:
        plan = task.plan(steps, seed=seed, **options)
    except UnknownTask as error:
        refused = str(error)
    if plan is None:
        with pytest.raises(UnknownTask) as again:
            task.episode(values, seed=seed, **options)
        assert str(again.value) == refused
        return
    episode = task.episode(values, seed=seed, **options)
    assert plan.options == episode.params
    assert plan.steps == episode.steps == (steps or episode.steps)
    assert list(plan.events) == episode.events
    if name in STEPS:
        assert plan.steps == STEPS[name](plan.options)
    asked_for = [step for event in plan.events if event.kind == "recall" for step in range(event.step, event.until)]
    if name == "repeat-copy":
        asked_for.append(plan.steps - 1)  # the end marker
    if name == "forecast":
        asked_for.remove(plan.steps - 1)  # nobody knows what follows the last step
    if name != "ngrams":  # whose bits are all scored but the first ones
        assert np.flatnonzero(episode.mask).tolist() == asked_for


def test_a_plan_says_how_many_rounds_a_signal_has_room_for() -> None:
    """One more would overrun it; of a signal that the task makes up there is no such bound."""
    task = tasks.get("signal-recall")
    for steps in (94, 187, 188, 420, 3000):
        most = task.plan(steps).most["rounds"]
        assert task.plan(steps, rounds=0).options["rounds"] == most
        assert task.plan(steps, rounds=9999).events[-1].until <= steps
        assert task.plan(None, rounds=most).steps <= steps < task.plan(None, rounds=most + 1).steps
    assert task.plan(None, rounds=3).most == {}


def test_bits_are_not_planned_from_a_series() -> None:
    with pytest.raises(UnknownTask, match="takes no signal"):
        tasks.get("copy").plan(100)


def test_cards_are_fit_for_people() -> None:
    """Whoever adds a task adds its card: one sentence each, controls inside what is accepted, defaults inside both."""
    every = [tasks.get(name) for name in tasks.names()]
    assert len({task.label for task in every}) == len(every)
    for task in every:
        assert task.sentence.endswith(".")
        assert ". " not in task.sentence
        assert len(task.sentence) <= 120
        assert task.measure.endswith(".")
        assert len({option.name for option in task.options}) == len(task.options)
        for option in task.options:
            low, high = option.suggested
            assert option.low <= low <= option.default <= high <= option.high
            assert option.label[0].isupper()
            assert not option.description.endswith(".")


@pytest.mark.parametrize(("lead", "gap"), [(0, 0), (10, 10), (16, 16), (40, 16)])
def test_rounds_of_signal_recall_are_as_far_apart_as_the_lead_and_at_most_16_steps(lead: int, gap: int) -> None:
    plan = tasks.get("signal-recall").plan(lead=lead, segment=24, delay=30, rounds=3)
    stored = [event.step for event in plan.events if event.kind == "store"]
    assert stored == [lead + k * (24 + 30 + 24 + gap) for k in range(3)]
    assert plan.steps == stored[-1] + 24 + 30 + 24
