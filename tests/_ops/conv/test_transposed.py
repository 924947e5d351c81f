"""conv_transpose1d, conv_transpose2d, conv_transpose3d against writing windows."""

from itertools import product

import numpy as np

import rushlight
from rushlight.nn import functional as F
from tests.battery import Error, Op, battery


def each(value, dims):
    return value if isinstance(value, tuple) else (value,) * dims


def reference(
    x, w, b=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1
):
    """Every element of the input writes a window, scaled by the weight."""
    dims = w.ndim - 2
    if x.ndim == dims + 1:
        args = stride, padding, output_padding, groups, dilation
        return reference(x[None], w, b, *args)[0]
    stride, pads, dilation = (each(v, dims) for v in (stride, padding, dilation))
    extra, kernel = each(output_padding, dims), w.shape[2:]
    whole = [
        (n - 1) * s + d * (k - 1) + 1 + e
        for n, s, d, k, e in zip(x.shape[2:], stride, dilation, kernel, extra)
    ]
    outputs = w.shape[1]
    y = np.zeros((x.shape[0], outputs * groups, *whole))
    inputs = w.shape[0] // groups
    for tap in product(*map(range, kernel)):
        ends = tuple(
            slice(t * d, t * d + (n - 1) * s + 1, s)
            for t, d, n, s in zip(tap, dilation, x.shape[2:], stride)
        )
        for group in range(groups):
            source = x[:, group * inputs : (group + 1) * inputs]
            rows = slice(group * inputs, (group + 1) * inputs)
            weight = w[(rows, slice(None), *tap)]
            mine = slice(group * outputs, (group + 1) * outputs)
            y[(slice(None), mine, *ends)] += np.einsum(
                "io,ni...->no...", weight, source
            )
    y = y[(..., *(slice(p, n - p) for p, n in zip(pads, whole)))]
    return y if b is None else y + b.reshape(-1, *[1] * dims)


def lines(make):
    return [
        (make(2, 3, 5), make(3, 4, 3)),
        (make(2, 4, 4), make(4, 3, 3), make(6), 2, 1, 1, 2),
        (make(3, 4), make(3, 2, 2), make(2), {"stride": 3, "output_padding": 2}),
        (make(1, 2, 4), make(2, 2, 3), {"dilation": 3, "output_padding": 2}),
        (make(0, 2, 4), make(2, 2, 3)),
    ]


def pictures(make):
    return [
        (make(2, 3, 3, 4), make(3, 4, 3, 2)),
        (make(2, 2, 4, 3), make(2, 3, 4, 4), make(3), 2, 1),
        (make(1, 4, 3, 3), make(4, 1, 2, 3), make(4), {"groups": 4, "padding": (0, 1)}),
        (make(2, 4, 2, 3), make(4, 2, 2, 3), None, (1, 2), (1, 0), (0, 1), 2, (2, 1)),
        (make(3, 3, 2), make(3, 2, 1, 1), make(2)),
        (make(0, 2, 3, 3), make(2, 3, 2, 2), make(3)),
    ]


def volumes(make):
    return [
        (make(2, 2, 3, 2, 3), make(2, 3, 2, 2, 3), make(3)),
        (make(1, 2, 2, 3, 2), make(2, 2, 3, 1, 2), None, (2, 1, 1), (1, 0, 0), 0, 2),
    ]


x, w = rushlight.ones(2, 4, 6, 6), rushlight.ones(4, 3, 3, 3)
ERRORS = [
    Error((x, w, None, 2, 0, 2), RuntimeError, "output_padding smaller than stride"),
    Error((x, w, None, 1, 0, -1), RuntimeError, "negative output_padding"),
    Error((x, w[:3]), RuntimeError, "expected input of 3 channels"),
    Error((x, w, None, 1, 0, 0, 3), RuntimeError, "divisible by groups=3"),
    Error((x, w, rushlight.ones(2)), RuntimeError, "with 3 elements"),
    Error(
        (x[..., :1, :1], w, None, 1, 2), RuntimeError, "positive sizes, got [-1, -1]"
    ),
    Error((x, w, None, 1, "same"), TypeError, "an int or a tuple of ints, got 'same'"),
]
OPS = [
    Op("nn.functional.conv_transpose1d", lines, reference, tolerance=10),
    Op("nn.functional.conv_transpose2d", pictures, reference, tolerance=10,
       dtypes=("float64", "float32", "float16"), errors=ERRORS),
    Op("nn.functional.conv_transpose3d", volumes, reference, tolerance=10),
]  # fmt: skip
globals().update(battery(OPS))


def test_it_is_the_transpose_of_the_convolution():
    w = rushlight.randn(4, 3, 3, 3, dtype=rushlight.float64)
    x = rushlight.randn(2, 3, 8, 8, dtype=rushlight.float64)
    y = rushlight.randn(2, 4, 4, 4, dtype=rushlight.float64)
    options = {"stride": 2, "padding": 1}
    forth = (F.conv2d(x, w, **options) * y).sum()
    back = (F.conv_transpose2d(y, w, output_padding=1, **options) * x).sum()
    assert abs(float(forth - back)) < 1e-10
