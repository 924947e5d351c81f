"""nonzero, argwhere."""

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, Op, battery

OPS = [
    Op(
        name,
        samples=lambda make: [
            (make(2, 3, low=-1, high=1).round(),),
            (make(4, low=0, high=1).round(),),
            (make(0, 2),),
        ],
        reference=np.argwhere,
        dtypes=("float64", "float32", "int64"),
        grad=False,
        meta=False,
        out=name == "nonzero",
    )
    for name in ("nonzero", "argwhere")
]
globals().update(battery(OPS))


@pytest.mark.parametrize("dtype", (*ALL, *COMPLEX))
def test_dtypes(dtype):
    x = rushlight.tensor([0, 1, 0, 1], dtype=getattr(rushlight, dtype))
    assert x.nonzero().tolist() == [[1], [3]]


def test_as_tuple():
    x = rushlight.tensor([[0, 1], [2, 0]])
    rows, columns = x.nonzero(as_tuple=True)
    assert (rows.tolist(), columns.tolist()) == ([0, 1], [1, 0])
    assert x[rows, columns].tolist() == [1, 2]
    assert x.nonzero().stride() == (1, 2)


def test_no_dimensions():
    assert rushlight.tensor(3).nonzero().shape == (1, 0)
    assert rushlight.tensor(0).nonzero().shape == (0, 0)
    assert rushlight.nonzero(rushlight.tensor(3), as_tuple=True)[0].tolist() == [0]


def test_meta():
    with pytest.raises(NotImplementedError, match="depends on its values"):
        rushlight.ones(2, device="meta").nonzero()


def test_static():
    x = rushlight.tensor([[0, 1], [2, 0]])
    assert rushlight.nonzero_static(x, size=1).tolist() == [[0, 1]]
    assert x.nonzero_static(size=3, fill_value=9).tolist() == [[0, 1], [1, 0], [9, 9]]
    with pytest.raises(RuntimeError, match="non-negative, got -1"):
        x.nonzero_static(size=-1)
