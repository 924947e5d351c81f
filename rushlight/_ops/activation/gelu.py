"""The Gaussian error linear unit."""

import math

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.inplace import call_out
from rushlight._core.table import define
from rushlight._ops import _special as functions
from rushlight._ops._arguments import refuse
from rushlight._ops._blocks import blockwise
from rushlight._ops.specs import same_spec

# Note [Phi as a logistic function]
# The normal distribution's Phi(x) is 1 / (1 + exp(-x P(x**2))) with a smooth P: with
# this minimax fit for |x| < 5.6 the error of Phi is below 3e-8, half of float32's own
# rounding.  It takes one exponential and a shorter polynomial than erf.  The "tanh"
# approximation has this form from the start, with a P of two terms.
_EXACT = (
    3.5123461119111946e-09,
    -2.6452683278267506e-07,
    7.929490696130747e-06,
    -0.00011061239767456483,
    -6.518992397699453e-05,
    0.07266616911459786,
    1.5957698829370701,
)
_SLOPE = 2 * math.sqrt(2 / math.pi)
_TANH = (_SLOPE * 0.044715, _SLOPE)
_ROOT_HALF = math.sqrt(0.5)
_ROOT_TWO_PI = math.sqrt(2 * math.pi)


def gelu(input, *, approximate="none", out=None):
    """``input * Phi(input)``, with the normal distribution's function Phi.

    Args:
        input: (*), float.
        approximate: "none", or "tanh": ``Phi(x) ~ (1 + tanh(sqrt(2 / pi) * (x +
            0.044715 * x**3))) / 2``.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: for other dtypes, and for another approximation.

    See:
        https://arxiv.org/abs/1606.08415

    >>> import rushlight
    >>> rushlight.nn.functional.gelu(rushlight.tensor([-1.0, 2.0]))
    tensor([-0.1587,  1.9545])
    """
    if out is not None:
        return call_out(GELU, (input,), out, approximate=approximate)
    return GELU.short(input, approximate=approximate)


def _gelu_spec(x, *, approximate):
    refuse(x, "GeluKernelImpl", "biuc")
    if approximate not in ("none", "tanh"):
        raise ArgumentRuntimeError(
            explain(
                "gelu()",
                expected="the approximate argument to be 'none' or 'tanh'",
                got=repr(approximate),
                do="Leave it out for the exact function.",
            )
        )
    return same_spec(x)


def _gelu_eager(backend, x, *, approximate):
    np = backend.np
    _gelu_spec(x, approximate=approximate)
    if x.dtype.itemsize == 8 and approximate == "none":
        return 0.5 * x * functions.erfc(np, x * -_ROOT_HALF)
    weights = _TANH if approximate == "tanh" else _EXACT

    def forward(np, out, x):
        _decay(np, out, np.multiply(x, x), x, weights)
        np.add(out, 1, out=out)
        np.divide(x, out, out=out)

    return blockwise(np, forward, x)


def _decay(np, out, square, x, weights):
    """exp(-x P(x**2)) into out (Note [Phi as a logistic function])."""
    functions.polynomial(np, out, square, weights)
    np.multiply(out, x, out=out)
    np.negative(out, out=out)
    np.exp(out, out=out)


def _gelu_grad(g, *, x, approximate):
    return call(GELU_BACKWARD, g, x, approximate=approximate)


def _gelu_lower(k, x, *, approximate):
    half, one = k.const(0.5), k.const(1)
    if approximate == "tanh":
        cube = k.mul(k.mul(x, x), x)
        inner = k.mul(k.const(_SLOPE / 2), k.add(x, k.mul(k.const(0.044715), cube)))
        return k.mul(k.mul(half, x), k.add(one, k.tanh(inner)))
    return k.mul(k.mul(half, x), k.add(one, k.erf(k.mul(x, k.const(_ROOT_HALF)))))


