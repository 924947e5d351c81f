"""Dimensions of size 1: squeeze drops them, unsqueeze adds them."""

from rushlight._base import dtype as dtypes
from rushlight._base.shape import wrap_dim, wrap_dims
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops.view.inplace import inplace_view
from rushlight._ops.view.shape import shape_grad

_dtype = dtypes.dtype

# ---------------------------------------------------------------- dimensions of size 1


def squeeze(input, *dims, dim=None):
    """Drop dimensions of size 1.

    Args:
        input: (*), any dtype.
        dim: a dimension or several, dropped where their size is 1; all if left out.

    Returns:
        Tensor: a view.

    Raises:
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.ones(1, 2, 1).squeeze(0).shape
    torch.Size([2, 1])
    """
    return SQUEEZE.short(input, dims=_squeezed(input, dims, dim))


def squeeze_(input, *dims, dim=None):
    """In-place form of `squeeze`: changes ``input``'s shape and returns it."""
    return inplace_view(SQUEEZE, input, dims=_squeezed(input, dims, dim))


def _squeezed(input, dims, dim):
    """What squeeze was asked: None, an int, or a tuple of dimensions."""
    if dim is not None:
        dims = (dim,)
    if not dims:
        return None
    ndim = input._array.ndim
    if len(dims) > 1 or isinstance(dims[0], (tuple, list)):
        dims = dims if len(dims) > 1 else dims[0]
        return wrap_dims(tuple(dims), ndim, "squeeze()")
    return wrap_dim(dims[0], ndim, "squeeze()")


def _squeeze_shape(shape, dims):
    if dims is None:
        return tuple([size for size in shape if size != 1])
    dims = (dims,) if dims.__class__ is int else dims
    return tuple([s for i, s in enumerate(shape) if s != 1 or i not in dims])


def _squeeze_spec(x, *, dims):
    return Spec(_squeeze_shape(x.shape, dims), x.dtype)


def _squeeze_eager(backend, x, *, dims):
    return x.squeeze() if dims is None else x.reshape(_squeeze_shape(x.shape, dims))


def _squeeze_lower(k, x, *, dims):
    return k.reshape(x, _squeeze_shape(x.shape, dims))


def _squeeze_node(inputs, attrs):
    dims = attrs["dims"]
    form = 0 if dims is None else 1 if dims.__class__ is int else 2
    return f"SqueezeBackward{form}"


SQUEEZE = define(
    "squeeze",
    eager=_squeeze_eager,
    spec=_squeeze_spec,
    grad=shape_grad,
    lower=_squeeze_lower,
    node=_squeeze_node,
    view=True,
)
expose(squeeze)
expose(squeeze_, torch=False)


def unsqueeze(input, dim):
    """Add a dimension of size 1.

    Args:
        input: (*), any dtype.
        dim: where, from -ndim - 1 to ndim.

    Returns:
        Tensor: a view.

    Raises:
        IndexError: where dim is out of range.

    >>> import rushlight
    >>> rushlight.ones(2, 3).unsqueeze(1).shape
    torch.Size([2, 1, 3])
    """
    return UNSQUEEZE.short(input, dim=dim)


def unsqueeze_(input, dim):
    """In-place form of `unsqueeze`: changes ``input``'s shape and returns it."""
    return inplace_view(UNSQUEEZE, input, dim=dim)


def _unsqueezed(shape, dim):
    if dim.__class__ is not int or not 0 <= dim <= len(shape):
        dim = wrap_dim(dim, len(shape) + 1, "unsqueeze()")
    return (*shape[:dim], 1, *shape[dim:])


def _unsqueeze_spec(x, *, dim):
    return Spec(_unsqueezed(x.shape, dim), x.dtype)


def _unsqueeze_eager(backend, x, *, dim):
    return x.reshape(_unsqueezed(x.shape, dim))


def _unsqueeze_lower(k, x, *, dim):
    return k.reshape(x, _unsqueezed(x.shape, dim))


UNSQUEEZE = define(
    "unsqueeze",
    eager=_unsqueeze_eager,
    spec=_unsqueeze_spec,
    grad=shape_grad,
    lower=_unsqueeze_lower,
    view=True,
)
expose(unsqueeze)
expose(unsqueeze_, torch=False)
