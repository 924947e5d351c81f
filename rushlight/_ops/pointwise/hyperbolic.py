"""Hyperbolic functions: sinh, cosh, tanh and their inverses."""

from rushlight._core.dispatch import call2
from rushlight._core.expose import expose
from rushlight._core.inplace import call_out
from rushlight._core.table import FLOAT, SAME, define
from rushlight._ops._blocks import blockwise
from rushlight._ops.specs import float_spec, pointwise_spec

# ------------------------------------------------------------------- sinh, cosh, tanh


def sinh(input, *, out=None):
    """The hyperbolic sine: ``(e**x - e**-x) / 2``.

    Args:
        input: (*), any dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    Raises:
        TypeError: where input is no tensor.
        RuntimeError: for an ``out`` that cannot hold the result.

    >>> import rushlight
    >>> rushlight.sinh(rushlight.tensor([0.0, 1.0]))
    tensor([0.0000, 1.1752])
    """
    return SINH.short(input) if out is None else call_out(SINH, (input,), out)


def _sinh_grad(g, *, x):
    return g * x.cosh().conj()


SINH = define(
    "sinh",
    eager="sinh",
    spec=float_spec,
    grad=_sinh_grad,
    promote=FLOAT,
)
expose(sinh, inplace=SINH)


def cosh(input, *, out=None):
    """The hyperbolic cosine: ``(e**x + e**-x) / 2``.

    Args:
        input, out: as for `sinh`.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    >>> import rushlight
    >>> rushlight.cosh(rushlight.tensor([0.0, 1.0]))
    tensor([1.0000, 1.5431])
    """
    return COSH.short(input) if out is None else call_out(COSH, (input,), out)


def _cosh_grad(g, *, x):
    return g * x.sinh().conj()


COSH = define(
    "cosh",
    eager="cosh",
    spec=float_spec,
    grad=_cosh_grad,
    promote=FLOAT,
)
expose(cosh, inplace=COSH)


def tanh(input, *, out=None):
    """The hyperbolic tangent: ``sinh(x) / cosh(x)``, between -1 and 1.

    Args:
        input, out: as for `sinh`.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    >>> import rushlight
    >>> rushlight.tanh(rushlight.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7616])
    """
    return TANH.short(input) if out is None else call_out(TANH, (input,), out)


def _tanh_grad(g, *, out):
    return call2(TANH_BACKWARD, g, out)


def _tanh_lower(k, x):
    return k.tanh(x)


TANH = define(
    "tanh",
    eager="tanh",
    spec=float_spec,
    grad=_tanh_grad,
    lower=_tanh_lower,
    promote=FLOAT,
)
expose(tanh, functional=True, inplace=TANH)


def _tanh_slope(np, out, y, g):
    np.multiply(y, y, out=out)
    np.subtract(1, out, out=out)
    np.multiply(out, g, out=out)


def _tanh_backward_eager(backend, g, y):
    return blockwise(backend.np, _tanh_slope, y.conj() if y.dtype.kind == "c" else y, g)


def _tanh_backward_grad(h, *, g, y, needs):
    return (
        call2(TANH_BACKWARD, h, y) if needs[0] else None,
        h * (-2 * g * y).conj() if needs[1] else None,
    )


def _tanh_backward_lower(k, g, y):
    return k.mul(g, k.sub(k.const(1), k.mul(y, y)))


TANH_BACKWARD = define(
    "tanh_backward",
    inputs="g y",
    eager=_tanh_backward_eager,
    spec=pointwise_spec,
    grad=_tanh_backward_grad,
    lower=_tanh_backward_lower,
    promote=SAME,
)

# ---------------------------------------------------------------- asinh, acosh, atanh


def asinh(input, *, out=None):
    """The inverse of the hyperbolic sine.

    Args:
        input, out: as for `sinh`.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    >>> import rushlight
    >>> rushlight.asinh(rushlight.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8814])
    """
    return ASINH.short(input) if out is None else call_out(ASINH, (input,), out)


def _asinh_grad(g, *, x):
    return g * (x * x + 1).rsqrt().conj()


ASINH = define(
    "asinh",
    eager="arcsinh",
    spec=float_spec,
    grad=_asinh_grad,
    promote=FLOAT,
)
expose(asinh, inplace=ASINH, aliases=["arcsinh"])


def acosh(input, *, out=None):
    """The inverse of the hyperbolic cosine; nan below 1.

    Args:
        input, out: as for `sinh`.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    >>> import rushlight
    >>> rushlight.acosh(rushlight.tensor([1.0, 2.0]))
    tensor([0.0000, 1.3170])
    """
    return ACOSH.short(input) if out is None else call_out(ACOSH, (input,), out)


def _acosh_grad(g, *, x):
    return g * (x * x - 1).rsqrt().conj()


ACOSH = define(
    "acosh",
    eager="arccosh",
    spec=float_spec,
    grad=_acosh_grad,
    promote=FLOAT,
)
expose(acosh, inplace=ACOSH, aliases=["arccosh"])


def atanh(input, *, out=None):
    """The inverse of the hyperbolic tangent; nan outside [-1, 1].

    Args:
        input, out: as for `sinh`.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    >>> import rushlight
    >>> rushlight.atanh(rushlight.tensor([0.0, 0.5]))
    tensor([0.0000, 0.5493])
    """
    return ATANH.short(input) if out is None else call_out(ATANH, (input,), out)


def _atanh_grad(g, *, x):
    return g / (1 - x * x).conj()


ATANH = define(
    "atanh",
    eager="arctanh",
    spec=float_spec,
    grad=_atanh_grad,
    promote=FLOAT,
)
expose(atanh, inplace=ATANH, aliases=["arctanh"])
