"""Sine and cosine of one float64, which WebAssembly has no instruction for.

Cody & Waite's reduction to ±π/4 in three parts and the polynomials of the Cephes library (Moshier; double precision): within an ulp or
two of the exact value up to angles of 10^9. Beyond, where that no longer holds, NaN.
"""

from __future__ import annotations

from collections.abc import Sequence

from mnemoscope.engine.wasm import F64, I32, SCALAR64, SELECT, TO_INDEX64, f64, function_body, get, i32, put, tee

LARGEST = 1e9
TWO_OVER_PI = 0.63661977236758134308
HALF_PI = (1.57079625129699707031, 7.54978941586159635335e-8, 5.39030285815811905290e-15)
SINE = (
    1.58962301576546568060e-10, -2.50507477628578072866e-8, 2.75573136213857245213e-6,
    -1.98412698295895385996e-4, 8.33333333332211858878e-3, -1.66666666666666307295e-1,
)  # fmt: skip
COSINE = (
    -1.13585365213876817300e-11, 2.08757008419747316778e-9, -2.75573141792967388112e-7,
    2.48015872888517045348e-5, -1.38888888888730564116e-3, 4.16666666666665929218e-2,
)  # fmt: skip
X, TURNS, REST, SQUARE, RESULT, QUADRANT = range(6)
LOCALS = (F64,) * 4 + (I32,)
ADD, SUB, MUL, NEG = (SCALAR64[name] for name in ("add", "sub", "mul", "neg"))
AND, LESS64 = b"\x71", b"\x63"


def _polynomial(coefficients: Sequence[float]) -> bytes:
    code = f64(coefficients[0])
    for coefficient in coefficients[1:]:
        code += get(SQUARE) + MUL + f64(coefficient) + ADD
    return code


def _function(quarter: int) -> bytes:
    """sin(x + quarter · π/2)."""
    rest = get(X) + b"".join(get(TURNS) + f64(part) + MUL + SUB for part in HALF_PI)
    cosine = f64(1.0) + f64(0.5) + get(SQUARE) + MUL + SUB
    cosine += get(SQUARE) + get(SQUARE) + MUL + _polynomial(COSINE) + MUL + ADD
    sine = get(REST) + get(REST) + get(SQUARE) + MUL + _polynomial(SINE) + MUL + ADD
    code = (
        get(X) + f64(TWO_OVER_PI) + MUL + SCALAR64["nearest"] + put(TURNS)
        + rest + tee(REST) + get(REST) + MUL + put(SQUARE)
        + get(TURNS) + TO_INDEX64 + i32(quarter) + b"\x6a" + put(QUADRANT)
        + cosine + sine + get(QUADRANT) + i32(1) + AND + SELECT + put(RESULT)
        + get(RESULT) + NEG + get(RESULT) + get(QUADRANT) + i32(2) + AND + SELECT
        + f64(float("nan")) + get(X) + SCALAR64["abs"] + f64(LARGEST) + LESS64 + SELECT
    )  # fmt: skip
    return function_body(LOCALS, code)


FUNCTIONS = {"f64.sin": _function(0), "f64.cos": _function(1)}
"""Bodies, by the name of the operation."""
