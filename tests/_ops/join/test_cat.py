"""cat and stack."""

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, Error, Op, battery

ones = rushlight.ones
OPS = [
    Op(
        "cat",
        samples=lambda make: [
            ([make(2, 3), make(4, 3)],),
            ((make(2, 3), make(2, 1)), 1),
            ([make(2, 3), make(2, 0), make(2, 3)], -1),
            ([make(3)],),
            ([make(0), make(0)],),
        ],
        reference=lambda xs, dim=0: np.concatenate(xs, dim),
        dtypes=(*ALL, *COMPLEX),
        out=True,
        errors=[
            Error(([],), ValueError, "a non-empty list of Tensors"),
            Error(
                (ones(2),), TypeError, "to be a tuple or list of Tensors, got Tensor"
            ),
            Error(([ones(2), 1],), TypeError, "Tensor as element 1, got int"),
            Error(([ones(2), ones(2, 2)],), RuntimeError, "same number of dimensions"),
            Error(([ones(2, 2), ones(2, 3)],), RuntimeError, "except in dimension 0"),
            Error(([ones(2)], 1), IndexError, "cat()"),
            Error(([rushlight.tensor(1)],), RuntimeError, "zero-dimensional tensor"),
        ],
    ),
    Op(
        "stack",
        samples=lambda make: [
            ([make(2, 3), make(2, 3)],),
            ([make(2, 3), make(2, 3)], 1),
            ([make(2, 3), make(2, 3), make(2, 3)], 2),
            ([make(2, 3), make(2, 3)], -1),
            ([make(), make()],),
            ([make(0, 2)],),
        ],
        reference=lambda xs, dim=0: np.stack(xs, dim),
        dtypes=(*ALL, *COMPLEX),
        out=True,
        errors=[
            Error(([],), RuntimeError, "a non-empty list"),
            Error((ones(2),), TypeError, "Write [x, y]."),
            Error(([ones(2), ones(3)],), RuntimeError, "got [2] at entry 0, [3] at"),
            Error(([ones(2)], 2), IndexError, "in the range [-2, 1], got 2"),
        ],
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize("join", ["cat", "stack"])
@pytest.mark.parametrize(
    "dtypes, result",
    [
        (["float32", "int64"], "float32"),
        (["int64", "bool"], "int64"),
        (["float16", "bfloat16"], "float32"),
        (["uint8", "int8"], "int16"),
        (["complex64", "float64"], "complex128"),
    ],
)
def test_dtypes_are_promoted(join, dtypes, result):
    tensors = [ones(2, dtype=getattr(rushlight, name)) for name in dtypes]
    joined = getattr(rushlight, join)(tensors)
    assert joined.dtype is getattr(rushlight, result)
    assert joined.flatten().tolist() == [1, 1, 1, 1]


def test_empty_vectors_fit_everything():
    x = ones(2, 3, requires_grad=True)
    joined = rushlight.cat([ones(0), x, ones(0, requires_grad=True)])
    assert joined.shape == (2, 3)
    joined.sum().backward()
    assert x.grad.tolist() == ones(2, 3).tolist()


def test_the_result_is_contiguous():
    x = rushlight.arange(6.0).reshape(2, 3).t()
    assert rushlight.cat([x, x]).stride() == (2, 1)
    assert rushlight.cat([x, x], 1).stride() == (4, 1)
    assert rushlight.stack([x, x]).stride() == (6, 2, 1)
    assert rushlight.stack([x, x], 2).stride() == (4, 2, 1)


def test_other_names():
    pair = [ones(1), ones(2)]
    for name in ("cat", "concat", "concatenate"):
        assert getattr(rushlight, name)(pair, axis=0).shape == (3,)
    assert rushlight.cat(iter(pair)).shape == (3,)


def test_out_cannot_hold_floats_as_integers():
    with pytest.raises(RuntimeError, match="can't be cast"):
        rushlight.cat([ones(1)], out=rushlight.empty(1, dtype=rushlight.int64))


def test_only_the_gradients_that_are_wanted():
    x = ones(2, requires_grad=True)
    y = rushlight.cat([x, ones(1), x])
    assert y.grad_fn.name() == "CatBackward0"
    (y * rushlight.arange(5.0)).sum().backward()
    assert x.grad.tolist() == [3, 5]
    assert rushlight.stack([x, ones(2)]).grad_fn.name() == "StackBackward0"


def test_channels_last_is_kept():
    x = ones(2, 3, 4, 5).to(memory_format=rushlight.channels_last)
    joined = rushlight.cat([x, x], 1)
    assert joined.is_contiguous(memory_format=rushlight.channels_last)
    assert rushlight.cat([x, ones(2, 3, 4, 5)], 1).is_contiguous()
