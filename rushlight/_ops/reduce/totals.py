"""Totals: sum, nansum, mean, nanmean, prod."""

import numpy

from rushlight._base import dtype as dtypes
from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import DtypeError, explain
from rushlight._base.shape import wrap_dim
from rushlight._core.expose import TORCH, expose
from rushlight._core.table import define
from rushlight._ops._arguments import refuse, renamed, to_out
from rushlight._ops._arrays import add_reduce, is_half, sum_of_few
from rushlight._ops._values import as_dtype
from rushlight._ops.reduce._halves import MANY, halved
from rushlight._ops.reduce.dims import (
    axis_of,
    count_of,
    expand_reduced,
    in_dtype,
    is_float,
    reduced_spec,
)

# ------------------------------------------------------------------------------- sum


def sum(input, dim=None, keepdim=False, *, dtype=None, out=None, **numpy):
    """Sum the elements, all or over some dimensions.

    Args:
        input: (*), any dtype.
        dim: int or tuple of ints; all dimensions if left out.
        keepdim: keep the reduced dimensions with size 1.
        dtype: to convert to before summing (bool and integers: int64).
        out: tensor to write the result to.

    Returns:
        Tensor: the reduced shape.

    Raises:
        IndexError: for a dimension out of range.
        RuntimeError: for a dimension given twice.

    >>> import rushlight
    >>> rushlight.ones(2, 3).sum(1)
    tensor([3., 3.])
    """
    if numpy:
        return renamed(
            sum, numpy, input, dim=dim, keepdim=keepdim, dtype=dtype, out=out
        )
    if dtype is not None:
        dtype = as_dtype(dtype, "sum()")
    result = SUM.short(input, dim, keepdim, dtype)
    return result if out is None else to_out(result, out, "sum()")


def total_dtype(x, dtype):
    """NumPy's dtype of a sum or product: integers are added up in int64."""
    if dtype is not None:
        return dtype.numpy
    return x.dtype if is_float(x) else dtypes.int64.numpy


def _sum_spec(x, *, dim, keepdim, dtype):
    return reduced_spec(x, dim, keepdim, "sum()", total_dtype(x, dtype))


def _sum_eager(backend, x, *, dim, keepdim, dtype):
    if dim is None:
        if dtype is None and not keepdim and backend.np is numpy:
            found = sum_of_few(x)
            if found is not None:
                return found
    elif dim.__class__ is not int or not x.ndim:
        dim = axis_of(x, dim, "sum()")
    if dtype is None and x.dtype.char in "fd":
        return add_reduce(backend.np, x, dim, keepdim)
    return total(backend.np, x, dim, keepdim, dtype)


def total(np, x, dim, keepdim, dtype=None):
    """A sum in the dtype that suits the array: float32 for half, int64 for integers."""
    found, x = total_dtype(x, dtype), in_dtype(x, dtype)
    if is_half(x):
        return add_reduce(np, x.astype("float32"), dim, keepdim).astype(x.dtype)
    if x.dtype.kind in "fc":
        return add_reduce(np, x, dim, keepdim)
    if x.dtype.kind == "b" and dim is None and dtype is None and not keepdim:
        return np.asarray(np.count_nonzero(x))
    return np.add.reduce(x, dim, found, None, keepdim)


def _sum_grad(g, *, x_shape, dim, keepdim):
    return expand_reduced(g, x_shape, dim, keepdim)


def _sum_lower(k, x, *, dim, keepdim, dtype):
    if dtype is None and x.dtype in ("bool", "u8", "i32"):
        dtype = "i64"
    return k.reduce("add", k.cast(x, dtype), dim, keepdim)


def _numbered(name):
    """torch numbers the nodes of the forms without and with dim."""
    names = f"{name}Backward0", f"{name}Backward1"

    def node(inputs, attrs):
        return names[attrs["dim"] is not None]

    return node


SUM = define(
    "sum",
    eager=_sum_eager,
    spec=_sum_spec,
    grad=_sum_grad,
    lower=_sum_lower,
    node=_numbered("Sum"),
)
expose(sum)

# ----------------------------------------------------------------------------- nansum


