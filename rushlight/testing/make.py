"""make_tensor: random tensors of any dtype, with torch's numbers."""

import math

from rushlight._base.dtype import bool as bool_dtype
from rushlight._base.errors import ArgumentError, explain
from rushlight._base.limits import finfo, iinfo
from rushlight._base.shape import as_shape
from rushlight._core.expose import TORCH


def make_tensor(
    *shape,
    dtype,
    device,
    low=None,
    high=None,
    requires_grad=False,
    noncontiguous=False,
    exclude_zero=False,
    memory_format=None,
):
    """A tensor of random numbers from ``[low, high)``.

    Args:
        shape: the sizes, one by one or as a sequence.
        dtype, device: the tensor's.
        low, high: the bounds; left out, 0 and 2 for bool, 0 and 10 for uint8, -9 and
            10 for integers, -9 and 9 for floats.
        requires_grad: whether it wants a gradient.
        noncontiguous: make it with gaps in memory.
        exclude_zero: replace zeros by the dtype's smallest number.
        memory_format: the order in memory to have.

    Returns:
        Tensor: of the shape.

    Raises:
        ValueError: for low >= high, or bounds outside the dtype.

    >>> import rushlight
    >>> make_tensor(2, 3, dtype=rushlight.int64, device="cpu").shape
    torch.Size([2, 3])
    """
    shape = as_shape(shape, "make_tensor()")
    low, high = _bounds(dtype, low, high)
    full = (*shape[:-1], 2 * shape[-1]) if noncontiguous and _room(shape) else shape
    if dtype.is_floating_point or dtype.is_complex:
        result = _floats(full, dtype, device, low, high)
    else:
        result = TORCH["randint"](
            math.floor(low), math.ceil(high), full, device=device, dtype=dtype
        )
    if full != shape:
        result = result[..., ::2]
    elif memory_format is not None:
        result = result.clone(memory_format=memory_format)
    if exclude_zero:
        floating = dtype.is_floating_point or dtype.is_complex
        result[result == 0] = finfo(dtype).tiny if floating else 1
    return result.requires_grad_() if requires_grad else result


def _room(shape):
    return shape and math.prod(shape) > 1


def _floats(shape, dtype, device, low, high):
    result = TORCH["empty"](shape, device=device, dtype=dtype)
    flat = TORCH["view_as_real"](result) if dtype.is_complex else result
    flat.uniform_(low, high)
    return result


def _bounds(dtype, low, high):
    if dtype is bool_dtype:
        default, least, most = (0, 2), 0, 2
    elif dtype.is_floating_point or dtype.is_complex:
        info = finfo(dtype)
        default, least, most = (-9, 9), info.min, info.max
    else:
        info = iinfo(dtype)
        default = (0, 10) if info.min == 0 else (-9, 10)
        least, most = info.min, info.max + 1
    low = default[0] if low is None else max(low, least)
    high = default[1] if high is None else min(high, most)
    if not low < high and not (low == high and dtype.is_floating_point):
        raise ArgumentError(
            explain(
                "make_tensor()",
                expected="low < high within the dtype's range",
                got=f"low={low} and high={high}",
                do="Swap or widen them.",
            )
        )
    return low, high
