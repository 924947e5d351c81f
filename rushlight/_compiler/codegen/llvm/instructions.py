"""The scalar instructions of the loop language in LLVM's words."""

from rushlight._compiler.codegen.llvm import angles, powers
from rushlight._compiler.codegen.llvm import math as functions

_FLOATS = ("f32", "f64")


def emit_instruction(v, op, result, dtypes, args):
    """The value of an instruction.

    Args:
        v: the Values to write with.
        op: the instruction's name.
        result: its dtype.
        dtypes: those of its arguments.
        args: their values.
    """
    if op == "cast":
        return _cast(v, dtypes[0], result, args[0])
    if op == "where":
        return v.b.select(*args)
    if op in _FUNCTIONS:
        return _FUNCTIONS[op](v, *args, result)
    table = {"f32": _FLOAT, "f64": _FLOAT, "i64": _INTEGER, "bool": _BOOL}[dtypes[0]]
    return table[op](v, dtypes[0], *args)


def _word(name):
    """An instruction of LLVM with the same arguments."""
    return lambda v, dtype, *args: getattr(v, name)(*args)


def _intrinsic(name):
    return lambda v, dtype, *args: v.intrinsic(name, dtype, *args)


def _fcmp(order):
    return lambda v, dtype, x, y: v.b.fcmp(order, x, y)


def _icmp(order):
    return lambda v, dtype, x, y: v.b.icmp(order, x, y)


def _extreme(order):
    """max or min: nan where either argument is nan, else x where they are equal."""

    def emit(v, dtype, x, y):
        # the first choice is one instruction of most machines, and keeps a nan in x
        chosen = v.b.select(v.b.fcmp(order, x, y), y, x)
        return v.b.select(v.b.fcmp("uno", y, y), y, chosen)

    return emit


def _floor_division(v, dtype, x, y):
    """``floor(x / y)``, and 0 where y is 0."""
    shift = _power_of_two(y)
    if shift is not None:
        return v.ashr(x, v.constant("i64", str(shift)))
    quotient, rest, _ = _division(v, x, y)
    down = v.b.convert("sext", rest[1], quotient.type)
    return _unless_zero(v, y, v.add(quotient, down))


def _remainder(v, dtype, x, y):
    """``x - floor(x / y) * y``, and 0 where y is 0."""
    shift = _power_of_two(y)
    if shift is not None:
        return v.and_(x, v.constant("i64", str((1 << shift) - 1)))
    _, (rest, other_sign), safe = _division(v, x, y)
    zero = v.constant("i64", "0")
    return _unless_zero(v, y, v.add(rest, v.b.select(other_sign, safe, zero)))


def _division(v, x, y):
    """Quotient and rest towards zero; whether the rest has not the divisor's sign."""
    zero, one = v.constant("i64", "0"), v.constant("i64", "1")
    safe = y
    if _constant(y) in (None, 0, -1):
        # -1 would overflow for the least integer: divide by 1 and turn the sign
        least = v.b.icmp("eq", y, v.constant("i64", "-1"))
        bad = v.or_(v.b.icmp("eq", y, zero), least)
        safe = v.b.select(bad, one, y)
    quotient = v.b.binary("sdiv", x, safe)
    rest = v.sub(x, v.mul(quotient, safe))
    wrong = v.b.icmp("slt", v.xor(rest, safe), zero)
    wrong = v.and_(wrong, v.b.icmp("ne", rest, zero))
    if safe is not y:
        quotient = v.b.select(least, v.sub(zero, quotient), quotient)
    return quotient, (rest, wrong), safe


