"""Memories whose laws are known: a register, leaky integrators, an echo state network, a Legendre memory. NumPy only."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mnemoscope.measuring.retention.looks import FLOATS

Floats = NDArray[np.float64]

LMU_WINDOW = 128
"""Steps that the Legendre memory looks back."""


@dataclass(frozen=True)
class Reservoir:
    """s ← (1 − leak) s + leak · f(A s + b x), f the identity or tanh."""

    name: str
    a: Floats
    b: Floats
    leak: float = 1.0
    squashed: bool = False

    def held(self, longest: int) -> Floats:
        """The memory function [0 … longest]: what the best linear read-out still tells of one of many independent writes.

        v_kᵀ C⁻¹ v_k with v_k what is left of a write after k steps and C = Σ v_k v_kᵀ (White, Lee, Sompolinsky 2004); of a
        squashed memory that of its linear part.
        """
        step = (1 - self.leak) * np.eye(len(self.b)) + self.leak * self.a
        left = [self.leak * self.b]
        for _ in range(max(longest, 20 * len(self.b))):
            left.append(step @ left[-1])
        v = np.stack(left)
        c = v.T @ v
        c.flat[:: len(c) + 1] += 1e-12 * np.trace(c) / len(c)
        return np.clip((v[: longest + 1] * np.linalg.solve(c, v[: longest + 1].T).T).sum(1), 0.0, 1.0)


def shift_register(taps: int = FLOATS) -> Reservoir:
    """The last `taps` values."""
    return Reservoir("shift-register", np.eye(taps, k=-1), np.eye(taps)[0])


def leaky_integrator(rate: float) -> Reservoir:
    """One number that fades by `rate` at every step."""
    return Reservoir("leaky-integrator", np.full((1, 1), 1 - rate), np.full(1, rate))


def echo_state(units: int = FLOATS, *, radius: float = 0.95, leak: float = 0.6, seed: int = 0) -> Reservoir:
    """Random leaky integrator units with tanh, spectral radius `radius`."""
    rng = np.random.default_rng(seed)
    a = rng.standard_normal((units, units))
    a *= radius / np.abs(np.linalg.eigvals(a)).max()
    return Reservoir("echo-state", a, rng.uniform(-0.05, 0.05, units), leak, squashed=True)


def legendre(order: int = FLOATS, window: float = LMU_WINDOW) -> Reservoir:
    """The linear memory of an LMU, held constant over a step (Voelker et al. 2019, eq. 1 and 2, discretised exactly)."""
    from scipy.linalg import expm

    n = np.arange(order)
    i, j = n[:, None], n[None, :]
    a = (2 * i + 1) * np.where(i < j, -1.0, (-1.0) ** (i - j + 1)) / window
    b = (2 * n + 1) * (-1.0) ** n / window
    both = np.zeros((order + 1, order + 1))
    both[:order, :order], both[:order, order] = a, b
    grown = np.asarray(expm(both), np.float64)
    return Reservoir("legendre-memory", grown[:order, :order], grown[:order, order])


def references() -> tuple[Reservoir, ...]:
    """Those that are drawn beside every model."""
    return shift_register(), echo_state(), legendre()
