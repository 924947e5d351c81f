"""masked_fill, masked_select, masked_scatter."""

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, Error, Op, battery

ones, tensor = rushlight.ones, rushlight.tensor
M = tensor([[True, False, True], [False, False, True]])
ROW = tensor([True, False, True])


def _scattered(x, mask, source):
    shape = np.broadcast_shapes(x.shape, mask.shape)
    result, mask = np.broadcast_to(x, shape).copy(), np.broadcast_to(mask, shape)
    result[mask] = source.reshape(-1)[: mask.sum()]
    return result


def _selected(x, mask):
    shape = np.broadcast_shapes(x.shape, mask.shape)
    return np.broadcast_to(x, shape)[np.broadcast_to(mask, shape)]


NOT_BOOL = (ones(2, 3), ones(2, 3))
OPS = [
    Op(
        "masked_fill",
        samples=lambda make: [
            (make(2, 3), M, 2),
            (make(2, 3), ROW, 1),
            (make(3), M, 0),
            (make(2, 3), M, make()),
            (make(), tensor(True), 1),
        ],
        reference=lambda x, mask, value: np.where(mask, value, x).astype(x.dtype),
        dtypes=(*ALL, *COMPLEX),
        inplace=True,
        errors=[
            Error((*NOT_BOOL, 0), RuntimeError, "a boolean mask"),
            Error((ones(2, 2), M, 0), RuntimeError, "equal or 1"),
            Error((ones(2, 3), M, ones(1)), RuntimeError, "0-dimensional value"),
            Error((ones(2, 3), M, "a"), TypeError, "a number"),
            Error((ones(2, 3), M, 1j), RuntimeError, "without overflow"),
            Error((ones(2, 3).half(), M, -1e9), RuntimeError, "without overflow"),
            Error((ones(2, 3).long(), M, float("inf")), RuntimeError, "overflow"),
            Error((ones(2, 3), [True], 0), TypeError, "'mask' to be a Tensor"),
        ],
    ),
    Op(
        "masked_select",
        samples=lambda make: [
            (make(2, 3), M),
            (make(2, 3), ROW),
            (make(3), M),
            (make(2, 3), tensor(False)),
        ],
        reference=_selected,
        dtypes=(*ALL, *COMPLEX),
        out=True,
        meta=False,
        errors=[Error(NOT_BOOL, RuntimeError, "a boolean mask")],
    ),
    Op(
        "masked_scatter",
        samples=lambda make: [
            (make(2, 3), M, make(3)),
            (make(2, 3), M, make(2, 3)),
            (make(3), M, make(4)),
            (make(2, 3), ROW, make(4)),
        ],
        reference=_scattered,
        inplace=True,
        errors=[
            Error((*NOT_BOOL, ones(6)), RuntimeError, "a boolean mask"),
            Error((ones(2, 3), M, ones(2)), RuntimeError, "at least 3 elements"),
            Error((ones(2, 3), M, tensor([1, 2, 3])), RuntimeError, "same dtypes"),
        ],
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize(
    "write, name",
    [
        (lambda x: x.masked_fill(M, 1), "MaskedFillBackward0"),
        (lambda x: x.masked_fill_(M, 1), "MaskedFillBackward0"),
        (lambda x: x.masked_fill(M, tensor(1.0)), "MaskedFillBackward1"),
        (lambda x: x.masked_select(M), "MaskedSelectBackward0"),
        (lambda x: x.masked_scatter_(M, ones(3)), "MaskedScatterBackward0"),
    ],
)
def test_names_of_nodes(write, name):
    x = ones(2, 3, requires_grad=True) * 1
    assert write(x).grad_fn.name() == name


def test_values_are_cut_to_the_dtype():
    x = rushlight.arange(3)
    assert x.masked_fill(ROW, 7.5).tolist() == [7, 1, 7]
    assert x.masked_fill(ROW, tensor(7.5)).tolist() == [7, 1, 7]
    assert x.half().masked_fill(ROW, float("-inf")).tolist() == [-np.inf, 1, -np.inf]


def test_in_place_the_mask_cannot_enlarge():
    with pytest.raises(RuntimeError, match="cannot enlarge"):
        ones(3).masked_fill_(M, 0)


def test_meta_has_no_elements_to_select():
    with pytest.raises(NotImplementedError, match="depends on its values"):
        ones(2, 3, device="meta").masked_select(M.to("meta"))
