"""exp, expm1, log, log1p, tanh, erf for float32 in plain arithmetic, kept in vectors.

Each is a range reduction and a minimax polynomial (fitted in float64 by Lawson's
iteration on Chebyshev nodes), within 2 units in the last place; nan, infinities, signed
zeros and subnormal numbers come out as in the C library.  float64 has a file of its
own (doubles.py), but for erf, which calls that library.
"""

import math

from rushlight._compiler.codegen.llvm import doubles, machine

_LOG2_E = 1 / math.log(2)
_LN2_HIGH, _LN2_LOW = 0.693359375, -2.12194440e-4
#: e^r for exp.
_EXP = (
    1.0,
    1.0,
    0.5,
    0.1666654348373413,
    0.041666436940431595,
    0.008366545662283897,
    0.0013937862822785974,
)
#: e^r = 1 + r + r^2 P(r).
_EXPM1 = (
    0.5,
    0.1666666716337204,
    0.04166648909449577,
    0.008333208039402962,
    0.001393268583342433,
    0.0001994426129385829,
)
_LOG = (
    0.3333331,
    -0.2500001,
    0.20002167,
    -0.1666809,
    0.14218552,
    -0.12403087,
    0.11893525,
    -0.11694325,
    0.067575306,
)
_TANH = (-0.33333284, 0.1333149, -0.053743497, 0.020650579, -0.0057170368)
_ERF_SMALL = (
    0.12837911,
    -0.3761249780654907,
    0.11281845718622208,
    -0.02676771953701973,
    0.0049948301166296005,
    -0.0005999404238536954,
)
_ERF_LARGE = (
    -0.00017468450823798776,
    1.1295149326324463,
    0.6333469152450562,
    0.10828009247779846,
    -0.02511942759156227,
    0.00417106319218874,
    -0.0004344626795500517,
    2.1095058400533162e-05,
)


def exp(v, x, dtype="f32"):
    """e^x: ``2^n * p(r)`` with ``x = n ln 2 + r``, scaled in two halves."""
    if dtype != "f32":
        return doubles.exp(v, x)
    whole, r = _by_ln2(v, x, -104.0, 89.0)
    p = v.polynomial(r, _EXP, dtype)
    if machine.scales_exponents():
        return v.ldexp(p, whole)
    half = v.ashr(whole, v.int_const(1, dtype))
    scaled = v.fmul(p, _power_of_two(v, half))
    return v.fmul(scaled, _power_of_two(v, v.sub(whole, half)))


def _by_ln2(v, x, least, greatest):
    """n, an integer, and r with ``x = n ln 2 + r``, for x clamped; nan stays in r."""
    low, high = v.const(least, "f32"), v.const(greatest, "f32")
    x = v.b.select(v.b.fcmp("olt", high, x), high, x)
    x = v.b.select(v.b.fcmp("ogt", low, x), low, x)
    n = v.intrinsic("rint", "f32", v.fmul(x, v.const(_LOG2_E, "f32")))
    r = v.fma(n, v.const(-_LN2_HIGH, "f32"), x)
    r = v.fma(n, v.const(-_LN2_LOW, "f32"), r)
    # a freeze, since nan has no integer
    return v.freeze(v.b.convert("fptosi", n, v.int_type_of("f32"))), r


def expm1(v, x, dtype="f32"):
    """e^x - 1: ``2^n (e^r - 1) + (2^n - 1)``."""
    if dtype != "f32":
        return doubles.expm1(v, x)
    b = v.b
    n, r = _by_ln2(v, x, -80.0, 89.0)
    p = v.fma(v.polynomial(r, _EXPM1, dtype), v.fmul(r, r), r)
    # 2^128 is none: the last doubling comes last
    last = b.icmp("sgt", n, v.int_const(127, dtype))
    n = b.select(last, v.int_const(127, dtype), n)
    scale = _power_of_two(v, n)
    result = v.fma(scale, p, v.fsub(scale, v.const(1.0, dtype)))
    result = b.select(last, v.fadd(result, result), result)
    return v.intrinsic("copysign", dtype, result, x)


def _power_of_two(v, n):
    """2^n for an integer in the range of normal numbers, by its bits."""
    bits = v.shl(v.add(n, v.int_const(127, "f32")), v.int_const(23, "f32"))
    return v.b.bitcast(bits, v.type_of("f32"))


