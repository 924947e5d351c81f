"""avg_pool1d, avg_pool2d, avg_pool3d and lp_pool."""

from itertools import product

import numpy as np

import rushlight
from rushlight.nn import functional as F
from tests.battery import Error, Op, battery


def each(value, dims):
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * dims


def averaged(dims):
    def reference(
        x,
        kernel_size,
        stride=None,
        padding=0,
        ceil_mode=False,
        count_include_pad=True,
        divisor_override=None,
    ):
        kernel, pads = each(kernel_size, dims), each(padding, dims)
        stride = each(stride, dims) if stride else kernel
        size, ranges = x.shape[x.ndim - dims :], []
        for n, k, s, p in zip(size, kernel, stride, pads):
            reach = n + 2 * p - k
            count = (-(-reach // s) if ceil_mode else reach // s) + 1
            if ceil_mode and (count - 1) * s >= n + p:
                count -= 1
            ranges.append(
                [(i * s - p, min(i * s - p + k, n + p)) for i in range(count)]
            )
        lead = x.shape[: x.ndim - dims]
        y = np.zeros((*lead, *map(len, ranges)))
        for cell in product(*(range(len(r)) for r in ranges)):
            ends = [r[i] for r, i in zip(ranges, cell)]
            cut = [slice(max(a, 0), min(b, n)) for (a, b), n in zip(ends, size)]
            part = x[(..., *cut)]
            count = np.prod([b - a for a, b in ends])
            if not count_include_pad:
                count = np.prod([c.stop - c.start for c in cut])
            total = part.sum(tuple(range(len(lead), x.ndim)))
            y[(..., *cell)] = total / (divisor_override or count)
        return y

    return reference


def lines(make):
    return [
        (make(2, 3, 8), 2),
        (make(2, 3, 9), 3, 2, 1, True, False),
        (make(3, 9), 2, {"ceil_mode": True}),
        (make(0, 2, 6), 2),
    ]


def pictures(make):
    return [
        (make(2, 3, 8, 6), 2),
        (make(2, 2, 7, 9), 3, 2, 1),
        (make(2, 2, 7, 9), 3, 2, 1, True, False),
        (make(3, 6, 7), (2, 3), (1, 2), (1, 0), True),
        (make(1, 2, 6, 6), 3, 1, {"divisor_override": 4}),
        (make(1, 2, 6, 6), 2, 2, 1, {"divisor_override": -2}),
    ]


def volumes(make):
    return [
        (make(2, 2, 4, 4, 6), 2),
        (make(2, 4, 5, 4), (2, 3, 2), 2, (1, 1, 0), True, False),
    ]


def normed(dims):
    def reference(x, norm_type, kernel_size, stride=None, ceil_mode=False):
        mean = averaged(dims)(x**norm_type, kernel_size, stride, 0, ceil_mode)
        count = np.prod(each(kernel_size, dims))
        return (mean * count) ** (1 / norm_type)

    return reference


x = rushlight.ones(2, 3, 6, 6)
ERRORS = [
    Error((x, 2, 2, 2), RuntimeError, "at most half of the kernel"),
    Error((x, 7), RuntimeError, "output size is too small"),
    Error((x, 2, 2, 0, False, True, 0), RuntimeError, "other than zero"),
    Error((x[0, 0], 2), RuntimeError, "3D or 4D (batch mode)"),
    Error((x, (2, 2, 2)), RuntimeError, "a tuple of 2"),
]
TYPES = ("float64", "float32", "float16", "bfloat16")
OPS = [
    Op("nn.functional.avg_pool1d", lines, averaged(1), dtypes=TYPES),
    Op("nn.functional.avg_pool2d", pictures, averaged(2), dtypes=TYPES, errors=ERRORS),
    Op("nn.functional.avg_pool3d", volumes, averaged(3)),
    Op(
        "nn.functional.lp_pool1d",
        lambda make: [(make(2, 3, 8, low=0.1), 2.0, 3, 2)],
        normed(1),
    ),
    Op(
        "nn.functional.lp_pool2d",
        lambda make: [
            (make(2, 3, 8, 7, low=0.1), 2.0, 2),
            (make(3, 8, 7, low=0.1), 3.0, (2, 3), 2),
        ],
        normed(2),
    ),
    Op(
        "nn.functional.lp_pool3d",
        lambda make: [(make(2, 3, 4, 5, 4, low=0.1), 2.0, 2)],
        normed(3),
    ),
]
globals().update(battery(OPS))


def test_integers_are_averaged_and_cut():
    x = rushlight.tensor([[[1, 2], [2, 2]]])
    assert F.avg_pool2d(x, 2).tolist() == [[[1]]]


def test_large_batches_are_shared_among_threads():
    x = rushlight.randn(40, 16, 24, 24, requires_grad=True)
    y = F.avg_pool2d(x, 2)
    wanted = x.detach().numpy().reshape(40, 16, 12, 2, 12, 2).mean((3, 5))
    np.testing.assert_allclose(y.detach().numpy(), wanted, rtol=1e-4, atol=1e-6)
    y.sum().backward()
    assert (x.grad.numpy() == 0.25).all()
    assert y.grad_fn.name() == "AvgPool2DBackward0"
