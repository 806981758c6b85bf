"""Episodes ask for what they say they ask for."""

import numpy as np
import pytest

from mnemoscope import tasks
from mnemoscope.errors import UnknownTask


def test_copy_asks_for_the_same_bits_after_the_delimiter() -> None:
    """T = 2L + 1; targets are the inputs, shifted by L + 1; only they are scored."""
    episode = tasks.get("copy").episode(seed=4, length=7)
    assert episode.steps == 15
    np.testing.assert_array_equal(episode.targets[8:], episode.inputs[:7, :8])
    assert episode.inputs[7, 8] == 1
    assert episode.inputs[:, 8].sum() == 1
    assert not episode.inputs[8:].any()
    np.testing.assert_array_equal(episode.mask, [0] * 8 + [1] * 7)
    assert [(e["kind"], e["step"], e["until"]) for e in episode.events] == [("store", 0, 7), ("recall", 8, 15)]


def test_signal_recall_asks_for_the_marked_segment_and_hides_the_signal_during_the_replay() -> None:
    """The store flag marks the segment, the recall flag the replay, the target is the segment."""
    values = np.arange(1.0, 101.0)
    episode = tasks.get("signal-recall").episode(values, lead=10, segment=6, delay=9, rounds=1)
    np.testing.assert_array_equal(np.flatnonzero(episode.inputs[:, 1]), np.arange(10, 16))
    np.testing.assert_array_equal(np.flatnonzero(episode.inputs[:, 2]), np.arange(25, 31))
    np.testing.assert_array_equal(episode.targets[25:31, 0], values[10:16])
    assert not episode.inputs[25:31, 0].any()
    np.testing.assert_array_equal(episode.inputs[31:, 0], values[31:])  # the clock of the series went on
    np.testing.assert_array_equal(np.flatnonzero(episode.mask), np.arange(25, 31))


def test_rounds_fill_a_long_signal_and_never_overrun_it() -> None:
    """rounds=0 takes as many as fit; every replay is whole."""
    episode = tasks.get("signal-recall").episode(
        np.random.default_rng(0).standard_normal(500), segment=24, delay=30, rounds=0
    )
    assert episode.params["rounds"] == 5
    assert max(event["until"] for event in episode.events) <= 500
    assert episode.mask.sum() == 5 * 24


def test_a_signal_that_is_too_short_is_refused_with_the_arithmetic() -> None:
    """The error says how many steps are needed, how many came, and what to change."""
    with pytest.raises(UnknownTask, match=r"needs at least 94 steps .* has 50; take a longer window"):
        tasks.get("signal-recall").episode(np.zeros(50))


def test_options_out_of_range_are_refused() -> None:
    """Range and name stand in the error."""
    with pytest.raises(UnknownTask, match=r"segment must be a whole number in 4\.\.32, got 99"):
        tasks.get("signal-recall").episode(segment=99)
    with pytest.raises(UnknownTask, match="no option 'width'"):
        tasks.get("copy").episode(width=3)
    with pytest.raises(UnknownTask, match="takes no signal"):
        tasks.get("copy").episode(np.zeros(100))
    with pytest.raises(UnknownTask, match="copy, signal-recall"):
        tasks.get("sort")


@pytest.mark.parametrize("name", tasks.names())
def test_batches_are_padded_to_one_length_and_score_nothing_in_the_padding(name: str) -> None:
    """Every scored step has its target; beyond a sequence's end there are only zeros."""
    batch = tasks.get(name).batch(np.random.default_rng(2), 9, rounds=2)
    assert batch.inputs.shape[:2] == batch.targets.shape[:2] == batch.mask.shape
    assert ((batch.mask == 0) | (batch.mask == 1)).all()
    assert (batch.mask.sum(1) > 0).all()
    assert not (batch.targets * (1 - batch.mask[:, :, None])).any()


def test_the_curriculum_begins_short() -> None:
    """progress=0 keeps segments and delays short."""
    task, rng = tasks.get("signal-recall"), np.random.default_rng(0)
    assert task.batch(rng, 20, progress=0.0).inputs.shape[1] <= 24 + 6 + 6
