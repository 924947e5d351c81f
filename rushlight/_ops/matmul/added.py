"""A product added to a tensor: addmm, addmv, addbmm, baddbmm, addr.

# Note [Beta]
# With beta 0 the tensor is not looked at: nan in it does not show in the result.
"""

from rushlight._base.errors import ShapeError, explain
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import to_out
from rushlight._ops._arrays import is_half, wide
from rushlight._ops._conjugate import conj_of
from rushlight._ops.matmul.multiply import (
    check_dtypes,
    check_product,
    check_rank,
    folded,
    multiply,
    require_arrays,
)
from rushlight._ops.matmul.product import check_stacks

# ------------------------------------------------------------------ what all of them do


def _finish(np, x, product, beta, alpha, dtype):
    """``beta * x + alpha * product``; floats are cut for integers, as in torch."""
    product = np.asarray(product)
    if dtype.kind in "iub":
        beta, alpha = int(beta), int(alpha)
    if alpha != 1:
        product = product * product.dtype.type(alpha)
    if beta != 0:  # Note [Beta]
        product += x if beta == 1 else x * x.dtype.type(beta)
    return product if product.dtype == dtype else product.astype(dtype)


def _check_sum(who, x, shape):
    """Refuse a tensor that does not expand to the product's shape."""
    mine = x.shape
    fits = len(mine) <= len(shape) and all(
        m in (1, s) for m, s in zip(reversed(mine), reversed(shape))
    )
    if not fits:
        raise ShapeError(
            explain(
                who,
                expected=f"'input' to expand to the product's shape {list(shape)}",
                got=f"shape {list(mine)}",
                do="Check the operands' sizes.",
            )
        )


def _rules(who, check, product, ranks):
    """The spec and eager rules from a check that knows the shape, and a product."""

    def spec(x, a, b, *, beta, alpha):
        require_arrays(who, input=x, first=a, second=b)
        shape = check(who, a, b)
        check_dtypes(who, x, a, b)
        _check_sum(who, x, shape)
        return Spec(shape, x.dtype)

    def eager(backend, x, a, b, *, beta, alpha):
        dtype, np = x.dtype, backend.np
        if (
            dtype.char not in "fd"
            or a.dtype is not dtype
            or b.dtype is not dtype
            or (a.ndim, b.ndim) != ranks
        ):  # else NumPy refuses what does not fit, and then the spec rule explains
            spec(x, a, b, beta=beta, alpha=alpha)
        if is_half(x):  # Note [Half precision]
            x, a, b = wide(x), wide(a), wide(b)
        return _finish(np, x, product(backend, a, b), beta, alpha, dtype)

    return spec, eager


def _scaled(g, factor):
    return g if factor == 1 else g * factor


def _conj_number(value):
    return value.conjugate() if value.__class__ is complex else value


def _lower_product(k, name, a, b):
    if name == "addr":
        return k.mul(k.reshape(a, (-1, 1)), b)
    found = k.matmul(a, b)
    return k.reduce("add", found, 0) if name == "addbmm" else found


def _define(name, check, product, grads, ranks):
    spec, eager = _rules(f"{name}()", check, product, ranks)

    def grad(g, *, a, b, beta, alpha, needs):
        x = _scaled(g, _conj_number(beta)) if needs[0] else None
        if not (needs[1] or needs[2]):
            return x, None, None
        g = _scaled(g, _conj_number(alpha))
        return (x, *grads(g, conj_of(a), conj_of(b), needs[1], needs[2]))

    def lower(k, x, a, b, *, beta, alpha):
        if len({x.dtype, a.dtype, b.dtype}) > 1 or a.dtype not in ("f32", "f64"):
            raise k.NotLowered
        found = _lower_product(k, name, a, b)
        found = found if alpha == 1 else k.mul(found, alpha)
        if not beta:  # Note [Beta]
            return found
        return k.add(found, x if beta == 1 else k.mul(x, beta))

    return define(
        name,
        inputs="x a b",
        eager=eager,
        spec=spec,
        grad=grad,
        lower=lower,
        saved_for={"a": "b", "b": "a"},
        autocast="lower" if name in ("addmm", "addbmm", "baddbmm") else None,
    )


# ------------------------------------------------------------------------------- addmm


def addmm(input, mat1, mat2, *, beta=1, alpha=1, out=None):
    """A product of matrices added to a tensor.

        beta * input + alpha * (mat1 @ mat2)

    Args:
        input: expands to (n, m).
        mat1: (n, k), same dtype.
        mat2: (k, m), same dtype.
        beta, alpha: numbers; with beta 0 input is not looked at.
        out: tensor to write the result to.

    Returns:
        Tensor: (n, m).

    Raises:
        RuntimeError: for other ranks, or where sizes or dtypes do not fit.

    >>> import rushlight
    >>> ones = rushlight.ones
    >>> rushlight.addmm(ones(2), ones(1, 3), ones(3, 2), alpha=2)
    tensor([[7., 7.]])
    """
    result = call(ADDMM, input, mat1, mat2, beta=beta, alpha=alpha)
    return result if out is None else to_out(result, out, "addmm()")


def _check_matrices(who, a, b):
    check_rank(who, 2, mat1=a, mat2=b)
    check_product(a, b, who)
    return a.shape[0], b.shape[1]


def _matrix_grads(g, a, b, first, second):
    return g @ b.mT if first else None, a.mT @ g if second else None


