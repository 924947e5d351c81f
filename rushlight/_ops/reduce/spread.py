"""Spread: var, std, and both with the mean."""

import math
import warnings

from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import ArgumentTypeError, DtypeError, explain
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import refuse, renamed, to_out
from rushlight._ops._arrays import add_reduce, wide
from rushlight._ops.reduce.dims import axis_of, count_of, reduced_spec, restored

# Note [Correction]
# torch has three forms: var(unbiased), var(dim, unbiased, keepdim) and
# var(dim, correction=, keepdim=).  `_choice` makes the last of them.


def _choice(dim, unbiased, correction, who):
    """(dim, correction) from the arguments of any form (Note [Correction])."""
    if dim is True or dim is False:
        dim, unbiased = None, dim
    if unbiased is not None and correction is not None:
        raise ArgumentTypeError(
            explain(
                who,
                expected="'unbiased' or 'correction'",
                got="both",
                do="Leave 'unbiased' away.",
            )
        )
    if unbiased is not None and not isinstance(unbiased, bool):
        raise ArgumentTypeError(
            explain(
                who,
                expected="argument 'unbiased' to be a bool",
                got=type(unbiased).__name__,
                do="Pass correction= for a number.",
            )
        )
    if correction is None:
        correction = 1 if unbiased is None else int(unbiased)
    return (tuple(dim) if isinstance(dim, list) else dim), correction


# ------------------------------------------------------------------------- var and std


def var(
    input, dim=None, unbiased=None, keepdim=False, *, correction=None, out=None, **numpy
):
    """The variance: the mean squared distance from the mean.

        sum((x - mean(x))**2) / (n - correction)

    Args:
        input: (*), float or complex.
        dim: int or tuple of ints; all dimensions if left out.
        unbiased: True is correction 1, False is 0.
        keepdim: keep the reduced dimensions with size 1.
        correction: a number; 1 if left out.
        out: tensor to write the result to.

    Returns:
        Tensor: the reduced shape, real.  With a warning, inf or nan where n is not
        above correction.

    Raises:
        RuntimeError: for bool and integers.
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.tensor([1.0, 2.0, 3.0]).var()
    tensor(1.)
    """
    if numpy:
        given = {"dim": dim, "unbiased": unbiased, "keepdim": keepdim}
        return renamed(var, numpy, input, correction=correction, out=out, **given)
    dim, correction = _choice(dim, unbiased, correction, "var()")
    result = VAR.short(input, dim=dim, correction=correction, keepdim=keepdim)
    return result if out is None else to_out(result, out, "var()")


def std(
    input, dim=None, unbiased=None, keepdim=False, *, correction=None, out=None, **numpy
):
    """The standard deviation: the square root of the variance.

    Args:
        input: (*), float or complex.
        dim, unbiased, keepdim, correction, out: as for `var`.

    Returns:
        Tensor: the reduced shape, real.

    Raises:
        RuntimeError: for bool and integers.
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.tensor([[1.0, 3.0], [2.0, 2.0]]).std(dim=1)
    tensor([1.4142, 0.0000])
    """
    if numpy:
        given = {"dim": dim, "unbiased": unbiased, "keepdim": keepdim}
        return renamed(std, numpy, input, correction=correction, out=out, **given)
    dim, correction = _choice(dim, unbiased, correction, "std()")
    result = STD.short(input, dim=dim, correction=correction, keepdim=keepdim)
    return result if out is None else to_out(result, out, "std()")


def _var_spec(x, *, dim, correction, keepdim, who="var()"):
    refuse(x, who, "biuU", DtypeError)
    real = BY_NUMPY[x.dtype].to_real().numpy
    return reduced_spec(x, dim, keepdim, who, real)


def _std_spec(x, *, dim, correction, keepdim):
    return _var_spec(x, dim=dim, correction=correction, keepdim=keepdim, who="std()")


def _moments(np, x, dim, correction, keepdim, who):
    """(variance, mean) over dim, in float32 for half precision."""
    if x.dtype.kind != "f" or x.dtype.itemsize == 2:
        refuse(x, who, "biuU", DtypeError)
        x = wide(x)
    dim = axis_of(x, dim, who)
    center = add_reduce(np, x, dim, True)
    count = x.size // center.size if center.size else 0
    freedom = count - correction
    if freedom <= 0 or not count:
        _warn_of_few(who)
        with np.errstate(all="ignore"):
            return _finish(np, x, center / count, dim, max(freedom, 0), keepdim)
    center /= count
    return _finish(np, x, center, dim, freedom, keepdim)


def _warn_of_few(who):
    warnings.warn(
        f"{who}: degrees of freedom is <= 0. Correction should be strictly less than "
        "the reduction factor (input numel divided by output numel).",
        UserWarning,
        stacklevel=6,
    )


def _finish(np, x, center, dim, freedom, keepdim):
    squares = x - center
    if squares.dtype.kind == "c":
        squares = squares.real**2 + squares.imag**2
    else:
        squares *= squares
    result = add_reduce(np, squares, dim, keepdim) / freedom
    return result, center if keepdim else center.reshape(result.shape)


def _var_eager(backend, x, *, dim, correction, keepdim):
    result = _moments(backend.np, x, dim, correction, keepdim, "var()")[0]
    return result.astype(x.dtype) if x.dtype.itemsize == 2 else result


def _std_eager(backend, x, *, dim, correction, keepdim):
    result = _moments(backend.np, x, dim, correction, keepdim, "std()")[0]
    result = backend.np.sqrt(result)
    return result.astype(x.dtype) if x.dtype.itemsize == 2 else result


