"""Values in place of others: nan_to_num, heaviside, nextafter."""

import math

import numpy

from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import DtypeError, UnsupportedError, explain
from rushlight._base.limits import finfo
from rushlight._core.dispatch import call2
from rushlight._core.expose import expose
from rushlight._core.inplace import call_out
from rushlight._core.table import SAME, define
from rushlight._ops._arguments import refuse, require_tensor
from rushlight._ops.specs import pointwise_spec, same_spec

# ------------------------------------------------------------------------ nan_to_num


def nan_to_num(input, nan=0.0, posinf=None, neginf=None, *, out=None):
    """Numbers in place of nan and the infinities.

    Args:
        input: (*), any dtype; of complex numbers, each part.
        nan: what replaces nan.
        posinf, neginf: what replaces the infinities; the dtype's largest and smallest
            number if left out.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        TypeError: where input is no tensor.

    >>> import rushlight
    >>> rushlight.nan_to_num(rushlight.tensor([float("nan"), 2.0]), nan=-1.0)
    tensor([-1.,  2.])
    """
    attrs = {"nan": nan, "posinf": posinf, "neginf": neginf}
    if out is None:
        return NAN_TO_NUM.short(input, **attrs)
    return call_out(NAN_TO_NUM, (input,), out, **attrs)


def _nan_to_num_spec(x, **attrs):
    return same_spec(x)


def _nan_to_num_eager(backend, x, *, nan, posinf, neginf):
    np, result = backend.np, x.copy()
    if x.dtype.kind not in "fVc":
        return result
    limits = finfo(BY_NUMPY[x.dtype].to_real())
    nan = 0.0 if nan is None else nan
    posinf = limits.max if posinf is None else posinf
    neginf = limits.min if neginf is None else neginf
    for part in (result.real, result.imag) if x.dtype.kind == "c" else (result,):
        missing, endless = np.isnan(part), np.isinf(part)
        part[missing] = nan
        part[endless & (part > 0)] = posinf
        part[endless & (part < 0)] = neginf
    return result


def _nan_to_num_grad(g, *, x):
    return g * x.isfinite()


def _nan_to_num_lower(k, x, *, nan, posinf, neginf):
    if x.dtype not in ("f32", "f64"):
        return x
    limits = numpy.finfo(k.NUMPY[x.dtype])
    posinf = float(limits.max) if posinf is None else posinf
    neginf = float(limits.min) if neginf is None else neginf
    found = k.where(k.eq(x, math.inf), posinf, x)
    found = k.where(k.eq(x, -math.inf), neginf, found)
    return k.where(k.ne(x, x), 0.0 if nan is None else nan, found)


NAN_TO_NUM = define(
    "nan_to_num",
    eager=_nan_to_num_eager,
    spec=_nan_to_num_spec,
    grad=_nan_to_num_grad,
    lower=_nan_to_num_lower,
)
expose(nan_to_num, inplace=True)

# ------------------------------------------------------------------------- heaviside


def heaviside(input, values, *, out=None):
    """The step function: 0 below 0, 1 above, and ``values`` at 0.

    Args:
        input: (*), any dtype but complex.
        values: a tensor of a shape that broadcasts and of the same dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape, same dtype.

    Raises:
        RuntimeError: where the dtypes differ, for complex tensors, where the shapes do
            not broadcast, and in backward: it has no gradient.
        TypeError: for numbers.

    >>> import rushlight
    >>> x = rushlight.tensor([-1.5, 0.0, 2.0])
    >>> rushlight.heaviside(x, rushlight.tensor(0.5))
    tensor([0.0000, 0.5000, 1.0000])
    """
    require_tensor(input, "heaviside()")
    require_tensor(values, "heaviside()", "values")
    op = HEAVISIDE
    if out is None:
        return call2(op, input, values)
    return call_out(op, (input, values), out)


def _check_heaviside(x, y):
    if x._array.dtype != y._array.dtype:
        raise DtypeError(
            explain(
                "heaviside()",
                expected=f"values of input's dtype {x.dtype}",
                got=f"{y.dtype}: not implemented for tensors with different dtypes",
                do="Convert one of them with .to(dtype).",
            )
        )


def _heaviside_spec(x, y):
    spec = pointwise_spec(x, y)
    refuse(spec, "heaviside", "c")
    return spec


def _heaviside_eager(backend, x, y):
    refuse(x, "heaviside", "c")
    np = backend.np
    return np.where(x == 0, y, np.greater(x, 0).astype(x.dtype))


def _heaviside_grad(g):
    raise UnsupportedError(
        explain(
            "backward through heaviside()",
            expected="an operation that has a gradient",
            got="derivative for aten::heaviside is not implemented",
            do="Call it on x.detach().",
        )
    )


HEAVISIDE = define(
    "heaviside",
    inputs="x y",
    eager=_heaviside_eager,
    spec=_heaviside_spec,
    grad=_heaviside_grad,
    promote=SAME,
    node="NotImplemented",
    check=_check_heaviside,
)
expose(heaviside, inplace=HEAVISIDE, inplace_torch=False)

# ------------------------------------------------------------------------- nextafter


def nextafter(input, other, *, out=None):
    """The next number that the dtype can hold, towards ``other``.

    Args:
        input, other: tensors of shapes that broadcast; float.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype.

    Raises:
        RuntimeError: for other dtypes, and where the shapes do not broadcast.
        TypeError: for numbers.

    >>> import rushlight
    >>> one = rushlight.tensor([1.0])
    >>> rushlight.nextafter(one, 2 * one) - one
    tensor([1.1921e-07])
    """
    require_tensor(input, "nextafter()")
    require_tensor(other, "nextafter()", "other")
    op = NEXTAFTER
    return call2(op, input, other) if out is None else call_out(op, (input, other), out)


def _nextafter_spec(x, y):
    spec = pointwise_spec(x, y)
    refuse(spec, "nextafter", "biuc")
    return spec


def _nextafter_eager(backend, x, y):
    refuse(x, "nextafter", "biuc")
    return backend.np.nextafter(x, y)


def _nextafter_grad(g, *, x, y, needs):
    return g.where(x != y, 0), g.new_zeros(g.shape) if needs[1] else None


NEXTAFTER = define(
    "nextafter",
    inputs="x y",
    eager=_nextafter_eager,
    spec=_nextafter_spec,
    grad=_nextafter_grad,
    promote=SAME,
)
expose(nextafter, inplace=NEXTAFTER, inplace_torch=False)
