"""The product of matrices: matmul, mm, bmm."""

from rushlight._base.errors import ShapeError, explain
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call, call2
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._core.tensor import Tensor
from rushlight._ops._arguments import require_tensor, to_out
from rushlight._ops._conjugate import conj_of
from rushlight._ops._operators import attach_operator
from rushlight._ops.matmul.multiply import (
    FEW,
    check_dtypes,
    check_product,
    check_rank,
    folded,
    multiply,
    product_shape,
    require_arrays,
    rows_of,
)

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
        TypeError: for operands that are no tensors.

    >>> import rushlight
    >>> rushlight.matmul(rushlight.ones(2, 3), rushlight.ones(3))
    tensor([3., 3.])
    """
    if not isinstance(other, Tensor):
        require_tensor(other, "matmul()", "other")
    result = call2(MATMUL, input, other)
    return result if out is None else to_out(result, out, "matmul()")


def _matmul_spec(x, y):
    require_arrays("matmul()", input=x, other=y)
    return Spec(product_shape(x, y), x.dtype)


def _matmul_eager(backend, x, y):
    if x.ndim == 2 == y.ndim and x.dtype is y.dtype and x.dtype.char in "fd":
        if x.size > FEW and x.size * y.shape[1] >= backend.product_size:
            return backend.product(x, y)
        return x.dot(y)  # Note [Layouts]
    if x.dtype is not y.dtype or not x.ndim or not y.ndim:
        check_product(x, y, "matmul()")
    return multiply(backend, x, y)


def _matmul_grad(g, *, x, y, x_shape, y_shape, needs):
    rank, other = len(x_shape), len(y_shape)
    if rank == 1 or other == 1:
        return _vector_grad(g, x, y, rank, other, needs)
    left = right = None
    if needs[0]:
        left = TURNED.short(g, conj_of(y), False, True)
    if needs[1]:
        x = conj_of(x)
        if other == 2 and rank > 2:
            right = call2(FOLDED, x, g)
        else:
            right = TURNED.short(x, g, True, False)
    return left, right


def _vector_grad(g, x, y, rank, other, needs):
    """The gradients where an operand is a vector: a row, or a column."""
    if rank == other == 1:
        return (
            g * conj_of(y) if needs[0] else None,
            g * conj_of(x) if needs[1] else None,
        )
    left = right = None
    if rank == 1:
        if needs[0]:
            left = matmul(conj_of(y), g.unsqueeze(-1)).squeeze(-1)
        if needs[1]:
            right = conj_of(x).unsqueeze(-1) * g.unsqueeze(-2)
    else:
        if needs[0]:
            left = g.unsqueeze(-1) * conj_of(y)
        if needs[1]:
            x = conj_of(x)
            right = matmul(g.reshape(-1), rows_of(x))
    return left, right


def _matmul_lower(k, x, y):
    return k.matmul(x, y)


_NODES = {
    (1, 1): "DotBackward0",
    (2, 1): "MvBackward0",
    (1, 2): "SqueezeBackward4",
    (2, 2): "MmBackward0",
}


def _matmul_node(inputs, attrs):
    """torch's name for its last step."""
    ranks = len(inputs[0]._array.shape), len(inputs[1]._array.shape)
    return _NODES.get(ranks, "UnsafeViewBackward0")


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


def _rmatmul(self, other):
    return matmul(other, self)


attach_operator("matmul", MATMUL, _rmatmul, inplace=False)

# ---------------------------------------------- products with transposes, for gradients


def _turn(array, wanted):
    return array.swapaxes(-1, -2) if wanted else array


def _turned_spec(x, y, *, left, right):
    x, y = (
        Spec((*a.shape[:-2], a.shape[-1], a.shape[-2]), a.dtype) if turn else a
        for a, turn in ((x, left), (y, right))
    )
    return Spec(product_shape(x, y), x.dtype)


def _turned_eager(backend, x, y, *, left, right):
    if x.ndim == 2 == y.ndim and x.dtype is y.dtype and x.dtype.char in "fd":
        x, y = x.T if left else x, y.T if right else y
        if x.size > FEW and x.size * y.shape[1] >= backend.product_size:
            return backend.product(x, y)
        return x.dot(y)  # Note [Layouts]
    check_dtypes("matmul()", x, y)
    return multiply(backend, _turn(x, left), _turn(y, right))


