"""Where elements stand."""

import numpy as np
import pytest

from rushlight._core.printing.layout import format_elements, shown_part
from rushlight._core.printing.options import PrintOptions

SHORT = PrintOptions(threshold=5, edgeitems=1, linewidth=20)


@pytest.mark.parametrize(
    "shape, shown",
    [
        ((5,), (5,)),
        ((6,), (2,)),
        ((2, 3), (2, 2)),
        ((3, 2), (2, 2)),
        ((3, 1, 4), (2, 1, 2)),
    ],
)
def test_the_edges_of_each_dim_are_shown(shape, shown):
    array = np.arange(int(np.prod(shape))).reshape(shape)
    part = shown_part(array, SHORT)
    assert part.shape == shown
    assert part.ravel()[[0, -1]].tolist() == [0, array.size - 1]


@pytest.mark.parametrize(
    "array, text",
    [
        (np.array(3), "3"),
        (np.arange(3), "[0, 1, 2]"),
        (np.arange(6), "[0,  ..., 5]"),
        (np.arange(6).reshape(3, 2), "[[0, 1],\n ...,\n [4, 5]]"),
        (np.arange(6).reshape(2, 3), "[[0,  ..., 2],\n [3,  ..., 5]]"),
        (np.arange(4).reshape(2, 1, 2), "[[[0, 1]],\n\n [[2, 3]]]"),
        (
            np.arange(5) * 10**8,
            "[        0,\n 100000000,\n 200000000,\n 300000000,\n 400000000]",
        ),
    ],
)
def test_brackets(array, text):
    shown = shown_part(array, SHORT)
    assert format_elements(shown, array.shape, 0, SHORT) == text


def test_lines_are_indented_as_the_text_begins():
    text = format_elements(np.arange(8), (8,), 7, PrintOptions(linewidth=20))
    assert text == "[0, 1, 2, 3,\n        4, 5, 6, 7]"


def test_no_edges_leave_dots():
    options = PrintOptions(threshold=5, edgeitems=0)
    array = np.arange(6).reshape(2, 3)
    assert format_elements(shown_part(array, options), (2, 3), 0, options) == "[...]"
