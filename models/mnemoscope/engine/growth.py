"""A state that grows by one slot a step: which sizes and numbers of a step follow the steps so far.

Nothing of a model says it. Its step is recorded twice, after different numbers of steps; what is longer by as many in the second
recording grows, what is the same in both stays, and anything else is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn, cast

from mnemoscope.errors import Unsupported

PROBES = 5, 8
"""Steps after which a step is recorded: lengths that no branch of a model is made for."""


class Length(int):
    """`per` · (steps so far) + `more`. As an int, what it was in the first recording, and equal to no other int.

    It can be handed on to torch. Whoever reckons with it without knowing what it is raises Unsupported, where an int of the recording
    would make a module for that one length.
    """

    per: int
    more: int

    def __new__(cls, more: int, per: int = 1) -> Length:
        made = super().__new__(cls, per * PROBES[0] + more)
        made.per, made.more = per, more
        return made

    def at(self, steps: int) -> int:
        """What it is after so many steps."""
        return self.per * steps + self.more

    def times(self, n: int) -> Length:
        """So many times as much."""
        return Length(self.more * n, self.per * n)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Length) and (self.per, self.more) == (other.per, other.more)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((self.per, self.more))

    def _refuse(self, *_: object) -> NoReturn:
        raise Unsupported("arithmetic with the length of a state that grows")

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _refuse  # pyright: ignore[reportAssignmentType]
    __floordiv__ = __rfloordiv__ = __truediv__ = __rtruediv__ = __mod__ = __rmod__ = _refuse  # pyright: ignore[reportAssignmentType]
    __neg__ = __lt__ = __le__ = __gt__ = __ge__ = __float__ = _refuse  # pyright: ignore[reportAssignmentType]


class Count(int):
    """The steps so far while a step is recorded. It may be added to and handed to torch; a branch on it raises Unsupported."""

    def __add__(self, other: int) -> Count:
        return Count(int.__add__(self, other))

    def __sub__(self, other: int) -> Count:
        return Count(int.__sub__(self, other))

    __radd__ = __add__

    def _refuse(self, *_: object) -> NoReturn:
        raise Unsupported("a step that does something else by how many there were")

    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = __bool__ = _refuse  # pyright: ignore[reportAssignmentType]
    __hash__ = int.__hash__


def joined(one: Any, other: Any) -> Any:
    """Two recordings of a number, or of lists of them, as one. Raises Unsupported where they differ otherwise than by growth."""
    mine, theirs = _parts(one), _parts(other)
    if mine is not None and theirs is not None and type(one) is type(other) and len(mine) == len(theirs):
        return _like(one, [joined(a, b) for a, b in zip(mine, theirs, strict=True)])
    if mine is None and one == other and type(one) is type(other):
        return one
    if type(one) is int and type(other) is int and other - one == PROBES[1] - PROBES[0]:
        return Length(one - PROBES[0])
    raise Unsupported(CHANGES)


CHANGES = "a step that does something else as its state grows"


def at(value: Any, steps: int) -> Any:
    """A value with every length in it as it is after so many steps."""
    if isinstance(value, Length):
        return value.at(steps)
    parts = _parts(value)
    return value if parts is None else _like(value, [at(part, steps) for part in parts])


def grows(value: Any) -> bool:
    """Whether there is a length in it."""
    parts = _parts(value)
    return isinstance(value, Length) if parts is None else any(map(grows, parts))


def _parts(value: Any) -> Sequence[Any] | None:
    """What a list or a plain tuple is made of; None of another value."""
    plain = isinstance(value, list | tuple) and not hasattr(value, "_fields")  # pyright: ignore[reportUnknownArgumentType]
    return cast("Sequence[Any]", value) if plain else None


def _like(value: Any, parts: list[Any]) -> Any:
    return parts if isinstance(value, list) else tuple(parts)


def growing_axis(shape: Sequence[int]) -> int | None:
    """The axis that becomes longer. Raises Unsupported where two do."""
    axes = [(axis, n.per) for axis, n in enumerate(shape) if isinstance(n, Length)]
    if len(axes) > 1 or any(per != 1 for _, per in axes):
        raise Unsupported("a tensor that grows along two axes")
    return axes[0][0] if axes else None
