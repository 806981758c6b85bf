"""What a memory costs: numbers kept between two steps, and milliseconds a step."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.utils import _pytree as pytree

from mnemoscope.models.base import MemoryModel
from mnemoscope.reading.view import ModelView

MAX_MEASURED = 256
"""Steps that are run where a recording does not say how long its own took."""


class Kept(NamedTuple):
    """Numbers that a model keeps after its first step, and how many each later step adds."""

    floats: int
    per_step: int

    def after(self, t: int) -> int:
        """After step t."""
        return self.floats + self.per_step * t


def floats(state: Any) -> int:
    """Numbers in the state of a model."""
    return sum(leaf.numel() for leaf in pytree.tree_leaves(state) if isinstance(leaf, Tensor))


@torch.no_grad()
def kept(model: MemoryModel) -> Kept:
    """Counted in the state of the model itself, over two steps: states keep their size or grow by as much at every step."""
    device = next(iter(model.parameters()), torch.empty(0)).device
    state, counts = model.initial_state(1), list[int]()
    for _ in range(2):
        state = model.step(torch.zeros(1, model.inputs, device=device), state).state
        counts.append(floats(state))
    return Kept(counts[0], counts[1] - counts[0])


@torch.no_grad()
def milliseconds(model: MemoryModel, view: ModelView, t: int) -> float:
    """Of a step up to step t, measured here and now: the median of the second half of a short run."""
    device = next(iter(model.parameters()), torch.empty(0)).device
    inputs = torch.tensor(view.array("inputs")[: t + 1], device=device)
    state, times = model.initial_state(1), list[float]()
    for x in torch.split(inputs[:MAX_MEASURED], 1):
        began = time.perf_counter()
        state = model.step(x, state).state
        times.append(time.perf_counter() - began)
    late = sorted(times[len(times) // 2 :])
    return 1000.0 * late[len(late) // 2]
