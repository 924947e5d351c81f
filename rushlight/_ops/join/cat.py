"""Joining tensors: cat along a dimension, stack along a new one."""

import numpy

from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    ArgumentTypeError,
    ShapeError,
    explain,
)
from rushlight._base.layout import channels_last, channels_last_3d
from rushlight._base.promote import result_dtype
from rushlight._base.shape import wrap_dim
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.inplace import call_out
from rushlight._core.table import define
from rushlight._core.tensor import Tensor
from rushlight._ops._arrays import concatenate
from rushlight._ops._memory import is_in_format

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
        tensors = as_sequence(tensors, "cat()")
    if not tensors:
        raise ArgumentError(no_tensors("cat()"))
    if out is not None:
        return call_out(CAT, tensors, out, dim=dim)
    return CAT.short(tensors, dim)


def as_sequence(tensors, who):
    """A tuple from a sequence of tensors; one tensor alone is refused."""
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


def no_tensors(who):
    """The text of the error for an empty list."""
    return explain(
        who, expected="a non-empty list of Tensors", got="none", do="Pass at least one."
    )


def _cat_spec(*xs, dim):
    check_tensors(xs, "cat()")
    kept = [x for x in xs if tuple(x.shape) != (0,)] or xs[:1]
    first, dim = kept[0], wrap_dim(dim, len(kept[0].shape), "cat()")
    for place, x in enumerate(xs):
        if not x.shape:
            raise _cannot_cat(
                f"zero-dimensional tensor (at position {place})", x, first
            )
    total = 0
    for x in kept:
        if len(x.shape) != len(first.shape):
            raise _cannot_cat("tensors must have same number of dimensions", x, first)
        if any(
            a != b for i, (a, b) in enumerate(zip(x.shape, first.shape)) if i != dim
        ):
            raise _cannot_cat(
                f"sizes of tensors must match except in dimension {dim}", x, first
            )
        total += x.shape[dim]
    shape = (*first.shape[:dim], total, *first.shape[dim + 1 :])
    return Spec(shape, result_dtype(xs).numpy)


def check_tensors(xs, who):
    """Refuse elements that are no tensors."""
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
    join = concatenate if backend.np is numpy else backend.np.concatenate
    try:
        result = join(xs, dim)
        if result.dtype is xs[0].dtype:  # where NumPy stays with one, torch does too
            return result if result.flags.c_contiguous else _in_torchs_order(result, xs)
    except (TypeError, ValueError):
        pass
    spec = _cat_spec(*xs, dim=dim)
    kept = [x for x in xs if x.shape != (0,)] or xs[:1]
    kept = [x.astype(spec.dtype, copy=False) for x in kept]
    return backend.np.concatenate(kept, dim).copy("C")


def _in_torchs_order(joined, xs):
    """NumPy keeps any common order of dimensions, torch only channels_last."""
    for format in (channels_last, channels_last_3d):
        if all(is_in_format(x, format) for x in (joined, *xs)):
            return joined
    return joined.copy("C")


def _cat_grad(g, *, xs_shape, dim, needs):
    dim, start, grads = wrap_dim(dim, len(g.shape)), 0, []
    for shape, need in zip(xs_shape, needs, strict=True):
        if shape == (0,) and g.ndim > 1:
            grads.append(g.new_zeros(0) if need else None)
            continue
        grads.append(g.narrow(dim, start, shape[dim]) if need else None)
        start += shape[dim]
    return tuple(grads)


def _cat_lower(k, *xs, dim):
    kept = [x for x in xs if x.shape != (0,)] or xs[:1]
    return k.join(kept, dim)


CAT = define(
    "cat",
    inputs="*xs",
    eager=_cat_eager,
    spec=_cat_spec,
    grad=_cat_grad,
    lower=_cat_lower,
)
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
        tensors = as_sequence(tensors, "stack()")
    if not tensors:
        raise ArgumentRuntimeError(no_tensors("stack()"))
    if out is not None:
        return call_out(STACK, tensors, out, dim=dim)
    return STACK.short(tensors, dim)


def _stack_spec(*xs, dim):
    check_tensors(xs, "stack()")
    first = tuple(xs[0].shape)
    for place, x in enumerate(xs):
        if tuple(x.shape) != first:
            raise ShapeError(
                explain(
                    "stack()",
                    expected="each tensor to be equal size",
                    got=f"{list(first)} at entry 0, {list(x.shape)} at entry {place}",
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


def _stack_lower(k, *xs, dim):
    dim = wrap_dim(dim, xs[0].ndim + 1)
    shape = xs[0].shape[:dim], 1, xs[0].shape[dim:]
    return k.join([k.reshape(x, (*shape[0], 1, *shape[2])) for x in xs], dim)


STACK = define(
    "stack",
    inputs="*xs",
    eager=_stack_eager,
    spec=_stack_spec,
    grad=_stack_grad,
    lower=_stack_lower,
)
expose(stack, method=False)
