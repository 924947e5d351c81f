"""select, narrow."""

import numpy as np
import pytest

import rushlight
from tests.battery import Error, Op, battery


def _narrow(x, dim, start, length):
    start = start + x.shape[dim] if start < 0 else start
    return np.take(x, range(start, start + length), dim)


OPS = [
    Op(
        "select",
        samples=lambda make: [
            (make(2, 3, 4), 1, 0),
            (make(2, 3, 4), -1, -1),
            (make(3), 0, 2),
        ],
        reference=lambda x, dim, index: np.take(x, index, dim),
        errors=[
            Error((rushlight.ones(2), 0, 2), IndexError, "index 2 out of range"),
            Error((rushlight.ones(2), 1, 0), IndexError, "select()"),
            Error((rushlight.tensor(1), 0, 0), IndexError, "0-dim tensor"),
        ],
    ),
    Op(
        "narrow",
        samples=lambda make: [
            (make(2, 3, 4), 1, 0, 2),
            (make(2, 3, 4), -1, -2, 2),
            (make(3), 0, 3, 0),
            (make(3), 0, rushlight.tensor(1), 1),
        ],
        reference=lambda x, dim, start, length: _narrow(x, dim, int(start), length),
        meta=False,
        errors=[
            Error(
                (rushlight.ones(3), 0, 2, 2), RuntimeError, "(2) + length (2) exceeds"
            ),
            Error((rushlight.ones(3), 0, 0, -1), RuntimeError, "non-negative"),
            Error((rushlight.ones(3), 0, 4, 0), IndexError, "a start in [-3, 3]"),
            Error((rushlight.tensor(1), 0, 0, 1), RuntimeError, "0-dim tensor"),
        ],
    ),
    Op(
        "narrow_copy",
        samples=lambda make: [(make(2, 3, 4), 1, 0, 2)],
        reference=_narrow,
    ),
]
globals().update(battery(OPS))


def test_names_and_memory():
    x = rushlight.ones(2, 3, requires_grad=True)
    assert x.select(0, 1).grad_fn.name() == "SelectBackward0"
    assert x.narrow(1, 0, 2).grad_fn.name() == "SliceBackward0"
    assert x.narrow(0, 1, 1).storage_offset() == 3
    assert x.narrow_copy(0, 0, 1).data_ptr() != x.data_ptr()


@pytest.mark.parametrize("start", [rushlight.tensor([0]), rushlight.tensor(True)])
def test_start_is_one_integer(start):
    with pytest.raises(RuntimeError, match="a 0-dim integral Tensor"):
        rushlight.ones(3).narrow(0, start, 1)
