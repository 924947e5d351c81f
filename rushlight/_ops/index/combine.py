"""Combining at places along a dimension: scatter_reduce, index_reduce."""

from rushlight._base.shape import wrap_dim
from rushlight._core.dispatch import call
from rushlight._core.expose import FUNCTIONAL, TORCH, expose
from rushlight._core.inplace import put_out
from rushlight._core.table import define
from rushlight._ops.index.along import (
    check_reduce,
    check_tensor,
    combine_at,
    flat_places,
)
from rushlight._ops.index.rows import rows_dim
from rushlight._ops.index.scatter import part_of, scatter_spec, write_into

# -------------------------------------------------------------------- scatter_reduce


def scatter_reduce(input, dim, index, src, reduce, *, include_self=True, out=None):
    """A copy with values combined along a dimension, by sum, product, mean, max or min.

    Args:
        input: (*), any dtype.
        dim: the dimension along which index counts.
        index: as many dimensions, sizes not larger but in dim; int64 or int32.
        src: a tensor at least as large as index, of input's dtype.
        reduce: "sum", "prod", "mean", "amax" or "amin".
        include_self: whether what stands in input takes part at the places named.
        out: tensor to write the result to.

    Returns:
        Tensor: input's shape and dtype.

    Raises:
        RuntimeError: where shapes or dtypes do not fit, or a place lies outside dim.

    >>> import rushlight
    >>> index = rushlight.tensor([0, 0, 1])
    >>> source = rushlight.tensor([1.0, 5.0, 2.0])
    >>> rushlight.zeros(2).scatter_reduce(0, index, source, "amax")
    tensor([5., 2.])
    """
    attrs = _reduce_attrs(index, src, dim, reduce, include_self)
    result = call(REDUCE, input, index, src, **attrs)
    return result if out is None else put_out(result, out, "scatter_reduce()")


def scatter_reduce_(input, dim, index, src, reduce, *, include_self=True):
    """In-place form of `scatter_reduce`: writes into ``input`` and returns it."""
    attrs = _reduce_attrs(index, src, dim, reduce, include_self)
    return write_into(REDUCE, _combine, attrs, input, index, src)


def _reduce_attrs(index, src, dim, reduce, include_self):
    check_tensor(index, "scatter_reduce()", "index")
    check_tensor(src, "scatter_reduce()", "src")
    check_reduce(reduce, ("sum", "prod", "mean", "amax", "amin"), "scatter_reduce()")
    return {"dim": dim, "reduce": reduce, "include_self": include_self}


def _combine(np_, whole, index, source, *, dim, reduce, include_self):
    flat = whole.reshape(-1)
    places = flat_places(np_, whole.shape, index, wrap_dim(dim, whole.ndim)).reshape(-1)
    values = part_of(source, index.shape).reshape(-1)
    combine_at(np_, flat, places, values, reduce, include_self)


def _reduce_eager(backend, x, index, source, *, dim, reduce, include_self):
    scatter_spec(x, index, source, dim=dim)
    whole = x.copy("C")
    if index.size:
        attrs = {"dim": dim, "reduce": reduce, "include_self": include_self}
        _combine(backend.np, whole, index, source, **attrs)
    return whole


def _reduce_grad(g, *, x, index, source, out, dim, reduce, include_self):
    part = source[tuple([slice(0, n) for n in index.shape])] if index.ndim else source
    grads = _REDUCE_GRADS[reduce](g, x, index, part, out, dim, include_self)
    of_x, of_source = grads
    if not include_self:
        of_x = of_x.scatter(dim, index, 0)
    missing = [n - have for n, have in zip(source.shape, index.shape, strict=False)]
    if any(missing):
        widths = [width for more in reversed(missing) for width in (0, more)]
        of_source = FUNCTIONAL["pad"](of_source, widths)
    return of_x, None, of_source


def _sum_grads(g, x, index, source, out, dim, include_self):
    return g, g.gather(dim, index)


