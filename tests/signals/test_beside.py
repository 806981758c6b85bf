"""Channels beside the chosen one: on its steps by time, measured values only, in their own unit; and states that become events."""

from dataclasses import replace

import numpy as np
import pytest

from mnemoscope.errors import ImportFileError, SignalError
from mnemoscope.signals.beside import facts, on_steps, recorded
from mnemoscope.signals.importers.files import load_series
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.protocol import read_table
from mnemoscope.signals.importers.regular import Channel, table_of
from mnemoscope.signals.series import Series, prepare, with_rate
from mnemoscope.signals.states import events_of

NAN = float("nan")


def series(values, name="x", **more):
    return Series(name, np.asarray(values, np.float32), **more)


def placed(main, other, **how):
    main = replace(main, beside=(other,))
    (found,) = on_steps(main, prepare(main, **how))
    return found.values


def test_a_channel_with_the_same_rows_is_taken_row_by_row():
    """Window and missing values are those of the chosen channel; what is missing beside it stays missing."""
    main = series([1, 2, 3, NAN, 5, 6], sample_rate=10.0)
    other = series([10, 20, NAN, 40, 50, 60], sample_rate=10.0)
    np.testing.assert_array_equal(placed(main, other, start=1, stop=5), [20, NAN, 40, 50])
    np.testing.assert_array_equal(placed(main, other, start=1, stop=5, missing="drop"), [20, NAN, 50])


def test_rows_without_any_clock_go_by_their_number():
    np.testing.assert_array_equal(placed(series([1, 2, 3]), series([4, 5, 6]), start=1), [5, 6])


def test_resampling_takes_means_of_measures_and_the_nearest_of_states():
    """A mean of two states is none of them."""
    main = series(np.sin(np.arange(40)), sample_rate=40.0)
    ramp = series(np.arange(40) + 0.5, sample_rate=40.0)
    marker = series([0] * 13 + [1] * 27, sample_rate=40.0)
    np.testing.assert_allclose(placed(main, ramp, sample_rate=10.0)[1:], np.arange(4, 40, 4))
    np.testing.assert_array_equal(placed(main, marker, sample_rate=10.0), [0, 0, 0, 0, 1, 1, 1, 1, 1, 1])


def test_a_slower_channel_keeps_its_own_clock_and_ends_where_it_ends():
    """Temperature at 1 Hz beside 4 steps a second: the nearest measured value, none long after the last."""
    main = series(np.sin(np.arange(24)), sample_rate=4.0)
    slow = series([20, 21, 22], sample_rate=1.0)
    np.testing.assert_array_equal(
        placed(main, slow)[:16], [20, 20, 20, 21, 21, 21, 21, 22, 22, 22, 22, 22, 22, NAN, NAN, NAN]
    )


def test_gaps_in_the_time_stay_gaps_beside():
    time = np.array([0.0, 1, 2, 10, 11, 12])
    main = series([1, 2, 3, 4, 5, 6], time=time, sample_rate=1.0, gaps=((2, 3),))
    other = series([10, 11, 12, 20, 21, 22], time=time, sample_rate=1.0, gaps=((2, 3),))
    on_grid = placed(main, other, sample_rate=1.0)
    np.testing.assert_array_equal(on_grid[[0, 1, 2, 10, 11, 12]], [10, 11, 12, 20, 21, 22])
    assert np.isnan(on_grid[4:9]).all()


def test_uneven_times_are_met_by_time():
    time = np.array([0.0, 1.1, 1.9, 3.0, 4.2])
    main, other = series([1, 2, 3, 4, 5], time=time), series([10, 11, 12, 13, 14], time=time)
    np.testing.assert_array_equal(placed(main, other, sample_rate=1.0), [10, 11, 12, 13, 14])


def test_a_rate_typed_in_goes_for_all_channels_of_that_clock():
    main = series([1, 2, 3, 4], sample_rate=10.0)
    own = series([1, 2], "slow", sample_rate=5.0)
    moved = with_rate(replace(main, beside=(series([5, 6, 7, 8], sample_rate=10.0), own)), 20.0)
    assert [other.sample_rate for other in moved.beside] == [20.0, 5.0]


def test_large_numbers_keep_their_steps():
    """A counter beyond 2^24 would stand still in float32."""
    counter = Series("count", 20_000_000 + np.arange(5, dtype=np.float64), sample_rate=1.0)
    main = replace(series([1, 2, 3, 4, 5], sample_rate=1.0), beside=(counter,))
    found = on_steps(main, prepare(main))
    numbers = recorded(found)
    assert numbers.dtype == np.float32
    np.testing.assert_array_equal(numbers[:, 0].astype(np.float64) + facts(found)[0]["offset"], counter.values)


