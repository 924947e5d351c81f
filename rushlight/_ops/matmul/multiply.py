"""Products of arrays: which way of NumPy's is right for which dtype and layout.

# Note [Layouts]
# `ndarray.dot` of two matrices calls BLAS with the least overhead, and as BLAS takes
# either order, a transposed view costs nothing.  `numpy.matmul` does the same for each
# matrix of a stack.  A stack times one matrix is folded into a single product.  A
# backend may do large products in a way of its own (`product_size`).
"""

from rushlight._base.errors import ArgumentTypeError, DtypeError, ShapeError, explain
from rushlight._base.shape import broadcast_shapes, numel
from rushlight._ops._arguments import how_to_convert, refuse
from rushlight._ops._arrays import is_half, wide

_EXACT = 2.0**53
_LARGE = 16**3
#: Elements of a left factor that is too small for a large product.
FEW = 512


def multiply(backend, x, y):
    """``x @ y`` of two arrays of one dtype and at least one dimension."""
    np, kind = backend.np, x.dtype.kind
    if kind in "fc" and x.dtype.itemsize > 2:
        return _by_blas(backend, x, y)
    if is_half(x):  # Note [Half precision]
        return np.asarray(_by_blas(backend, wide(x), wide(y))).astype(x.dtype)
    refuse(x, "matmul()", "bU")
    return _of_integers(backend, x, y)


def _by_blas(backend, x, y):
    rank = y.ndim
    is_large = x.size > FEW and x.size * y.shape[-1] >= backend.product_size
    if rank > 2:
        return (backend.product if is_large else backend.np.matmul)(x, y)
    if x.ndim < 3:
        both = is_large and rank == x.ndim == 2
        return backend.product(x, y) if both else x.dot(y)
    flat = rows_of(x)
    flat = backend.product(flat, y) if is_large and rank == 2 else flat.dot(y)
    return flat.reshape(x.shape[:-1] + y.shape[1:])


def _of_integers(backend, x, y):
    """Exact, modulo the dtype: by BLAS in float64 where no sum can lose a digit."""
    if x.size * y.shape[-1] > _LARGE:
        bound = _largest(x) * _largest(y) * x.shape[-1]
        if 0 < bound < _EXACT:
            product = _by_blas(backend, x.astype("float64"), y.astype("float64"))
            return backend.np.asarray(product).astype("int64").astype(x.dtype)
    return backend.np.matmul(x, y)


def _largest(x):
    return max(-int(x.min()), int(x.max())) if x.size else 0


def folded(backend, x, y):
    """``x.T @ y`` of two stacks, (..., n, k) and (..., n, m), summed over the stack."""
    return multiply(backend, rows_of(x).T, rows_of(y))


def rows_of(x):
    """An array, or tensor, as a matrix of its last dimension's rows."""
    return x.reshape(numel(x.shape[:-1]), x.shape[-1])


# ------------------------------------------------------------------------------ checks


def product_shape(x, y, who="matmul()"):
    """The shape of ``x @ y``.

    Raises:
        RuntimeError: where sizes or dtypes do not fit.
    """
    check_product(x, y, who)
    if len(x.shape) == 1 or len(y.shape) == 1:
        return (*x.shape[:-1], *y.shape[:-2], *y.shape[1:][-1:])
    batch = broadcast_shapes(x.shape[:-2], y.shape[:-2])
    return (*batch, x.shape[-2], y.shape[-1])


def require_arrays(who, **operands):
    """Refuse operands that are no tensors, by their argument names.

    Raises:
        TypeError: naming the first.
    """
    for name, operand in operands.items():
        if not hasattr(operand, "dtype"):
            raise ArgumentTypeError(
                explain(
                    who,
                    expected=f"argument '{name}' to be a Tensor",
                    got=type(operand).__name__,
                    do="Convert it with torch.tensor.",
                )
            )


def check_product(x, y, who):
    """Refuse operands of ``@`` whose ranks, sizes or dtypes do not fit.

    Raises:
        RuntimeError: saying which.
    """
    refuse(x, who, "bU")
    if not x.shape or not y.shape:
        raise ShapeError(
            explain(
                who,
                expected="operands of at least 1 dimension",
                got=f"both arguments to {who[:-2]} need to be at least 1D, but they "
                f"are {len(x.shape)}D and {len(y.shape)}D",
                do="Use * to multiply by a scalar.",
            )
        )
    inner = y.shape[-2] if len(y.shape) > 1 else y.shape[0]
    if x.shape[-1] != inner:
        raise ShapeError(
            explain(
                who,
                expected=f"{x.shape[-1]} rows in the second operand, the columns of "
                "the first",
                got=f"mat1 and mat2 shapes cannot be multiplied ({_times(x.shape)} and "
                f"{_times(y.shape)})",
                do="Transpose one of them, or check the layer's input size.",
            )
        )
    check_dtypes(who, x, y)


def _times(shape):
    """A shape as torch writes it there: 2x3."""
    return "x".join(map(str, shape))


def check_dtypes(who, *arrays):
    """Refuse operands of different dtypes; None stands for an operand left out.

    Raises:
        RuntimeError: naming the dtypes.
    """
    given = [a for a in arrays if a is not None]
    if any(a.dtype != given[0].dtype for a in given):
        raise DtypeError(
            explain(
                who,
                expected="all operands to have the same dtype",
                got=" and ".join(str(a.dtype) for a in given),
                do=how_to_convert(*given),
            )
        )


def check_rank(who, wanted, **arrays):
    """Refuse operands of other ranks.

    Args:
        who: the function.
        wanted: the number of dimensions.
        arrays: the operands by their argument names.

    Raises:
        RuntimeError: naming the operand.
    """
    for name, array in arrays.items():
        if len(array.shape) != wanted:
            kinds = {1: "a vector (1D)", 2: "a matrix (2D)", 3: "a 3D tensor"}
            raise ShapeError(
                explain(
                    who,
                    expected=f"'{name}' to be {kinds[wanted]}",
                    got=f"{len(array.shape)}D of shape {list(array.shape)}",
                    do="torch.matmul takes operands of any rank.",
                )
            )
