"""Writing by places along a dimension: scatter, scatter_add, scatter_reduce."""

import numpy as np

from rushlight._base.errors import DtypeError, ShapeError, explain
from rushlight._base.shape import wrap_dim
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import FUNCTIONAL, TORCH, expose
from rushlight._core.inplace import bump, inplace, put_out
from rushlight._core.state import STATE
from rushlight._core.table import define
from rushlight._core.tensor import Tensor
from rushlight._ops._along import (
    check_places,
    check_reduce,
    check_tensor,
    combine_at,
    flat_places,
)
from rushlight._ops._values import as_number, element

# --------------------------------------------------------------------------- checking


def _checked_dim(x, index, source, dim, who):
    """The dimension, wrapped, after index and source were found to fit x."""
    ndim, dim = len(x.shape), wrap_dim(dim, len(x.shape), who)
    if not index.size:
        return dim
    others = (("self", x),) if source is None else (("self", x), ("src", source))
    for name, other in others:
        if max(len(index.shape), 1) != max(len(other.shape), 1):
            raise ShapeError(
                explain(
                    who,
                    expected="index to have the same number of dimensions as self and "
                    "src tensor",
                    got=f"{len(index.shape)}, {ndim}"
                    + (f" and {len(source.shape)}" if source is not None else ""),
                    do="Add dimensions with .unsqueeze(dim).",
                )
            )
        for d, (have, size) in enumerate(zip(index.shape, other.shape, strict=False)):
            if have > size and (d != dim or name == "src"):
                raise ShapeError(
                    explain(
                        who,
                        expected=f"index to be no larger than {name} "
                        f"{list(other.shape)}"
                        + (f" apart from dimension {dim}" if name == "self" else ""),
                        got=list(index.shape),
                        do="Cut the index.",
                    )
                )
    check_places(index, x.shape[dim] if x.shape else 1, dim, who)
    return dim


def _check_source(x, source, who):
    if source.dtype != x.dtype:
        raise DtypeError(
            explain(
                who,
                expected=f"self.dtype ({x.dtype}) to be equal to src.dtype",
                got=source.dtype,
                do="Convert it with .to(x.dtype).",
            )
        )


def _part(source, shape):
    """The part of source that index names values for."""
    if source.shape == shape or not shape:
        return source.reshape(shape) if source.shape != shape else source
    return source[tuple([slice(0, n) for n in shape])]


def _scatter_spec(x, index, source=None, **attrs):
    if source is not None:
        _check_source(x, source, "scatter()")
    _checked_dim(x, index, source, attrs["dim"], "scatter()")
    return Spec(x.shape, x.dtype)


# --------------------------------------------------------------------------- scatter


def scatter(input, dim, index, src=None, *, value=None, reduce=None, out=None):
    """A copy with values written along a dimension: ``x[i, index[i, j]] = src[i, j]``.

    Args:
        input: (*), any dtype.
        dim: the dimension along which index counts.
        index: as many dimensions, sizes not larger but in dim; int64 or int32.
        src: a tensor at least as large as index, of input's dtype; or a number (also
            named ``value``).
        reduce: "add" or "multiply" to combine with what is there; old, see
            `scatter_reduce`.
        out: tensor to write the result to.

    Returns:
        Tensor: input's shape and dtype.  Where a place is named twice, the last counts.

    Raises:
        RuntimeError: where shapes or dtypes do not fit, or a place lies outside dim.

    >>> import rushlight
    >>> rushlight.zeros(2, 2).scatter(1, rushlight.tensor([[0], [1]]), 5)
    tensor([[5., 0.],
            [0., 5.]])
    """
    op, sources, attrs = _scatter_parts(input, dim, index, src, value, reduce)
    result = call(op, input, index, *sources, **attrs)
    return result if out is None else put_out(result, out, "scatter()")


def scatter_(input, dim, index, src=None, *, value=None, reduce=None):
    """In-place form of `scatter`: writes into ``input`` and returns it."""
    op, sources, attrs = _scatter_parts(input, dim, index, src, value, reduce)
    return _into(op, attrs, input, index, *sources)


def _scatter_parts(input, dim, index, src, value, reduce):
    """(op, its third inputs, its attributes) for the forms of scatter."""
    check_tensor(index, "scatter()", "index")
    source = value if src is None else src
    if not isinstance(source, Tensor):
        number = as_number(source, "scatter()", "src")
        source = element(number, input._array.dtype, "scatter()")[()]
        if reduce is None:
            return SCATTER_NUMBER, (), {"dim": dim, "value": source}
        source = input.new_full(index.shape, source)
    if reduce is None:
        return SCATTER, (source,), {"dim": dim}
    check_reduce(reduce, ("add", "multiply"), "scatter()")
    how = "sum" if reduce == "add" else "prod"
    return REDUCE, (source,), {"dim": dim, "reduce": how, "include_self": True}


def _into(op, attrs, input, *others):
    """Run the op in input's own memory where nothing is recorded."""
    array = input._array
    plain = array.__class__ is np.ndarray and not STATE.special
    if plain and all([t._edge is None for t in (input, *others)]):
        if array.flags.c_contiguous and array.flags.writeable:
            arrays = [t._array for t in others]
            op.spec(array, *arrays, **attrs)
            if arrays[0].size:
                _WRITERS[op.name](np, array, *arrays, **attrs)
            bump(input)
            return input
    return inplace(op, input, *others, **attrs)


