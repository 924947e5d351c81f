"""Normal numbers: long contiguous arrays in blocks, all others one by one."""

import math

import numpy as np

from rushlight._base.errors import (
    ArgumentRuntimeError,
    UnsupportedError,
    explain,
)
from rushlight._core.generator import default_generator
from rushlight._core.sampling import fills
from rushlight._core.sampling.chunks import scale_and_shift
from rushlight._core.sampling.uniform import FLOATS, REAL_OF, fill_unit, store

_BLOCK = 16

# Note [Two ways to a normal number]
# From 16 contiguous elements on, PyTorch fills the array with uniform numbers and
# transforms blocks of 16 in place; where the size is no multiple of 16 the last 16
# elements are drawn and transformed again (float16 and bfloat16 do so from float32).
# Fewer elements, or scattered ones, are made in float64 one after another, two from
# two uniform numbers: the second one waits in the generator, even across calls.


def normal(generator, shape, dtype, mean=0.0, std=1.0, contiguous=True):
    """Normal numbers: `mean + std * z`.

    Args:
        generator: a Generator, or None.
        shape: the result's.
        dtype: a float dtype, or a complex one (whose parts have half the variance).
        mean, std: numbers; std >= 0.  A complex mean is not taken.
        contiguous: False for numbers that are to fill an array with gaps, which
            PyTorch makes in another way.

    Returns:
        shape, dtype.

    Raises:
        RuntimeError: for a negative or nan std.
        NotImplementedError: for a dtype of integers.

    >>> normal(None, (2,), np.dtype("f4"), mean=3, std=0)
    array([3., 3.], dtype=float32)
    """
    generator = generator or default_generator
    _check(dtype, std)
    out = np.empty(shape, dtype)
    flat = out.reshape(-1)
    if dtype in REAL_OF:
        flat, std = flat.view(REAL_OF[dtype]), std / math.sqrt(2)
    with generator.lock:
        if flat.size >= _BLOCK and contiguous:
            _fill_blocks(generator, flat, mean, std)
        elif flat.size:
            values = one_by_one(generator, flat.size)
            scale_and_shift(values, float(std), float(mean))
            store(values, flat)
    return out


def _fill_blocks(generator, flat, mean, std):
    """Fill 16 or more elements, in blocks of 16."""
    full, is_narrow = flat.size // _BLOCK * _BLOCK, flat.dtype.itemsize == 2
    whole = np.empty(full, np.float32) if is_narrow else flat[:full]
    fills.current.normals(generator, whole, std, mean)
    if is_narrow:
        flat[:full] = whole
    if full != flat.size:
        last = np.empty(_BLOCK, whole.dtype)
        if not is_narrow:
            fill_unit(generator, last[: flat.size - full])
        fills.current.normals(generator, last, std, mean)
        flat[-_BLOCK:] = last


def one_by_one(generator, n):
    """(n,), float64, standard normal; the generator keeps the half that is left over.

    The caller holds the generator's lock.
    """
    values = np.empty(n + 1)
    start = 0
    if generator.cached_normal is not None:
        values[0], generator.cached_normal = generator.cached_normal, None
        start = 1
    pairs = (n - start + 1) // 2
    made = values[start : start + 2 * pairs]
    fill_unit(generator, made)
    (_transform_pairs if pairs > _BLOCK else _transform_few)(made)
    if start + 2 * pairs > n:
        generator.cached_normal = float(values[n])
    return values[:n]


def _transform_pairs(units):
    radius = np.sqrt(-2 * np.log1p(-units[1::2]))
    angle = 2 * np.pi * units[0::2]
    np.multiply(radius, np.cos(angle), out=units[0::2])
    np.multiply(radius, np.sin(angle), out=units[1::2])


def _transform_few(units):
    values = units.tolist()
    for i in range(0, len(values), 2):
        angle, u = 2 * math.pi * values[i], values[i + 1]
        radius = math.sqrt(-2 * math.log1p(-u))
        values[i] = radius * math.cos(angle)
        values[i + 1] = radius * math.sin(angle)
    units[:] = values


def _check(dtype, std):
    if not std >= 0:
        raise ArgumentRuntimeError(
            explain(
                "normal_()",
                expected="std >= 0",
                got=std,
                do="A standard deviation is a length.",
            )
        )
    if dtype not in FLOATS and dtype not in REAL_OF:
        raise UnsupportedError(
            explain(
                "normal_()",
                expected="a floating-point or complex dtype",
                got=dtype,
                do="Draw floats and convert them.",
            )
        )
