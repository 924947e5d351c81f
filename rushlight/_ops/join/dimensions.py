"""Tensors made to fit each other: atleast_1d, 2d, 3d, broadcast_tensors."""

from rushlight._base.shape import broadcast_shapes
from rushlight._core.expose import expose
from rushlight._core.tensor import Tensor
from rushlight._ops.join.cat import check_tensors

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
    check_tensors(tensors, "broadcast_tensors()")
    shape = tuple(broadcast_shapes(*[t._array.shape for t in tensors]))
    return tuple([t if t._array.shape == shape else t.expand(shape) for t in tensors])


expose(atleast_1d, method=False)
expose(atleast_2d, method=False)
expose(atleast_3d, method=False)
expose(broadcast_tensors, method=False)
