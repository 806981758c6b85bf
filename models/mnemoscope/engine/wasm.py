"""Bytes of WebAssembly: numbers, instructions and sections (WebAssembly 2.0 with fixed-width SIMD; nothing relaxed, nothing fused).

What is here is the format's and knows no model: https://webassembly.github.io/spec/core/binary/
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

I32, F32, V128, I64, F64 = b"\x7f", b"\x7d", b"\x7b", b"\x7e", b"\x7c"
EMPTY = b"\x40"
"""The type of a block that leaves nothing."""


def unsigned(n: int) -> bytes:
    """LEB128 of a number from 0."""
    out = bytearray()
    while True:
        byte, n = n & 127, n >> 7
        out.append(byte | (128 if n else 0))
        if not n:
            return bytes(out)


def signed(n: int) -> bytes:
    """LEB128 of a number of either sign."""
    out = bytearray()
    while True:
        byte, n = n & 127, n >> 7
        last = (n == 0 and not byte & 64) or (n == -1 and byte & 64)
        out.append(byte if last else byte | 128)
        if last:
            return bytes(out)


def i32(n: int) -> bytes:
    """i32.const."""
    return b"\x41" + signed(n)


def i64(n: int) -> bytes:
    """i64.const."""
    return b"\x42" + signed(n)


def f32(x: float) -> bytes:
    """f32.const, rounded to float32."""
    return b"\x43" + _float(x)


def f64(x: float) -> bytes:
    """f64.const."""
    return b"\x44" + struct.pack("<d", x)


def v128(x: float) -> bytes:
    """Four times a float."""
    return simd(0x0C) + _float(x) * 4


def v128_int(n: int) -> bytes:
    """Four times a whole number of 32 bits."""
    return simd(0x0C) + struct.pack("<i", n) * 4


def _float(x: float) -> bytes:
    try:
        return struct.pack("<f", x)
    except OverflowError:  # beyond float32, as torch rounds it
        return struct.pack("<f", float("inf") if x > 0 else float("-inf"))


def simd(code: int) -> bytes:
    """An instruction on vectors."""
    return b"\xfd" + unsigned(code)


def get(local: int) -> bytes:
    """local.get."""
    return b"\x20" + unsigned(local)


def put(local: int) -> bytes:
    """local.set."""
    return b"\x21" + unsigned(local)


def tee(local: int) -> bytes:
    """local.tee."""
    return b"\x22" + unsigned(local)


def call(function: int) -> bytes:
    """Call a function by its number."""
    return b"\x10" + unsigned(function)


def memory(offset: int, align: int = 2) -> bytes:
    """Where a load or store goes beyond the address on the stack; align: log2 of the bytes."""
    return unsigned(align) + unsigned(offset)


def block(code: bytes) -> bytes:
    """What a branch leaves."""
    return b"\x02" + EMPTY + code + b"\x0b"


def loop(code: bytes) -> bytes:
    """What a branch begins again."""
    return b"\x03" + EMPTY + code + b"\x0b"


def when(code: bytes) -> bytes:
    """What is done if the i32 on the stack is not 0."""
    return b"\x04" + EMPTY + code + b"\x0b"


def branch(depth: int) -> bytes:
    """Always."""
    return b"\x0c" + unsigned(depth)


def branch_if(depth: int) -> bytes:
    """If the i32 on the stack is not 0."""
    return b"\x0d" + unsigned(depth)


ADD, SUB, MUL, LESS, SHIFT = b"\x6a", b"\x6b", b"\x6c", b"\x48", b"\x74"
"""i32: add, sub, mul, lt_s, shl."""
LOAD_I32, STORE_I32, LOAD_F32, STORE_F32, LOAD_I64, STORE_I64 = (
    bytes([c]) for c in (0x28, 0x36, 0x2A, 0x38, 0x29, 0x37)
)
LOAD_F64 = b"\x2b"
TO_INDEX, TO_INDEX64 = b"\xfc\x00", b"\xfc\x02"
"""i32.trunc_sat_f32_s, i32.trunc_sat_f64_s."""
TO_F64 = b"\xb7"
"""f64.convert_i32_s."""
SELECT = b"\x1b"
V_LOAD, V_LOAD_SPLAT, V_STORE = simd(0x00), simd(0x09), simd(0x0B)
SPLAT, LANE0 = simd(0x13), simd(0x1F) + b"\x00"
BITSELECT = simd(0x52)


def lane(n: int) -> bytes:
    """One of the four floats of a vector."""
    return simd(0x1F) + bytes([n])


SCALAR64 = {
    "add": b"\xa0", "sub": b"\xa1", "mul": b"\xa2", "div": b"\xa3", "min": b"\xa4", "max": b"\xa5",
    "abs": b"\x99", "neg": b"\x9a", "ceil": b"\x9b", "floor": b"\x9c", "trunc": b"\x9d", "nearest": b"\x9e", "sqrt": b"\x9f",
}  # fmt: skip
"""On one float64."""
SCALAR: dict[str, bytes] = {
    "add": b"\x92", "sub": b"\x93", "mul": b"\x94", "div": b"\x95", "min": b"\x96", "max": b"\x97",
    "abs": b"\x8b", "neg": b"\x8c", "ceil": b"\x8d", "floor": b"\x8e", "trunc": b"\x8f", "nearest": b"\x90", "sqrt": b"\x91",
    "eq": b"\x5b", "ne": b"\x5c", "lt": b"\x5d", "gt": b"\x5e", "le": b"\x5f", "ge": b"\x60",
    "and": b"\x71", "or": b"\x72", "not": b"\x45", "number": b"\xb2",
    **{f"f64.{name}": code for name, code in SCALAR64.items()}, "promote": b"\xbb", "demote": b"\xb6",
}  # fmt: skip
"""Operations of ir.py on one float; masks are an i32, 1 or 0."""
VECTOR = {
    "add": simd(0xE4), "sub": simd(0xE5), "mul": simd(0xE6), "div": simd(0xE7), "min": simd(0xE8), "max": simd(0xE9),
    "abs": simd(0xE0), "neg": simd(0xE1), "ceil": simd(0x67), "floor": simd(0x68), "trunc": simd(0x69), "nearest": simd(0x6A),
    "sqrt": simd(0xE3), "eq": simd(0x41), "ne": simd(0x42), "lt": simd(0x43), "gt": simd(0x44), "le": simd(0x45), "ge": simd(0x46),
    "and": simd(0x4E), "or": simd(0x50), "not": simd(0x4D), "number": v128(1.0) + simd(0x4E),
}  # fmt: skip
"""The same on four; masks are all bits or none."""


def function_type(parameters: Sequence[bytes], results: Sequence[bytes]) -> bytes:
    """The type of a function."""
    return b"\x60" + unsigned(len(parameters)) + b"".join(parameters) + unsigned(len(results)) + b"".join(results)


def function_body(types: Sequence[bytes], code: bytes) -> bytes:
    """A function's locals beyond its parameters, and its code."""
    runs: list[tuple[int, bytes]] = []
    for kind in types:
        if runs and runs[-1][1] == kind:
            runs[-1] = (runs[-1][0] + 1, kind)
        else:
            runs.append((1, kind))
    declared = unsigned(len(runs)) + b"".join(unsigned(n) + kind for n, kind in runs)
    whole = declared + code + b"\x0b"
    return unsigned(len(whole)) + whole


def module(
    types: Sequence[bytes],
    functions: Sequence[tuple[int, bytes]],
    *,
    pages: int,
    most: int,
    exports: Sequence[tuple[str, int]],
) -> bytes:
    """A module with a memory of its own, exported as `memory`, of `pages` that may become `most`. functions: (number of the type, body); exports: (name, function)."""
    named = [_name("memory") + b"\x02\x00", *(_name(name) + b"\x00" + unsigned(n) for name, n in exports)]
    return b"\0asm\x01\0\0\0" + b"".join(
        (
            _section(1, types),
            _section(3, [unsigned(kind) for kind, _ in functions]),
            _section(5, [b"\x01" + unsigned(pages) + unsigned(most)]),
            _section(7, named),
            _section(10, [body for _, body in functions]),
        )
    )


def _name(text: str) -> bytes:
    return unsigned(len(text)) + text.encode()


def _section(number: int, parts: Sequence[bytes]) -> bytes:
    content = unsigned(len(parts)) + b"".join(parts)
    return bytes([number]) + unsigned(len(content)) + content
