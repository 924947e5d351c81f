"""Windows that slide over a dimension, as views."""

from rushlight._base.errors import (
    ArgumentRuntimeError,
    explain,
)
from rushlight._base.shape import wrap_dim
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._memory import region

# ---------------------------------------------------------------------------- unfold


def unfold(input, dimension, size, step):
    """All windows of a dimension, side by side, as a view.

    Args:
        input: (*), any dtype.
        dimension: the dimension that the windows slide over.
        size: how long a window is.
        step: from one window to the next.

    Returns:
        Tensor: the dimension counts the windows; a last one of the window's size is
        added.

    Raises:
        RuntimeError: where a window is longer than the dimension.

    >>> import rushlight
    >>> rushlight.arange(4).unfold(0, 2, 1)
    tensor([[0, 1],
            [1, 2],
            [2, 3]])
    """
    return UNFOLD.short(input, dimension=dimension, size=size, step=step)


def _unfold_layout(x, dimension, size, step):
    dim = wrap_dim(dimension, len(x.shape), "unfold()")
    have = x.shape[dim] if x.shape else 1
    if not 0 <= size <= have or step <= 0:
        raise ArgumentRuntimeError(
            explain(
                "unfold()",
                expected=f"a size of 0 to {have}, the maximum size for the tensor at "
                f"dimension {dim}, and a step > 0",
                got=f"size {size}, step {step}",
                do="Make the window shorter.",
            )
        )
    if not x.shape:
        return (size,), (x.dtype.itemsize,)
    shape, strides = list(x.shape), list(x.strides)
    shape[dim] = (have - size) // step + 1
    shape.append(size)
    strides.append(strides[dim])
    strides[dim] *= step
    return tuple(shape), tuple(strides)


def _unfold_spec(x, *, dimension, size, step):
    return Spec(_unfold_layout(x, dimension, size, step)[0], x.dtype)


def _unfold_eager(backend, x, *, dimension, size, step):
    return region(x, *_unfold_layout(x, dimension, size, step))


def _unfold_grad(g, *, x_shape, dimension, size, step):
    return UNFOLD_PLACE.short(
        g, shape=x_shape, dimension=dimension, size=size, step=step
    )


UNFOLD = define(
    "unfold", eager=_unfold_eager, spec=_unfold_spec, grad=_unfold_grad, view=True
)
expose(unfold, torch=False)


def _unfold_place_spec(g, *, shape, dimension, size, step):
    return Spec(shape, g.dtype)


def _unfold_place_eager(backend, g, *, shape, dimension, size, step):
    whole = backend.np.zeros(shape, g.dtype)
    if not shape:
        whole[...] = g.sum()
        return whole
    dim = wrap_dim(dimension, len(shape))
    count = g.shape[dim]
    lead = (slice(None),) * dim
    for place in range(size):  # windows overlap, but not at the same place
        stop = place + (count - 1) * step + 1
        whole[(*lead, slice(place, stop, step))] += g[..., place]
    return whole


def _unfold_place_grad(g, *, dimension, size, step):
    return g.unfold(dimension, size, step)


UNFOLD_PLACE = define(
    "unfold_place",
    inputs="g",
    eager=_unfold_place_eager,
    spec=_unfold_place_spec,
    grad=_unfold_place_grad,
    node="UnfoldBackwardBackward0",
)
