"""Functions of masked elements that keep the input's shape."""

from rushlight._core.expose import FUNCTIONAL, TORCH
from rushlight.masked._fill import dims_of, filled, greatest, least, whole_mask
from rushlight.masked.reductions import norm


def _prepared(who, input, dim, dtype, mask):
    mask = whole_mask(input, mask, who)
    if dim is not None:
        dims_of(dim, input.ndim, who)
    return (input if dtype is None else input.to(dtype)), mask


def cumsum(input, dim, *, dtype=None, mask=None):
    """Sums of the elements so far that the mask leaves.

    Args:
        input: Tensor of any shape.
        dim: int, along which.
        dtype: of the result, in which it is computed; the input's if left out.
        mask: bools that broadcast to the input's shape; False leaves elements out.

    Returns:
        Tensor: the input's shape.

    Raises:
        IndexError: for a dim out of range, or a mask of more dimensions.
        RuntimeError: for a mask that does not broadcast.

    >>> import rushlight
    >>> x = rushlight.tensor([1, 2, 3])
    >>> rushlight.masked.cumsum(x, 0, mask=x != 2)
    tensor([1, 1, 4])
    """
    input, mask = _prepared("masked.cumsum()", input, dim, dtype, mask)
    return filled(input, mask, 0).cumsum(dim, dtype=input.dtype)


def cumprod(input, dim, *, dtype=None, mask=None):
    """Products of the elements so far that the mask leaves.

    Args:
        input, dim, dtype, mask: as for `cumsum`.

    Returns:
        Tensor: the input's shape.

    Raises:
        IndexError, RuntimeError: as for `cumsum`.

    >>> import rushlight
    >>> x = rushlight.tensor([1, 2, 3])
    >>> rushlight.masked.cumprod(x, 0, mask=x != 2)
    tensor([1, 1, 3])
    """
    input, mask = _prepared("masked.cumprod()", input, dim, dtype, mask)
    return filled(input, mask, 1).cumprod(dim, dtype=input.dtype)


def softmax(input, dim, *, dtype=None, mask=None):
    """Softmax over the elements that the mask leaves; 0 elsewhere.

    Args:
        input, dim, dtype, mask: as for `cumsum`.

    Returns:
        Tensor: the input's shape; nan in rows of which the mask leaves none.

    Raises:
        IndexError, RuntimeError: as for `cumsum`.

    >>> import rushlight
    >>> x = rushlight.tensor([0.0, 9.0, 0.0])
    >>> rushlight.masked.softmax(x, 0, mask=x != 9)
    tensor([0.5000, 0.0000, 0.5000])
    """
    return _share("softmax", least, input, dim, dtype, mask)


def log_softmax(input, dim, *, dtype=None, mask=None):
    """The logarithm of `softmax`; -inf where the mask is False.

    Args:
        input, dim, dtype, mask: as for `cumsum`.

    Returns:
        Tensor: the input's shape; nan in rows of which the mask leaves none.

    Raises:
        IndexError, RuntimeError: as for `cumsum`.

    >>> import rushlight
    >>> x = rushlight.tensor([0.0, 9.0, 0.0])
    >>> rushlight.masked.log_softmax(x, 0, mask=x != 9)
    tensor([-0.6931,    -inf, -0.6931])
    """
    return _share("log_softmax", least, input, dim, dtype, mask)


def softmin(input, dim, *, dtype=None, mask=None):
    """`softmax` of the negative elements.

    Args:
        input, dim, dtype, mask: as for `cumsum`.

    Returns:
        Tensor: the input's shape; nan in rows of which the mask leaves none.

    Raises:
        IndexError, RuntimeError: as for `cumsum`.

    >>> import rushlight
    >>> x = rushlight.tensor([0.0, 9.0, 0.0])
    >>> rushlight.masked.softmin(x, 0, mask=x != 9)
    tensor([0.5000, 0.0000, 0.5000])
    """
    return _share("softmin", greatest, input, dim, dtype, mask)


def _share(name, limit, input, dim, dtype, mask):
    who = f"masked.{name}()"
    input, mask = _prepared(who, input, dim, dtype, mask)
    if mask is not None:
        input = filled(input, mask, limit(input, who))
    return FUNCTIONAL[name](input, dim)


def normalize(input, ord, dim, *, eps=1e-12, dtype=None, mask=None):
    """Divide by the norm of the elements that the mask leaves; 0 elsewhere.

    Args:
        ord: the norm's order, also inf and -inf.
        eps: the least norm that is divided by.
        input, dim, dtype, mask: as for `cumsum`.

    Returns:
        Tensor: the input's shape.

    Raises:
        IndexError, RuntimeError: as for `cumsum`; RuntimeError for integers too.

    >>> import rushlight
    >>> x = rushlight.tensor([3.0, 5.0, 4.0])
    >>> rushlight.masked.normalize(x, 2, 0, mask=x != 5)
    tensor([0.6000, 0.0000, 0.8000])
    """
    input, mask = _prepared("masked.normalize()", input, dim, dtype, mask)
    size = norm(input, ord, dim, keepdim=True, mask=mask)
    return filled(input, mask, 0) / size.clamp(min=eps)


def logaddexp(input, other, *, dtype=None, input_mask=None, other_mask=None):
    """``log(exp(input) + exp(other))`` of what the masks leave.

    Args:
        input, other: Tensors whose shapes broadcast.
        dtype: in which it is computed.
        input_mask, other_mask: bools that broadcast to the shapes.

    Returns:
        Tensor: the broadcast shape; -inf where the masks leave nothing.

    Raises:
        IndexError, RuntimeError: as for `cumsum`.

    >>> import rushlight
    >>> x = rushlight.zeros(2)
    >>> rushlight.masked.logaddexp(x, x, input_mask=rushlight.tensor([True, False]))
    tensor([0.6931, 0.0000])
    """
    who = "masked.logaddexp()"
    pairs = []
    for x, mask in ((input, input_mask), (other, other_mask)):
        x, mask = _prepared(who, x, None, dtype, mask)
        pairs.append(x if mask is None else filled(x, mask, least(x, who)))
    return TORCH["logaddexp"](*pairs)
