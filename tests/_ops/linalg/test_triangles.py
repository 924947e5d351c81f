"""tril, triu."""

import numpy as np

import rushlight
from tests.battery import ALL, COMPLEX, Error, Op, battery


def _samples(make):
    return [
        (make(3, 4),),
        (make(3, 4), 1),
        (make(4, 3), -2),
        (make(2, 3, 3),),
        (make(3, 3), 9),
        (make(3, 3), -9),
        (make(0, 3),),
    ]


OPS = [
    Op(
        name,
        reference=reference,
        samples=_samples,
        dtypes=(*ALL, *COMPLEX),
        inplace=True,
        out=True,
        errors=[Error((rushlight.ones(3),), RuntimeError, "at least 2 dimensions")],
    )
    for name, reference in {"tril": np.tril, "triu": np.triu}.items()
]
globals().update(battery(OPS))


def test_nan_outside_does_not_show():
    x = rushlight.full((2, 2), float("nan"))
    x[0, 0] = x[1, 0] = x[1, 1] = 1
    assert x.tril().tolist() == [[1, 0], [1, 1]]


def test_nodes():
    x = rushlight.ones(2, 2, requires_grad=True)
    assert x.tril().grad_fn.name() == "TrilBackward0"
    assert x.triu().grad_fn.name() == "TriuBackward0"
