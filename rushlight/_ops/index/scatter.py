"""Writing by places along a dimension: scatter, scatter_add."""

import numpy as np

from rushlight._base.errors import DtypeError, ShapeError, explain
from rushlight._base.shape import wrap_dim
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import FUNCTIONAL, expose
from rushlight._core.inplace import bump, inplace, put_out
from rushlight._core.state import STATE
from rushlight._core.table import define
from rushlight._core.tensor import Tensor
from rushlight._ops._places import lower_scatter
from rushlight._ops._values import as_number, element
from rushlight._ops.index.along import (
    check_places,
    check_reduce,
    check_tensor,
    flat_places,
)

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
            if (d != dim or name == "src") and have > size:
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


def part_of(source, shape):
    """The part of source that index names values for."""
    if source.shape == shape or not shape:
        return source.reshape(shape) if source.shape != shape else source
    return source[tuple([slice(0, n) for n in shape])]


def scatter_spec(x, index, source=None, **attrs):
    """Input's shape and dtype, after index and source were found to fit."""
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
    source = _source(input, index, src, value, reduce)
    if reduce is not None:
        result = input.scatter_reduce(dim, index, source, _OLD_NAMES[reduce])
    elif isinstance(source, Tensor):
        result = call(SCATTER, input, index, source, dim=dim)
    else:
        result = call(SCATTER_NUMBER, input, index, dim=dim, value=source)
    return result if out is None else put_out(result, out, "scatter()")


def scatter_(input, dim, index, src=None, *, value=None, reduce=None):
    """In-place form of `scatter`: writes into ``input`` and returns it."""
    source = _source(input, index, src, value, reduce)
    if reduce is not None:
        return input.scatter_reduce_(dim, index, source, _OLD_NAMES[reduce])
    if isinstance(source, Tensor):
        return write_into(SCATTER, _write, {"dim": dim}, input, index, source)
    attrs = {"dim": dim, "value": source}
    return write_into(SCATTER_NUMBER, _write, attrs, input, index)


_OLD_NAMES = {"add": "sum", "multiply": "prod"}


def _source(input, index, src, value, reduce):
    """What is written: a tensor, or a number of input's dtype."""
    check_tensor(index, "scatter()", "index")
    source = value if src is None else src
    if reduce is not None:
        check_reduce(reduce, ("add", "multiply"), "scatter()")
    if isinstance(source, Tensor):
        return source
    number = as_number(source, "scatter()", "src")
    number = element(number, input._array.dtype, "scatter()")[()]
    return number if reduce is None else input.new_full(index.shape, number.item())


def write_into(op, writer, attrs, input, *others):
    """Run a writer in input's own memory where nothing is recorded, else the op."""
    array = input._array
    plain = array.__class__ is np.ndarray and not STATE.special
    if plain and all(t._edge is None for t in (input, *others)):
        if array.flags.c_contiguous and array.flags.writeable:
            arrays = [t._array for t in others]
            op.spec(array, *arrays, **attrs)
            if arrays[0].size:
                writer(np, array, *arrays, **attrs)
            bump(input)
            return input
    return inplace(op, input, *others, **attrs)


def _write(np_, whole, index, source=None, *, dim, value=None):
    places = flat_places(np_, whole.shape, index, wrap_dim(dim, whole.ndim))
    values = value if source is None else part_of(source, index.shape)
    whole.reshape(-1)[places] = values


def _scatter_eager(backend, x, index, source, *, dim):
    scatter_spec(x, index, source, dim=dim)
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


def _scatter_lower(k, x, index, source, *, dim):
    return lower_scatter(k, x, index, k.cast(source, x.dtype), dim)


def _scatter_number_lower(k, x, index, *, dim, value):
    return lower_scatter(k, x, index, value, dim)


def _scatter_add_lower(k, x, index, source, *, dim):
    return lower_scatter(k, x, index, source, dim, adds=True)


SCATTER = define(
    "scatter",
    inputs="x index source",
    eager=_scatter_eager,
    spec=scatter_spec,
    grad=_scatter_grad,
    lower=_scatter_lower,
)


def _scatter_number_eager(backend, x, index, *, dim, value):
    scatter_spec(x, index, dim=dim)
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
    spec=scatter_spec,
    grad=_scatter_number_grad,
    node="ScatterBackward1",
    lower=_scatter_number_lower,
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
    return write_into(SCATTER_ADD, _add, {"dim": dim}, input, index, src)


def _add(np_, whole, index, source, *, dim):
    places = flat_places(np_, whole.shape, index, wrap_dim(dim, whole.ndim))
    values = part_of(source, index.shape)
    np_.add.at(whole.reshape(-1), places.reshape(-1), values.reshape(-1))


def _scatter_add_eager(backend, x, index, source, *, dim):
    scatter_spec(x, index, source, dim=dim)
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
    spec=scatter_spec,
    grad=_scatter_add_grad,
    lower=_scatter_add_lower,
)
expose(scatter_add)
expose(scatter_add_, torch=False)
