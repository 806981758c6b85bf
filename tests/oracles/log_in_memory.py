"""A log in memory, in float64, that the rules of a kind read like a recording's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from mnemoscope.format.layout import BankSpec

EVERY = 64


class LogInMemory:
    """A BankSource: arrays [step, …] by (bank, name), and the states before steps 0, 64, … by (bank, name)."""

    def __init__(
        self, arrays: Mapping[tuple[str | None, str], np.ndarray], keyframes: Mapping[tuple[str | None, str], Any]
    ) -> None:
        self._arrays, self._keyframes = arrays, keyframes
        self.steps = self.planned = len(next(iter(arrays.values())))

    @classmethod
    def of(cls, bank: BankSpec, log: Mapping[str, np.ndarray], states: list[dict[str, np.ndarray]]) -> LogInMemory:
        """The log of one bank; states before every step and after the last, of which every 64th becomes a keyframe."""
        names = states[0].keys() if states else ()
        keyframes = {(bank.name, name): [state[name] for state in states[:-1:EVERY]] for name in names}
        return cls({(bank.name, name): array for name, array in log.items()}, keyframes)

    def recorded(self, name: str, bank: str | None = None) -> bool:
        return (bank, name) in self._arrays

    def array(self, name: str, bank: str | None = None, *, start: int = 0, stop: int | None = None) -> np.ndarray:
        return self._arrays[bank, name][start:stop]

    def frames(self, bank: BankSpec, names: Iterable[str], start: int, stop: int) -> dict[str, np.ndarray]:
        return {name: self._arrays[bank.name, name][start:stop] for name in names}

    def keyframe(self, k: int, bank: str) -> dict[str, np.ndarray]:
        return {name: np.asarray(states[k]) for (owner, name), states in self._keyframes.items() if owner == bank}
