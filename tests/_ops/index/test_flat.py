"""put."""

import numpy as np
import pytest

import rushlight
from tests.battery import Error, Op, battery

ones, tensor = rushlight.ones, rushlight.tensor


def _put(x, index, source, accumulate=False):
    result = np.ascontiguousarray(x).copy()
    if accumulate:
        np.add.at(result.reshape(-1), index.reshape(-1), source.reshape(-1))
    else:
        np.put(result, index, source)
    return result


OPS = [
    Op(
        "Tensor.put",
        samples=lambda make: [
            (make(2, 3), tensor([0, -1]), make(2)),
            (make(2, 3), tensor([[1, 2]]), make(2, 1)),
            (make(2, 3), tensor([1, 1]), make(2), True),
        ],
        reference=_put,
        inplace=True,
        errors=[
            Error((ones(2), tensor([2]), ones(1)), IndexError, "places from -2 to 1"),
            Error((ones(2), tensor([0]), ones(2)), IndexError, "number of elements"),
            Error((ones(2), tensor([0]), tensor([0])), RuntimeError, "the same dtype"),
            Error((ones(2), tensor([0]).int(), ones(1)), RuntimeError, "a long tensor"),
        ],
    ),
]
globals().update(battery(OPS))


def test_unravel_index():
    index = tensor([[0, 5], [23, 7]])
    found = rushlight.unravel_index(index, (2, 3, 4))
    expected = np.unravel_index(index.numpy(), (2, 3, 4))
    assert [c.tolist() for c in found] == [c.tolist() for c in expected]
    with pytest.raises(TypeError, match="an integer dtype"):
        rushlight.unravel_index(ones(1), (2,))
