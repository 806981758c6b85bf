"""A stable sort in WebAssembly: bottom-up merging of 64-bit keys without branches on what is compared.

A key is the float as a whole number that sorts like it (NaN last, −0 like 0) over its place, so no two are equal and the order of
equal floats is that of their places.
"""

from mnemoscope.engine.wasm import (
    ADD,
    F32,
    I32,
    I64,
    LESS,
    LOAD_F32,
    LOAD_I64,
    SELECT,
    SHIFT,
    STORE_F32,
    STORE_I64,
    SUB,
    block,
    branch,
    branch_if,
    f32,
    function_body,
    get,
    i32,
    i64,
    loop,
    memory,
    put,
    tee,
    when,
)

PARAMETERS = (I32,) * 5
"""Addresses of values, order and source, the number of floats, the address of 4 n floats of room."""
VALUES, ORDER, SOURCE, N, ROOM, AT, BITS, LEFT, LEFT_END, RIGHT, RIGHT_END, OUT, WIDTH, FROM, TO, LESSER = range(16)
X, ONE_KEY, OTHER_KEY = 16, 17, 18
LOCALS = (I32,) * 11 + (F32, I64, I64)
KEY_BYTES = 8


def _scaled(local: int, shift: int) -> bytes:
    return get(local) + i32(shift) + SHIFT


def _minimum(bytes_a: bytes, bytes_b: bytes) -> bytes:
    """The smaller of two i32 that are cheap to compute twice."""
    return bytes_a + bytes_b + bytes_a + bytes_b + LESS + SELECT


def _keys() -> bytes:
    """Room[i] = key of source[i]."""
    flipped = get(BITS) + i32(0x7FFFFFFF) + b"\x73"  # i32.xor: negative floats sort the other way round
    body = (
        get(SOURCE) + _scaled(AT, 2) + ADD + LOAD_F32 + memory(0) + tee(X)
        + f32(0.0) + b"\x92\xbc" + put(BITS)  # bits of x + 0: no −0
        + flipped + get(BITS) + get(BITS) + i32(0) + LESS + SELECT + put(BITS)
        + i32(0x7FFFFFFF) + get(BITS) + get(X) + get(X) + b"\x5c" + SELECT + put(BITS)  # f32.ne: NaN
        + get(ROOM) + _scaled(AT, 3) + ADD
        + get(BITS) + b"\xac" + i64(32) + b"\x86" + get(AT) + b"\xad" + b"\x84"  # extend_s, shl, extend_u, or
        + STORE_I64 + memory(0, 3)
        + get(AT) + i32(1) + ADD + tee(AT) + get(N) + LESS + branch_if(0)
    )  # fmt: skip
    return i32(0) + put(AT) + loop(body)


def _merge() -> bytes:
    """[LEFT, LEFT_END) and [RIGHT, RIGHT_END) into OUT."""

    def take(key: bytes) -> bytes:
        return get(OUT) + key + STORE_I64 + memory(0, 3) + get(OUT) + i32(KEY_BYTES) + ADD + put(OUT)

    def rest(begin: int, end: int) -> bytes:
        body = (
            get(begin) + get(end) + b"\x4f" + branch_if(1)  # i32.ge_u
            + take(get(begin) + LOAD_I64 + memory(0, 3))
            + get(begin) + i32(KEY_BYTES) + ADD + put(begin) + branch(0)
        )  # fmt: skip
        return block(loop(body))

    both = (
        get(LEFT) + get(LEFT_END) + b"\x4f" + branch_if(1)
        + get(RIGHT) + get(RIGHT_END) + b"\x4f" + branch_if(1)
        + get(LEFT) + LOAD_I64 + memory(0, 3) + put(ONE_KEY) + get(RIGHT) + LOAD_I64 + memory(0, 3) + put(OTHER_KEY)
        + get(OTHER_KEY) + get(ONE_KEY) + b"\x53" + put(LESSER)  # i64.lt_s
        + take(get(OTHER_KEY) + get(ONE_KEY) + get(LESSER) + SELECT)
        + get(RIGHT) + _scaled(LESSER, 3) + ADD + put(RIGHT)
        + get(LEFT) + i32(KEY_BYTES) + ADD + _scaled(LESSER, 3) + SUB + put(LEFT)
        + branch(0)
    )  # fmt: skip
    return block(loop(both)) + rest(LEFT, LEFT_END) + rest(RIGHT, RIGHT_END)


def _passes() -> bytes:
    """Runs of WIDTH keys are merged by two, from FROM to TO and back, until one is left."""
    end = get(FROM) + _scaled(N, 3) + ADD
    step = get(WIDTH) + i32(3) + SHIFT
    one_pass = (
        get(FROM) + put(LEFT) + get(TO) + put(OUT)
        + loop(
            _minimum(get(LEFT) + step + ADD, end) + tee(LEFT_END) + put(RIGHT)
            + _minimum(get(RIGHT) + step + ADD, end) + put(RIGHT_END)
            + _merge()
            + get(RIGHT_END) + tee(LEFT) + end + b"\x49" + branch_if(0)  # i32.lt_u
        )
        + get(FROM) + get(TO) + put(FROM) + put(TO)
        + get(WIDTH) + i32(1) + SHIFT + tee(WIDTH) + get(N) + LESS + branch_if(0)
    )  # fmt: skip
    whole = i32(1) + put(WIDTH) + get(ROOM) + put(FROM) + get(ROOM) + _scaled(N, 3) + ADD + put(TO)
    return whole + get(N) + i32(1) + b"\x4a" + when(loop(one_pass))  # i32.gt_s


def _results() -> bytes:
    """Values and places by the keys in FROM."""
    place = get(FROM) + _scaled(AT, 3) + ADD + LOAD_I64 + memory(0, 3) + b"\xa7"  # i32.wrap_i64: the lower half
    body = (
        place + put(BITS)
        + get(VALUES) + _scaled(AT, 2) + ADD
        + get(SOURCE) + _scaled(BITS, 2) + ADD + LOAD_F32 + memory(0) + STORE_F32 + memory(0)
        + get(ORDER) + _scaled(AT, 2) + ADD + get(BITS) + b"\xb2" + STORE_F32 + memory(0)  # f32.convert_i32_s
        + get(AT) + i32(1) + ADD + tee(AT) + get(N) + LESS + branch_if(0)
    )  # fmt: skip
    return i32(0) + put(AT) + loop(body)


def function() -> bytes:
    """The body of the function; n is at least 1."""
    return function_body(LOCALS, _keys() + _passes() + _results())
