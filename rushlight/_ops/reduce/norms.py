"""Norms and the like: norm, dist, logsumexp."""

import math

from rushlight._base import config
from rushlight._base import dtype as dtypes
from rushlight._base.dtype import BY_NUMPY, FLOAT
from rushlight._base.errors import (
    ArgumentRuntimeError,
    ArgumentTypeError,
    DtypeError,
    ShapeError,
    explain,
)
from rushlight._base.shape import broadcast_shapes, wrap_dims
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import TABLE, define
from rushlight._ops._arguments import refuse, renamed, scalar_name, to_out
from rushlight._ops._arrays import add_reduce, is_half, wide
from rushlight._ops._values import as_dtype
from rushlight._ops.reduce.dims import (
    axis_of,
    in_dtype,
    reduced_spec,
    restored,
)

# -------------------------------------------------------------------------------- norm


def norm(input, p="fro", dim=None, keepdim=False, out=None, dtype=None):
    """The p-norm of the elements, all or over some dimensions.

        sum(abs(x)**p)**(1/p)

    Args:
        input: (*), float or complex.
        p: a number, inf or -inf; 0 counts the elements that are not zero; "fro" (or
            None) is 2; "nuc" is the sum of a matrix's singular values.
        dim: int or tuple of ints; all dimensions if left out.
        keepdim: keep the reduced dimensions with size 1.
        out: tensor to write the result to.
        dtype: to convert to before the norm is computed.

    Returns:
        Tensor: the reduced shape, real.

    Raises:
        RuntimeError: for bool and integers, an unknown p, or a norm that has no value
            for no elements.
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.tensor([3.0, 4.0]).norm()
    tensor(5.)
    """
    if p is None or p == "fro":
        if isinstance(dim, (tuple, list)) and len(dim) > 2:
            raise _too_many_dims(dim)
        p = 2
    if isinstance(p, str) and p != "nuc":
        raise _unknown_order(p)
    if not isinstance(p, (int, float, str)):
        raise ArgumentTypeError(
            explain(
                "norm()",
                expected="p to be a number or 'fro'",
                got=type(p).__name__,
                do="The dimension is the second argument after the tensor.",
            )
        )
    dim = tuple(dim) if isinstance(dim, list) else dim
    dtype = dtype if dtype is None else as_dtype(dtype, "norm()")
    if p == "nuc":
        result = _nuclear(input, dim, keepdim, dtype)
        return result if out is None else to_out(result, out, "norm()")
    result = NORM.short(input, ord=p, dim=dim, keepdim=keepdim, dtype=dtype)
    return result if out is None else to_out(result, out, "norm()")


def _too_many_dims(dim):
    return ShapeError(
        explain(
            "norm()",
            expected="at most 2 dims for the Frobenius norm",
            got=f"dim={tuple(dim)}",
            do="Pass p=2 for the norm over any dims.",
        )
    )


def _nuclear(input, dim, keepdim, dtype):
    """The sum of the singular values of a matrix, or of each of a stack."""
    dim = (-2, -1) if dim is None else (dim if isinstance(dim, tuple) else (dim,))
    dims = wrap_dims(dim, input.ndim, "norm()") if input.ndim > 1 else ()
    if len(dims) != 2:
        raise ShapeError(
            explain(
                "norm()",
                expected="2 dims for the nuclear norm",
                got=f"dim={dim} of {input.ndim} dimensions",
                do="It is a norm of matrices.",
            )
        )
    input = input if dtype is None else input.to(dtype)
    others = [d for d in range(input.ndim) if d not in dims]
    values = TABLE["linalg_svdvals"].short(input.permute(*others, *dims))
    result = values.sum(-1)
    for d in sorted(dims) if keepdim else ():
        result = result.unsqueeze(d)
    return result


def _unknown_order(p):
    return ArgumentRuntimeError(
        explain(
            "norm()",
            expected="p to be a number, 'fro' or 'nuc'",
            got=f"{p!r}: Order {p} not supported",
            do="Check the spelling.",
        )
    )


def _norm_spec(x, *, ord, dim, keepdim, dtype):
    refuse(x, "norm()", "biuU", DtypeError)
    _check_norm_dtype(x, dtype)
    if ord < 0 or ord == math.inf:
        _refuse_no_identity(x, ord, dim)
    real = (dtype or BY_NUMPY[x.dtype]).to_real().numpy
    return reduced_spec(x, dim, keepdim, "norm()", real)


