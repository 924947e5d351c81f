"""Joining tensors: cat, stack and their like; making them fit each other."""

from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    ArgumentTypeError,
    ShapeError,
    explain,
)
from rushlight._base.promote import result_dtype
from rushlight._base.shape import broadcast_shapes, wrap_dim
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import TORCH, expose
from rushlight._core.inplace import call_out
from rushlight._core.table import define
from rushlight._core.tensor import Tensor

# ------------------------------------------------------------------------------- cat


def cat(tensors, dim=0, *, out=None, axis=None):
    """Join tensors along a dimension that they have.

    Args:
        tensors: a sequence of tensors of one shape but for dim; any dtypes.
        dim: the dimension (also named ``axis``).
        out: tensor to write the result to.

    Returns:
        Tensor: of the promoted dtype.

    Raises:
        RuntimeError: where the shapes do not fit.
        ValueError: for no tensors.

    >>> import rushlight
    >>> rushlight.cat([rushlight.tensor([1]), rushlight.tensor([2, 3])])
    tensor([1, 2, 3])
    """
    dim = dim if axis is None else axis
    if tensors.__class__ is not list and tensors.__class__ is not tuple:
        tensors = _sequence(tensors, "cat()")
    if not tensors:
        raise ArgumentError(_no_tensors("cat()"))
    if out is not None:
        return call_out(CAT, tensors, out, dim=dim)
    return call(CAT, *tensors, dim=dim)


def _sequence(tensors, who):
    if isinstance(tensors, Tensor) or not hasattr(tensors, "__iter__"):
        raise ArgumentTypeError(
            explain(
                who,
                expected="argument 'tensors' to be a tuple or list of Tensors",
                got=type(tensors).__name__,
                do="Write [x, y].",
            )
        )
    return tuple(tensors)


def _no_tensors(who):
    return explain(
        who, expected="a non-empty list of Tensors", got="none", do="Pass at least one."
    )


def _cat_spec(*xs, dim):
    _check_tensors(xs, "cat()")
    kept = [x for x in xs if tuple(x.shape) != (0,)] or xs[:1]
    first, dim = kept[0], wrap_dim(dim, len(kept[0].shape), "cat()")
    for place, x in enumerate(xs):
        if not x.shape:
            raise _cannot_cat(f"zero-dimensional tensor (at position {place})", x, first)
    total = 0
    for x in kept:
        if len(x.shape) != len(first.shape):
            raise _cannot_cat("tensors must have same number of dimensions", x, first)
        if any(a != b for i, (a, b) in enumerate(zip(x.shape, first.shape)) if i != dim):
            raise _cannot_cat(
                f"sizes of tensors must match except in dimension {dim}", x, first
            )
        total += x.shape[dim]
    shape = (*first.shape[:dim], total, *first.shape[dim + 1 :])
    return Spec(shape, result_dtype(xs).numpy)


def _check_tensors(xs, who):
    for place, x in enumerate(xs):
        if not hasattr(x, "shape"):
            raise ArgumentTypeError(
                explain(
                    who,
                    expected=f"Tensor as element {place}",
                    got=type(x).__name__,
                    do="Convert it with torch.tensor.",
                )
            )


def _cannot_cat(why, x, first):
    return ShapeError(
        explain(
            "cat()",
            expected=f"shapes that fit {list(first.shape)}",
            got=f"{list(x.shape)}: {why}",
            do="Use torch.stack to join along a new dimension.",
        )
    )


def _cat_eager(backend, *xs, dim):
    dtype = xs[0].dtype
    for x in xs:
        if x.dtype is not dtype:
            break
    else:
        try:
            result = backend.np.concatenate(xs, dim)
            return result if result.flags.c_contiguous else result.copy("C")
        except ValueError:
            pass
    spec = _cat_spec(*xs, dim=dim)
    kept = [x for x in xs if x.shape != (0,)] or xs[:1]
    kept = [x.astype(spec.dtype, copy=False) for x in kept]
    return backend.np.concatenate(kept, dim).copy("C")


def _cat_grad(g, *, xs_shape, dim, needs):
    dim, start, grads = wrap_dim(dim, len(g.shape)), 0, []
    for shape, need in zip(xs_shape, needs, strict=True):
        if shape == (0,) and g.ndim > 1:
            grads.append(g.new_zeros(0) if need else None)
            continue
        grads.append(g.narrow(dim, start, shape[dim]) if need else None)
        start += shape[dim]
    return tuple(grads)


CAT = define("cat", inputs="*xs", eager=_cat_eager, spec=_cat_spec, grad=_cat_grad)
expose(cat, method=False, aliases=["concat", "concatenate"])

