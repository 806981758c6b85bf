"""How sure a figure is: 5 to 95 % of what it would have been with other windows, and with other seeds of the training."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MIN_WINDOWS = 8
"""Fewer windows make no band: resampling a handful says more about the handful than about the signal."""
RESAMPLINGS = 400
BAND = (0.05, 0.95)


def relative_rmse(errors: Floats, powers: Floats) -> Floats:
    """√(Σ errors / Σ powers) over the last axis: squared errors [..., window] and squared targets [window]."""
    return np.sqrt(errors.sum(-1) / np.maximum(powers.sum(-1), np.finfo(np.float64).tiny))


def band(errors: Floats, powers: Floats) -> tuple[float, float] | None:
    """Band of the mean relative RMSE of some checkpoints: errors [checkpoint, window], powers [window].

    Windows are resampled with replacement, the same ones for all checkpoints, and checkpoints where there are several. None
    for fewer than MIN_WINDOWS windows. The draws are always the same, so a repeat gives the same band.
    """
    checkpoints, windows = errors.shape
    if windows < MIN_WINDOWS:
        return None
    rng = np.random.default_rng(20_140)
    chosen = rng.integers(0, windows, (RESAMPLINGS, windows))
    seeds = rng.integers(0, checkpoints, (checkpoints, RESAMPLINGS))
    found = relative_rmse(errors[:, chosen], powers[chosen])
    low, high = np.quantile(found[seeds, np.arange(RESAMPLINGS)].mean(0), BAND)
    return float(low), float(high)
