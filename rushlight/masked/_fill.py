"""Masks: their checks, and inputs whose masked-out elements change nothing."""

from rushlight._base.errors import (
    ArgumentRuntimeError,
    OutOfRangeError,
    UnsupportedError,
    explain,
)
from rushlight._base.limits import iinfo
from rushlight._core.expose import TORCH
from rushlight._ops._arguments import require_tensor


def whole_mask(input, mask, who):
    """The mask as bools of the input's shape; None stays."""
    require_tensor(input, who)
    if mask is None:
        return None
    require_tensor(mask, who, "mask")
    if mask.ndim > input.ndim:
        raise OutOfRangeError(
            explain(
                who,
                expected=f"a mask of at most {input.ndim} dimensions",
                got=f"shape {list(mask.shape)}",
                do="Pass a mask that broadcasts to the input.",
            )
        )
    return mask.bool().expand(input.shape)


def filled(input, mask, value):
    """The input with `value` where the mask is False."""
    if mask is None:
        return input
    return TORCH["where"](mask, input, input.new_full((), value))


def dims_of(dim, ndim, who):
    """Dimensions from 0 on: all for None and ()."""
    if dim is None or dim == ():
        return list(range(ndim))
    found = []
    for d in (dim,) if isinstance(dim, int) else dim:
        size = max(ndim, 1)
        if not -size <= d < size:
            raise OutOfRangeError(
                explain(
                    who,
                    expected=f"dim in the range of [{-size}, {size - 1}]",
                    got=d,
                    do="Correct it.",
                )
            )
        if d % size in found:
            raise ArgumentRuntimeError(
                explain(
                    who, expected="each dim once", got=list(dim), do="Drop the second."
                )
            )
        found.append(d % size)
    return [] if ndim == 0 else sorted(found)


def least(input, who):
    """What no element is below."""
    return _limit(input, who, "min", float("-inf"))


def greatest(input, who):
    """What no element is above."""
    return _limit(input, who, "max", float("inf"))


def _limit(input, who, end, infinite):
    if input.dtype.is_floating_point:
        return infinite
    if "int" not in input.dtype.name:
        raise UnsupportedError(
            explain(
                who, expected="a real dtype", got=input.dtype, do="Convert the input."
            )
        )
    return getattr(iinfo(input.dtype), end)
