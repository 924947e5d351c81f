"""Drawing categories: frequencies, order, refusals."""

import numpy as np
import pytest

from rushlight._base.errors import ArgumentRuntimeError
from rushlight._core.generator import Generator
from rushlight._core.sampling import multinomial

WEIGHTS = np.float32([1, 2, 3, 4])


def generator(seed=0):
    return Generator().manual_seed(seed)


@pytest.mark.parametrize("replacement", [True, False])
def test_frequencies_follow_the_weights(replacement):
    rows = np.tile(WEIGHTS, (40_000, 1))
    count = 3 if replacement else 1
    found = multinomial(generator(), rows, count, replacement)
    shares = np.bincount(found.ravel(), minlength=4) / found.size
    np.testing.assert_allclose(shares, WEIGHTS / 10, atol=0.006)


def test_without_replacement_no_category_comes_twice():
    found = multinomial(generator(), np.tile(WEIGHTS, (50, 1)), 4)
    assert (np.sort(found, axis=1) == np.arange(4)).all()


def test_a_category_of_no_weight_comes_last_or_never():
    weights = np.float64([0, 1, 0, 2])
    assert set(multinomial(generator(), weights, 100, True)) <= {1, 3}
    assert set(multinomial(generator(), weights, 2)) == {1, 3}


@pytest.mark.parametrize(
    "shape, wanted", [((4,), (2,)), ((3, 4), (3, 2)), ((0, 4), (0, 2))]
)
@pytest.mark.parametrize("replacement", [True, False])
def test_shapes(shape, wanted, replacement):
    found = multinomial(generator(), np.ones(shape), 2, replacement)
    assert found.shape == wanted
    assert found.dtype == np.int64


@pytest.mark.parametrize(
    "weights, count, replacement, words",
    [
        (np.ones((2, 2, 2)), 1, False, "weights of 1 or 2 dimensions, got 3"),
        (np.ones(()), 1, False, "weights of 1 or 2 dimensions, got 0"),
        (np.array([1, 2]), 1, False, "float weights, got int64"),
        (np.ones(4), 5, False, "num_samples <= 4.* got 5. Draw fewer, or pass"),
        (np.ones(4), 0, True, "num_samples > 0, got 0"),
        (np.array([1.0, -1.0]), 1, False, r"finite weights >= 0, got weights in \[-1"),
        (np.array([1.0, np.nan]), 1, True, "finite weights >= 0"),
        (np.array([1.0, np.inf]), 1, True, "finite weights >= 0"),
        (np.zeros(3), 1, True, "a positive weight in every row"),
        (np.array([[1.0, 1], [0, 0]]), 1, False, "a positive weight in every row"),
        (np.ones(2**24 + 1, np.float16), 1, False, "at most 16777216 categories"),
    ],
)
def test_refusals(weights, count, replacement, words):
    with pytest.raises(ArgumentRuntimeError, match=words):
        multinomial(None, weights, count, replacement)
