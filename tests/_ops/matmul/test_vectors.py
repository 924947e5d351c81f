"""mv, dot, vdot, inner, outer."""

import numpy as np

import rushlight
from tests.battery import COMPLEX, NUMBERS, Error, Op, battery

ones = rushlight.ones
TYPES = (*NUMBERS, *COMPLEX)

OPS = [
    Op(
        "mv",
        reference=np.matmul,
        samples=lambda make: [(make(4, 3), make(3)), (make(0, 3), make(3))],
        dtypes=TYPES,
        out=True,
        errors=[
            Error((ones(2, 3), ones(4)), RuntimeError, "cannot be multiplied"),
            Error((ones(3), ones(3)), RuntimeError, "'input' to be a matrix"),
            Error((ones(2, 3), ones(3, 1)), RuntimeError, "'vec' to be a vector"),
        ],
    ),
    Op(
        "dot",
        reference=np.dot,
        samples=lambda make: [(make(4), make(4)), (make(0), make(0))],
        dtypes=TYPES,
        out=True,
        errors=[
            Error((ones(3), ones(4)), RuntimeError, "inconsistent tensor size"),
            Error((ones(3, 1), ones(3)), RuntimeError, "a vector (1D)"),
            Error((ones(3), ones(3).double()), RuntimeError, "same dtype"),
            Error((ones(3), 3), TypeError, "'tensor' to be a Tensor"),
            Error((ones(3).bool(), ones(3).bool()), NotImplementedError, "'Bool'"),
        ],
    ),
    Op(
        "vdot",
        reference=np.vdot,
        samples=lambda make: [(make(4), make(4))],
        dtypes=TYPES,
        out=True,
        errors=[Error((ones(3), ones(4)), RuntimeError, "inconsistent tensor size")],
    ),
    Op(
        "inner",
        reference=np.inner,
        samples=lambda make: [
            (make(4), make(4)),
            (make(2, 3), make(4, 3)),
            (make(2, 5, 3), make(3)),
            (make(), make(2, 3)),
            (make(2, 0), make(3, 0)),
        ],
        dtypes=TYPES,
        out=True,
        errors=[Error((ones(2, 3), ones(4)), RuntimeError, "last dimension to match")],
    ),
    Op(
        "outer",
        reference=np.multiply.outer,
        samples=lambda make: [(make(4), make(3)), (make(0), make(3))],
        dtypes=(*TYPES, "bool"),
        out=True,
        errors=[Error((ones(2, 1), ones(2)), RuntimeError, "'input' to be a vector")],
    ),
]
globals().update(battery(OPS))


def test_nodes():
    x = ones(3, requires_grad=True)
    assert x.dot(x).grad_fn.name() == "DotBackward0"
    assert x.vdot(x).grad_fn.name() == "VdotBackward0"
    assert ones(2, 3).mv(x).grad_fn.name() == "MvBackward0"
    assert x.ger(x).grad_fn.name() == "MulBackward0"