def log(v, x, dtype="f32"):
    """ln x: ``n ln 2 + ln m`` with m around 1."""
    if dtype != "f32":
        return doubles.log(v, x)
    b, c, i = v.b, (lambda k: v.const(k, dtype)), (lambda k: v.int_const(k, dtype))
    tiny = b.fcmp("olt", x, c(1.1754944e-38))
    y = b.select(tiny, v.fmul(x, c(2.0**23)), x)
    n, m = _parts(v, y)
    n = b.select(tiny, v.sub(n, i(23)), n)
    result = _log_near_one(v, n, v.fsub(m, c(1.0)))
    # above zero and finite, or else: inf and nan are their own logarithm
    result = b.select(b.fcmp("olt", x, c(math.inf)), result, x)
    return _log_of_few(v, x, result)


def log1p(v, x, dtype="f32"):
    """ln (1 + x): what rounding 1 + x loses is added to m."""
    if dtype != "f32":
        return doubles.log1p(v, x)
    b, c, i = v.b, (lambda k: v.const(k, dtype)), (lambda k: v.int_const(k, dtype))
    y = v.fadd(x, c(1.0))
    back = v.fsub(y, c(1.0))
    lost = v.fadd(v.fsub(c(1.0), v.fsub(y, back)), v.fsub(x, back))
    n, m = _parts(v, y)
    few = b.select(b.icmp("slt", n, i(64)), n, i(64))
    lost = v.fmul(lost, _power_of_two(v, v.sub(i(0), few)))
    result = _log_near_one(v, n, v.fadd(v.fsub(m, c(1.0)), lost))
    result = b.select(b.fcmp("olt", x, c(math.inf)), result, x)
    result = b.select(b.fcmp("oeq", x, c(0.0)), x, result)
    return _log_of_few(v, y, result)


def _parts(v, x):
    """n, an integer, and m in [sqrt(1/2), sqrt(2)) with ``x = 2^n m``."""
    bits = v.b.bitcast(x, v.int_type_of("f32"))
    shifted = v.sub(bits, v.int_const(0x3F3504F3, "f32"))
    n = v.ashr(shifted, v.int_const(23, "f32"))
    m = v.sub(bits, v.shl(n, v.int_const(23, "f32")))
    return n, v.b.bitcast(m, v.type_of("f32"))


def _log_near_one(v, n, f):
    """``n ln 2 + ln(1 + f)``."""
    n = v.b.convert("sitofp", n, f.type)
    square = v.fmul(f, f)
    p = v.fmul(v.fmul(v.polynomial(f, _LOG, "f32"), f), square)
    p = v.fma(n, v.const(_LN2_LOW, "f32"), p)
    p = v.fma(square, v.const(-0.5, "f32"), p)
    return v.fma(n, v.const(_LN2_HIGH, "f32"), v.fadd(f, p))


def _log_of_few(v, x, result):
    """The logarithm of 0 and of what is below."""
    zero = v.const(0.0, "f32")
    result = v.b.select(v.b.fcmp("oeq", x, zero), v.const(-math.inf, "f32"), result)
    return v.b.select(v.b.fcmp("olt", x, zero), v.const(math.nan, "f32"), result)


def tanh(v, x, dtype="f32"):
    """tanh x: a polynomial near 0, else ``1 - 2 / (e^2|x| + 1)`` with the sign of x."""
    if dtype != "f32":
        return doubles.tanh(v, x)
    b, c = v.b, (lambda k: v.const(k, dtype))
    size = v.intrinsic("fabs", dtype, x)
    square = v.fmul(x, x)
    near = v.fma(v.fmul(v.polynomial(square, _TANH, dtype), square), x, x)
    far = v.fdiv(c(2.0), v.fadd(exp(v, v.fadd(size, size)), c(1.0)))
    result = b.select(b.fcmp("olt", size, c(0.625)), near, v.fsub(c(1.0), far))
    return v.intrinsic("copysign", dtype, result, x)


def erf(v, x, dtype="f32"):
    """erf x: an odd polynomial near 0, else ``1 - e^-p(|x|)`` with the sign of x."""
    if dtype != "f32":
        return v.each_lane("erf", dtype, x)
    b, c = v.b, (lambda k: v.const(k, dtype))
    size = v.intrinsic("fabs", dtype, x)
    is_near = b.fcmp("olt", size, c(0.92))
    size = b.select(b.fcmp("olt", c(4.0), size), c(4.0), size)
    square = v.fmul(x, x)
    near = v.fma(x, v.polynomial(square, _ERF_SMALL, dtype), x)
    far = exp(v, v.fneg(v.polynomial(size, _ERF_LARGE, dtype)), dtype)
    far = v.intrinsic("copysign", dtype, v.fsub(c(1.0), far), x)
    return b.select(is_near, near, far)
