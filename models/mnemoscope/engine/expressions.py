"""Code of expressions, as one number or as four, and of the addresses they read."""

from __future__ import annotations

from collections.abc import Callable, Generator, Set
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple

from mnemoscope.engine import wasm, waves
from mnemoscope.engine.functions import FUNCTIONS
from mnemoscope.engine.ir import COMPARISONS, LOGIC, Affine, At, Buffer, Const, Expr, Load, Local, Precise, Store
from mnemoscope.engine.wasm import ADD, F32, I32, LANE0, LOAD_F32, MUL, SHIFT, SPLAT, V128, get, i32, memory, tee

PARAMETERS = {"input": 0, "state": 1, "next": 2, "row": 3}
"""Where the address of a space is a parameter of the step; the others lie at fixed addresses."""
MASKS = COMPARISONS | LOGIC


class Base(NamedTuple):
    """What of an address does not change in a loop, apart from what an instruction adds by itself."""

    parameter: int | None
    terms: tuple[tuple[int, int], ...]
    bytes: int
    """Added in the code: where an index runs backwards, an address may not begin below 0."""


class Addresses:
    """Addresses of floats in bytes: code, and what the instruction adds to it."""

    def __init__(self, fixed: dict[str, int], variable: Callable[[int], int], store: Callable[[int], int]) -> None:
        """fixed: where spaces begin that lie at fixed addresses; variable, store: locals, the latter of the address of a store."""
        self._fixed, self._variable, self._store = fixed, variable, store
        self._held: dict[Base, int] = {}
        self._moving: Set[int] = frozenset()
        self._counters: dict[int, tuple[int, int]] = {}

    @contextmanager
    def within(
        self, held: dict[Base | None, int], moving: Set[int], counters: dict[int, tuple[int, int]]
    ) -> Generator[None]:
        """In a loop: bases that are in locals, and what its variables' locals count (local, bytes of one)."""
        before = self._held, self._moving, self._counters
        self._held = {base: local for base, local in held.items() if base is not None}
        self._moving, self._counters = moving, counters
        yield
        self._held, self._moving, self._counters = before

    def _static(self, buffer: Buffer, at: Affine) -> int:
        begin = 0 if buffer.space == "stores" else buffer.offset
        return self._fixed.get(buffer.space, 0) + 4 * (begin + at.const)

    def _parameter(self, buffer: Buffer) -> int | None:
        return self._store(buffer.offset) if buffer.space == "stores" else PARAMETERS.get(buffer.space)

    def base(self, buffer: Buffer, at: Affine, moving: Set[int]) -> Base | None:
        """What stays of an address while some variables move; None where nothing is to be computed."""
        stays = tuple(term for term in at.terms if term[0] not in moving)
        backwards = any(c < 0 for _, c in at.terms)
        made = Base(self._parameter(buffer), stays, self._static(buffer, at) if backwards else 0)
        return made if stays or backwards else None

    def code(self, base: Base) -> bytes:
        """Code of a base."""
        parts = [get(base.parameter)] if base.parameter is not None else []
        parts += [get(self._variable(name)) + _times(4 * c) for name, c in base.terms]
        parts += [i32(base.bytes)] if base.bytes or not parts else []
        return parts[0] + b"".join(part + ADD for part in parts[1:])

    def index(self, at: Affine) -> bytes:
        """Code that leaves what an index comes to; not in a loop of vectors."""
        return i32(at.const) + b"".join(get(self._variable(name)) + _plainly(c) + ADD for name, c in at.terms)

    def of(self, buffer: Buffer, at: Affine) -> tuple[bytes, int]:
        """Code that leaves the address, and what the instruction adds."""
        base = self.base(buffer, at, self._moving)
        static = 0 if base is not None and base.bytes else self._static(buffer, at)
        parameter = self._parameter(buffer)
        if base is not None and base in self._held:
            parts = [get(self._held[base])]
        elif base is not None:
            parts = [self.code(base)]
        else:
            parts = [] if parameter is None else [get(parameter)]
        for name, c in at.terms:
            if name in self._moving:
                local, unit = self._counters.get(name, (-1, 0))
                parts.append(get(local) + _times(c) if unit else get(self._variable(name)) + _times(4 * c))
        if not parts:
            parts = [i32(0)]
        return parts[0] + b"".join(part + ADD for part in parts[1:]), static


def _times(n: int) -> bytes:
    """What is on the stack, n times."""
    if n == 1:
        return b""
    if n > 0 and n & (n - 1) == 0:
        return i32(n.bit_length() - 1) + SHIFT
    return i32(n) + MUL


