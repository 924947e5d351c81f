"""Whole numbers: from a range, or all that a dtype holds."""

import warnings

import ml_dtypes
import numpy as np

from rushlight._base.errors import (
    ArgumentRuntimeError,
    UnsupportedError,
    explain,
)
from rushlight._core.generator import default_generator
from rushlight._core.sampling import fills
from rushlight._core.sampling.uniform import FLOATS, check_plain

_WIDE_RANGE = 2**28  # ranges from here on take 64 bits a number
_EVERY_INT64 = 2**64


def integers(generator, shape, dtype, low, high):
    """Whole numbers in [low, high): `low + bits % (high - low)`.

    Args:
        generator: a Generator, or None.
        shape: the result's.
        dtype: any real dtype.
        low, high: Python ints; high may be None: as far as the dtype is exact.

    Returns:
        shape, dtype.

    Raises:
        RuntimeError: for an empty range, or one outside the dtype's.

    >>> integers(None, (4,), np.dtype("i8"), 5, 6)
    array([5, 5, 5, 5])
    """
    if high is None and low == -(2**63):
        _check_wide(dtype)
        low, count = 0, _EVERY_INT64
    else:
        low, high = check_integer_bounds(dtype, low, high)
        count = high - low
    return _modulo(generator or default_generator, shape, dtype, low, count)


def random_integers(generator, shape, dtype):
    """Whole numbers over all of [0, the largest that the dtype counts up to exactly].

    Args:
        generator: a Generator, or None.
        shape: the result's.
        dtype: a float, signed integer, uint8 or bool dtype.

    Returns:
        shape, dtype.

    Raises:
        NotImplementedError: for another dtype.

    >>> random_integers(None, (3,), np.dtype("i1")).min() >= 0
    np.True_
    """
    check_plain(dtype, "random_()")
    generator = generator or default_generator
    count = last_exact(dtype) + 1
    return _modulo(generator, shape, dtype, 0, count, wide=dtype.itemsize == 8)


def _modulo(generator, shape, dtype, low, count, wide=None):
    """low + bits % count; wide says whether 64 bits are drawn for each."""
    wide = count >= _WIDE_RANGE if wide is None else wide
    out = np.empty(shape, dtype)
    with generator.lock:
        fills.current.integers(generator, out.reshape(-1), low, count, wide)
    return out


# -- bounds ---------------------------------------------------------------------------


def check_integer_bounds(dtype, low, high):
    """Refuse bounds that the dtype does not hold; pull floats' to what is exact.

    Args:
        dtype: any real dtype.
        low, high: Python ints; high may be None.

    Returns:
        low and high as they will be used.

    Raises:
        RuntimeError: for an empty range, or one outside the dtype's.
    """
    if dtype.kind == "c":
        raise _bad_bounds("a real dtype", dtype, "Draw the parts one by one.")
    is_float = dtype in FLOATS
    if high is None:
        high = last_exact(dtype) + 1
    else:
        _check_order(low, high)
        high = _below(dtype, high) if is_float else high
    low = _above(dtype, low) if is_float else low
    _check_order(low, high)
    least, most = _limits(dtype)
    if low < least or high - 1 > most:
        raise _bad_bounds(
            f"from and to - 1 in [{least}, {most}], the range of {dtype}",
            f"from={low}, to={high}",
            "Use a wider dtype.",
        )
    if is_float:
        _warn_of_gaps(dtype, low, high)
    return low, high


def _check_wide(dtype):
    """Refuse the dtypes that cannot hold (or come near) every int64."""
    if dtype == np.int64 or (dtype in FLOATS and dtype != np.float16):
        return
    expected = "int64, float64, float32 or bfloat16 for from=-2**63"
    error = _bad_bounds(expected, dtype, "Use a narrower range.")
    raise error if dtype.kind == "i" else UnsupportedError(str(error))


def _check_order(low, high):
    if low >= high:
        raise _bad_bounds(
            "from < to", f"from={low}, to={high}", "The upper bound is exclusive."
        )


def _bad_bounds(expected, got, do):
    return ArgumentRuntimeError(explain("random_()", expected=expected, got=got, do=do))


def _digits(dtype):
    return ml_dtypes.finfo(dtype).nmant + 1


def last_exact(dtype):
    """The number up to which the dtype holds every whole one."""
    if dtype in FLOATS:
        return 2 ** _digits(dtype)
    return 1 if dtype.kind == "b" else int(np.iinfo(dtype).max)


def _limits(dtype):
    if dtype in FLOATS:
        most = int(float(ml_dtypes.finfo(dtype).max))
        return -most, most
    if dtype.kind == "b":
        return 0, 1
    return int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)


def _as_held(dtype, number):
    """What becomes of a whole number in a float dtype; itself if it overflows."""
    with np.errstate(over="ignore"):
        held = dtype.type(number)
    return int(held) if np.isfinite(held) else number


def _below(dtype, high):
    """An upper bound such that high - 1 is not rounded up to high or beyond."""
    held = _as_held(dtype, high - 1)
    if held < high:
        return high
    return held - 2 ** (abs(high - 1).bit_length() - _digits(dtype))


def _above(dtype, low):
    """A lower bound such that low + 1 is not rounded down below low."""
    held = _as_held(dtype, low + 1)
    if held >= low:
        return low
    return held + 2 ** (abs(low + 1).bit_length() - _digits(dtype))


def _warn_of_gaps(dtype, low, high):
    most = 2 ** _digits(dtype)
    for name, bound in (("from", low), ("to - 1", high - 1)):
        if abs(bound) > most:
            warnings.warn(
                f"random_(): {name} = {bound} lies outside [-{most}, {most}], where "
                f"{dtype} holds every whole number: some of them can never be drawn.",
                UserWarning,
                stacklevel=5,
            )
