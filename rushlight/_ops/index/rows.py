"""Writing slices by an index vector: index_add, index_copy, index_fill."""

from rushlight._base.errors import (
    ArgumentRuntimeError,
    DtypeError,
    ShapeError,
    explain,
)
from rushlight._base.shape import wrap_dim
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.inplace import inplace, put_out
from rushlight._core.table import define
from rushlight._core.tensor import Tensor
from rushlight._ops._places import lower_sum_at
from rushlight._ops._values import as_number, element
from rushlight._ops.index.along import (
    add_rows,
    check_places,
    check_tensor,
    check_vector,
)

# -------------------------------------------------------------------------- checking


def rows_dim(x, index, source, dim, who, negative=False):
    """The dimension, wrapped, after index and source were found to fit x."""
    dim = wrap_dim(dim, len(x.shape), who)
    check_vector(index, who)
    check_places(index, x.shape[dim] if x.shape else 1, dim, who, negative)
    if source is None:
        return dim
    if source.dtype != x.dtype:
        raise DtypeError(
            explain(
                who,
                expected=f"self and source to have the same dtype, {x.dtype}",
                got=source.dtype,
                do="Convert the source with .to(x.dtype).",
            )
        )
    wanted = (*x.shape[:dim], index.size, *x.shape[dim + 1 :]) if x.shape else ()
    if tuple(source.shape) != wanted and not (not x.shape and source.size == 1):
        raise ShapeError(
            explain(
                who,
                expected=f"a source of shape {list(wanted)}: the number of indices "
                f"({index.size}) in dimension {dim}, self's sizes elsewhere",
                got=list(source.shape),
                do="Give one slice for each index.",
            )
        )
    return dim


def _spec(x, index, source=None, *, dim, **attrs):
    rows_dim(x, index, source, dim, "index_add_()")
    return Spec(x.shape, x.dtype)


def _lead(dim, index):
    return (*(slice(None),) * dim, index.reshape(-1))


# -------------------------------------------------------------------------- index_add


def index_add(input, dim, index, source, *, alpha=1, out=None):
    """A copy with slices added at the places of an index; repeated ones add up.

    Args:
        input: (*), any dtype.
        dim: the dimension.
        index: (n,), int64 or int32.
        source: input's shape with n in dim, input's dtype.
        alpha: a number that multiplies source.
        out: tensor to write the result to.

    Returns:
        Tensor: input's shape and dtype.

    Raises:
        RuntimeError: where shapes or dtypes do not fit, or a place lies outside dim.

    >>> import rushlight
    >>> index = rushlight.tensor([0, 0])
    >>> rushlight.zeros(2).index_add(0, index, rushlight.ones(2))
    tensor([2., 0.])
    """
    check_tensor(index, "index_add()", "index")
    check_tensor(source, "index_add()", "source")
    source = source if alpha == 1 else source * alpha
    result = call(INDEX_ADD, input, index, source, dim=dim)
    return result if out is None else put_out(result, out, "index_add()")


def index_add_(input, dim, index, source, *, alpha=1):
    """In-place form of `index_add`: adds into ``input`` and returns it."""
    check_tensor(index, "index_add_()", "index")
    check_tensor(source, "index_add_()", "source")
    source = source if alpha == 1 else source * alpha
    return inplace(INDEX_ADD, input, index, source, dim=dim)


def _index_add_eager(backend, x, index, source, *, dim):
    dim = rows_dim(x, index, source, dim, "index_add_()")
    whole = x.copy("C")
    if x.ndim < 2:
        places, values = index.reshape(-1), source.reshape(-1)
        backend.np.add.at(whole.reshape(-1), places, values)
    else:
        rows = whole.swapaxes(0, dim)
        add_rows(backend.np, rows, index.reshape(-1), source.swapaxes(0, dim))
    return whole


def _index_add_grad(g, *, index, source_shape, dim, needs):
    source = None
    if needs[2]:
        source = g.index_select(dim, index).reshape(source_shape)
    return g if needs[0] else None, None, source


def _index_add_lower(k, x, index, source, *, dim):
    if not x.ndim or source.ndim != x.ndim or x.dtype != source.dtype:
        raise k.NotLowered
    index, dim = k.reshape(k.cast(index, "i64"), (-1,)), dim % x.ndim
    k.require(k.and_(k.le(0, index), k.lt(index, x.shape[dim])))
    sums = lower_sum_at(k, k.transpose(source, 0, dim), index, x.shape[dim])
    return k.add(x, k.transpose(sums, 0, dim))


INDEX_ADD = define(
    "index_add",
    inputs="x index source",
    eager=_index_add_eager,
    spec=_spec,
    grad=_index_add_grad,
    lower=_index_add_lower,
)
expose(index_add)
expose(index_add_, torch=False)

# ------------------------------------------------------------------------- index_copy