def _check_norm_dtype(x, dtype):
    if dtype is None:
        return
    mine = BY_NUMPY[x.dtype]
    if dtype.category < max(mine.category, FLOAT) or dtype.itemsize < mine.itemsize:
        raise DtypeError(
            explain(
                "norm()",
                expected="dtype= to be floating point or complex, complex for complex "
                "input, and no narrower than the input",
                got=f"{dtype} for {scalar_name(x.dtype)}",
                do="Convert the result instead.",
            )
        )


def _refuse_no_identity(x, ord, dim):
    dims = wrap_dims(dim, len(x.shape), "norm()") or range(len(x.shape))
    if any(x.shape[d] == 0 for d in dims if len(x.shape)):
        raise ShapeError(
            explain(
                "norm()",
                expected=f"elements to take the {ord} norm of, as the operation does "
                "not have an identity",
                got=f"an empty tensor of shape {list(x.shape)}",
                do="Check what emptied the tensor.",
            )
        )


def _norm_eager(backend, x, *, ord, dim, keepdim, dtype):
    kind = x.dtype.kind
    if kind not in "fV" or dtype is not None or x.size == 0:
        _norm_spec(x, ord=ord, dim=dim, keepdim=keepdim, dtype=dtype)
        x = in_dtype(x, dtype)
    result = _norm(backend.np, wide(x), ord, axis_of(x, dim, "norm()"), keepdim)
    return result.astype(x.dtype) if is_half(x) else result


def _norm(np, x, ord, axis, keepdim):
    if ord == 2:
        squares = x.real**2 + x.imag**2 if x.dtype.kind == "c" else x * x
        return np.sqrt(add_reduce(np, squares, axis, keepdim))
    size = np.abs(x)
    if ord == 1:
        return add_reduce(np, size, axis, keepdim)
    if ord == 0:
        return add_reduce(np, (size != 0).astype(size.dtype), axis, keepdim)
    if math.isinf(ord):
        name = "maximum" if ord > 0 else "minimum"
        return getattr(np, name).reduce(size, axis, None, None, keepdim)
    with np.errstate(divide="ignore"):
        powers = np.power(size, size.dtype.type(ord))
        total = np.asarray(add_reduce(np, powers, axis, keepdim))
        return np.power(total, total.dtype.type(1 / ord))


def _norm_grad(g, *, x, out, ord, dim, keepdim, dtype):
    if ord == 0:
        return None
    x = x.to(dtype) if dtype is not None else x
    shape = x._array.shape
    if dim == ():
        dim = None
    g, out = (restored(t, shape, dim, keepdim) for t in (g, out))
    if ord == 1:
        return x.sgn() * g
    if ord >= 1 and not math.isinf(ord):  # 0 where the norm is, in every order
        out = out.masked_fill(out == 0, math.inf)
    if ord == 2:
        return x * (g / out)
    size = x.abs()
    if math.isinf(ord):
        ties = (size == out).logical_or(size.isnan().logical_and(out.isnan()))
        count = ties.sum() if dim is None else ties.sum(dim, True)
        return x.sgn() * ((g / count) * ties)
    if ord < 1:
        scaled = x.sgn() * size.pow(ord - 1).masked_fill(x == 0, 0)
        return scaled * g * out.pow(1 - ord)
    scaled = x.sgn() * size.pow(ord - 1) if ord < 2 else x * size.pow(ord - 2)
    return scaled * (g / out.pow(ord - 1))


def _norm_lower(k, x, *, ord, dim, keepdim, dtype):
    x = k.cast(x, dtype)
    if ord == 2:
        return k.sqrt(k.reduce("add", k.square(x), dim, keepdim))
    size = k.abs(x)
    if ord == 1:
        return k.reduce("add", size, dim, keepdim)
    if ord == 0:
        return k.reduce("add", k.cast(k.ne(x, 0), x.dtype), dim, keepdim)
    if math.isinf(ord):
        return k.reduce("max" if ord > 0 else "min", size, dim, keepdim)
    return k.pow(k.reduce("add", k.pow(size, ord), dim, keepdim), 1 / ord)


def _dist_lower(k, x, y, *, p):
    rest = k.sub(x, y)
    return _norm_lower(k, rest, ord=p, dim=None, keepdim=False, dtype=None)


def _logsumexp_lower(k, x, *, dim, keepdim):
    if x.dtype not in ("f32", "f64"):
        raise k.NotLowered
    top = k.reduce("max", x, dim, True)
    top = k.where(k.eq(k.abs(top), math.inf), 0, top)
    total = k.reduce("add", k.exp(k.sub(x, top)), dim, True)
    found = k.add(k.log(total), top)
    return found if keepdim else k.reduce("max", found, dim)


