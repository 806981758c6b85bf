"""Runs in one batch: each does what it does alone, whoever joins and leaves meanwhile."""

import logging
import random
from typing import Any

import numpy as np
import pytest
import torch

from mnemoscope import tasks
from mnemoscope.checkpoints.store import LoadedModel
from mnemoscope.errors import Unsupported
from mnemoscope.models import registry
from mnemoscope.running.seats import Seats
from mnemoscope.running.stepper import Stepper
from mnemoscope.running.stream import NotFinite, Packet
from tests.oracles.small_models import small

TASK = tasks.get("signal-recall")


def untrained(name: str, task: str = "signal-recall") -> LoadedModel:
    sizes, paradigm = tasks.get(task), registry.get(name)
    model = small(name, sizes.inputs, sizes.outputs).float()
    return LoadedModel(f"{name}-test", name, paradigm.label, paradigm.glyph, task, model, {}, "0" * 64)


def seats_of(name: str, **more: Any) -> Seats:
    return Seats(untrained(name).model, TASK.outputs + 1, binary=TASK.binary, device="cpu", **more)


def has_seats(name: str) -> bool:
    try:
        seats_of(name)
    except Unsupported:
        return False
    return True


SEATED = [name for name in registry.names() if has_seats(name)]


def numbers(packets: list[Packet] | Exception, kind: str = "frames") -> np.ndarray[Any, Any]:
    assert not isinstance(packets, Exception), packets
    return np.concatenate([np.frombuffer(p.payload, "<f4") for p in packets if p.kind == kind] or [np.empty(0)])


def test_whose_state_keeps_its_size_has_seats() -> None:
    """What grows with every step is stepped alone, and that is said."""
    assert {"rnn", "gru", "lstm", "ntm", "dnc", "deltanet"} <= set(SEATED)
    with pytest.raises(Unsupported, match="grows"):
        seats_of("transformer")


@pytest.mark.parametrize("name", SEATED)
def test_a_run_does_what_it_does_alone(name: str) -> None:
    """Runs of several lengths begin and end at any time, and each asks for its own number of steps."""
    loaded, seats, draw = untrained(name), seats_of(name), random.Random(name)
    waiting = [TASK.episode(seed=seed) for seed in range(7)]
    alone: dict[Stepper, Stepper] = {}
    while waiting or alone:
        while waiting and (len(alone) < 2 or draw.random() < 0.3):
            episode = waiting.pop()
            alone[Stepper(loaded, episode, seats=seats)] = Stepper(loaded, episode, engine="torch")
        chosen = draw.sample(list(alone), draw.randint(1, len(alone)))
        wishes = [(run, draw.choice([1, 2, 7, 64, 90])) for run in chosen]
        for (run, count), packets in zip(wishes, Stepper.advance_together(wishes), strict=True):
            wanted = alone[run].advance(count)
            for kind in ("frames", "keyframe"):
                mine, theirs = numbers(packets, kind), numbers(wanted, kind)
                np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-5 * max(1.0, np.abs(theirs).max(initial=0)))
            assert [(p.kind, p.first, p.count) for p in packets] == [(p.kind, p.first, p.count) for p in wanted]
            assert run.done == alone[run].done
            if run.done == run.steps:
                assert run.cost is not None
                assert run.cost | {"ms_per_step": 0} == alone[run].cost | {"ms_per_step": 0}
                assert run.manifest_entry() == alone[run].manifest_entry()
                run.close()
                del alone[run]


def test_seats_are_given_back() -> None:
    """A bucket grows with its runs and shrinks behind them; who leaves twice takes nobody's seat."""
    loaded, seats = untrained("lstm"), seats_of("lstm")
    runs = [Stepper(loaded, TASK.episode(seed=seed), seats=seats) for seed in range(9)]
    assert (seats.taken, seats.capacity) == (9, 16)
    for run in runs[:-1]:
        run.close()
        run.close()
    assert (seats.taken, seats.capacity) == (1, 2)
    last = Stepper(loaded, TASK.episode(seed=8), engine="torch")
    np.testing.assert_allclose(numbers(runs[-1].advance(40)), numbers(last.advance(40)), rtol=0, atol=1e-5)