def _turned_grad(g, *, x, y, left, right, needs):
    x, y = conj_of(x), conj_of(y)
    first = second = None
    if needs[0] and not left:
        first = call(TURNED, g, y, left=False, right=not right)
    elif needs[0]:
        first = call(TURNED, y, g, left=right, right=True)
    if needs[1] and not right:
        second = call(TURNED, x, g, left=not left, right=False)
    elif needs[1]:
        second = call(TURNED, g, x, left=True, right=left)
    return first, second


def _turned_lower(k, x, y, *, left, right):
    x = k.transpose(x, -1, -2) if left else x
    return k.matmul(x, k.transpose(y, -1, -2) if right else y)


TURNED = define(
    "matmul_turned",
    inputs="x y",
    eager=_turned_eager,
    spec=_turned_spec,
    grad=_turned_grad,
    lower=_turned_lower,
    saved_for={"x": "y", "y": "x"},
    node="MmBackward0",
)


def _folded_spec(x, y):
    return Spec((x.shape[-1], y.shape[-1]), x.dtype)


def _folded_eager(backend, x, y):
    return folded(backend, x, y)


def _folded_grad(g, *, x, y, needs):
    return (
        call(TURNED, conj_of(y), g, left=False, right=True) if needs[0] else None,
        call2(MATMUL, conj_of(x), g) if needs[1] else None,
    )


def _folded_lower(k, x, y):
    x, y = (k.reshape(z, (-1, z.shape[-1])) for z in (x, y))
    return k.matmul(k.transpose(x, 0, 1), y)


#: ``x.T @ y`` summed over leading dimensions: the gradient of a weight.
FOLDED = define(
    "matmul_folded",
    inputs="x y",
    eager=_folded_eager,
    spec=_folded_spec,
    grad=_folded_grad,
    lower=_folded_lower,
    saved_for={"x": "y", "y": "x"},
    node="MmBackward0",
)

# -------------------------------------------------------------------------- mm and bmm


def mm(input, mat2, *, out=None):
    """The product of two matrices.

    Args:
        input: (n, k).
        mat2: (k, m), same dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: (n, m).

    Raises:
        RuntimeError: for other ranks, or where the inner sizes or the dtypes differ.

    >>> import rushlight
    >>> rushlight.mm(rushlight.ones(1, 2), rushlight.ones(2, 2))
    tensor([[2., 2.]])
    """
    require_tensor(input, "mm()")
    require_tensor(mat2, "mm()", "mat2")
    check_rank("mm()", 2, self=input._array, mat2=mat2._array)
    result = call2(MATMUL, input, mat2)
    return result if out is None else to_out(result, out, "mm()")


def bmm(input, mat2, *, out=None):
    """The products of two stacks of matrices.

    Args:
        input: (b, n, k).
        mat2: (b, k, m), same dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: (b, n, m).

    Raises:
        RuntimeError: for other ranks, or where sizes or dtypes differ.

    >>> import rushlight
    >>> rushlight.bmm(rushlight.ones(3, 1, 2), rushlight.ones(3, 2, 1)).shape
    torch.Size([3, 1, 1])
    """
    require_tensor(input, "bmm()")
    require_tensor(mat2, "bmm()", "mat2")
    check_rank("bmm()", 3, batch1=input._array, batch2=mat2._array)
    check_stacks("bmm()", input._array, mat2._array)
    result = call(BMM, input, mat2)
    return result if out is None else to_out(result, out, "bmm()")


def check_stacks(who, x, y):
    """Refuse stacks of matrices whose sizes do not fit.

    Raises:
        RuntimeError: with both shapes.
    """
    wanted = [x.shape[0], x.shape[2]]
    if list(y.shape[:2]) != wanted:
        raise ShapeError(
            explain(
                who,
                expected=f"size for first two dimensions of batch2 tensor to be: "
                f"{wanted}",
                got=f"{list(y.shape[:2])} (shapes {list(x.shape)}, {list(y.shape)})",
                do="torch.matmul broadcasts the leading dimension.",
            )
        )


BMM = define(
    "bmm",
    inputs="x y",
    eager=_matmul_eager,
    spec=_matmul_spec,
    grad=_matmul_grad,
    lower=_matmul_lower,
    saved_for={"x": "y", "y": "x"},
    autocast="lower",
)
expose(mm)
expose(bmm)
