"""Angles: angle of a number, deg2rad, rad2deg."""

import math

from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import DtypeError
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.inplace import call_out
from rushlight._core.table import FLOAT, define
from rushlight._ops._arguments import refuse
from rushlight._ops._arrays import is_half, wide
from rushlight._ops.specs import float_spec

# ----------------------------------------------------------------------------- angle


def angle(input, *, out=None):
    """The angle in radians; of real numbers 0, or pi where they are negative.

    Args:
        input: (*), any dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape; the float dtype of complex parts, integers give the default
        float dtype.

    Raises:
        TypeError: where input is no tensor.

    >>> import rushlight
    >>> rushlight.angle(rushlight.tensor([1j, -1 + 0j]))
    tensor([1.5708, 3.1416])
    """
    return ANGLE.short(input) if out is None else call_out(ANGLE, (input,), out)


def _angle_spec(x):
    return Spec(x.shape, BY_NUMPY[float_spec(x).dtype].to_real().numpy)


def _angle_eager(backend, x):
    np = backend.np
    if x.dtype.kind == "c":
        return np.arctan2(x.imag, x.real)
    if x.dtype.kind in "biu":
        x = x.astype("float64")  # another dtype than its own: it is promoted first
    turned = np.where(np.less(x, 0), x.dtype.type(np.pi), x.dtype.type(0))
    return np.where(np.isnan(x), x, turned)


def _angle_grad(g, *, x):
    if not x.is_complex():
        return g.new_zeros(g.shape)
    size = x.abs()
    return (g / size * (x.sgn() * 1j)).where(size != 0, 0)


def _angle_lower(k, x):
    turned = k.where(k.lt(x, 0), k.const_like(math.pi, x), 0)
    return k.where(k.ne(x, x), x, turned)


ANGLE = define(
    "angle",
    eager=_angle_eager,
    spec=_angle_spec,
    grad=_angle_grad,
    lower=_angle_lower,
    promote=FLOAT,
    passes=10,
)
expose(angle)

# ------------------------------------------------------------------ deg2rad, rad2deg


def deg2rad(input, *, out=None):
    """Degrees in radians: ``input * pi / 180``.

    Args:
        input: (*), any dtype but complex.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    Raises:
        RuntimeError: for complex tensors.

    >>> import rushlight
    >>> rushlight.deg2rad(rushlight.tensor([180.0, 90.0]))
    tensor([3.1416, 1.5708])
    """
    return DEG2RAD.short(input) if out is None else call_out(DEG2RAD, (input,), out)


def rad2deg(input, *, out=None):
    """Radians in degrees: ``input * 180 / pi``.

    Args:
        input, out: as for `deg2rad`.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    >>> import rushlight
    >>> rushlight.rad2deg(rushlight.tensor([0.0, 3.1416]))
    tensor([  0.0000, 180.0004])
    """
    return RAD2DEG.short(input) if out is None else call_out(RAD2DEG, (input,), out)


def _degrees_spec(x):
    refuse(x, "deg2rad() and rad2deg()", "c", DtypeError)
    return float_spec(x)


def _deg2rad_eager(backend, x):
    refuse(x, "deg2rad", "c", DtypeError)
    return _scaled(backend.np, x, math.pi / 180)


def _rad2deg_eager(backend, x):
    refuse(x, "rad2deg", "c", DtypeError)
    return _scaled(backend.np, x, 180 / math.pi)


def _scaled(np, x, factor):
    result = np.multiply(wide(x), factor)
    return result.astype(x.dtype) if is_half(x) else result


def _deg2rad_grad(g):
    return g * (math.pi / 180)


def _rad2deg_grad(g):
    return g * (180 / math.pi)


def _deg2rad_lower(k, x):
    return k.mul(x, k.const(math.pi / 180))


def _rad2deg_lower(k, x):
    return k.mul(x, k.const(180 / math.pi))


DEG2RAD = define(
    "deg2rad",
    eager=_deg2rad_eager,
    spec=_degrees_spec,
    grad=_deg2rad_grad,
    lower=_deg2rad_lower,
    promote=FLOAT,
    node="Deg2RadBackward0",
)
RAD2DEG = define(
    "rad2deg",
    eager=_rad2deg_eager,
    spec=_degrees_spec,
    grad=_rad2deg_grad,
    lower=_rad2deg_lower,
    promote=FLOAT,
    node="Rad2DegBackward0",
)
expose(deg2rad, inplace=DEG2RAD)
expose(rad2deg, inplace=RAD2DEG)
