"""max_pool1d, max_pool2d, max_pool3d: values, places, ties, nan, gradients."""

from itertools import product

import numpy as np
import pytest

import rushlight
from rushlight.nn import functional as F
from tests.battery import Error, Op, battery

NAN, INF = float("nan"), float("inf")


def each(value, dims):
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * dims


def windows(size, kernel, stride, padding, dilation, ceil_mode):
    """For each dimension the places that each window meets."""
    found = []
    for n, k, s, p, d in zip(size, kernel, stride, padding, dilation):
        reach = n + 2 * p - d * (k - 1) - 1
        count = (-(-reach // s) if ceil_mode else reach // s) + 1
        if ceil_mode and (count - 1) * s >= n + p:
            count -= 1
        starts = [i * s - p for i in range(count)]
        found.append(
            [[a + j * d for j in range(k) if 0 <= a + j * d < n] for a in starts]
        )
    return found


def pooled(dims):
    def reference(
        x,
        kernel_size,
        stride=None,
        padding=0,
        dilation=1,
        ceil_mode=False,
        return_indices=False,
    ):
        kernel = each(kernel_size, dims)
        stride = each(stride, dims) if stride else kernel
        size = x.shape[x.ndim - dims :]
        places = windows(
            size, kernel, stride, each(padding, dims), each(dilation, dims), ceil_mode
        )
        lead = x.shape[: x.ndim - dims]
        values = np.zeros((*lead, *map(len, places)))
        winners = np.zeros(values.shape, np.int64)
        for cell in product(*(range(len(p)) for p in places)):
            inside = list(product(*(p[i] for p, i in zip(places, cell))))
            flat = np.array([np.ravel_multi_index(i, size) for i in inside])
            part = x.reshape(*lead, int(np.prod(size)))[..., flat]
            values[(..., *cell)] = part.max(-1)
            winners[(..., *cell)] = flat[part.argmax(-1)]
        return (values, winners) if return_indices else values

    return reference


def lines(make):
    return [
        (make(2, 3, 8), 2),
        (make(2, 3, 9), 3, 2, 1),
        (make(3, 9), 2, 3, 1, 2, True, True),
        (make(0, 2, 6), 2),
    ]


def pictures(make):
    return [
        (make(2, 3, 8, 6), 2),
        (make(2, 3, 8, 6), 2, {"return_indices": True}),
        (make(2, 2, 7, 9), 3, 2, 1, {"return_indices": True}),
        (make(3, 6, 7), (2, 3), (1, 2), (1, 0), 1, True, True),
        (make(1, 2, 7, 7), 2, 2, 0, 3),
        (make(1, 2, 6, 6), 3, 1, {"ceil_mode": True}),
        (make(1, 1, 5, 5), 5),
    ]


def volumes(make):
    return [
        (make(2, 2, 4, 4, 6), 2),
        (make(2, 4, 5, 4), (2, 3, 2), 2, (1, 1, 0), 1, True, True),
    ]


x = rushlight.ones(2, 3, 6, 6)
ERRORS = [
    Error((x, 2, 2, 2), RuntimeError, "at most half of the kernel"),
    Error((x, 2, 2, -1), RuntimeError, "not negative"),
    Error((x, 0), RuntimeError, "greater than zero"),
    Error((x, 2, 0), RuntimeError, "greater than zero"),
    Error((x, 2, 2, 0, 0), RuntimeError, "dilation greater than zero"),
    Error((x, 7), RuntimeError, "output size is too small"),
    Error((x[0, 0], 2), RuntimeError, "3D or 4D (batch mode)"),
    Error((x[:, :0], 2), RuntimeError, "non-empty"),
    Error((x, (2, 2, 2)), RuntimeError, "a tuple of 2"),
    Error((x, 2.0), TypeError, "an int or a tuple of ints, got 2.0"),
    Error((x > 0, 2), NotImplementedError, "bool"),
    Error(([1], 2), TypeError, "argument 'input' to be a Tensor, got list"),
]
TYPES = ("float64", "float32", "float16", "bfloat16", "int64", "uint8")
OPS = [
    Op("nn.functional.max_pool1d", lines, pooled(1), dtypes=TYPES),
    Op("nn.functional.max_pool2d", pictures, pooled(2), dtypes=TYPES, errors=ERRORS),
    Op("nn.functional.max_pool3d", volumes, pooled(3)),
]
globals().update(battery(OPS))

# What PyTorch gives: picture, options, values, places.
PARTICULAR = [
    ([[1, NAN], [NAN, 2]], {}, [[NAN]], [[2]]),
    ([[NAN, 1], [3, 2]], {}, [[NAN]], [[0]]),
    ([[1, 3], [3, 3]], {}, [[3]], [[1]]),
    ([[2, 1], [2, 1]], {}, [[2]], [[0]]),
    ([[-INF, -INF], [-INF, -INF]], {}, [[-INF]], [[0]]),
    ([[-INF, -INF], [-INF, -INF]], {"padding": 1}, [[-INF] * 2] * 2, [[0, 1], [2, 3]]),
    ([[1, NAN, 0], [0, 0, 0]], {"stride": 1}, [[NAN, NAN]], [[1, 1]]),
]


@pytest.mark.parametrize("dtype", [rushlight.float32, rushlight.float64])
@pytest.mark.parametrize("picture, options, values, places", PARTICULAR)
def test_ties_nan_and_infinity(picture, options, values, places, dtype):
    picture = rushlight.tensor([picture], dtype=dtype)
    found, where = F.max_pool2d(picture, 2, return_indices=True, **options)
    np.testing.assert_array_equal(found.numpy()[0], values)
    assert where.tolist() == [places]


@pytest.mark.parametrize("options", [{}, {"stride": 1}, {"stride": 2, "padding": 1}])
@pytest.mark.parametrize("dtype", [rushlight.float32, rushlight.float64])
def test_the_gradient_goes_to_the_first_of_equals(options, dtype):
    rng = np.random.default_rng(0)
    values = np.maximum(rng.integers(-3, 3, (2, 2, 6, 8)), 0)
    x = rushlight.tensor(values, dtype=dtype, requires_grad=True)
    found, places = F.max_pool2d(x, 2, return_indices=True, **options)
    g = rushlight.tensor(rng.normal(size=tuple(found.shape)), dtype=dtype)
    found.backward(g)
    wanted = np.zeros((4, 48))
    for row, where, part in zip(
        wanted, places.reshape(4, -1).numpy(), g.reshape(4, -1)
    ):
        np.add.at(row, where, part.numpy())
    np.testing.assert_allclose(x.grad.numpy().reshape(4, 48), wanted, rtol=1e-6)


def test_large_batches_are_shared_among_threads():
    x = rushlight.randn(40, 16, 24, 24, requires_grad=True)
    y = F.max_pool2d(x, 2)
    wanted = x.detach().numpy().reshape(40, 16, 12, 2, 12, 2).max((3, 5))
    np.testing.assert_array_equal(y.detach().numpy(), wanted)
    y.sum().backward()
    assert float(x.grad.sum()) == y.numel()
    chosen = x.detach().numpy()[x.grad.numpy() == 1]
    np.testing.assert_array_equal(np.sort(chosen), np.sort(wanted.reshape(-1)))


def test_names_and_nodes():
    x = rushlight.randn(1, 1, 4, 4, requires_grad=True)
    assert F.max_pool2d(x, 2).grad_fn.name() == "MaxPool2DWithIndicesBackward0"
    assert F.max_pool1d(x[0], 2).grad_fn.name() == "SqueezeBackward1"
    cube = x.unsqueeze(2)
    assert F.max_pool3d(cube, 1).grad_fn.name() == "MaxPool3DWithIndicesBackward0"
    values, places = F.max_pool2d_with_indices(x, 2)
    assert places.dtype == rushlight.int64 and not places.requires_grad
    assert F.max_pool2d(x, 2, stride=[]).shape == values.shape
    assert rushlight.max_pool2d is F.max_pool2d
