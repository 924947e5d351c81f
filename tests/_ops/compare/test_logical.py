"""logical_and, logical_or, logical_xor, logical_not."""

import numpy as np

import rushlight
from tests.battery import ALL, COMPLEX, Error, Op, battery


def pairs(make):
    return [(make(3, 4), make(3, 4)), (make(3, 1), make(4)), (make(0, 2), make())]


OPS = [
    Op(
        name,
        reference=getattr(np, name),
        samples=pairs,
        dtypes=(*ALL, *COMPLEX),
        inplace=True,
        out=True,
        errors=[Error((rushlight.ones(1), 1), TypeError, "'other' to be a Tensor")],
    )
    for name in ("logical_and", "logical_or", "logical_xor")
]
OPS.append(
    Op(
        "logical_not",
        reference=np.logical_not,
        samples=lambda make: [(make(3, 4),), (make(),)],
        dtypes=(*ALL, *COMPLEX),
        inplace=True,
        out=True,
    )
)
globals().update(battery(OPS))


def test_dtypes_may_differ_and_the_output_may_have_any():
    x, y = rushlight.tensor([0.0, 0.5]), rushlight.tensor([1, 2])
    assert rushlight.logical_and(x, y).tolist() == [False, True]
    out = rushlight.empty(2, dtype=rushlight.int32)
    assert rushlight.logical_not(x, out=out).tolist() == [1, 0]
    assert x.logical_or_(y).tolist() == [1.0, 1.0]
