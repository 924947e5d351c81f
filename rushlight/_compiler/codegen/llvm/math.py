"""exp, log, tanh, erf for float32 in plain arithmetic, which LLVM keeps in vectors.

Each is a range reduction and a minimax polynomial (fitted in float64 by Lawson's
iteration on Chebyshev nodes), within 2 units in the last place; nan, infinities, signed
zeros and subnormal numbers come out as in the C library.  float64 uses LLVM's
intrinsics, which call that library.
"""

import math

_LOG2_E = 1 / math.log(2)
_LN2_HIGH, _LN2_LOW = 0.693359375, -2.12194440e-4
_EXP = (1.0, 1.0, 0.5, 0.16666667, 0.0416665, 0.0083333654, 0.0013931327, 0.00019853605)
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


def _is_nan(v, x):
    return v.b.fcmp("uno", x, x)


def exp(v, x, dtype="f32"):
    """e^x: ``2^n * p(r)`` with ``x = n ln 2 + r``, scaled in two halves."""
    if dtype != "f32":
        return v.intrinsic("exp", dtype, x)
    b = v.b
    y = v.intrinsic("minnum", dtype, x, v.const(89.0, dtype))
    y = v.intrinsic("maxnum", dtype, y, v.const(-104.0, dtype))
    n = v.intrinsic("rint", dtype, v.fmul(y, v.const(_LOG2_E, dtype)))
    r = v.fma(n, v.const(-_LN2_HIGH, dtype), y)
    r = v.fma(n, v.const(-_LN2_LOW, dtype), r)
    p = v.polynomial(r, _EXP, dtype)
    whole = b.convert("fptosi", n, v.int_type_of(dtype))
    half = v.ashr(whole, v.int_const(1, dtype))
    scaled = v.fmul(
        v.fmul(p, _power_of_two(v, half)), _power_of_two(v, v.sub(whole, half))
    )
    return b.select(_is_nan(v, x), x, scaled)


def _power_of_two(v, n):
    """2^n for an integer in the range of normal numbers, by its bits."""
    bits = v.shl(v.add(n, v.int_const(127, "f32")), v.int_const(23, "f32"))
    return v.b.bitcast(bits, v.type_of("f32"))


def log(v, x, dtype="f32"):
    """ln x: ``n ln 2 + ln m`` with m around 1."""
    if dtype != "f32":
        return v.intrinsic("log", dtype, x)
    b, c, i = v.b, (lambda k: v.const(k, dtype)), (lambda k: v.int_const(k, dtype))
    tiny = b.fcmp("olt", x, c(1.1754944e-38))
    y = b.select(tiny, v.fmul(x, c(2.0**23)), x)
    bits = b.bitcast(y, v.int_type_of(dtype))
    # the exponent such that m lies in [sqrt(1/2), sqrt(2))
    shifted = v.sub(bits, i(0x3F3504F3))
    n = v.ashr(shifted, i(23))
    m = b.bitcast(v.sub(bits, v.shl(n, i(23))), v.type_of(dtype))
    n = b.select(tiny, v.sub(n, i(23)), n)
    n = b.convert("sitofp", n, v.type_of(dtype))
    f = v.fsub(m, c(1.0))
    square = v.fmul(f, f)
    p = v.fmul(v.fmul(v.polynomial(f, _LOG, dtype), f), square)
    p = v.fma(n, c(_LN2_LOW), p)
    p = v.fma(square, c(-0.5), p)
    result = v.fma(n, c(_LN2_HIGH), v.fadd(f, p))
    result = b.select(b.fcmp("oeq", x, c(math.inf)), x, result)
    result = b.select(b.fcmp("oeq", x, c(0.0)), c(-math.inf), result)
    bad = v.or_(_is_nan(v, x), b.fcmp("olt", x, c(0.0)))
    return b.select(bad, c(math.nan), result)


def tanh(v, x, dtype="f32"):
    """tanh x: a polynomial near 0, else ``1 - 2 / (e^2|x| + 1)`` with the sign of x."""
    if dtype != "f32":
        return v.intrinsic("tanh", dtype, x)
    b, c = v.b, (lambda k: v.const(k, dtype))
    size = v.intrinsic("fabs", dtype, x)
    square = v.fmul(x, x)
    near = v.fma(v.fmul(v.polynomial(square, _TANH, dtype), square), x, x)
    far = v.fdiv(c(2.0), v.fadd(exp(v, v.fadd(size, size)), c(1.0)))
    result = b.select(b.fcmp("olt", size, c(0.625)), near, v.fsub(c(1.0), far))
    return v.intrinsic("copysign", dtype, result, x)


def erf(v, x, dtype="f32"):
    """erf x: an odd polynomial near 0, else ``1 - e^-p(|x|)`` with the sign of x."""
    b, c = v.b, (lambda k: v.const(k, dtype))
    size = v.intrinsic("minnum", dtype, v.intrinsic("fabs", dtype, x), c(4.0))
    square = v.fmul(x, x)
    near = v.fma(x, v.polynomial(square, _ERF_SMALL, dtype), x)
    far = exp(v, v.fneg(v.polynomial(size, _ERF_LARGE, dtype)), dtype)
    far = v.intrinsic("copysign", dtype, v.fsub(c(1.0), far), x)
    result = b.select(b.fcmp("olt", v.intrinsic("fabs", dtype, x), c(0.92)), near, far)
    return b.select(_is_nan(v, x), x, result)
