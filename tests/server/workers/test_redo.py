"""A run that is computed for the second time: silently, held against what was recorded, and not touching it before it is as far."""

import errno

import numpy as np
import pytest

from mnemoscope import tasks
from mnemoscope.reading.recording import Recording
from mnemoscope.signals.arrivals import Counts
from mnemoscope.tasks.growing import Growing, LiveSignal
from mnemoscope_server.workers import protocol as exchange
from mnemoscope_server.workers import run as module
from mnemoscope_server.workers.protocol import Chunk, Declined, Feed, Finished, Open, Opened, Redo
from mnemoscope_server.workers.redo import NotRepeatable
from mnemoscope_server.workers.run import Run
from mnemoscope_server.workers.torch_engine import TorchEngine
from tests.server.fake_engine import FakeEngine, FakeStream

ID = "r" * 22


class Story:
    """A run that breaks off, and the order to compute it again."""

    def __init__(self, folder, engine=None, models=("fake-signal-recall",), growing=None):
        self.engine, self.path, self.part = engine or FakeEngine("cpu"), folder / f"{ID}.mnemo", folder / "again"
        episode = tasks.get("signal-recall").episode(np.sin(np.arange(200) / 9).astype(np.float32))
        if growing is not None:
            episode = growing.episode
        self.order = Open(ID, self.path, "t", 0, tuple(models), episode, None, growing=growing)
        self.events = []

    def begin(self, order=None):
        """A run whose events are `self.events`."""
        order = order or self.order
        self.events = []
        return Run(order, self.engine.prepare(order), self.events.append)

    def broken_off(self, run, steps):
        """Play so far, then lose what is not in the file: what a SIGKILL leaves."""
        run.play(steps)
        while run.done < steps:
            run.tick()
        run.tick()
        run._writer.close()
        run._lock.release()
        manifest = run._writer.manifest
        return Open(**vars(self.order) | {"redo": Redo(steps, manifest, self.part)})


def spin(run, until):
    for _ in range(10_000):
        if until():
            return
        run.tick()
    raise AssertionError("it does not get there")


def test_it_comes_silently_to_where_it_was_and_takes_the_place_of_the_file(tmp_path):
    story = Story(tmp_path)
    order = story.broken_off(story.begin(), 150)
    before = story.path.read_bytes()
    run = story.begin(order)
    spin(run, lambda: run.done >= 128)
    assert story.events == [], "steps that were reported are not reported again"
    assert story.path.read_bytes() == before
    spin(run, lambda: story.events)
    [opened, broken_off] = story.events
    assert isinstance(opened, Opened)
    assert (broken_off.first, broken_off.upto) == (128, 150), "for whoever comes to watch from another server"
    assert not story.part.exists()
    with Recording.open(story.path) as rec:
        assert rec.steps == 150
    run.play()
    spin(run, lambda: run.finished)
    chunks = [event for event in story.events[2:] if isinstance(event, Chunk)]
    assert [(c.first, c.upto) for c in chunks] == [(150, 192), (192, 200)]
    with Recording.open(story.path) as rec:
        assert rec["fake"].array("outputs")[:, 0].tolist() == list(range(200))
        rec.check()


@pytest.mark.parametrize("model", ["lstm-signal-recall", "dnc-signal-recall"])
def test_a_trained_model_computes_the_same_bits_again(tmp_path, model):
    """What the whole of it rests on: steps follow from weights and signal."""
    story = Story(tmp_path, TorchEngine("cpu"), [model])
    order = story.broken_off(story.begin(), 150)
    again = story.begin(order)
    spin(again, lambda: story.events)
    assert isinstance(story.events[0], Opened), story.events
    again.play()
    spin(again, lambda: again.finished)
    with Recording.open(story.path) as rec:
        twice = rec.manifest["content_hash"]
    story.path.unlink()
    alone = story.begin()
    alone.play()
    spin(alone, lambda: alone.finished)
    with Recording.open(story.path) as rec:
        assert rec.manifest["content_hash"] == twice


