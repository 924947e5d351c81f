"""Products with vectors: mv, dot, vdot, inner, outer.

`mv`, `dot` and `inner` are matmul under a record of their own: autocast leaves them in
float32, as PyTorch does on the CPU.
"""

from rushlight._base.errors import ShapeError, explain
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call, call2
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import refuse, require_tensor, to_out
from rushlight._ops.matmul.multiply import check_dtypes, check_rank, multiply, rows_of
from rushlight._ops.matmul.product import MATMUL

VECTOR_PRODUCT = define(
    "vector_product",
    inputs="x y",
    eager=MATMUL.eager,
    spec=MATMUL.spec,
    grad=MATMUL.grad,
    lower=MATMUL.lower,
    saved_for=MATMUL.saved_for,
    node=MATMUL.node_name,
)

# ---------------------------------------------------------------------------------- mv


def mv(input, vec, *, out=None):
    """The product of a matrix and a vector.

    Args:
        input: (n, k).
        vec: (k,), same dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: (n,).

    Raises:
        RuntimeError: for other ranks, or where sizes or dtypes differ.

    >>> import rushlight
    >>> rushlight.mv(rushlight.ones(2, 3), rushlight.ones(3))
    tensor([3., 3.])
    """
    require_tensor(input, "mv()")
    require_tensor(vec, "mv()", "vec")
    check_rank("mv()", 2, input=input._array)
    check_rank("mv()", 1, vec=vec._array)
    result = call2(VECTOR_PRODUCT, input, vec)
    return result if out is None else to_out(result, out, "mv()")


expose(mv)

# ----------------------------------------------------------------------- dot and vdot


def dot(input, tensor, *, out=None):
    """The product of two vectors.

        sum(x * y)

    Args:
        input, tensor: (n,), same dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: without dimensions.

    Raises:
        RuntimeError: for other ranks, or where sizes or dtypes differ.

    >>> import rushlight
    >>> rushlight.dot(rushlight.tensor([1, 2]), rushlight.tensor([3, 4]))
    tensor(11)
    """
    _check_vectors("dot()", input, tensor, "tensor")
    result = call2(VECTOR_PRODUCT, input, tensor)
    return result if out is None else to_out(result, out, "dot()")


def vdot(input, other, *, out=None):
    """The product of two vectors, the first of them conjugated.

        sum(conj(x) * y)

    Args:
        input, other: (n,), same dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: without dimensions.

    Raises:
        RuntimeError: for other ranks, or where sizes or dtypes differ.

    >>> import rushlight
    >>> rushlight.vdot(rushlight.tensor([1, 2]), rushlight.tensor([3, 4]))
    tensor(11)
    """
    _check_vectors("vdot()", input, other, "other")
    result = call(VDOT, input, other)
    return result if out is None else to_out(result, out, "vdot()")


def _check_vectors(who, input, other, name):
    require_tensor(input, who)
    require_tensor(other, who, name)
    x, y = input._array, other._array
    check_rank(who, 1, **{"input": x, name: y})
    check_dtypes(who, x, y)
    if x.shape != y.shape:
        raise ShapeError(
            explain(
                who,
                expected=f"two vectors of the same size, {x.shape[0]} elements",
                got=f"inconsistent tensor size, {x.shape[0]} and {y.shape[0]} elements",
                do="Check the shapes.",
            )
        )


def _vdot_spec(x, y):
    refuse(x, "vdot()", "bU")
    return Spec((), x.dtype)


def _vdot_eager(backend, x, y):
    return multiply(backend, x.conj() if x.dtype.kind == "c" else x, y)


def _vdot_grad(g, *, x, y, needs):
    outer = g.conj() if g.is_complex() else g
    return outer * y if needs[0] else None, g * x if needs[1] else None


VDOT = define(
    "vdot",
    inputs="x y",
    eager=_vdot_eager,
    spec=_vdot_spec,
    grad=_vdot_grad,
    saved_for={"x": "y", "y": "x"},
)
expose(dot)
expose(vdot)

# --------------------------------------------------------------------- inner and outer


def inner(input, other, *, out=None):
    """Products over the last dimension of both.

    Args:
        input: (..., k), or without dimensions.
        other: (..., k), or without dimensions; same dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: the leading dimensions of both, those of input first.

    Raises:
        RuntimeError: where the last sizes or the dtypes differ.

    >>> import rushlight
    >>> rushlight.inner(rushlight.ones(2, 3), rushlight.ones(4, 3)).shape
    torch.Size([2, 4])
    """
    require_tensor(input, "inner()")
    require_tensor(other, "inner()", "other")
    one, two = input.shape, other.shape
    check_dtypes("inner()", input._array, other._array)
    if not one or not two:
        result = input * other
    elif one[-1] != two[-1]:
        raise ShapeError(
            explain(
                "inner()",
                expected="the last dimension to match on both input tensors",
                got=f"shapes {list(one)} and {list(two)}",
                do="Transpose one of them.",
            )
        )
    else:
        right = rows_of(other).transpose(0, 1)
        result = call2(VECTOR_PRODUCT, input, right).reshape(one[:-1] + two[:-1])
    return result if out is None else to_out(result, out, "inner()")


def outer(input, vec2, *, out=None):
    """The products of all pairs of elements of two vectors.

    Args:
        input: (n,), any dtype.
        vec2: (m,), any dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: (n, m), of the promoted dtype.

    Raises:
        RuntimeError: for other ranks.

    >>> import rushlight
    >>> rushlight.outer(rushlight.tensor([1, 2]), rushlight.tensor([3, 4]))
    tensor([[3, 4],
            [6, 8]])
    """
    require_tensor(input, "outer()")
    require_tensor(vec2, "outer()", "vec2")
    check_rank("outer()", 1, input=input._array, vec2=vec2._array)
    result = input.reshape(-1, 1) * vec2
    return result if out is None else to_out(result, out, "outer()")


expose(inner)
expose(outer, aliases=["ger"])
