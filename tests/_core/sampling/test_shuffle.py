"""Shuffles: three ways that agree."""

import numpy as np
import pytest

from rushlight._core.generator import Generator
from rushlight._core.sampling.shuffle import (
    _stable_order,
    shuffle_inside_out,
    shuffle_long,
    shuffle_short,
)


@pytest.mark.parametrize("n", [1, 2, 3, 7, 100, 1000, 70_000])
@pytest.mark.parametrize("seed", [0, 1])
def test_sorting_shuffles_as_swapping_does(n, seed):
    random = np.random.RandomState(seed)
    offsets = random.randint(0, 2**31, n - 1) % np.arange(n, 1, -1)
    assert np.array_equal(shuffle_long(n, offsets), shuffle_short(n, offsets))


@pytest.mark.parametrize("offset", ["zero", "last"])
def test_sorting_shuffles_extremes(offset):
    n = 500
    offsets = np.zeros(n - 1, int) if offset == "zero" else np.arange(n - 1, 0, -1)
    assert np.array_equal(shuffle_long(n, offsets), shuffle_short(n, offsets))


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
    found = shuffle_inside_out(Generator().manual_seed(0), 1000)
    assert found.tolist() == wanted
