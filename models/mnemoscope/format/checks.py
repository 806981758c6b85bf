"""Checks of untrusted JSON against the dataclasses of schema.py; names, types and ranges stand there and nowhere else.

A class is compiled once into one function. The first thing that does not fit is an error that names the place, what was
wanted and what came. Keys that the class does not have are not looked at, null counts as left out.
"""

from collections.abc import Callable
from dataclasses import dataclass, is_dataclass
from functools import cache
from sys import float_info
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NoReturn,
    TypeGuard,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from mnemoscope.errors import RecordingError

T = TypeVar("T")

Place = tuple[Any, str | int] | None
"""(place of the object or list, key in it); None = the manifest itself. Spelt out only where it is needed, in an error."""

Check = Callable[[Any, Place], None]
"""(value, place) -> nothing, or RecordingError."""


@dataclass(frozen=True)
class Between:
    """Range of a whole number, both ends included."""

    low: int = 0
    high: int = 2**31

    def holds(self, value: Any) -> bool:
        """Whether it is a whole number of the range; true and false are none."""
        return type(value) is int and self.low <= value <= self.high


SHOWN = "shown"
Shown = Annotated[T, SHOWN]
"""A field that is shown where it is there; no reader relies on it, so whatever a file holds there, the file opens."""


def check(kind: type[Any], value: Any, place: Place = None, *, only: tuple[str, ...] = ()) -> None:
    """Raise RecordingError unless `value` is an object with the fields of the dataclass `kind`, or with those of `only`."""
    if not is_object(value):
        refuse(_spelt(place), "an object", value)
    for name, fits in _fields(kind):
        if not only or name in only:
            fits(value.get(name), (place, name))


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether a value read from JSON is an object; its keys then are strings."""
    return isinstance(value, dict)


def refuse(where: str, wanted: str, got: Any) -> NoReturn:
    """Raise RecordingError for the value found at a place of a manifest."""
    shown = repr(got)
    shown = shown if len(shown) <= 80 else f"{shown[:77]}..."
    raise RecordingError(f"Manifest, {where}: wanted {wanted}, got {shown}.")


def _spelt(place: Place) -> str:
    """models[0].banks[1].width"""
    if place is None:
        return ""
    before, key = _spelt(place[0]), place[1]
    return f"{before}[{key}]" if isinstance(key, int) else f"{before}.{key}" if before else key


@cache
def _fields(kind: type[Any]) -> tuple[tuple[str, Check], ...]:
    hints = get_type_hints(kind, include_extras=True).items()
    return tuple((name, _check_of(hint)) for name, hint in hints if SHOWN not in getattr(hint, "__metadata__", ()))


def _check_of(hint: Any) -> Check:
    """The check of one type of the schema."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        between: Between = arguments[1]
        return _scalar(between.holds, f"a whole number of {between.low} … {between.high}")
    if origin in (Union, UnionType):
        (inner,) = (_check_of(part) for part in arguments if part is not NoneType)
        return lambda value, place: None if value is None else inner(value, place)
    if origin is list:
        return _items(arguments[0])
    if origin is Literal:
        wanted = f'"{arguments[0]}"' if len(arguments) == 1 else f"one of {', '.join(arguments)}"
        return _scalar(lambda value: isinstance(value, str) and value in arguments, wanted)
    if is_dataclass(hint):
        return lambda value, place: check(cast(type[Any], hint), value, place)
    return _scalar(*_SCALARS[origin or hint])


def _items(item: Any) -> Check:
    """The check of a list: numbers and strings are judged together, objects each at its own place."""
    if is_dataclass(item):

        def each(value: Any, place: Place) -> None:
            for i, entry in enumerate(_list(value, place)):
                check(cast(type[Any], item), entry, (place, i))

        return each
    if get_origin(item) is Annotated:
        between: Between = get_args(item)[1]
        fits, wanted = between.holds, f"{'positive ' if between.low == 1 else ''}whole numbers up to {between.high}"
    else:
        fits, wanted = _SCALARS[item][0], f"{_SCALARS[item][1].removeprefix('a ')}s"

    def together(value: Any, place: Place) -> None:
        if not all(map(fits, _list(value, place))):
            refuse(_spelt(place), wanted, value)

    return together


def _list(value: Any, place: Place) -> list[Any]:
    if not isinstance(value, list):
        refuse(_spelt(place), "a list", value)
    return cast(list[Any], value)


def _scalar(fits: Callable[[Any], bool], wanted: str) -> Check:
    def one(value: Any, place: Place) -> None:
        if not fits(value):
            refuse(_spelt(place), wanted, value)

    return one


_SCALARS: dict[Any, tuple[Callable[[Any], bool], str]] = {
    str: (lambda value: isinstance(value, str), "a string"),
    bool: (lambda value: isinstance(value, bool), "true or false"),
    int: (Between().holds, f"a whole number of 0 … {Between().high}"),
    float: (lambda value: type(value) in (int, float) and abs(value) <= float_info.max, "a finite number"),
    dict: (is_object, "an object"),
}
"""What fits a plain type, and what an error says was wanted."""
