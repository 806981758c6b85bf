"""From a step to a module: trace, loops, bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torch import Tensor

from mnemoscope.engine.emit import Layout, emit
from mnemoscope.engine.loops import Builder
from mnemoscope.engine.operations import OPERATIONS, READERS
from mnemoscope.engine.trace import trace

MAX_ROWS = 64
"""Steps that one call runs at most: a chunk of a recording."""
MAX_ROW_BYTES = 8 << 20
"""Room for what one call records; larger frames take fewer steps a call."""

RecordedStep = Callable[..., Sequence[Tensor]]
"""(x [1, I], *state) -> (row [1, F], *next state), all float32."""


@dataclass(frozen=True)
class Module:
    """A step as bytes, without its weights, and how its memory is laid out."""

    code: bytes
    layout: Layout
    inputs: int
    row: int
    leaves: tuple[tuple[int, tuple[int, ...]], ...]
    """(offset in floats, shape) of each tensor of the state."""
    constants: tuple[tuple[int, int], ...]
    """(offset in floats, how many) of each weight."""

    @property
    def sha256(self) -> str:
        """Of the bytes."""
        return hashlib.sha256(self.code).hexdigest()


def build(
    step: RecordedStep, examples: Sequence[Tensor], *, feedback: tuple[int, int] | None = None
) -> tuple[Module, list[Tensor]]:
    """The module of a step and its weights in order.

    examples: x and a state of the shapes to come; their values do not matter. feedback (leaf, input): once the caller asks for a free
    run, this number of x is the first of that tensor of the state. Raises Unsupported.
    """
    graph = trace(step, examples, known=OPERATIONS)
    program = Builder(graph, OPERATIONS, READERS).build()
    rows = max(1, min(MAX_ROWS, MAX_ROW_BYTES // (4 * program.row)))
    layout = Layout.of(program, rows)
    source = None if feedback is None else (program.leaves[feedback[0]][0], feedback[1])
    code = emit(program, layout, feedback=source)
    weights = [graph.constants[number] for _, number in program.constants]
    constants = tuple((at, weight.numel()) for (at, _), weight in zip(program.constants, weights, strict=True))
    return Module(code, layout, program.inputs, program.row, tuple(program.leaves), constants), weights
