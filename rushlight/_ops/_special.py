"""Shared by the families: special functions of arrays, which NumPy does not have.

Coefficients are our own fits (Chebyshev and minimax, in 50-digit arithmetic).
"""

import math

from rushlight._ops._blocks import blockwise

# erf(x) = tanh(x * P(x**2)), minimax for |x| < 4.2, to 1e-8 relative.  Beyond, the
# polynomial grows and tanh is 1.
_ERF_TANH = (
    1.7402387726545711e-10,
    -8.300967151004195e-09,
    1.537997402683085e-07,
    -1.2721567360469341e-06,
    1.2608869509522433e-06,
    6.946164393404047e-05,
    -0.0005954653161151426,
    -0.00020657198090625814,
    0.10277214994902309,
    1.1283791788544475,
)
# erf(x) = x * P(x**2) for |x| <= 1, to 1e-17.
_ERF_SMALL = (
    -7.798543850549947e-10,
    1.3721520406351094e-08,
    -1.6208829856810202e-07,
    1.6447471190594618e-06,
    -1.4924740785377576e-05,
    0.00012055295112667001,
    -0.0008548325982543225,
    0.005223977607269946,
    -0.026866170643256995,
    0.1128379167094513,
    -0.37612638903183543,
    1.1283791670955126,
)
# erfc(x) = exp(-x**2) / (1 + 2x) * P((x - 3.75) / (x + 3.75)) for x >= 0: the form of
# Shepherd and Laframboise, Mathematics of Computation 36 (1981).
_ERFC = (
    -7.33950500852954e-11,
    -3.75315827795962e-11,
    9.02214970034059e-10,
    5.457157304704688e-10,
    -6.545560212480267e-09,
    -4.389284159986328e-09,
    4.0971223152703005e-08,
    2.4289762925488707e-08,
    -2.6114702359900956e-07,
    -5.826281078800777e-08,
    1.7534434251106334e-06,
    -9.72849582211122e-07,
    -1.1445049125831309e-05,
    2.2383912036550678e-05,
    5.164940777546399e-05,
    -0.00029015397928986765,
    0.00029371359480570737,
    0.0017556258324217529,
    -0.009746579547619623,
    0.0283622774215156,
    -0.05869339859054762,
    0.09230432116019834,
    -0.10880393014170746,
    0.08227673849015102,
    0.00358541548546369,
    -0.14024059858554702,
    1.2375126308378275,
)
# The same to 1e-10, for float32.
_ERFC_SHORT = (
    -6.5874193145039806e-06,
    1.852115001383936e-05,
    4.5104661239747657e-05,
    -0.0002843105176755973,
    0.00029845955911692225,
    0.0017511544822032946,
    -0.0097484655051042,
    0.028364106968071217,
    -0.05869300922738846,
    0.09230393701238163,
    -0.10880396585244523,
    0.08227677405355531,
    0.0035854164383117976,
    -0.1402405995380635,
    1.2375126308378277,
)
# lgamma(x) = (x - 1)(x - 2) P(x - 2) for 1 <= x <= 3.
_LGAMMA = (
    -8.190037783551156e-10,
    1.5818126337371086e-09,
    2.4694237633377504e-09,
    -4.358862409072515e-09,
    -8.952022836709702e-09,
    1.6327287432845006e-08,
    -7.860744687083056e-10,
    5.68873795385758e-09,
    -5.2038665332275675e-08,
    1.0444285443279689e-07,
    -1.861315818147291e-07,
    3.95720794275161e-07,
    -8.554816957122729e-07,
    1.8114769634727658e-06,
    -3.846514242663473e-06,
    8.221205092155423e-06,
    -1.76618554743359e-05,
    3.81690832831345e-05,
    -8.30950999467849e-05,
    0.00018255261441838105,
    -0.0004057073999387517,
    0.0009153769241238952,
    -0.0021081308338291313,
    0.004998641164623283,
    -0.012384192193374355,
    0.032965000621156974,
    -0.1003173016743539,
    0.42278433509846713,
)
# erfinv(x) = x * P(u) to 2e-9, with w = -log(1 - x**2): u = w - 2.5 for w < 5, and
# sqrt(w) - 3.218033988749895 beyond, up to the float32 next to 1.
_ERFINV_NEAR = (
    -2.0530244420143032e-11,
    1.2294079474747204e-10,
    8.200568073163617e-10,
    -1.085287587215902e-08,
    1.3780552917090806e-08,
    4.786352610485044e-07,
    -3.4174044855035536e-06,
    -4.9958551021511385e-06,
    0.00021825107431677095,
    -0.0012527081133227186,
    -0.004177318038632394,
    0.24664027679468026,
    1.5014093511307305,
)
_ERFINV_FAR = (
    -3.25804271036025e-05,
    9.389144654624226e-05,
    -1.9780359439213877e-05,
    -0.0003620522582624601,
    0.0010444779221557786,
    -0.0018784498717965064,
    0.002773720632688573,
    -0.004087596495604295,
    0.00574670428803464,
    1.0049037536189263,
    3.051757101459335,
)
# sin(pi x) = x * P(x**2) for |x| <= 1/2: its own series.
_SIN_PI = tuple(
    [
        (-1) ** k * math.pi ** (2 * k + 1) / math.factorial(2 * k + 1)
        for k in range(12, -1, -1)
    ]
)
# Bernoulli numbers B2, B4, ...
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)


