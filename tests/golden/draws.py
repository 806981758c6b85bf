"""What every golden recording is drawn with: its length, random numbers that are the same everywhere, shares, rounding."""

from __future__ import annotations

from typing import Any

import numpy as np

from mnemoscope.format.layout import BankSpec

STEPS = 132
EVERY = 64
SHOWN = (0, 63, 64, 131)
SEED = 20261121
TOLERANCE = 1e-5


def fraction(values: np.ndarray, parts: int = 32) -> np.ndarray:
    """Rounded to multiples of 1/parts: exact in float32 and the same everywhere."""
    return np.floor(values * parts + 0.5) / parts


class Draw:
    """Random numbers of one model."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.Generator(np.random.PCG64([SEED, seed])).random

    def gate(self, *shape: int) -> np.ndarray:
        return fraction(self.random((STEPS, *shape)))

    def signed(self, *shape: int) -> np.ndarray:
        return fraction(self.random((STEPS, *shape)) * 4 - 2, 16)

    def weighting(self, *shape: int) -> np.ndarray:
        """Mostly on few slots; sums to at most 1."""
        peaks = self.random((STEPS, *shape)) ** 8
        return np.floor(peaks / peaks.sum(-1, keepdims=True) * 256) / 256


Log = dict[str, np.ndarray]
Made = tuple[list[BankSpec], dict[str, Log], dict[str, Log]]
"""Banks of a model, their logs and their initial states, by the name of the bank."""
Models = dict[str, tuple[str, str, str, Made]]
"""By id: label, paradigm, glyph, and what was made."""


def share(parts: np.ndarray, read: np.ndarray) -> np.ndarray:
    read = read.astype(np.float32).astype(np.float64)
    return parts @ read / (read @ read) if read @ read > 0 else np.zeros(len(parts))


def numbers(values: Any) -> Any:
    """Nested lists with 6 decimals."""
    return round(float(values), 6) + 0.0 if np.ndim(values) == 0 else [numbers(value) for value in values]
