"""Permutations: three ways to shuffle that agree, and what is refused."""

import ml_dtypes
import numpy as np
import pytest

from rushlight._base.errors import ArgumentRuntimeError, ShapeError, UnsupportedError
from rushlight._core.generator import Generator
from rushlight._core.sampling import permutation
from rushlight._core.sampling.permutation import (
    _shuffle_inside_out,
    _shuffle_long,
    _shuffle_short,
    _stable_order,
)

I8 = np.dtype("i8")


@pytest.mark.parametrize("n", [1, 2, 3, 7, 100, 1000, 70_000])
@pytest.mark.parametrize("seed", [0, 1])
def test_sorting_shuffles_as_swapping_does(n, seed):
    random = np.random.RandomState(seed)
    offsets = random.randint(0, 2**31, n - 1) % np.arange(n, 1, -1)
    assert np.array_equal(_shuffle_long(n, offsets), _shuffle_short(n, offsets))


@pytest.mark.parametrize("offset", ["zero", "last"])
def test_sorting_shuffles_extremes(offset):
    n = 500
    offsets = np.zeros(n - 1, int) if offset == "zero" else np.arange(n - 1, 0, -1)
    assert np.array_equal(_shuffle_long(n, offsets), _shuffle_short(n, offsets))


@pytest.mark.parametrize("size", [1, 2**16, 2**16 + 1, 200_000])
def test_the_order_is_stable(size):
    numbers = np.random.RandomState(size).randint(0, size, size)
    assert np.array_equal(_stable_order(numbers), numbers.argsort(kind="stable"))


def test_very_long_permutations_insert_from_the_front():
    bits = Generator().manual_seed(0).draw64(1000).tolist()
    wanted = []
    for i, bit in enumerate(bits):
        wanted.append(i)
        j = bit % (i + 1)
        wanted[i], wanted[j] = wanted[j], i
    found = _shuffle_inside_out(Generator().manual_seed(0), 1000)
    assert found.tolist() == wanted


@pytest.mark.parametrize("n", [0, 1, 5, 256, 2049])
def test_every_number_comes_once(n):
    assert sorted(permutation(None, n, I8).tolist()) == list(range(n))


def test_the_dtype_does_not_change_the_order():
    orders = [
        permutation(Generator().manual_seed(3), 50, np.dtype(dtype)).tolist()
        for dtype in ("i8", "i4", "u1", "f2", "f8", ml_dtypes.bfloat16)
    ]
    assert all(order == orders[0] for order in orders)


@pytest.mark.parametrize(
    "n, dtype", [(257, "u1"), (129, "i1"), (2050, "f2"), (2**24 + 2, "f4")]
)
def test_a_dtype_that_is_too_narrow_is_refused(n, dtype):
    with pytest.raises(ArgumentRuntimeError, match=f"got n={n}. Use int64"):
        permutation(None, n, np.dtype(dtype))


def test_other_refusals():
    with pytest.raises(ShapeError, match=r"randperm\(\): expected n >= 0, got -1"):
        permutation(None, -1, I8)
    for dtype in ("?", "c8", "u4"):
        with pytest.raises(UnsupportedError, match="a signed integer or uint8 dtype"):
            permutation(None, 3, np.dtype(dtype))
