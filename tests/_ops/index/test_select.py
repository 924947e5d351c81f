"""index_select, take."""

import numpy as np

import rushlight
from tests.battery import ALL, COMPLEX, Error, Op, battery

ones, tensor = rushlight.ones, rushlight.tensor
I = tensor([1, 0, 1])  # noqa: E741 - an index
OPS = [
    Op(
        "index_select",
        samples=lambda make: [
            (make(2, 3), 0, I),
            (make(2, 3), -1, tensor(2)),
            (make(2, 3, 2), 1, I.int()),
            (make(2), 0, rushlight.empty(0, dtype=rushlight.int64)),
        ],
        reference=lambda x, dim, index: np.take(x, index.reshape(-1), dim),
        dtypes=(*ALL, *COMPLEX),
        out=True,
        errors=[
            Error((ones(1), 0, I), IndexError, "index 1 is out of bounds"),
            Error((ones(2), 0, I - 1), RuntimeError, "index -1 is out of bounds"),
            Error((ones(2), 0, I[None]), IndexError, "index to be a vector"),
            Error((ones(2), 0, I.float()), RuntimeError, "int32 or int64"),
            Error((ones(2), 1, I), IndexError, "index_select()"),
        ],
    ),
    Op(
        "take",
        samples=lambda make: [
            (make(2, 3), tensor([0, 5])),
            (make(2, 3), tensor([[0, -1], [-6, 2]])),
            (make(2, 3), tensor(3)),
        ],
        reference=np.take,
        out=True,
        errors=[
            Error((ones(2, 3), tensor([6])), IndexError, "places from -6 to 5"),
            Error((ones(2, 3), tensor([-7])), IndexError, "index -7"),
            Error((ones(2), I.int()), RuntimeError, "a long tensor"),
        ],
    ),
]
globals().update(battery(OPS))


def test_no_dimensions():
    x = tensor(5.0, requires_grad=True)
    y = x.index_select(0, tensor([0]))
    assert (y.shape, y.item()) == ((), 5)
    y.backward()
    assert x.grad.item() == 1
