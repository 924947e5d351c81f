"""Reductions over the elements that a mask leaves."""

from rushlight._base.dtype import float32, int64
from rushlight._base.errors import ArgumentError, ArgumentRuntimeError, explain
from rushlight._core.expose import TORCH
from rushlight.linalg import vector_norm
from rushlight.masked._fill import dims_of, filled, greatest, least, whole_mask


def _as(input, dtype):
    return input if dtype is None else input.to(dtype)


def _summed(input, dtype):
    """The input as what sums and products of it are."""
    if dtype is None and not (input.is_floating_point() or input.is_complex()):
        dtype = int64
    return _as(input, dtype)


def sum(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    """Sum the elements that the mask leaves; 0 where it leaves none.

    Args:
        input: Tensor of any shape.
        dim: int, or tuple of ints, over which; all if left out.
        keepdim: whether they stay, of size 1.
        dtype: of the result, in which it is computed.
        mask: bools that broadcast to the input's shape; False leaves elements out.

    Returns:
        Tensor: the input's shape without dim.

    Raises:
        IndexError: for a dim out of range, or a mask of more dimensions.
        RuntimeError: for a dim that comes twice, or a mask that does not broadcast.

    >>> import rushlight
    >>> x = rushlight.tensor([[1, 2], [3, 4]])
    >>> rushlight.masked.sum(x, 1, mask=x != 3)
    tensor([3, 4])
    """
    who = "masked.sum()"
    mask = whole_mask(input, mask, who)
    dims = dims_of(dim, input.ndim, who)
    input = filled(_summed(input, dtype), mask, 0)
    return input.sum(dims, keepdim) if dims else input.clone()


def prod(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    """Multiply the elements that the mask leaves; 1 where it leaves none.

    Args:
        input, dim, keepdim, dtype, mask: as for `sum`.

    Returns:
        Tensor: the input's shape without dim.

    Raises:
        IndexError, RuntimeError: as for `sum`.

    >>> import rushlight
    >>> x = rushlight.tensor([[1, 2], [3, 4]])
    >>> rushlight.masked.prod(x, 1, mask=x != 3)
    tensor([2, 4])
    """
    who = "masked.prod()"
    mask = whole_mask(input, mask, who)
    dims = dims_of(dim, input.ndim, who)
    result = filled(_summed(input, dtype), mask, 1)
    for d in reversed(dims):
        result = result.prod(d, keepdim)
    return result if dims else result.clone()


def amax(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    """The greatest of the elements that the mask leaves.

    Args:
        input, dim, keepdim, dtype, mask: as for `sum`.

    Returns:
        Tensor: the input's shape without dim; the dtype's least number where the mask
        leaves none.

    Raises:
        IndexError, RuntimeError: as for `sum`.
        NotImplementedError: for a mask over bools or complex numbers.

    >>> import rushlight
    >>> x = rushlight.tensor([[1, 2], [3, 4]])
    >>> rushlight.masked.amax(x, 1, mask=x != 4)
    tensor([2, 3])
    """
    return _extreme("amax", least, input, dim, keepdim, dtype, mask)


def amin(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    """The least of the elements that the mask leaves.

    Args:
        input, dim, keepdim, dtype, mask: as for `sum`.

    Returns:
        Tensor: the input's shape without dim; the dtype's greatest number where the
        mask leaves none.

    Raises:
        IndexError, RuntimeError, NotImplementedError: as for `amax`.

    >>> import rushlight
    >>> x = rushlight.tensor([[1, 2], [3, 4]])
    >>> rushlight.masked.amin(x, 1, mask=x != 3)
    tensor([1, 4])
    """
    return _extreme("amin", greatest, input, dim, keepdim, dtype, mask)


def _extreme(name, limit, input, dim, keepdim, dtype, mask):
    who = f"masked.{name}()"
    mask = whole_mask(input, mask, who)
    dims = dims_of(dim, input.ndim, who)
    input = _as(input, dtype)
    if mask is not None:
        input = filled(input, mask, limit(input, who))
    return getattr(input, name)(dims, keepdim) if dims else input.clone()


def argmax(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    """Where the greatest of the elements is that the mask leaves.

    Args:
        dim: int; of the flattened input if left out.
        input, keepdim, mask: as for `sum`.
        dtype: of the comparison and of the result: the input's if left out.

    Returns:
        Tensor: the input's shape without dim; places as numbers of the dtype.

    Raises:
        IndexError, RuntimeError, NotImplementedError: as for `amax`.

    >>> import rushlight
    >>> x = rushlight.tensor([[1, 2], [3, 4]])
    >>> rushlight.masked.argmax(x, 1, mask=x != 4)
    tensor([1, 0])
    """
    return _place("argmax", least, input, dim, keepdim, dtype, mask)


def argmin(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    """Where the least of the elements is that the mask leaves.

    Args:
        input, dim, keepdim, dtype, mask: as for `argmax`.

    Returns:
        Tensor: the input's shape without dim; places as numbers of the dtype.

    Raises:
        IndexError, RuntimeError, NotImplementedError: as for `amax`.

    >>> import rushlight
    >>> x = rushlight.tensor([[1, 2], [3, 4]])
    >>> rushlight.masked.argmin(x, 1, mask=x != 3)
    tensor([0, 1])
    """
    return _place("argmin", greatest, input, dim, keepdim, dtype, mask)


def _place(name, limit, input, dim, keepdim, dtype, mask):
    who = f"masked.{name}()"
    mask = whole_mask(input, mask, who)
    input = _as(input, dtype)
    if mask is not None:
        input = filled(input, mask, limit(input, who))
    return TORCH[name](input, dim, bool(keepdim)).to(input.dtype)


def mean(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    """The mean of the elements that the mask leaves; nan where it leaves none.

    Args:
        input, dim, keepdim, dtype, mask: as for `sum`.

    Returns:
        Tensor: the input's shape without dim, float or complex.

    Raises:
        ValueError: for integers without a dtype.
        IndexError, RuntimeError: as for `sum`.

    >>> import rushlight
    >>> x = rushlight.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> rushlight.masked.mean(x, 1, mask=x != 3)
    tensor([1.5000, 4.0000])
    """
    who = "masked.mean()"
    mask = whole_mask(input, mask, who)
    dims = dims_of(dim, input.ndim, who)
    if dtype is None and not (input.is_floating_point() or input.is_complex()):
        raise ArgumentError(
            explain(
                who,
                expected="an input of a floating point or complex dtype",
                got=input.dtype,
                do="Pass dtype=rushlight.float32.",
            )
        )
    input = _as(input, dtype)
    if mask is None:
        return input.mean(dims, keepdim) if dims else input.clone()
    total = sum(input, dim, keepdim=keepdim, mask=mask)
    return total / sum(mask, dim, keepdim=keepdim)


def median(input, dim=-1, *, keepdim=False, dtype=None, mask=None):
    """The median (the lower of two) of the elements that the mask leaves.

    Args:
        dim: int.
        input, keepdim, dtype, mask: as for `sum`.

    Returns:
        Tensor: the input's shape without dim; nan where the mask leaves none.

    Raises:
        ValueError: for integers of which the mask leaves none in some row.
        IndexError, RuntimeError: as for `sum`.

    >>> import rushlight
    >>> x = rushlight.tensor([[1.0, 2.0, 9.0]])
    >>> rushlight.masked.median(x, 1, mask=x != 2)
    tensor([1.])
    """
    who = "masked.median()"
    mask = whole_mask(input, mask, who)
    dims_of(dim, input.ndim, who)
    input = _as(input, dtype)
    if input.is_floating_point():
        return filled(input, mask, float("nan")).nanmedian(dim, keepdim)[0]
    if mask is None:
        return input.median(dim, keepdim)[0]
    if not bool(mask.any(dim).all()):
        raise ArgumentError(
            explain(
                who,
                expected="an element left in each row of integers",
                got="a row of which the mask leaves none",
                do="Convert the input to floats, for nan there.",
            )
        )
    wide = input.double()
    return filled(wide, mask, float("nan")).nanmedian(dim, keepdim)[0].to(input.dtype)


def norm(input, ord=2.0, dim=None, *, keepdim=False, dtype=None, mask=None):
    """The vector norm of the elements that the mask leaves.

    Args:
        ord: the norm's order, also inf and -inf.
        input, dim, keepdim, dtype, mask: as for `sum`.

    Returns:
        Tensor: the input's shape without dim, float.

    Raises:
        IndexError, RuntimeError: as for `sum`; RuntimeError for integers too.

    >>> import rushlight
    >>> x = rushlight.tensor([[3.0, 5.0, 4.0]])
    >>> rushlight.masked.norm(x, 2, 1, mask=x != 5)
    tensor([5.])
    """
    who = "masked.norm()"
    mask = whole_mask(input, mask, who)
    dims = dims_of(dim, input.ndim, who)
    ord = 2.0 if ord is None else ord
    input = filled(_as(input, dtype), mask, float("inf") if ord == -float("inf") else 0)
    return vector_norm(input, ord, dims or None, keepdim)


def var(
    input,
    dim=None,
    unbiased=None,
    *,
    correction=None,
    keepdim=False,
    dtype=None,
    mask=None,
):
    """The variance of the elements that the mask leaves.

    Args:
        unbiased: True divides by one less than their number, as if left out.
        correction: what is subtracted from their number; instead of unbiased.
        input, dim, keepdim, dtype, mask: as for `sum`.

    Returns:
        Tensor: the input's shape without dim; nan where too few are left.

    Raises:
        RuntimeError: for both unbiased and correction.
        IndexError, RuntimeError: as for `sum`.

    >>> import rushlight
    >>> x = rushlight.tensor([[1.0, 9.0, 3.0]])
    >>> rushlight.masked.var(x, 1, mask=x != 9)
    tensor([2.])
    """
    return _spread("var", input, dim, unbiased, correction, keepdim, dtype, mask)


def std(
    input,
    dim=None,
    unbiased=None,
    *,
    correction=None,
    keepdim=False,
    dtype=None,
    mask=None,
):
    """The standard deviation of the elements that the mask leaves.

    Args:
        input, dim, unbiased, correction, keepdim, dtype, mask: as for `var`.

    Returns:
        Tensor: the input's shape without dim; nan where too few are left.

    Raises:
        IndexError, RuntimeError: as for `var`.

    >>> import rushlight
    >>> x = rushlight.tensor([[1.0, 9.0, 3.0]])
    >>> rushlight.masked.std(x, 1, False, mask=x != 9)
    tensor([1.])
    """
    return _spread("std", input, dim, unbiased, correction, keepdim, dtype, mask)


def _spread(name, input, dim, unbiased, correction, keepdim, dtype, mask):
    who = f"masked.{name}()"
    if unbiased is not None and correction is not None:
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="unbiased or correction",
                got="both",
                do="Drop unbiased.",
            )
        )
    if correction is None:
        correction = 1 if unbiased is None or unbiased else 0
    mask = whole_mask(input, mask, who)
    dims = dims_of(dim, input.ndim, who)
    exact = input.is_floating_point() or input.is_complex()
    input = _as(input, dtype or (None if exact else float32))
    if mask is None:
        result = getattr(input, name)(dims, correction=correction, keepdim=keepdim)
        return result.to(input.dtype)
    count = sum(mask, dims, keepdim=True)
    middle = sum(input, dims, keepdim=True, mask=mask) / count
    away = filled(input - middle, mask, 0)
    square = away * away.conj() if input.is_complex() else away * away
    total = sum(square, dims, keepdim=keepdim)
    count = count if keepdim else count.reshape(total.shape)
    result = total / (count - correction).clamp(min=0)
    return result.sqrt() if name == "std" else result


def logsumexp(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    """The logarithm of the sum of exponentials of what the mask leaves.

    Args:
        input, dim, keepdim, dtype, mask: as for `sum`.

    Returns:
        Tensor: the input's shape without dim; -inf where the mask leaves none.

    Raises:
        IndexError, RuntimeError: as for `sum`.

    >>> import rushlight
    >>> x = rushlight.tensor([[0.0, 9.0, 0.0]])
    >>> rushlight.masked.logsumexp(x, 1, mask=x != 9)
    tensor([0.6931])
    """
    who = "masked.logsumexp()"
    mask = whole_mask(input, mask, who)
    dims = dims_of(dim, input.ndim, who)
    input = _as(input, dtype)
    if mask is not None:
        low = -float("inf") if input.is_complex() else least(input, who)
        input = filled(input, mask, low)
    return TORCH["logsumexp"](input, dims, keepdim).to(input.dtype)
