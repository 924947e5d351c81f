"""What a tensor measures: size, dim, numel, element_size."""

from rushlight._base.errors import (
    ArgumentTypeError,
    explain,
)
from rushlight._base.shape import Size, wrap_dim
from rushlight._core.expose import expose
from rushlight._core.tensor import Tensor, attach

# ----------------------------------------------------------------------------- sizes


def size(input, dim=None):
    """All sizes, or that of one dimension.

    Args:
        input: (*), any dtype.
        dim: a dimension; all if left out.

    Returns:
        Size or int.

    Raises:
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.ones(2, 3).size(), rushlight.ones(2, 3).size(-1)
    (torch.Size([2, 3]), 3)
    """
    shape = input._array.shape
    if dim is None:
        return Size(shape)
    try:
        return shape[dim]
    except (IndexError, TypeError):
        return shape[dim_of(dim, shape, "size()")]


def dim_of(dim, shape, who):
    """A dimension number in range; no dimensions have none."""
    if not shape:
        dim = wrap_dim(dim, 0, who)
        wrap_dim(dim + 1, 0, who)
    return wrap_dim(dim, len(shape), who)


def dim(input):
    """The number of dimensions.

    Args:
        input: (*), any dtype.

    Returns:
        int.

    Raises:
        Nothing.

    >>> import rushlight
    >>> rushlight.ones(2, 3).dim()
    2
    """
    return input._array.ndim


def numel(input):
    """The number of elements.

    Args:
        input: (*), any dtype.

    Returns:
        int.

    Raises:
        TypeError: where input is no tensor.

    >>> import rushlight
    >>> rushlight.numel(rushlight.ones(2, 3))
    6
    """
    try:
        return input._array.size
    except AttributeError:
        raise no_tensor("numel()", input) from None


def no_tensor(who, value):
    """The error for an argument that is no tensor."""
    return ArgumentTypeError(
        explain(
            who,
            expected="argument 'input' to be a Tensor",
            got=type(value).__name__,
            do="Convert it with torch.tensor.",
        )
    )


def element_size(input):
    """Bytes in one element.

    Args:
        input: (*), any dtype.

    Returns:
        int.

    Raises:
        Nothing.

    >>> import rushlight
    >>> rushlight.ones(2).element_size()
    4
    """
    return input._array.dtype.itemsize


def is_same_size(input, other):
    """Whether two tensors have the same shape.

    Args:
        input, other: tensors.

    Returns:
        bool.

    Raises:
        TypeError: where one is no tensor.

    >>> import rushlight
    >>> rushlight.is_same_size(rushlight.ones(2), rushlight.ones(2, 1))
    False
    """
    for value in (input, other):
        if not isinstance(value, Tensor):
            raise no_tensor("is_same_size()", value)
    return input._array.shape == other._array.shape


expose(size, torch=False)
expose(dim, torch=False, aliases=["ndimension"])
expose(numel)
attach("nelement", numel)
expose(element_size, torch=False)
expose(is_same_size)
