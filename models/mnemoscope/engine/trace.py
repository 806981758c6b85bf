"""One call of a function of tensors, recorded as a graph of ATen operations.

Python runs once; what it decides must not hang on a number, which is why reading one out of a tensor is refused. Tensors that the
function did not get and did not compute are its weights. An operation in place is recorded as one that makes a new value, and
whatever shared its memory can no longer be read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode  # the documented way to see every ATen call

from mnemoscope.errors import Unsupported


class Ref(NamedTuple):
    """A value of the graph, as an argument."""

    id: int


@dataclass(frozen=True)
class Value:
    """What is known of a value beforehand."""

    shape: tuple[int, ...]
    dtype: torch.dtype


@dataclass(frozen=True)
class Call:
    """One ATen operation: arguments by the names of its schema, tensors among them as Ref."""

    name: str
    """`add`, `sort`; in place is as out of place."""
    overload: str
    target: Any
    arguments: dict[str, Any]
    defaults: dict[str, Any]
    results: tuple[int, ...]


@dataclass(frozen=True)
class Graph:
    """What one call did, without what nothing came of."""

    inputs: list[int]
    outputs: list[int]
    calls: list[Call]
    values: dict[int, Value]
    constants: dict[int, Tensor]
    """Weights that are read, by id, in the order in which they are first read."""
    users: dict[int, list[Call]]
    """Who reads a value; a value that is an output has no fewer readers for it."""


def trace(function: Callable[..., Sequence[Tensor]], examples: Sequence[Tensor], *, known: Collection[str]) -> Graph:
    """Call `function(*examples)` once and record it. known: names of operations that need not be taken apart.

    Raises Unsupported where Python reads a number, or an operation changes what it did not make.
    """
    recorder = _Recorder(known)
    with torch.inference_mode(mode=False), torch.no_grad():
        inputs = [recorder.enter(example) for example in examples]
        with recorder:
            outputs = [recorder.read(output) for output in function(*examples)]
    return _pruned(recorder, inputs, outputs)


class _Recorder(TorchDispatchMode):
    def __init__(self, known: Collection[str]) -> None:
        super().__init__()  # pyright: ignore[reportUnknownMemberType]
        self.known = known
        self.calls: list[Call] = []
        self.values: dict[int, Value] = {}
        self.constants: dict[int, Tensor] = {}
        self._ids: dict[int, int] = {}
        self._alive: list[Tensor] = []
        """Every tensor seen, so that no other gets its id()."""
        self._made: set[int] = set()
        self._stale: set[int] = set()

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """False: to skip it torch would import its compiler, for seconds; nothing here is compiled."""
        return False

    def enter(self, tensor: Tensor) -> int:
        """A new value: an input, a weight or a result."""
        number = len(self.values)
        self.values[number] = Value(tuple(tensor.shape), tensor.dtype)
        self._ids[id(tensor)] = number
        self._alive.append(tensor)
        return number

    def read(self, tensor: Tensor) -> int:
        """The value that a tensor is; a weight where nothing made it."""
        number = self._ids.get(id(tensor))
        if number is None:
            number = self.enter(tensor)
            self.constants[number] = tensor
        if number in self._stale:
            raise Unsupported("a tensor is read whose memory was changed in place")
        return number

    def __torch_dispatch__(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        name = func._schema.name.partition("::")[2]
        if _plain(name) not in self.known:
            with self:
                result = func.decompose(*args, **kwargs)
            if result is not NotImplemented:
                return result
            raise Unsupported(f"the operation {func}")
        if torch.Tag.nondeterministic_seeded in func.tags:
            raise Unsupported(f"the operation {func}, which draws at random")
        result = func(*args, **kwargs)
        self._record(func, name, args, kwargs, result)
        return result

    def _record(self, func: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> None:
        given: dict[str, Any] = {}
        defaults: dict[str, Any] = {}
        changed: Tensor | None = None
        for n, argument in enumerate(func._schema.arguments):
            value = args[n] if n < len(args) else kwargs.get(argument.name, argument.default_value)
            if argument.alias_info is not None and argument.alias_info.is_write:
                if argument.name != "self" or not name.endswith("_"):
                    raise Unsupported(f"the operation {func}")
                changed = value
            given[argument.name] = self._reference(value)
            defaults[argument.name] = argument.default_value
        if changed is not None:
            self._change(changed)
        outputs: list[Tensor] = list(cast("Sequence[Tensor]", result)) if isinstance(result, list | tuple) else [result]
        results = tuple(self.enter(output) for output in outputs)
        self._made.update(results)
        self.calls.append(Call(_plain(name), func._overloadname, func, given, defaults, results))

    def _reference(self, value: Any) -> Any:
        if isinstance(value, Tensor):
            return Ref(self.read(value))
        if isinstance(value, list | tuple):
            return [self._reference(part) for part in cast("Sequence[Any]", value)]
        return value

    def _change(self, tensor: Tensor) -> None:
        if self._ids.get(id(tensor)) not in self._made:
            raise Unsupported("a weight, an input or the state is changed in place")
        first, last = _extent(tensor)
        for other in self._alive:
            if other.untyped_storage().data_ptr() == tensor.untyped_storage().data_ptr() and other is not tensor:
                begin, end = _extent(other)
                if begin < last and first < end:
                    self._stale.add(self._ids[id(other)])


def _plain(name: str) -> str:
    return name.removesuffix("_") if not name.startswith("_") else name


def _extent(tensor: Tensor) -> tuple[int, int]:
    """First and last + 1 element of its storage that a tensor reaches."""
    if not tensor.numel():
        return 0, 0
    first = int(tensor.storage_offset())
    reach = sum((n - 1) * step for n, step in zip(tensor.shape, tensor.stride(), strict=True))
    return first, first + reach + 1


def references(value: Any) -> list[int]:
    """The values among arguments."""
    if isinstance(value, Ref):
        return [value.id]
    if isinstance(value, list | tuple):
        return [number for part in cast("Sequence[Any]", value) for number in references(part)]
    return []


def _pruned(recorder: _Recorder, inputs: list[int], outputs: list[int]) -> Graph:
    needed, calls = set(outputs), list[Call]()
    for call in reversed(recorder.calls):
        if needed.intersection(call.results):
            calls.append(call)
            needed.update(references(list(call.arguments.values())))
    calls.reverse()
    users: dict[int, list[Call]] = {}
    for call in calls:
        for number in references(list(call.arguments.values())):
            users.setdefault(number, []).append(call)
    read = [n for call in calls for n in references(list(call.arguments.values()))] + outputs
    constants = {n: recorder.constants[n] for n in dict.fromkeys(read) if n in recorder.constants}
    return Graph(inputs, outputs, calls, recorder.values, constants, users)