ADDMM = _define("addmm", _check_matrices, multiply, _matrix_grads, (2, 2))
expose(addmm, inplace=True)

# ------------------------------------------------------------------------------- addmv


def addmv(input, mat, vec, *, beta=1, alpha=1, out=None):
    """A product of a matrix and a vector added to a tensor.

        beta * input + alpha * (mat @ vec)

    Args:
        input: expands to (n,).
        mat: (n, k), same dtype.
        vec: (k,), same dtype.
        beta, alpha, out: as for `addmm`.

    Returns:
        Tensor: (n,).

    Raises:
        RuntimeError: for other ranks, or where sizes or dtypes do not fit.

    >>> import rushlight
    >>> rushlight.addmv(rushlight.ones(1), rushlight.ones(2, 3), rushlight.ones(3))
    tensor([4., 4.])
    """
    result = call(ADDMV, input, mat, vec, beta=beta, alpha=alpha)
    return result if out is None else to_out(result, out, "addmv()")


def _check_matrix_vector(who, a, b):
    check_rank(who, 2, mat=a)
    check_rank(who, 1, vec=b)
    check_product(a, b, who)
    return (a.shape[0],)


def _vector_grads(g, a, b, first, second):
    column = g.unsqueeze(1) * b if first else None
    return column, a.mT @ g if second else None


ADDMV = _define("addmv", _check_matrix_vector, multiply, _vector_grads, (2, 1))
expose(addmv, inplace=True)

# ------------------------------------------------------------------ addbmm and baddbmm


def addbmm(input, batch1, batch2, *, beta=1, alpha=1, out=None):
    """The sum of the products of two stacks of matrices added to a tensor.

        beta * input + alpha * sum(batch1[i] @ batch2[i])

    Args:
        input: expands to (n, m).
        batch1: (b, n, k), same dtype.
        batch2: (b, k, m), same dtype.
        beta, alpha, out: as for `addmm`.

    Returns:
        Tensor: (n, m).

    Raises:
        RuntimeError: for other ranks, or where sizes or dtypes do not fit.

    >>> import rushlight
    >>> ones = rushlight.ones
    >>> rushlight.addbmm(ones(1, 1), ones(3, 1, 2), ones(3, 2, 1))
    tensor([[7.]])
    """
    result = call(ADDBMM, input, batch1, batch2, beta=beta, alpha=alpha)
    return result if out is None else to_out(result, out, "addbmm()")


def baddbmm(input, batch1, batch2, *, beta=1, alpha=1, out=None):
    """The products of two stacks of matrices added to a tensor.

        beta * input + alpha * (batch1 @ batch2)

    Args:
        input: expands to (b, n, m).
        batch1: (b, n, k), same dtype.
        batch2: (b, k, m), same dtype.
        beta, alpha, out: as for `addmm`.

    Returns:
        Tensor: (b, n, m).

    Raises:
        RuntimeError: for other ranks, or where sizes or dtypes do not fit.

    >>> import rushlight
    >>> ones = rushlight.ones
    >>> rushlight.baddbmm(ones(1), ones(3, 1, 2), ones(3, 2, 1)).shape
    torch.Size([3, 1, 1])
    """
    result = call(BADDBMM, input, batch1, batch2, beta=beta, alpha=alpha)
    return result if out is None else to_out(result, out, "baddbmm()")


def _check_batches(who, a, b):
    check_rank(who, 3, batch1=a, batch2=b)
    check_stacks(who, a, b)
    check_product(a, b, who)
    return a.shape[0], a.shape[1], b.shape[2]


def _check_summed(who, a, b):
    return _check_batches(who, a, b)[1:]


def _summed_product(backend, a, b):
    """The sum over a stack, as one product of long matrices."""
    return folded(backend, a.swapaxes(1, 2), b)


ADDBMM = _define("addbmm", _check_summed, _summed_product, _matrix_grads, None)
BADDBMM = _define("baddbmm", _check_batches, multiply, _matrix_grads, None)
expose(addbmm, inplace=True)
expose(baddbmm, inplace=True)

# -------------------------------------------------------------------------------- addr


def addr(input, vec1, vec2, *, beta=1, alpha=1, out=None):
    """The products of all pairs of two vectors added to a tensor.

        beta * input + alpha * outer(vec1, vec2)

    Args:
        input: expands to (n, m).
        vec1: (n,), same dtype.
        vec2: (m,), same dtype.
        beta, alpha, out: as for `addmm`.

    Returns:
        Tensor: (n, m).

    Raises:
        RuntimeError: for other ranks, or where sizes or dtypes do not fit.

    >>> import rushlight
    >>> ones = rushlight.ones
    >>> rushlight.addr(ones(1, 2), ones(1), ones(2))
    tensor([[2., 2.]])
    """
    result = call(ADDR, input, vec1, vec2, beta=beta, alpha=alpha)
    return result if out is None else to_out(result, out, "addr()")


def _check_pair(who, a, b):
    check_rank(who, 1, vec1=a, vec2=b)
    return a.shape[0], b.shape[0]


def _outer_product(backend, a, b):
    return a[:, None] * b


def _outer_grads(g, a, b, first, second):
    return g @ b if first else None, g.mT @ a if second else None


ADDR = _define("addr", _check_pair, _outer_product, _outer_grads, (1, 1))
expose(addr, inplace=True)
