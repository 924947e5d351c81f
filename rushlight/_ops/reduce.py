"""Reductions: sum and its like, over some or all dimensions."""

from rushlight._base import dtype as dtypes
from rushlight._base.dtype import BY_NUMPY
from rushlight._base.shape import reduced_shape, wrap_dims
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call1
from rushlight._core.expose import expose
from rushlight._core.inplace import put_out
from rushlight._core.table import define

# ------------------------------------------------------------------------------- sum


def sum(input, dim=None, keepdim=False, *, dtype=None, out=None):  # noqa: A001
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

    >>> import rushlight
    >>> rushlight.ones(2, 3).sum(1)
    tensor([3., 3.])
    """
    result = call1(SUM, input, dim=dim, keepdim=keepdim, dtype=dtype)
    return result if out is None else put_out(result, out, "sum()")


def _sum_dtype(x, dtype):
    if dtype is not None:
        return dtype.numpy
    return x.dtype if BY_NUMPY[x.dtype].category >= 2 else dtypes.int64.numpy


def _sum_spec(x, *, dim, keepdim, dtype):
    dims = wrap_dims(dim, len(x.shape), "sum()")
    return Spec(reduced_shape(x.shape, dims or range(x.ndim), keepdim), _sum_dtype(x, dtype))


def _sum_eager(backend, x, *, dim, keepdim, dtype):
    if dim.__class__ is list or dim == ():
        dim = tuple(dim) or None
    if dtype is None and x.dtype.kind == "f":
        return backend.np.add.reduce(x, dim, None, None, keepdim)
    return backend.np.add.reduce(x, dim, _sum_dtype(x, dtype), None, keepdim)


def _sum_grad(g, *, x_shape, dim, keepdim):
    return expand_reduced(g, x_shape, dim, keepdim)


def expand_reduced(g, shape, dim, keepdim):
    """A reduced gradient stretched back over the reduced dimensions, as a view."""
    if dim is not None and not keepdim and shape:
        dims = wrap_dims(dim, len(shape)) or range(len(shape))
        g = g.reshape(reduced_shape(shape, dims, True))
    return g.expand(shape)


def _sum_lower(k, x, *, dim, keepdim, dtype):
    return k.reduce("add", k.cast(x, dtype), dim, keepdim)


SUM = define(
    "sum",
    eager=_sum_eager,
    spec=_sum_spec,
    grad=_sum_grad,
    lower=_sum_lower,
    node=lambda inputs, attrs: "SumBackward0" if attrs["dim"] is None else "SumBackward1",
)
expose(sum)