GELU = define(
    "gelu", eager=_gelu_eager, spec=_gelu_spec, grad=_gelu_grad, lower=_gelu_lower
)
expose(gelu, torch=False, method=False, functional=True)

# -------------------------------------------------------------------------- backward


def _backward_spec(g, x, *, approximate):
    return same_spec(x)


def _backward_eager(backend, g, x, *, approximate):
    np = backend.np
    if approximate == "tanh":
        return blockwise(np, _tanh_slope, x, g)
    return blockwise(np, _double_slope if x.dtype.itemsize == 8 else _slope, x, g)


def _slope(np, out, x, g):
    """g * (Phi(x) + x * density(x))"""
    square = np.multiply(x, x)
    _decay(np, out, square, x, _EXACT)
    np.add(out, 1, out=out)
    np.divide(1, out, out=out)
    np.add(out, _x_density(np, square, x), out=out)
    np.multiply(out, g, out=out)


def _double_slope(np, out, x, g):
    np.multiply(functions.erfc(np, x * -_ROOT_HALF), 0.5, out=out)
    np.add(out, _x_density(np, np.multiply(x, x), x), out=out)
    np.multiply(out, g, out=out)


def _x_density(np, square, x):
    """x * exp(-x**2 / 2) / sqrt(2 pi), in the memory of the square."""
    np.multiply(square, -0.5, out=square)
    np.exp(square, out=square)
    np.multiply(square, x, out=square)
    return np.multiply(square, 1 / _ROOT_TWO_PI, out=square)


def _tanh_slope(np, out, x, g):
    """g * s * (1 + x * (1 - s) * derivative of the exponent), s the logistic factor"""
    square = np.multiply(x, x)
    _decay(np, out, square, x, _TANH)
    np.add(out, 1, out=out)
    np.divide(1, out, out=out)
    np.multiply(square, 3 * _TANH[0], out=square)
    np.add(square, _TANH[1], out=square)
    np.multiply(square, x, out=square)
    np.multiply(square, 1 - out, out=square)
    np.add(square, 1, out=square)
    np.multiply(out, square, out=out)
    np.multiply(out, g, out=out)


def _backward_grad(h, *, g, x, approximate, needs):
    return (
        call(GELU_BACKWARD, h, x, approximate=approximate) if needs[0] else None,
        h * g * _second(x, approximate) if needs[1] else None,
    )


def _second(x, approximate):
    """The second derivative of gelu."""
    if approximate == "none":
        return (x * x * -0.5).exp() * ((2 - x * x) / _ROOT_TWO_PI)
    s = (x * (_TANH[0] * x * x + _TANH[1])).sigmoid()
    first, second = 3 * _TANH[0] * x * x + _TANH[1], 6 * _TANH[0] * x
    bell = s * (1 - s)
    return bell * (2 * first + x * second + x * first * first * (1 - 2 * s))


def _backward_lower(k, g, x, *, approximate):
    one, half = k.const(1), k.const(0.5)
    square = k.mul(x, x)
    if approximate == "tanh":
        inner = k.mul(x, k.add(k.const(_TANH[1]), k.mul(k.const(_TANH[0]), square)))
        s = k.div(one, k.add(one, k.exp(k.neg(inner))))
        rise = k.add(k.const(_TANH[1]), k.mul(k.const(3 * _TANH[0]), square))
        bend = k.mul(k.mul(x, rise), k.sub(one, s))
        return k.mul(g, k.mul(s, k.add(one, bend)))
    phi = k.mul(half, k.add(one, k.erf(k.mul(x, k.const(_ROOT_HALF)))))
    density = k.mul(k.exp(k.mul(square, k.const(-0.5))), k.const(1 / _ROOT_TWO_PI))
    return k.mul(g, k.add(phi, k.mul(x, density)))


GELU_BACKWARD = define(
    "gelu_backward",
    inputs="g x",
    eager=_backward_eager,
    spec=_backward_spec,
    grad=_backward_grad,
    lower=_backward_lower,
)