def test_other_bits_are_refused_and_the_recording_stays_as_it_was(tmp_path, monkeypatch):
    """An engine that rounds otherwise would join two runs into one."""
    story = Story(tmp_path)
    order = story.broken_off(story.begin(), 150)
    before = story.path.read_bytes()
    run = story.begin(order)
    right = FakeStream.filled
    one_off = lambda size, steps: right(size, [step + (step == 100) for step in steps])  # noqa: E731
    monkeypatch.setattr(FakeStream, "filled", staticmethod(one_off))
    with pytest.raises(NotRepeatable, match="before 128 are not those that are recorded") as caught:
        spin(run, lambda: story.events)
    run.fail(caught.value)
    assert story.events == [Declined(ID, "not-repeatable", str(caught.value))]
    assert run.finished
    assert not story.part.exists()
    assert story.path.read_bytes() == before


def test_other_weights_are_refused_before_anything_is_computed(tmp_path):
    story = Story(tmp_path)
    order = story.broken_off(story.begin(), 70)
    order.redo.manifest["models"][0]["checkpoint"]["sha256"] = "f" * 64
    with pytest.raises(NotRepeatable, match="not the same there"):
        story.begin(order)


def test_another_version_of_torch_alone_is_not_refused(tmp_path):
    """Whether it computes the same bits is seen when it has."""
    story = Story(tmp_path)
    order = story.broken_off(story.begin(), 70)
    order.redo.manifest["models"][0]["versions"] = {"torch": "0"}
    run = story.begin(order)
    spin(run, lambda: story.events)
    assert isinstance(story.events[0], Opened)
    run.abandon()


def test_a_full_disk_leaves_what_was_recorded(tmp_path, monkeypatch):
    story = Story(tmp_path)
    order = story.broken_off(story.begin(), 150)
    before = story.path.read_bytes()
    run = story.begin(order)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, "require_space", full)
    with pytest.raises(OSError, match="No space") as caught:
        spin(run, lambda: story.events)
    run.fail(caught.value)
    assert [event.code for event in story.events] == [exchange.DISK_FULL]
    assert story.path.read_bytes() == before
    assert not story.part.exists()


def test_stopped_meanwhile_it_leaves_what_was_recorded(tmp_path):
    """Whoever stopped it closes the file that there is."""
    story = Story(tmp_path)
    order = story.broken_off(story.begin(), 150)
    before = story.path.read_bytes()
    run = story.begin(order)
    run.tick()
    run.stop("owner")
    assert (run.finished, story.events, story.path.read_bytes()) == (True, [], before)
    assert not story.part.exists()


def test_what_a_live_source_sent_is_heard_again(tmp_path):
    """All of it at once gives the same steps as bit by bit."""
    samples = [float(np.sin(n / 7)) + 3 for n in range(180)]

    def growing():
        return Growing("signal-recall", LiveSignal(rate=10.0, warmup=20), steps=200)

    story = Story(tmp_path, growing=growing())
    run = story.begin()
    for first in range(0, 150, 10):
        run.feed(Feed(ID, tuple(samples[first : first + 10]), Counts(received=first + 10), ()))
    heard = run._growing.episode.inputs.copy()
    order = story.broken_off(run, 100)
    story.order = order = Open(**vars(order) | {"growing": growing(), "episode": growing().episode})
    again = story.begin(order)
    again.tick()
    assert again.done == 0, "nothing is known yet"
    again.feed(Feed(ID, tuple(samples[:150]), Counts(received=150), ()))
    spin(again, lambda: story.events)
    assert isinstance(story.events[0], Opened)
    assert again.done == 100
    np.testing.assert_array_equal(again._growing.episode.inputs, heard)
    again.play()
    again.feed(Feed(ID, tuple(samples[150:]), Counts(received=180), (), "end"))
    spin(again, lambda: again.finished)
    assert [e.status for e in story.events if isinstance(e, Finished)] == ["ended"]
