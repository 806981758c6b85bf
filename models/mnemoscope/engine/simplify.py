"""Which loops can be loops of vectors; two over axes that are one in memory become one, long enough for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mnemoscope.engine.growth import Length
from mnemoscope.engine.ir import (
    Affine,
    At,
    Expr,
    For,
    Load,
    Op,
    Reduce,
    Set,
    Sort,
    Statement,
    Store,
    expressions,
    indices,
    is_precise,
    loads,
    locals_of,
)

LANES = 4
"""Numbers of a vector."""


def simplified(body: list[Statement]) -> list[Statement]:
    """The same statements with nested loops merged wherever every index allows it."""
    return [_merged(For(s.variable, s.n, simplified(s.body))) if isinstance(s, For) else s for s in body]


def _merged(loop: For) -> Statement:
    if len(loop.body) != 1 or not isinstance(loop.body[0], For):
        return loop
    inner = loop.body[0]
    if any(isinstance(statement, For | Sort | Set) for statement in inner.body) or isinstance(inner.n, Length):
        return loop
    found = [at for s in inner.body for expr in expressions(s) for at in indices(expr)]
    found += [s.at for s in inner.body if isinstance(s, Store)]
    if any(at.of(loop.variable) != inner.n * at.of(inner.variable) for at in found):
        return loop
    body = [_mapped(s, lambda at: at.without(loop.variable)) for s in inner.body]
    n = loop.n.times(inner.n) if isinstance(loop.n, Length) else loop.n * inner.n
    return For(inner.variable, n, body)


def _mapped(statement: Statement, change: Callable[[Affine], Affine]) -> Statement:
    if isinstance(statement, Reduce):
        return statement._replace(value=_in(statement.value, change))
    if isinstance(statement, Store):
        by = None if statement.by is None else _in(statement.by, change)
        return statement._replace(at=change(statement.at), value=_in(statement.value, change), by=by)
    return statement


def _in(expr: Expr, change: Callable[[Affine], Affine]) -> Expr:
    if isinstance(expr, Load):
        return expr._replace(at=change(expr.at), by=None if expr.by is None else _in(expr.by, change))
    if isinstance(expr, At):
        return At(change(expr.place))
    if isinstance(expr, Op):
        return Op(expr.name, tuple(_in(arg, change) for arg in expr.args))
    return expr


def goes_by_one(variable: int, body: Sequence[Statement]) -> bool:
    """Whether all that these statements read stays or goes on by one number, and all they write goes on."""
    written = {(s.buffer, s.at) for s in body if isinstance(s, Store)}
    for statement in body:
        if isinstance(statement, Store) and (statement.by is not None or statement.at.of(variable) != 1):
            return False
        for expr in expressions(statement):
            if is_precise(expr):
                return False
            for load in loads(expr):
                if load.by is not None or load.at.of(variable) not in (0, 1):
                    return False
                if any(load.buffer == buffer and load.at != at for buffer, at in written):
                    return False
    return True


def is_of_vectors(statement: For) -> bool:
    """Whether an innermost loop can go four numbers at a time."""
    innermost = all(isinstance(s, Store | Reduce) for s in statement.body)
    sums = [s.local for s in statement.body if isinstance(s, Reduce)]
    reads = [name for s in statement.body for expr in expressions(s) for name in locals_of(expr)]
    return (
        innermost
        and (isinstance(statement.n, Length) or statement.n >= LANES)
        and len(set(sums)) == len(sums)
        and not set(sums) & set(reads)
        and goes_by_one(statement.variable, statement.body)
    )


def is_of_columns(statement: For) -> bool:
    """Whether a loop around a sum can make four sums at a time: [Set, For k: Reduce, Store]."""
    if isinstance(statement.n, Length) or statement.n < LANES or len(statement.body) != 3:
        return False
    begin, across, end = statement.body
    if not (isinstance(begin, Set) and isinstance(across, For) and isinstance(end, Store) and len(across.body) == 1):
        return False
    [term] = across.body
    if not isinstance(term, Reduce) or term.local != begin.local or term.local in {*locals_of(term.value)}:
        return False
    return not is_of_vectors(across) and goes_by_one(statement.variable, [begin, term, end])


def sums_of(body: Sequence[Statement]) -> list[int]:
    """The locals that a body adds to and neither sets nor reads: what a loop around it sums up."""
    added: dict[int, None] = {}
    own: set[int] = set()

    def look(statements: Sequence[Statement]) -> None:
        for s in statements:
            own.update(name for expr in expressions(s) for name in locals_of(expr))
            if isinstance(s, For):
                look(s.body)
            elif isinstance(s, Set):
                own.add(s.local)
            elif isinstance(s, Reduce) and s.op == "add":
                added[s.local] = None

    look(body)
    return [local for local in added if local not in own]
