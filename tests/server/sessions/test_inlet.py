"""A live source as the server keeps it: bounded, counted, given up when it is lost."""

import asyncio

import pytest

from mnemoscope.tasks.growing import Growing, LiveSignal
from mnemoscope_server.errors import NotPossible, QueueFull
from mnemoscope_server.sessions.inlet import Inlet


class Source:
    """An inlet whose clock is moved by hand, and whose worker is a list."""

    def __init__(self, *, steps=1000, queue=100, **signal):
        self.now, self.fed = 0.0, []
        growing = Growing("forecast", LiveSignal(scaling=(0.0, 1.0), **signal), steps=steps)
        self.inlet = Inlet(
            "id", growing, queue=queue, grace=60.0, patience=600.0, send=self.fed.append, clock=lambda: self.now
        )

    @property
    def samples(self):
        return [value for feed in self.fed for value in feed.samples]


def test_what_is_taken_goes_to_the_worker_with_what_is_known_of_the_source():
    source = Source()
    source.inlet.take([1.0, 2.0], first=5)
    source.inlet.take([2.0], first=6)
    assert source.samples == [1.0, 2.0]
    assert (source.fed[-1].counts.received, source.fed[-1].counts.duplicates) == (3, 1)
    assert source.fed[0].counts.duplicates == 0  # a copy, not what changes later
    assert source.inlet.state().next == 7


def test_the_queue_is_bounded_and_what_does_not_fit_is_refused_whole():
    source = Source()
    source.inlet.take([0.0] * 90)
    with pytest.raises(QueueFull, match="room for 10"):
        source.inlet.take([0.0] * 11)
    assert source.inlet.state().received == 90
    assert len(source.samples) == 90
    source.inlet.computed(50)
    source.inlet.take([0.0] * 60)
    assert source.inlet.room == 0


def test_a_step_of_several_samples_frees_room_for_as_many():
    source = Source(average=5)
    source.inlet.take([0.0] * 100)
    source.inlet.computed(4)
    assert source.inlet.room == 20


def test_more_at_once_than_the_queue_holds_can_never_be_taken():
    with pytest.raises(NotPossible, match="at most 100"):
        Source().inlet.take([0.0] * 101)


def test_a_waiting_sender_goes_on_when_there_is_room():
    async def run():
        source = Source()
        source.inlet.take([0.0] * 100)
        waiting = asyncio.create_task(source.inlet.wait_for_room(30))
        await asyncio.sleep(0)
        source.inlet.computed(29)
        await asyncio.sleep(0)
        assert not waiting.done()
        source.inlet.computed(30)
        await asyncio.wait_for(waiting, 1)
        assert not source.inlet._listeners

    asyncio.run(run())


def test_a_sender_that_waits_is_let_go_when_the_run_ends():
    async def run():
        source = Source()
        source.inlet.take([0.0] * 100)
        waiting = asyncio.create_task(source.inlet.wait_for_room(30))
        await asyncio.sleep(0)
        source.inlet.close()
        await asyncio.wait_for(waiting, 1)

    asyncio.run(run())


def test_what_comes_after_the_last_step_is_counted_and_then_nothing_is_taken():
    source = Source(steps=70)
    source.inlet.take([0.0] * 65)
    source.inlet.take([1.0] * 8)
    assert len(source.samples) == 70
    assert source.fed[-1].counts.beyond == 3
    assert source.inlet.state().state == "ended"
    assert source.inlet.room == 0
    with pytest.raises(NotPossible, match="takes no more"):
        source.inlet.take([1.0])


def test_what_was_overtaken_is_waited_for_only_a_while():
    source = Source()
    source.inlet.take([1.0], first=0)
    source.inlet.take([4.0], first=2)
    source.now = 0.9
    source.inlet.tick()
    assert source.samples == [1.0]
    source.now = 1.1
    source.inlet.tick()
    assert source.samples[2] == 4.0
    assert source.inlet.state().missing == 1


def test_a_lost_source_ends_the_run_after_its_grace():
    source = Source()
    source.inlet.take([1.0])
    source.now = 59.0
    source.inlet.tick()
    assert source.inlet.state().state == "silent"
    assert source.inlet.state().ends_in == 1
    source.now = 60.0
    source.inlet.tick()
    assert source.fed[-1].last == "lost"
    assert source.inlet.ended


def test_a_source_that_comes_back_goes_on():
    source = Source()
    source.inlet.take([1.0], first=0)
    source.now = 50.0
    source.inlet.take([2.0], first=1)
    source.now = 100.0
    source.inlet.tick()
    assert not source.inlet.ended
    assert source.samples == [1.0, 2.0]


def test_a_connected_sender_may_be_silent():
    source = Source()
    source.inlet.take([1.0])
    source.inlet.senders = 1
    source.now = 5000.0
    source.inlet.tick()
    assert not source.inlet.ended
    assert source.inlet.state().ends_in is None


def test_a_source_of_one_sample_an_hour_is_not_lost_after_a_minute():
    source = Source(rate=1 / 3600)
    source.inlet.take([1.0])
    source.now = 9 * 3600.0
    source.inlet.tick()
    assert not source.inlet.ended


def test_before_the_first_sample_there_is_more_patience():
    source = Source()
    source.now = 599.0
    source.inlet.tick()
    assert source.inlet.state().state == "waiting"
    assert not source.inlet.ended
    source.now = 600.0
    source.inlet.tick()
    assert source.inlet.ended


def test_the_rate_is_that_of_the_last_seconds():
    source = Source(rate=250.0)
    assert source.inlet.state().measured_rate is None
    for second in range(20):
        source.now = float(second)
        source.inlet.take([0.0] * 5)
        source.inlet.computed(5 * second)
    assert source.inlet.state().measured_rate == pytest.approx(6, abs=1)  # six batches lie in five seconds


def test_the_samples_that_are_still_wanted_for_the_scaling_are_said():
    growing = Growing("forecast", LiveSignal(warmup=10), steps=100)
    inlet = Inlet("id", growing, queue=100, grace=60.0, patience=600.0, send=lambda feed: None)
    inlet.take([0.0] * 4)
    assert inlet.state().warming == 6
    inlet.scaled()
    assert inlet.state().warming == 0
