"""How an NTM starts: its memory and the weightings of its heads before the first step.

Memory. `constant`: 1e-6 everywhere (Collier & Beel 2018, arXiv 1807.08518, found it to converge twice as fast as others);
`random`: drawn once and fixed; `learned`: drawn in the same way, then trained.

Weightings, as logits of a softmax. `focused`: logit 5 on one slot, then trained; `learned`: small random logits, then
trained; `random`: logits of variance 1, drawn once and fixed; `uniform`: 1/N on every slot, fixed.

A constant memory with uniform weightings is refused. All slots are then alike and stay alike: content lookup finds every
slot equally similar, interpolating and shifting a uniform weighting leaves it uniform, every slot is written with the same,
and so the gradient cannot distinguish them. One of the two must set slots apart.

What was drawn and fixed is a buffer that is saved with the weights; draws come from torch's generator, so the seed of a
training settles them.
"""

from typing import Literal, get_args

import torch
from torch import Tensor, nn

from mnemoscope.models.controllers import require_choice

InitialMemory = Literal["constant", "random", "learned"]
InitialWeighting = Literal["focused", "learned", "random", "uniform"]

BLANK = 1e-6
MEMORY_SCALE = 0.05
"""Standard deviation of a drawn memory: slots differ, so the gradient of the cosine is small, and little is read at first."""

FOCUS = 5.0
"""Logit of the slot that a focused weighting starts on; with 128 slots that is over half of the weight."""

LOGIT_SCALE = 0.1


def require(memory: str, weighting: str) -> None:
    """Raises ValueError for an unknown choice, or for the pair that can never learn."""
    require_choice("initial_memory", memory, get_args(InitialMemory))
    require_choice("initial_weighting", weighting, get_args(InitialWeighting))
    if memory == "constant" and weighting == "uniform":
        raise ValueError(
            "initial_memory 'constant' wants an initial_weighting that sets slots apart, got 'uniform': all slots would be "
            "alike, each step would treat them alike, and training could never break this symmetry; take 'focused', "
            "'learned' or 'random' weightings, or a 'random' or 'learned' memory"
        )


def add_memory(module: nn.Module, name: str, kind: InitialMemory, slots: int, width: int) -> None:
    """Give the module a parameter or buffer [N, W]. The constant one is not saved: the configuration says it all."""
    if kind == "constant":
        module.register_buffer(name, torch.full((slots, width), BLANK), persistent=False)
        return
    _add(module, name, torch.randn(slots, width) * MEMORY_SCALE, learned=kind == "learned")


def add_weighting(module: nn.Module, name: str, kind: InitialWeighting, heads: tuple[int, int], slots: int) -> None:
    """Give the module logits [H_w + R, N] for (H_w, R) write and read heads."""
    if kind == "uniform":
        module.register_buffer(name, torch.zeros(sum(heads), slots), persistent=False)
    elif kind == "focused":
        _add(module, name, focused_logits(heads, slots), learned=True)
    else:
        scale = LOGIT_SCALE if kind == "learned" else 1.0
        _add(module, name, torch.randn(sum(heads), slots) * scale, learned=kind == "learned")


def focused_logits(heads: tuple[int, int], slots: int) -> Tensor:
    """Logits [H_w + R, N] with `FOCUS` on one slot a head: of H heads of a kind, head h starts on slot ⌊h N / H⌋.

    Heads of a kind that start on one slot write (or read) the same places: the memory then gets only the sum of what they
    write, which one head could do, and only the random interface sets them apart. Spread out, each has a part of the
    memory of its own; with as many read as write heads, read head h starts where write head h does and finds what it wrote.
    """
    out = torch.zeros(sum(heads), slots)
    starts = [head * slots // count for count in heads for head in range(count)]
    out[torch.arange(len(starts)), torch.tensor(starts)] = FOCUS
    return out


def _add(module: nn.Module, name: str, value: Tensor, *, learned: bool) -> None:
    if learned:
        module.register_parameter(name, nn.Parameter(value))
    else:
        module.register_buffer(name, value)
