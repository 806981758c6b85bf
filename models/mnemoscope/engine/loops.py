"""From a graph of ATen operations to loops.

Views cost nothing. An element-wise operation whose one reader is element-wise too, and no larger, is computed inside its
reader's loop: so a pass over a matrix is read once and written once. What is part of the next state is written where it belongs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import cast

import torch

from mnemoscope.engine import ir
from mnemoscope.engine.growth import PROBES, Length, at, growing_axis, grows
from mnemoscope.engine.ir import Affine, Buffer, Expr, For, Leaf, Local, Program, Reduce, Set, Statement, Store
from mnemoscope.engine.simplify import simplified
from mnemoscope.engine.trace import Call, Graph, Ref
from mnemoscope.engine.values import Arguments, Lazy, Sort, Value, View, number, reader, sort_of, strides_of
from mnemoscope.errors import Unsupported

ALIGN = 4
"""Buffers begin at whole vectors of 16 bytes."""
MAX_NUMBERS = 1 << 23
"""Numbers of one tensor: below 2^24, so that an index is exact in a float32."""

Handler = Callable[["Builder", Call, "Arguments"], "Value | Sequence[Value | None]"]


class Builder:
    """The loops of one graph: handlers add statements and say what a call's results are."""

    def __init__(self, graph: Graph, operations: dict[str, Handler], readers: dict[str, set[str]]) -> None:
        """readers: what may compute an argument inside its loop, each number once: operation -> names of such arguments."""
        self.graph, self._operations, self._readers = graph, operations, readers
        self._values: dict[int, Value] = {}
        self._sizes: dict[ir.Space, int] = dict.fromkeys(
            ("input", "state", "next", "row", "weights", "scratch", "stores"), 0
        )
        self._stores: list[int] = []
        self._beyond = 0
        self._own: dict[Buffer, View] = {}
        """Stores of the state, as they are before the step."""
        self._variables = self._locals = 0
        self._body: list[Statement] = []
        self._call: Call | None = None
        self._homes: dict[int, View] = {}
        self._constants: list[tuple[int, int]] = []

    # --- the whole

    def build(self) -> Program:
        """The program of a step: (x [1, I], *state) -> (row [1, F], *next state). Raises Unsupported."""
        graph = self.graph
        x, *state = graph.inputs
        row, *after = graph.outputs
        if x is None or row is None:
            raise Unsupported("an input or a record that is no tensor")
        for number_ in (x, row, *(n for n in state if n is not None)):
            if graph.values[number_].dtype is not torch.float32:
                raise Unsupported(f"a state or input of {graph.values[number_].dtype}")
        self._values[x] = self._place("input", graph.values[x].shape)
        homes = [(row, self._place("row", graph.values[row].shape))]
        leaves: list[Leaf] = []
        for before, next_ in zip(state, after, strict=True):
            if before is None or next_ is None:
                leaves.append(Leaf(0, (), counted=0))
                continue
            leaf, home = self._leaf(before, graph.values[next_].shape)
            leaves.append(leaf)
            homes.append((next_, home))
        made = {result for call in graph.calls for result in call.results}
        for n, home in homes:
            if n in made:
                self._homes.setdefault(n, home)
        for call in graph.calls:
            self._run(call)
        for n, home in homes:
            value = self.value(n)
            if value != home:
                if grows(home.shape):
                    raise Unsupported(REWRITTEN)
                self.fill(home, value)
        sizes = self._sizes
        return Program(
            inputs=math.prod(graph.values[x].shape),
            row=math.prod(graph.values[row].shape),
            leaves=leaves,
            state=sizes["state"],
            constants=self._constants,
            weights=sizes["weights"],
            scratch=sizes["scratch"],
            stores=[*self._stores, sizes["stores"]] if self._stores else [],
            beyond=self._beyond,
            counted=None in state or bool(self._stores),
            body=simplified(self._body),
        )

    def _leaf(self, before: int, after: tuple[int, ...]) -> tuple[Leaf, View]:
        """A tensor of the state, and where it is after the step: in another place, or, where it grows, where it was."""
        shape = self.graph.values[before].shape
        grown = growing_axis(shape)
        if grown is None:
            if after != shape:
                raise Unsupported("a state that grows, of which only one example was given")
            self._values[before] = self._place("state", shape)
            home = self._place("next", shape)
            return Leaf(home.buffer.offset, shape), home
        longer = tuple(Length(n.more + 1) if isinstance(n, Length) else n for n in shape)
        if after != longer:
            raise Unsupported("a state that does not grow by one slot a step")
        place = self._place("stores", longer)
        self._values[before] = self._own[place.buffer] = View(place.buffer, 0, shape, place.strides)
        return Leaf(place.buffer.offset, at(shape, 0), grown), place

    def _run(self, call: Call) -> None:
        handler = self._operations.get(call.name)
        if handler is None:
            raise Unsupported(f"the operation {call.target}")
        self._call, arguments = call, Arguments(call, self.value)
        made = handler(self, call, arguments)
        arguments.require_defaults()
        results = [made] if isinstance(made, View | Lazy) else made
        for number_, value in zip(call.results, results, strict=True):
            if value is None:
                if number_ in self.graph.users or number_ in self.graph.outputs:
                    raise Unsupported(f"all results of the operation {call.target}")
                continue
            expected = self.graph.values[number_]
            if value.shape != expected.shape or value.sort != sort_of(expected.dtype):
                raise Unsupported(f"the operation {call.target} on {expected.dtype} {list(expected.shape)}")
            self._values[number_] = value

    # --- values

    def value(self, number_: int) -> Value:
        """What a value of the graph is; a weight gets its place when it is first read."""
        if number_ not in self._values:
            known = self.graph.values[number_]
            place = self._place("weights", known.shape, sort_of(known.dtype))
            self._constants.append((place.buffer.offset, number_))
            self._values[number_] = place
        return self._values[number_]

    def _place(self, space: ir.Space, shape: tuple[int, ...], sort: Sort = "number") -> View:
        grown, strides = growing_axis(shape), strides_of(shape)
        if grown is not None:
            if space not in ("scratch", "stores"):
                raise Unsupported("an input, a weight or a record that grows")
            space = "stores"
            self._stores.append(self._sizes[space])
            self._beyond = max(self._beyond, cast("Length", shape[grown]).more)
        size = math.prod(n for axis, n in enumerate(shape) if axis != grown)
        if sort == "precise":
            if space != "weights":
                raise Unsupported("float64 in memory")
            size, strides = 2 * size, tuple(2 * step for step in strides)
        if size > MAX_NUMBERS:
            raise Unsupported(f"a tensor of {size} numbers")
        buffer = Buffer(space, self._sizes[space], size)
        self._sizes[space] += size if space in ("row", "input") else -(-size // ALIGN) * ALIGN
        return View(buffer, 0, shape, strides, sort)

    def scratch(self, shape: tuple[int, ...], sort: Sort = "number") -> View:
        """Room for a tensor that lives within the step."""
        return self._place("scratch", shape, sort)

    def home(self, *, result: int = 0) -> View:
        """Where a result of the current call is to be written: in the next state or the row if it is a part of it."""
        assert self._call is not None
        number_ = self._call.results[result]
        home = self._homes.pop(number_, None)
        if home is not None and home.buffer in self._own and self._call.name != "cat":
            raise Unsupported(REWRITTEN)
        known = self.graph.values[number_]
        return home if home is not None else self.scratch(known.shape, sort_of(known.dtype))

    def own_before(self, place: View) -> View | None:
        """What a store of the state was before the step; None for other places."""
        return self._own.get(place.buffer)

    def stored(self, value: Value | float, shape: tuple[int, ...] = ()) -> View:
        """A value in memory; a scalar fills `shape`."""
        if isinstance(value, View):
            return value
        if not isinstance(value, Lazy):
            read = reader(value, shape)
            value = Lazy(shape, read)
        place = self.scratch(value.shape, value.sort)
        self.fill(place, value)
        return place

    def fill(self, place: View, value: Value) -> None:
        """Write all numbers of a value of the same shape."""
        with self.nest(place.shape) as index:
            self.store(place, index, number(value.at(index), value.sort))

    def elementwise(self, make: Callable[[Sequence[Affine]], Expr], sort: Sort = "number") -> Value:
        """The result of the current call, number by number: left to its reader, or computed."""
        assert self._call is not None
        [number_] = self._call.results
        lazy = Lazy(self.graph.values[number_].shape, make, sort)
        if sort == "precise" or self._is_left(number_):
            return lazy
        place = self.home()
        self.fill(place, lazy)
        return place

    def _is_left(self, number_: int) -> bool:
        users = self.graph.users.get(number_, [])
        if len(users) != 1 or number_ in self.graph.outputs:
            return False
        [user] = users
        size = self._size(number_)
        inside = self._readers.get(user.name, set())
        smaller = user.name not in MANY_TO_ONE and size < max(self._size(n) for n in user.results)
        if smaller and user.name not in ("cat", "stack"):
            return False
        ref = Ref(number_)
        return any(
            value == ref or (isinstance(value, list) and ref in value)
            for name, value in user.arguments.items()
            if name in inside
        )

    def _size(self, number_: int) -> int:
        """Numbers of a value; of one that grows, as it was recorded."""
        return math.prod(int(n) for n in at(self.graph.values[number_].shape, PROBES[0]))

    # --- statements

    def new_local(self) -> int:
        """A number of the step that statements set."""
        self._locals += 1
        return self._locals

    def add(self, statement: Statement) -> None:
        """One more statement."""
        self._body.append(statement)

    def store(self, place: View, index: Sequence[Affine], value: Expr) -> None:
        """place[index] = value."""
        self.add(Store(place.buffer, place.address(index), value))

    @contextmanager
    def loop(self, n: int | Length) -> Generator[Affine]:
        """A loop of n; what is added within is its body. The index of a loop of 1 is 0."""
        if n == 1:
            yield Affine(0)
            return
        self._variables += 1
        variable, outer = self._variables, self._body
        self._body = []
        yield Affine(0, ((variable, 1),))
        if self._body and n:
            outer.append(For(variable, n, self._body))
        self._body = outer

    @contextmanager
    def nest(self, shape: Sequence[int]) -> Generator[list[Affine]]:
        """A loop an axis, outermost first; that of an axis that grows before all others, as its numbers lie."""
        if not shape:
            yield []
            return
        grown = growing_axis(shape)
        if grown:
            with self.loop(shape[grown]) as slot, self.nest([*shape[:grown], *shape[grown + 1 :]]) as others:
                yield [*others[:grown], slot, *others[grown:]]
            return
        with self.loop(shape[0]) as first, self.nest(shape[1:]) as rest:
            yield [first, *rest]

    def reduced(self, axes: Sequence[int], op: str, start: Expr, term: Callable[[Sequence[Affine]], Expr]) -> Local:
        """A local that is `op` over these axes of term(index of those axes), from `start`."""
        local = self.new_local()
        self.add(Set(local, start))
        with self.nest(axes) as index:
            self.add(Reduce(local, op, term(index)))  # pyright: ignore[reportArgumentType]
        return Local(local)


MANY_TO_ONE = {"sum", "mean", "amax", "amin"}
"""Operations whose result may be smaller than what they read, each number of it once."""


REWRITTEN = "a state that grows otherwise than by what a step appends"
