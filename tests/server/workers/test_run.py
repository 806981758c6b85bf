"""One session inside a worker: pace, pause, files, failing models. No process, no pipe."""

import time
from types import SimpleNamespace

import numpy as np
import pytest

from mnemoscope import tasks
from mnemoscope.errors import UnknownModel
from mnemoscope.format import blocks
from mnemoscope.format.entries import Failure
from mnemoscope.reading.recording import Recording
from mnemoscope_server.storage import space
from mnemoscope_server.workers import protocol as exchange
from mnemoscope_server.workers.process import Worker
from mnemoscope_server.workers.protocol import Answered, Compare, Declined
from mnemoscope_server.workers.run import Run
from tests.server.fake_engine import FAILS_AT, FakeEngine

ID = "r" * 22


@pytest.fixture
def begin(tmp_path, monkeypatch):
    monkeypatch.setenv("FAKE_ENGINE_LOG", str(tmp_path))
    runs = []

    def begin(*models, steps=200, speed=None):
        episode = tasks.get("signal-recall").episode(np.zeros(steps))
        order = exchange.Open(
            ID, tmp_path / f"{ID}.mnemo", "t", 0, tuple(models or ("fake-signal-recall",)), episode, speed
        )
        events = []
        run = Run(order, FakeEngine("cpu").prepare(order), events.append)
        runs.append(run)
        return run, events

    yield begin
    for run in runs:
        run.abandon()