def polynomial(np, out, x, coefficients):
    """The value of a polynomial, highest coefficient first, into out (not x itself)."""
    first, *middle, last = coefficients
    np.multiply(x, first, out=out)
    for coefficient in middle:
        np.add(out, coefficient, out=out)
        np.multiply(out, x, out=out)
    np.add(out, last, out=out)


# -------------------------------------------------------------------------- erf, erfc


def erf(np, x):
    """The error function of a float array."""
    return blockwise(np, _erf_double if x.dtype.itemsize == 8 else _erf_single, x)


def _erf_single(np, out, x):
    polynomial(np, out, np.multiply(x, x), _ERF_TANH)
    np.multiply(out, x, out=out)
    np.tanh(out, out=out)


def _erf_double(np, out, x):
    polynomial(np, out, np.multiply(x, x), _ERF_SMALL)
    np.multiply(out, x, out=out)
    far = np.abs(x) > 1
    if far.any():
        outside = x[far]
        out[far] = np.copysign(1 - _erfc_positive(np, np.abs(outside)), outside)


def erfc(np, x):
    """The complementary error function of a float array, precise in its tail."""
    return blockwise(np, _erfc_double if x.dtype.itemsize == 8 else _erfc_single, x)


def _erfc_single(np, out, x):
    wide = x.astype("float64")
    size = np.minimum(np.abs(wide), 28.0)  # beyond, erfc is 0
    value = np.empty_like(wide)
    polynomial(np, value, (size - 3.75) / (size + 3.75), _ERFC_SHORT)
    value = np.exp(-size * size) * value / (1 + 2 * size)
    out[...] = np.where(wide < 0, 2 - value, value)


def _erfc_double(np, out, x):
    size = np.abs(x)
    far = _erfc_positive(np, size)
    np.subtract(1, erf(np, x), out=out)
    np.copyto(out, far, where=x > 0.5)
    np.copyto(out, 2 - far, where=x < -0.5)


def _erfc_positive(np, x):
    """erfc for x >= 0; the square is split so that its rounding does no harm."""
    x = np.minimum(x, 28.0)  # beyond, erfc is 0; and inf - inf is avoided
    coarse = x.astype("float32").astype("float64")
    value = np.empty_like(x)
    polynomial(np, value, (x - 3.75) / (x + 3.75), _ERFC)
    decay = np.exp(-coarse * coarse) * np.exp((coarse - x) * (coarse + x))
    return decay * value / (1 + 2 * x)


def erfinv(np, x):
    """The inverse of erf: inf at 1, nan beyond."""
    return blockwise(np, _erfinv_double if x.dtype.itemsize == 8 else _erfinv_single, x)


def _erfinv_single(np, out, x):
    wide = x.astype("float64")
    log = -np.log1p(-wide * wide)
    value = np.empty_like(wide)
    polynomial(np, value, log - 2.5, _ERFINV_NEAR)
    far = log >= 5
    if far.any():
        root = np.sqrt(log[far]) - 3.218033988749895
        beyond = np.empty_like(root)
        polynomial(np, beyond, root, _ERFINV_FAR)
        value[far] = beyond
    np.multiply(value, wide, out=out, casting="same_kind")
    ends = np.abs(x) == 1
    if ends.any():
        np.copyto(out, np.copysign(math.inf, x), where=ends, casting="same_kind")


def _erfinv_double(np, out, x):
    """A rough start and three steps of Halley's method."""
    size = np.abs(x)
    tail = 1 - size
    log = np.log1p(-size * size)  # Winitzki's approximation
    half = 2 / (math.pi * 0.147) + log / 2
    guess = np.sqrt(np.sqrt(half * half - log / 0.147) - half)
    for _ in range(3):
        error = np.where(size < 0.5, erf(np, guess) - size, tail - erfc(np, guess))
        step = error * (math.sqrt(math.pi) / 2) * np.exp(guess * guess)
        guess = guess - step / (1 + guess * step)
    guess = np.where(size == 1, math.inf, np.where(size > 1, math.nan, guess))
    np.copysign(guess, x, out=out)


