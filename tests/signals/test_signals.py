"""Generators are seeded, finite and what they say; the heartbeat beats, and its odd beat is odd."""

import numpy as np
import pytest
from scipy.signal import find_peaks

from mnemoscope.errors import SignalError
from mnemoscope.signals import generators as signals


@pytest.mark.parametrize("kind", signals.KINDS)
def test_the_same_seed_gives_the_same_signal_and_another_seed_another(kind: str) -> None:
    """A link to a generated signal must reproduce it."""
    first, again, other = (signals.generate(kind, 300, seed=seed).values for seed in (1, 1, 2))
    assert first.shape == (300,)
    assert np.isfinite(first).all()
    assert np.array_equal(first, again)
    assert not np.allclose(first, other)


@pytest.mark.parametrize("kind", signals.KINDS)
def test_batches_are_z_scored(kind: str) -> None:
    """What models are trained on has mean 0 and standard deviation 1."""
    batch = signals.generate_batch(kind, 6, 200, np.random.default_rng(0))
    assert batch.shape == (6, 200)
    np.testing.assert_allclose(batch.mean(1), 0, atol=1e-9)
    np.testing.assert_allclose(batch.std(1), 1, atol=1e-9)


def test_the_heart_beats_at_its_rate() -> None:
    """66 beats a minute over 60 seconds are about 66 R waves."""
    signal = signals.generate("heartbeat", 60 * 36, seed=3, odd_beat=-1)
    peaks, _ = find_peaks(signal.values, height=0.3, distance=20)
    assert 60 <= len(peaks) <= 72
    assert signal.events == []
    assert signal.sample_rate == 36
    assert 0.6 < signal.values.max() < 2.0


def test_an_odd_beat_comes_early_and_broad_and_is_labelled() -> None:
    """The label stands where the odd beat is, and the beat differs from its neighbours in shape."""
    signal = signals.generate("heartbeat", 400, seed=1, odd_beat=4)
    assert [event.label for event in signal.events] == ["odd beat"]
    at = signal.events[0].step
    normal = signals.generate("heartbeat", 400, seed=1, odd_beat=-1)
    assert np.abs(signal.values[at - 8 : at + 9]).sum() > 1.5 * np.abs(normal.values[at - 8 : at + 9]).sum()
    np.testing.assert_array_equal(signal.values[: at - 30], normal.values[: at - 30])


def test_bad_parameters_are_named_with_their_range() -> None:
    """Errors say what was wanted and what came."""
    with pytest.raises(SignalError, match=r"rate must be in 30..180, got 500"):
        signals.generate("heartbeat", 100, rate=500)
    with pytest.raises(SignalError, match="no parameter 'speed'"):
        signals.generate("sines", 100, speed=1)
    with pytest.raises(SignalError, match="sines, chirp, ar, heartbeat, mixture"):
        signals.generate("square", 100)
    with pytest.raises(SignalError, match="low must not exceed high"):
        signals.generate("chirp", 100, low=0.3, high=0.1)
    with pytest.raises(SignalError, match="steps"):
        signals.generate("sines", 0)
