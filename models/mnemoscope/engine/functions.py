"""What WebAssembly has no instruction for, on four floats at once: exp, log, tanh and what is made of them.

Polynomials are those of the Cephes library (Moshier; single precision, about one unit in the last place); of erf that of
Abramowitz & Stegun 7.1.26 (1.5e-7). Infinities, NaN, zeros and subnormal numbers come out as IEEE 754 and torch have them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mnemoscope.engine import wasm
from mnemoscope.engine.wasm import BITSELECT, VECTOR, simd

INFINITY, NOT_A_NUMBER = float("inf"), float("nan")
SIGN, MANTISSA, HALF_BITS = -0x80000000, 0x007FFFFF, 0x3F000000
LEAST_NORMAL, LEAST_NORMAL_SHIFT = 1.17549435e-38, 23
LOG2_E, LN2_HIGH, LN2_LOW = 1.44269504, 0.693359375, -2.12194440e-4


@dataclass(frozen=True)
class V:
    """Code that leaves one vector on the stack."""

    code: bytes

    def _with(self, name: str, *others: V) -> V:
        return V(self.code + b"".join(other.code for other in others) + VECTOR[name])

    def __add__(self, other: V) -> V:
        return self._with("add", other)

    def __sub__(self, other: V) -> V:
        return self._with("sub", other)

    def __mul__(self, other: V) -> V:
        return self._with("mul", other)

    def __truediv__(self, other: V) -> V:
        return self._with("div", other)

    def __neg__(self) -> V:
        return self._with("neg")

    def __lt__(self, other: V) -> V:
        return self._with("lt", other)

    def __and__(self, other: V) -> V:
        return self._with("and", other)

    def __or__(self, other: V) -> V:
        return self._with("or", other)

    def equals(self, other: V) -> V:
        """A mask."""
        return self._with("eq", other)

    def least(self, other: V) -> V:
        """The smaller, NaN if either is."""
        return self._with("min", other)

    def most(self, other: V) -> V:
        """The larger, NaN if either is."""
        return self._with("max", other)

    def op(self, name: str) -> V:
        """An operation on one vector."""
        return self._with(name)

    def int(self, code: int, *others: V | bytes) -> V:
        """An instruction on whole numbers."""
        return V(self.code + b"".join(o if isinstance(o, bytes) else o.code for o in others) + simd(code))

    def polynomial(self, *coefficients: float) -> V:
        """Horner's scheme, highest power first; self must be a bare local."""
        total = constant(coefficients[0])
        for coefficient in coefficients[1:]:
            total = total * self + constant(coefficient)
        return total


SHL, SHR_S, SHR_U, ADD_INT, SUB_INT, FROM_FLOAT, TO_FLOAT = 0xAB, 0xAC, 0xAD, 0xAE, 0xB1, 0xF8, 0xFA


def constant(x: float) -> V:
    """Four times a number."""
    return V(wasm.v128(x))


def whole(n: int) -> V:
    """Four times a whole number."""
    return V(wasm.v128_int(n))


def local(n: int) -> V:
    """A parameter or local."""
    return V(wasm.get(n))


def choose(mask: V, yes: V, no: V) -> V:
    """Yes where the mask is, else no."""
    return V(yes.code + no.code + mask.code + BITSELECT)


Calls = Callable[[str, V], V]
X, A, B, C = (local(n) for n in range(4))
"""The parameter, and locals of a function of one."""
ONE = constant(1.0)


def _exp(_: Calls) -> bytes:
    """2^n e^r with r in ±ln 2 / 2; 2^n in two factors, so that it reaches infinity and the subnormal numbers."""
    power = A.int(SHR_S, wasm.i32(1))
    scale = (
        B.int(ADD_INT, whole(127)).int(SHL, wasm.i32(23)),
        A.int(SUB_INT, B).int(ADD_INT, whole(127)).int(SHL, wasm.i32(23)),
    )
    tail = C.polynomial(
        1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1
    )
    return (
        X.least(constant(89.0)).most(constant(-104.0)).code + wasm.put(0)
        + (X * constant(LOG2_E)).op("nearest").code + wasm.put(1)
        + (X - A * constant(LN2_HIGH) - A * constant(LN2_LOW)).code + wasm.put(3)
        + A.int(FROM_FLOAT).code + wasm.put(1)
        + power.code + wasm.put(2)
        + ((tail * C * C + C + ONE) * scale[0] * scale[1]).code
    )  # fmt: skip


