"""Triangles of matrices: tril, triu."""

from rushlight._base.errors import ShapeError, explain
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import to_out
from rushlight._ops._arrays import first_integers

# --------------------------------------------------------------------- tril and triu


def tril(input, diagonal=0, *, out=None):
    """The lower triangles of matrices, zero elsewhere.

    Args:
        input: (*, n, m), any dtype.
        diagonal: the last diagonal that is kept; 0 is the main one, positive above.
        out: tensor to write the result to.

    Returns:
        Tensor: the same shape and dtype.

    Raises:
        RuntimeError: for fewer dimensions than two.

    >>> import rushlight
    >>> rushlight.ones(2, 3).tril()
    tensor([[1., 0., 0.],
            [1., 1., 0.]])
    """
    result = TRIL.short(input, diagonal=diagonal)
    return result if out is None else to_out(result, out, "tril()")


def triu(input, diagonal=0, *, out=None):
    """The upper triangles of matrices, zero elsewhere.

    Args:
        input: (*, n, m), any dtype.
        diagonal: the first diagonal that is kept; 0 is the main one, positive above.
        out: tensor to write the result to.

    Returns:
        Tensor: the same shape and dtype.

    Raises:
        RuntimeError: for fewer dimensions than two.

    >>> import rushlight
    >>> rushlight.ones(2, 3).triu()
    tensor([[1., 1., 1.],
            [0., 1., 1.]])
    """
    result = TRIU.short(input, diagonal=diagonal)
    return result if out is None else to_out(result, out, "triu()")


def _triangle_spec(x, *, diagonal):
    if len(x.shape) < 2:
        raise ShapeError(
            explain(
                "tril() and triu()",
                expected="an input tensor of at least 2 dimensions",
                got=f"shape {list(x.shape)}",
                do="Add a dimension with None.",
            )
        )
    return Spec(x.shape, x.dtype)


def _numbers(x):
    """The numbers of a matrix's columns, and of its rows as a column."""
    rows, columns = x.shape[-2:]
    return first_integers(columns), first_integers(rows)[:, None]


def _tril_eager(backend, x, *, diagonal):
    if x.ndim < 2:
        _triangle_spec(x, diagonal=diagonal)
    columns, rows = _numbers(x)
    return _zero_where(backend.np, x, columns > rows + diagonal)


def _triu_eager(backend, x, *, diagonal):
    if x.ndim < 2:
        _triangle_spec(x, diagonal=diagonal)
    columns, rows = _numbers(x)
    return _zero_where(backend.np, x, columns < rows + diagonal)


def _zero_where(np, x, gone):
    whole = x.copy()
    np.copyto(whole, x.dtype.type(0), where=np.asarray(gone))
    return whole


def _tril_grad(g, *, diagonal):
    return g.tril(diagonal)


def _triu_grad(g, *, diagonal):
    return g.triu(diagonal)


def _lower_numbers(k, x):
    shape = x.shape[-2:]
    return k.index(shape, 1), k.index(shape, 0)


def _tril_lower(k, x, *, diagonal):
    columns, rows = _lower_numbers(k, x)
    return k.where(k.le(columns, k.add(rows, diagonal)), x, 0)


def _triu_lower(k, x, *, diagonal):
    columns, rows = _lower_numbers(k, x)
    return k.where(k.le(k.add(rows, diagonal), columns), x, 0)


TRIL = define(
    "tril", eager=_tril_eager, spec=_triangle_spec, grad=_tril_grad, lower=_tril_lower
)
TRIU = define(
    "triu", eager=_triu_eager, spec=_triangle_spec, grad=_triu_grad, lower=_triu_lower
)
expose(tril, inplace=True)
expose(triu, inplace=True)
