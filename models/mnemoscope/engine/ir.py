"""The loops of one step, as data: what a graph becomes and what WebAssembly is emitted from.

All numbers are float32. A truth value is a *mask* while it is computed and 1.0 or 0.0 in memory; an index is a whole number in
a float32, which is exact below 2^24.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from mnemoscope.engine.growth import Length

Space = Literal["input", "state", "next", "row", "weights", "scratch", "stores"]
"""Where a buffer lies: the inputs of the step, its state, the next state, what it records, weights, what lives within a step, or
what has a slot for every step so far, of the state or within a step."""

STEPS = 0
"""The variable that is no loop's: the steps so far."""

COMPARISONS = {"eq", "ne", "lt", "le", "gt", "ge"}
"""Operations that make a mask of two numbers."""
LOGIC = {"and", "or", "not"}
"""Operations on masks."""


class Buffer(NamedTuple):
    """A run of floats; two buffers never overlap."""

    space: Space
    offset: int
    """Floats from the start of its space; of a store, floats a slot that come before it."""
    size: int
    """In floats; of a store, a slot."""


class Affine(NamedTuple):
    """An index: const + Σ coefficient · loop variable."""

    const: int
    terms: tuple[tuple[int, int], ...] = ()
    """(variable, coefficient), ascending, no coefficient 0."""

    def plus(self, other: Affine, times: int = 1) -> Affine:
        """Self + times · other."""
        if not times:
            return self
        merged = dict(self.terms)
        for variable, coefficient in other.terms:
            merged[variable] = merged.get(variable, 0) + times * coefficient
        terms = tuple(sorted((v, c) for v, c in merged.items() if c))
        return Affine(self.const + times * other.const, terms)

    def of(self, variable: int) -> int:
        """The coefficient of a variable."""
        return next((c for v, c in self.terms if v == variable), 0)

    def without(self, variable: int) -> Affine:
        """The same with that variable at 0."""
        return Affine(self.const, tuple(term for term in self.terms if term[0] != variable))


ZERO = Affine(0)


class Const(NamedTuple):
    """A number."""

    value: float


class Precise(NamedTuple):
    """A number of float64. Operations on such are those of OPS64; nothing of float64 is written to memory."""

    value: float


class At(NamedTuple):
    """What an index comes to, as float64."""

    place: Affine


class Local(NamedTuple):
    """A number that statements set."""

    name: int


class Load(NamedTuple):
    """A number of a buffer, at `at` + `scale` · the whole number that `by` comes to."""

    buffer: Buffer
    at: Affine
    by: Expr | None = None
    scale: int = 0
    wide: bool = False
    """A float64, in the room of two floats."""


class Op(NamedTuple):
    """An operation on numbers or masks; what is no instruction is a function of functions.py."""

    name: str
    args: tuple[Expr, ...]


Expr = Const | Precise | At | Local | Load | Op


class Set(NamedTuple):
    """local = value."""

    local: int
    value: Expr


class Reduce(NamedTuple):
    """local = op(local, value), in whatever order over the loop around it; op is add, max or min."""

    local: int
    op: Literal["add", "max", "min"]
    value: Expr


class Store(NamedTuple):
    """A number into a buffer, at `at` + `scale` · `by` as in Load."""

    buffer: Buffer
    at: Affine
    value: Expr
    by: Expr | None = None
    scale: int = 0


class Sort(NamedTuple):
    """A run of n floats, ascending, NaN last, equal ones in their order: values and where each was."""

    values: Buffer
    order: Buffer
    source: Buffer
    at: Affine
    """Of the source; values and order are at `out`."""
    out: Affine
    n: int
    work: Buffer
    """Four floats of room for each number."""


class For(NamedTuple):
    """n times, the variable from 0. n may follow the steps so far."""

    variable: int
    n: int | Length
    body: list[Statement]


Statement = Set | Reduce | Store | Sort | For


class Leaf(NamedTuple):
    """One part of a state: a tensor, one that grows, or a whole number that counts steps."""

    at: int
    """Offset in floats in the state, or in floats a slot in the stores."""
    shape: tuple[int, ...]
    """Of one that grows, as it is before the first step."""
    grows: int | None = None
    """The axis that becomes one longer with every step."""
    counted: int | None = None
    """Of a whole number, what it is before the first step."""

    def floats(self, steps: int) -> int:
        """How many floats it is so many steps after the start."""
        if self.counted is not None:
            return 0
        return math.prod(n + steps if axis == self.grows else n for axis, n in enumerate(self.shape))


@dataclass
class Program:
    """One step: x and the state -> a row of what is recorded, and the next state."""

    inputs: int
    """Floats of x."""
    row: int
    """Floats of the row."""
    leaves: list[Leaf]
    state: int
    """Floats of the whole state, without stores."""
    constants: list[tuple[int, int]]
    """(offset in floats, id in the graph) of each weight."""
    weights: int
    scratch: int
    stores: list[int]
    """Floats a slot that come before each store, then of all."""
    beyond: int
    """Slots that a store may have beyond the steps so far."""
    counted: bool
    """Whether anything follows the steps so far."""
    body: list[Statement] = field(default_factory=list["Statement"])


def indices(expr: Expr) -> Iterator[Affine]:
    """Every index in an expression."""
    if isinstance(expr, At):
        yield expr.place
    elif isinstance(expr, Load):
        yield expr.at
        if expr.by is not None:
            yield from indices(expr.by)
    elif isinstance(expr, Op):
        for arg in expr.args:
            yield from indices(arg)


def is_precise(expr: Expr) -> bool:
    """Whether any of it is computed in float64."""
    if isinstance(expr, Op):
        return expr.name in ("promote", "demote") or any(is_precise(arg) for arg in expr.args)
    if isinstance(expr, Load):
        return expr.wide or (expr.by is not None and is_precise(expr.by))
    return isinstance(expr, Precise | At)


def expressions(statement: Statement) -> Iterator[Expr]:
    """The expressions that stand in a statement itself, not in its body."""
    if isinstance(statement, Set | Reduce):
        yield statement.value
    elif isinstance(statement, Store):
        yield statement.value
        if statement.by is not None:
            yield statement.by


def loads(expr: Expr) -> Iterator[Load]:
    """Every load in an expression."""
    if isinstance(expr, Load):
        yield expr
        if expr.by is not None:
            yield from loads(expr.by)
    elif isinstance(expr, Op):
        for arg in expr.args:
            yield from loads(arg)


def locals_of(expr: Expr) -> Iterator[int]:
    """Every local that an expression reads."""
    if isinstance(expr, Local):
        yield expr.name
    elif isinstance(expr, Load) and expr.by is not None:
        yield from locals_of(expr.by)
    elif isinstance(expr, Op):
        for arg in expr.args:
            yield from locals_of(arg)
