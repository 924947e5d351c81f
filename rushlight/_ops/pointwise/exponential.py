"""Exponentials: exp, exp2, expm1."""

import math

from rushlight._core.expose import expose
from rushlight._core.inplace import call_out
from rushlight._core.table import FLOAT, define
from rushlight._ops.specs import float_spec

# ------------------------------------------------------------------------------- exp


def exp(input, *, out=None):
    """Raise e to each element: ``e**input``.

    Args:
        input: (*), any dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    Raises:
        TypeError: where input is no tensor.
        RuntimeError: for an ``out`` that cannot hold the result.

    >>> import rushlight
    >>> rushlight.exp(rushlight.tensor([0.0, 1.0]))
    tensor([1.0000, 2.7183])
    """
    return EXP.short(input) if out is None else call_out(EXP, (input,), out)


def _exp_grad(g, *, out):
    return g * out.conj()


def _exp_lower(k, x):
    return k.exp(x)


EXP = define(
    "exp",
    eager="exp",
    spec=float_spec,
    grad=_exp_grad,
    lower=_exp_lower,
    promote=FLOAT,
)
expose(exp, inplace=EXP)

# ------------------------------------------------------------------------------ exp2


def exp2(input, *, out=None):
    """Raise 2 to each element: ``2**input``.

    Args:
        input, out: as for `exp`.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    >>> import rushlight
    >>> rushlight.exp2(rushlight.tensor([3.0, -1.0]))
    tensor([8.0000, 0.5000])
    """
    return EXP2.short(input) if out is None else call_out(EXP2, (input,), out)


def _exp2_grad(g, *, out):
    return g * out.conj() * math.log(2)


def _exp2_lower(k, x):
    return k.exp(k.mul(x, k.const(math.log(2))))


EXP2 = define(
    "exp2",
    eager="exp2",
    spec=float_spec,
    grad=_exp2_grad,
    lower=_exp2_lower,
    promote=FLOAT,
)
expose(exp2, inplace=EXP2)

# ----------------------------------------------------------------------------- expm1


def expm1(input, *, out=None):
    """``e**input - 1``, precise for small elements.

    Args:
        input, out: as for `exp`.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    >>> import rushlight
    >>> rushlight.expm1(rushlight.tensor([0.0, 1.0]))
    tensor([0.0000, 1.7183])
    """
    return EXPM1.short(input) if out is None else call_out(EXPM1, (input,), out)


def _expm1_grad(g, *, out):
    return g * (out.conj() + 1)


def _expm1_lower(k, x):
    return k.expm1(x)


EXPM1 = define(
    "expm1",
    eager="expm1",
    spec=float_spec,
    grad=_expm1_grad,
    promote=FLOAT,
    lower=_expm1_lower,
)
expose(expm1, inplace=EXPM1)
