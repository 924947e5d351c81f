"""hstack, vstack, dstack, column_stack."""

import numpy as np
import pytest

import rushlight
from tests.battery import Error, Op, battery


def _samples(make):
    return [
        ([make(3), make(3)],),
        ([make(2, 3), make(2, 3)],),
        ([make(), make()],),
        ((make(2, 3, 1), make(2, 3, 1)),),
    ]


OPS = [
    Op(
        name,
        samples=_samples,
        reference=getattr(np, name),
        out=True,
        errors=[
            Error(([],), RuntimeError, "a non-empty list"),
            Error((rushlight.ones(2),), TypeError, name),
            Error(([1],), TypeError, "Tensor as element 0"),
        ],
    )
    for name in ("hstack", "vstack", "dstack", "column_stack")
]
globals().update(battery(OPS))


def test_mixed_dimensions():
    vector, matrix = rushlight.arange(2), rushlight.ones(2, 2)
    assert rushlight.column_stack([vector, matrix]).tolist() == [[0, 1, 1], [1, 1, 1]]
    assert rushlight.row_stack([vector, matrix]).shape == (3, 2)
    with pytest.raises(RuntimeError, match="same number of dimensions"):
        rushlight.hstack([vector, matrix])
