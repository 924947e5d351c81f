"""Whole numbers: ranges, bounds, and what each dtype holds."""

import ml_dtypes
import numpy as np
import pytest

from rushlight._base.errors import ArgumentRuntimeError, UnsupportedError
from rushlight._core.generator import Generator
from rushlight._core.sampling import (
    check_integer_bounds,
    integers,
    random_integers,
)
from rushlight._core.sampling.chunks import CHUNK

BF16 = np.dtype(ml_dtypes.bfloat16)
I8 = np.dtype("i8")


def generator(seed=0):
    return Generator().manual_seed(seed)


@pytest.mark.parametrize("count", [1, 2, 3, 10, 4096, 2**28 - 1])
@pytest.mark.parametrize("low", [0, -7, 5])
def test_short_ranges_take_32_bits(count, low):
    size = CHUNK + 3
    found = integers(generator(), (size,), I8, low, low + count)
    wanted = generator().draw32(size).astype(I8) % count + low
    assert np.array_equal(found, wanted)


@pytest.mark.parametrize("count", [2**28, 2**32, 3 * 10**18, 2**64 - 1])
def test_long_ranges_take_64_bits(count):
    low = -(2**63) if count > 2**63 else 7
    found = integers(generator(), (50,), I8, low, low + count)
    bits = generator().draw64(50).tolist()
    assert found.tolist() == [bit % count + low for bit in bits]


def test_every_int64_may_come_out():
    found = integers(generator(), (50,), I8, -(2**63), None)
    assert np.array_equal(found, generator().draw64(50).view(I8))


@pytest.mark.parametrize(
    "dtype, most",
    [
        ("i1", 127),
        ("u1", 255),
        ("i2", 2**15 - 1),
        ("?", 1),
        ("f2", 2**11),
        ("f4", 2**24),
        ("f8", 2**53),
        (BF16, 2**8),
    ],
)
def test_a_dtypes_own_range(dtype, most):
    dtype = np.dtype(dtype)
    found = random_integers(generator(), (3000,), dtype).astype("f8")
    assert found.min() >= 0
    assert found.max() <= most
    assert found.max() > 0.98 * most
    held = integers(generator(), (3000,), dtype, 0, None).astype("f8")
    assert np.array_equal(held, found) or dtype in ("f8", "?")


@pytest.mark.parametrize(
    "dtype, low, high",
    [
        ("i8", 5, 5),
        ("i8", 6, 5),
        ("u1", 0, 257),
        ("u1", -1, 5),
        ("i1", 0, 129),
        ("?", 0, 3),
        ("f2", 0, 70_000),
        ("c8", 0, 2),
        ("i8", 0, 2**63 + 1),
        ("i4", -(2**63), None),
    ],
)
def test_bounds_are_checked(dtype, low, high):
    with pytest.raises(
        ArgumentRuntimeError, match=r"random_\(\): expected .*, got .*\. "
    ):
        integers(generator(), (3,), np.dtype(dtype), low, high)


@pytest.mark.parametrize("dtype", ["?", "f2", "u4"])
def test_few_dtypes_come_near_every_int64(dtype):
    with pytest.raises(UnsupportedError, match="Use a narrower range"):
        integers(None, (3,), np.dtype(dtype), -(2**63), None)


@pytest.mark.parametrize("dtype", ["c8", "u2", "u4", "u8"])
def test_dtypes_are_checked(dtype):
    with pytest.raises(UnsupportedError, match=f"got {np.dtype(dtype)}"):
        random_integers(None, (3,), np.dtype(dtype))


@pytest.mark.parametrize(
    "low, high, wanted",
    [
        (0, 3000, (0, 2998)),
        (0, 4001, (0, 4001)),
        (-5007, 5, (-5004, 5)),
        (-5008, 5, (-5008, 5)),
    ],
)
def test_floats_pull_their_bounds_to_what_they_hold(low, high, wanted):
    # float16 steps by 2 from 2048 on and by 4 from 4096 on.
    with pytest.warns(UserWarning, match="holds every whole number"):
        assert check_integer_bounds(np.dtype("f2"), low, high) == wanted
    with pytest.warns(UserWarning, match="outside"):
        values = integers(generator(), (5000,), np.dtype("f2"), low, high)
    assert low <= float(values.min())
    assert float(values.max()) < high


def test_bounds_inside_the_exact_range_give_no_warning():
    assert check_integer_bounds(np.dtype("f2"), -2048, 2048) == (-2048, 2048)
    assert check_integer_bounds(BF16, 0, 256) == (0, 256)
