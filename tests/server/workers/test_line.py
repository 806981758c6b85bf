"""A worker's end of its pipe: events of a turn leave as one message, in order, and none waits for long."""

from types import SimpleNamespace

import pytest

from mnemoscope_server.workers import line as module
from mnemoscope_server.workers.line import FULL_BYTES, Line
from mnemoscope_server.workers.pace import TICK
from mnemoscope_server.workers.protocol import Chunk, Moved, Pong


@pytest.fixture
def clock(monkeypatch):
    made = SimpleNamespace(now=50.0, perf_counter=lambda: made.now)
    monkeypatch.setattr(module, "time", made)
    return made


@pytest.fixture
def sent():
    return []


@pytest.fixture
def line(sent, clock):
    return Line(SimpleNamespace(send=sent.append))


def steps(size):
    return Chunk("run", 0, 1, (bytes(size // 2), bytes(size - size // 2)))


def test_a_turn_is_one_message(line, sent):
    """What was reported first is first in it; a turn without events sends nothing."""
    events = [Pong(), steps(100), Moved("run", True, 1, 30.0)]
    for event in events:
        line.send(event)
    assert sent == []
    line.flush()
    line.flush()
    assert sent == [events]


def test_many_bytes_leave_at_once(line, sent):
    """What may be on its way is bounded by bundles."""
    for _ in range(3):
        line.send(steps(FULL_BYTES // 2))
    assert [len(bundle) for bundle in sent] == [2]
    line.send(steps(FULL_BYTES // 2))
    assert [len(bundle) for bundle in sent] == [2, 2]


def test_nothing_waits_for_a_turn_that_takes_long(line, sent, clock):
    """Since the first event of the bundle, not the last."""
    line.send(Pong())
    clock.now += 0.6 * TICK
    line.send(Pong())
    line.flush_late()
    assert sent == []
    clock.now += 0.6 * TICK
    line.flush_late()
    assert sent == [[Pong(), Pong()]]
    line.flush_late()
    assert len(sent) == 1
