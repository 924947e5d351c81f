"""Half precision and fast sums."""

import ml_dtypes
import numpy as np
import pytest

from rushlight._ops import _arrays

SHAPES = [
    (5,),
    (70_000,),
    (2050, 40),
    (40, 2050),
    (20_000, 3),
    (3, 20_000),
    (7, 3000, 5),
    (4, 5, 1030, 6),
    (1500, 4, 4),
    (2, 3, 64, 64),
]


def _subsets(rank):
    everything = range(2**rank)
    return [tuple(d for d in range(rank) if bits >> d & 1) for bits in everything]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_sums_over_every_choice_of_dims(shape, dtype):
    x = np.random.default_rng(0).random(shape).astype(dtype)
    for dims in [None, 0, -1, *_subsets(len(shape))]:
        for keepdim in (False, True):
            found = _arrays.add_reduce(np, x, dims, keepdim)
            want = x.sum(dims, "f8", keepdims=keepdim)
            assert found.shape == want.shape
            assert found.dtype == dtype
            np.testing.assert_allclose(
                found, want, rtol=2e-6 if dtype == "f4" else 1e-13
            )


@pytest.mark.parametrize("dims", [3, -4, (0, 0), (0, 3)])
def test_dims_that_do_not_fit_are_left_to_numpy(dims):
    with pytest.raises((IndexError, ValueError)):
        _arrays.add_reduce(np, np.ones((30, 30, 30), "f4"), dims)


@pytest.mark.parametrize(
    "layout",
    [
        lambda x: x.T,
        lambda x: x[::2, 1:],
        lambda x: x[::-1],
        lambda x: np.broadcast_to(x[:1], x.shape),
        lambda x: np.broadcast_to(x[0, 0], (300, 400)),
        lambda x: x.reshape(100, 30, 40).transpose(2, 0, 1),
    ],
)
def test_sums_of_every_layout(layout):
    x = layout(np.random.default_rng(0).random((300, 400)))
    for dim in (None, 0, -1, (0, 1)):
        np.testing.assert_allclose(_arrays.add_reduce(np, x, dim), x.sum(dim))


def test_infinities_and_nan_are_summed():
    x = np.ones((20_000, 3), "f4")
    x[5, 0], x[7, 1] = np.inf, np.nan
    np.testing.assert_array_equal(
        _arrays.add_reduce(np, x, 0), [np.inf, np.nan, 20_000]
    )


@pytest.mark.parametrize(
    "dtype, half",
    [("f2", True), (ml_dtypes.bfloat16, True), ("f4", False), ("i2", False)],
)
def test_half_precision_is_widened(dtype, half):
    x = np.ones(2, dtype)
    assert _arrays.is_half(x) is half
    wide = _arrays.wide(x)
    assert wide.dtype == np.float32 if half else wide is x


def test_first_integers():
    assert _arrays.first_integers(3).tolist() == [0, 1, 2]
    assert _arrays.first_integers(5000)[-1] == 4999