def _plainly(n: int) -> bytes:
    """What is on the stack, n times; n may be below 0."""
    return b"" if n == 1 else i32(n) + MUL


class Expressions:
    """Code of expressions."""

    def __init__(
        self,
        functions: dict[str, int],
        addresses: Addresses,
        number: Callable[[int], int],
        temporary: Callable[[bytes], AbstractContextManager[int]],
    ) -> None:
        self._functions, self._addresses, self._number, self._temporary = functions, addresses, number, temporary
        self._stays: dict[Load, int] = {}
        self._spread: dict[int, int] = {}
        self._variable = 0

    @contextmanager
    def within(self, variable: int, stays: dict[Load, int], spread: dict[int, int]) -> Generator[None]:
        """In a loop of vectors over a variable: loads and locals that are vectors already."""
        before = self._stays, self._spread, self._variable
        self._stays, self._spread, self._variable = stays, spread, variable
        yield
        self._stays, self._spread, self._variable = before

    @contextmanager
    def one_by_one(self) -> Generator[None]:
        """For the rest of a loop of vectors."""
        with self.within(0, self._stays, {}):
            yield

    @contextmanager
    def standing(self, _: Store, local: int, vector: int) -> Generator[None]:
        """Where a local is a vector."""
        with self.within(self._variable, self._stays, self._spread | {local: vector}):
            yield

    def picked(self, by: Expr, scale: int) -> bytes:
        """Code that adds `scale` floats times a whole number to the address on the stack."""
        return self.scalar(by) + wasm.TO_INDEX + _times(4 * scale) + ADD

    def scalar(self, expr: Expr) -> bytes:
        """Code that leaves a float, or an i32 of a mask."""
        if isinstance(expr, Const):
            return wasm.f32(expr.value)
        if isinstance(expr, Local):
            return get(self._number(expr.name))
        if isinstance(expr, Load):
            if expr in self._stays:
                return get(self._stays[expr]) + LANE0
            code, offset = self._addresses.of(expr.buffer, expr.at)
            if expr.by is not None:
                code += self.picked(expr.by, expr.scale)
            return code + (wasm.LOAD_F64 + memory(offset, 3) if expr.wide else LOAD_F32 + memory(offset))
        if isinstance(expr, Precise):
            return wasm.f64(expr.value)
        if isinstance(expr, At):
            return self._addresses.index(expr.place) + wasm.TO_F64
        parts = [self.scalar(arg) for arg in expr.args]
        if expr.name in FUNCTIONS:
            return b"".join(part + SPLAT for part in parts) + wasm.call(self._functions[expr.name]) + LANE0
        if expr.name in waves.FUNCTIONS:
            return parts[0] + wasm.call(self._functions[expr.name])
        if expr.name == "select":
            condition, yes, no = parts
            return yes + no + condition + wasm.SELECT
        if expr.name == "square":
            with self._temporary(F32) as local:
                return parts[0] + tee(local) + get(local) + wasm.SCALAR["mul"]
        return b"".join(parts) + wasm.SCALAR[expr.name]

    def vector(self, expr: Expr, k: int) -> bytes:
        """Code that leaves four floats, the k-th four beyond where the loop's variable stands, or four masks."""
        if isinstance(expr, Const):
            return wasm.v128(expr.value)
        assert not isinstance(expr, Precise | At)  # statements.py: no loop of vectors where they are
        if isinstance(expr, Local):
            return get(self._spread[expr.name])
        if isinstance(expr, Load):
            if expr in self._stays:
                return get(self._stays[expr])
            code, offset = self._addresses.of(expr.buffer, expr.at)
            if expr.at.of(self._variable):
                return code + wasm.V_LOAD + memory(offset + 16 * k)
            return code + wasm.V_LOAD_SPLAT + memory(offset)
        parts = [self.vector(arg, k) for arg in expr.args]
        if expr.name in FUNCTIONS:
            return b"".join(parts) + wasm.call(self._functions[expr.name])
        if expr.name == "select":
            condition, yes, no = parts
            return yes + no + condition + wasm.BITSELECT
        if expr.name == "square":
            with self._temporary(V128) as local:
                return parts[0] + tee(local) + get(local) + wasm.VECTOR["mul"]
        return b"".join(parts) + wasm.VECTOR[expr.name]


__all__ = ["I32", "MASKS", "Addresses", "Base", "Expressions"]