def nansum(input, dim=None, keepdim=False, *, dtype=None, out=None, **numpy):
    """Sum the elements, nan counting as zero.

    Args:
        input: (*), real.
        dim, keepdim, dtype, out: as for `sum`.

    Returns:
        Tensor: the reduced shape.

    Raises:
        RuntimeError: for complex input.
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.nansum(rushlight.tensor([1.0, float("nan"), 2.0]))
    tensor(3.)
    """
    if numpy:
        return renamed(
            nansum, numpy, input, dim=dim, keepdim=keepdim, dtype=dtype, out=out
        )
    if dtype is not None:
        dtype = as_dtype(dtype, "nansum()")
    result = NANSUM.short(input, dim, keepdim, dtype)
    return result if out is None else to_out(result, out, "nansum()")


def _nansum_spec(x, *, dim, keepdim, dtype):
    refuse(x, "nansum()", "c", DtypeError)
    return reduced_spec(x, dim, keepdim, "nansum()", total_dtype(x, dtype))


def _nansum_eager(backend, x, *, dim, keepdim, dtype):
    refuse(x, "nansum()", "c", DtypeError)
    np = backend.np
    axis = axis_of(x, dim, "nansum()")
    if x.dtype.kind in "fV":
        found = np.asarray(total(np, x, axis, keepdim, dtype))
        if not np.isnan(found).any():  # then there was none in x
            return found
        x = np.where(np.isnan(x), x.dtype.type(0), x)
    return total(np, x, axis, keepdim, dtype)


def _nansum_grad(g, *, x, dim, keepdim):
    return expand_reduced(g, x._array.shape, dim, keepdim) * x.isnan().logical_not()


def _nansum_lower(k, x, *, dim, keepdim, dtype):
    x = k.where(k.ne(x, x), 0, x) if x.dtype in ("f32", "f64") else x
    return _sum_lower(k, x, dim=dim, keepdim=keepdim, dtype=dtype)


NANSUM = define(
    "nansum",
    eager=_nansum_eager,
    spec=_nansum_spec,
    grad=_nansum_grad,
    lower=_nansum_lower,
)
expose(nansum)

# ------------------------------------------------------------------------------- mean


def mean(input, dim=None, keepdim=False, *, dtype=None, out=None, **numpy):
    """Average the elements, all or over some dimensions.

    Args:
        input: (*), float or complex.
        dim: int or tuple of ints; all dimensions if left out.
        keepdim: keep the reduced dimensions with size 1.
        dtype: float or complex dtype to convert to before averaging.
        out: tensor to write the result to.

    Returns:
        Tensor: the reduced shape; nan where there is nothing to average.

    Raises:
        RuntimeError: for bool and integers without a float ``dtype``.
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.tensor([[1.0, 2.0], [3.0, 4.0]]).mean(dim=0)
    tensor([2., 3.])
    """
    if numpy:
        return renamed(
            mean, numpy, input, dim=dim, keepdim=keepdim, dtype=dtype, out=out
        )
    if dtype is not None:
        dtype = as_dtype(dtype, "mean()")
    result = MEAN.short(input, dim, keepdim, dtype)
    return result if out is None else to_out(result, out, "mean()")


def _mean_spec(x, *, dim, keepdim, dtype):
    found = dtype or BY_NUMPY[x.dtype]
    if found.category < dtypes.FLOAT:
        which = "Input" if dtype is None else "Optional"
        raise DtypeError(
            explain(
                "mean()",
                expected="a floating point or complex dtype",
                got=f"{which} dtype {found}: could not infer output dtype",
                do="Convert with .float(), or pass dtype=torch.float32.",
            )
        )
    return reduced_spec(x, dim, keepdim, "mean()", found.numpy)


def _mean_eager(backend, x, *, dim, keepdim, dtype):
    if dim is not None and (dim.__class__ is not int or not x.ndim):
        dim = axis_of(x, dim, "mean()")
    result_dtype = None
    if dtype is not None or x.dtype.char not in "fd":
        result_dtype = _mean_spec(x, dim=dim, keepdim=keepdim, dtype=dtype).dtype
        x = in_dtype(x, dtype)
        x = x.astype("float32") if is_half(x) else x
    result = add_reduce(backend.np, x, dim, keepdim)
    if x.size:
        result /= x.size // (result.size or 1)
    else:
        result = result * backend.np.nan
    return result if result_dtype is None else result.astype(result_dtype)


def _mean_grad(g, *, x_shape, dim, keepdim):
    count = count_of(x_shape, dim) or 1  # of nothing: the gradient is empty
    return expand_reduced(g / count, x_shape, dim, keepdim)


