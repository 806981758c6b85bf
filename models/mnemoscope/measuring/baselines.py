"""What a memory must beat to be worth having on a series: persistence, the season before, and a least-squares AR model.

All are one-step forecasts of x[t + 1] from x[0 … t]. Fitting sees the training part of the series only.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

AR_ORDER = 32


def persistence(values: Floats) -> Floats:
    """The last value again: [T] -> forecasts [T] of the value after each step."""
    return values.copy()


def season(training: Floats, *, longest: int = 400) -> int:
    """The lag of 2 … `longest` (at most a third of the data) at which the series is most like itself: its period.

    The first peak of at least 0.95 of the largest autocorrelation after it has first fallen below zero;
    2 for a series that never does (it has no season to speak of).
    """
    centred = training - training.mean()
    most = min(longest, len(centred) // 3)
    power = np.abs(np.fft.rfft(centred, 2 * len(centred))) ** 2
    correlation = np.fft.irfft(power)[: most + 1]
    below = np.flatnonzero(correlation < 0)
    if not len(below) or below[0] >= most:
        return 2
    later = correlation[below[0] :]
    lag = int(np.argmax(later >= 0.95 * later.max()))
    while lag + 1 < len(later) and later[lag + 1] > later[lag]:
        lag += 1
    return int(below[0]) + lag


def seasonal_naive(values: Floats, period: int) -> Floats:
    """The value one period before what is asked, persistence where there is none yet: [T] -> [T]."""
    return np.where(np.arange(len(values)) >= period - 1, np.roll(values, period - 1), values)


def fit_ar(training: Floats, order: int = AR_ORDER) -> Floats:
    """Least squares of x[t + 1] on the last `order` values, newest first, and a constant -> [order + 1] coefficients.

    Raises ValueError when there are fewer than three values a coefficient.
    """
    if len(training) < 3 * (order + 1):
        raise ValueError(f"AR({order}) needs at least {3 * (order + 1)} values to be fitted to, got {len(training)}")
    windows = np.lib.stride_tricks.sliding_window_view(training[:-1], order)[:, ::-1]
    design = np.column_stack([windows, np.ones(len(windows))])
    return np.asarray(np.linalg.lstsq(design, training[order:], rcond=None)[0], np.float64)


def autoregressive(values: Floats, coefficients: Floats) -> Floats:
    """Forecasts [T] by fitted coefficients; persistence until there are enough values."""
    order = len(coefficients) - 1
    out = values.copy()
    windows = np.lib.stride_tricks.sliding_window_view(values, order)[:, ::-1]
    out[order - 1 :] = windows @ coefficients[:-1] + coefficients[-1]
    return out


def run_on(values: Floats, coefficients: Floats, horizon: int) -> Floats:
    """The AR model hearing itself: the `horizon` values after [T] -> [horizon]."""
    order = len(coefficients) - 1
    heard = list(values[-order:])
    for _ in range(horizon):
        heard.append(float(np.dot(heard[: -order - 1 : -1], coefficients[:-1]) + coefficients[-1]))
    return np.asarray(heard[order:])
