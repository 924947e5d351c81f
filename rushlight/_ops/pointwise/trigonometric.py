"""Angles: sin, cos, tan, their inverses, atan2, sinc."""

import math

from rushlight._core.dispatch import call2
from rushlight._core.expose import expose
from rushlight._core.inplace import call_out
from rushlight._core.table import FLOAT, define
from rushlight._ops._arguments import refuse, require_tensor
from rushlight._ops._arrays import is_half, wide
from rushlight._ops.specs import float_spec

# ---------------------------------------------------------------------- sin, cos, tan


def sin(input, *, out=None):
    """The sine of angles in radians.

    Args:
        input: (*), any dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    Raises:
        TypeError: where input is no tensor.
        RuntimeError: for an ``out`` that cannot hold the result.

    >>> import rushlight
    >>> rushlight.sin(rushlight.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8415])
    """
    return SIN.short(input) if out is None else call_out(SIN, (input,), out)


def _sin_grad(g, *, x):
    return g * x.cos().conj()


def _sin_lower(k, x):
    return k.sin(x)


SIN = define(
    "sin",
    eager="sin",
    spec=float_spec,
    grad=_sin_grad,
    lower=_sin_lower,
    promote=FLOAT,
)
expose(sin, inplace=SIN)


def cos(input, *, out=None):
    """The cosine of angles in radians.

    Args:
        input, out: as for `sin`.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    >>> import rushlight
    >>> rushlight.cos(rushlight.tensor([0.0, 1.0]))
    tensor([1.0000, 0.5403])
    """
    return COS.short(input) if out is None else call_out(COS, (input,), out)


def _cos_grad(g, *, x):
    return g * -x.sin().conj()


def _cos_lower(k, x):
    return k.cos(x)


COS = define(
    "cos",
    eager="cos",
    spec=float_spec,
    grad=_cos_grad,
    lower=_cos_lower,
    promote=FLOAT,
)
expose(cos, inplace=COS)


def tan(input, *, out=None):
    """The tangent of angles in radians.

    Args:
        input, out: as for `sin`.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    >>> import rushlight
    >>> rushlight.tan(rushlight.tensor([0.0, 1.0]))
    tensor([0.0000, 1.5574])
    """
    return TAN.short(input) if out is None else call_out(TAN, (input,), out)


def _tan_grad(g, *, out):
    return g * (1 + out * out).conj()


def _tan_lower(k, x):
    return k.div(k.sin(x), k.cos(x))


TAN = define(
    "tan",
    eager="tan",
    spec=float_spec,
    grad=_tan_grad,
    lower=_tan_lower,
    promote=FLOAT,
)
expose(tan, inplace=TAN)

# ------------------------------------------------------------------- asin, acos, atan


def asin(input, *, out=None):
    """The angle in radians whose sine is given; nan outside [-1, 1].

    Args:
        input, out: as for `sin`.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    >>> import rushlight
    >>> rushlight.asin(rushlight.tensor([0.0, 1.0]))
    tensor([0.0000, 1.5708])
    """
    return ASIN.short(input) if out is None else call_out(ASIN, (input,), out)


def _asin_grad(g, *, x):
    return g * (1 - x * x).rsqrt().conj()


ASIN = define(
    "asin",
    eager="arcsin",
    spec=float_spec,
    grad=_asin_grad,
    promote=FLOAT,
)
expose(asin, inplace=ASIN, aliases=["arcsin"])


def acos(input, *, out=None):
    """The angle in radians whose cosine is given; nan outside [-1, 1].

    Args:
        input, out: as for `sin`.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    >>> import rushlight
    >>> rushlight.acos(rushlight.tensor([1.0, 0.0]))
    tensor([0.0000, 1.5708])
    """
    return ACOS.short(input) if out is None else call_out(ACOS, (input,), out)


def _acos_grad(g, *, x):
    return g * -(1 - x * x).rsqrt().conj()


ACOS = define(
    "acos",
    eager="arccos",
    spec=float_spec,
    grad=_acos_grad,
    promote=FLOAT,
)
expose(acos, inplace=ACOS, aliases=["arccos"])


def atan(input, *, out=None):
    """The angle in radians whose tangent is given, within half a turn.

    Args:
        input, out: as for `sin`.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    >>> import rushlight
    >>> rushlight.atan(rushlight.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7854])
    """
    return ATAN.short(input) if out is None else call_out(ATAN, (input,), out)


def _atan_grad(g, *, x):
    return g / (1 + x * x).conj()


ATAN = define(
    "atan",
    eager="arctan",
    spec=float_spec,
    grad=_atan_grad,
    promote=FLOAT,
)
expose(atan, inplace=ATAN, aliases=["arctan"])

# ----------------------------------------------------------------------------- atan2


def atan2(input, other, *, out=None):
    """The angle in radians of the points ``(x=other, y=input)``, within a whole turn.

    Args:
        input, other: tensors of shapes that broadcast; any dtype but complex.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape; integers give the default float dtype.

    Raises:
        RuntimeError: for complex tensors, and where the shapes do not broadcast.
        TypeError: for numbers.

    >>> import rushlight
    >>> rushlight.atan2(rushlight.tensor([1.0]), rushlight.tensor([-1.0]))
    tensor([2.3562])
    """
    require_tensor(input, "atan2()")
    require_tensor(other, "atan2()", "other")
    op = ATAN2
    return call2(op, input, other) if out is None else call_out(op, (input, other), out)


def _atan2_spec(x, y):
    spec = float_spec(x, y)
    refuse(spec, "atan2", "c")
    return spec


def _atan2_eager(backend, x, y):
    refuse(x, "atan2", "c")
    return backend.np.arctan2(x, y)


def _atan2_grad(g, *, x, y):
    square = x * x + y * y
    inverse = square.reciprocal().where(square != 0, 0)
    return g * (y * inverse), g * (-x * inverse)


ATAN2 = define(
    "atan2",
    inputs="x y",
    eager=_atan2_eager,
    spec=_atan2_spec,
    grad=_atan2_grad,
    promote=FLOAT,
)
expose(atan2, inplace=ATAN2, inplace_torch=False, aliases=["arctan2"])

# ------------------------------------------------------------------------------ sinc


def sinc(input, *, out=None):
    """``sin(pi x) / (pi x)``, and 1 at 0.

    Args:
        input, out: as for `sin`.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    >>> import rushlight
    >>> rushlight.sinc(rushlight.tensor([0.0, 0.5]))
    tensor([1.0000, 0.6366])
    """
    return SINC.short(input) if out is None else call_out(SINC, (input,), out)


def _sinc_eager(backend, x):
    np = backend.np
    turned = np.multiply(wide(x), math.pi)
    zero = turned == 0
    result = np.where(zero, 1, np.sin(turned) / np.where(zero, 1, turned))
    return result.astype(x.dtype) if is_half(x) else result


def _sinc_grad(g, *, x):
    turned = x * math.pi
    slope = (turned.cos() * turned - turned.sin()) / (turned * x)
    return g * slope.conj().where(turned != 0, 0)


SINC = define(
    "sinc", eager=_sinc_eager, spec=float_spec, grad=_sinc_grad, promote=FLOAT
)
expose(sinc, inplace=SINC)