def _log(_: Calls) -> bytes:
    """Exponent and mantissa in [√½, √2); locals: 1 the argument, 2 exponent, 3 mantissa − 1, 4 where it was subnormal."""
    original, exponent, m, small = (local(n) for n in (1, 2, 3, 4))
    tail = m.polynomial(
        7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
        -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
    )  # fmt: skip
    square = m * m
    result = (
        m * square * tail + exponent * constant(LN2_LOW) - constant(0.5) * square + m + exponent * constant(LN2_HIGH)
    )
    special = choose(X.equals(constant(INFINITY)), X, V(wasm.get(5)))
    special = choose(X.equals(constant(0.0)), constant(-INFINITY), special)
    special = choose(constant(0.0) > X, constant(NOT_A_NUMBER), special)
    return (
        (constant(LEAST_NORMAL) > X).code + wasm.put(4)
        + choose(small, X * constant(2.0**LEAST_NORMAL_SHIFT), X).code + wasm.put(1)
        + original.int(SHR_U, wasm.i32(23)).int(SUB_INT, whole(126)).int(SUB_INT, small & whole(LEAST_NORMAL_SHIFT))
        .int(TO_FLOAT).code + wasm.put(2)
        + (original & whole(MANTISSA) | whole(HALF_BITS)).code + wasm.put(3)
        + (m < constant(0.70710678)).code + wasm.put(4)
        + (exponent - (ONE & small)).code + wasm.put(2)
        + (m - ONE + (m & small)).code + wasm.put(3)
        + result.code + wasm.put(5)
        + choose(X.equals(X), special, X).code
    )  # fmt: skip


def _log1p(call: Calls) -> bytes:
    """Kahan: log(u) x / (u − 1) of u = 1 + x makes up for what 1 + x lost."""
    exact = choose(A.equals(ONE), X, call("log", A) * (X / (A - ONE)))
    return (X + ONE).code + wasm.put(1) + choose(X.equals(constant(INFINITY)), X, exact).code


def _expm1(call: Calls) -> bytes:
    """Kahan: (u − 1) x / log(u) of u = e^x makes up for what u − 1 lost."""
    less = A - ONE
    exact = choose(less.equals(constant(-1.0)), less, less * (X / call("log", A)))
    exact = choose(A.equals(constant(INFINITY)), A, exact)
    return call("exp", X).code + wasm.put(1) + choose(A.equals(ONE), X, exact).code


def _tanh(call: Calls) -> bytes:
    odd = B.polynomial(-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1)
    large = ONE - constant(2.0) / (call("exp", A * constant(2.0)) + ONE)
    return (
        X.op("abs").code + wasm.put(1) + (X * X).code + wasm.put(2) + large.code + wasm.put(3)
        + choose(constant(0.625) > A, odd * B * X + X, C | (X & whole(SIGN))).code
    )  # fmt: skip


def _sigmoid(call: Calls) -> bytes:
    return (ONE / (ONE + call("exp", -X))).code


def _silu(call: Calls) -> bytes:
    return (X / (ONE + call("exp", -X))).code


def _softplus(call: Calls) -> bytes:
    return (X.most(constant(0.0)) + call("log1p", call("exp", -X.op("abs")))).code


def _log_sigmoid(call: Calls) -> bytes:
    return (X.least(constant(0.0)) - call("log1p", call("exp", -X.op("abs")))).code


def _erf(call: Calls) -> bytes:
    tail = B.polynomial(1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)
    return (
        X.op("abs").code + wasm.put(1) + (ONE / (ONE + constant(0.3275911) * A)).code + wasm.put(2)
        + (ONE - tail * B * call("exp", -(A * A)) | (X & whole(SIGN))).code
    )  # fmt: skip


def _gelu(call: Calls) -> bytes:
    return (constant(0.5) * X * (ONE + call("erf", X * constant(0.70710678118)))).code


def _lerp(_: Calls) -> bytes:
    """From the nearer end, as torch: exact at both."""
    start, end, weight = X, A, B
    near = weight.op("abs") < constant(0.5)
    return choose(near, start + weight * (end - start), end - (end - start) * (ONE - weight)).code


@dataclass(frozen=True)
class Function:
    """A function of vectors."""

    parameters: int
    locals: int
    code: Callable[[Calls], bytes]
    needs: tuple[str, ...] = ()


FUNCTIONS = {
    "exp": Function(1, 3, _exp),
    "log": Function(1, 5, _log),
    "log1p": Function(1, 1, _log1p, ("log",)),
    "expm1": Function(1, 1, _expm1, ("exp", "log")),
    "tanh": Function(1, 3, _tanh, ("exp",)),
    "sigmoid": Function(1, 0, _sigmoid, ("exp",)),
    "silu": Function(1, 0, _silu, ("exp",)),
    "softplus": Function(1, 0, _softplus, ("exp", "log1p")),
    "log_sigmoid": Function(1, 0, _log_sigmoid, ("exp", "log1p")),
    "erf": Function(1, 2, _erf, ("exp",)),
    "gelu": Function(1, 0, _gelu, ("erf",)),
    "lerp": Function(3, 0, _lerp),
}
"""In an order in which each comes after those it needs."""
