"""The part of a series that is looked at first holds what is worth asking about, and nothing outside the question."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemoscope import tasks
from mnemoscope.errors import SignalError, UnknownTask
from mnemoscope.signals.generators import generate
from mnemoscope.signals.series import Label, Series, prepare
from mnemoscope.tasks.episodes import from_signal
from mnemoscope.tasks.suggestion import suggest, suggest_made


def wave(steps, **more):
    return Series("x", np.sin(np.arange(steps) / 9).astype(np.float32), **more)


def stored(found):
    """Rows of the first segment of a suggestion that is run as it is."""
    return range(found.start + found.options["lead"], found.start + found.options["lead"] + found.options["segment"])


def test_the_rarest_label_that_has_room_is_held():
    labels = tuple(
        Label(row, row + 1, text) for row, text in ((3, "Q"), (100, "N"), (900, "N"), (3000, "V"), (4999, "Z"))
    )
    found = suggest("signal-recall", wave(5000, labels=labels))
    assert 3000 in stored(found)
    assert 3000 - stored(found).start == 8
    assert "V at row 3000" in found.why
    assert found.stop - found.start == 16 + 24 + 30 + 24


def test_without_labels_it_is_where_the_series_moves_most_and_not_at_one_bad_sample():
    values = np.sin(np.arange(4000) / 40)
    values[2600:2630] += np.sin(np.arange(30) * 2.1)
    values[1000] = 60.0
    found = suggest("signal-recall", Series("x", values.astype(np.float32)))
    assert set(stored(found)) <= set(range(2595, 2635))
    late = suggest("forecast", Series("x", values.astype(np.float32)))
    assert late.start + late.options["context"] <= 2600 < 2630 <= late.stop


def test_an_ecg_is_resampled_and_its_rows_counted_in_the_file_s_own():
    labels = (Label(7205, 7206, "V"),)
    found = suggest("signal-recall", wave(20_000, sample_rate=360.0, unit="mV", labels=labels))
    assert found.resample_to == 36
    assert found.stop - found.start == 940
    prepared = prepare(
        wave(20_000, sample_rate=360.0, unit="mV", labels=labels),
        start=found.start,
        stop=found.stop,
        sample_rate=found.resample_to,
    )
    plan = tasks.get("signal-recall").plan(prepared.steps, **found.options)
    assert plan.events[-1].until == prepared.steps
    assert prepared.labels[0].start in range(plan.events[0].step, plan.events[0].until)


@pytest.mark.parametrize("task", ["signal-recall", "forecast"])
@given(steps=st.integers(6, 400), holes=st.lists(st.integers(0, 399), max_size=20))
def test_whatever_is_suggested_can_be_run(task, steps, holes):
    values = np.cos(np.arange(steps) / 5).astype(np.float32)
    values[[hole for hole in holes if hole < steps - 2]] = np.nan
    found = suggest(task, Series("x", values))
    assert 0 <= found.start < found.stop <= steps
    plan = tasks.get(task).plan(found.stop - found.start, **found.options)
    assert plan.steps == found.stop - found.start


def test_a_short_series_shortens_the_lead_first_then_the_delay_then_the_segment():
    options = [suggest("signal-recall", wave(n)).options for n in (94, 80, 60, 20)]
    assert [(o["lead"], o["delay"], o["segment"]) for o in options] == [
        (16, 30, 24),
        (2, 30, 24),
        (0, 12, 24),
        (0, 0, 10),
    ]
    with pytest.raises(UnknownTask, match="no option"):
        suggest("signal-recall", wave(200), {"wormholes": 1})
    assert suggest("signal-recall", wave(500), {"delay": 100}).options["delay"] == 100


def test_what_was_asked_for_does_not_give_way():
    found = suggest("signal-recall", wave(80), {"lead": 14})
    assert (found.options["lead"], found.options["delay"]) == (14, 18)
    with pytest.raises(UnknownTask, match="at least"):
        suggest("signal-recall", wave(80), {"lead": 16, "delay": 30, "segment": 24})
    assert suggest_made("signal-recall", "heartbeat", options={"lead": 3}).options["lead"] == 3


def test_a_file_without_a_window_is_run_for_one_question_and_says_which(tmp_path):
    rows = [f"{np.sin(k / 9) + 3 * (1500 <= k < 1520) * np.sin(k):.5f}" for k in range(2000)]
    path = tmp_path / "pump.csv"
    path.write_text("value\n" + "\n".join(rows) + "\n")
    episode, notes = from_signal("signal-recall", str(path))
    assert episode.steps == 94
    window = episode.signal["source"]["window"]
    assert window[0] <= 1500 - 16 < 1520 <= window[0] + 16 + 24
    assert f"rows {window[0]} to {window[1] - 1} of 2000" in " ".join(notes)
    whole, _ = from_signal("signal-recall", str(path), steps=0)
    cut, _ = from_signal("signal-recall", str(path), start="100", stop="400")
    plain, _ = from_signal("signal-recall", np.sin(np.arange(500)))
    assert [e.steps for e in (whole, cut, plain)] == [2000, 300, 500]


def test_the_shipped_ecg_is_asked_about_its_premature_beat():
    episode, notes = from_signal("signal-recall", "ecg")
    assert episode.signal["sample_rate"] == 36
    assert any("it holds V" in note for note in notes)
    store = next(event for event in episode.events if event.kind == "store")
    beats = [
        event.label for event in episode.events if event.kind == "label" and store.step <= event.step < store.until
    ]
    assert "V" in beats
    with pytest.raises(SignalError, match="ecg, taxi, co2"):
        from_signal("signal-recall", "no-such-file.csv")


def test_a_file_in_millivolts_is_resampled_unless_a_rate_is_given(tmp_path):
    path = tmp_path / "ecg.csv"
    path.write_text("time_s,ecg_mV\n" + "".join(f"{k / 200:.3f},{np.sin(k / 30):.5f}\n" for k in range(4000)))
    episode, notes = from_signal("signal-recall", str(path))
    assert episode.signal["sample_rate"] == 36
    assert any("resampled to 36 Hz" in note for note in notes)
    same, notes = from_signal("signal-recall", str(path), resample_to=50)
    assert same.signal["sample_rate"] == 50
    assert not any("resampled to" in note for note in notes)


@pytest.mark.parametrize("seed", range(8))
def test_a_generated_heart_is_asked_about_its_odd_beat(seed):
    found = suggest_made("signal-recall", "heartbeat", seed=seed)
    odd = [event.step for event in generate("heartbeat", found.stop, seed=seed).events]
    assert any(step in stored(found) for step in odd)
    ends = tasks.get("signal-recall").plan(found.stop, **found.options).events[-1].until
    assert found.stop - 30 <= ends <= found.stop


def test_other_generated_signals_are_run_for_one_question():
    assert suggest_made("signal-recall", "sines").stop == 94
    assert suggest_made("forecast", "heartbeat", options={"context": 300}).stop == 364