def test_a_run_that_fails_fails_alone() -> None:
    """NaN in one sequence is not handed to its neighbours."""
    loaded, seats = untrained("ntm"), seats_of("ntm")
    bad, good = TASK.episode(seed=1), TASK.episode(seed=2)
    bad.inputs[5] = np.nan
    runs = [Stepper(loaded, episode, seats=seats) for episode in (bad, good)]
    first, second = Stepper.advance_together([(run, 20) for run in runs])
    assert isinstance(first, NotFinite)
    assert first.step == 5
    assert [p.count for p in first.packets if p.kind == "frames"] == [5]
    wanted = Stepper(loaded, good, engine="torch").advance(20)
    np.testing.assert_allclose(numbers(second), numbers(wanted), rtol=0, atol=1e-5)


def test_a_batch_that_fails_says_so_to_each_of_its_runs_and_to_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded, seats = untrained("gru"), seats_of("gru")
    runs = [Stepper(loaded, TASK.episode(seed=seed), seats=seats) for seed in (1, 2)]
    alone = Stepper(loaded, TASK.episode(seed=3), engine="torch")

    def full(jobs: object) -> list[torch.Tensor]:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(seats, "run", full)
    one, other, third = Stepper.advance_together([(runs[0], 4), (runs[1], 4), (alone, 4)])
    assert [str(one), str(other)] == ["out of memory"] * 2
    assert len(numbers(third)) == 4 * alone.layout.bytes // 4
    with pytest.raises(RuntimeError, match="out of memory"):
        runs[0].advance(1)


def test_a_free_run_hears_itself_and_a_branch_sits_down_beside_it() -> None:
    """From its own step on a forecast hears what it answered, in the batch as alone."""
    task = tasks.get("forecast")
    loaded = untrained("lstm", "forecast")
    seats = Seats(loaded.model, task.outputs + 1, binary=task.binary, device="cpu")
    episode = task.episode(np.sin(np.arange(90) / 5), context=20, free=30)
    run, alone = Stepper(loaded, episode, seats=seats), Stepper(loaded, episode, engine="torch")
    np.testing.assert_allclose(numbers(run.advance(25)), numbers(alone.advance(25)), rtol=0, atol=1e-5)
    branch = run.branch(episode)
    assert branch.batch is seats
    wanted = numbers(alone.advance(40))
    for other in (run, branch):
        np.testing.assert_allclose(numbers(other.advance(40)), wanted, rtol=0, atol=1e-5)


def test_a_step_that_cannot_be_captured_is_computed_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    """Here there is no CUDA to capture on: the log says so once a bucket, and the numbers are right."""
    if torch.cuda.is_available():
        pytest.skip("there is a CUDA device")
    with caplog.at_level(logging.INFO, "mnemoscope.seats"):
        seats = seats_of("lstm", graphs=True)
        run = Stepper(untrained("lstm"), TASK.episode(seed=1), seats=seats)
    assert [r.getMessage()[:29] for r in caplog.records] == ["steps of LSTM are not captured"[:29]]
    wanted = Stepper(untrained("lstm"), TASK.episode(seed=1), engine="torch").advance(30)
    np.testing.assert_allclose(numbers(run.advance(30)), numbers(wanted), rtol=0, atol=1e-5)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_captured_step_is_the_step() -> None:
    """On CUDA a bucket replays its graph, to what the CPU computes."""
    for name in SEATED:
        captured(name)


def captured(name: str) -> None:
    loaded = untrained(name)
    loaded.model.to("cuda")
    seats = Seats(loaded.model, TASK.outputs + 1, binary=TASK.binary, device="cuda")
    runs = [Stepper(loaded, TASK.episode(seed=seed), device="cuda", seats=seats) for seed in (1, 2, 3)]
    assert seats.captured
    made = Stepper.advance_together([(run, 70) for run in runs])
    for seed, packets in zip((1, 2, 3), made, strict=True):
        wanted = Stepper(untrained(name), TASK.episode(seed=seed), engine="torch").advance(70)
        np.testing.assert_allclose(numbers(packets), numbers(wanted), rtol=0, atol=1e-3)
