"""tensor_split, hsplit, vsplit, dsplit."""

import numpy as np
import pytest

import rushlight
from tests.battery import Error, Op, battery

OPS = [
    Op(
        "tensor_split",
        samples=lambda make: [
            (make(5), 3),
            (make(2, 5), 7, 1),
            (make(2, 5), (1, 3), 1),
            (make(5), [2, 9]),
            (make(5), [-1]),
        ],
        reference=lambda x, where, dim=0: np.array_split(x, where, dim),
        errors=[
            Error((rushlight.ones(2), 0), RuntimeError, "larger than 0"),
            Error((rushlight.tensor(1), 1), RuntimeError, "0 dims"),
            Error((rushlight.ones(2),), TypeError, "indices_or_sections"),
        ],
    ),
    Op(
        "hsplit",
        samples=lambda make: [(make(4), 2), (make(2, 4), 2), (make(2, 4), [1, 3])],
        reference=np.hsplit,
        errors=[
            Error(
                (rushlight.ones(2, 3), 2), RuntimeError, "not divisible by the split"
            ),
            Error((rushlight.tensor(1), 2), RuntimeError, "at least 1 dimension"),
        ],
    ),
    Op(
        "vsplit",
        samples=lambda make: [(make(4, 2), 2), (make(4, 2), [1])],
        reference=np.vsplit,
        errors=[Error((rushlight.ones(2), 2), RuntimeError, "at least 2 dimension")],
    ),
    Op(
        "dsplit",
        samples=lambda make: [(make(1, 2, 4), 2)],
        reference=np.dsplit,
        errors=[Error((rushlight.ones(2, 2), 2), RuntimeError, "at least 3 dimension")],
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize(
    "named",
    [
        {"sections": 2},
        {"indices": (1,)},
        {"tensor_indices_or_sections": rushlight.tensor([1])},
        {"indices_or_sections": rushlight.tensor(2)},
    ],
)
def test_names_of_arguments(named):
    parts = rushlight.tensor_split(rushlight.ones(2), **named)
    assert [len(part) for part in parts] == [1, 1]
