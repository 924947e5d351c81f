"""group_norm."""

import numpy as np

import rushlight
from rushlight.nn import functional as F
from tests.battery import Error, Op, battery


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
    Op("nn.functional.group_norm", samples, reference, tolerance=4, errors=ERRORS,
       dtypes=("float64", "float32", "float16")),
]  # fmt: skip
globals().update(battery(OPS))


def test_names():
    x = rushlight.randn(2, 4, 3, requires_grad=True)
    y = F.group_norm(x, 2)
    assert y.grad_fn.name() == "NativeGroupNormBackward0"
    assert rushlight.equal(rushlight.group_norm(x, 2), y)
