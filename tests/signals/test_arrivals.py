"""Samples of a live source: put in order, and everything that happens to one counted."""

import math

import pytest

from mnemoscope.errors import SignalError
from mnemoscope.signals.arrivals import MAX_FILLED, MAX_WAITING, Arrivals, Gap


def shown(values):
    return [None if math.isnan(value) else value for value in values]


def test_without_numbers_samples_follow_each_other():
    arrivals = Arrivals()
    assert arrivals.take([1.0, 2.0]) == [1.0, 2.0]
    assert arrivals.take([3.0]) == [3.0]
    assert (arrivals.next, arrivals.placed, arrivals.counts.received) == (3, 3, 3)


def test_the_first_number_need_not_be_0():
    arrivals = Arrivals()
    assert arrivals.take([1.0], 700) == [1.0]
    assert arrivals.next == 701
    assert arrivals.counts.gaps == 0


def test_samples_that_overtook_others_wait_for_them():
    arrivals = Arrivals()
    assert arrivals.take([0.0], 0) == [0.0]
    assert arrivals.take([2.0, 3.0], 2) == []
    assert arrivals.waiting == 2
    assert arrivals.take([1.0], 1) == [1.0, 2.0, 3.0]
    assert arrivals.counts.gaps == 0
    assert arrivals.counts.late == 0


def test_what_does_not_come_is_a_gap_whose_places_stay():
    arrivals = Arrivals()
    arrivals.take([0.0], 0)
    placed = arrivals.take([float(k) for k in range(4, 4 + MAX_WAITING + 1)], 4)
    assert shown(placed[:4]) == [None, None, None, 4.0]
    assert arrivals.gaps == [Gap(1, 4, 3)]
    assert arrivals.gaps[0].filled
    assert (arrivals.counts.gaps, arrivals.counts.missing) == (1, 3)
    assert arrivals.placed == 4 + MAX_WAITING + 1


def test_a_sample_whose_place_was_given_up_is_late_and_one_that_came_twice_a_duplicate():
    arrivals = Arrivals()
    arrivals.take([0.0], 0)
    arrivals.take([3.0], 3)
    assert shown(arrivals.flush()) == [None, None, 3.0]
    assert arrivals.take([1.0], 1) == []
    assert arrivals.take([0.0], 0) == []
    assert arrivals.take([3.0], 3) == []
    assert (arrivals.counts.late, arrivals.counts.duplicates, arrivals.counts.received) == (1, 2, 5)


def test_a_waiting_sample_that_comes_again_is_a_duplicate():
    arrivals = Arrivals()
    arrivals.take([0.0], 0)
    arrivals.take([2.0], 2)
    arrivals.take([2.5], 2)
    assert arrivals.counts.duplicates == 1
    assert arrivals.take([1.0], 1) == [1.0, 2.0]


def test_a_long_gap_closes():
    arrivals = Arrivals()
    arrivals.take([0.0], 0)
    arrivals.take([9.0], MAX_FILLED + 2)
    assert arrivals.flush() == [9.0]
    assert arrivals.gaps == [Gap(1, 1, MAX_FILLED + 1)]
    assert not arrivals.gaps[0].filled
    assert arrivals.counts.missing == MAX_FILLED + 1


def test_what_is_no_number_keeps_its_place():
    arrivals = Arrivals()
    assert shown(arrivals.take([1.0, None, math.nan, math.inf, 2.0])) == [1.0, None, None, None, 2.0]
    assert arrivals.counts.blank == 3
    assert shown(arrivals.take([-1e308, 3.0])) == [None, 3.0], "32 bits do not hold it"
    assert arrivals.counts.blank == 4


def test_times_become_numbers_on_the_grid_of_the_rate():
    arrivals = Arrivals(rate=10.0)
    assert arrivals.take_at([1.0, 2.0], [100.0, 100.104]) == [1.0, 2.0]  # four milliseconds late: the same place
    arrivals.take_at([5.0], [100.5])
    assert shown(arrivals.flush()) == [None, None, None, 5.0]
    arrivals.take_at([0.5], [99.0])
    assert (arrivals.counts.missing, arrivals.counts.late, arrivals.counts.received) == (3, 1, 4)


@pytest.mark.parametrize(("rate", "times"), [(None, [0.0]), (10.0, [0.0, 1.0]), (10.0, [math.nan]), (1e9, [1.0])])
def test_times_that_cannot_be_placed_are_refused(rate, times):
    arrivals = Arrivals(rate=rate)
    if rate == 1e9:
        arrivals.take_at([1.0], [0.0])
        times = [1e9]
    with pytest.raises(SignalError):
        arrivals.take_at([1.0], times)
    assert arrivals.counts.received == (1 if rate == 1e9 else 0)


@pytest.mark.parametrize("first", [-1, 2**53])
def test_a_number_that_no_counter_has_is_refused(first):
    arrivals = Arrivals()
    with pytest.raises(SignalError):
        arrivals.take([1.0], first)


def test_every_sample_is_accounted_for_whatever_the_order():
    import random

    for seed in range(50):
        rng = random.Random(seed)
        numbers = [n for n in range(200) if rng.random() > 0.1]
        for _ in range(60):
            k = rng.randrange(len(numbers) - 1)
            numbers[k], numbers[k + 1] = numbers[k + 1], numbers[k]
        numbers += rng.sample(numbers, 10)
        arrivals = Arrivals()
        placed = []
        for number in numbers:
            placed += arrivals.take([float(number)], number)
        placed += arrivals.flush()
        real = [value for value in placed if not math.isnan(value)]
        counts = arrivals.counts
        assert real == sorted(set(real))
        assert counts.received == len(numbers) == len(real) + counts.late + counts.duplicates
        assert len(placed) == arrivals.placed == len(real) + counts.missing
        first = int(real[0])
        assert all(math.isnan(value) or value == first + at for at, value in enumerate(placed))
