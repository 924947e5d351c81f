"""Diagonals: trace, diag, diag_embed."""

from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import ShapeError, explain
from rushlight._base.shape import wrap_dim
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import refuse, require_tensor, to_out

# ------------------------------------------------------------------------------- trace


def trace(input):
    """The sum of a matrix's diagonal.

    Args:
        input: (n, m), any dtype but bool.

    Returns:
        Tensor: without dimensions; integers give int64.

    Raises:
        RuntimeError: for other ranks.
        NotImplementedError: for bool.

    >>> import rushlight
    >>> rushlight.tensor([[1, 2], [3, 4]]).trace()
    tensor(5)
    """
    return TRACE.short(input)


def _trace_spec(x):
    refuse(x, "trace()", "bU")
    if len(x.shape) != 2:
        raise ShapeError(
            explain(
                "trace()",
                expected="a matrix",
                got=f"tensor with dim {len(x.shape)}",
                do="x.diagonal(0, -2, -1).sum(-1) takes stacks of matrices.",
            )
        )
    return Spec((), x.dtype if BY_NUMPY[x.dtype].category >= 2 else "int64")


def _trace_eager(backend, x):
    dtype = _trace_spec(x).dtype
    half = dtype.itemsize == 2
    total = backend.np.add.reduce(x.diagonal(), None, "float32" if half else dtype)
    return total.astype(dtype)


def _trace_grad(g, *, x_shape):
    return g * g.new_ones(x_shape).tril().triu()


def _trace_lower(k, x):
    flat, step = k.reshape(x, (-1,)), x.shape[1] + 1
    stop = (min(x.shape) - 1) * step + 1
    return k.reduce("add", k.slice(flat, slice(0, stop, step)))


TRACE = define(
    "trace", eager=_trace_eager, spec=_trace_spec, grad=_trace_grad, lower=_trace_lower
)
expose(trace)

# ------------------------------------------------------------------------------- diag


def diag(input, diagonal=0, *, out=None):
    """A matrix with a vector on its diagonal, or the diagonal of a matrix.

    Args:
        input: (n,) or (n, m), any dtype.
        diagonal: which one; 0 is the main one, positive above.
        out: tensor to write the result to.

    Returns:
        Tensor: a square matrix, or a vector (a copy).

    Raises:
        RuntimeError: for other ranks.

    >>> import rushlight
    >>> rushlight.tensor([1, 2]).diag()
    tensor([[1, 0],
            [0, 2]])
    """
    require_tensor(input, "diag()")
    if input.ndim not in (1, 2):
        raise ShapeError(
            explain(
                "diag()",
                expected="1D or 2D tensors",
                got=f"{input.ndim}D",
                do="Use diagonal() or diag_embed().",
            )
        )
    if input.ndim == 1:
        result = input.diag_embed(diagonal)
    else:
        result = _diagonal_copy(input, diagonal)
    return result if out is None else to_out(result, out, "diag()")


def _diagonal_copy(input, diagonal):
    rows, columns = input.shape
    if -rows <= diagonal <= columns:
        return input.diagonal(diagonal).clone()
    return input.reshape(-1).narrow(0, 0, 0).clone()


expose(diag)

# -------------------------------------------------------------------------- diag_embed


def diag_embed(input, offset=0, dim1=-2, dim2=-1):
    """Square matrices with vectors on their diagonals, zero elsewhere.

    Args:
        input: (*, n), any dtype.
        offset: which diagonal; 0 is the main one, positive above.
        dim1, dim2: where the result's two dimensions of the matrix are.

    Returns:
        Tensor: one dimension more, of the same dtype.

    Raises:
        IndexError: for a dimension out of range.
        RuntimeError: where both are the same.

    >>> import rushlight
    >>> rushlight.diag_embed(rushlight.tensor([1, 2]), offset=1)
    tensor([[0, 1, 0],
            [0, 0, 2],
            [0, 0, 0]])
    """
    return DIAG_EMBED.short(input, offset=offset, dim1=dim1, dim2=dim2)


def _embed_dims(x, dim1, dim2):
    rank = len(x.shape) + 1
    dims = [wrap_dim(d, rank, "diag_embed()") for d in (dim1, dim2)]
    if dims[0] == dims[1]:
        raise ShapeError(
            explain(
                "diag_embed()",
                expected="two different dims",
                got=f"{dim1} and {dim2}: diagonal dimensions cannot be identical",
                do="Name the two dimensions of the matrices.",
            )
        )
    return dims


def _diag_embed_spec(x, *, offset, dim1, dim2):
    first, second = sorted(_embed_dims(x, dim1, dim2))
    shape = list(x.shape[:-1])
    size = x.shape[-1] + abs(offset)
    shape.insert(first, size)
    shape.insert(second, size)
    return Spec(shape, x.dtype)


def _diag_embed_eager(backend, x, *, offset, dim1, dim2):
    np = backend.np
    shape = _diag_embed_spec(x, offset=offset, dim1=dim1, dim2=dim2).shape
    whole = np.zeros(shape, x.dtype)
    matrices = np.moveaxis(whole, _embed_dims(x, dim1, dim2), (-2, -1))
    order = np.arange(x.shape[-1])
    matrices[..., order + max(-offset, 0), order + max(offset, 0)] = x
    return whole


def _diag_embed_grad(g, *, offset, dim1, dim2):
    return g.diagonal(offset, dim1, dim2)


DIAG_EMBED = define(
    "diag_embed",
    eager=_diag_embed_eager,
    spec=_diag_embed_spec,
    grad=_diag_embed_grad,
)
expose(diag_embed)