# ----------------------------------------------------------------------------- stack


def stack(tensors, dim=0, *, out=None):
    """Join tensors of one shape along a new dimension.

    Args:
        tensors: a sequence of tensors of one shape, any dtypes.
        dim: where the new dimension stands.
        out: tensor to write the result to.

    Returns:
        Tensor: of the promoted dtype.

    Raises:
        RuntimeError: where the shapes differ, or for no tensors.

    >>> import rushlight
    >>> rushlight.stack([rushlight.tensor([1, 2]), rushlight.tensor([3, 4])])
    tensor([[1, 2],
            [3, 4]])
    """
    if tensors.__class__ is not list and tensors.__class__ is not tuple:
        tensors = _sequence(tensors, "stack()")
    if not tensors:
        raise ArgumentRuntimeError(_no_tensors("stack()"))
    if out is not None:
        return call_out(STACK, tensors, out, dim=dim)
    return call(STACK, *tensors, dim=dim)


def _stack_spec(*xs, dim):
    _check_tensors(xs, "stack()")
    first = tuple(xs[0].shape)
    for place, x in enumerate(xs):
        if tuple(x.shape) != first:
            raise ShapeError(
                explain(
                    "stack()",
                    expected="each tensor to be equal size",
                    got=f"{list(first)} at entry 0 and {list(x.shape)} at entry {place}",
                    do="Pad them, or use torch.cat to join along a dimension.",
                )
            )
    dim = wrap_dim(dim, len(first) + 1, "stack()")
    return Spec((*first[:dim], len(xs), *first[dim:]), result_dtype(xs).numpy)


# Note [Stacking by joining]
# Arrays of one shape that are joined along dimension d lie in memory as if stacked
# there: (n * s_d, ...) is (n, s_d, ...).  Only behind the last dimension they need one
# more of size 1 to be joined along.


def _stack_eager(backend, *xs, dim):
    shape, dtype = xs[0].shape, xs[0].dtype
    for x in xs:
        if x.shape != shape or x.dtype is not dtype:
            dtype = _stack_spec(*xs, dim=dim).dtype
            xs = [x.astype(dtype, copy=False) for x in xs]
            break
    if dim.__class__ is not int or not 0 <= dim <= len(shape):
        dim = wrap_dim(dim, len(shape) + 1, "stack()")
    if dim == len(shape):
        joined = backend.np.concatenate([x[..., None] for x in xs], dim)
        return joined if joined.flags.c_contiguous else joined.copy("C")
    joined = backend.np.concatenate(xs, dim)
    if not joined.flags.c_contiguous:
        joined = joined.copy("C")
    return joined.reshape((*shape[:dim], len(xs), *shape[dim:]))


def _stack_grad(g, *, dim, needs):
    return tuple([g.select(dim, i) if need else None for i, need in enumerate(needs)])


STACK = define(
    "stack", inputs="*xs", eager=_stack_eager, spec=_stack_spec, grad=_stack_grad
)
expose(stack, method=False)

# -------------------------------------------------------- stacks along a named direction


def hstack(tensors, *, out=None):
    """Join tensors side by side: along the second dimension, vectors along the first.

    Args:
        tensors: a sequence of tensors.
        out: tensor to write the result to.

    Returns:
        Tensor: of the promoted dtype.

    Raises:
        RuntimeError: where the shapes do not fit.

    >>> import rushlight
    >>> rushlight.hstack([rushlight.tensor([1]), rushlight.tensor([2])])
    tensor([1, 2])
    """
    tensors = _at_least(1, tensors, "hstack()")
    return cat(tensors, 0 if tensors[0]._array.ndim == 1 else 1, out=out)


def vstack(tensors, *, out=None):
    """Join tensors one below the other: along the first dimension, vectors as rows.

    Args:
        tensors: a sequence of tensors.
        out: tensor to write the result to.

    Returns:
        Tensor: of the promoted dtype.

    Raises:
        RuntimeError: where the shapes do not fit.

    >>> import rushlight
    >>> rushlight.vstack([rushlight.tensor([1]), rushlight.tensor([2])])
    tensor([[1],
            [2]])
    """
    return cat(_at_least(2, tensors, "vstack()"), 0, out=out)


def dstack(tensors, *, out=None):
    """Join tensors along the third dimension.

    Args:
        tensors: a sequence of tensors.
        out: tensor to write the result to.

    Returns:
        Tensor: of the promoted dtype.

    Raises:
        RuntimeError: where the shapes do not fit.

    >>> import rushlight
    >>> rushlight.dstack([rushlight.tensor([1]), rushlight.tensor([2])])
    tensor([[[1, 2]]])
    """
    return cat(_at_least(3, tensors, "dstack()"), 2, out=out)