def test_two_channels_need_two_clocks_or_none():
    with pytest.raises(SignalError, match="when the rows of y were measured"):
        placed(series([1, 2, 3], sample_rate=1.0), series([1, 2, 3, 4], "y"))


def test_the_columns_are_chosen_by_name_or_number(tmp_path):
    path = tmp_path / "two.csv"
    path.write_text("t,a_mV,b (°C),c\n" + "".join(f"{i / 10},{i % 3},{20 + i},{i}\n" for i in range(40)))
    found = load_series(path, channel="a", beside=["b", 3])
    assert [(other.name, other.unit) for other in found.beside] == [("b", "°C"), ("c", None)]
    for wrong, why in ((["a"], "the channel itself"), (["b", "b"], "asked for twice"), (["d"], "no column 'd'")):
        with pytest.raises(SignalError, match=why):
            load_series(path, channel="a", beside=wrong)
    with pytest.raises(SignalError, match="at most 7"):
        load_series(path, channel="a", beside=[*"bcdefghi"])


def test_channels_of_one_file_with_clocks_of_their_own():
    """As EDF has them: 100 Hz beside 1 Hz, whichever of them is chosen."""
    fast, slow = np.arange(1000.0) + 0.5, np.arange(10.0) * 10 + 0.25
    channels = [Channel("ecg", fast, "mV", 100.0), Channel("temp", slow, "°C", 1.0)]
    table = table_of(channels, {"format": "EDF"}, ImportOptions(), rate_source="as written")
    chosen = table.series(0, beside=[1])
    (other,) = on_steps(chosen, prepare(chosen, start=300, stop=500, sample_rate=10.0))
    assert other.sample_rate == 1.0
    np.testing.assert_array_equal(other.values, np.repeat([30.25, 40.25, 50.25], [6, 10, 4]))
    chosen = table.series(1, beside=[0])
    (other,) = on_steps(chosen, prepare(chosen, start=1))
    np.testing.assert_allclose(other.values[:-1], np.arange(1, 9) * 100.0)


def test_a_column_of_states_becomes_events(tmp_path):
    """Of 0 and 1 the commoner is the usual state; cells without a number say nothing."""
    path = tmp_path / "marked.csv"
    marks = ["0"] * 30 + ["1"] * 5 + [""] + ["0"] * 14
    path.write_text("v,stim\n" + "".join(f"{i % 7}.5,{mark}\n" for i, mark in enumerate(marks)))
    found = load_series(path, channel="v", labels="stim")
    assert [tuple(label) for label in found.labels] == [(30, 35, "stim 1")]


def test_a_marker_with_a_clock_of_its_own_marks_by_time():
    """As an event marker at 1 Hz beside an EEG at 100 Hz: the same seconds, whichever of them is chosen."""
    marker = np.zeros(10)
    marker[4:6] = 1
    channels = [Channel("eeg", np.arange(1000.0) + 0.5, "µV", 100.0), Channel("marker", marker, None, 1.0)]
    table = table_of(channels, {"format": "EDF"}, ImportOptions(), rate_source="as written")
    assert [tuple(label) for label in table.series(0, 1).labels] == [(400, 600, "marker 1")]
    assert [tuple(label) for label in table.series(1, 1).labels] == [(4, 6, "marker 1")]
    assert [column["states"] for column in table.report["columns"]] == [0, 2]


def test_a_report_counts_the_states_of_a_column(tmp_path):
    """So a form offers the columns that can be a source of events, and no measure."""
    path = tmp_path / "x.csv"
    path.write_text(
        "a,stim,phase,one,many\n" + "".join(f"{k % 7}.5,{k % 50 == 3:d},{k // 40},1,{k}\n" for k in range(200))
    )
    report = read_table(path, ImportOptions()).report
    assert [column["states"] for column in report["columns"]] == [0, 2, 5, 0, 0]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([0.5, 1.0], "numbers with fractions"),
        (np.arange(100), "100 different numbers"),
        ([3, 3, NAN], "never changes"),
        (np.arange(50_000) % 3, "changes more than"),
    ],
)
def test_a_column_that_is_none_of_states_says_why(values, why):
    with pytest.raises(ImportFileError, match=why) as raised:
        events_of("x", np.asarray(values, np.float32))
    assert "whole numbers" in raised.value.hint
