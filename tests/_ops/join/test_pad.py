"""pad with a constant."""

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, Error, Op, battery

ones = rushlight.ones
pad = rushlight.nn.functional.pad


def _padded(x, widths, mode="constant", value=0):
    pairs = [(0, 0)] * x.ndim
    for place in range(len(widths) // 2):
        pairs[x.ndim - 1 - place] = (widths[2 * place], widths[2 * place + 1])
    kept = tuple(
        slice(max(-a, 0), n - max(-b, 0))
        for n, (a, b) in zip(x.shape, pairs, strict=True)
    )
    added = [(max(a, 0), max(b, 0)) for a, b in pairs]
    return np.pad(x[kept], added, constant_values=value or 0)


OPS = [
    Op(
        "nn.functional.pad",
        samples=lambda make: [
            (make(3), (1, 2)),
            (make(2, 3), (1, 0, 0, 2)),
            (make(2, 3), (-1, 2)),
            (make(2, 3), [1, -2, -1, 0]),
            (make(2, 3), (0, 0)),
            (make(2, 3), ()),
            (make(0, 3), (1, 1)),
            (make(2, 3), (1, 1), "constant", 2),
        ],
        reference=_padded,
        dtypes=(*ALL, *COMPLEX),
        errors=[
            Error((ones(2), (1, 2, 3)), RuntimeError, "divisible by 2"),
            Error(
                (ones(2), (1, 1, 1, 1)), RuntimeError, "two times the input dimension"
            ),
            Error((ones(2), (-2, -1)), RuntimeError, "must be non-negative"),
            Error((ones(2), (1, -4)), RuntimeError, "must be non-negative"),
            Error((ones(2), 1), TypeError, "a tuple of ints"),
            Error((ones(2), (1, 1.5)), TypeError, "got 1.5"),
            Error((ones(2), (1, 1), "foo"), NotImplementedError, "padding mode foo"),
            Error((ones(2), (1, 1), "constant", "a"), TypeError, "a number"),
        ],
    ),
]
globals().update(battery(OPS))


def test_the_value_is_cut_to_the_dtype():
    x = rushlight.arange(2)
    assert pad(x, (1, 0), value=3.5).tolist() == [3, 0, 1]
    assert pad(ones(1), (1, 0), value=float("-inf")).tolist() == [float("-inf"), 1]
    with pytest.raises(RuntimeError, match="without overflow"):
        pad(x.byte(), (1, 0), value=300)


def test_name_of_node():
    x = ones(2, requires_grad=True)
    assert pad(x, (1, 1)).grad_fn.name() == "ConstantPadNdBackward0"


def test_constant_pad_nd():
    assert rushlight.constant_pad_nd(ones(1), (1, 0), 5).tolist() == [5, 1]
    with pytest.raises(RuntimeError, match="divisible by 2"):
        rushlight.constant_pad_nd(ones(1), (1,))
