"""Preparation of a series: every step is reversible, reported, and never invents a number that was not asked for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemoscope.errors import SignalError
from mnemoscope.signals.series import Label, Series, decimate, fill, prepare, resample, scale

NAN = float("nan")


def series(values, **more):
    return Series("x", np.asarray(values, np.float32), **more)


@pytest.mark.parametrize("method", ["zscore", "robust", "none"])
@given(values=st.lists(st.floats(-1e6, 1e6, width=32), min_size=2, max_size=50))
def test_scaling_leads_back_to_the_raw_values(method, values):
    """raw = value · scale + offset, for constant and for huge values too."""
    scaled, how = scale(values, method)
    assert np.isfinite(scaled).all()
    back = scaled * how["scale"] + how["offset"]
    np.testing.assert_allclose(back, values, atol=1e-6 * (1 + np.abs(values).max()))


def test_scaled_normal_noise_has_deviation_one_by_either_method():
    """So a model sees the same loudness whichever is chosen; outliers move only `zscore`."""
    values = np.random.default_rng(5).normal(3.0, 0.25, 20_001)
    for method in ("zscore", "robust"):
        scaled, said = scale(values, method)
        assert scaled.std() == pytest.approx(1, abs=0.03)
        assert said["scale"] == pytest.approx(0.25, rel=0.03)
    values[:200] = 1e4
    assert scale(values, "robust")[1]["scale"] == pytest.approx(0.25, rel=0.05)
    assert scale(values, "zscore")[1]["scale"] > 100


def test_a_constant_channel_gives_zeros_and_a_warning():
    """A standard deviation of 0 must not become NaN."""
    prepared = prepare(series([5.0] * 20))
    assert (prepared.values == 0).all()
    assert prepared.scaling == {"method": "zscore", "offset": 5.0, "scale": 1.0}
    assert any("constant" in warning for warning in prepared.warnings)


def test_missing_policies():
    """hold repeats the number before, linear draws a line, drop leaves out; a gap at the start takes the first one."""
    values = np.array([NAN, 1, NAN, NAN, 4, NAN])
    np.testing.assert_array_equal(fill(values, "hold"), [1, 1, 1, 1, 4, 4])
    np.testing.assert_array_equal(fill(values, "linear"), [1, 1, 2, 3, 4, 4])
    np.testing.assert_array_equal(fill(values, "drop"), [1, 4])
    prepared = prepare(series(values), scaling="none", missing="drop")
    assert prepared.steps == 2
    assert np.isnan(prepared.raw[0])
    assert "4 of 6 values are missing" in prepared.warnings[0]


def test_resampling_does_not_alias():
    """A tone above the new half rate must vanish, one below must stay: picking every tenth sample would fold it."""
    t = np.arange(4000) / 1000.0
    low, high = np.sin(2 * np.pi * 5 * t), np.sin(2 * np.pi * 180 * t)
    out = resample(low + high, 1000.0, 100.0)
    np.testing.assert_allclose(out[20:-20], np.sin(2 * np.pi * 5 * np.arange(400) / 100)[20:-20], atol=0.02)


def test_odd_ratios_do_not_alias_either():
    """360 Hz to 1.234 Hz is no ratio of small whole numbers: what is faster than half the new rate is gone, what is slower stays."""
    time = np.arange(360 * 240) / 360
    fast = resample(np.sin(2 * np.pi * 30.0 * time), 360, 1.234)
    assert np.abs(fast[5:-5]).max() < 0.05
    slow = resample(np.sin(2 * np.pi * 0.05 * time), 360, 1.234)
    assert np.abs(slow[5:-5]).max() > 0.95


def test_a_resampled_line_stays_a_line_to_its_ends():
    """Nothing is known beyond the window, so it goes on as it came; it does not fall to 0."""
    line = np.linspace(5, 9, 400)
    np.testing.assert_allclose(resample(line, 100, 50), line[::2], atol=0.02)


@pytest.mark.parametrize(("rate", "to"), [(360.0, 36.0), (360.0, 100.0), (50.0, 360.0), (333.33, 31.7), (1.0, 0.9)])
def test_resampling_keeps_the_clock(rate, to):
    """A slow sine has the same phase before and after, whatever the ratio of the rates."""
    n = 2000
    tone = 0.01 * rate
    out = resample(np.sin(2 * np.pi * tone * np.arange(n) / rate), rate, to)
    assert abs(len(out) - n * to / rate) <= 1 + to / rate
    wanted = np.sin(2 * np.pi * tone * np.arange(len(out)) / to)
    edge = len(out) // 10
    np.testing.assert_allclose(out[edge:-edge], wanted[edge:-edge], atol=0.03)


def test_uneven_times_go_on_a_grid_and_gaps_stay_gaps():
    """Straight lines between neighbours; inside a gap the missing policy decides."""
    time = np.concatenate((np.arange(10.0), np.arange(30.0, 40.0)))
    s = series(time, time=time, gaps=((9, 10),))
    held = prepare(s, sample_rate=2.0, scaling="none", missing="hold")
    assert held.values[2 * 20] == pytest.approx(10.0)
    assert held.sample_rate == 2.0
    line = prepare(s, sample_rate=2.0, scaling="none", missing="linear")
    np.testing.assert_allclose(line.values, np.arange(79) / 2)
    left = prepare(s, sample_rate=2.0, scaling="none", missing="drop")
    assert left.steps < line.steps - 30


def test_a_gap_is_reported_when_steps_close_over_it():
    """Without resampling rows follow each other; the user must know that time jumps."""
    s = series(
        range(20), time=np.concatenate((np.arange(10.0), np.arange(90.0, 100.0))), gaps=((9, 10),), sample_rate=1.0
    )
    assert any("1 gap in the times" in warning for warning in prepare(s).warnings)
    assert not prepare(s, start=10).warnings


def test_the_window_and_what_was_done_are_kept_for_the_recording():
    """A link must reproduce the run."""
    prepared = prepare(
        series(range(100), sample_rate=10.0, source={"sha256": "ab"}), start=20, stop=60, sample_rate=5.0
    )
    assert prepared.steps == 20
    assert prepared.sample_rate == 5.0
    assert prepared.source == {
        "sha256": "ab", "window": [20, 60], "missing": "hold", "missing_values": 0, "resampled_to": 5.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start": 50}, "does not hold two"),
        ({"start": 3, "stop": 3}, "does not hold two"),
        ({"stop": 11}, "inside 0 … 10"),
        ({"sample_rate": 5.0}, "enter it first"),
        ({"scaling": "minmax"}, "zscore, robust or none"),
        ({"missing": "guess"}, "hold, linear or drop"),
    ],
)
def test_impossible_wishes_are_refused_by_name(options, message):
    """Wanted, got, and what to do."""
    with pytest.raises(SignalError, match=message):
        prepare(series([1, NAN, *range(8)]), **options)


def test_a_window_of_gaps_and_absurd_rates_are_refused():
    """Nothing to remember, or ten million steps of it."""
    with pytest.raises(SignalError, match="all 10 rows"):
        prepare(series([NAN] * 10))
    with pytest.raises(SignalError, match="would make"):
        prepare(series(range(1000), sample_rate=1.0), sample_rate=1e6)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("number", [np.float32(np.inf), 1e308, -1e40])
def test_a_number_that_32_bits_do_not_hold_is_named(number):
    """Not the infinity that its mean, or the file that is written, would have."""
    values = np.array([1.0, 2.0, number, 3.0])
    with pytest.raises(SignalError, match=r"drawn: the number in row 2 is beyond 3\.4e\+38"):
        prepare(Series("drawn", values))
    assert len(prepare(Series("drawn", values), start=0, stop=2).values) == 2
    assert np.isfinite(prepare(Series("drawn", np.array([1e38, -1e38, 0.0]))).values).all()


@given(st.lists(st.floats(-1e3, 1e3, width=32) | st.just(NAN), max_size=400), st.integers(2, 60))
def test_thinning_for_a_picture_keeps_extremes(values, points):
    """A spike of one sample must survive any reduction."""
    out = decimate(values, points)
    assert len(out) <= max(points, 2)
    known = [v for v in values if not np.isnan(v)]
    shown = [v for v in out if v is not None]
    assert bool(known) == bool(shown)
    if known:
        assert max(shown) == pytest.approx(max(known), rel=1e-6)
        assert min(shown) == pytest.approx(min(known), rel=1e-6)


LABELS = (Label(2, 3, "a"), Label(10, 20, "b"), Label(38, 39, "c"))


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, [(2, 3, "a"), (10, 20, "b"), (38, 39, "c")]),
        ({"start": 11, "stop": 39}, [(0, 9, "b"), (27, 28, "c")]),
        ({"sample_rate": 5.0}, [(1, 2, "a"), (5, 11, "b"), (19, 20, "c")]),
        ({"sample_rate": 2.0}, [(0, 1, "a"), (2, 5, "b"), (7, 8, "c")]),
    ],
)
def test_labels_stay_at_their_moments(options, wanted):
    """Through windows and resampling; one that lies outside the window goes, none is shorter than a step."""
    prepared = prepare(series(np.sin(np.arange(40.0)), sample_rate=10.0, labels=LABELS), **options)
    assert [tuple(label) for label in prepared.labels] == wanted


def test_labels_follow_rows_that_are_left_out_and_uneven_times():
    """Rows that are dropped move what stands behind them; on a grid it is the time that counts."""
    values = np.sin(np.arange(40.0))
    values[[3, 4, 10]] = NAN
    dropped = prepare(series(values, labels=LABELS), missing="drop")
    assert [tuple(label) for label in dropped.labels] == [(2, 3, "a"), (8, 17, "b"), (35, 36, "c")]
    times = np.where(np.arange(40) < 20, np.arange(40.0), np.arange(40) * 2.0 - 20)
    uneven = prepare(series(np.sin(np.arange(40.0)), time=times, labels=LABELS), sample_rate=1.0)
    assert [tuple(label) for label in uneven.labels] == [(2, 3, "a"), (10, 20, "b"), (56, 57, "c")]
