"""16-bit floats to float32 and back, to nearest even; a nan stays one.

float16 is converted by the machine where it can do that, else by its bits.
"""

from rushlight._compiler.codegen.llvm import machine

_INFINITY, _HALF_INFINITY = 0x7F800000, 0x7C00


def from_bf16(v, stored):
    """bfloat16 is the upper half of float32."""
    bits = v.b.convert("zext", stored, v.wide("i32"))
    return v.b.bitcast(v.shl(bits, _bits(v, 16)), v.wide("float"))


def to_bf16(v, value):
    """The upper half of the bits, rounded."""
    bits = v.b.bitcast(value, v.wide("i32"))
    upper = v.lshr(bits, _bits(v, 16))
    odd = v.and_(upper, _bits(v, 1))
    rounded = v.add(v.add(bits, _bits(v, 0x7FFF)), odd)
    rounded = v.lshr(rounded, _bits(v, 16))
    quiet = v.or_(upper, _bits(v, 0x40))
    is_nan = v.b.fcmp("uno", value, value)
    return v.b.convert("trunc", v.b.select(is_nan, quiet, rounded), v.wide("i16"))


def from_f16(v, stored):
    """float16 to float32, which holds it exactly."""
    if machine.converts_halves():
        return v.b.convert("fpext", stored, v.wide("float"))
    bits = v.b.convert("zext", v.b.bitcast(stored, v.wide("i16")), v.wide("i32"))
    size = v.and_(bits, _bits(v, 0x7FFF))
    sign = v.shl(v.sub(bits, size), _bits(v, 16))
    # the exponents' biases differ by 112; the product mends subnormal numbers too
    small = v.b.bitcast(v.shl(size, _bits(v, 13)), v.wide("float"))
    result = v.b.bitcast(v.fmul(small, v.const(2.0**112, "f32")), v.wide("i32"))
    special = v.b.icmp("uge", size, _bits(v, _HALF_INFINITY))
    endless = v.or_(result, _bits(v, _INFINITY))
    result = v.or_(v.b.select(special, endless, result), sign)
    return v.b.bitcast(result, v.wide("float"))


def to_f16(v, value):
    """float32 to float16, rounded."""
    if machine.converts_halves():
        return v.b.convert("fptrunc", value, v.wide("half"))
    b = v.b
    bits = b.bitcast(value, v.wide("i32"))
    size = v.and_(bits, _bits(v, 0x7FFFFFFF))
    sign = v.lshr(v.sub(bits, size), _bits(v, 16))
    odd = v.and_(v.lshr(size, _bits(v, 13)), _bits(v, 1))
    rounded = v.add(v.add(size, _bits(v, 0xFFF - (112 << 23))), odd)
    result = v.lshr(rounded, _bits(v, 13))
    # below 2^-14 an addition to 0.5 shifts and rounds
    shifted = v.fadd(b.bitcast(size, v.wide("float")), v.const(0.5, "f32"))
    shifted = v.sub(b.bitcast(shifted, v.wide("i32")), _bits(v, 0x3F000000))
    is_small = b.icmp("ult", size, _bits(v, 0x38800000))
    result = b.select(is_small, shifted, result)
    is_nan = b.icmp("ugt", size, _bits(v, _INFINITY))
    endless = b.select(is_nan, _bits(v, 0x7E00), _bits(v, _HALF_INFINITY))
    is_large = b.icmp("uge", size, _bits(v, 0x47800000))
    result = v.or_(b.select(is_large, endless, result), sign)
    return b.bitcast(b.convert("trunc", result, v.wide("i16")), v.wide("half"))


def _bits(v, number):
    return v.constant("i32", str(number))
