"""When steps are due: at ticks, evenly, and at the speed that was asked for."""

import itertools
import math
import random

import pytest

from mnemoscope_server.workers.pace import TICK, Pace, tick_after, tick_before


def turns(pace, begin, seconds, late=lambda: 0.0):
    """(tick, steps) of every turn of a worker that wakes when something is due, by so much too late."""
    pace.begin(begin, 0)
    now, done, found = begin, 0, []
    while now < begin + seconds:
        owed = pace.owed(now, done)
        assert owed or not found, "it woke for nothing"
        found.append((math.floor(now / TICK + 1e-3), owed))
        done += owed
        assert pace.due(done) > now
        now = pace.due(done) + late()
    return found


@pytest.mark.parametrize("phase", [0.0, 1e-9, 0.3, 0.5, 0.999, 1 - 1e-9])
@pytest.mark.parametrize("begin", [0.0, 100.0, 86400.0 * 365])
def test_thirty_steps_a_second_come_at_every_second_tick(begin, phase):
    """However late a worker wakes within a tick, and wherever between two of them the run was begun."""
    draw = random.Random(1)
    found = turns(Pace(30.0), begin + phase * TICK, 10.0, lambda: draw.uniform(0.0, 0.9 * TICK))
    ticks = [tick for tick, _ in found]
    assert [steps for _, steps in found] == [1] * len(found)
    assert {later - sooner for sooner, later in itertools.pairwise(ticks[1:])} == {2}


@pytest.mark.parametrize("speed", [0.5, 7.0, 24.5, 50.0, 60.0, 61.0, 200.0, 1000.0, 12345.6])
def test_any_speed_is_held_and_nobody_wakes_for_nothing(speed):
    """The first step is there at once, and at most a tick passes between a step's time and its turn."""
    draw = random.Random(2)
    for _ in range(20):
        begin = 1000.0 + draw.random()
        pace = Pace(speed)
        found = turns(pace, begin, 4.0)
        done, last = sum(steps for _, steps in found), tick_before(begin + 4.0)
        assert abs(done - speed * (last - begin)) <= 2 + speed * TICK
        assert found[0][1] == 1
        if speed <= 60:
            assert max(steps for _, steps in found) == 1


def test_what_cannot_be_held_is_not_made_up_for():
    """After a second in which nobody had time there is one step, and then the pace."""
    pace = Pace(50.0)
    pace.begin(100.0, 7)
    assert pace.owed(100.0, 7) == 1
    assert pace.owed(101.2, 8) == 1
    assert pace.owed(101.2, 9) == 0
    assert pace.due(9) == tick_after(101.22)
    assert pace.owed(101.5, 9) == 15, "less than half a second is made up for"
