"""Episodes ask for what they say they ask for."""

from pathlib import Path

import numpy as np
import pytest

from mnemoscope import tasks
from mnemoscope.errors import UnknownTask
from mnemoscope.tasks import NGrams, episodes
from mnemoscope.tasks import signal as tasks_signal


def test_copy_asks_for_the_same_bits_after_the_delimiter() -> None:
    """T = 2L + 1; targets are the inputs, shifted by L + 1; only they are scored."""
    episode = tasks.get("copy").episode(seed=4, length=7)
    assert episode.steps == 15
    np.testing.assert_array_equal(episode.targets[8:], episode.inputs[:7, :8])
    assert episode.inputs[7, 8] == 1
    assert episode.inputs[:, 8].sum() == 1
    assert not episode.inputs[8:].any()
    np.testing.assert_array_equal(episode.mask, [0] * 8 + [1] * 7)
    assert [(e.kind, e.step, e.until) for e in episode.events] == [("store", 0, 7), ("recall", 8, 15)]


def test_copy_offers_what_the_paper_trains_and_tests() -> None:
    """Twenty vectors, the longest that it was trained on, up to 120, as in figure 5 of the NTM paper; and the table goes as far."""
    copy = tasks.get("copy")
    length = next(option for option in copy.options if option.name == "length")
    assert (length.default, length.low, length.high) == (20, 1, 120)
    assert len(copy.episode().inputs) == 2 * 20 + 1
    assert len(copy.episode(length=120).inputs) == 2 * 120 + 1
    assert [c.label for c in copy.conditions() if c.trained][-1] == "length 20"
    assert [c.label for c in copy.conditions()][-1] == "length 120"


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
    assert max(event.until for event in episode.events) <= 500
    assert episode.mask.sum() == 5 * 24


def test_a_signal_that_is_too_short_is_refused_with_the_arithmetic() -> None:
    """The error says how many steps are needed, how many came, and what to change."""
    with pytest.raises(UnknownTask, match=r"needs at least 94 steps .* has 50; take a longer window"):
        tasks.get("signal-recall").episode(np.zeros(50))


def test_beyond_the_training_is_said_and_not_refused() -> None:
    recall = tasks.get("signal-recall")
    assert recall.plan(segment=32, delay=40).warnings == ()
    assert recall.plan(segment=33, delay=400).warnings == (
        "segment 33 is beyond the 4 to 32 steps that the models were trained on",
        "delay 400 is beyond the 0 to 40 steps that the models were trained on",
    )
    episode, notes = episodes.from_signal("signal-recall", "sines", options={"delay": 41})
    assert notes == ["delay 41 is beyond the 0 to 40 steps that the models were trained on"]
    assert episode.params["delay"] == 41


def test_options_out_of_range_are_refused() -> None:
    """Range and name stand in the error."""
    with pytest.raises(UnknownTask, match=r"segment must be a whole number in 1\.\.100000, got 0"):
        tasks.get("signal-recall").episode(segment=0)
    with pytest.raises(UnknownTask, match="no option 'width'"):
        tasks.get("copy").episode(width=3)
    with pytest.raises(UnknownTask, match="takes no signal"):
        tasks.get("copy").episode(np.zeros(100))
    with pytest.raises(UnknownTask, match="copy, signal-recall, forecast"):
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


def test_repeat_copy_asks_for_every_repeat_and_then_the_end_marker() -> None:
    """The count is scaled to mean 0 and variance 1 over 1..10; the marker is 1 in the last step alone."""
    episode = tasks.get("repeat-copy").episode(seed=1, length=3, repeats=4)
    assert episode.steps == 3 + 2 + 3 * 4
    np.testing.assert_array_equal(episode.targets[4:16, :8], np.tile(episode.inputs[:3, :8], (4, 1)))
    np.testing.assert_array_equal(np.flatnonzero(episode.targets[:, 8]), [16])
    np.testing.assert_array_equal(np.flatnonzero(episode.mask), np.arange(4, 17))
    counts = [tasks.get("repeat-copy").episode(length=1, repeats=r).inputs[1, 9] for r in range(1, 11)]
    assert np.mean(counts) == pytest.approx(0, abs=1e-6)
    assert np.var(counts) == pytest.approx(1, abs=1e-6)


def test_associative_recall_asks_for_the_item_after_the_query() -> None:
    """The answer is what followed the queried item when the items were shown; the events say where."""
    for seed in range(8):
        episode = tasks.get("associative-recall").episode(seed=seed, items=5)
        items = episode.inputs[:20].reshape(5, 4, 8)[:, 1:, :6]
        query = episode.inputs[21:24, :6]
        [asked] = [n for n in range(4) if np.array_equal(items[n], query)]
        np.testing.assert_array_equal(episode.targets[-3:], items[asked + 1])
        store, recall = episode.events
        np.testing.assert_array_equal(episode.inputs[store.step : store.until, :6], items[asked + 1])
        assert (recall.step, recall.until) == (episode.steps - 3, episode.steps)
        np.testing.assert_array_equal(np.flatnonzero(episode.inputs[:, 7]), [20, 24])


