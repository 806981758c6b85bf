"""What every paradigm is to the rest of the program: a module whose `step` returns what it did.

`step(x_t, state) -> Step(output, state, seen)`: `state` is all that the next step needs, `seen` is what this step did,
for the eye and the log; the model never reads it. Nothing hides on `self`, so a state can be kept, copied and resumed.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from mnemoscope.format.layout import BankSpec
from mnemoscope.models import stepping

TensorEntry = tuple[str | None, str, str, tuple[str, ...], tuple[int, ...]]
"""(bank, name, role, axes, shape) of one recorded tensor, without batch and time."""

Traced = dict[tuple[str | None, str], Tensor]
"""(bank, name) -> tensor [B, *shape]."""


@dataclass(frozen=True)
class ModelConfig:
    """What every paradigm's configuration begins with: real-valued features in and out of a step."""

    inputs: int
    outputs: int


class Step(NamedTuple):
    """One step of a model: raw `output` [B, O], the next `state`, and what was `seen` (a NamedTuple of the model)."""

    output: Tensor
    state: Any
    seen: Any


class MemoryModel(nn.Module, ABC):
    """A sequence model that can be stepped and that says what its memory did."""

    inputs: int
    outputs: int

    @abstractmethod
    def initial_state(self, batch: int) -> Any:
        """The state before the first step, for `batch` sequences."""

    @abstractmethod
    def step(self, x: Tensor, state: Any) -> Step:
        """Advance by one input x [B, I]."""

    def differentiable_step(self, x: Tensor, state: Any) -> Step:
        """`step` with the same values, and with every derivative of its equations; `step` may stop some that hinder training."""
        return self.step(x, state)

    def earlier(self) -> "MemoryModel | None":
        """The same weights with the step as earlier versions of this program computed it, which made recordings; None where it is the same."""
        return None

    @abstractmethod
    def banks(self) -> list[BankSpec]:
        """The banks of memory, in the order in which data flows through them."""

    @abstractmethod
    def frame_entries(self) -> list[TensorEntry]:
        """What is recorded at every step beyond inputs, targets, mask and outputs."""

    @abstractmethod
    def keyframe_entries(self) -> list[TensorEntry]:
        """The full state, as it is recorded every 64 steps. Empty where the log alone is the memory."""

    @abstractmethod
    def frame(self, seen: Any) -> Traced:
        """The tensors of `frame_entries` of one step."""

    @abstractmethod
    def keyframe(self, state: Any) -> Traced:
        """The tensors of `keyframe_entries` of one state."""

    def forward(self, inputs: Tensor) -> Tensor:
        """The training path: inputs [B, T, I] -> raw outputs [B, T, O], from the initial state. The fold of `step`."""
        return torch.stack([step.output for step in stepping.each(self, inputs)], 1)

    @property
    def trains_by_steps(self) -> bool:
        """Whether `forward` is the fold of `step`, so that training gains from a faster step."""
        return type(self).forward is MemoryModel.forward

    def parameter_count(self) -> int:
        """Number of trainable scalars."""
        return sum(parameter.numel() for parameter in self.parameters())
