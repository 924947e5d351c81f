"""The settings of printing."""

import pytest

from rushlight._core.printing.options import (
    get_printoptions,
    printoptions,
    set_printoptions,
)

DEFAULT = {
    "precision": 4,
    "threshold": 1000,
    "edgeitems": 3,
    "linewidth": 80,
    "sci_mode": None,
}


@pytest.fixture(autouse=True)
def put_back():
    yield
    set_printoptions(profile="default")


@pytest.mark.parametrize(
    "settings, changed",
    [
        ({}, {}),
        ({"precision": 2}, {"precision": 2}),
        ({"profile": "short"}, {"precision": 2, "edgeitems": 2}),
        ({"profile": "full"}, {"threshold": float("inf")}),
        ({"profile": "short", "precision": 7}, {"precision": 7, "edgeitems": 2}),
        ({"sci_mode": True, "linewidth": 9}, {"sci_mode": True, "linewidth": 9}),
        ({"profile": "unheard of"}, {}),
    ],
)
def test_what_is_set(settings, changed):
    set_printoptions(**settings)
    assert get_printoptions() == DEFAULT | changed


def test_settings_stay_but_sci_mode_goes_back():
    set_printoptions(precision=6, sci_mode=False)
    set_printoptions(linewidth=100)
    assert get_printoptions() == DEFAULT | {"precision": 6, "linewidth": 100}


def test_a_block_puts_settings_back_even_after_an_error():
    set_printoptions(precision=5, sci_mode=True)
    before = get_printoptions()
    with pytest.raises(KeyError), printoptions(profile="short"):
        assert get_printoptions()["edgeitems"] == 2
        raise KeyError
    assert get_printoptions() == before
