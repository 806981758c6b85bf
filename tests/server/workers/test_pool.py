"""The pool of workers when they die: they come back, later and later, and what they computed is named. No process is started."""

import asyncio
from types import SimpleNamespace

import pytest

from mnemoscope_server.workers import pool as module
from mnemoscope_server.workers.computing import Computing
from mnemoscope_server.workers.pool import WorkerPool
from mnemoscope_server.workers.protocol import Broken, Ping, Pong, Ready


class FakeWorker:
    """A worker that is there as long as a test says so."""

    made = 0

    def __init__(self, pool, number):
        FakeWorker.made += 1
        self.pool, self.number = pool, number
        self.sessions, self.ready, self.broken, self.began, self.heard, self.asked = (
            set(),
            False,
            "",
            CLOCK.now,
            0.0,
            0.0,
        )
        self.process = SimpleNamespace(exitcode=-9)
        self.computing, self.sent = Computing(), []

    silent, ask = module.Worker.silent, module.Worker.ask

    def send(self, command):
        self.sent.append(command)

    def close(self):
        pass


CLOCK = SimpleNamespace(now=100.0, monotonic=lambda: CLOCK.now)


class FakeLoop:
    """A loop that remembers how long somebody wants to wait, and does what they want when told."""

    def __init__(self):
        self.pauses, self.jobs = [], []

    def call_later(self, pause, job):
        self.pauses.append(pause)
        self.jobs.append(job)
        return len(self.jobs)

    def go_on(self):
        self.jobs.pop()()


@pytest.fixture
def pool(monkeypatch):
    monkeypatch.setattr(module, "Worker", FakeWorker)
    monkeypatch.setattr(module, "time", CLOCK)
    CLOCK.now = 100.0
    made = WorkerPool(count=1, device="cpu", engine="x:y")
    made._loop = FakeLoop()
    made.lost = []
    made._on_lost = lambda *lost: made.lost.append(lost)
    made.workers = [FakeWorker(made, 0)]
    return made


def test_workers_come_back_with_growing_pauses_and_are_never_given_up(pool):
    """An out-of-memory at every retry of one run must not end the runs of everybody for ever."""
    for death in range(9):
        [worker] = pool.workers
        CLOCK.now += 5
        pool.on_event(worker, Ready("cpu"))
        assert pool.state == "ready"
        pool.on_death(worker)
        assert pool.workers == []
        assert pool.state == ("starting" if death < 3 else "failed"), "nobody is kept waiting for a minute"
        if death >= 3:
            assert f"signal 9), {death + 1} times in a row; another is started in" in pool.reason
        pool._loop.go_on()
    assert pool._loop.pauses == [0, 1, 2, 4, 8, 16, 32, 60, 60]
    [worker] = pool.workers
    pool.on_event(worker, Ready("cpu"))
    assert (pool.state, pool.reason) == ("ready", "")
    CLOCK.now += 61
    pool.on_death(worker)
    assert pool._loop.pauses[-1] == 0, "one that has lived long died of something new"


def test_an_engine_that_does_not_load_is_tried_again_too(pool):
    """A card whose memory is taken now may be free in a minute; why it is off is said meanwhile."""
    for pause in (1, 2):
        [worker] = pool.workers
        pool.on_event(worker, Broken("RuntimeError: no engine today"))
        pool.on_death(worker)
        assert pool.state == "failed"
        assert "no engine today" in pool.reason
        assert pool._loop.pauses[-1] == pause
        pool._loop.go_on()
    pool.on_event(pool.workers[0], Ready("cpu"))
    assert pool.state == "ready"


def test_the_run_that_was_computed_is_named(pool):
    """The others on that worker did nothing."""
    [worker] = pool.workers
    worker.sessions |= {"big", "small"}
    with worker.computing.at("small"):
        pass
    assert worker.computing.id == ""
    worker.computing.at("big").__enter__()
    pool.on_death(worker)
    assert pool.lost == [({"big", "small"}, "the worker process ended (signal 9)", "big")]


def test_a_worker_that_does_not_answer_is_known_and_gets_nothing_new(pool):
    """It is frozen, or in the midst of something long; another one is there."""

    async def story():
        [frozen] = pool.workers
        pool.on_event(frozen, Ready("cpu"))
        CLOCK.now += 1
        assert not await pool.answers(seconds=0.01)
        assert frozen.sent == [Ping()]
        assert not await pool.answers(seconds=0.01)
        assert frozen.sent == [Ping()], "one question is enough"
        pool.workers.append(other := FakeWorker(pool, 1))
        pool.on_event(other, Ready("cpu"))
        other.sessions |= {"a", "b"}
        assert pool.open(SimpleNamespace(id="c")) is other
        CLOCK.now += 1
        asyncio.get_running_loop().call_later(0.01, pool.on_event, frozen, Pong())
        other.ready = False
        assert await pool.answers(seconds=10)
        assert not frozen.silent

    asyncio.run(story())
