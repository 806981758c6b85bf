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
from mnemoscope.engine.emit import COUNT, FREE_FROM, HEADER, NEXT, STATE
from mnemoscope.errors import Unsupported

Floats = NDArray[np.float32]


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
        self._block, memory = exports["block"], exports["memory"]
        self._memory = memory  # keeps the bytes below alive
        self._base = ctypes.addressof(memory.data_ptr(self._store).contents)
        layout = module.layout
        self._header = self._view(0, HEADER // 4).view(np.int32)
        self._input = self._view(layout.input, layout.rows * module.inputs).reshape(layout.rows, -1)
        self._row = self._view(layout.row, layout.rows * module.row).reshape(layout.rows, -1)
        size = (layout.next - layout.state) // 4
        self._states = {at: self._view(at, size) for at in (layout.state, layout.next)}
        self._header[STATE // 4], self._header[NEXT // 4] = layout.state, layout.next
        self.fill(weights)
        _at_work.add(self)

    def close(self) -> None:
        """Give back what the library holds; nothing can be run afterwards."""
        del self._block, self._memory, self._store

    def _view(self, at: int, count: int) -> Floats:
        return np.ctypeslib.as_array((ctypes.c_float * count).from_address(self._base + at))

    def fill(self, weights: Sequence[Tensor]) -> None:
        """Take these weights from now on."""
        for (at, count), weight in zip(self.module.constants, weights, strict=True):
            place = self._view(self.module.layout.weights + 4 * at, count)
            place[:] = weight.detach().to("cpu", torch.float32).reshape(-1).numpy()

    def run(self, x: Floats, *, free_from: int | None = None) -> Floats:
        """Steps for the rows of x [K, I] -> what they record [K, F]. From row `free_from` on x hears the state (see `build`)."""
        made = np.empty((len(x), self.module.row), np.float32)
        free_from = len(x) if free_from is None else free_from
        rows = self.module.layout.rows
        for first in range(0, len(x), rows):
            count = min(rows, len(x) - first)
            self._input[:count] = x[first : first + count]
            self._header[COUNT // 4] = count
            self._header[FREE_FROM // 4] = max(free_from - first, 0)
            self._block(self._store)
            made[first : first + count] = self._row[:count]
        return made

    def _now(self) -> Floats:
        return self._states[int(self._header[STATE // 4])]

    def state(self) -> list[Tensor]:
        """A copy of the tensors of the state."""
        now = self._now()
        return [torch.tensor(now[at : at + math.prod(shape)]).reshape(shape) for at, shape in self.module.leaves]

    def load(self, state: Sequence[Tensor]) -> None:
        """Go on from this state."""
        now = self._now()
        for (at, shape), leaf in zip(self.module.leaves, state, strict=True):
            now[at : at + math.prod(shape)] = leaf.detach().to("cpu", torch.float32).reshape(-1).numpy()


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
