"""A module at work: wasmtime runs it, NumPy sees its memory."""

from __future__ import annotations

import atexit
import ctypes
import math
import weakref
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mnemoscope.engine.build import Module
from mnemoscope.engine.ir import Leaf
from mnemoscope.engine.layout import COUNT, DONE, FREE_FROM, HEADER, NEXT, PAGE, ROOM, STATE
from mnemoscope.errors import MnemoscopeError, Unsupported

Floats = NDArray[np.float32]
LEAST_ROOM = 64
"""Slots that a store has room for at first."""


@cache
def _wasmtime() -> tuple[Any, Any]:
    """The library and its compiler; raises ImportError where it is not installed."""
    import wasmtime

    config = wasmtime.Config()
    config.wasm_relaxed_simd = False
    config.parallel_compilation = False  # beside live runs a module may take its time
    return wasmtime, wasmtime.Engine(config)


def available() -> bool:
    """Whether wasmtime is installed, and its library one for this system."""
    try:
        _wasmtime()
    except (ImportError, OSError):
        return False
    return True


class Engine:
    """One run of a module: its weights, its state, and steps."""

    def __init__(self, module: Module, weights: Sequence[Tensor]) -> None:
        """weights: as `build` returned them, or those of another checkpoint of the same model. The state is zero until `load`.

        Raises Unsupported where wasmtime cannot run here: no room for its memory, a processor that it does not know.
        """
        wasmtime, compiler = _wasmtime()
        self.module = module
        self._store = wasmtime.Store(compiler)
        try:
            exports = wasmtime.Instance(self._store, _compiled(module), []).exports(self._store)
        except wasmtime.WasmtimeError as error:
            raise Unsupported(f"wasmtime refuses it: {error}") from error
        self._block, self._memory = exports["block"], exports["memory"]
        self._look()
        layout = module.layout
        self._header[STATE // 4], self._header[NEXT // 4] = layout.state, layout.next
        self.fill(weights)
        _at_work.add(self)

    def _look(self) -> None:
        """See the memory where it is now."""
        self._base = ctypes.addressof(self._memory.data_ptr(self._store).contents)
        module, layout = self.module, self.module.layout
        self._header = self._view(0, HEADER // 4).view(np.int32)
        self._input = self._view(layout.input, layout.rows * module.inputs).reshape(layout.rows, -1)
        self._row = self._view(layout.row, layout.rows * module.row).reshape(layout.rows, -1)
        size = (layout.next - layout.state) // 4
        self._states = {at: self._view(at, size) for at in (layout.state, layout.next)}

    def close(self) -> None:
        """Give back what the library holds; nothing can be run afterwards."""
        del self._block, self._memory, self._store

    def _view(self, at: int, count: int) -> Floats:
        return np.ctypeslib.as_array((ctypes.c_float * count).from_address(self._base + at))

    def fill(self, weights: Sequence[Tensor]) -> None:
        """Take these weights from now on."""
        for (at, count), weight in zip(self.module.constants, weights, strict=True):
            place = self._view(self.module.layout.weights + 4 * at, count)
            plain = weight.detach().cpu().reshape(-1)
            place[:] = (plain.view(torch.float32) if plain.dtype is torch.float64 else plain.float()).numpy()

    def run(self, x: Floats, *, free_from: int | None = None) -> Floats:
        """Steps for the rows of x [K, I] -> what they record [K, F]. From row `free_from` on x hears the state (see `build`)."""
        made = np.empty((len(x), self.module.row), np.float32)
        free_from = len(x) if free_from is None else free_from
        rows = self.module.layout.rows
        for first in range(0, len(x), rows):
            count = min(rows, len(x) - first)
            self._input[:count] = x[first : first + count]
            if self.module.slot:
                self._make_room(self.steps + count)
            self._header[COUNT // 4] = count
            self._header[FREE_FROM // 4] = max(free_from - first, 0)
            self._block(self._store)
            made[first : first + count] = self._row[:count]
        return made

    @property
    def steps(self) -> int:
        """Steps since the state's start, where it grows or counts them; else 0."""
        return int(self._header[DONE // 4])

    def _make_room(self, steps: int) -> None:
        """For the stores after so many steps: twice as much as there was, so that moving them costs little a step."""
        module, room = self.module, int(self._header[ROOM // 4])
        needed = steps + module.beyond
        if not module.slot or needed <= room:
            return
        kept = self.state()
        room = max(LEAST_ROOM, 1 << (needed - 1).bit_length())
        missing = module.layout.stores + 4 * module.slot * room + 16 - self._memory.data_len(self._store)
        if missing > 0:
            wasmtime, _ = _wasmtime()
            try:
                self._memory.grow(self._store, -(-missing // PAGE))
            except wasmtime.WasmtimeError as error:
                raise MnemoscopeError(
                    f"there is no memory for the state after {steps} steps: it takes {4 * module.slot * room >> 20} MiB"
                ) from error
            self._look()
        self._header[ROOM // 4] = room
        self.load(kept)

    def _now(self) -> Floats:
        return self._states[int(self._header[STATE // 4])]

    def _leaf(self, leaf: Leaf) -> Floats:
        """The floats of a tensor of the state; of one that grows slot by slot."""
        if leaf.grows is None:
            return self._now()[leaf.at : leaf.at + math.prod(leaf.shape)].reshape(leaf.shape)
        slot = [n for axis, n in enumerate(leaf.shape) if axis != leaf.grows]
        slots = leaf.shape[leaf.grows] + self.steps
        at = self.module.layout.stores + 4 * leaf.at * int(self._header[ROOM // 4])
        return np.moveaxis(self._view(at, slots * math.prod(slot)).reshape(slots, *slot), 0, leaf.grows)

    def images(self) -> dict[str, Floats]:
        """Weights and state as they lie in memory, without stores."""
        layout = self.module.layout
        return {"weights": self._view(layout.weights, (layout.scratch - layout.weights) // 4), "state": self._now()}

    def state(self) -> list[Tensor | int]:
        """A copy of the state."""
        return [
            leaf.counted + self.steps if leaf.counted is not None else torch.tensor(self._leaf(leaf))
            for leaf in self.module.leaves
        ]

    def load(self, state: Sequence[Tensor | int]) -> None:
        """Go on from this state. Raises ValueError where its parts are not of the same step."""
        steps: set[int] = set()
        for leaf, part in zip(self.module.leaves, state, strict=True):
            if not isinstance(part, Tensor):
                steps.add(part - (leaf.counted or 0))
            elif leaf.grows is not None:
                steps.add(part.shape[leaf.grows] - leaf.shape[leaf.grows])
        if len(steps) > 1 or min(steps, default=0) < 0:
            raise ValueError(f"wanted a state of one step, got parts of the steps {sorted(steps)}")
        done = min(steps, default=0)
        self._make_room(done)
        self._header[DONE // 4] = done
        for leaf, part in zip(self.module.leaves, state, strict=True):
            if isinstance(part, Tensor):
                self._leaf(leaf)[...] = (
                    part.detach()
                    .to("cpu", torch.float32)
                    .reshape(leaf.shape if leaf.grows is None else part.shape)
                    .numpy()
                )


_modules: dict[str, Any] = {}
"""Compiled modules of this process, by the hash of their bytes."""
_at_work: weakref.WeakSet[Engine] = weakref.WeakSet()


def _compiled(module: Module) -> Any:
    wasmtime, compiler = _wasmtime()
    if module.sha256 not in _modules:
        _modules[module.sha256] = wasmtime.Module(compiler, module.code)
    return _modules[module.sha256]


@atexit.register
def _close() -> None:
    """While the library is still whole: its objects complain when they outlive it."""
    for engine in list(_at_work):
        engine.close()
    _modules.clear()
    _wasmtime.cache_clear()
