"""The function of one step: its loops, with vectors of four where every number of a loop lies beside the next.

An innermost loop is a loop of vectors when all it reads and writes goes on by one number, or stays. A loop around a sum is one
when the sum's columns lie so: then four sums are made at once. What is left over goes number by number, or, in columns, once more
over the last four.

A sum over the steps so far is a sum of sums of STRETCH terms: of a hundred thousand numbers one after the other, a float32 loses
two digits more (Higham 1993, "The accuracy of floating point summation", §3: blocked summation).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager

from mnemoscope.engine import wasm
from mnemoscope.engine.expressions import Addresses, Expressions
from mnemoscope.engine.growth import Length
from mnemoscope.engine.ir import (
    STEPS,
    Affine,
    Buffer,
    Expr,
    For,
    Program,
    Reduce,
    Set,
    Sort,
    Statement,
    Store,
    expressions,
    loads,
    locals_of,
)
from mnemoscope.engine.layout import DONE, ROOM, Layout
from mnemoscope.engine.simplify import LANES, is_of_columns, is_of_vectors, sums_of
from mnemoscope.engine.wasm import (
    ADD,
    F32,
    I32,
    LESS,
    STORE_F32,
    V128,
    V_STORE,
    branch_if,
    get,
    i32,
    loop,
    memory,
    put,
    tee,
)

SORT = "sort"
"""The name of the function that sorts, among those of functions.py."""
BYTES = 16
MANY = 1 << 16
"""What a length that follows the steps so far is taken for where a loop is laid out."""
AND = b"\x71"
"""i32.and"""
STRETCH = 256
"""Terms that a sum over the steps so far adds up before they go to those before them."""
SUMS, STORES = 4, 2
"""Vectors side by side in a loop that sums (so that one addition need not wait for the last), and in one that only writes."""
FOLDED = {"add": "add", "max": "max", "min": "min"}
START = {"add": 0.0, "max": float("-inf"), "min": float("inf")}


class Emitter:
    """Code of the statements of one step; parameters are the addresses of x, state, next state and row."""

    def __init__(self, functions: dict[str, int], layout: Layout) -> None:
        """functions: their numbers in the module."""
        self._layout = layout
        self._stores: dict[int, int] = {}
        self._types: list[bytes] = []
        self._free: dict[bytes, list[int]] = {}
        fixed = {"weights": layout.weights, "scratch": layout.scratch}
        self._addresses = Addresses(fixed, self.variable, self._stores.__getitem__)
        self._expressions = Expressions(functions, self._addresses, self.number, self.temporary)
        self._sort = functions[SORT]
        self._numbers: dict[int, int] = {}
        self._variables: dict[int, int] = {}

    def function(self, program: Program) -> bytes:
        """The body of the function."""
        code = self._begin(program) + self._all(program.body)
        return wasm.function_body(self._types, code)

    def _begin(self, program: Program) -> bytes:
        """The steps so far, and where each store lies, from the header into locals."""
        if not program.counted:
            return b""
        self._variables[STEPS] = self._new(I32)
        code = i32(0) + wasm.LOAD_I32 + memory(DONE) + put(self._variables[STEPS])
        for floats in program.stores[:-1]:
            self._stores[floats] = self._new(I32)
            room = i32(0) + wasm.LOAD_I32 + memory(ROOM)
            code += room + i32(4 * floats) + wasm.MUL + i32(self._layout.stores) + ADD + put(self._stores[floats])
        return code

    # --- locals

    @contextmanager
    def _own(self, kind: bytes, count: int = 1) -> Generator[list[int]]:
        """Locals that are free again afterwards."""
        pool = self._free.setdefault(kind, [])
        taken = [pool.pop() if pool else self._new(kind) for _ in range(count)]
        yield taken
        pool.extend(reversed(taken))

    def _new(self, kind: bytes) -> int:
        self._types.append(kind)
        return 3 + len(self._types)

    def number(self, local: int) -> int:
        """The float of the step's own local."""
        if local not in self._numbers:
            self._numbers[local] = self._new(F32)
        return self._numbers[local]

    def variable(self, name: int) -> int:
        """The i32 that counts a loop that is under way."""
        return self._variables[name]

    @contextmanager
    def temporary(self, kind: bytes) -> Generator[int]:
        """A local for the moment."""
        with self._own(kind) as [local]:
            yield local

    # --- statements

    def _all(self, body: Sequence[Statement]) -> bytes:
        return b"".join(self._one(statement) for statement in body)

    def _one(self, statement: Statement) -> bytes:
        if isinstance(statement, For):
            return self._loop(statement)
        if isinstance(statement, Set):
            return self._expressions.scalar(statement.value) + put(self.number(statement.local))
        if isinstance(statement, Reduce):
            local = self.number(statement.local)
            return get(local) + self._expressions.scalar(statement.value) + wasm.SCALAR[statement.op] + put(local)
        if isinstance(statement, Sort):
            return self._sorted(statement)
        code, offset = self._addresses.of(statement.buffer, statement.at)
        if statement.by is not None:
            code += self._expressions.picked(statement.by, statement.scale)
        return code + self._expressions.scalar(statement.value) + STORE_F32 + memory(offset)

    def _sorted(self, sort: Sort) -> bytes:
        def address(buffer: Buffer, at: Affine) -> bytes:
            code, offset = self._addresses.of(buffer, at)
            return code + i32(offset) + ADD

        places = [(sort.values, sort.out), (sort.order, sort.out), (sort.source, sort.at)]
        given = b"".join(address(*place) for place in places)
        return given + i32(sort.n) + address(sort.work, Affine(0)) + wasm.call(self._sort)

    def _loop(self, statement: For) -> bytes:
        if is_of_vectors(statement):
            return self._vectors(statement)
        if is_of_columns(statement):
            return self._columns(statement)
        with self._own(I32) as [counter], self._until(statement.n) as (before, until):
            self._variables[statement.variable] = counter
            begin = before + i32(0) + put(counter)
            sums = [self.number(local) for local in sums_of(statement.body)]
            if not (isinstance(until, bytes) and sums):
                return begin + _counted(self._all(statement.body), counter, 1, until)
            with self._own(F32, len(sums)) as totals:
                parts = list(zip(sums, totals, strict=True))
                rounds = self._summed(
                    lambda: self._all(statement.body), counter, until, parts, wasm.SCALAR["add"], wasm.f32(0.0)
                )
                return begin + rounds

    def _summed(
        self,
        body: Callable[[], bytes],
        counter: int,
        until: bytes,
        parts: Sequence[tuple[int, int]],
        add: bytes,
        none: bytes,
    ) -> bytes:
        """The loop of `_counted` around sums. parts: of each its local, and one that holds what was added up before."""
        both = [(get(total) + get(local) + add, local, total) for local, total in parts]
        between = b"".join(code + put(total) + none + put(local) for code, local, total in both)
        begin = b"".join(none + put(total) for _, total in parts)
        end = b"".join(code + put(local) for code, local, _ in both)
        return begin + self._stretches(body, counter, 1, until, between) + end

    def _stretches(self, body: Callable[[], bytes], counter: int, step: int, until: bytes, between: bytes) -> bytes:
        """The loop of `_counted`; after every STRETCH rounds but the last ones come what is `between`.

        body: a function, since what it takes for a while may not be what holds the end of a stretch.
        """
        with self._own(I32) as [limit]:
            more, beyond = get(counter) + until + LESS, get(counter) + i32(STRETCH * step) + ADD
            least = beyond + tee(limit) + until + get(limit) + until + LESS + wasm.SELECT + put(limit)
            rounds = loop(body() + get(counter) + i32(step) + ADD + tee(counter) + get(limit) + LESS + branch_if(0))
            return more + wasm.when(loop(least + rounds + more + wasm.when(between) + more + branch_if(0)))

    @contextmanager
    def _until(self, n: int | Length, unit: int = 1, of: int = 1) -> Generator[tuple[bytes, int | bytes]]:
        """Code to be run before a loop, and what its counter goes on to: n · unit, without what does not fill `of` of n."""
        if not isinstance(n, Length):
            yield b"", n // of * of * unit
            return
        with self._own(I32) as [bound]:
            code = get(self._variables[STEPS]) + i32(n.per) + wasm.MUL + i32(n.more) + ADD
            code += i32(-of) + AND if of > 1 else b""
            yield code + i32(unit) + wasm.MUL + put(bound), get(bound)

    # --- innermost loops

    def _vectors(self, statement: For) -> bytes:
        """All statements of a body, four numbers at a time; the rest of them one at a time."""
        n, variable, body = statement.n, statement.variable, statement.body
        many = MANY if isinstance(n, Length) else n
        sums = [s for s in body if isinstance(s, Reduce)]
        beside = (SUMS if many >= SUMS * LANES else 1) if sums else (STORES if many >= STORES * LANES else 1)
        with (
            self._until(n, 4, beside * LANES) as (blocks_before, blocks),
            self._until(n, 4, LANES) as (vectors_before, vectors),
            self._until(n, 4) as (rest_before, rest),
            self._own(I32) as [counter],
            self._own(V128, beside * len(sums)) as accumulators,
            self._hoisted(body, variable, counter) as before,
        ):
            at = {id(s): accumulators[k * beside : (k + 1) * beside] for k, s in enumerate(sums)}
            code = before + i32(0) + put(counter)
            for s in sums:
                code += b"".join(wasm.v128(START[s.op]) + put(local) for local in at[id(s)])

            def block(width: int) -> bytes:
                return b"".join(self._vector(s, at.get(id(s), []), k) for s in body for k in range(width))

            if isinstance(blocks, bytes) and any(s.op == "add" for s in sums):
                between = b"".join(
                    self._folded(s, at[id(s)]) + b"".join(wasm.v128(START[s.op]) + put(local) for local in at[id(s)])
                    for s in sums
                )
                code += blocks_before + self._stretches(lambda: block(beside), counter, beside * BYTES, blocks, between)
            elif blocks:
                code += blocks_before + _counted(block(beside), counter, beside * BYTES, blocks)
            if isinstance(n, Length):
                code += vectors_before + _counted(block(1), counter, BYTES, vectors)
            else:
                for _ in range(n % (beside * LANES) // LANES):
                    code += block(1) + get(counter) + i32(BYTES) + ADD + put(counter)
            for s in sums:
                code += self._folded(s, at[id(s)])
            with self._expressions.one_by_one():
                if isinstance(n, Length) or n % LANES:
                    code += rest_before + _counted(self._all(body), counter, 4, rest)
            return code

    def _vector(self, statement: Statement, accumulators: list[int], k: int) -> bytes:
        """One statement for the k-th vector of a block."""
        value = self._expressions.vector(_value(statement), k)
        if isinstance(statement, Reduce):
            return get(accumulators[k]) + value + wasm.VECTOR[statement.op] + put(accumulators[k])
        assert isinstance(statement, Store)
        code, offset = self._addresses.of(statement.buffer, statement.at)
        return code + value + V_STORE + memory(offset + BYTES * k)

    def _folded(self, statement: Reduce, accumulators: list[int]) -> bytes:
        """The sum of all lanes into the number it belongs to."""
        first, *others = accumulators
        code = b"".join(get(first) + get(local) + wasm.VECTOR[statement.op] + put(first) for local in others)
        lanes = [get(first) + wasm.lane(n) for n in range(LANES)]
        op, local = wasm.SCALAR[statement.op], self.number(statement.local)
        return code + get(local) + lanes[0] + lanes[1] + op + lanes[2] + lanes[3] + op + op + op + put(local)

    # --- sums of columns

    def _columns(self, statement: For) -> bytes:
        """[Set, For k: Reduce, Store] for four columns at a time."""
        begin, across, end = statement.body
        assert isinstance(begin, Set)
        assert isinstance(across, For)
        assert isinstance(end, Store)
        [term] = across.body
        assert isinstance(term, Reduce)
        n = statement.n
        assert not isinstance(n, Length)
        beside = min(SUMS, n // LANES)
        with (
            self._own(I32, 2) as [counter, inner],
            self._own(V128, beside) as accumulators,
            self._own(V128, beside if isinstance(across.n, Length) and term.op == "add" else 0) as totals,
            self._until(across.n) as (across_before, until),
            self._hoisted([begin, term, end], statement.variable, counter, (across.variable, inner)) as before,
        ):
            self._variables[across.variable] = inner

            def block(width: int) -> bytes:
                used = accumulators[:width]
                code = b"".join(self._expressions.vector(begin.value, k) + put(local) for k, local in enumerate(used))

                def step() -> bytes:
                    return b"".join(
                        get(local) + self._expressions.vector(term.value, k) + wasm.VECTOR[term.op] + put(local)
                        for k, local in enumerate(used)
                    )

                code += i32(0) + put(inner)
                if totals and isinstance(until, bytes):
                    parts = list(zip(used, totals, strict=False))
                    code += self._summed(step, inner, until, parts, wasm.VECTOR["add"], wasm.v128(0.0))
                else:
                    code += _counted(step(), inner, 1, until)
                address, offset = self._addresses.of(end.buffer, end.at)
                for k, local in enumerate(used):
                    with self._expressions.standing(end, begin.local, local):
                        code += address + self._expressions.vector(end.value, k) + V_STORE + memory(offset + BYTES * k)
                return code

            code, done = across_before + before + i32(0) + put(counter), 0
            whole = n // (beside * LANES)
            if whole:
                done = whole * beside * LANES
                code += _counted(block(beside), counter, beside * BYTES, 4 * done)
            for _ in range((n - done) // LANES):
                code += i32(4 * done) + put(counter) + block(1)
                done += LANES
            if done < n:
                code += i32(4 * (n - LANES)) + put(counter) + block(1)
            return code

    @contextmanager
    def _hoisted(
        self, body: Sequence[Statement], variable: int, counter: int, inner: tuple[int, int] | None = None
    ) -> Generator[bytes]:
        """What does not change in a loop is computed before it: addresses, numbers that stay. Yields that code."""
        written = {s.buffer for s in body if isinstance(s, Store)}
        sums = {s.local for s in body if isinstance(s, Reduce | Set)}
        reads = [load for s in body for expr in expressions(s) for load in loads(expr)]
        moving = {variable} if inner is None else {variable, inner[0]}
        places = [(load.buffer, load.at) for load in reads] + [(s.buffer, s.at) for s in body if isinstance(s, Store)]
        stays = dict.fromkeys(
            load for load in reads if load.buffer not in written and not any(load.at.of(v) for v in moving)
        )
        names = dict.fromkeys(n for s in body for expr in expressions(s) for n in locals_of(expr) if n not in sums)
        bases = dict.fromkeys(self._addresses.base(buffer, at, moving) for buffer, at in places)
        bases.pop(None, None)
        with (
            self._own(I32, len(bases)) as held,
            self._own(V128, len(stays)) as numbers,
            self._own(V128, len(names)) as spread,
        ):
            code = b""
            for load, local in zip(stays, numbers, strict=True):
                address, offset = self._addresses.of(load.buffer, load.at)
                code += address + wasm.V_LOAD_SPLAT + memory(offset) + put(local)
            for name, local in zip(names, spread, strict=True):
                code += get(self.number(name)) + wasm.SPLAT + put(local)
            for base, local in zip(bases, held, strict=True):
                assert base is not None
                code += self._addresses.code(base) + put(local)
            kept = dict(zip(bases, held, strict=True))
            with (
                self._addresses.within(kept, moving, {variable: (counter, 1)}),
                self._expressions.within(
                    variable, dict(zip(stays, numbers, strict=True)), dict(zip(names, spread, strict=True))
                ),
            ):
                yield code


def _value(statement: Statement) -> Expr:
    assert isinstance(statement, Reduce | Store)
    return statement.value


def _counted(body: bytes, counter: int, step: int, until: int | bytes) -> bytes:
    """A loop whose counter goes on by `step` to `until`, from where it stands; one whose end is code may have nothing to do."""
    if isinstance(until, bytes):
        left = get(counter) + i32(step) + ADD + tee(counter) + until + LESS + branch_if(0)
        return get(counter) + until + LESS + wasm.when(loop(body + left))
    return loop(body + get(counter) + i32(step) + ADD + tee(counter) + i32(until) + LESS + branch_if(0))
