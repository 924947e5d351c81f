"""repeat, tile, repeat_interleave."""

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, Error, Op, battery

ones = rushlight.ones


def _tiled(x, *repeats):
    return np.tile(x, repeats[0] if isinstance(repeats[0], tuple) else repeats)


OPS = [
    Op(
        "Tensor.repeat",
        samples=lambda make: [
            (make(3), 2),
            (make(3), 2, 2),
            (make(2, 3), (2, 1, 3)),
            (make(2, 3), 0, 1),
            (make(), 2),
            (make(), ()),
        ],
        reference=_tiled,
        dtypes=(*ALL, *COMPLEX),
        errors=[
            Error((ones(2, 2), 2), RuntimeError, "at least 2 repeats"),
            Error((ones(2), -1), RuntimeError, "a negative dimension"),
        ],
    ),
    Op(
        "tile",
        samples=lambda make: [(make(2, 3), (2,)), (make(2), (2, 1, 3))],
        reference=np.tile,
    ),
    Op(
        "repeat_interleave",
        samples=lambda make: [
            (make(2, 3), 2),
            (make(2, 3), 2, 0),
            (make(2, 3), 3, -1),
            (make(2, 3), 0, 1),
            (make(), 2),
            (make(2, 3), rushlight.tensor([1, 2]), 0),
            (make(2, 3), rushlight.tensor([2]), 1),
        ],
        reference=np.repeat,
        meta=False,
        errors=[
            Error((ones(2), -1), RuntimeError, "non-negative"),
            Error((ones(2), rushlight.tensor([1, -1])), RuntimeError, "negative"),
            Error(
                (ones(2), rushlight.tensor([1, 1, 1])), RuntimeError, "the same size"
            ),
            Error((ones(2), ones(2)), NotImplementedError, "an integer dtype"),
            Error((ones(2), 2, 1), IndexError, "repeat_interleave()"),
            Error((ones(2), 2), RuntimeError, "output_size=4", {"output_size": 3}),
        ],
    ),
]
globals().update(battery(OPS))


def test_repeats_alone_give_the_places():
    places = rushlight.repeat_interleave(rushlight.tensor([1, 0, 2]))
    assert places.tolist() == [0, 2, 2]
    assert places.dtype is rushlight.int64


def test_named():
    assert ones(2).repeat(repeats=(2,)).shape == (4,)
    assert rushlight.tile(ones(2), dims=(2,)).shape == (4,)
    with pytest.raises(TypeError, match="unknown arguments"):
        ones(2).repeat(times=2)
