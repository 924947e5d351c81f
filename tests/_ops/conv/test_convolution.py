"""conv1d, conv2d, conv3d against a sum over taps; arguments, threads, errors."""

import zlib
from itertools import product

import numpy as np
import pytest

import rushlight
from rushlight.nn import functional as F
from tests.battery import Error, Op, battery


def each(value, dims):
    return value if isinstance(value, tuple) else (value,) * dims


def reference(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    """The sum over the kernel's taps of a product with a shifted picture."""
    dims = w.ndim - 2
    if x.ndim == dims + 1:
        return reference(x[None], w, b, stride, padding, dilation, groups)[0]
    stride, dilation = each(stride, dims), each(dilation, dims)
    kernel = w.shape[2:]
    if padding == "same":
        total = [d * (k - 1) for d, k in zip(dilation, kernel)]
        pads = [(t // 2, t - t // 2) for t in total]
    else:
        pads = [(p, p) for p in each(0 if padding == "valid" else padding, dims)]
    x = np.pad(x, [(0, 0), (0, 0), *pads])
    out = [
        (n - d * (k - 1) - 1) // s + 1
        for n, d, k, s in zip(x.shape[2:], dilation, kernel, stride)
    ]
    y = np.zeros((x.shape[0], w.shape[0], *out))
    inputs, outputs = w.shape[1], w.shape[0] // groups
    for tap in product(*map(range, kernel)):
        ends = [
            slice(t * d, t * d + (o - 1) * s + 1, s)
            for t, d, o, s in zip(tap, dilation, out, stride)
        ]
        part = x[(slice(None), slice(None), *ends)]
        for group in range(groups):
            mine = slice(group * outputs, (group + 1) * outputs)
            weight = w[(mine, slice(None), *tap)]
            source = part[:, group * inputs : (group + 1) * inputs]
            y[:, mine] += np.einsum("oc,nc...->no...", weight, source)
    return y if b is None else y + b.reshape(-1, *[1] * dims)


def lines(make):
    return [
        (make(2, 3, 7), make(4, 3, 3)),
        (make(2, 4, 9), make(6, 2, 2), make(6), 2, 1, 1, 2),
        (make(3, 8), make(2, 3, 3), make(2), {"padding": 2, "dilation": 3}),
        (make(1, 2, 6), make(2, 2, 4), {"padding": "same"}),
        (make(0, 2, 6), make(2, 2, 3)),
    ]


def pictures(make):
    return [
        (make(2, 3, 6, 5), make(4, 3, 3, 2)),
        (make(2, 2, 7, 6), make(4, 2, 3, 3), make(4), 2, 1),
        (make(1, 4, 6, 6), make(4, 1, 3, 3), make(4), {"padding": 1, "groups": 4}),
        (make(2, 4, 5, 7), make(6, 2, 2, 3), None, (1, 2), (1, 0), (2, 1), 2),
        (make(3, 5, 5), make(2, 3, 1, 1), make(2)),
        (make(2, 2, 6, 6), make(2, 2, 2, 3), {"padding": "same", "dilation": (2, 1)}),
        (make(2, 2, 5, 6), make(2, 2, 5, 6), make(2)),
        (make(5, 3, 3, 3), make(2, 3, 3, 3), {"padding": 1}),
        (make(2, 3, 9, 8), make(2, 3, 1, 1), make(2)),
        (make(0, 2, 4, 4), make(3, 2, 2, 2), make(3)),
    ]


def volumes(make):
    return [
        (make(2, 2, 4, 3, 5), make(3, 2, 2, 2, 3), make(3)),
        (make(1, 2, 5, 4, 4), make(2, 1, 3, 1, 2), None, (2, 1, 1), 1, (1, 2, 1), 2),
        (make(2, 3, 3, 3), make(2, 2, 2, 3, 2), {"padding": "same"}),
    ]


x, w = rushlight.ones(2, 4, 6, 6), rushlight.ones(3, 4, 3, 3)
ERRORS = [
    Error((x[:, :3], w), RuntimeError, "expected input of 4 channels"),
    Error((x, w[0]), RuntimeError, "a 4D weight"),
    Error((x[0, 0], w), RuntimeError, "3D (unbatched) or 4D (batched) input"),
    Error((x, w, None, 0), RuntimeError, "non-positive stride"),
    Error((x, w, None, 1, -1), RuntimeError, "negative padding"),
    Error((x, w, None, 1, 0, 0), RuntimeError, "non-positive dilation"),
    Error((x, w, None, 1, 0, 1, 0), RuntimeError, "non-positive groups"),
    Error((x, w, None, 1, 0, 1, 2), RuntimeError, "divisible by groups=2"),
    Error((x, w.double()), RuntimeError, "should be the same"),
    Error((x[:, :, :2], w), RuntimeError, "not greater than the padded input"),
    Error((x, w, rushlight.ones(2)), RuntimeError, "1-dimensional with 3 elements"),
    Error((x, w, None, (1, 2, 3)), RuntimeError, "2 numbers"),
    Error((x, w, None, 1.5), TypeError, "an int or a tuple of ints, got 1.5"),
    Error((x, w, None, 1, "full"), RuntimeError, "'valid', 'same'"),
    Error((x, w, None, 2, "same"), RuntimeError, "with stride 1"),
    Error(([1], w), TypeError, "argument 'input' to be a Tensor, got list"),
    Error((x > 0, w > 0), NotImplementedError, "got bool"),
]
FLOATS = ("float64", "float32", "float16", "bfloat16")
OPS = [
    Op("nn.functional.conv1d", lines, reference, dtypes=FLOATS, tolerance=10),
    Op("nn.functional.conv2d", pictures, reference, dtypes=FLOATS, tolerance=10,
       errors=ERRORS),
    Op("nn.functional.conv3d", volumes, reference, tolerance=10),
]  # fmt: skip
globals().update(battery(OPS))


def test_integers_are_convolved():
    x = rushlight.arange(16).view(1, 1, 4, 4)
    w = rushlight.ones(1, 1, 2, 2, dtype=rushlight.int64)
    assert F.conv2d(x, w).tolist() == [[[[10, 14, 18], [26, 30, 34], [42, 46, 50]]]]


def test_complex_numbers_are_convolved():
    rng = np.random.default_rng(0)
    draw = [
        rng.normal(size=s) + 1j * rng.normal(size=s) for s in ((1, 2, 5), (3, 2, 2))
    ]
    a, b = (rushlight.tensor(d, requires_grad=True) for d in draw)
    y = F.conv1d(a, b)
    parts = np.stack([draw[1][:, :, 0], draw[1][:, :, 1]])
    wanted = sum(
        np.einsum("oc,ncl->nol", parts[k], draw[0][..., k : k + 4]) for k in (0, 1)
    )
    np.testing.assert_allclose(y.detach().numpy(), wanted, rtol=1e-12)
    y.sum().backward()
    total = np.conj(draw[1]).sum(0)
    wanted = np.zeros((2, 5), complex)
    for k in (0, 1):
        wanted[:, k : k + 4] += total[:, k][:, None]
    np.testing.assert_allclose(a.grad.numpy()[0], wanted, rtol=1e-12)


# Large enough for several blocks of rows, pieces of the batch and threads.
LARGE = [
    ((9, 8, 26, 26), (16, 8, 3, 3), {}),
    ((9, 8, 20, 20), (16, 8, 3, 3), {"padding": 1, "stride": 2}),
    ((3, 40, 60, 50), (8, 40, 3, 3), {"padding": 1}),
    ((33, 16, 4, 4), (16, 16, 3, 3), {"padding": 1}),
    ((40, 16, 1, 1), (16, 16, 1, 1), {}),
    ((17, 16, 12, 12), (32, 16, 1, 1), {}),
    ((9, 32, 12, 12), (32, 4, 3, 3), {"groups": 8, "padding": 1}),
]


@pytest.mark.parametrize("x_shape, w_shape, options", LARGE, ids=lambda v: str(v))
def test_large_ones_do_not_depend_on_threads(x_shape, w_shape, options):
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=s).astype("f4") for s in (x_shape, w_shape)]
    threads, found = rushlight.get_num_threads(), []
    try:
        for count in (1, 3):
            rushlight.set_num_threads(count)
            a, b = (rushlight.tensor(d, requires_grad=True) for d in arrays)
            y = F.conv2d(a, b, **options)
            y.backward(y.detach())
            found.append([t.detach().numpy() for t in (y, a.grad, b.grad)])
    finally:
        rushlight.set_num_threads(threads)
    wide = [d.astype("f8") for d in arrays]
    wanted = reference(*wide, **options)
    np.testing.assert_allclose(found[0][0], wanted, rtol=1e-4, atol=1e-3)
    for one, other in zip(*found):
        assert zlib.crc32(one.tobytes()) == zlib.crc32(other.tobytes())
    # <y, conv(x, w)> = <x, transpose in x> = <w, transpose in w>
    total = float((wanted**2).sum())
    for array, gradient in zip(wide, found[0][1:]):
        assert abs((array * gradient).sum() - total) < 1e-4 * total


def test_layouts_of_gradients_do_not_matter():
    x = rushlight.randn(2, 3, 6, 6, requires_grad=True)
    w = rushlight.randn(4, 3, 3, 3, requires_grad=True)
    F.conv2d(x, w).sum().backward()  # an expanded gradient
    a, b = x.grad, w.grad
    x.grad = w.grad = None
    F.conv2d(x, w).backward(rushlight.ones(2, 4, 4, 4))
    assert rushlight.allclose(a, x.grad) and rushlight.allclose(b, w.grad)
    y = F.conv2d(x.detach().transpose(2, 3), w.detach().transpose(2, 3))
    wanted = F.conv2d(x.detach(), w.detach()).transpose(2, 3)
    assert rushlight.allclose(y, wanted, atol=1e-5)


def test_nodes_and_needs():
    x = rushlight.randn(1, 2, 4, 4)
    w = rushlight.randn(3, 2, 3, 3, requires_grad=True)
    y = F.conv2d(x, w)
    assert y.grad_fn.name() == "ConvolutionBackward0"
    y.sum().backward()
    assert x.grad is None and w.grad.shape == w.shape
    assert F.conv2d(x[0], w).grad_fn.name() == "SqueezeBackward1"
    assert rushlight.conv2d is F.conv2d
