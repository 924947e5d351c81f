"""trace, diag, diag_embed."""

import numpy as np

import rushlight
from tests.battery import ALL, COMPLEX, FLOATS, INTS, Error, Op, battery

ones = rushlight.ones


def _embed(x, offset=0, dim1=-2, dim2=-1):
    size = x.shape[-1] + abs(offset)
    found = np.zeros((*x.shape[:-1], size, size), x.dtype)
    for i in range(x.shape[-1]):
        found[..., i + max(-offset, 0), i + max(offset, 0)] = x[..., i]
    return np.moveaxis(found, (-2, -1), (dim1, dim2))


OPS = [
    Op(
        "trace",
        reference=np.trace,
        samples=lambda make: [
            (make(3, 3),),
            (make(2, 4),),
            (make(4, 2),),
            (make(0, 2),),
        ],
        dtypes=(*FLOATS, *INTS, *COMPLEX),
        errors=[
            Error((ones(3),), RuntimeError, "expected a matrix"),
            Error((ones(2, 2).bool(),), NotImplementedError, "'Bool'"),
        ],
    ),
    Op(
        "diag",
        reference=np.diag,
        samples=lambda make: [
            (make(3),),
            (make(3), -1),
            (make(3, 4),),
            (make(3, 4), 2),
            (make(3, 4), -2),
            (make(0),),
        ],
        dtypes=(*ALL, *COMPLEX),
        out=True,
        errors=[
            Error((ones(2, 2, 2),), RuntimeError, "1D or 2D tensors"),
            Error((ones(()),), RuntimeError, "1D or 2D tensors"),
        ],
    ),
    Op(
        "diag_embed",
        reference=_embed,
        samples=lambda make: [
            (make(3),),
            (make(2, 3), 1),
            (make(2, 3), -2, 0, 1),
            (make(2, 3), 1, 2, 0),
            (make(2, 0),),
        ],
        dtypes=(*ALL, *COMPLEX),
        errors=[
            Error((ones(2), 0, 0, 0), RuntimeError, "cannot be identical"),
            Error((ones(2), 0, 0, 2), IndexError, "diag_embed()"),
            Error((ones(()),), IndexError, "diag_embed()"),
        ],
    ),
]
globals().update(battery(OPS))


def test_diag_copies_and_may_be_empty():
    x = ones(2, 3)
    x.diag().zero_()
    assert x.sum().item() == 6
    x.requires_grad = True
    assert x.diag(5).shape == (0,)
    assert x.diag(5).requires_grad


def test_nodes():
    x = ones(2, 2, requires_grad=True)
    assert x.trace().grad_fn.name() == "TraceBackward0"
    assert x[0].diag().grad_fn.name() == "DiagEmbedBackward0"
