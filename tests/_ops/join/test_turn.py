"""roll, flip, fliplr, flipud, rot90."""

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, Error, Op, battery

ones = rushlight.ones
OPS = [
    Op(
        "roll",
        samples=lambda make: [
            (make(2, 3), 1),
            (make(2, 3), 1, 0),
            (make(2, 3), (1, -2), (0, 1)),
            (make(2, 3), -7, 1),
            (make(2, 3), 3, 1),
            (make(), 1),
            (make(0), 1),
        ],
        reference=np.roll,
        dtypes=(*ALL, *COMPLEX),
        errors=[
            Error((ones(2), 1, (0, 0)), RuntimeError, "shifts: 1, dims: 2"),
            Error((ones(2), (1, 1)), RuntimeError, "must align"),
            Error((ones(2), 1, 1), IndexError, "roll()"),
        ],
    ),
    Op(
        "flip",
        samples=lambda make: [
            (make(2, 3), (0,)),
            (make(2, 3), (0, -1)),
            (make(2, 3), [1]),
            (make(2, 3), ()),
            (make(), ()),
        ],
        reference=lambda x, dims: np.flip(x, tuple(dims)),
        dtypes=(*ALL, *COMPLEX),
        errors=[
            Error((ones(2), 1), IndexError, "flip()"),
            Error((ones(2), 0, 0), RuntimeError, "each dimension once"),
        ],
    ),
    Op(
        "fliplr",
        samples=lambda make: [(make(2, 3),)],
        reference=np.fliplr,
        errors=[Error((ones(2),), RuntimeError, ">= 2-d")],
    ),
    Op(
        "flipud",
        samples=lambda make: [(make(3),), (make(2, 3),)],
        reference=np.flipud,
        errors=[Error((rushlight.tensor(1),), RuntimeError, ">= 1-d")],
    ),
    Op(
        "rot90",
        samples=lambda make: [
            (make(2, 3),),
            (make(2, 3), 2),
            (make(2, 3), -1),
            (make(2, 3), 4),
            (make(2, 3, 4), 1, (2, 0)),
            (make(2, 3, 4), 3, [1, 2]),
        ],
        reference=lambda x, k=1, dims=(0, 1): np.rot90(x, k, dims),
        errors=[
            Error((ones(2),), RuntimeError, "total dims >= 2"),
            Error((ones(2, 2), 1, (0, 0)), RuntimeError, "dims to be different"),
            Error((ones(2, 2), 1, (0,)), RuntimeError, "dims == 2, but got dims = 1"),
        ],
    ),
]
globals().update(battery(OPS))


def test_flipped_tensors_keep_the_order_in_memory():
    x = ones(2, 3)
    assert x.flip(0, 1).stride() == (3, 1)
    assert x.t().flip(dims=(0,)).stride() == (1, 3)
    assert x.rot90().stride() == (1, 3)


@pytest.mark.parametrize(
    "arguments, error, text",
    [
        ((ones(2), ()), RuntimeError, "expected shifts, got none"),
        ((rushlight.tensor(1), 0, 0), IndexError, "roll()"),
    ],
)
def test_roll_refuses(arguments, error, text):
    with pytest.raises(error) as caught:
        rushlight.roll(*arguments)
    assert text in str(caught.value)