def divide_short(v, op, x, y):
    """floordiv or remainder of x from 0 to 2^31 - 1 by a constant above 0, or None.

    With ``2^(l-1) < y <= 2^l`` and ``m = ceil(2^(31+l) / y)`` the quotient is
    ``(x m) >> (31 + l)``: one multiplication that vectors have, where they have no
    division.
    """
    divisor = _constant(y)
    if divisor is None or not 0 < divisor < 2**31 or _power_of_two(y) is not None:
        return None
    shift = 31 + (divisor - 1).bit_length()
    factor = -(-(1 << shift) // divisor)
    low = v.and_(x, v.constant("i64", str(2**32 - 1)))
    product = v.mul(low, v.constant("i64", str(factor)))
    quotient = v.lshr(product, v.constant("i64", str(shift)))
    return quotient if op == "floordiv" else v.sub(x, v.mul(quotient, y))


def _unless_zero(v, y, result):
    if _constant(y) not in (None, 0):
        return result
    zero = v.constant("i64", "0")
    return v.b.select(v.b.icmp("eq", y, zero), zero, result)


def _constant(value):
    """The integer that an operand is, or None."""
    text = value.text.removeprefix("splat (i64 ").removesuffix(")")
    return int(text) if text.lstrip("-").isdecimal() else None


def _power_of_two(value):
    """n where the operand is the constant 2^n, else None."""
    number = _constant(value)
    if number is None or number <= 0 or number & (number - 1):
        return None
    return number.bit_length() - 1


def _cast(v, source, target, x):
    """A value in another dtype."""
    kind = v.type_of(target)
    if source == target:
        return x
    if target == "bool":
        zero = v.const(0, source)
        compare = v.b.fcmp if source in _FLOATS else v.b.icmp
        return compare("une" if source in _FLOATS else "ne", x, zero)
    if source == "bool":
        op = "zext" if target == "i64" else "uitofp"
    elif source == "i64":
        op = "sitofp"
    elif target == "i64":
        return _to_integer(v, source, x)
    else:
        op = "fpext" if target == "f64" else "fptrunc"
    return v.b.convert(op, x, kind)


def _to_integer(v, source, x):
    """Towards zero; the least integer where there is none (nan, too large)."""
    inside = v.b.fcmp("olt", v.intrinsic("fabs", source, x), v.const(2.0**63, source))
    whole = v.b.convert("fptosi", x, v.type_of("i64"))
    return v.b.select(inside, whole, v.const(-(2**63), "i64"))


_FLOAT = {
    "add": _word("fadd"),
    "sub": _word("fsub"),
    "mul": _word("fmul"),
    "div": _word("fdiv"),
    "neg": _word("fneg"),
    "fma": _word("fma"),
    "abs": _intrinsic("fabs"),
    "max": _extreme("olt"),
    "min": _extreme("ogt"),
    "sqrt": _intrinsic("sqrt"),
    "floor": _intrinsic("floor"),
    "ceil": _intrinsic("ceil"),
    "trunc": _intrinsic("trunc"),
    "round": _intrinsic("rint"),
    "lt": _fcmp("olt"),
    "le": _fcmp("ole"),
    "eq": _fcmp("oeq"),
    "ne": _fcmp("une"),
}
_FUNCTIONS = {
    "exp": functions.exp,
    "expm1": functions.expm1,
    "log": functions.log,
    "log1p": functions.log1p,
    "tanh": functions.tanh,
    "erf": functions.erf,
    "sin": angles.sin,
    "cos": angles.cos,
    "pow": powers.pow,
}

_INTEGER = {
    "add": _word("add"),
    "sub": _word("sub"),
    "mul": _word("mul"),
    "neg": lambda v, dtype, x: v.sub(v.constant("i64", "0"), x),
    "abs": lambda v, dtype, x: _INTEGER["max"](
        v, dtype, x, v.sub(v.constant("i64", "0"), x)
    ),
    "max": lambda v, dtype, x, y: v.b.select(v.b.icmp("sge", x, y), x, y),
    "min": lambda v, dtype, x, y: v.b.select(v.b.icmp("sle", x, y), x, y),
    "fma": lambda v, dtype, x, y, z: v.add(v.mul(x, y), z),
    "remainder": _remainder,
    "floordiv": _floor_division,
    "lt": _icmp("slt"),
    "le": _icmp("sle"),
    "eq": _icmp("eq"),
    "ne": _icmp("ne"),
}
_BOOL = {
    "and": _word("and_"),
    "or": _word("or_"),
    "not": _word("not_"),
    "max": _word("or_"),
    "min": _word("and_"),
    "eq": _icmp("eq"),
    "ne": _icmp("ne"),
}