def _mean_grads(g, x, index, source, out, dim, include_self):
    counts = g.new_ones(x.shape) if include_self else g.new_zeros(x.shape)
    counts = counts.scatter_add(dim, index, g.new_ones(index.shape))
    g = g / counts.masked_fill(counts == 0, 1)
    return g, g.gather(dim, index)


def _extreme_grads(g, x, index, source, out, dim, include_self):
    """Shared evenly among all that are the extreme."""
    of_x = (x == out).to(g.dtype)
    of_source = (source == out.gather(dim, index)).to(g.dtype)
    counts = of_x.scatter_add(dim, index, of_source)
    g = g / counts
    return (of_x * g).masked_fill(counts == 0, 0), of_source * g.gather(dim, index)


def _prod_grads(g, x, index, source, out, dim, include_self):
    """Each factor's gradient is the product of the others, zeros taken out first."""
    filled = x.masked_fill(x == 0, 1)
    others = filled.scatter_reduce(
        dim, index, source, "prod", include_self=include_self
    )
    of_x = g * others / filled
    zero = source == 0
    count = x.new_zeros(x.shape).scatter_add(dim, index, zero.to(x.dtype))
    only = zero & (count.gather(dim, index) == 1)
    rest = source.masked_fill(only, 1)
    without = x.scatter_reduce(dim, index, rest, "prod", include_self=include_self)
    plain = (g * out).gather(dim, index) / source.masked_fill(zero, 1)
    return of_x, TORCH["where"](only, (g * without).gather(dim, index), plain)


_REDUCE_GRADS = {
    "sum": _sum_grads,
    "mean": _mean_grads,
    "amax": _extreme_grads,
    "amin": _extreme_grads,
    "prod": _prod_grads,
}

REDUCE = define(
    "scatter_reduce",
    inputs="x index source",
    eager=_reduce_eager,
    spec=scatter_spec,
    grad=_reduce_grad,
)
expose(scatter_reduce)
expose(scatter_reduce_, torch=False)

# ----------------------------------------------------------------------- index_reduce


def index_reduce(input, dim, index, source, reduce, *, include_self=True, out=None):
    """A copy with slices combined at the places of an index, by prod, mean, amax, amin.

    Args:
        input: (*), any dtype.
        dim: the dimension.
        index: (n,), int64 or int32.
        source: input's shape with n in dim, input's dtype.
        reduce: "prod", "mean", "amax" or "amin".
        include_self: whether what stands in input takes part at the places named.
        out: tensor to write the result to.

    Returns:
        Tensor: input's shape and dtype.

    Raises:
        RuntimeError: where shapes or dtypes do not fit, or a place lies outside dim.

    >>> import rushlight
    >>> index = rushlight.tensor([0, 0])
    >>> source = rushlight.tensor([3.0, 4.0])
    >>> rushlight.ones(2).index_reduce(0, index, source, "prod")
    tensor([12.,  1.])
    """
    places = _stretched(input, dim, index, source, reduce)
    result = input.scatter_reduce(
        dim, places, source, reduce, include_self=include_self
    )
    return result if out is None else put_out(result, out, "index_reduce()")


def index_reduce_(input, dim, index, source, reduce, *, include_self=True):
    """In-place form of `index_reduce`: writes into ``input`` and returns it."""
    places = _stretched(input, dim, index, source, reduce)
    return input.scatter_reduce_(dim, places, source, reduce, include_self=include_self)


def _stretched(input, dim, index, source, reduce):
    """The index as scatter_reduce takes it: one place for each element of source."""
    check_tensor(index, "index_reduce()", "index")
    check_tensor(source, "index_reduce()", "source")
    check_reduce(reduce, ("prod", "mean", "amax", "amin"), "index_reduce()")
    arrays = input._array, index._array, source._array
    dim = rows_dim(*arrays, dim, "index_reduce_()")
    shape = [1] * source.ndim
    if shape:
        shape[dim] = -1
    return index.reshape(shape).expand(source.shape)


expose(index_reduce)
expose(index_reduce_, torch=False)