def index_copy(input, dim, index, source, *, out=None):
    """A copy with slices written at the places of an index.

    Args:
        input: (*), any dtype.
        dim: the dimension.
        index: (n,), int64 or int32.
        source: input's shape with n in dim, input's dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: input's shape and dtype.  Where a place is named twice, the last counts.

    Raises:
        RuntimeError: where shapes or dtypes do not fit, or a place lies outside dim.

    >>> import rushlight
    >>> index = rushlight.tensor([1])
    >>> rushlight.zeros(2).index_copy(0, index, rushlight.ones(1))
    tensor([0., 1.])
    """
    check_tensor(index, "index_copy()", "index")
    check_tensor(source, "index_copy()", "source")
    result = call(INDEX_COPY, input, index, source, dim=dim)
    return result if out is None else put_out(result, out, "index_copy()")


def index_copy_(input, dim, index, source):
    """In-place form of `index_copy`: writes into ``input`` and returns it."""
    check_tensor(index, "index_copy_()", "index")
    check_tensor(source, "index_copy_()", "source")
    return inplace(INDEX_COPY, input, index, source, dim=dim)


def _index_copy_eager(backend, x, index, source, *, dim):
    dim = rows_dim(x, index, source, dim, "index_copy_()")
    whole = x.copy("C")
    if x.ndim:
        whole[_lead(dim, index)] = source
    elif index.size:
        whole[...] = source.reshape(-1)[-1]
    return whole


def _index_copy_grad(g, *, index, source_shape, dim, needs):
    x = g.index_fill(dim, index, 0) if needs[0] else None
    source = g.index_select(dim, index).reshape(source_shape) if needs[2] else None
    return x, None, source


INDEX_COPY = define(
    "index_copy",
    inputs="x index source",
    eager=_index_copy_eager,
    spec=_spec,
    grad=_index_copy_grad,
)
expose(index_copy)
expose(index_copy_, torch=False)

# ------------------------------------------------------------------------- index_fill


def index_fill(input, dim, index, value):
    """A copy with one value at the places of an index.

    Args:
        input: (*), any dtype.
        dim: the dimension.
        index: (n,), int64 or int32; negative places count from the end.
        value: a number, or a tensor without dimensions.

    Returns:
        Tensor: input's shape and dtype.

    Raises:
        IndexError: for a place outside dim.

    >>> import rushlight
    >>> rushlight.zeros(3).index_fill(0, rushlight.tensor([0, 2]), 5)
    tensor([5., 0., 5.])
    """
    op, values, attrs = _fill_parts(input, dim, index, value)
    return call(op, input, index, *values, **attrs)


def index_fill_(input, dim, index, value):
    """In-place form of `index_fill`: writes into ``input`` and returns it."""
    op, values, attrs = _fill_parts(input, dim, index, value)
    return inplace(op, input, index, *values, **attrs)


def _fill_parts(input, dim, index, value):
    check_tensor(index, "index_fill()", "index")
    if isinstance(value, Tensor):
        if value._array.shape:
            raise ArgumentRuntimeError(
                explain(
                    "index_fill_()",
                    expected="a number or a 0-dimensional value tensor",
                    got=f"a tensor with {value.ndim} dimension(s)",
                    do="Use index_copy to write slices.",
                )
            )
        return INDEX_FILL, (value,), {"dim": dim}
    number = as_number(value, "index_fill()")
    value = element(number, input._array.dtype, "index_fill()")[()]
    return INDEX_FILL_NUMBER, (), {"dim": dim, "value": value}


def _index_fill_spec(x, index, source=None, *, dim, value=None):
    rows_dim(x, index, None, dim, "index_fill_()", negative=True)
    return Spec(x.shape, x.dtype)


def _index_fill_eager(backend, x, index, source=None, *, dim, value=None):
    dim = rows_dim(x, index, None, dim, "index_fill_()", negative=True)
    whole, value = x.copy("C"), value if source is None else source
    if x.ndim:
        whole[_lead(dim, index)] = value
    elif index.size:
        whole[...] = value
    return whole


def _index_fill_grad(g, *, index, dim, needs):
    x = g.index_fill(dim, index, 0) if needs[0] else None
    if len(needs) < 3:
        return x, None
    value = (g - g.index_fill(dim, index, 0)).sum() if needs[2] else None
    return x, None, value


INDEX_FILL = define(
    "index_fill",
    inputs="x index value",
    eager=_index_fill_eager,
    spec=_index_fill_spec,
    grad=_index_fill_grad,
    node="IndexFillBackward1",
    one_value=True,
)
INDEX_FILL_NUMBER = define(
    "index_fill_number",
    inputs="x index",
    eager=_index_fill_eager,
    spec=_index_fill_spec,
    grad=_index_fill_grad,
    node="IndexFillBackward0",
    one_value=True,
)
expose(index_fill)
expose(index_fill_, torch=False)
