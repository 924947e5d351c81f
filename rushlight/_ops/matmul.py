"""Matrix products."""

from rushlight._base.errors import (
    ArgumentTypeError,
    DtypeError,
    ShapeError,
    explain,
)
from rushlight._base.shape import broadcast_shapes
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call2
from rushlight._core.expose import expose
from rushlight._core.inplace import put_out
from rushlight._core.table import define
from rushlight._core.tensor import attach

# ---------------------------------------------------------------------------- matmul


def matmul(input, other, *, out=None):
    """Matrix product with torch's rules for ranks 1, 2 and more.

    Args:
        input: (..., n, k) or (k,).
        other: (..., k, m) or (k,), same dtype; leading sizes broadcast.
        out: tensor to write the result to.

    Returns:
        Tensor: (..., n, m), without n or m where that operand is a vector.

    Raises:
        RuntimeError: where the inner sizes or the dtypes differ.

    >>> import rushlight
    >>> rushlight.matmul(rushlight.ones(2, 3), rushlight.ones(3))
    tensor([3., 3.])
    """
    if out is not None:
        return put_out(matmul(input, other), out, "matmul()")
    try:
        if input._array.ndim > 1 and other._array.ndim > 1:
            return call2(MATMUL, input, other)
    except AttributeError:
        raise _not_tensors(input, other) from None
    return _matmul_vectors(input, other)


def _not_tensors(input, other):
    return ArgumentTypeError(
        explain(
            "matmul()",
            expected="two Tensors",
            got=f"{type(input).__name__} and {type(other).__name__}",
            do="Convert with torch.tensor; use * to multiply by a number.",
        )
    )


def _matmul_vectors(input, other):
    """A vector on either side counts as a row or column that is dropped again."""
    if not input._array.ndim or not other._array.ndim:
        _check_matmul(input._array, other._array)
    left = input.unsqueeze(0) if input._array.ndim == 1 else input
    right = other.unsqueeze(1) if other._array.ndim == 1 else other
    result = call2(MATMUL, left, right)
    if left is not input:
        result = result.squeeze(-2)
    return result if right is other else result.squeeze(-1)


def _matmul_spec(x, y):
    _check_matmul(x, y)
    batch = broadcast_shapes(x.shape[:-2], y.shape[:-2])
    return Spec((*batch, x.shape[-2], y.shape[-1]), x.dtype)


def _check_matmul(x, y):
    if not x.shape or not y.shape:
        raise ShapeError(
            explain(
                "matmul()",
                expected="operands of at least 1 dimension",
                got=f"{len(x.shape)}D and {len(y.shape)}D",
                do="Use * to multiply by a scalar.",
            )
        )
    inner = y.shape[-2] if len(y.shape) > 1 else y.shape[0]
    if x.shape[-1] != inner:
        raise ShapeError(
            explain(
                "matmul()",
                expected=f"{x.shape[-1]} rows in 'other', the columns of 'input'",
                got=f"mat1 and mat2 shapes cannot be multiplied "
                f"({list(x.shape)} and {list(y.shape)})",
                do="Transpose one of them, or check the layer's input size.",
            )
        )
    if x.dtype != y.dtype:
        raise DtypeError(
            explain(
                "matmul()",
                expected="both operands to have the same dtype",
                got=f"{x.dtype} and {y.dtype}",
                do="Convert one of them with .to(dtype).",
            )
        )


def _matmul_eager(backend, x, y):
    if x.ndim == 2 == y.ndim and x.dtype.itemsize > 2 and x.dtype is y.dtype:
        return backend.np.matmul(x, y)
    if x.dtype is not y.dtype:
        _check_matmul(x, y)
    if x.dtype.itemsize == 2 and x.dtype.kind in "fV":  # no BLAS for half precision
        wide = backend.np.float32
        return _fold(backend.np, x.astype(wide), y.astype(wide)).astype(x.dtype)
    return _fold(backend.np, x, y)


def _fold(np, x, y):
    """x @ y, as one product where y is a matrix and x a stack of them."""
    if x.ndim > 2 and y.ndim == 2 and x.flags.c_contiguous:
        flat = np.matmul(x.reshape(-1, x.shape[-1]), y)
        return flat.reshape(x.shape[:-1] + y.shape[1:])
    return np.matmul(x, y)


def _matmul_grad(g, *, x, y, y_shape, needs):
    return (
        g @ y.mH if needs[0] else None,
        _right_grad(g, x, y_shape) if needs[1] else None,
    )


def _right_grad(g, x, y_shape):
    if len(y_shape) == 2 and x.ndim > 2:
        return x.reshape(-1, y_shape[0]).mH @ g.reshape(-1, y_shape[1])
    return x.mH @ g


def _matmul_lower(k, x, y):
    return k.matmul(x, y)


def _matmul_node(inputs, attrs):
    ranks = inputs[0]._array.ndim, inputs[1]._array.ndim
    names = {(2, 2): "MmBackward0", (3, 3): "BmmBackward0"}
    return names.get(ranks, "UnsafeViewBackward0")


MATMUL = define(
    "matmul",
    inputs="x y",
    eager=_matmul_eager,
    spec=_matmul_spec,
    grad=_matmul_grad,
    lower=_matmul_lower,
    saved_for={"x": "y", "y": "x"},
    node=_matmul_node,
    autocast="lower",
)
expose(matmul)
attach("__matmul__", lambda self, other: matmul(self, other))
attach("__rmatmul__", lambda self, other: matmul(other, self))
