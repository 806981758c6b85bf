"""From a step to a module: trace, loops, bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from mnemoscope.engine.emit import emit
from mnemoscope.engine.growth import PROBES
from mnemoscope.engine.ir import Leaf
from mnemoscope.engine.layout import Layout
from mnemoscope.engine.loops import Builder
from mnemoscope.engine.operations import OPERATIONS, READERS
from mnemoscope.engine.trace import Example, trace

MAX_ROWS = 64
"""Steps that one call runs at most: a chunk of a recording."""
MAX_ROW_BYTES = 8 << 20
"""Room for what one call records; larger frames take fewer steps a call."""

RecordedStep = Callable[..., Sequence[Example]]
"""(x [1, I], *state) -> (row [1, F], *next state), all float32; a state may count steps in whole numbers."""


@dataclass(frozen=True)
class Module:
    """A step as bytes, without its weights, and how its memory is laid out."""

    code: bytes
    layout: Layout
    inputs: int
    row: int
    leaves: tuple[Leaf, ...]
    constants: tuple[tuple[int, int], ...]
    """(offset in floats, how many of them) of each weight; a float64 takes two."""
    slot: int = 0
    """Floats that one step more takes, of all that grows."""
    beyond: int = 0
    """Slots that a store may have beyond the steps so far."""

    @property
    def sha256(self) -> str:
        """Of the bytes."""
        return hashlib.sha256(self.code).hexdigest()


def build(
    step: RecordedStep,
    examples: Sequence[Example],
    *,
    later: Sequence[Example] | None = None,
    feedback: tuple[int, int] | None = None,
) -> tuple[Module, list[Tensor]]:
    """The module of a step and its weights in order.

    examples: x and a state of the shapes to come; their values do not matter. Of a state that grows, or counts steps in a whole number:
    examples of PROBES[0] steps after its start, and later of PROBES[1]. feedback (leaf, input): once the caller asks for a free
    run, this number of x is the first of that tensor of the state. Raises Unsupported.
    """
    graph = trace(step, examples, known=OPERATIONS, later=later)
    program = Builder(graph, OPERATIONS, READERS).build()
    rows = max(1, min(MAX_ROWS, MAX_ROW_BYTES // (4 * program.row)))
    layout = Layout.of(program, rows)
    source = None if feedback is None else (program.leaves[feedback[0]].at, feedback[1])
    code = emit(program, layout, feedback=source)
    weights = [graph.constants[number] for _, number in program.constants]
    constants = tuple((at, _floats(weight)) for (at, _), weight in zip(program.constants, weights, strict=True))
    leaves = tuple(_begun(leaf, example) for leaf, example in zip(program.leaves, examples[1:], strict=True))
    slot = program.stores[-1] if program.stores else 0
    return Module(code, layout, program.inputs, program.row, leaves, constants, slot, program.beyond), weights


@torch.no_grad()
def grown(step: RecordedStep, begin: Sequence[Example]) -> tuple[list[Example], list[Example]] | None:
    """X and the states that `build` wants of a step whose state grows or counts, from those at the start; None of another."""
    x, *state = begin
    found: list[list[Example]] = []
    for done in range(1, PROBES[1] + 1):
        after = list(step(x, *state)[1:])
        if done == 1 and all(
            isinstance(a, Tensor) and isinstance(b, Tensor) and a.shape == b.shape
            for a, b in zip(state, after, strict=True)
        ):
            return None
        state = after
        if done in PROBES:
            found.append([x, *state])
    return found[0], found[1]


def _floats(weight: Tensor) -> int:
    return weight.numel() * (2 if weight.dtype is torch.float64 else 1)


def _begun(leaf: Leaf, example: Example) -> Leaf:
    """With what a whole number is before the first step."""
    return leaf if isinstance(example, Tensor) else leaf._replace(counted=example - PROBES[0])
