"""The horizon of a series that is in no data set of this project, by `retention` and by recording runs at single delays.

What is compared shares nothing but the model: all delays and windows as one batch of forks on one side, whole runs of one window at one
delay on the other, scored from the recording's own targets and outputs.
"""

import warnings

import numpy as np
import pytest

import mnemoscope
from mnemoscope.measuring.retention.windows import of_values

DELAYS = (5, 30, 60, 90, 130)
SEGMENT, LEAD, WINDOWS = 12, 16, 2


def telegraph(rng):
    """Two levels, at random times one after the other, each approached gradually."""
    levels = np.where(np.cumsum(rng.random(600) < 0.06) % 2, 1.0, -1.0)
    return np.convolve(levels, np.exp(-np.arange(12) / 4))[:600]


def chaos(rng):
    """The Hénon map, smoothed: neither periodic nor noise."""
    x, y, found = rng.uniform(-0.1, 0.1), 0.0, []
    for _ in range(620):
        x, y = 1 - 1.4 * x * x + y, 0.3 * x
        found.append(x)
    return np.convolve(found[20:], np.ones(5) / 5, "same")


def pulses(rng):
    """Peaks of random height in random distances on a drifting ground, nearly never negative."""
    at = np.cumsum(rng.integers(9, 31, 60))
    spikes = np.zeros(700)
    spikes[at[at < 600]] = rng.lognormal(0, 0.5, int((at < 600).sum()))
    return np.convolve(spikes, np.exp(-((np.arange(15) - 7) ** 2) / 6), "same")[:600] + np.arange(600) / 400


def siren(rng):
    """One tone whose pitch and loudness wander."""
    pitch = 0.2 + 0.15 * np.sin(np.arange(600) / rng.uniform(60, 90))
    return np.sin(np.cumsum(pitch)) * (1 + 0.5 * np.sin(np.arange(600) / 37 + rng.uniform(0, 6)))


def passed(errors, level):
    """Between which of the delays the level is passed, read off one after the other."""
    before = None
    for delay, error in errors.items():
        if error > level:
            return before, delay
        before = delay
    return before, None


@pytest.mark.parametrize(("made", "seed"), [(telegraph, 1), (chaos, 2), (pulses, 3), (siren, 4)])
def test_the_horizon_is_that_of_recordings_at_single_delays(made, seed):
    values = made(np.random.default_rng(seed))
    values = (values - values.mean()) / values.std()
    models = ["ntm", "lstm", "deltanet"]
    found = mnemoscope.retention(
        models,
        values,
        delays=DELAYS,
        segments=SEGMENT,
        windows=WINDOWS,
        references=False,
        causes=False,
        scaling="none",
    )
    longest = LEAD + SEGMENT + DELAYS[-1]
    windows = of_values("x", values, WINDOWS, LEAD + SEGMENT + DELAYS[0], longest, SEGMENT)
    errors = {name: {} for name in models}
    for delay in DELAYS:
        squares = {name: np.zeros(2) for name in models}
        for window in windows.values:
            with warnings.catch_warnings(
                action="ignore"
            ):  # that a delay is beyond the training, that rows are left out
                run = mnemoscope.record(
                    models,
                    np.concatenate((window, np.zeros(SEGMENT))),
                    steps=LEAD + 2 * SEGMENT + delay,
                    options={"lead": LEAD, "segment": SEGMENT, "delay": delay},
                    scaling="none",
                )
            with run:
                for name in models:
                    scored = run[name].array("mask")[:, 0] > 0
                    wanted, got = (run[name].array(what)[scored, 0].astype(float) for what in ("targets", "outputs"))
                    assert len(wanted) == SEGMENT
                    squares[name] += ((got - wanted) ** 2).sum(), (wanted**2).sum()
        for name in models:
            errors[name][delay] = np.sqrt(squares[name][0] / squares[name][1])
    for row in found.rows:  # a memory that is lost magnifies the rounding of float32, in which a batch differs
        precise = 1e-3 if row.error < 0.5 else 2e-2
        assert row.error == pytest.approx(errors[row.model][row.delay], rel=precise, abs=1e-5)
    assert {(h.model, h.level): (h.delay, h.above) for h in found.horizons} == {
        (name, level): passed(errors[name], level) for name in models for level in (0.1, 0.5)
    }
    assert passed(errors["ntm"], 0.1)[1] is not None  # a horizon that lies inside what was measured