def _var_grad(g, *, x, dim, correction, keepdim):
    shape = x._array.shape
    freedom = count_of(shape, dim) - correction
    scale = 2 / freedom if freedom else math.inf
    center = x.mean(dim, True) if dim is not None else x.mean()
    return restored(g, shape, dim, keepdim) * scale * (x - center)


def _std_grad(g, *, x, out, dim, correction, keepdim):
    inner = (g / (out * 2)).masked_fill(out == 0, 0)
    return _var_grad(inner, x=x, dim=dim, correction=correction, keepdim=keepdim)


def _lower_moments(k, x, dim, correction, keepdim):
    """(variance, mean); where too few are left, the eager rule warns."""
    if x.dtype not in ("f32", "f64"):
        raise k.NotLowered
    total = k.reduce("add", x, dim, True)
    count = x.size // total.size
    if count <= correction:
        raise k.NotLowered
    center = k.div(total, count)
    squares = k.square(k.sub(x, center))
    spread = k.div(k.reduce("add", squares, dim, keepdim), count - correction)
    return spread, k.reshape(center, spread.shape)


def _var_lower(k, x, *, dim, correction, keepdim):
    return _lower_moments(k, x, dim, correction, keepdim)[0]


def _std_lower(k, x, *, dim, correction, keepdim):
    return k.sqrt(_lower_moments(k, x, dim, correction, keepdim)[0])


def _var_mean_lower(k, x, *, dim, correction, keepdim):
    return _lower_moments(k, x, dim, correction, keepdim)


def _std_mean_lower(k, x, *, dim, correction, keepdim):
    spread, center = _lower_moments(k, x, dim, correction, keepdim)
    return k.sqrt(spread), center


VAR = define("var", eager=_var_eager, spec=_var_spec, grad=_var_grad, lower=_var_lower)
STD = define("std", eager=_std_eager, spec=_std_spec, grad=_std_grad, lower=_std_lower)
expose(var)
expose(std)

# ------------------------------------------------------------------ both with the mean


def var_mean(
    input, dim=None, unbiased=None, keepdim=False, *, correction=None, **numpy
):
    """The variance and the mean, computed together.

    Args:
        input: (*), float or complex.
        dim, unbiased, keepdim, correction: as for `var`.

    Returns:
        tuple: (variance, mean), each of the reduced shape.

    Raises:
        RuntimeError: for bool and integers.
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.var_mean(rushlight.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    if numpy:
        given = {"dim": dim, "unbiased": unbiased, "keepdim": keepdim}
        return renamed(var_mean, numpy, input, correction=correction, **given)
    dim, correction = _choice(dim, unbiased, correction, "var_mean()")
    return call(VAR_MEAN, input, dim=dim, correction=correction, keepdim=keepdim)


def std_mean(
    input, dim=None, unbiased=None, keepdim=False, *, correction=None, **numpy
):
    """The standard deviation and the mean, computed together.

    Args:
        input: (*), float or complex.
        dim, unbiased, keepdim, correction: as for `var`.

    Returns:
        tuple: (standard deviation, mean), each of the reduced shape.

    Raises:
        RuntimeError: for bool and integers.
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.std_mean(rushlight.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    if numpy:
        given = {"dim": dim, "unbiased": unbiased, "keepdim": keepdim}
        return renamed(std_mean, numpy, input, correction=correction, **given)
    dim, correction = _choice(dim, unbiased, correction, "std_mean()")
    return call(STD_MEAN, input, dim=dim, correction=correction, keepdim=keepdim)


def _var_mean_spec(x, *, dim, correction, keepdim, who="var_mean()"):
    found = _var_spec(x, dim=dim, correction=correction, keepdim=keepdim, who=who)
    return found, Spec(found.shape, x.dtype)


def _std_mean_spec(x, **attrs):
    return _var_mean_spec(x, **attrs, who="std_mean()")


def _var_mean_eager(backend, x, *, dim, correction, keepdim):
    np = backend.np
    spread, center = _moments(np, x, dim, correction, keepdim, "var_mean()")
    spread = np.asarray(spread)
    if x.dtype.itemsize == 2:
        return spread.astype(x.dtype), center.astype(x.dtype)
    return spread, center


def _std_mean_eager(backend, x, *, dim, correction, keepdim):
    np = backend.np
    spread, center = _moments(np, x, dim, correction, keepdim, "std_mean()")
    spread = np.asarray(np.sqrt(spread))
    if x.dtype.itemsize == 2:
        return spread.astype(x.dtype), center.astype(x.dtype)
    return spread, center


def _var_mean_grad(g, *, x, dim, correction, keepdim):
    shape = x._array.shape
    spread = _var_grad(g[0], x=x, dim=dim, correction=correction, keepdim=keepdim)
    return spread + restored(g[1] / count_of(shape, dim), shape, dim, keepdim)


def _std_mean_grad(g, *, x, out0, dim, correction, keepdim):
    spread = _std_grad(
        g[0], x=x, out=out0, dim=dim, correction=correction, keepdim=keepdim
    )
    shape = x._array.shape
    return spread + restored(g[1] / count_of(shape, dim), shape, dim, keepdim)


VAR_MEAN = define(
    "var_mean",
    eager=_var_mean_eager,
    spec=_var_mean_spec,
    grad=_var_mean_grad,
    many=True,
    lower=_var_mean_lower,
)
STD_MEAN = define(
    "std_mean",
    eager=_std_mean_eager,
    spec=_std_mean_spec,
    grad=_std_mean_grad,
    many=True,
    lower=_std_mean_lower,
)
expose(var_mean, method=False)
expose(std_mean, method=False)
