"""Memories whose retention is known, to be drawn beside every model: 64 numbers each.

`shift register`      the last 64 values as they were: exact until 64, then nothing
`echo state network`  64 leaky integrator units, random and untrained (Jaeger, Lukoševičius et al. 2007)
`Legendre memory`     64 Legendre coefficients of the last 128 steps (LMU: Voelker, Kajić, Eliasmith 2019)
`chance`              answers 0

What a memory holds at the cue is read by a ridge regression fitted to mixtures that are not measured on, as models were trained
on mixtures too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray

from mnemoscope.measuring.retention import ridge, windows
from mnemoscope.measuring.retention.looks import FLOATS

Floats = NDArray[np.float64]

LMU_WINDOW = 128
FITTED_TO = 256
FIT_SEED = 1


@dataclass(frozen=True)
class Reservoir:
    """s ← (1 − leak) s + leak · f(A s + b x), f the identity or tanh."""

    name: str
    a: Floats
    b: Floats
    leak: float = 1.0
    squashed: bool = False

    def run(self, values: Floats, at: Sequence[int]) -> dict[int, Floats]:
        """States [sequence, unit] before each of the steps `at`, from zero on; values [sequence, step]."""
        a, b, heard = torch.as_tensor(self.a).T, torch.as_tensor(self.b), torch.as_tensor(values)
        state, found = torch.zeros(len(values), len(self.b), dtype=torch.float64), dict[int, Floats]()
        for t in range(max(at) + 1):
            if t in at:
                found[t] = state.numpy()
            if t < max(at):
                drive = torch.addmm(heard[:, t, None] * b, state, a)
                state = (1 - self.leak) * state + self.leak * (drive.tanh() if self.squashed else drive)
        return found


def shift_register(taps: int = FLOATS) -> Reservoir:
    """The last `taps` values."""
    return Reservoir("shift-register", np.eye(taps, k=-1), np.eye(taps)[0])


def leaky_integrator(rate: float) -> Reservoir:
    """One number that fades by `rate` at every step."""
    return Reservoir("leaky-integrator", np.full((1, 1), 1 - rate), np.full(1, rate))


def echo_state(units: int = FLOATS, *, radius: float = 0.95, leak: float = 0.5, seed: int = 0) -> Reservoir:
    """Random leaky integrator units with tanh, spectral radius `radius`."""
    rng = np.random.default_rng(seed)
    a = rng.standard_normal((units, units))
    a *= radius / np.abs(np.linalg.eigvals(a)).max()
    return Reservoir("echo-state", a, rng.uniform(-0.3, 0.3, units), leak, squashed=True)


def legendre(order: int = FLOATS, window: float = LMU_WINDOW) -> Reservoir:
    """The linear memory of an LMU, held constant over a step (Voelker et al. 2019, eq. 1 and 2, discretised exactly)."""
    n = np.arange(order)
    i, j = n[:, None], n[None, :]
    a = (2 * i + 1) * np.where(i < j, -1.0, (-1.0) ** (i - j + 1)) / window
    b = (2 * n + 1) * (-1.0) ** n / window
    both = np.zeros((order + 1, order + 1))
    both[:order, :order], both[:order, order] = a, b
    grown = torch.matrix_exp(torch.as_tensor(both)).numpy()
    return Reservoir("legendre-memory", grown[:order, :order], grown[:order, order])


@cache
def fitted() -> tuple[Reservoir, ...]:
    """The references that are read by a regression."""
    return echo_state(), legendre()


@cache
def _mixtures(length: int) -> Floats:
    return windows.generated("mixture", FITTED_TO, length, seed=FIT_SEED).values


def replays(values: Floats, segment: int, delays: Sequence[int], *, lead: int) -> dict[str, dict[int, Floats]]:
    """What each reference answers after each delay [window, segment], by its name; values [window, step]."""
    targets = values[:, lead : lead + segment]
    register = {d: np.where(np.arange(segment) >= d + segment - FLOATS, targets, 0.0) for d in delays}
    found = {"shift-register": register, "chance": {d: np.zeros_like(targets) for d in delays}}
    cues = [lead + segment + delay for delay in delays]
    known = _mixtures(max(cues))
    for memory in fitted():
        held = memory.run(np.concatenate((known[:, : max(cues)], values[:, : max(cues)])), cues)
        found[memory.name] = {
            delay: ridge.read_out(held[cue][: len(known)], known[:, lead : lead + segment], held[cue][len(known) :])
            for delay, cue in zip(delays, cues, strict=True)
        }
    return found
