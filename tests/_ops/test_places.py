"""Elements taken from places along a dimension."""

import numpy as np
import pytest

import rushlight
from rushlight._ops import _places


@pytest.mark.parametrize("shape, dim", [((3, 4), 1), ((3, 4), 0), ((2, 3, 4), -2)])
def test_values_are_taken(shape, dim):
    rng = np.random.default_rng(0)
    x = rng.random(shape)
    places = x.argmax(dim, keepdims=True)
    values, kept = _places.take_places(np, x, places, dim)
    np.testing.assert_array_equal(values, x.max(dim, keepdims=True))
    assert kept is places
    values, kept = _places.take_places(np, x, places, dim, keepdim=False)
    np.testing.assert_array_equal(values, x.max(dim))
    assert kept.shape == values.shape


def test_gradients_go_back_to_their_places():
    g = rushlight.tensor([[1.0, 2.0]])
    places = rushlight.tensor([[2, 0]])
    assert _places.places_grad(g, places, (1, 3), 1).tolist() == [[2, 0, 1]]
    scalar = rushlight.tensor(5.0)
    assert _places.places_grad(scalar, rushlight.tensor(0), (), 0) is scalar


@pytest.mark.parametrize("shape", [(4,), (3, 4), (2, 3, 4), (0, 4), (3, 0)])
def test_elements_of_the_last_dimension(shape):
    x = np.random.default_rng(0).random(shape)
    places = x.argsort(-1)[..., :2]
    want = np.take_along_axis(x, places, -1)
    np.testing.assert_array_equal(_places.take_last(np, x, places), want)
