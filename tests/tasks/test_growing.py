"""An episode that is filled while it runs is, in the end, the one of the whole series."""

import numpy as np
import pytest

from mnemoscope import tasks
from mnemoscope.errors import SignalError, UnknownTask
from mnemoscope.signals.arrivals import Counts, Gap
from mnemoscope.tasks.growing import Growing, LiveSignal

CASES = [
    ("forecast", {}),
    ("forecast", {"context": 9, "free": 150}),
    ("signal-recall", {}),
    ("signal-recall", {"rounds": 2, "segment": 7, "delay": 3}),
    ("signal-recall", {"segment": 40, "delay": 0, "lead": 0}),
]
PARTS = ("inputs", "targets", "mask")


def feed(growing, samples):
    growing.feed(list(samples), Counts(received=len(samples)), [])


def whole(name, options, values):
    scaled = ((values - 5) / 3).astype(np.float32)
    return tasks.get(name).episode(scaled, **(dict(tasks.get(name).throughout) | options))


@pytest.mark.parametrize(("name", "options"), CASES)
def test_what_is_known_is_that_of_the_whole_series_at_every_moment(name, options):
    rng = np.random.default_rng(3)
    values = rng.normal(size=300) * 3 + 5
    wanted = whole(name, options, values)
    growing = Growing(name, LiveSignal(scaling=(5.0, 3.0)), steps=300, options=options)
    at = 0
    while at < 300:
        upto = min(300, at + int(rng.integers(1, 9)))
        feed(growing, values[at:upto])
        at = upto
        known = growing.known
        assert known == (300 if at == 300 else at - tasks.get(name).ahead)
        for part in PARTS:
            assert np.array_equal(getattr(growing.episode, part)[:known], getattr(wanted, part)[:known]), part
    assert growing.full


@pytest.mark.parametrize(("name", "options"), CASES)
def test_made_longer_it_is_the_one_of_the_longer_series(name, options):
    values = np.random.default_rng(4).normal(size=400) * 3 + 5
    growing = Growing(name, LiveSignal(scaling=(5.0, 3.0)), steps=200, options=options)
    feed(growing, values[:150])
    growing.extend(400)
    feed(growing, values[150:])
    wanted = whole(name, options, values)
    for part in PARTS:
        assert np.array_equal(getattr(growing.episode, part), getattr(wanted, part)), part


def test_a_forecast_that_ends_is_not_asked_for_what_never_came():
    growing = Growing("forecast", LiveSignal(scaling=(0.0, 1.0)), steps=500)
    feed(growing, np.arange(100.0))
    assert growing.known == 99
    growing.close()
    assert growing.known == 100
    assert growing.episode.mask[98] == 1
    assert growing.episode.mask[99] == 0
    assert growing.episode.targets[99] == 0


def test_the_first_values_settle_the_scaling_and_nothing_is_known_before():
    values = np.random.default_rng(0).normal(size=200) * 4 + 20
    growing = Growing("signal-recall", LiveSignal(warmup=50), steps=300)
    feed(growing, values[:49])
    assert growing.known == 0
    assert growing.revised()["signal"]["scaling"] is None
    feed(growing, values[49:])
    scaling = growing.revised()["signal"]["scaling"]
    assert growing.known == 200
    assert scaling["method"] == "zscore"
    assert scaling["offset"] == pytest.approx(values[:50].mean())
    assert scaling["scale"] == pytest.approx(values[:50].std())
    raw = growing.episode.inputs[:16, 0] * scaling["scale"] + scaling["offset"]
    assert raw == pytest.approx(values[:16], rel=1e-5)


def test_a_source_that_ends_early_is_scaled_by_what_came():
    growing = Growing("forecast", LiveSignal(), steps=300)
    feed(growing, [1.0, 2.0, 3.0])
    growing.close()
    assert growing.known == 3
    assert growing.scaling["offset"] == 2.0


def test_nothing_becomes_of_a_source_without_a_number():
    growing = Growing("forecast", LiveSignal(), steps=300)
    feed(growing, [float("nan")] * 100)
    growing.close()
    assert growing.known == 0


def test_what_did_not_come_holds_the_value_before():
    nan = float("nan")
    growing = Growing("signal-recall", LiveSignal(scaling=(0.0, 1.0)), steps=300)
    feed(growing, [nan, 1.0, nan])
    feed(growing, [nan, 2.0])
    assert growing.episode.inputs[:5, 0].tolist() == [0.0, 1.0, 1.0, 1.0, 2.0]


def test_the_mean_of_several_samples_is_a_step():
    growing = Growing("signal-recall", LiveSignal(rate=250.0, average=5, scaling=(0.0, 1.0)), steps=300)
    feed(growing, [1.0, 2.0, 3.0])
    assert growing.known == 0
    feed(growing, [4.0, 5.0, float("nan"), 9.0, 9.0, 9.0, 9.0, 7.0])
    growing.close()
    assert growing.episode.inputs[:3, 0].tolist() == [3.0, 9.0, 7.0]
    assert growing.episode.signal["sample_rate"] == 50.0


def test_the_manifest_ends_where_the_run_did_and_marks_the_gaps():
    growing = Growing("signal-recall", LiveSignal(scaling=(0.0, 1.0)), steps=4000)
    growing.feed([0.0] * 60, Counts(received=57, gaps=2, missing=303), [Gap(10, 13, 3), Gap(50, 50, 300)])
    revised = growing.revised(60)
    events = [(event["step"], event["until"], event["label"]) for event in revised["task"]["events"]]
    assert events == [(10, 13, "gap: 3 samples"), (16, 40, "store"), (50, 51, "gap: 300 samples, not filled")]
    assert revised["signal"]["source"]["live"]["missing"] == 303


@pytest.mark.parametrize(
    "signal",
    [LiveSignal(rate=0.0), LiveSignal(average=0), LiveSignal(warmup=1), LiveSignal(scaling=(0.0, 0.0))],
)
def test_a_source_that_cannot_be_is_refused(signal):
    with pytest.raises(SignalError):
        Growing("forecast", signal, steps=300)


def test_a_task_of_bits_takes_no_signal():
    with pytest.raises(UnknownTask, match="takes no signal"):
        Growing("copy", LiveSignal(), steps=300)
