"""Adaptive pooling: means and largest elements of a given number of parts."""

from itertools import product

import numpy as np
import pytest

import rushlight
from rushlight.nn import functional as F
from tests.battery import Error, Op, battery


def parts(n, count):
    return [(i * n // count, -(-(i + 1) * n // count)) for i in range(count)]


def of_parts(dims, function):
    def reference(x, output_size, **options):
        size = x.shape[x.ndim - dims :]
        if not isinstance(output_size, tuple):
            output_size = (output_size,) * dims
        wanted = [n if o is None else o for n, o in zip(size, output_size)]
        cuts = [parts(n, o) for n, o in zip(size, wanted)]
        lead = x.shape[: x.ndim - dims]
        y = np.zeros((*lead, *wanted))
        for cell in product(*map(range, wanted)):
            ends = [slice(*cut[i]) for cut, i in zip(cuts, cell)]
            y[(..., *cell)] = function(x[(..., *ends)], tuple(range(len(lead), x.ndim)))
        return y

    return reference


def lines(make):
    return [(make(2, 3, 8), 4), (make(3, 7), 3), (make(2, 2, 3), 5), (make(1, 2, 6), 1)]


def pictures(make):
    return [
        (make(2, 3, 6, 8), (3, 4)),
        (make(2, 3, 5, 7), 3),
        (make(3, 5, 7), (None, 2)),
        (make(2, 3, 4, 5), (6, 1)),
        (make(2, 3, 4, 5), 1),
        (make(2, 3, 4, 5), 0),
        (make(0, 3, 4, 5), 2),
    ]


def volumes(make):
    return [(make(1, 2, 3, 5, 4), (2, 3, 4)), (make(2, 4, 3, 5), (1, None, 2))]


x = rushlight.ones(2, 3, 6, 6)
ERRORS = [
    Error((x, -1), RuntimeError, "not negative"),
    Error((x, (1, 2, 3)), RuntimeError, "output_size of 2"),
    Error((x[0, 0], 2), RuntimeError, "a 3D or 4D tensor"),
    Error((x[:, :, :0], 2), RuntimeError, "non-empty planes"),
    Error((x.long(), 2), NotImplementedError, "'Long'"),
    Error(([1], 2), TypeError, "argument 'input' to be a Tensor"),
]
OPS = []
for _dims, _samples in ((1, lines), (2, pictures), (3, volumes)):
    OPS.append(
        Op(
            f"nn.functional.adaptive_avg_pool{_dims}d",
            _samples,
            of_parts(_dims, np.mean),
            errors=ERRORS if _dims == 2 else [],
        )
    )
    OPS.append(
        Op(
            f"nn.functional.adaptive_max_pool{_dims}d",
            _samples,
            of_parts(_dims, np.max),
            errors=ERRORS if _dims == 2 else [],
        )
    )
globals().update(battery(OPS))


@pytest.mark.parametrize("size", [(3, 4), (4, 3), (1, 1)])
def test_places_are_where_the_largest_are(size):
    x = rushlight.randn(2, 3, 5, 6)
    found, places = F.adaptive_max_pool2d(x, size, return_indices=True)
    assert places.dtype == rushlight.int64
    flat = x.reshape(2, 3, 30).gather(-1, places.reshape(2, 3, -1))
    assert rushlight.equal(flat.reshape(found.shape), found)
    again = F.adaptive_max_pool2d_with_indices(x, size)
    assert rushlight.equal(again[1], places)


def test_nodes():
    x = rushlight.randn(1, 2, 5, 6, requires_grad=True)
    assert F.adaptive_avg_pool2d(x, 2).grad_fn.name() == "AdaptiveAvgPool2DBackward0"
    assert F.adaptive_avg_pool2d(x, 1).grad_fn.name() == "MeanBackward1"
    assert F.adaptive_max_pool2d(x, 2).grad_fn.name() == "AdaptiveMaxPool2DBackward0"
    assert F.adaptive_avg_pool1d(x[0], 2).grad_fn.name() == "SqueezeBackward1"
