"""Pairs of uniform numbers to pairs of normal ones, in float32 and bit for bit.

PyTorch's vector kernel takes the logarithm, the sine and the cosine from Cephes'
float32 polynomials, with fused multiply-adds.  The same roundings in the same order are
made here, so the same seed initialises a model to the very same bits.
"""

import numpy as np

_F4 = np.float32

# Note [Fused steps]
# `y * x + p` of float32 numbers, rounded once, is computed in float64, where the
# product is exact, and then rounded to float32.  The two roundings differ from one
# only if the sum lies within 2**-29 of a tie, relatively: that happens for none of the
# 2**24 uniform numbers (all were tried against real fused steps).  Where the product
# is exact in float32 too (few bits in one factor), plain float32 arithmetic is the same
# and twice as fast.

# Cephes logf: log(1 + x) for x in [sqrt(1/2) - 1, sqrt(2) - 1], and log(2) in parts.
LOG = tuple(
    float(_F4(c))
    for c in (
        7.0376836292e-2,
        -1.1514610310e-1,
        1.1676998740e-1,
        -1.2420140846e-1,
        1.4249322787e-1,
        -1.6668057665e-1,
        2.0000714765e-1,
        -2.4999993993e-1,
        3.3333331174e-1,
    )
)
LOG2_LOW, LOG2_HIGH = _F4(-2.12194440e-4), _F4(0.693359375)
SQRT_HALF_BITS = np.int32(_F4(0.70710678118654752).view(np.int32))
_FRACTION_BITS = np.int32(0x7FFFFF)

# Cephes sinf and cosf on [-pi/4, pi/4], and pi/4 in three parts.
SIN = tuple(
    float(_F4(c)) for c in (-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)
)
COS = tuple(
    float(_F4(c))
    for c in (2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
)
FOUR_OVER_PI = _F4(1.27323954473516)
QUARTER_HIGH, QUARTER_MIDDLE = _F4(0.78515625), _F4(2.4187564849853515625e-4)
QUARTER_LOW = float(_F4(3.77489497744594108e-8))
TWO_PI = _F4(2 * np.pi)

_SIGN_BIT = np.int32(-(2**31))
_HALF, _ONE, _MINUS_TWO = _F4(0.5), _F4(1), _F4(-2)


class BoxMuller:
    """The transform with its work space, for up to `size` numbers at a time.

    With u1 and u2 the first and the last eight numbers of a block of sixteen:

        r = sqrt(-2 log(1 - u1)),   z[:8] = r cos(2 pi u2),   z[8:] = r sin(2 pi u2)

    See:
        Box and Muller, "A note on the generation of random normal deviates" (1958);
        Moshier, the Cephes library, https://www.netlib.org/cephes.
    """

    def __init__(self, size):
        half = size // 2
        self._even_rows = np.arange(0, size // 8, 2)
        self._singles = np.empty((6, half), np.float32)
        self._doubles = np.empty((2, half), np.float64)
        self._quadrant = np.empty((2, half), np.int32)

    def transform(self, units):
        """Replace uniform numbers (blocks of 16, contiguous float32) by normal ones."""
        half = units.size // 2
        singles, doubles = self._singles[:, :half], self._doubles[:, :half]
        radius, angle, cosine, sine = singles[:4]
        rows, even = units.reshape(-1, 8), self._even_rows[: half // 8]
        rows.take(even, axis=0, out=radius.reshape(-1, 8), mode="clip")
        rows[1:].take(even, axis=0, out=angle.reshape(-1, 8), mode="clip")
        np.subtract(_ONE, radius, out=radius)
        angle *= TWO_PI
        _log(radius, singles[2:], doubles)
        radius *= _MINUS_TWO
        np.sqrt(radius, out=radius)
        _sin_cos(angle, sine, cosine, singles[4:], doubles, self._quadrant[:, :half])
        cosine *= radius
        sine *= radius
        eights = units.view("V32")
        eights[0::2] = cosine.view("V32")
        eights[1::2] = sine.view("V32")


def _log(x, singles, doubles):
    """The natural logarithm of positive numbers, in place."""
    y, exponent, square, term = singles
    wide, wide_x = doubles
    # x = 2**exponent * (1 + fraction), with 1 + fraction in [sqrt(1/2), sqrt(2)).
    bits, powers = x.view(np.int32), term.view(np.int32)
    bits -= SQRT_HALF_BITS
    np.right_shift(bits, 23, out=powers)
    exponent[...] = powers
    bits &= _FRACTION_BITS
    bits += SQRT_HALF_BITS
    x -= _ONE
    np.multiply(x, x, out=square)
    wide_x[...] = x
    _polynomial(LOG, wide_x, y, wide)
    y *= x
    np.multiply(exponent, LOG2_LOW, out=term)
    _fused(y, square, term, wide)
    square *= _HALF
    y -= square
    x += y
    exponent *= LOG2_HIGH
    x += exponent


def _sin_cos(x, sine, cosine, singles, doubles, quadrants):
    """Sine and cosine of angles in [0, 2 pi]; uses x up."""
    square, term = singles
    wide, wide_square = doubles
    octant, mask = quadrants
    np.multiply(x, FOUR_OVER_PI, out=term)
    np.copyto(octant, term, casting="unsafe")
    octant += 1
    octant &= -2
    _reduce(x, octant, sine, term, wide)
    np.multiply(x, x, out=square)
    wide_square[...] = square
    _polynomial(SIN, wide_square, sine, wide)
    sine *= square
    _fused(sine, x, x, wide)
    _polynomial(COS, wide_square, cosine, wide)
    cosine *= square
    np.multiply(square, -_HALF, out=term)
    _fused(cosine, wide_square, term, wide)
    cosine += _ONE
    _place(sine.view(np.int32), cosine.view(np.int32), octant, mask)


def _reduce(x, octant, multiple, term, wide):
    """x -= octant * pi / 4, with pi / 4 in three parts."""
    multiple[...] = octant
    for part in (QUARTER_HIGH, QUARTER_MIDDLE):
        np.multiply(multiple, part, out=term)
        x -= term
    wide[...] = multiple
    wide *= -QUARTER_LOW
    wide += x
    x[...] = wide


def _place(sine, cosine, octant, mask):
    """Swap sine and cosine (seen as bits) and set their signs, by the octant."""
    difference = octant << 30
    difference >>= 31
    np.bitwise_xor(sine, cosine, out=mask)
    difference &= mask
    sine ^= difference
    cosine ^= difference
    np.left_shift(octant, 29, out=mask)
    mask &= _SIGN_BIT
    sine ^= mask
    octant += 2
    octant <<= 29
    octant &= _SIGN_BIT
    cosine ^= octant


def _polynomial(coefficients, wide_x, y, wide):
    """y = a polynomial by Horner's rule in fused steps; highest power first."""
    first, second, *rest = coefficients
    np.multiply(wide_x, first, out=wide)
    wide += second
    y[...] = wide
    for coefficient in rest:
        wide[...] = y
        wide *= wide_x
        wide += coefficient
        y[...] = wide


def _fused(y, x, term, wide):
    """y = y * x + term, rounded once."""
    wide[...] = y
    wide *= x
    wide += term
    y[...] = wide
