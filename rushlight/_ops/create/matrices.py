"""Matrices by rule: eye, and the indices of triangles."""

import numpy as np

from rushlight._base import dtype as dtypes
from rushlight._base.errors import (
    ArgumentRuntimeError,
    UnsupportedError,
    explain,
)
from rushlight._base.shape import as_index
from rushlight._core.expose import expose
from rushlight._ops._symbolic import eye_symbolic, has_symbols
from rushlight._ops._values import as_dtype
from rushlight._ops.create.options import (
    check_options,
    dtype_or_default,
    finish,
    put_created,
)

# ------------------------------------------------------------------------- matrices


def eye(
    n,
    m=None,
    *,
    out=None,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
):
    """Ones on the diagonal, zeros elsewhere.

    Args:
        n: the number of rows.
        m: the number of columns; n if left out.
        out, dtype, layout, device, pin_memory, requires_grad: as for `zeros`.

    Returns:
        Tensor: (n, m).

    Raises:
        RuntimeError: where n or m is negative.

    >>> import rushlight
    >>> rushlight.eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    if layout is not None or pin_memory:
        check_options(layout, pin_memory, "eye()")
    n = as_index(n, "eye()", "n")
    m = n if m is None else as_index(m, "eye()", "m")
    for name, size in (("n", n), ("m", m)):
        if size < 0:
            raise ArgumentRuntimeError(
                explain(
                    "eye()",
                    expected=f"{name} to be greater or equal to 0",
                    got=size,
                    do="Check the sizes.",
                )
            )
    if out is not None:
        return put_created(np.eye(n, m, dtype=bool), out, dtype, "eye()")
    dtype = dtype_or_default(dtype, "eye()")
    if has_symbols((n, m)):
        return eye_symbolic(n, m, dtype)
    array = np.zeros((n, m), dtype.numpy)
    np.einsum("ii->i", array[: min(n, m), : min(n, m)])[...] = True
    return finish(array, device, requires_grad)


def tril_indices(
    row, col, offset=0, *, dtype=None, layout=None, device=None, pin_memory=False
):
    """Rows and columns of the elements on and below a diagonal of a matrix.

    Args:
        row, col: the matrix's sizes.
        offset: which diagonal; 0 is the main one, positive ones lie above.
        dtype: int64 if left out, or int32.
        layout, device, pin_memory: as for `zeros`.

    Returns:
        Tensor: (2, count), the row numbers above the column numbers.

    Raises:
        RuntimeError: where a size is negative.

    >>> import rushlight
    >>> rushlight.tril_indices(2, 2)
    tensor([[0, 1, 1],
            [0, 0, 1]])
    """
    options = dtype, layout, device, pin_memory
    return _triangle("tril_indices()", row, col, offset, np.less_equal, options)


def triu_indices(
    row, col, offset=0, *, dtype=None, layout=None, device=None, pin_memory=False
):
    """Rows and columns of the elements on and above a diagonal of a matrix.

    Arguments are as for `tril_indices`.

    Returns:
        Tensor: (2, count), the row numbers above the column numbers.

    >>> import rushlight
    >>> rushlight.triu_indices(2, 2)
    tensor([[0, 0, 1],
            [0, 1, 1]])
    """
    options = dtype, layout, device, pin_memory
    return _triangle("triu_indices()", row, col, offset, np.greater_equal, options)


def _triangle(who, row, col, offset, compare, options):
    dtype, layout, device, pin_memory = options
    check_options(layout, pin_memory, who)
    dtype = dtypes.int64 if dtype is None else as_dtype(dtype, who)
    for name, size in (("row", row), ("col", col)):
        if size < 0:
            raise ArgumentRuntimeError(
                explain(
                    who,
                    expected=f"{name} to be non-negative",
                    got=size,
                    do="Check the sizes.",
                )
            )
    if dtype.category != dtypes.INTEGER:
        raise UnsupportedError(
            explain(
                who,
                expected="an integer dtype",
                got=f"{dtype}: not implemented for it",
                do="Leave dtype out.",
            )
        )
    inside = compare(np.arange(col) - offset, np.arange(row).reshape(-1, 1))
    return finish(np.stack(inside.nonzero()).astype(dtype.numpy), device)


expose(eye, method=False)
expose(tril_indices, method=False)
expose(triu_indices, method=False)
