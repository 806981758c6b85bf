"""Memories whose capacity is known: a linear network s ← A s + b x as a model that can be stepped."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from mnemoscope.format.layout import BankSpec
from mnemoscope.kinds import RECURRENT
from mnemoscope.models.base import MemoryModel, Step, TensorEntry, Traced


class Seen(NamedTuple):
    """What a step left."""

    hidden: Tensor


class LinearMemory(MemoryModel):
    """s ← A s + b x with x the first input; it answers with its first unit. One bank, "state"."""

    def __init__(self, a: np.ndarray, b: np.ndarray, inputs: int = 1) -> None:
        super().__init__()
        self.inputs, self.outputs, self.units = inputs, 1, len(b)
        self.a = torch.nn.Parameter(torch.tensor(a, dtype=torch.float64), requires_grad=False)
        self.b = torch.nn.Parameter(torch.tensor(b, dtype=torch.float64), requires_grad=False)

    def initial_state(self, batch: int) -> Tensor:
        return torch.zeros(batch, self.units, dtype=torch.float64)

    def step(self, x: Tensor, state: Tensor) -> Step:
        state = state @ self.a.T + x[:, :1] * self.b
        return Step(state[:, :1], state, Seen(state))

    def banks(self) -> list[BankSpec]:
        return [RECURRENT.bank("state", width=self.units)]

    def frame_entries(self) -> list[TensorEntry]:
        return [("state", "hidden", "state", ("unit",), (self.units,))]

    def keyframe_entries(self) -> list[TensorEntry]:
        return [("state", "hidden", "state", ("unit",), (self.units,))]

    def frame(self, seen: Seen) -> Traced:
        return {("state", "hidden"): seen.hidden}

    def keyframe(self, state: Tensor) -> Traced:
        return {("state", "hidden"): state}


def delay_line(taps: int, inputs: int = 1) -> LinearMemory:
    """The last `taps` values."""
    return LinearMemory(np.eye(taps, k=-1), np.eye(taps)[0], inputs)


def random_network(units: int, radius: float, seed: int = 0) -> LinearMemory:
    """A random rotation that shrinks by `radius`, and random weights of the input."""
    rng = np.random.default_rng(seed)
    rotation, _ = np.linalg.qr(rng.standard_normal((units, units)))
    return LinearMemory(radius * rotation, rng.standard_normal(units) / np.sqrt(units))
