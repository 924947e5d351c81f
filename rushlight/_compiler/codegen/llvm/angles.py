"""sin and cos: the angle is reduced in float64, the polynomials are float32.

``x = n pi/2 + r``; n has 20 bits and pi/2 is in three parts, two of which have 33, so
that no product is rounded and r is right to its last place, however near x is to a
multiple.  Larger angles are sent to the C library, one lane after another.  float64 is
LLVM's intrinsics, which call that library.
"""

import math

_LARGEST = 2.0**20
_PARTS = (1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21)
#: sin r = r + r^3 S(r^2), cos r = 1 - r^2/2 + r^4 C(r^2).
_SIN = (
    -0.1666666716337204,
    0.008333380334079266,
    -0.0001985349808819592,
    2.8372476208460284e-06,
)
_COS = (0.04166664555668831, -0.00138873013202101, 2.4430661142105237e-05)


def sin(v, x, dtype="f32"):
    """sin x."""
    if dtype != "f32":
        return v.intrinsic("sin", dtype, x)
    return _angle(v, x, "sin", 0)


def cos(v, x, dtype="f32"):
    """cos x: ``sin(x + pi/2)``."""
    if dtype != "f32":
        return v.intrinsic("cos", dtype, x)
    return _angle(v, x, "cos", 1)


def _angle(v, x, name, quarter):
    """The sine, a number of quarters of a turn further."""
    size = v.intrinsic("fabs", "f32", x)
    result, reduced = v.b.alloca(x.type), _reduced(v, x, size, quarter)
    v.b.store(reduced, result, 64)
    large = v.b.fcmp("ogt", size, v.const(_LARGEST, "f32"))

    def call_library():
        wide = v.b.convert("fpext", x, v.type_of("f64"))
        exact = v.each_lane(name, "f64", wide)
        exact = v.b.convert("fptrunc", exact, x.type)
        v.b.store(v.b.select(large, exact, reduced), result, 64)

    v.b.when(v.any(large), call_library)
    return v.b.load(x.type, result, 64)


def _reduced(v, x, size, quarter):
    def const(value):
        return v.const(value, "f64")

    wide = v.b.convert("fpext", x, v.type_of("f64"))
    n = v.intrinsic("rint", "f64", v.fmul(wide, const(2 / math.pi)))
    r = wide
    for part in _PARTS:
        r = v.fma(n, const(-part), r)
    r = v.b.convert("fptrunc", r, x.type)
    # a freeze, since nan has no integer
    turns = v.freeze(v.b.convert("fptosi", n, v.wide("i32")))
    turns = v.add(turns, v.constant("i32", str(quarter)))
    square = v.fmul(r, r)
    sine = v.fma(v.fmul(v.polynomial(square, _SIN, "f32"), square), r, r)
    cosine = v.fma(square, v.const(-0.5, "f32"), v.const(1.0, "f32"))
    fourth = v.fmul(square, square)
    cosine = v.fma(v.polynomial(square, _COS, "f32"), fourth, cosine)
    zero = v.constant("i32", "0")
    odd = v.b.icmp("ne", v.and_(turns, v.constant("i32", "1")), zero)
    chosen = v.b.select(odd, cosine, sine)
    half_turn = v.b.icmp("ne", v.and_(turns, v.constant("i32", "2")), zero)
    chosen = v.b.select(half_turn, v.fneg(chosen), chosen)
    if quarter:
        return chosen
    # tiny angles, and -0.0, are their own sine
    tiny = v.b.fcmp("olt", size, v.const(2.0**-12, "f32"))
    return v.b.select(tiny, x, chosen)