# ---------------------------------------------------------- lgamma, digamma, polygamma


def lgamma(np, x):
    """log|Gamma(x)| of a float array; inf at 0, -1, -2, ..."""
    return blockwise(np, _lgamma_block, x)


def _lgamma_block(np, out, x):
    x = x.astype("float64")
    negative = x < 0.5
    result = _lgamma_positive(np, np.where(negative, 1 - x, x))
    if negative.any():  # reflection
        turned = np.log(np.abs(math.pi / _sin_pi(np, x))) - result
        result = np.where(negative, turned, result)
    out[...] = np.where(np.isinf(x), math.inf, result + 0.0)  # no -0 at 1


def _sin_pi(np, x):
    """sin(pi x), exactly 0 at integers."""
    nearest = np.rint(x)
    sign = 1 - 2 * np.abs(np.fmod(nearest, 2))
    left = x - nearest
    value = np.empty_like(x)
    polynomial(np, value, left * left, _SIN_PI)
    return sign * left * value


def _lgamma_positive(np, x):
    """For x >= 0.5."""
    low = np.where(x < 1, x + 1, np.minimum(x, 3.0))
    near = np.empty_like(x)
    polynomial(np, near, low - 2, _LGAMMA)
    near *= (low - 1) * (low - 2)
    near = np.where(x < 1, near - np.log(np.minimum(x, 1.0)), near)
    large, product = np.maximum(x, 3.0), np.ones_like(x)
    for _ in range(6):  # the recurrence, up to where Stirling's series is exact
        below = large < 9
        product = np.where(below, product * large, product)
        large = np.where(below, large + 1, large)
    return np.where(x <= 3, near, _stirling(np, large) - np.log(product))


def _stirling(np, x):
    series, inverse = np.zeros_like(x), 1 / x
    square = inverse * inverse
    for k in range(len(_BERNOULLI), 0, -1):
        series = series * square + _BERNOULLI[k - 1] / (2 * k * (2 * k - 1))
    tail = 0.5 * math.log(2 * math.pi) + series * inverse
    return (x - 0.5) * np.log(x) - x + tail


def digamma(np, x):
    """The derivative of lgamma; nan at -1, -2, ..., and -inf at 0 (inf at -0)."""
    return blockwise(np, _digamma_block, x)


def _digamma_block(np, out, x):
    x = x.astype("float64")
    negative = x < 0
    result = _digamma_positive(np, np.where(negative, 1 - x, x))
    if negative.any():  # reflection
        left = x - np.rint(x)
        turned = result - math.pi / np.tan(math.pi * left)
        result = np.where(negative, np.where(left == 0, math.nan, turned), result)
    out[...] = np.where(x == 0, np.copysign(math.inf, -x), result)


def _digamma_positive(np, x):
    # the sum of 1 / x, 1 / (x + 1), ... below 10, as one fraction
    top, bottom, series = np.zeros_like(x), np.ones_like(x), np.zeros_like(x)
    for _ in range(10):
        below = x < 10
        top = np.where(below, top * x + bottom, top)
        bottom = np.where(below, bottom * x, bottom)
        x = np.where(below, x + 1, x)
    inverse = 1 / x
    square = inverse * inverse
    for k in range(len(_BERNOULLI), 0, -1):
        series = series * square + _BERNOULLI[k - 1] / (2 * k)
    return np.log(x) - 0.5 * inverse - series * square - top / bottom


def polygamma(np, n, x):
    """The n-th derivative of digamma, n >= 1: n! zeta(n + 1, x), with a sign."""
    if x.dtype.itemsize != 8:
        return polygamma(np, n, x.astype("float64")).astype(x.dtype)
    sign = 1.0 if n % 2 else -1.0
    return sign * math.factorial(n) * _zeta(np, n + 1, x)


def _zeta(np, s, x):
    """Hurwitz's zeta by Euler and Maclaurin: a sum up to 10, then a series."""
    pole, end = (x <= 0) & (x == np.rint(x)), np.isposinf(x)
    total = np.zeros_like(x)
    lowest = np.min(x, initial=10.0, where=np.isfinite(x))
    for _ in range(math.ceil(min(max(10 - lowest, 0), 1e4))):
        below = x < 10
        total = np.where(below, total + x ** float(-s), total)
        x = np.where(below, x + 1, x)
    term = x ** float(-s)
    total = total + term * x / (s - 1) + term / 2
    factor = term * s / x
    for k, bernoulli in enumerate(_BERNOULLI, start=1):
        total = total + bernoulli / math.factorial(2 * k) * factor
        factor = factor * ((s + 2 * k - 1) * (s + 2 * k)) / (x * x)
    return np.where(pole, math.inf, np.where(end, 0.0, total))
