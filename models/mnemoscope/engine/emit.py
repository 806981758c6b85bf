"""From loops to WebAssembly: addresses, vectors of four where a loop lets them, and the module around a step.

The same bytes give the same bits wherever they run: there is no fused or relaxed instruction, and a function of one number is
that of four equal ones, so that a number does not hang on whether it fell into a vector or into the rest of a loop.
"""

from __future__ import annotations

from mnemoscope.engine import sorting, wasm, waves
from mnemoscope.engine.functions import FUNCTIONS, V
from mnemoscope.engine.ir import Expr, For, Load, Op, Program, Statement, expressions
from mnemoscope.engine.layout import COUNT, DONE, FREE_FROM, MOST_PAGES, NEXT, STATE, Layout
from mnemoscope.engine.statements import SORT, Emitter
from mnemoscope.engine.wasm import ADD, F64, I32, LESS, V128, branch_if, get, i32, loop, memory, put, tee

EMITTER = 2
"""Raised whenever the same graph gives other bits."""


def emit(program: Program, layout: Layout, *, feedback: tuple[int, int] | None = None) -> bytes:
    """The module of a step: exports `memory`, and `block`, which takes nothing and runs as many steps as the header says.

    feedback (state, input): from the step on that the header says, this float of the input is that of the state.
    """
    wanted = _functions(program.body)
    used = [name for name in FUNCTIONS if name in wanted]
    turned = [name for name in waves.FUNCTIONS if name in wanted]
    numbers = {name: n for n, name in enumerate([*used, SORT, *turned])}
    types = [
        wasm.function_type((V128,), (V128,)),
        wasm.function_type((V128,) * 3, (V128,)),
        wasm.function_type(sorting.PARAMETERS, ()),
        wasm.function_type((I32,) * 4, ()),
        wasm.function_type((), ()),
    ]
    types += [wasm.function_type((F64,), (F64,))] if turned else []
    functions: list[tuple[int, bytes]] = []
    for name in used:
        known = FUNCTIONS[name]
        code = known.code(lambda other, x: V(x.code + wasm.call(numbers[other])))
        functions.append((1 if known.parameters == 3 else 0, wasm.function_body((V128,) * known.locals, code)))
    functions.append((2, sorting.function()))
    for name in turned:
        functions.append((len(types) - 1, waves.FUNCTIONS[name]))
    step = len(functions)
    functions.append((3, Emitter(numbers, layout).function(program)))
    functions.append((4, _block(program, layout, feedback, step=step)))
    most = MOST_PAGES if program.stores else layout.pages
    return wasm.module(types, functions, pages=layout.pages, most=most, exports=[("block", len(functions) - 1)])


def _block(program: Program, layout: Layout, feedback: tuple[int, int] | None, *, step: int) -> bytes:
    """Count times: the step, then state and next state change places."""
    x, state, after, row, done, swapped = range(6)

    def header(field: int) -> bytes:
        return i32(0) + wasm.LOAD_I32 + memory(field)

    hear = b""
    if feedback is not None:
        source, target = feedback
        heard = get(x) + get(state) + wasm.LOAD_F32 + memory(4 * source) + wasm.STORE_F32 + memory(4 * target)
        hear = get(done) + header(FREE_FROM) + b"\x4e" + wasm.when(heard)  # i32.ge_s
    count = i32(0) + header(DONE) + i32(1) + ADD + wasm.STORE_I32 + memory(DONE) if program.counted else b""
    body = (
        hear
        + get(x) + get(state) + get(after) + get(row) + wasm.call(step)
        + count
        + get(state) + put(swapped) + get(after) + put(state) + get(swapped) + put(after)
        + get(x) + i32(4 * program.inputs) + ADD + put(x) + get(row) + i32(4 * program.row) + ADD + put(row)
        + get(done) + i32(1) + ADD + tee(done) + header(COUNT) + LESS + branch_if(0)
    )  # fmt: skip
    code = (
        i32(layout.input) + put(x) + i32(layout.row) + put(row) + header(STATE) + put(state) + header(NEXT) + put(after)
        + i32(0) + put(done)
        + header(COUNT) + wasm.when(loop(body))
        + i32(0) + get(state) + wasm.STORE_I32 + memory(STATE) + i32(0) + get(after) + wasm.STORE_I32 + memory(NEXT)
    )  # fmt: skip
    return wasm.function_body((I32,) * 6, code)


def _functions(body: list[Statement]) -> set[str]:
    """Names of the functions that statements call, and of those that these call."""
    found = set[str]()

    def look(expr: Expr) -> None:
        if isinstance(expr, Op):
            need(expr.name)
            for arg in expr.args:
                look(arg)
        elif isinstance(expr, Load) and expr.by is not None:
            look(expr.by)

    def need(name: str) -> None:
        if name in waves.FUNCTIONS:
            found.add(name)
        if name in FUNCTIONS and name not in found:
            found.add(name)
            for other in FUNCTIONS[name].needs:
                need(other)

    for statement in body:
        for expr in expressions(statement):
            look(expr)
        if isinstance(statement, For):
            found |= _functions(statement.body)
    return found
