"""Functions of square matrices and products with a shape of their own."""

import math

from rushlight._base.errors import ArgumentRuntimeError, ShapeError, explain
from rushlight._base.shape import wrap_dim
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import require_tensor, to_out
from rushlight._ops.linalg._matrices import check_matrices, eye_like
from rushlight._ops.linalg.solve import inv, solve

# -------------------------------------------------------------------------- powers, exp


def matrix_power(input, n, *, out=None):
    """Square matrices multiplied with themselves n times.

    Args:
        input: (*, n, n), float or complex.
        n: int; a negative one takes the inverse.
        out: tensor to write the result to.

    Returns:
        Tensor: (*, n, n).

    Raises:
        RuntimeError: for matrices that are not square.
        torch.linalg.LinAlgError: for a singular matrix and negative n.

    >>> import rushlight
    >>> rushlight.matrix_power(rushlight.tensor([[2.0]]), 3)
    tensor([[8.]])
    """
    who = "linalg.matrix_power()"
    require_tensor(input, who)
    check_matrices(input._array, who, square=True)
    result = _power(inv(input) if n < 0 else input, abs(n))
    return result if out is None else to_out(result, out, who)


def _power(x, n):
    if n == 0:
        return eye_like(x, x.shape[-1]) + x.masked_fill(x == x, 0).nan_to_num(0)
    found = None
    while n:
        if n & 1:
            found = (
                x.clone()
                if found is None and n == 1
                else x
                if found is None
                else (found @ x)
            )
        n >>= 1
        x = x @ x if n else x
    return found


