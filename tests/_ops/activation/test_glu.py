"""glu."""

import numpy as np

import rushlight
from rushlight.nn import functional as F
from tests.battery import FLOATS, Error, Op, battery


def glu(x, dim=-1):
    value, gate = np.split(x, 2, dim)
    return value / (1 + np.exp(-gate))


OPS = [
    Op(
        "nn.functional.glu",
        reference=glu,
        samples=lambda make: [
            (make(3, 4),),
            (make(4, 3), 0),
            (make(2, 6, 3), 1),
            (make(2, 6, 3), -2),
            (make(0, 4),),
        ],
        dtypes=FLOATS,
        errors=[
            Error((rushlight.ones(3),), RuntimeError, "an even size"),
            Error((rushlight.tensor(1.0),), RuntimeError, "an even size"),
            Error((rushlight.ones(2), 1), IndexError, "dimension in the range"),
            Error((rushlight.tensor([1, 2]),), NotImplementedError, "'Long'"),
        ],
    )
]
globals().update(battery(OPS))


def test_the_node_has_torchs_name():
    x = rushlight.ones(2, requires_grad=True)
    assert F.glu(x).grad_fn.name() == "GluBackward0"
