"""exp, expm1, log, log1p, tanh for float64 in plain arithmetic, kept in vectors.

As for float32 (math.py): a range reduction and a polynomial, here the function's own
series, which converges quickly on so short a range.  Within 2 units in the last place;
nan, infinities, signed zeros and subnormal numbers come out as in the C library.
"""

import math

_LOG2_E = 1 / math.log(2)
#: ln 2 in two parts; the first has room for products with integers.
_LN2_HIGH = float.fromhex("0x1.62e42fee00000p-1")
_LN2_LOW = float.fromhex("0x1.a39ef35793c76p-33")
#: e^r = 1 + r + r^2 P(r), for |r| up to ln(2) / 2.
_EXP = tuple([1 / math.factorial(k) for k in range(2, 15)])
#: ln((1 + s) / (1 - s)) = 2 s + s P(s^2), for |s| up to 0.172.
_LOG = tuple([2 / (2 * k + 1) for k in range(1, 11)])
_ROOT_HALF_BITS = 0x3FE6A09E667F3BCD
_BITS = 52


def exp(v, x):
    """e^x: ``2^n * p(r)`` with ``x = n ln 2 + r``, scaled in two halves."""
    whole, r = _by_ln2(v, x, -746.0, 710.0)
    more = v.fma(v.polynomial(r, _EXP, "f64"), v.fmul(r, r), r)
    p = v.fadd(more, v.const(1.0, "f64"))
    half = v.ashr(whole, v.int_const(1, "f64"))
    scaled = v.fmul(p, _power_of_two(v, half))
    return v.fmul(scaled, _power_of_two(v, v.sub(whole, half)))


def _by_ln2(v, x, least, greatest):
    """n, an integer, and r with ``x = n ln 2 + r``, for x clamped; nan stays in r."""
    low, high = v.const(least, "f64"), v.const(greatest, "f64")
    x = v.b.select(v.b.fcmp("olt", high, x), high, x)
    x = v.b.select(v.b.fcmp("ogt", low, x), low, x)
    n = v.intrinsic("rint", "f64", v.fmul(x, v.const(_LOG2_E, "f64")))
    r = v.fma(n, v.const(-_LN2_HIGH, "f64"), x)
    r = v.fma(n, v.const(-_LN2_LOW, "f64"), r)
    # a freeze, since nan has no integer; small ones convert in any vector unit
    n = v.freeze(v.b.convert("fptosi", n, v.wide("i32")))
    return v.b.convert("sext", n, v.wide("i64")), r


def expm1(v, x):
    """e^x - 1: ``2^n (e^r - 1) + (2^n - 1)``."""
    b = v.b
    n, r = _by_ln2(v, x, -80.0, 710.0)
    p = v.fma(v.polynomial(r, _EXP, "f64"), v.fmul(r, r), r)
    # 2^1024 is none: the last doubling comes last
    last = b.icmp("sgt", n, v.int_const(1023, "f64"))
    n = b.select(last, v.int_const(1023, "f64"), n)
    scale = _power_of_two(v, n)
    result = v.fma(scale, p, v.fsub(scale, v.const(1.0, "f64")))
    result = b.select(last, v.fadd(result, result), result)
    return v.intrinsic("copysign", "f64", result, x)


def _power_of_two(v, n):
    """2^n for an integer in the range of normal numbers, by its bits."""
    bits = v.shl(v.add(n, v.int_const(1023, "f64")), v.int_const(_BITS, "f64"))
    return v.b.bitcast(bits, v.type_of("f64"))


def log(v, x):
    """ln x: ``n ln 2 + ln m`` with m around 1."""
    b, c, i = v.b, (lambda k: v.const(k, "f64")), (lambda k: v.int_const(k, "f64"))
    tiny = b.fcmp("olt", x, c(2.0**-1022))
    y = b.select(tiny, v.fmul(x, c(2.0**_BITS)), x)
    n, m = _parts(v, y)
    n = b.select(tiny, v.sub(n, i(_BITS)), n)
    result = _log_near_one(v, n, v.fsub(m, c(1.0)))
    # above zero and finite, or else: inf and nan are their own logarithm
    result = b.select(b.fcmp("olt", x, c(math.inf)), result, x)
    return _log_of_few(v, x, result)


def log1p(v, x):
    """ln (1 + x): what rounding 1 + x loses is added to m."""
    b, c, i = v.b, (lambda k: v.const(k, "f64")), (lambda k: v.int_const(k, "f64"))
    y = v.fadd(x, c(1.0))
    back = v.fsub(y, c(1.0))
    lost = v.fadd(v.fsub(c(1.0), v.fsub(y, back)), v.fsub(x, back))
    n, m = _parts(v, y)
    few = b.select(b.icmp("slt", n, i(200)), n, i(200))
    lost = v.fmul(lost, _power_of_two(v, v.sub(i(0), few)))
    result = _log_near_one(v, n, v.fadd(v.fsub(m, c(1.0)), lost))
    result = b.select(b.fcmp("olt", x, c(math.inf)), result, x)
    result = b.select(b.fcmp("oeq", x, c(0.0)), x, result)
    return _log_of_few(v, y, result)


def _parts(v, x):
    """n, an integer, and m in [sqrt(1/2), sqrt(2)) with ``x = 2^n m``."""
    bits = v.b.bitcast(x, v.int_type_of("f64"))
    shifted = v.sub(bits, v.int_const(_ROOT_HALF_BITS, "f64"))
    n = v.ashr(shifted, v.int_const(_BITS, "f64"))
    m = v.sub(bits, v.shl(n, v.int_const(_BITS, "f64")))
    return n, v.b.bitcast(m, v.type_of("f64"))


def _log_near_one(v, n, f):
    """``n ln 2 + ln(1 + f)``, by ``s = f / (2 + f)``; ``2 s = f - s f``."""
    n = v.b.convert("sitofp", v.b.convert("trunc", n, v.wide("i32")), f.type)
    s = v.fdiv(f, v.fadd(f, v.const(2.0, "f64")))
    square, half = v.fmul(s, s), v.fmul(v.fmul(f, f), v.const(0.5, "f64"))
    p = v.fmul(v.polynomial(square, _LOG, "f64"), square)
    p = v.fmul(s, v.fadd(half, p))
    p = v.fma(n, v.const(_LN2_LOW, "f64"), p)
    p = v.fsub(f, v.fsub(half, p))
    return v.fma(n, v.const(_LN2_HIGH, "f64"), p)


def _log_of_few(v, x, result):
    """The logarithm of 0 and of what is below."""
    zero = v.const(0.0, "f64")
    result = v.b.select(v.b.fcmp("oeq", x, zero), v.const(-math.inf, "f64"), result)
    return v.b.select(v.b.fcmp("olt", x, zero), v.const(math.nan, "f64"), result)


def tanh(v, x):
    """tanh x: ``t / (t + 2)`` with ``t = e^(2|x|) - 1`` and the sign of x."""
    b, c = v.b, (lambda k: v.const(k, "f64"))
    size = v.intrinsic("fabs", "f64", x)
    size = b.select(b.fcmp("olt", c(22.0), size), c(22.0), size)
    t = expm1(v, v.fadd(size, size))
    result = v.fdiv(t, v.fadd(t, c(2.0)))
    return v.intrinsic("copysign", "f64", result, x)
