"""Diagonals of matrices, as views."""

from rushlight._base.errors import (
    ArgumentRuntimeError,
    explain,
)
from rushlight._base.shape import as_index, wrap_dim
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._memory import region

# -------------------------------------------------------------------------- diagonal


def diagonal(input, offset=0, dim1=0, dim2=1):
    """The diagonals of matrices, as a view.

    Args:
        input: (*), at least two dimensions, any dtype.
        offset: which diagonal; 0 is the main one, positive ones lie above.
        dim1, dim2: the dimensions of the matrices.

    Returns:
        Tensor: the other dimensions, then that of the diagonal.

    Raises:
        RuntimeError: where dim1 is dim2.
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.tensor([[1, 2], [3, 4]]).diagonal()
    tensor([1, 4])
    """
    return DIAGONAL.short(input, offset=offset, dim1=dim1, dim2=dim2)


def _diagonal_layout(x, offset, dim1, dim2):
    """(shape, strides, offset in bytes) of a diagonal."""
    ndim = len(x.shape)
    i, j = wrap_dim(dim1, ndim, "diagonal()"), wrap_dim(dim2, ndim, "diagonal()")
    if i == j:
        raise ArgumentRuntimeError(
            explain(
                "diagonal()",
                expected="two different dimensions",
                got=f"diagonal dimensions cannot be identical {dim1}, {dim2}",
                do="Name two.",
            )
        )
    offset = as_index(offset, "diagonal()", "offset")
    rows, columns = x.shape[i], x.shape[j]
    length = max(min(rows, columns - offset) if offset >= 0 else
                 min(rows + offset, columns), 0)  # fmt: skip
    start = offset * x.strides[j] if offset >= 0 else -offset * x.strides[i]
    rest = [d for d in range(ndim) if d not in (i, j)]
    shape = (*[x.shape[d] for d in rest], length)
    strides = (*[x.strides[d] for d in rest], x.strides[i] + x.strides[j])
    return shape, strides, start if length else 0


def _diagonal_spec(x, *, offset, dim1, dim2):
    return Spec(_diagonal_layout(x, offset, dim1, dim2)[0], x.dtype)


def _diagonal_eager(backend, x, *, offset, dim1, dim2):
    return region(x, *_diagonal_layout(x, offset, dim1, dim2))


def _diagonal_grad(g, *, x_shape, offset, dim1, dim2):
    return DIAGONAL_PLACE.short(g, shape=x_shape, offset=offset, dim1=dim1, dim2=dim2)


def _on_a_line(shape, offset, dim1, dim2):
    """Where a diagonal lies in its matrices as rows, and the order that makes them so.

    Returns:
        (order of dimensions, shape with one row for each matrix, index).
    """
    ndim = len(shape)
    i, j = dim1 % ndim, dim2 % ndim
    rest = [d for d in range(ndim) if d not in (i, j)]
    rows, columns = shape[i], shape[j]
    if offset >= 0:
        length, start = min(rows, columns - offset), offset
    else:
        length, start = min(rows + offset, columns), -offset * columns
    stop = start + (length - 1) * (columns + 1) + 1
    flat = (*[shape[d] for d in rest], rows * columns)
    return [*rest, i, j], flat, (..., slice(start, stop, columns + 1))


def _diagonal_lower(k, x, *, offset, dim1, dim2):
    order, flat, index = _on_a_line(x.shape, offset, dim1, dim2)
    return k.slice(k.reshape(k.permute(x, order), flat), index)


DIAGONAL = define(
    "diagonal",
    eager=_diagonal_eager,
    spec=_diagonal_spec,
    grad=_diagonal_grad,
    lower=_diagonal_lower,
    view=True,
)
expose(diagonal)


def fill_diagonal_(input, fill_value, wrap=False):
    """Write a number on the main diagonal, in place; returns ``input``.

    Args:
        input: two dimensions, or more of one size.
        fill_value: a number.
        wrap: begin anew below the end of the diagonal of a tall matrix.

    Returns:
        Tensor: ``input``.

    Raises:
        RuntimeError: for fewer dimensions, or different sizes of three or more.

    >>> import rushlight
    >>> rushlight.zeros(2, 2).fill_diagonal_(5)
    tensor([[5., 0.],
            [0., 5.]])
    """
    shape = input._array.shape
    if len(shape) < 2 or (len(shape) > 2 and len(set(shape)) > 1):
        raise ArgumentRuntimeError(
            explain(
                "fill_diagonal_()",
                expected="two dimensions, or more of equal length",
                got=list(shape),
                do="Use .diagonal(...).fill_(value).",
            )
        )
    count, rows, columns = min(shape), shape[0], shape[1]
    if wrap and len(shape) == 2 and rows > columns + 1 and columns:
        count = -(-rows * columns // (columns + 1))
    input.as_strided((count,), (sum(input.stride()),), input.storage_offset()).fill_(
        fill_value
    )
    return input


expose(fill_diagonal_, torch=False)


def _diagonal_place_spec(g, *, shape, offset, dim1, dim2):
    return Spec(shape, g.dtype)


def _diagonal_place_eager(backend, g, *, shape, offset, dim1, dim2):
    whole = backend.np.zeros(shape, g.dtype)
    region(whole, *_diagonal_layout(whole, offset, dim1, dim2))[...] = g
    return whole


def _diagonal_place_grad(g, *, offset, dim1, dim2):
    return g.diagonal(offset, dim1, dim2)


def _diagonal_place_lower(k, g, *, shape, offset, dim1, dim2):
    order, flat, index = _on_a_line(shape, offset, dim1, dim2)
    whole = k.reshape(k.place(g, flat, index), [shape[d] for d in order])
    return k.permute(whole, [order.index(d) for d in range(len(order))])


DIAGONAL_PLACE = define(
    "diagonal_place",
    inputs="g",
    eager=_diagonal_place_eager,
    spec=_diagonal_place_spec,
    grad=_diagonal_place_grad,
    lower=_diagonal_place_lower,
    node="DiagonalBackwardBackward0",
)
