"""group_norm."""

import numpy as np
import pytest

import rushlight
from rushlight.nn import functional as F
from tests.battery import FLOATS, Error, Op, battery, maker


def reference(x, groups, w=None, b=None, eps=1e-5):
    rows = x.reshape(x.shape[0], groups, -1)
    mean, var = rows.mean(2, keepdims=True), rows.var(2, keepdims=True)
    y = ((rows - mean) / np.sqrt(var + eps)).reshape(x.shape)
    shape = [1, -1] + [1] * (x.ndim - 2)
    y = y if w is None else y * w.reshape(shape)
    return y if b is None else y + b.reshape(shape)


def samples(make):
    return [
        (make(3, 6), 2),
        (make(3, 6, 5), 3, make(6), make(6)),
        (make(2, 4, 3, 5), 1, make(4)),
        (make(2, 4, 3, 5), 4, None, make(4), 1e-3),
        (make(2, 6, 2, 3, 2), 2, make(6), make(6)),
    ]


x = rushlight.ones(2, 6, 3)
ERRORS = [
    Error((x, 4), RuntimeError, "divisible by num_groups"),
    Error((x, 2, rushlight.ones(5)), RuntimeError, "weight of shape [6], got [5]"),
    Error((x[0, 0], 1), RuntimeError, "input (N, C, *)"),
    Error((x[:1, :, 0], 6), ValueError, "more than 1 value per channel"),
    Error((x.long(), 2), NotImplementedError, "'Long'"),
    Error((x, 2.5), TypeError, "num_groups"),
]
OPS = [
    Op(
        "nn.functional.group_norm",
        samples,
        reference,
        tolerance=4,
        errors=ERRORS,
        dtypes=FLOATS,
    ),
]
globals().update(battery(OPS))


def test_names():
    x = rushlight.randn(2, 4, 3, requires_grad=True)
    y = F.group_norm(x, 2)
    assert y.grad_fn.name() == "NativeGroupNormBackward0"
    assert rushlight.equal(rushlight.group_norm(x, 2), y)


def test_half_input_takes_single_factors():
    x = maker("float16")(2, 4, 3)
    y = F.group_norm(x, 2, rushlight.ones(4), rushlight.zeros(4))
    assert y.dtype is rushlight.float16
    assert y.float().allclose(F.group_norm(x.float(), 2), atol=5e-3)


def test_one_group_is_layer_norm():
    x = maker("float64")(2, 4, 3)
    assert F.group_norm(x, 1).allclose(F.layer_norm(x, (4, 3)))


def test_empty_batch():
    ones = rushlight.ones(4)
    assert F.group_norm(rushlight.ones(0, 4, 3), 2, ones, ones).shape == (0, 4, 3)


@pytest.mark.parametrize("wanted", [(0,), (1,), (2,), (1, 2)])
def test_only_the_wanted_gradients(wanted):
    make = maker("float64")
    whole = [make(2, 4, 3), make(4), make(4)]
    some = [t.clone() for t in whole]
    for index, (one, other) in enumerate(zip(whole, some, strict=True)):
        one.requires_grad_()
        other.requires_grad_(index in wanted)
    toward = make(2, 4, 3)
    for x, weight, bias in (whole, some):
        F.group_norm(x, 2, weight, bias).backward(toward)
    for index, (one, other) in enumerate(zip(whole, some, strict=True)):
        if index in wanted:
            assert other.grad.allclose(one.grad)
        else:
            assert other.grad is None