def matrix_exp(input):
    """The exponential of square matrices, ``sum(A**k / k!)``.

    Args:
        input: (*, n, n), float or complex.

    Returns:
        Tensor: (*, n, n).

    Raises:
        RuntimeError: for other shapes or dtypes.

    See:
        Higham, "The scaling and squaring method for the matrix exponential revisited".

    >>> import rushlight
    >>> rushlight.matrix_exp(rushlight.zeros(2, 2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    require_tensor(input, "linalg.matrix_exp()")
    return MATRIX_EXP.short(input)


_PADE_13 = (
    64764752532480000,
    32382376266240000,
    7771770303897600,
    1187353796428800,
    129060195264000,
    10559470521600,
    670442572800,
    33522128640,
    1323241920,
    40840800,
    960960,
    16380,
    182,
    1,
)
_PADE_NORM = 5.371920351148152  # up to which the approximant is exact to double


def _exp_spec(x):
    check_matrices(x, "linalg.matrix_exp()", square=True)
    return Spec(x.shape, x.dtype)


def _exp_eager(backend, x):
    np = backend.np
    check_matrices(x, "linalg.matrix_exp()", square=True)
    if not x.size:
        return x.copy()
    wide = x.astype(np.complex128 if x.dtype.kind == "c" else np.float64)
    size = float(np.abs(wide).sum(-2).max())
    if not math.isfinite(size):
        return np.full_like(x, math.nan)
    halvings = max(0, math.ceil(math.log2(size / _PADE_NORM))) if size else 0
    found = _pade(np, wide / 2**halvings)
    for _ in range(halvings):
        found = np.matmul(found, found)
    return found.astype(x.dtype)


def _pade(np, x):
    b, unit = _PADE_13, np.eye(x.shape[-1], dtype=x.dtype)
    x2 = np.matmul(x, x)
    x4 = np.matmul(x2, x2)
    x6 = np.matmul(x2, x4)
    odd = np.matmul(x6, b[13] * x6 + b[11] * x4 + b[9] * x2)
    odd = np.matmul(x, odd + b[7] * x6 + b[5] * x4 + b[3] * x2 + b[1] * unit)
    even = np.matmul(x6, b[12] * x6 + b[10] * x4 + b[8] * x2)
    even = even + b[6] * x6 + b[4] * x4 + b[2] * x2 + b[0] * unit
    return np.linalg.solve(even - odd, even + odd)


def _exp_grad(g, *, x):
    """The upper right block of the exponential of [[x^H, g], [0, x^H]]."""
    n, adjoint = x.shape[-1], x.mH
    whole = x.new_zeros((*x.shape[:-2], 2 * n, 2 * n))
    upper = whole[..., :n, :].slice_scatter(adjoint, -1, 0, n)
    upper = upper.slice_scatter(g, -1, n, 2 * n)
    lower = whole[..., n:, :].slice_scatter(adjoint, -1, n, 2 * n)
    whole = whole.slice_scatter(upper, -2, 0, n).slice_scatter(lower, -2, n, 2 * n)
    return matrix_exp(whole)[..., :n, n:]


MATRIX_EXP = define(
    "linalg_matrix_exp", eager=_exp_eager, spec=_exp_spec, grad=_exp_grad
)
for _function in (matrix_power, matrix_exp):
    expose(_function)

# ------------------------------------------------------------------ products of vectors


def linalg_cross(input, other, *, dim=-1, out=None):
    """The cross products of vectors of three along a dimension.

    Args:
        input, other: tensors that broadcast, of size 3 in dim.
        dim: the dimension of the vectors.
        out: tensor to write the result to.

    Returns:
        Tensor: the broadcast shape.

    Raises:
        RuntimeError: for another size than 3, or different numbers of dimensions.
    """
    who = "linalg.cross()"
    require_tensor(input, who)
    require_tensor(other, who, "other")
    if input.ndim != other.ndim:
        raise ShapeError(
            explain(
                who,
                expected="inputs with the same number of dimensions",
                got=f"{input.ndim} and {other.ndim}",
                do="Add dimensions with None.",
            )
        )
    d = wrap_dim(dim, input.ndim, who)
    if input.shape[d] != 3 or other.shape[d] != 3:
        raise ShapeError(
            explain(
                who,
                expected=f"inputs dimension {dim} to have length 3",
                got=f"{input.shape[d]} and {other.shape[d]}",
                do="Name the dimension of the vectors.",
            )
        )
    forward, back = input.roll(-1, d), input.roll(-2, d)
    result = forward * other.roll(-2, d) - back * other.roll(-1, d)
    return result if out is None else to_out(result, out, who)


def cross(input, other, dim=None, *, out=None):
    """The cross products of vectors of three.

    Args:
        input, other: tensors that broadcast.
        dim: the dimension of the vectors; the first of size 3 if left out.
        out: tensor to write the result to.

    Returns:
        Tensor: the broadcast shape.

    Raises:
        RuntimeError: where no dimension has size 3.

    >>> import rushlight
    >>> x, y = rushlight.tensor([1.0, 0.0, 0.0]), rushlight.tensor([0.0, 1.0, 0.0])
    >>> rushlight.cross(x, y)
    tensor([0., 0., 1.])
    """
    require_tensor(input, "cross()")
    if dim is None:
        found = [d for d, n in enumerate(input.shape) if n == 3]
        if not found:
            raise ShapeError(
                explain(
                    "cross()",
                    expected="a dimension of size 3",
                    got=f"no dimension of size 3 in input: {list(input.shape)}",
                    do="Cross products are of vectors of three.",
                )
            )
        dim = found[0]
    return linalg_cross(input, other, dim=dim, out=out)


def vecdot(x, y, *, dim=-1, out=None):
    """The scalar products of vectors along a dimension, x conjugated.

    Args:
        x, y: tensors that broadcast.
        dim: the dimension of the vectors.
        out: tensor to write the result to.

    Returns:
        Tensor: the broadcast shape without dim.
    """
    require_tensor(x, "linalg.vecdot()", "x")
    require_tensor(y, "linalg.vecdot()", "y")
    result = ((x.conj() if x.is_complex() else x) * y).sum(dim)
    result = result.to(x.dtype) if x.dtype == y.dtype else result
    return result if out is None else to_out(result, out, "linalg.vecdot()")


def linalg_vander(x, *, N=None):
    """The powers ``x**0, x**1, ...`` in columns.

    Args:
        x: (*, n).
        N: how many columns; n if left out.

    Returns:
        Tensor: (*, n, N).

    Raises:
        RuntimeError: for N of at most 1.
    """
    require_tensor(x, "linalg.vander()", "x")
    if N is not None and N <= 1:
        raise ArgumentRuntimeError(
            explain("linalg.vander()", expected="N > 1", got=N, do="Ask for 2 or more.")
        )
    x = x if x.ndim else x.unsqueeze(0)
    count = x.shape[-1] if N is None else N
    result = x.unsqueeze(-1).expand(*x.shape, max(count - 1, 0))
    ones = x.new_ones((*x.shape, 1))
    whole = ones.expand(*x.shape, count).clone()
    return (
        whole.slice_scatter(result, -1, 1, count)
        .cumprod(-1)
        .to(
            x.dtype
            if x.is_floating_point() or x.is_complex()
            else ones.cumprod(-1).dtype
        )
    )


# ---------------------------------------------------------------------------- tensors


def tensorinv(A, ind=2, *, out=None):
    """The inverse of a tensor as a map from its last dimensions to its first.

    Args:
        A: its first ind sizes multiply to as much as the others.
        ind: how many dimensions come first, at least 1.
        out: tensor to write the result to.

    Returns:
        Tensor: the last sizes of A, then the first.

    Raises:
        RuntimeError: where the sizes do not fit, or there is no inverse.
    """
    who = "linalg.tensorinv()"
    require_tensor(A, who, "A")
    first, rest = A.shape[:ind], A.shape[ind:]
    if ind <= 0 or math.prod(first) != math.prod(rest):
        raise ShapeError(
            explain(
                who,
                expected="ind > 0 and prod(A.shape[:ind]) == prod(A.shape[ind:])",
                got=f"ind={ind} and shape {list(A.shape)}",
                do="Choose where the shape is split.",
            )
        )
    count = math.prod(first)
    result = inv(A.reshape(count, count)).reshape(*rest, *first)
    return result if out is None else to_out(result, out, who)


def tensorsolve(A, B, dims=None, *, out=None):
    """The X with ``tensordot(A, X, X.ndim) == B``.

    Args:
        A: its first sizes are B's; the others multiply to as much.
        B: a tensor.
        dims: dimensions of A to move to its end first.
        out: tensor to write the result to.

    Returns:
        Tensor: the sizes of A after B's.

    Raises:
        RuntimeError: where the sizes do not fit, or there is no solution.
    """
    who = "linalg.tensorsolve()"
    require_tensor(A, who, "A")
    require_tensor(B, who, "B")
    if dims is not None:
        moved = [wrap_dim(d, A.ndim, who) for d in dims]
        A = A.permute(*[d for d in range(A.ndim) if d not in moved], *moved)
    shape, count = A.shape[B.ndim :], B.numel()
    if math.prod(shape) != count:
        raise ShapeError(
            explain(
                who,
                expected="self's last dimensions to multiply to as much as its first",
                got=f"shapes {list(A.shape)} and {list(B.shape)}",
                do="Name dims= to move to the end.",
            )
        )
    result = solve(A.reshape(count, count), B.reshape(count)).reshape(shape)
    return result if out is None else to_out(result, out, who)


expose(cross)