def test_ngrams_follow_their_table_and_the_optimum_is_the_bayesian_estimator() -> None:
    """Targets are the next inputs; the estimator's code length is that of a naive count; a fair coin pays 1 bit a bit."""
    task = NGrams()
    batch = task.batch(np.random.default_rng(3), 6)
    np.testing.assert_array_equal(batch.inputs[:, 5:, 0], batch.targets[:, 4:-1, 0])
    np.testing.assert_array_equal(np.flatnonzero(batch.mask[0]), np.arange(4, 199))
    assert task.score(np.zeros_like(batch.targets), batch) == pytest.approx(195.0)
    bits = 0.0
    for row in range(6):
        sequence = [*batch.inputs[row, :, 0].astype(int), int(batch.targets[row, -1, 0])]
        seen: list[tuple[tuple[int, ...], int]] = []
        for t in range(5, 200):
            context = tuple(sequence[t - 5 : t])
            ones = sum(bit for c, bit in seen if c == context)
            odds = (ones + 0.5) / (sum(c == context for c, _ in seen) + 1)
            bits -= np.log2(odds if sequence[t] else 1 - odds)
            seen.append((context, sequence[t]))
    assert task.optimum(batch) == pytest.approx(bits / 6)
    assert 100 < task.optimum(task.batch(np.random.default_rng(0), 64)) < 150  # the paper: about 133


def test_ngrams_begin_a_curriculum_with_tables_over_the_last_bit_alone() -> None:
    """An estimator that counts over one bit is the shorter code at the start, the one over five at the end."""

    class OneBit(NGrams):
        context = 1

    for progress, shorter, longer in ((0.0, OneBit(), NGrams()), (1.0, NGrams(), OneBit())):
        batch = NGrams().batch(np.random.default_rng(1), 32, progress=progress)
        assert shorter.optimum(batch) < longer.optimum(batch) - 5


def test_priority_sort_asks_for_the_highest_first() -> None:
    """16 of 20 vectors in the order of their priorities."""
    episode = tasks.get("priority-sort").episode(seed=2)
    order = np.argsort(-episode.inputs[:20, 8])[:16]
    np.testing.assert_array_equal(episode.targets[21:], episode.inputs[order, :8])
    np.testing.assert_array_equal(np.flatnonzero(episode.mask), np.arange(21, 37))


def test_forecast_asks_for_the_next_value_and_persistence_scores_one() -> None:
    """The flag and the score begin after the context; nobody is asked what follows the end."""
    values = np.random.default_rng(0).standard_normal(100)
    episode = tasks.get("forecast").episode(values, context=20, free=60)
    np.testing.assert_allclose(episode.targets[20:-1, 0], values[21:], atol=1e-6)
    np.testing.assert_array_equal(np.flatnonzero(episode.mask), np.arange(20, 99))
    np.testing.assert_array_equal(np.flatnonzero(episode.inputs[:, 1]), np.arange(20, 100))
    assert episode.feedback == 60
    task = tasks.get("forecast")
    batch = task.batch(np.random.default_rng(1), 8)
    assert task.score(batch.inputs[:, :, :1], batch) == pytest.approx(1.0)
    assert task.score(batch.targets, batch) == 0.0
    with pytest.raises(UnknownTask, match=r"free must be after the context and before the end \(21\.\.99\), got 10"):
        task.episode(values, context=20, free=10)
    with pytest.raises(UnknownTask, match="needs at least 50 steps"):
        task.episode(values[:40])


@pytest.mark.parametrize("name", tasks.names())
def test_every_condition_draws_the_same_sequences_again(name: str) -> None:
    """A row of the table can be checked alone; the last trained condition introduces the model."""
    task = tasks.get(name)
    conditions = task.conditions()
    assert any(condition.trained for condition in conditions)
    assert len({condition.label for condition in conditions}) == len(conditions)
    for condition in conditions:
        first, second = (condition.make(np.random.default_rng([5, *condition.seed]), 3) for _ in range(2))
        np.testing.assert_array_equal(first.inputs, second.inputs)
        assert first.mask.sum() > 0
        if condition.chance is not None and task.binary and task.metric.startswith("wrong"):
            scored = float((np.ones_like(first.targets) * first.mask[:, :, None]).sum() / 3)
            assert 0.3 * scored <= condition.chance <= scored


def test_a_memory_is_validated_by_as_many_rounds_as_it_is_trained_for() -> None:
    """One round alone, unless several are trained; the first batch is the same."""
    task = tasks.get("signal-recall")
    (single,) = task.validation(np.random.default_rng(1))
    first, several = task.validation(np.random.default_rng(1), rounds=3)
    np.testing.assert_array_equal(single.inputs, first.inputs)
    cues = np.diff(several.inputs[:, :, 2], axis=1) > 0
    assert (cues.sum(1) == 3).all()


def test_what_is_called_unlike_the_training_is_rare_in_it() -> None:
    """The limits are those of the windows that training draws: 1 in 1000 lies beyond the one, 1 in 100 below the other."""
    windows = tasks_signal.Pool("mixture").windows(np.random.default_rng(5), 2000, 300)
    scaled = (windows - windows.mean(1, keepdims=True)) / windows.std(1, keepdims=True)
    warnings = [" ".join(tasks_signal.unlike_training(row)) for row in scaled]
    assert np.mean(["deviations" in text for text in warnings]) < 0.005
    assert 0.001 < np.mean(["neighbouring" in text for text in warnings]) < 0.03
    assert tasks_signal.unlike_training(np.zeros(50)) == []


def test_a_file_unlike_the_training_is_reported_on_the_command_line_too(tmp_path: Path) -> None:
    path = tmp_path / "noise.csv"
    path.write_text("a\n" + "".join(f"{(i * 7919) % 101 - 50}\n" for i in range(300)))
    _, notes = episodes.from_file("signal-recall", path)
    assert "neighbouring steps are less alike" in " ".join(notes)
    _, notes = episodes.from_file("signal-recall", path, scaling="none")
    assert "neighbouring" not in " ".join(notes)
