"""Shared by the families: the longer lower rules, for float32 computed in float64.

# Note [Exact remainders]
# In float64 the quotient of two float32 numbers is right to 53 bits, and the distance
# of one that is no whole number to the next whole number is above 2**-24: below 2**29
# it is cut off correctly, its product with the divisor is exact, and so is what is
# left.  Where the quotient is larger the eager rule is run.
"""

import math


def hypot_lower(k, x, y):
    """The root of the sum of squares, which cannot overflow in float64."""
    if x.dtype != "f32":
        raise k.NotLowered
    wide = k.cast(x, "f64"), k.cast(y, "f64")
    found = k.sqrt(k.add(*map(k.square, wide)))
    sizes = [k.where(k.ne(a, a), 0, k.abs(a)) for a in wide]  # inf, even beside nan
    is_endless = k.eq(k.max(*sizes), math.inf)
    return k.cast(k.where(is_endless, math.inf, found), "f32")


def fmod_lower(k, x, y):
    """What division rounded towards zero leaves, exactly."""
    if x.dtype != "f32":
        raise k.NotLowered
    wide, divisor = k.cast(x, "f64"), k.cast(y, "f64")
    quotient = k.trunc(k.div(wide, divisor))
    size = k.abs(quotient)
    k.require(k.not_(k.and_(k.le(2.0**29, size), k.lt(size, math.inf))))
    left = k.sub(wide, k.mul(quotient, divisor))
    left = k.where(k.eq(left, 0), k.mul(wide, 0), left)  # with the dividend's sign
    return k.cast(k.where(k.eq(quotient, 0), wide, left), "f32")


def _is_across(k, left, y):
    """Where something is left whose sign is not the divisor's."""
    signs = k.ne(k.lt(left, 0), k.lt(y, 0))
    return k.and_(k.ne(left, 0), signs)


def remainder_lower(k, x, y):
    """What division rounded down leaves."""
    left = fmod_lower(k, x, y)
    return k.where(_is_across(k, left, y), k.add(left, y), left)


def floor_lower(k, x, y):
    """The quotient rounded down, step by step as NumPy finds it."""
    left = fmod_lower(k, x, y)
    plain = k.div(x, y)
    quotient = k.div(k.sub(x, left), y)
    quotient = k.where(_is_across(k, left, y), k.sub(quotient, 1), quotient)
    whole = k.floor(quotient)
    whole = k.where(k.lt(0.5, k.sub(quotient, whole)), k.add(whole, 1), whole)
    whole = k.where(k.eq(quotient, 0), k.mul(plain, 0), whole)
    return k.where(k.eq(y, 0), plain, whole)