def _mean_lower(k, x, *, dim, keepdim, dtype):
    total = k.reduce("add", k.cast(x, dtype), dim, keepdim)
    return k.div(total, count_of(x.shape, dim))


MEAN = define(
    "mean",
    eager=_mean_eager,
    spec=_mean_spec,
    grad=_mean_grad,
    lower=_mean_lower,
    node=_numbered("Mean"),
)
expose(mean)


def nanmean(input, dim=None, keepdim=False, *, dtype=None, out=None, **numpy):
    """Average the elements that are not nan.

    Args:
        input: (*), float.
        dim, keepdim, dtype, out: as for `mean`.

    Returns:
        Tensor: the reduced shape; nan where all elements are nan.

    Raises:
        RuntimeError: for bool, integers and complex input.
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.nanmean(rushlight.tensor([1.0, float("nan"), 2.0]))
    tensor(1.5000)
    """
    if numpy:
        return renamed(
            nanmean, numpy, input, dim=dim, keepdim=keepdim, dtype=dtype, out=out
        )
    if hasattr(input, "_array"):
        refuse(input._array, "nanmean()", "biuUc", DtypeError)
    summed = nansum(input, dim, keepdim, dtype=dtype)
    result = summed / input.detach().isnan().logical_not().sum(dim, keepdim)
    return result if out is None else to_out(result, out, "nanmean()")


expose(nanmean)

# ------------------------------------------------------------------------------- prod


def prod(input, dim=None, keepdim=False, *, dtype=None, out=None, **numpy):
    """Multiply the elements, all or over one dimension.

    Args:
        input: (*), any dtype.
        dim: int; all dimensions if left out.
        keepdim, dtype, out: as for `sum`.

    Returns:
        Tensor: the reduced shape; bool and integers give int64.

    Raises:
        IndexError: for a dimension out of range.
        TypeError: for several dimensions.

    >>> import rushlight
    >>> rushlight.tensor([[1, 2], [3, 4]]).prod(1)
    tensor([ 2, 12])
    """
    if numpy:
        return renamed(
            prod, numpy, input, dim=dim, keepdim=keepdim, dtype=dtype, out=out
        )
    if dtype is not None:
        dtype = as_dtype(dtype, "prod()")
    result = PROD.short(input, dim, keepdim, dtype)
    return result if out is None else to_out(result, out, "prod()")


def _prod_spec(x, *, dim, keepdim, dtype):
    dims = None if dim is None else (dim,)
    return reduced_spec(x, dims, keepdim, "prod()", total_dtype(x, dtype))


def _prod_eager(backend, x, *, dim, keepdim, dtype):
    np = backend.np
    axis = axis_of(
        x, None if dim is None else wrap_dim(dim, x.ndim, "prod()"), "prod()"
    )
    found, x = total_dtype(x, dtype), in_dtype(x, dtype)
    if is_half(x):
        return np.multiply.reduce(x, axis, "float32", None, keepdim).astype(found)
    if axis is not None and x.shape[axis] > 32 and x.size > MANY and is_float(x):
        x = halved(x, axis)
    return np.multiply.reduce(x, axis, found, None, keepdim)


def _prod_grad(g, *, x, dim, keepdim):
    shape = x._array.shape
    if not shape:
        return g
    if dim is None:
        return (g * _product_of_others(x.reshape(-1), 0)).reshape(shape)
    return expand_reduced(g, shape, dim, keepdim) * _product_of_others(x, dim)


def _product_of_others(x, dim):
    """For each element the product of all others along dim, also where some are 0."""
    x = x.conj() if x._array.dtype.kind == "c" else x
    n = x.shape[dim]
    if n < 2:
        return x.new_ones(x.shape)
    cat, one = TORCH["cat"], x.new_ones(x.narrow(dim, 0, 1).shape)
    before = cat((one, x.narrow(dim, 0, n - 1)), dim).cumprod(dim)
    after = cat((one, x.narrow(dim, 1, n - 1).flip(dim)), dim).cumprod(dim).flip(dim)
    return before * after


def _prod_lower(k, x, *, dim, keepdim, dtype):
    return k.reduce("mul", k.cast(x, dtype), dim, keepdim)


PROD = define(
    "prod",
    eager=_prod_eager,
    spec=_prod_spec,
    grad=_prod_grad,
    lower=_prod_lower,
    node=_numbered("Prod"),
    autocast="float32",
    large_from=MANY + 1,
)
expose(prod)