def column_stack(tensors, *, out=None):
    """Join tensors side by side; vectors and numbers as columns.

    Args:
        tensors: a sequence of tensors.
        out: tensor to write the result to.

    Returns:
        Tensor: of the promoted dtype.

    Raises:
        RuntimeError: where the shapes do not fit.

    >>> import rushlight
    >>> rushlight.column_stack([rushlight.tensor([1, 2]), rushlight.tensor([3, 4])])
    tensor([[1, 3],
            [2, 4]])
    """
    tensors = _given(tensors, "column_stack()")
    columns = [t.reshape(t.numel(), 1) if t._array.ndim < 2 else t for t in tensors]
    return cat(columns, 1, out=out)


def _given(tensors, who):
    tensors = _sequence(tensors, who)
    if not tensors:
        raise ArgumentRuntimeError(_no_tensors(who))
    _check_tensors(tensors, who)
    return tensors


def _at_least(count, tensors, who):
    raised = (atleast_1d, atleast_2d, atleast_3d)[count - 1]
    return [raised(tensor) for tensor in _given(tensors, who)]


expose(hstack, method=False)
expose(vstack, method=False, aliases=["row_stack"])
expose(dstack, method=False)
expose(column_stack, method=False)

# -------------------------------------------------------------------- more dimensions


def _each(function, tensors):
    if len(tensors) == 1 and isinstance(tensors[0], Tensor):
        return function(tensors[0])
    if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)):
        tensors = tensors[0]
    return tuple([function(tensor) for tensor in tensors])


def atleast_1d(*tensors):
    """Give numbers one dimension; other tensors stay as they are.

    Args:
        tensors: a tensor, several, or a sequence of them.

    Returns:
        Tensor, or a tuple of them.

    Raises:
        AttributeError: for other things than tensors.

    >>> import rushlight
    >>> rushlight.atleast_1d(rushlight.tensor(1))
    tensor([1])
    """
    return _each(lambda t: t if t._array.ndim else t.reshape(1), tensors)


def atleast_2d(*tensors):
    """Give tensors two dimensions, (1, n) for a vector; larger ones stay as they are.

    Args:
        tensors: a tensor, several, or a sequence of them.

    Returns:
        Tensor, or a tuple of them.

    Raises:
        AttributeError: for other things than tensors.

    >>> import rushlight
    >>> rushlight.atleast_2d(rushlight.tensor([1, 2]))
    tensor([[1, 2]])
    """

    def raised(tensor):
        ndim = tensor._array.ndim
        if ndim > 1:
            return tensor
        return tensor.unsqueeze(0) if ndim else tensor.reshape(1, 1)

    return _each(raised, tensors)


def atleast_3d(*tensors):
    """Give tensors three dimensions, (1, n, 1) for a vector and (n, m, 1) for a matrix.

    Args:
        tensors: a tensor, several, or a sequence of them.

    Returns:
        Tensor, or a tuple of them.

    Raises:
        AttributeError: for other things than tensors.

    >>> import rushlight
    >>> rushlight.atleast_3d(rushlight.tensor([1, 2])).shape
    torch.Size([1, 2, 1])
    """

    def raised(tensor):
        ndim = tensor._array.ndim
        if ndim > 2:
            return tensor
        if ndim == 2:
            return tensor.unsqueeze(-1)
        return tensor.unsqueeze(0).unsqueeze(-1) if ndim else tensor.reshape(1, 1, 1)

    return _each(raised, tensors)


def broadcast_tensors(*tensors):
    """Expand tensors to the shape that they broadcast to.

    Args:
        tensors: of shapes that broadcast.

    Returns:
        tuple of Tensor: views.

    Raises:
        RuntimeError: where the shapes do not broadcast.

    >>> import rushlight
    >>> x, y = rushlight.broadcast_tensors(rushlight.ones(3), rushlight.ones(2, 1))
    >>> x.shape
    torch.Size([2, 3])
    """
    _check_tensors(tensors, "broadcast_tensors()")
    shape = tuple(broadcast_shapes(*[t._array.shape for t in tensors]))
    return tuple([t if t._array.shape == shape else t.expand(shape) for t in tensors])


expose(atleast_1d, method=False)
expose(atleast_2d, method=False)
expose(atleast_3d, method=False)
expose(broadcast_tensors, method=False)

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
    _check_tensors(xs, "block_diag()")
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
            g[row : row + rows, column : column + columns].reshape(shape) if need else None
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
