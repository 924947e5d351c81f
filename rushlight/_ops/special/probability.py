"""The normal law's functions, entropies and logarithms with zeros."""

import math

from rushlight._ops.special import _probability as arrays
from rushlight._ops.special._define import binary, unary

_ROOT_2_PI = math.sqrt(2 * math.pi)
_ROOT_HALF = math.sqrt(0.5)


def _erfcx_grad(g, *, x, out):
    return g * (2 * x * out - 2 / math.sqrt(math.pi))


def _ndtr_grad(g, *, x):
    return g * (-x * x / 2).exp() / _ROOT_2_PI


def _log_ndtr_grad(g, *, x):
    return g / erfcx(x * -_ROOT_HALF) * math.sqrt(2 / math.pi)


def _ndtri_grad(g, *, out):
    return g * _ROOT_2_PI * (out * out / 2).exp()


def _entr_grad(g, *, x):
    return g * (-x.log() - 1)


def _xlog1py_grad(g, *, x, y, needs):
    by_x = by_y = None
    if needs[0]:
        by_x = (g * y.log1p()).masked_fill((x == 0) & (y <= -1), 0)
    if needs[1]:
        by_y = g * x / (y + 1)
    return by_x, by_y


erfcx = unary(
    "erfcx",
    arrays.erfcx,
    "The scaled complementary error function, ``exp(x**2) * erfc(x)``.",
    _erfcx_grad,
)
ndtr = unary(
    "ndtr", arrays.ndtr, "The distribution function of the normal law.", _ndtr_grad
)
log_ndtr = unary(
    "log_ndtr",
    arrays.log_ndtr,
    "The logarithm of `ndtr`, precise where that is tiny.",
    _log_ndtr_grad,
)
ndtri = unary(
    "ndtri", arrays.ndtri, "The inverse of `ndtr`: the normal quantile.", _ndtri_grad
)
entr = unary(
    "entr", arrays.entropy, "``-x * log(x)``; 0 at 0, and -inf below.", _entr_grad
)
xlog1py = binary(
    "xlog1py",
    arrays.xlog1py,
    "``input * log1p(other)``, and 0 where input is 0.",
    _xlog1py_grad,
)
