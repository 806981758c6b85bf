"""One recorded step of a model as a function of tensors, and the engine that runs it.

The function is the model's own `step` and `frame`; what it returns is a frame as it stands in a recording. A state may keep its size or
grow by a slot a step. Where the engine cannot run a step torch does: one that was replaced, an operation that the engine does not know.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils import _pytree as pytree

from mnemoscope import engine
from mnemoscope.engine import cache, package
from mnemoscope.errors import MnemoscopeError, Unsupported
from mnemoscope.models.base import MemoryModel

log = logging.getLogger("mnemoscope.engine")

EngineName = Literal["auto", "torch"]
"""Which engine is asked for: "auto" is the fast one wherever it runs the model."""
TRIED_STEPS, TRIED_GROWING = 3, 18
TRIED_ERROR = 1e-3
"""A module that was just built computes some steps beside torch; by the largest number of a tensor they agree to this."""

_refused: set[str] = set()
"""Reasons that were logged already."""


def default_engine() -> EngineName:
    """$MNEMOSCOPE_STEP_ENGINE, or "auto". Raises MnemoscopeError for another name."""
    named = os.environ.get("MNEMOSCOPE_STEP_ENGINE", "auto")
    if named not in ("auto", "torch"):
        raise MnemoscopeError(f"MNEMOSCOPE_STEP_ENGINE must be auto or torch, got {named!r}")
    return named


class FastStep:
    """A model in the engine: frames of its next steps, and its state as the model has it."""

    def __init__(self, model: MemoryModel, wanted: int, *, binary: bool) -> None:
        """wanted: numbers beside the input that a frame carries (targets, mask). Raises Unsupported."""
        if not engine.available():
            raise Unsupported("wasmtime is not installed")
        if "step" in vars(model) or "frame" in vars(model):
            raise Unsupported("its step is not its class's own")
        first, self._rebuilt = taken_apart(model.initial_state(1))
        self._model = model
        entries = model.frame_entries()

        def step(row: Tensor, *state: Tensor | int) -> list[Tensor | int]:
            made = model.step(row[:, : model.inputs], self._rebuilt(state[:-1]))
            frame = model.frame(made.seen)
            answer = torch.sigmoid(made.output) if binary else made.output
            columns = [row, answer, *(frame[entry[0], entry[1]].reshape(1, -1) for entry in entries)]
            return [torch.cat(columns, 1), *taken_apart(made.state)[0], made.output]

        def build() -> tuple[engine.Module, list[Tensor]]:
            begin: list[Tensor | int] = [torch.zeros(1, model.inputs + wanted), *first, torch.zeros(1, model.outputs)]
            begin = [part.detach().clone() if isinstance(part, Tensor) else part for part in begin]
            grown = engine.grown(step, begin)
            examples, later = grown or (begin, None)
            module, weights = engine.build(step, examples, later=later, feedback=(len(first), 0))
            _try(step, begin, engine.Engine(module, weights), TRIED_STEPS if later is None else TRIED_GROWING)
            return module, weights

        module, self._weights = cache.get(model, {"wanted": wanted, "binary": binary}, build)
        self._engine = engine.Engine(module, self._weights)

    @property
    def identity(self) -> dict[str, Any]:
        """As the manifest names it."""
        return {"kind": "wasm", "emitter": engine.EMITTER, "module": self._engine.module.sha256}

    def begin(self, state: Any, last: Tensor) -> None:
        """Go on from a state of the model and its last output [1, O], with the weights as they are now."""
        self._engine.fill(self._weights)
        self._engine.load([*taken_apart(state)[0], last])

    def run(self, rows: NDArray[Any], *, free_from: int) -> NDArray[np.float32]:
        """Frames [K, F] of the rows [K, inputs + wanted]; from row `free_from` on the first input is the last output."""
        return self._engine.run(rows, free_from=free_from)

    def state(self) -> tuple[Any, Tensor]:
        """The model's state and its last output, as they are now."""
        *parts, last = self._engine.state()
        assert isinstance(last, Tensor)
        return self._rebuilt(parts), last

    def package(self) -> bytes:
        """The engine as it is now, for whoever runs the model elsewhere (engine/package.py). Raises Unsupported."""
        parts = pytree.tree_leaves_with_path(self._model.initial_state(1))
        names = [pytree.keystr(path).strip(".") for path, part in parts if part is not None]
        return package.pack(self._engine, [*names, "output"])

    def floats(self, steps: int) -> int:
        """Floats of the model's state so many steps after its start."""
        module = self._engine.module
        return sum(leaf.floats(steps) for leaf in module.leaves) - self._model.outputs


def fast_step(
    model: MemoryModel, wanted: int, *, binary: bool, device: str, asked: EngineName | None
) -> FastStep | None:
    """The model in the engine; None where torch is to run it, which is logged once where that was not asked for."""
    if (asked or default_engine()) == "torch" or device != "cpu":
        return None
    try:
        return FastStep(model, wanted, binary=binary)
    except Unsupported as error:
        reason = f"torch runs {type(model).__name__}: {error}"
        if reason not in _refused:
            _refused.add(reason)
            log.info("%s", reason)
        return None


State = Sequence[Tensor | int]
"""A state taken apart: its tensors, and whole numbers that count steps."""


def taken_apart(state: Any) -> tuple[list[Tensor | int], Callable[[State], Any]]:
    """The parts of a state, and what makes a state of such parts again. Raises Unsupported for parts of other kinds."""
    leaves, spec = pytree.tree_flatten(state)
    if not all(leaf is None or isinstance(leaf, Tensor | int) for leaf in leaves):
        raise Unsupported("a state with what is neither a tensor nor counts the steps")

    def rebuilt(parts: State) -> Any:
        rest = iter(parts)
        return pytree.tree_unflatten([None if leaf is None else next(rest) for leaf in leaves], spec)

    return [leaf for leaf in leaves if leaf is not None], rebuilt


@torch.inference_mode()
def _try(step: engine.RecordedStep, begin: State, made: engine.Engine, steps: int) -> None:
    """Some steps beside torch's, from x and the state at the start, on inputs of no meaning. Raises Unsupported where they differ."""
    draw = torch.Generator().manual_seed(0)
    x, *state = begin
    assert isinstance(x, Tensor)
    for _ in range(steps):
        row = torch.randn(x.shape, generator=draw)
        made.load(state)
        mine = [torch.tensor(made.run(row.numpy())), *made.state()]
        wanted = list(step(row, *state))
        for one, other in zip(mine, wanted, strict=True):
            if not _agree(one, other):
                raise Unsupported("the engine and torch do not agree")
        state = wanted[1:]


def _agree(one: Tensor | int, other: Tensor | int) -> bool:
    if not isinstance(one, Tensor) or not isinstance(other, Tensor):
        return type(one) is type(other) and int(one) == int(other)
    bound = TRIED_ERROR * max(1.0, float(other.abs().max())) if other.numel() else 0.0
    return one.shape == other.shape and torch.allclose(one, other, rtol=0, atol=bound, equal_nan=True)
