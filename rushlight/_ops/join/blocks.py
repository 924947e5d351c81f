"""Matrices put on a diagonal: block_diag."""

from rushlight._base.errors import (
    ShapeError,
    explain,
)
from rushlight._base.promote import result_dtype
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import TORCH, expose
from rushlight._core.table import define
from rushlight._ops.join.cat import check_tensors

# ------------------------------------------------------------------------ block_diag


def block_diag(*tensors):
    """A matrix with the given ones on its diagonal and zeros elsewhere.

    Args:
        tensors: of two dimensions or fewer, any dtypes.

    Returns:
        Tensor: (sum of rows, sum of columns), of the promoted dtype.

    Raises:
        RuntimeError: for more than two dimensions.

    >>> import rushlight
    >>> rushlight.block_diag(rushlight.tensor([[1, 2]]), rushlight.tensor(3))
    tensor([[1, 2, 0],
            [0, 0, 3]])
    """
    if not tensors:
        return TORCH["empty"](1, 0)
    return call(BLOCK_DIAG, *tensors)


def _blocks(shapes):
    """For each matrix its (rows, columns, first row, first column), and the total."""
    row = column = 0
    places = []
    for place, shape in enumerate(shapes):
        if len(shape) > 2:
            raise ShapeError(
                explain(
                    "block_diag()",
                    expected="tensors of 2 or fewer dimensions",
                    got=f"{len(shape)} dimensions for input {place}",
                    do="Flatten it.",
                )
            )
        rows, columns = ((1, 1) + tuple(shape))[-2:]
        places.append((rows, columns, row, column))
        row, column = row + rows, column + columns
    return places, (row, column)


def _block_diag_spec(*xs):
    check_tensors(xs, "block_diag()")
    return Spec(_blocks([x.shape for x in xs])[1], result_dtype(xs).numpy)


def _block_diag_eager(backend, *xs):
    places, shape = _blocks([x.shape for x in xs])
    whole = backend.np.zeros(shape, result_dtype(xs).numpy)
    for x, (rows, columns, row, column) in zip(xs, places, strict=True):
        whole[row : row + rows, column : column + columns] = x
    return whole


def _block_diag_grad(g, *, xs_shape, needs):
    places, _ = _blocks(xs_shape)
    return tuple(
        [
            g[row : row + rows, column : column + columns].reshape(shape)
            if need
            else None
            for need, shape, (rows, columns, row, column) in zip(
                needs, xs_shape, places, strict=True
            )
        ]
    )


BLOCK_DIAG = define(
    "block_diag",
    inputs="*xs",
    eager=_block_diag_eager,
    spec=_block_diag_spec,
    grad=_block_diag_grad,
)
expose(block_diag, method=False)
