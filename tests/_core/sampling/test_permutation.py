"""Permutations: what they hold, and what is refused."""

import ml_dtypes
import numpy as np
import pytest

from rushlight._base.errors import ArgumentRuntimeError, ShapeError, UnsupportedError
from rushlight._core.generator import Generator
from rushlight._core.sampling import permutation

I8 = np.dtype("i8")


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
