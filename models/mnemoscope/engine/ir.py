"""The loops of one step, as data: what a graph becomes and what WebAssembly is emitted from.

All numbers are float32. A truth value is a *mask* while it is computed and 1.0 or 0.0 in memory; an index is a whole number in
a float32, which is exact below 2^24.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Space = Literal["input", "state", "next", "row", "weights", "scratch"]
"""Where a buffer lies: the inputs of the step, its state, the next state, what it records, weights, or what lives within a step."""

COMPARISONS = {"eq", "ne", "lt", "le", "gt", "ge"}
"""Operations that make a mask of two numbers."""
LOGIC = {"and", "or", "not"}
"""Operations on masks."""


class Buffer(NamedTuple):
    """A run of floats; two buffers never overlap."""

    space: Space
    offset: int
    """Floats from the start of its space."""
    size: int


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


class Local(NamedTuple):
    """A number that statements set."""

    name: int


class Load(NamedTuple):
    """A number of a buffer, at `at` + `scale` · the whole number that `by` comes to."""

    buffer: Buffer
    at: Affine
    by: Expr | None = None
    scale: int = 0


class Op(NamedTuple):
    """An operation on numbers or masks; what is no instruction is a function of functions.py."""

    name: str
    args: tuple[Expr, ...]


Expr = Const | Local | Load | Op


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
    """n times, the variable from 0."""

    variable: int
    n: int
    body: list[Statement]


Statement = Set | Reduce | Store | Sort | For


@dataclass
class Program:
    """One step: x and the state -> a row of what is recorded, and the next state."""

    inputs: int
    """Floats of x."""
    row: int
    """Floats of the row."""
    leaves: list[tuple[int, tuple[int, ...]]]
    """(offset in floats, shape) of each tensor of the state."""
    state: int
    """Floats of the whole state."""
    constants: list[tuple[int, int]]
    """(offset in floats, id in the graph) of each weight."""
    weights: int
    scratch: int
    body: list[Statement] = field(default_factory=list["Statement"])


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
