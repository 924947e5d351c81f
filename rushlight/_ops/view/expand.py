"""Stretched dimensions, without a copy: expand, expand_as, broadcast_to."""

from rushlight._base import dtype as dtypes
from rushlight._base.errors import (
    ShapeError,
    explain,
)
from rushlight._base.shape import as_shape
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._memory import region
from rushlight._ops.view.shape import named_sizes

_dtype = dtypes.dtype

# ---------------------------------------------------------------------------- expand


def expand(input, *sizes, **named):
    """Stretch dimensions of size 1 without copying.

    Args:
        input: (*), any dtype.
        sizes: the new sizes; -1 keeps one, leading ones may be added.

    Returns:
        Tensor: a view whose stretched elements share memory.

    Raises:
        RuntimeError: where a size other than 1 would change.

    >>> import rushlight
    >>> rushlight.tensor([[1], [2]]).expand(2, 3)
    tensor([[1, 1, 1],
            [2, 2, 2]])
    """
    if named:
        named.pop("implicit", None)
        sizes = named_sizes(named, "size", "expand()") if named else sizes
    return EXPAND.short(input, sizes=as_shape(sizes, "expand()"))


def _expanded_shape(x, sizes):
    added = len(sizes) - len(x.shape)
    if added < 0 or -1 in sizes[:added]:
        raise ShapeError(
            explain(
                "expand()",
                expected=f"at least {len(x.shape)} sizes, -1 only for existing ones",
                got=list(sizes),
                do="Give one size for each dimension of the result.",
            )
        )
    old = (1,) * added + tuple(x.shape)
    full = tuple([o if s == -1 else s for o, s in zip(old, sizes, strict=True)])
    for have, wanted in zip(old, full, strict=True):
        if have != wanted and (have != 1 or wanted < 0):
            raise ShapeError(
                explain(
                    "expand()",
                    expected=f"sizes that only stretch the 1s of {list(x.shape)}",
                    got=list(sizes),
                    do="Use .repeat(...) to copy along a larger dimension.",
                )
            )
    return full


def _expand_spec(x, *, sizes):
    return Spec(_expanded_shape(x, sizes), x.dtype)


def _expand_eager(backend, x, *, sizes):
    shape, steps, added = x.shape, x.strides, len(sizes) - x.ndim
    full, strides = list(sizes), [0] * len(sizes)
    if added < 0:
        _expanded_shape(x, sizes)
    for place, wanted in enumerate(sizes, -added):
        if place < 0:
            if wanted < 0:
                _expanded_shape(x, sizes)
            continue
        have = shape[place]
        if wanted == have or wanted == -1:
            full[place + added], strides[place + added] = have, steps[place]
        elif have != 1 or wanted < 0:
            _expanded_shape(x, sizes)
    return region(x, full, strides)


def _expand_grad(g):
    return g


def _expand_lower(k, x, *, sizes):
    return k.broadcast(x, sizes)


EXPAND = define(
    "expand",
    eager=_expand_eager,
    spec=_expand_spec,
    grad=_expand_grad,
    lower=_expand_lower,
    view=True,
)
expose(expand, torch=False)


def expand_as(input, other):
    """Expand to the sizes of another tensor.

    Args:
        input: (*), any dtype.
        other: the tensor whose shape is wanted.

    Returns:
        Tensor: a view.

    Raises:
        RuntimeError: where a size other than 1 would change.

    >>> import rushlight
    >>> rushlight.ones(1).expand_as(rushlight.zeros(2)).shape
    torch.Size([2])
    """
    return EXPAND.short(input, sizes=other._array.shape)


def broadcast_to(input, size):
    """Expand to a shape, given as one sequence.

    Args:
        input: (*), any dtype.
        size: the new sizes.

    Returns:
        Tensor: a view.

    Raises:
        RuntimeError: where a size other than 1 would change.

    >>> import rushlight
    >>> rushlight.broadcast_to(rushlight.ones(1), (2,)).shape
    torch.Size([2])
    """
    return EXPAND.short(input, sizes=as_shape((size,), "broadcast_to()"))


expose(expand_as, torch=False)
expose(broadcast_to)
