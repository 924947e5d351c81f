"""isin, one_hot."""

import numpy as np
import pytest

import rushlight
from tests.battery import Error, Op, battery

tensor = rushlight.tensor
OPS = [
    Op(
        "isin",
        samples=lambda make: [
            (make(2, 3).round(), make(4).round()),
            (make(2, 3).round(), 1),
            (1, make(4).round()),
            (make(2, 3).round(), make(2, 2).round(), {"invert": True}),
            (make(3), make(0), {"assume_unique": True}),
        ],
        reference=lambda x, others, invert=False, assume_unique=False: np.isin(
            x, others, invert=invert
        ),
        dtypes=("float64", "float32", "bfloat16", "int64"),
        grad=False,
        out=True,
        errors=[Error(("a", tensor([1])), TypeError, "argument 'elements', got str")],
    ),
    Op(
        "nn.functional.one_hot",
        samples=lambda make: [
            (tensor([0, 2]), 4),
            (tensor([[0], [1]]), 2),
            (tensor(1), 3),
            (rushlight.empty(0, dtype=rushlight.int64), 2),
        ],
        reference=lambda x, count: np.eye(count, dtype=np.int64)[x],
        dtypes=("int64",),
        grad=False,
        errors=[
            Error((tensor([0, 2]), 2), RuntimeError, "smaller than num_classes, got 2"),
            Error((tensor([-1]),), RuntimeError, "non-negative, got -1"),
            Error((tensor([1.0]),), RuntimeError, "of type LongTensor"),
            Error((tensor([1]), 0), RuntimeError, "positive, got 0"),
            Error(
                (rushlight.empty(0).long(),), RuntimeError, "total number of classes"
            ),
        ],
    ),
]
globals().update(battery(OPS))


def test_the_number_of_classes_is_found():
    found = rushlight.nn.functional.one_hot(tensor([0, 2]))
    assert found.tolist() == [[1, 0, 0], [0, 0, 1]]


@pytest.mark.parametrize("value", [2, True, np.int8(2)])
def test_numbers(value):
    assert rushlight.isin(tensor([1, 2]), value).tolist() == [value == 1, value == 2]
