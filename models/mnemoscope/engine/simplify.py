"""Loops over two axes that are one in memory become one loop, long enough for vectors."""

from __future__ import annotations

from collections.abc import Callable

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
)


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
