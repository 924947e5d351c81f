"""What each scalar instruction means, on NumPy's scalars.

Functions that are no single rounding are taken in float64 and rounded to float32.
"""

import math
from fractions import Fraction

import numpy as np

TYPES = {"f32": np.float32, "f64": np.float64, "i64": np.int64, "bool": np.bool_}
_LEAST = np.int64(-(2**63))


def meaning(op, dtype, args):
    """The value of an instruction whose result has a dtype."""
    if op == "cast":
        return cast(args[0], dtype)
    if op in _FUNCTIONS:
        return TYPES[dtype](_FUNCTIONS[op](*map(np.float64, args)))
    return _MEANING[op](*args)


def cast(x, dtype):
    """A value in another dtype; floats without an integer become the least one."""
    if dtype == "i64" and isinstance(x, np.floating):
        return np.int64(int(x)) if abs(x) < 2.0**63 else _LEAST
    if dtype == "bool":
        return np.bool_(x != 0)
    return TYPES[dtype](x)


def fma(x, y, z):
    """``x * y + z``, rounded once."""
    kind = type(x)
    if isinstance(x, np.integer) or not all(map(np.isfinite, (x, y, z))):
        return x * y + z
    exact = Fraction(float(x)) * Fraction(float(y)) + Fraction(float(z))
    if exact == 0:
        return x * y + z
    try:
        near = float(exact)
    except OverflowError:
        return kind(math.copysign(math.inf, exact))
    if kind is np.float32:
        near = _to_odd(near, exact)
    return kind(near)


def _to_odd(near, exact):
    """A float64 next to an exact number such that rounding it again is right."""
    rest = exact - Fraction(near)
    if rest == 0 or np.float64(near).view(np.int64) & 1:
        return near
    return math.nextafter(near, math.inf if rest > 0 else -math.inf)


def _nan_aware(choose):
    """max and min give nan where an argument is nan."""
    return lambda x, y: x + y if x != x or y != y else choose(x, y)


_FUNCTIONS = {
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "tanh": np.tanh,
    "erf": math.erf,
    "sin": np.sin,
    "cos": np.cos,
    "pow": np.power,
}
_MEANING = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "abs": np.abs,
    "max": _nan_aware(max),
    "min": _nan_aware(min),
    "sqrt": np.sqrt,
    "floor": np.floor,
    "ceil": np.ceil,
    "trunc": np.trunc,
    "round": np.rint,
    "fma": fma,
    "remainder": lambda x, y: np.remainder(x, y) if y else np.int64(0),
    "floordiv": lambda x, y: np.floor_divide(x, y) if y else np.int64(0),
    "lt": lambda x, y: x < y,
    "le": lambda x, y: x <= y,
    "eq": lambda x, y: x == y,
    "ne": lambda x, y: x != y,
    "and": lambda x, y: x and y,
    "or": lambda x, y: x or y,
    "not": lambda x: not x,
    "where": lambda c, x, y: x if c else y,
}
