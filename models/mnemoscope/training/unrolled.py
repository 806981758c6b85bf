"""Training a stepped memory fast: `step` is compiled in blocks of a few steps, forward and backward.

Batch-1 training of an NTM or DNC spends nearly all its time between operations. One block of four steps compiled by
torch.compile runs about five times as fast as eager on a CPU, and four steps are the most that pays: longer blocks take
minutes to compile. Needs a C++ compiler; without one training is eager and says so.
"""

import shutil
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils import _pytree as pytree

from mnemoscope.models.base import MemoryModel

BLOCK = 4


def can_compile() -> bool:
    """Whether there is a C++ compiler for torch.compile to use on the CPU."""
    return any(shutil.which(name) for name in ("c++", "g++", "clang++"))


class Unrolled:
    """The training path of a model by compiled blocks of its `step`; equals `model.forward` up to rounding.

    Only for models whose forward *is* the fold of `step`; one with a faster forward of its own is better off with that.
    """

    def __init__(self, model: MemoryModel) -> None:
        self.model = model
        # `compile` describes its own parameters only in part
        self._block: Callable[[Tensor, Any], tuple[Tensor, Any]] = torch.compile(self._advance, dynamic=False)  # pyright: ignore[reportUnknownMemberType]

    def _advance(self, block: Tensor, state: Any) -> tuple[Tensor, Any]:
        outputs: list[Tensor] = []
        for x in block.unbind(1):
            output, state, _ = self.model.step(x, state)
            outputs.append(output)
        return torch.stack(outputs, 1), state

    def __call__(self, inputs: Tensor) -> Tensor:
        """Inputs [B, T, I] -> raw outputs [B, T, O]; T is padded to whole blocks inside."""
        steps = inputs.shape[1]
        padded = F.pad(inputs, (0, 0, 0, -steps % BLOCK))
        # an expanded start and a slice have strides of their own, and for each the block would be compiled again
        state = pytree.tree_map(_contiguous, self.model.initial_state(inputs.shape[0]))
        outputs: list[Tensor] = []
        for block in torch.split(padded, BLOCK, 1):
            output, state = self._block(_contiguous(block), state)
            outputs.append(output)
        return torch.cat(outputs, 1)[:, :steps]


def _contiguous(leaf: Any) -> Any:
    """A copy of a tensor with the strides that its shape has by default; any other leaf of a state as it is."""
    return leaf.clone(memory_format=torch.contiguous_format) if isinstance(leaf, Tensor) else leaf
