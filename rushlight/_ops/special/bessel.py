"""Bessel functions, modified ones, and Airy's."""

from rushlight._core.expose import expose
from rushlight._ops.special import _bessel as arrays
from rushlight._ops.special._define import unary


def i0(input, *, out=None):
    """The modified Bessel function of the first kind, of order 0.

    Args:
        input: (*), any dtype but complex.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    Raises:
        NotImplementedError: for complex tensors.

    >>> import rushlight
    >>> rushlight.i0(rushlight.tensor([0.0, 1.0]))
    tensor([1.0000, 1.2661])
    """
    return _i0(input, out=out)


def _i0_grad(g, *, x):
    return g * i1(x)


def _i1_grad(g, *, x, out):
    return g * (i0(x) - _over(out, x, 0.5))


def _over(value, x, at_zero):
    """value / x, with its limit where x is 0."""
    zero = x == 0
    return (value / x.masked_fill(zero, 1)).masked_fill(zero, at_zero)


def _i0e_grad(g, *, x, out):
    return g * (i1e(x) - x.sgn() * out)


def _i1e_grad(g, *, x, out):
    return g * (i0e(x) - x.sgn() * out - _over(out, x, 0.5))


_i0 = unary("i0", arrays.i0, "I0(input).", _i0_grad)
expose(i0, inplace=_i0.op)
i0e = unary(
    "i0e",
    arrays.i0e,
    "`i0` times ``exp(-abs(input))``: it is never large.",
    _i0e_grad,
)
i1 = unary(
    "i1",
    arrays.i1,
    "As `i0`, of order 1.",
    _i1_grad,
)
i1e = unary("i1e", arrays.i1e, "`i1` times ``exp(-abs(input))``.", _i1e_grad)
bessel_j0 = unary(
    "bessel_j0", arrays.j0, "The Bessel function of the first kind, order 0."
)
bessel_j1 = unary(
    "bessel_j1", arrays.j1, "The Bessel function of the first kind, order 1."
)
bessel_y0 = unary(
    "bessel_y0", arrays.y0, "The Bessel function of the second kind, order 0."
)
bessel_y1 = unary(
    "bessel_y1", arrays.y1, "The Bessel function of the second kind, order 1."
)
modified_bessel_i0 = unary("modified_bessel_i0", arrays.i0, "As `i0`, not recorded.")
modified_bessel_i1 = unary("modified_bessel_i1", arrays.i1, "As `i1`, not recorded.")
modified_bessel_k0 = unary(
    "modified_bessel_k0",
    arrays.k0,
    "The modified Bessel function of the second kind, order 0.",
)
modified_bessel_k1 = unary(
    "modified_bessel_k1",
    arrays.k1,
    "The modified Bessel function of the second kind, order 1.",
)
scaled_modified_bessel_k0 = unary(
    "scaled_modified_bessel_k0", arrays.k0e, "`modified_bessel_k0` times ``exp(x)``."
)
scaled_modified_bessel_k1 = unary(
    "scaled_modified_bessel_k1", arrays.k1e, "`modified_bessel_k1` times ``exp(x)``."
)
spherical_bessel_j0 = unary(
    "spherical_bessel_j0", arrays.spherical_j0, "``sin(x) / x``, and 1 at 0."
)
airy_ai = unary("airy_ai", arrays.airy_ai, "Airy's function Ai.")
