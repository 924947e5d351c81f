"""Large products of eager mode: the team's against NumPy's."""

import numpy as np
import pytest

import rushlight
from rushlight._backends.numpy import NUMPY_BACKEND
from rushlight._compiler import products
from rushlight._compiler.products import SHARED, Products, plain
from rushlight.nn import functional

pytest.importorskip("llvmlite")


def _random(*shape):
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype("f")


@pytest.fixture
def team():
    """Products that the team does at once."""
    made = Products()
    made.left = 0
    return made


LAYOUTS = {
    "whole": (_random(64, 784), _random(784, 128)),
    "turned right": (_random(64, 784), _random(128, 784).T),
    "turned left": (_random(300, 784).T, _random(300, 128)),
    "a row": (_random(1, 1000), _random(1000, 500)),
    "a column": (_random(600, 1), _random(1, 700)),
    "every second row": (_random(200, 100)[::2], _random(200, 100)[::2].T),
    "stack": (_random(7, 100, 200), _random(7, 200, 33)),
    "stacks of stacks": (_random(2, 3, 60, 64), _random(2, 3, 64, 60)),
    "heads": (
        _random(2, 64, 4, 32).transpose(0, 2, 1, 3),
        _random(2, 64, 4, 32).transpose(0, 2, 3, 1),
    ),
}


@pytest.mark.parametrize("biased", [False, True])
@pytest.mark.parametrize("name", LAYOUTS)
def test_the_teams_product(name, biased, team):
    x, y = LAYOUTS[name]
    bias = _random(y.shape[-1]) if biased else None
    found = team(x, y, bias)
    assert None not in team.known.values()
    want = x.astype("d") @ y.astype("d") + (bias if biased else 0)
    np.testing.assert_allclose(found, want, rtol=1e-5, atol=2e-4)


def test_a_bias_of_another_shape_is_another_layout(team):
    """The program of a whole bias would read beyond one that is to be broadcast."""
    x, y = LAYOUTS["whole"]
    whole, single = _random(128), np.full(1, 3, "f")
    for bias in (whole, single, whole):
        np.testing.assert_allclose(team(x, y, bias), x @ y + bias, atol=2e-4)
    assert len(team.known) == 2


def test_a_layout_that_blas_cannot_read_stays_with_numpy(team):
    x, y = _random(300, 400)[:, ::2], _random(200, 300)
    np.testing.assert_array_equal(team(x, y), x @ y)
    assert list(team.known.values()) == [None]


def test_the_first_products_are_numpys():
    made, (x, y) = Products(), LAYOUTS["whole"]
    np.testing.assert_array_equal(made(x, y), plain(x, y))
    assert not made.known
    assert made.left == products.ENOUGH - 64 * 784 * 128


def test_results_are_equal_for_any_number_of_threads(team):
    x, y = LAYOUTS["whole"]
    before, found = rushlight.get_num_threads(), []
    try:
        for count in (1, 2, 8):
            rushlight.set_num_threads(count)
            found.append(team(x, y).tobytes())
    finally:
        rushlight.set_num_threads(before)
    assert len(set(found)) == 1


def test_which_operations_ask_for_it(monkeypatch, team):
    asked = []

    def product(x, y, bias=None):
        asked.append((x.shape, y.shape))
        return team(x, y, bias)

    monkeypatch.setattr(NUMPY_BACKEND, "product", product)
    w = rushlight.ones(300, 200, requires_grad=True)
    x = rushlight.ones(4, 100, 200, requires_grad=True)
    functional.linear(x, w, rushlight.ones(300)).sum().backward()
    assert asked == [
        ((400, 200), (200, 300)),
        ((400, 300), (300, 200)),
        ((300, 400), (400, 200)),
    ]
    asked.clear()
    (rushlight.ones(8, 100, 100) @ rushlight.ones(8, 100, 100)).sum()
    assert asked == [((8, 100, 100), (8, 100, 100))]
    asked.clear()
    rushlight.ones(8, 100) @ rushlight.ones(100, SHARED // 800 - 1)
    assert not asked


def test_sizes_that_do_not_fit_are_still_refused(monkeypatch, team):
    monkeypatch.setattr(NUMPY_BACKEND, "product", team)
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        rushlight.ones(100, 300) @ rushlight.ones(200, 300)
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        functional.linear(rushlight.ones(100, 300), rushlight.ones(300, 200))
