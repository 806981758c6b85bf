"""What a run was ordered to do, told again to the host that goes on with it."""

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest

from mnemoscope.signals.arrivals import Counts
from mnemoscope_server.sessions.orders import Orders
from mnemoscope_server.workers.protocol import Advance, Chunk, Feed, Moved, Open, Pause, Play, SetSpeed, Stop

ID = "x" * 22


class Host:
    def __init__(self):
        self.sent = []

    def send(self, command):
        self.sent.append(command)


@pytest.fixture
def host():
    return Host()


@pytest.fixture
def orders(host):
    order = Open(ID, Path("a.mnemo"), "t", 0, ("m",), SimpleNamespace(steps=200), 30.0)
    return Orders(order, {"id": ID}, host, part=Path("again"))


def again(orders):
    """What another host is told when it has come to where the run was."""
    orders.lost(blamed=False)
    other = Host()
    orders.begun(other)
    assert not [command for command in other.sent if not isinstance(command, Feed)], "not before it stands there"
    orders.settled()
    return [command for command in other.sent if not isinstance(command, Feed)]


def test_a_paused_run_stays_paused_at_its_speed(orders, host):
    orders.send(SetSpeed(ID, 5.0))
    orders.heard(Moved(ID, False, 40, 5.0, None))
    assert again(orders) == [SetSpeed(ID, 5.0), Pause(ID)]
    assert orders.again(b"").redo.step == 40
    assert host.sent == [SetSpeed(ID, 5.0)]


def test_a_run_that_plays_goes_on_and_counted_steps_are_counted_from_where_it_was(orders):
    orders.send(Play(ID))
    orders.heard(Chunk(ID, 0, 50, ()))
    assert again(orders) == [SetSpeed(ID, 30.0), Play(ID)]
    orders.heard(Moved(ID, False, 60, 30.0, None))
    orders.send(Advance(ID, 20))
    orders.heard(Chunk(ID, 60, 65, ()))
    assert again(orders) == [SetSpeed(ID, 30.0), Advance(ID, 15)]


def test_what_is_ordered_meanwhile_waits_and_a_stop_does_not(orders, host):
    async def story():
        orders.lost(blamed=False)
        orders.send(Play(ID))
        orders.send(SetSpeed(ID, None))
        assert not orders.stopped.is_set()
        orders.send(Stop(ID, "owner"))
        assert orders.stopped.is_set()
        assert host.sent == []
        other = Host()
        orders.begun(other)
        orders.settled()
        assert other.sent == [SetSpeed(ID, None), Play(ID), Stop(ID, "owner")], "it came in the same moment"

    asyncio.run(story())


def test_a_stop_that_the_dead_host_may_not_have_heard_holds(orders, host):
    orders.send(Stop(ID, "owner"))
    assert host.sent == [Stop(ID, "owner")]
    assert not orders.stopped.is_set()
    orders.lost(blamed=False)
    assert orders.stopped.is_set()


def test_samples_of_a_live_source_are_heard_again_as_one(orders, host):
    counts = [Counts(received=2), Counts(received=3)]
    orders.send(Feed(ID, (1.0, 2.0), counts[0], ()))
    orders.send(Feed(ID, (3.0,), counts[1], ()))
    orders.lost(blamed=False)
    other = Host()
    orders.begun(other)
    assert other.sent == [Feed(ID, (1.0, 2.0, 3.0), counts[1], ())]
    orders.send(Feed(ID, (4.0,), counts[1], (), "end"))
    assert other.sent[1:] == [Feed(ID, (4.0,), counts[1], (), "end")], "while it computes anew"


def test_two_kills_are_enough_and_a_neighbour_is_not_blamed(orders):
    orders.lost(blamed=False)
    orders.lost(blamed=False)
    orders.lost(blamed=True)
    assert orders.may_go_on
    orders.lost(blamed=True)
    assert not orders.may_go_on


def test_where_nobody_knows_who_killed_it_a_run_that_comes_no_further_did(orders):
    """An engine elsewhere dies without a word."""
    for step in (10, 20, 30, 40):
        orders.heard(Chunk(ID, step - 10, step, ()))
        orders.lost(blamed=None)
    assert orders.may_go_on
    orders.lost(blamed=None)
    orders.lost(blamed=None)
    assert not orders.may_go_on
