"""The turns of a worker: who has one when, and how what they did leaves it. No process; time passes when the worker waits."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from mnemoscope import tasks
from mnemoscope_server.workers import line, process, run
from mnemoscope_server.workers.line import Line
from mnemoscope_server.workers.pool import Worker as Far
from mnemoscope_server.workers.process import Worker
from mnemoscope_server.workers.protocol import Advance, Chunk, Moved, Open, Pause, Play, Pong, SetSpeed
from tests.server.fake_engine import FakeEngine

RUNS, SPEED = 16, 30.0


class Time:
    """A clock that a worker's waiting moves on, and a pipe that keeps what is sent when."""

    def __init__(self):
        self.now, self.sent = 1000.0, []

    def perf_counter(self):
        return self.now

    def send(self, bundle):
        self.sent.append((self.now, bundle))

    def of(self, kind, identity):
        return [
            (at, event)
            for at, bundle in self.sent
            for event in bundle
            if isinstance(event, kind) and event.id == identity
        ]


@pytest.fixture
def time(monkeypatch):
    made = Time()
    for module in (line, process, run):
        monkeypatch.setattr(module, "time", made)
    return made


@pytest.fixture
def worker(time, tmp_path):
    made = Worker(Line(time), FakeEngine("cpu"))
    made.measuring = False
    for number in range(RUNS):
        episode = tasks.get("signal-recall").episode(np.zeros(4000))
        path = tmp_path / f"{number}.mnemo"
        made._handle(Open(str(number), path, "t", 0, ("fake-signal-recall",), episode, SPEED))
    made.line.flush()
    time.sent.clear()
    yield made
    for each in list(made.runs.values()):
        each.abandon()


def pass_time(worker, time, seconds):
    """What the loop does where no command comes -> how often it woke."""
    end, woke = time.now + seconds, 0
    while (wait := worker._wait()) < end - time.now:
        time.now += wait + 0.0007
        woke += wait > 0
        worker._tick()
        worker.line.flush()
    time.now = end
    return woke


def test_a_worker_wakes_once_for_all_its_runs(worker, time, monkeypatch):
    """Begun at any moments, 16 runs at 30 steps a second take 60 turns a second and as many messages, and only who has something to do has a turn."""
    for number in range(RUNS):
        worker._handle(Play(str(number)))
        pass_time(worker, time, 0.0137)
    pass_time(worker, time, 1.0)
    turns = dict.fromkeys(worker.runs, 0)

    def counted(tick, identity):
        def turn(*arguments):
            turns[identity] += 1
            tick(*arguments)

        return turn

    for identity, each in worker.runs.items():
        monkeypatch.setattr(each, "tick", counted(each.tick, identity))
    time.sent.clear()
    begun, before = time.now, {identity: each.done for identity, each in worker.runs.items()}
    woke = pass_time(worker, time, 2.0)
    assert 115 <= woke <= 121
    assert len(time.sent) <= 121
    for identity, each in worker.runs.items():
        assert abs(each.done - before[identity] - 60) <= 1
        assert turns[identity] <= 64, "a step in each, and four times the file"
        came = [at - begun for at, _ in time.of(Chunk, identity)]
        assert all(abs(later - sooner - 1 / SPEED) < 0.001 for sooner, later in itertools.pairwise(came))


def test_a_command_has_its_answer_at_once(worker, time):
    """Whatever tick comes next: play, one step, pause, and another speed."""
    pass_time(worker, time, 0.0049)
    begun = time.now
    worker._handle(Play("3"))
    worker._handle(Advance("5", 1))
    assert worker._wait() == 0.0
    worker._tick()
    worker.line.flush()
    assert [(event.first, event.upto) for _, event in time.of(Chunk, "3")] == [(0, 1)]
    assert [(event.first, event.upto) for _, event in time.of(Chunk, "5")] == [(0, 1)]
    assert [(event.running, event.step) for _, event in time.of(Moved, "5")] == [(True, 0), (False, 1)]
    assert {at for at, _ in time.sent} == {begun}
    pass_time(worker, time, 1.0)
    worker._handle(Pause("3"))
    done = worker.runs["3"].done
    assert done == 30
    pass_time(worker, time, 1.0)
    assert worker.runs["3"].done == done
    worker._handle(Play("3"))
    worker._handle(SetSpeed("3", 120.0))
    pass_time(worker, time, 1.0)
    assert abs(worker.runs["3"].done - done - 120) <= 2
    assert worker.runs["5"].done == 1


def test_an_event_that_is_not_understood_costs_no_other_run_its_own(caplog):
    """They came as one message."""
    got = []

    def take(worker, event):
        if event == "bad":
            raise ValueError("what is this")
        got.append(event)

    room = SimpleNamespace(release=lambda: got.append("room"))
    far = SimpleNamespace(_room=room, pool=SimpleNamespace(on_event=take), number=7)
    Far._deliver(far, [Pong(), "bad", "good"])
    assert got == ["room", Pong(), "good"]
    assert "what is this" in caplog.text
    assert "worker 7" in caplog.text
