"""transpose, permute, t, T, movedim and their like."""

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, Error, Op, battery

_swap_errors = [
    Error((rushlight.ones(2, 3), 0, 2), IndexError, "in the range [-2, 1], got 2"),
    Error((rushlight.tensor(1.0), 0, 1), IndexError, "in the range [-1, 0], got 1"),
]
OPS = [
    Op(
        "transpose",
        samples=lambda make: [
            (make(2, 3, 4), 0, 2),
            (make(2, 3, 4), -1, 1),
            (make(2, 0), 0, 1),
        ],
        reference=np.swapaxes,
        dtypes=(*ALL, *COMPLEX),
        errors=_swap_errors,
    ),
    Op(
        "t",
        samples=lambda make: [(make(2, 3),), (make(2),), (make(),)],
        reference=np.transpose,
        errors=[Error((rushlight.ones(1, 1, 1),), RuntimeError, "<= 2 dimensions")],
    ),
    Op(
        "permute",
        samples=lambda make: [
            (make(2, 3, 4), (2, 0, 1)),
            (make(2, 3, 4), (-1, 0, 1)),
            (make(), ()),
        ],
        reference=np.transpose,
        dtypes=(*ALL, *COMPLEX),
        errors=[
            Error(
                (rushlight.ones(2, 3), (0,)), RuntimeError, "each of the 2 dimensions"
            ),
            Error((rushlight.ones(2, 3), (0, 0)), RuntimeError, "each dimension once"),
            Error((rushlight.ones(2, 3), (0, 2)), IndexError, "permute()"),
        ],
    ),
    Op(
        "movedim",
        samples=lambda make: [
            (make(2, 3, 4), 0, -1),
            (make(2, 3, 4), (0, 1), (2, 0)),
            (make(2, 3, 4), (0, 1, 2), (1, 2, 0)),
        ],
        reference=np.moveaxis,
        errors=[
            Error((rushlight.ones(2, 3), (0, 1), (0,)), RuntimeError, "as many"),
            Error((rushlight.ones(2, 3), (0, 0), (0, 1)), RuntimeError, "once"),
        ],
    ),
    Op(
        "adjoint",
        samples=lambda make: [(make(2, 3, 4),)],
        reference=lambda x: np.conj(np.swapaxes(x, -1, -2)),
        dtypes=("float64", "complex128"),
        errors=[Error((rushlight.ones(2),), RuntimeError, "a matrix or batches")],
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize(
    "view, name, shape",
    [
        (lambda x: x.permute(2, 0, 1), "PermuteBackward0", (4, 2, 3)),
        (lambda x: x.permute(dims=(2, 0, 1)), "PermuteBackward0", (4, 2, 3)),
        (lambda x: x.mT, "TransposeBackward0", (2, 4, 3)),
        (lambda x: x.mH, "TransposeBackward0", (2, 4, 3)),
        (lambda x: x[0].T, "PermuteBackward0", (4, 3)),
        (lambda x: x[0].H, "TransposeBackward0", (4, 3)),
        (lambda x: x[0].t(), "TBackward0", (4, 3)),
        (lambda x: x.swapaxes(axis0=0, axis1=1), "TransposeBackward0", (3, 2, 4)),
        (lambda x: x.swapdims(dim0=0, dim1=1), "TransposeBackward0", (3, 2, 4)),
        (lambda x: x.moveaxis(source=0, destination=1), "PermuteBackward0", (3, 2, 4)),
    ],
)
def test_names_of_nodes(view, name, shape):
    x = rushlight.ones(2, 3, 4, requires_grad=True)
    y = view(x)
    assert (y.grad_fn.name(), tuple(y.shape)) == (name, shape)
    assert y.data_ptr() == x.data_ptr()


def test_refusals_of_properties():
    with pytest.raises(RuntimeError, match="a matrix \\(2-D tensor\\), got a 3-D"):
        rushlight.ones(1, 2, 3).H
    with pytest.raises(RuntimeError, match="got a 1-D tensor"):
        rushlight.ones(3).mT
    with pytest.raises(TypeError, match="no argument 'dim'"):
        rushlight.ones(3).permute(dim=0)


def test_T_of_more_than_two_dimensions_warns(monkeypatch):
    from rushlight._ops.view import order

    monkeypatch.setattr(order, "_warned", [])
    with pytest.warns(UserWarning, match="reverses them all"):
        assert rushlight.ones(2, 3, 4).T.shape == (4, 3, 2)
    assert rushlight.ones(3).T.shape == (3,)
    assert rushlight.tensor(1.0).mT.shape == ()
