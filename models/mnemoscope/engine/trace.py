"""One call of a function of tensors, recorded as a graph of ATen operations.

Python runs once; what it decides must not hang on a number, which is why reading one out of a tensor is refused. Tensors that the
function did not get and did not compute are its weights. An operation in place is recorded as one that makes a new value, and
whatever shared its memory can no longer be read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode  # the documented way to see every ATen call

from mnemoscope.engine import growth
from mnemoscope.errors import Unsupported

CREATE = {"arange", "eye"}
"""Operations whose results are constants of the module where their arguments are."""


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

    inputs: list[int | None]
    """None: a whole number that counts the steps, which is an input without being a tensor; so in outputs."""
    outputs: list[int | None]
    calls: list[Call]
    values: dict[int, Value]
    constants: dict[int, Tensor]
    """Weights that are read, and what follows from nothing, by id, in the order in which they are first read."""
    users: dict[int, list[Call]]
    """Who reads a value; a value that is an output has no fewer readers for it."""


Example = Tensor | int


def trace(
    function: Callable[..., Sequence[Example]],
    examples: Sequence[Example],
    *,
    known: Collection[str],
    later: Sequence[Example] | None = None,
) -> Graph:
    """Call `function(*examples)` once and record it. known: names of operations that need not be taken apart.

    later: the arguments of a state that grows PROBES[1] steps after its start, where `examples` are those after PROBES[0]; whole
    numbers among them count steps. Raises Unsupported where Python reads a number, an operation changes what it did not make, or the
    two calls differ by more than lengths.
    """
    made = _record(function, examples, known)
    if later is not None:
        made = _joined(made, _record(function, later, known))
    elif None in made.inputs:
        raise Unsupported("a state that is not of tensors alone")
    return _pruned(_folded(made))


@dataclass(frozen=True)
class _Recording:
    inputs: list[int | None]
    outputs: list[int | None]
    calls: list[Call]
    values: dict[int, Value]
    constants: dict[int, Tensor]
    tensors: dict[int, Tensor]
    """What every value was, but for those whose memory was changed."""


def _record(
    function: Callable[..., Sequence[Example]], examples: Sequence[Example], known: Collection[str]
) -> _Recording:
    recorder = _Recorder(known)
    with torch.inference_mode(mode=False), torch.no_grad():
        inputs = [recorder.enter(example) if isinstance(example, Tensor) else None for example in examples]
        with recorder:
            made = function(*(growth.Count(one) if isinstance(one, int) else one for one in examples))
            outputs = [recorder.read(output) if isinstance(output, Tensor) else None for output in made]
    counts = [(one, other) for one, other in zip(examples[1:], made[1:], strict=True) if not isinstance(one, Tensor)]
    if any(isinstance(other, Tensor) or int(other) != one + 1 for one, other in counts):
        raise Unsupported("a state with what is neither a tensor nor counts the steps")
    tensors = recorder.unchanged()
    return _Recording(inputs, outputs, recorder.calls, recorder.values, recorder.constants, tensors)


def _joined(one: _Recording, other: _Recording) -> _Recording:
    """Two recordings of different lengths as one. Raises Unsupported where they differ by more."""
    for mine, theirs in zip(one.calls, other.calls, strict=False):
        if mine.target is not theirs.target or mine.results != theirs.results:
            raise Unsupported(growth.CHANGES)
    same = len(one.calls) == len(other.calls) and (one.inputs, one.outputs) == (other.inputs, other.outputs)
    if not same or one.constants.keys() != other.constants.keys() or one.values.keys() != other.values.keys():
        raise Unsupported(growth.CHANGES)
    if not all(_equal(tensor, other.constants[n]) for n, tensor in one.constants.items()):
        raise Unsupported("a number that Python makes of the steps so far")
    calls = [
        replace(mine, arguments={n: growth.joined(value, theirs.arguments[n]) for n, value in mine.arguments.items()})
        for mine, theirs in zip(one.calls, other.calls, strict=True)
    ]
    values = {
        n: Value(growth.joined(value.shape, other.values[n].shape), value.dtype) for n, value in one.values.items()
    }
    return replace(one, calls=calls, values=values)


def _equal(one: Tensor, other: Tensor) -> bool:
    return one is other or (one.dtype == other.dtype and torch.equal(one, other))


def _folded(made: _Recording) -> _Recording:
    """What follows from no input, no weight and no length is a constant: tables of rates, in whatever type."""
    constant: set[int] = set()
    calls: list[Call] = []
    for call in made.calls:
        read = references(list(call.arguments.values()))
        results = [made.values[n] for n in call.results]
        varies = growth.grows(list(call.arguments.values())) or growth.grows([value.shape for value in results])
        begins = call.name in CREATE or any(value.dtype in (torch.float64, torch.int64) for value in results)
        known = all(n in made.tensors for n in call.results)
        if known and not varies and (constant.issuperset(read) if read else begins):
            constant.update(call.results)
        else:
            calls.append(call)
    constants = made.constants | {n: made.tensors[n] for n in constant}
    return replace(made, calls=calls, constants=constants)


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
        self._free: set[int] = set()
        """What follows from no input and no weight."""
        self._changed: set[int] = set()
        """Where memory lies that was changed."""

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
            if not self._is_free((args, kwargs)):
                raise Unsupported(f"the operation {func}")
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
        if self._free.issuperset(references(list(given.values()))):
            self._free.update(results)
        self.calls.append(Call(_plain(name), func._overloadname, func, given, defaults, results))

    def unchanged(self) -> dict[int, Tensor]:
        """Every value whose memory nobody changed afterwards."""
        kept = ((n, tensor) for n, tensor in enumerate(self._alive))
        return {n: tensor for n, tensor in kept if tensor.untyped_storage().data_ptr() not in self._changed}

    def _is_free(self, arguments: Any) -> bool:
        """Whether there is no tensor among arguments that follows from an input or a weight."""
        if isinstance(arguments, Tensor):
            return self._ids.get(id(arguments)) in self._free
        if isinstance(arguments, dict):
            return all(self._is_free(part) for part in cast("dict[str, Any]", arguments).values())
        if isinstance(arguments, list | tuple):
            return all(self._is_free(part) for part in cast("Sequence[Any]", arguments))
        return True

    def _reference(self, value: Any) -> Any:
        if isinstance(value, Tensor):
            return Ref(self.read(value))
        if isinstance(value, list | tuple):
            return [self._reference(part) for part in cast("Sequence[Any]", value)]
        return int(value) if isinstance(value, growth.Count) else value

    def _change(self, tensor: Tensor) -> None:
        if self._ids.get(id(tensor)) not in self._made:
            raise Unsupported("a weight, an input or the state is changed in place")
        self._changed.add(tensor.untyped_storage().data_ptr())
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


def _pruned(made: _Recording) -> Graph:
    needed, calls = {n for n in made.outputs if n is not None}, list[Call]()
    for call in reversed(made.calls):
        if needed.intersection(call.results):
            calls.append(call)
            needed.update(references(list(call.arguments.values())))
    calls.reverse()
    users: dict[int, list[Call]] = {}
    for call in calls:
        for number in references(list(call.arguments.values())):
            users.setdefault(number, []).append(call)
    read = [n for call in calls for n in references(list(call.arguments.values()))]
    read += [n for n in made.outputs if n is not None]
    constants = {n: made.constants[n] for n in dict.fromkeys(read) if n in made.constants}
    return Graph(made.inputs, made.outputs, calls, made.values, constants, users)
