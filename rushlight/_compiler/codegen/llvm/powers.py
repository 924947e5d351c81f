"""pow for float32: ``2^(y log2 |x|)`` in float64, with the special cases of C.

With ``|x| = 2^n m``, ``log2 m = s P(s^2)`` for ``s = (m - 1) / (m + 1)``.  float64 is
LLVM's intrinsic, which calls the C library.
"""

import math

_ROOT_HALF_BITS = 0x3FE6A09E667F3BCD
_LOG2 = (
    2.885390081790089,
    0.9617966733335656,
    0.5770835866321412,
    0.4116726137295905,
    0.34073214459806017,
)
_EXP2 = (
    0.9999999999616817,
    0.6931471807284464,
    0.24022651198157208,
    0.055504103534476684,
    0.009618027253710245,
    0.0013333922563773294,
    0.00015469291130411632,
    1.5201921543908434e-05,
)


def pow(v, x, y, dtype="f32"):
    """x^y."""
    if dtype != "f32":
        return v.intrinsic("pow", dtype, x, y)
    b = v.b

    def const(value):
        return v.const(value, "f32")

    size = v.intrinsic("fabs", "f32", x)
    wide = v.type_of("f64")
    exponent = v.fmul(b.convert("fpext", y, wide), _log2(v, size))
    result = b.convert("fptrunc", _exp2(v, exponent), x.type)
    # the sign of a negative base stays where y is odd
    whole = b.fcmp("oeq", v.intrinsic("trunc", "f32", y), y)
    half = v.fmul(y, const(0.5))
    odd = v.and_(whole, b.fcmp("une", v.intrinsic("trunc", "f32", half), half))
    signed = v.intrinsic("copysign", "f32", result, x)
    result = b.select(odd, signed, result)
    negative = b.fcmp("olt", x, const(0.0))
    negative = v.and_(negative, b.fcmp("one", size, const(math.inf)))
    result = b.select(v.and_(negative, v.not_(whole)), const(math.nan), result)
    # whatever the other argument is, even nan
    sizes = v.intrinsic("fabs", "f32", y)
    one = v.and_(b.fcmp("oeq", size, const(1)), b.fcmp("oeq", sizes, const(math.inf)))
    one = v.or_(one, b.fcmp("oeq", x, const(1.0)))
    one = v.or_(one, b.fcmp("oeq", y, const(0.0)))
    return b.select(one, const(1.0), result)


def _log2(v, size):
    """log2 of a float32 that is not negative, in float64."""
    b = v.b

    def const(value):
        return v.const(value, "f64")

    def bits_const(value):
        return v.int_const(value, "f64")

    wide = b.convert("fpext", size, v.type_of("f64"))
    bits = b.bitcast(wide, v.int_type_of("f64"))
    n = v.ashr(v.sub(bits, bits_const(_ROOT_HALF_BITS)), bits_const(52))
    m = b.bitcast(v.sub(bits, v.shl(n, bits_const(52))), wide.type)
    s = v.fdiv(v.fsub(m, const(1.0)), v.fadd(m, const(1.0)))
    # |n| < 2^31; small integers convert in any vector unit
    n = b.convert("trunc", n, v.wide("i32"))
    n = b.convert("sitofp", n, wide.type)
    log2 = v.fma(v.polynomial(v.fmul(s, s), _LOG2, "f64"), s, n)
    log2 = b.select(b.fcmp("olt", wide, const(math.inf)), log2, wide)
    return b.select(b.fcmp("oeq", wide, const(0.0)), const(-math.inf), log2)


def _exp2(v, x):
    """2^x of a float64, in the range where float32 is neither 0 nor infinite."""
    b = v.b
    x = b.select(b.fcmp("ogt", x, v.const(160.0, "f64")), v.const(160.0, "f64"), x)
    x = b.select(b.fcmp("olt", x, v.const(-160.0, "f64")), v.const(-160.0, "f64"), x)
    n = v.intrinsic("rint", "f64", x)
    p = v.polynomial(v.fsub(x, n), _EXP2, "f64")
    # a freeze, since nan has no integer
    n = v.freeze(b.convert("fptosi", n, v.wide("i32")))
    n = b.convert("sext", v.add(n, v.constant("i32", "1023")), v.wide("i64"))
    scale = b.bitcast(v.shl(n, v.constant("i64", "52")), x.type)
    return v.fmul(p, scale)