class Clock:
    """Time that passes when a test says so: a busy machine is not a slow run."""

    def __init__(self):
        self.now = 100.0

    def perf_counter(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr("mnemoscope_server.workers.run.time", made)
    return made


def pass_time(run, clock, seconds):
    """Turns of a worker that is always there when something is due."""
    end = clock.now + seconds
    while clock.now < end:
        run.tick()
        clock.now += min(0.02, max(0.001, run.wait(clock.now)))


def spin(run, *, seconds=60.0, until=None):
    deadline = time.perf_counter() + seconds
    while not run.finished and time.perf_counter() < deadline and not (until and until()):
        run.tick()
        time.sleep(min(0.002, run.wait(time.perf_counter())))


def line(events):
    """A worker's end of a pipe: what is sent is in a list at once."""
    return SimpleNamespace(send=events.append, flush=lambda: None, flush_late=lambda: None)


def told_steps(events, stream=0):
    steps = []
    for event in (e for e in events if isinstance(e, exchange.Chunk)):
        assert event.first // 64 == (event.upto - 1) // 64, "a chunk never crosses a multiple of 64"
        for message in event.messages:
            number, kind, first, count, _ = blocks.MESSAGE.unpack_from(message)
            if number == stream and kind == blocks.KIND_FRAMES:
                steps += range(first, first + count)
    return steps


def test_everything_reported_is_in_the_file_and_the_other_way_round(begin):
    """One log, two readers."""
    run, events = begin("fake-signal-recall", "fake-signal-recall", steps=150)
    run.play()
    spin(run)
    assert isinstance(events[-1], exchange.Finished)
    assert (events[-1].status, events[-1].steps) == ("ended", 150)
    for stream in (0, 1):
        assert told_steps(events, stream) == list(range(150))
    with Recording.open(run.path) as rec:
        assert rec.finished
        assert rec.models == ["fake", "fake-1"]
        np.testing.assert_array_equal(rec["fake"].array("outputs")[:, 0], np.arange(150))


def test_pause_computes_nothing_and_hands_everything_over(begin, tmp_path):
    """Paused means that the next step does not exist; what exists is in the file and reported."""
    run, events = begin(steps=5000, speed=None)
    run.play()
    spin(run, until=lambda: run.done > 100)
    run.pause()
    done = run.done
    spin(run, seconds=0.3)
    assert run.done == done
    assert int((tmp_path / f"{ID}.fake-signal-recall").read_text()) == done
    assert told_steps(events) == list(range(done))
    with Recording.open(run.path) as rec:
        assert rec.steps == done
    assert events[-1] == exchange.Moved(ID, False, done, None)


def test_step_computes_exactly_so_many(begin):
    """Also across a multiple of 64."""
    run, events = begin(steps=300)
    for count, wanted in ((1, 1), (62, 63), (3, 66), (100, 166)):
        run.play(count)
        spin(run, until=lambda: isinstance(events[-1], exchange.Moved) and not events[-1].running)
        assert run.done == wanted
        assert told_steps(events) == list(range(wanted))


def test_more_steps_than_there_are_left_end_the_run(begin):
    """Whoever asks for a thousand steps of a run of 150 gets 150, and a finished file."""
    run, events = begin(steps=150)
    run.play(100)
    spin(run, until=lambda: run.done == 100)
    run.play(1000)
    assert run._until == 150
    spin(run, until=lambda: run.finished)
    assert told_steps(events) == list(range(150))
    with Recording.open(run.path) as rec:
        assert (rec.steps, rec.manifest["status"]) == (150, "ended")


@pytest.mark.parametrize("speed", [0.5, 20.0, 200.0])
def test_the_speed_is_held(begin, clock, speed):
    """Steps per second are what was asked for."""
    run, _ = begin(steps=5000, speed=speed)
    run.play()
    pass_time(run, clock, 10.0)
    assert abs(run.done - 10 * speed) <= max(1, 0.02 * 10 * speed)


def test_a_pace_that_cannot_be_held_is_not_caught_up_with_in_a_burst(begin, clock):
    """After a hiccup the run goes on at its pace."""
    run, _ = begin(steps=5000, speed=50.0)
    run.play()
    run.tick()
    clock.now += 1.2
    before = run.done
    run.tick()
    assert run.done - before == 1
    pass_time(run, clock, 1.0)
    assert abs(run.done - before - 51) <= 1


def test_no_step_is_told_of_before_it_is_there(begin, clock):
    """Another speed, or another end, while steps wait to be reported: sessions know by the step what has come already."""
    run, events = begin(speed=None)
    run.play()
    run.tick()
    assert run.done == 20
    assert not told_steps(events), "some steps, not reported yet"
    run.set_speed(20.0)
    clock.now += 0.06
    run.tick()
    assert run.done == 22
    run.set_speed(None)
    run.tick()
    assert run.done > 22 > len(told_steps(events)) - 1, "some more, not reported yet"
    run.play()
    reached = 0
    for event in events:
        if isinstance(event, exchange.Chunk):
            assert event.first == reached
            reached = event.upto
        elif isinstance(event, exchange.Moved):
            assert event.step == reached
    assert reached == run.done


def test_a_step_at_a_speed_is_told_of_in_the_turn_that_computed_it(begin, clock):
    """The next one comes later than anybody would wait for it, so nothing is gained by waiting."""
    run, events = begin(speed=30.0)
    run.play()
    for step in range(5):
        assert told_steps(events) == list(range(step))
        run.tick()
        assert told_steps(events) == list(range(step + 1))
        run.tick()
        assert run.done == step + 1, "the next one is not due"
        clock.now += run.wait(clock.now)


def test_runs_that_began_at_different_moments_have_their_turns_together(begin, clock):
    """At ticks: a worker wakes for all of them once."""
    ticks = set()
    for late in (0.0, 0.0021, 0.0098, 0.0161):
        clock.now = 100.0 + late
        run, _ = begin(speed=30.0)
        run.play()
        run.tick()
        while run.done < 30:
            clock.now += run.wait(clock.now)
            ticks.add(round(60 * clock.now, 3))
            run.tick()
        run.abandon()
        run.path.unlink()
    assert all(tick == int(tick) for tick in ticks)


def test_at_most_half_a_second_is_not_in_the_file(begin, clock):
    """A power of two later, a killed server has lost next to nothing."""
    run, _ = begin(steps=5000, speed=30.0)
    run.play()
    for _ in range(20):
        pass_time(run, clock, 0.13)
        with Recording.open(run.path) as rec:
            assert run.done - rec.steps <= 0.55 * 30


def test_a_failing_model_ends_alone(begin):
    """Its good steps stay, the others go on, the file names the failure."""
    run, events = begin("broken-signal-recall", "fake-signal-recall", steps=150)
    run.play()
    spin(run)
    assert [e for e in events if isinstance(e, exchange.StreamFailed)] == [
        exchange.StreamFailed(ID, Failure(0, FAILS_AT, "a number that is not finite", "outputs"))
    ]
    assert told_steps(events, 0) == list(range(FAILS_AT))
    assert told_steps(events, 1) == list(range(150))
    with Recording.open(run.path) as rec:
        assert rec.manifest["failures"][0]["step"] == FAILS_AT
        assert rec.manifest["status"] == "ended"
        assert rec.steps == 150


def test_when_all_models_fail_the_run_has_failed(begin):
    """With the reason and the steps that are sound."""
    run, events = begin("broken-signal-recall", steps=150)
    run.play()
    spin(run)
    assert (events[-1].status, events[-1].steps, events[-1].reason) == (
        "failed", FAILS_AT, "a number that is not finite",
    )  # fmt: skip
    with Recording.open(run.path) as rec:
        assert rec.manifest["status"] == "failed"
        assert rec.steps == FAILS_AT


def test_stop_closes_the_file_with_what_it_has(begin):
    """A stopped run is a recording like any other."""
    run, events = begin(steps=5000)
    run.play(90)
    spin(run, until=lambda: run.done == 90)
    run.finish("stopped")
    assert (events[-1].status, events[-1].steps) == ("stopped", 90)
    assert events[-1].manifest["content_hash"]


def test_a_disk_that_fills_stops_the_run_before_its_reserve_is_taken(begin, monkeypatch):
    """Many runs begin on a disk with room and fill it together. Each has its end, and says where and why it stopped."""
    run, events = begin(steps=5000)
    run._reserve = 1000
    sizes = iter([5000, 1000, 999])
    monkeypatch.setattr(space.shutil, "disk_usage", lambda folder: SimpleNamespace(free=next(sizes)))
    worker = Worker(line(events), FakeEngine("cpu"))
    worker.runs[ID] = run
    run.play()
    spin(SimpleNamespace(finished=False, wait=run.wait, tick=worker._tick), until=lambda: run.finished)
    assert not worker.runs
    done = events[-1]
    assert (done.status, done.by, done.reason) == (
        "stopped",
        "disk",
        f"the disk is full: the run stopped at step {run.done}",
    )
    assert done.steps == run.done == 192
    with Recording.open(run.path) as rec:
        assert (rec.manifest["status"], rec.manifest["stopped_by"], rec.steps) == ("stopped", "disk", 192)
        assert rec.closed


def test_a_disk_without_any_space_ends_the_run_too(begin, monkeypatch):
    """Not even its end can be written: the server has to know nevertheless."""
    run, events = begin(steps=5000)
    run.play()

    def full(*arguments, **more):
        raise OSError(28, "No space left on device")

    for name in ("flush", "finish", "meta"):
        monkeypatch.setattr(run._writer, name, full)
    worker = Worker(line(events), FakeEngine("cpu"))
    worker._guarded(run, run._write)
    assert run._writer._file.closed
    assert (events[-1].status, events[-1].by, events[-1].manifest) == ("stopped", "disk", {})
    assert "the disk is full" in events[-1].reason


def test_nothing_begins_on_a_full_disk(begin, monkeypatch, tmp_path):
    """That is no fault of the models, and leaves no file."""
    sent = []
    worker = Worker(line(sent), FakeEngine("cpu"))
    episode = tasks.get("signal-recall").episode(np.zeros(100))
    missing = tmp_path / "no such folder" / f"{ID}.mnemo"
    order = exchange.Open(ID, missing, "t", 0, ("fake-signal-recall",), episode, None)
    worker._handle(order)
    assert sent[-1].code == "recording-error"

    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mnemoscope_server.workers.run.RecordingWriter", full)
    worker._handle(order)
    assert sent[-1] == Declined(ID, "disk-full", "the disk is full: nothing new can be recorded")


def test_trouble_with_the_file_fails_this_session_only(begin, monkeypatch):
    """The reason is reported; the worker lives."""
    run, events = begin(steps=5000)
    run.play()

    def full(*arguments, **more):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(run._writer, "frames", full)
    monkeypatch.setattr(run._writer, "finish", full)
    Worker(line(events), FakeEngine("cpu"))._guarded(run, run.tick)
    assert run.finished
    assert (events[-1].status, events[-1].reason) == ("failed", "OSError: [Errno 5] Input/output error")


def test_questions_wait_for_sessions_between_their_parts():
    """An answer goes on a little at every tick, after every session was stepped; what goes wrong is reported and forgotten."""
    sent, order = [], []

    class Engine:
        device = "cpu"

        def answer(self, question):
            order.append("begin")
            yield
            if question.model == "bad":
                raise UnknownModel("no checkpoint 'bad'")
            return {"order": list(order)}

    class Due:
        id, finished = "run", False

        def tick(self, done=None):
            order.append("run")

        def wait(self, now):
            return 5.0

    worker = Worker(line(sent), Engine())
    worker.runs["run"] = Due()
    for name in ("good", "bad"):
        worker._handle(Compare(name, name, 0))
    assert worker._wait() == 0.0
    worker._tick()
    assert sent == []
    worker._tick()
    assert sent == [
        Answered("good", {"order": ["run", "begin", "begin", "run"]}),
        Declined("bad", "unknown-model", "no checkpoint 'bad'"),
    ]
    assert worker._wait() == 5.0
    worker._handle(Compare("late", "good", 0))
    worker._handle(exchange.Stop("late"))  # nobody waits for it any more
    assert worker.questions == {}