def _write(np_, whole, index, source=None, *, dim, value=None):
    places = flat_places(np_, whole.shape, index, wrap_dim(dim, whole.ndim))
    values = value if source is None else _part(source, index.shape)
    whole.reshape(-1)[places] = values


def _scatter_eager(backend, x, index, source, *, dim):
    _scatter_spec(x, index, source, dim=dim)
    whole = x.copy("C")
    if index.size:
        _write(backend.np, whole, index, source, dim=dim)
    return whole


def _scatter_grad(g, *, index, source_shape, dim, needs):
    x = g.scatter(dim, index, 0) if needs[0] else None
    return x, None, _source_grad(g, index, source_shape, dim) if needs[2] else None


def _source_grad(g, index, shape, dim):
    """The gradient of a source, of which index may use a part only."""
    found = g.gather(dim, index)
    missing = [n - have for n, have in zip(shape, index.shape, strict=False)]
    if not any(missing):
        return found.reshape(shape)
    widths = [width for more in reversed(missing) for width in (0, more)]
    return FUNCTIONAL["pad"](found, widths)


SCATTER = define(
    "scatter",
    inputs="x index source",
    eager=_scatter_eager,
    spec=_scatter_spec,
    grad=_scatter_grad,
)


def _scatter_number_eager(backend, x, index, *, dim, value):
    _scatter_spec(x, index, dim=dim)
    whole = x.copy("C")
    if index.size:
        _write(backend.np, whole, index, dim=dim, value=value)
    return whole


def _scatter_number_grad(g, *, index, dim):
    return g.scatter(dim, index, 0), None


SCATTER_NUMBER = define(
    "scatter_number",
    inputs="x index",
    eager=_scatter_number_eager,
    spec=_scatter_spec,
    grad=_scatter_number_grad,
    node="ScatterBackward1",
)
expose(scatter)
expose(scatter_, torch=False)

# ----------------------------------------------------------------------- scatter_add


def scatter_add(input, dim, index, src, *, out=None):
    """A copy with values added along a dimension: ``x[i, index[i, j]] += src[i, j]``.

    Args:
        input: (*), any dtype.
        dim: the dimension along which index counts.
        index: as many dimensions, sizes not larger but in dim; int64 or int32.
        src: a tensor at least as large as index, of input's dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: input's shape and dtype.

    Raises:
        RuntimeError: where shapes or dtypes do not fit, or a place lies outside dim.

    >>> import rushlight
    >>> index = rushlight.tensor([0, 0, 1])
    >>> rushlight.zeros(2).scatter_add(0, index, rushlight.ones(3))
    tensor([2., 1.])
    """
    check_tensor(index, "scatter_add()", "index")
    check_tensor(src, "scatter_add()", "src")
    result = call(SCATTER_ADD, input, index, src, dim=dim)
    return result if out is None else put_out(result, out, "scatter_add()")


def scatter_add_(input, dim, index, src):
    """In-place form of `scatter_add`: adds into ``input`` and returns it."""
    check_tensor(index, "scatter_add_()", "index")
    check_tensor(src, "scatter_add_()", "src")
    return _into(SCATTER_ADD, {"dim": dim}, input, index, src)


def _add(np_, whole, index, source, *, dim):
    places = flat_places(np_, whole.shape, index, wrap_dim(dim, whole.ndim))
    values = _part(source, index.shape)
    np_.add.at(whole.reshape(-1), places.reshape(-1), values.reshape(-1))


def _scatter_add_eager(backend, x, index, source, *, dim):
    _scatter_spec(x, index, source, dim=dim)
    whole = x.copy("C")
    if index.size:
        _add(backend.np, whole, index, source, dim=dim)
    return whole


def _scatter_add_grad(g, *, index, source_shape, dim, needs):
    source = _source_grad(g, index, source_shape, dim) if needs[2] else None
    return g if needs[0] else None, None, source


SCATTER_ADD = define(
    "scatter_add",
    inputs="x index source",
    eager=_scatter_add_eager,
    spec=_scatter_spec,
    grad=_scatter_add_grad,
)
expose(scatter_add)
expose(scatter_add_, torch=False)

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
    return _into(REDUCE, attrs, input, index, src)


def _reduce_attrs(index, src, dim, reduce, include_self):
    check_tensor(index, "scatter_reduce()", "index")
    check_tensor(src, "scatter_reduce()", "src")
    check_reduce(reduce, ("sum", "prod", "mean", "amax", "amin"), "scatter_reduce()")
    return {"dim": dim, "reduce": reduce, "include_self": include_self}


def _combine(np_, whole, index, source, *, dim, reduce, include_self):
    flat = whole.reshape(-1)
    places = flat_places(np_, whole.shape, index, wrap_dim(dim, whole.ndim)).reshape(-1)
    values = _part(source, index.shape).reshape(-1)
    combine_at(np_, flat, places, values, reduce, include_self)


def _reduce_eager(backend, x, index, source, *, dim, reduce, include_self):
    _scatter_spec(x, index, source, dim=dim)
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
    others = filled.scatter_reduce(dim, index, source, "prod", include_self=include_self)
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
    spec=_scatter_spec,
    grad=_reduce_grad,
)
_WRITERS = {
    "scatter": _write,
    "scatter_number": _write,
    "scatter_add": _add,
    "scatter_reduce": _combine,
}
expose(scatter_reduce)
expose(scatter_reduce_, torch=False)