NORM = define(
    "linalg_vector_norm",
    eager=_norm_eager,
    spec=_norm_spec,
    grad=_norm_grad,
    lower=_norm_lower,
)
expose(norm)

# -------------------------------------------------------------------------------- dist


def dist(input, other, p=2):
    """The p-norm of the difference of two tensors.

    Args:
        input, other: tensors of shapes that broadcast, float or complex.
        p: as for `norm`.

    Returns:
        Tensor: without dimensions, real.

    Raises:
        RuntimeError: for bool and integers, or shapes that do not broadcast.

    >>> import rushlight
    >>> rushlight.dist(rushlight.tensor([1.0, 2.0]), rushlight.tensor([4.0, 6.0]))
    tensor(5.)
    """
    return call(DIST, input, other, p=p)


def _dist_spec(x, y, *, p):
    difference = Spec(broadcast_shapes(x.shape, y.shape), x.dtype)
    return _norm_spec(difference, ord=p, dim=None, keepdim=False, dtype=None)


def _dist_eager(backend, x, y, *, p):
    refuse(x, "dist()", "biuU", DtypeError)
    rest = backend.np.asarray(x - y)
    return _norm_eager(backend, rest, ord=p, dim=None, keepdim=False, dtype=None)


def _dist_grad(g, *, x, y, out, p, needs):
    found = _norm_grad(g, x=x - y, out=out, ord=p, dim=None, keepdim=False, dtype=None)
    if found is None:
        return None, None
    return found if needs[0] else None, -found if needs[1] else None


DIST = define(
    "dist",
    inputs="x y",
    eager=_dist_eager,
    spec=_dist_spec,
    grad=_dist_grad,
    promote="same",
    lower=_dist_lower,
)
expose(dist)

# --------------------------------------------------------------------------- logsumexp


def logsumexp(input, dim=None, keepdim=False, *, out=None, **numpy):
    """The logarithm of the sum of exponentials, computed so that nothing overflows.

        log(sum(exp(x)))

    Args:
        input: (*), any dtype (bool and integers become the default float).
        dim: int or tuple of ints.
        keepdim: keep the reduced dimensions with size 1.
        out: tensor to write the result to.

    Returns:
        Tensor: the reduced shape; -inf where there are no elements.

    Raises:
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.tensor([100.0, 100.0]).logsumexp(0)
    tensor(100.6931)
    """
    if numpy:
        return renamed(logsumexp, numpy, input, dim=dim, keepdim=keepdim, out=out)
    if dim is None:
        raise ArgumentTypeError(
            explain(
                "logsumexp()",
                expected="argument 'dim' to be an int or a tuple of ints",
                got="None",
                do="Name the dimensions.",
            )
        )
    result = LOGSUMEXP.short(input, dim=dim, keepdim=keepdim)
    return result if out is None else to_out(result, out, "logsumexp()")


def _logsumexp_dtype(x):
    found = BY_NUMPY[x.dtype]
    return found if found.category >= dtypes.FLOAT else config.default_dtype()


def _logsumexp_spec(x, *, dim, keepdim):
    dtype = _logsumexp_dtype(x).numpy
    return reduced_spec(x, dim, keepdim, "logsumexp()", dtype)


def _logsumexp_eager(backend, x, *, dim, keepdim):
    np, dtype = backend.np, _logsumexp_dtype(x).numpy
    axis = axis_of(x, dim, "logsumexp()")
    x = wide(x.astype(dtype, copy=False))
    real = x.real
    top = np.maximum.reduce(real, axis, None, None, True, initial=-np.inf)
    top = np.where(np.isinf(top), real.dtype.type(0), top)
    with np.errstate(all="ignore"):
        total = np.asarray(add_reduce(np, np.exp(x - top), axis, True))
        result = np.log(total) + top
    if not keepdim:
        result = result.squeeze(axis)
    return result.astype(dtype, copy=False)


def _logsumexp_grad(g, *, x, out, dim, keepdim):
    shape = x._array.shape
    g, out = (restored(t, shape, dim, keepdim) for t in (g, out))
    share = (x - out).exp()
    return g * (share.conj() if share.is_complex() else share)


LOGSUMEXP = define(
    "logsumexp",
    eager=_logsumexp_eager,
    spec=_logsumexp_spec,
    grad=_logsumexp_grad,
    lower=_logsumexp_lower,
)
expose(logsumexp)
