"""interpolate: every mode against its definition, element by element."""

import math
from itertools import product

import numpy as np
import pytest

import rushlight
from rushlight.nn import functional as F
from tests.battery import Error, Op, battery


def cubic(t, a=-0.75):
    t = abs(t)
    if t <= 1:
        return (a + 2) * t**3 - (a + 3) * t**2 + 1
    return a * t**3 - 5 * a * t**2 + 8 * a * t - 4 * a if t < 2 else 0.0


def matrix(kind, n, out, align_corners, factor, antialias):
    """(out, n): what each element adds to each output."""
    found = np.zeros((out, n))
    scale = 1 / factor if factor else n / out
    if align_corners:
        scale = (n - 1) / (out - 1) if out > 1 else 0.0
    for o in range(out):
        if kind == "area":
            a, b = o * n // out, -(-(o + 1) * n // out)
            found[o, a:b] = 1 / (b - a)
        elif kind.startswith("nearest"):
            at = (o + 0.5 if kind == "nearest-exact" else o) * scale
            found[o, min(math.floor(at + 1e-9), n - 1)] = 1
        elif antialias:
            stretch, centre = max(scale, 1), scale * (o + 0.5)
            weigh = (lambda t: cubic(t, -0.5)) if kind == "cubic" else hat
            reach = (2 if kind == "cubic" else 1) * stretch
            a = max(int(centre - reach + 0.5), 0)
            b = min(int(centre + reach + 0.5), n)
            each = [weigh((i - centre + 0.5) / stretch) for i in range(a, b)]
            found[o, a:b] = np.array(each) / sum(each)
        else:
            at = o * scale if align_corners else (o + 0.5) * scale - 0.5
            weigh = cubic if kind == "cubic" else hat
            at = at if kind == "cubic" else max(at, 0)
            for i in range(math.floor(at) - 1, math.floor(at) + 3):
                found[o, min(max(i, 0), n - 1)] += weigh(at - i)
    return found


def hat(t):
    return max(1 - abs(t), 0)


def reference(
    x,
    size=None,
    scale_factor=None,
    mode="nearest",
    align_corners=None,
    recompute_scale_factor=None,
    antialias=False,
):
    dims = x.ndim - 2
    kind = {"bilinear": "linear", "trilinear": "linear", "bicubic": "cubic"}
    kind = kind.get(mode, mode)
    each = [v if isinstance(v, tuple) else (v,) * dims for v in (size, scale_factor)]
    for k in range(dims):
        n, factor = x.shape[2 + k], each[1][k]
        out = each[0][k] if factor is None else math.floor(n * factor)
        factor = None if recompute_scale_factor else factor
        rows = matrix(kind, n, out, align_corners, factor, antialias)
        x = np.moveaxis(np.tensordot(rows, x, (1, 2 + k)), 0, 2 + k)
    return x


MODES = {
    1: ("nearest", "nearest-exact", "linear", "area"),
    2: ("nearest", "nearest-exact", "bilinear", "bicubic", "area"),
    3: ("nearest", "nearest-exact", "trilinear", "area"),
}


def samples(make):
    found = []
    for dims, modes in MODES.items():
        shape = (2, 2, *(4, 5, 3)[:dims])
        for mode, size in product(modes, (1, 3, (7, 4, 5)[:dims])):
            found.append((make(*shape), size, None, mode))
            if mode.endswith(("linear", "cubic")):
                found.append((make(*shape), size, None, mode, True))
        for mode, factor in product(modes, (0.5, 1.7, (2, 0.8, 1)[:dims])):
            found.append((make(*shape), None, factor, mode))
            options = {"scale_factor": factor, "mode": mode}
            found.append((make(*shape), {"recompute_scale_factor": True, **options}))
    for mode, size in product(("bilinear", "bicubic"), ((3, 4), (2, 11), (12, 3))):
        options = {"mode": mode, "antialias": True}
        found.append((make(1, 2, 8, 9), size, options))
    return found


x = rushlight.ones(2, 3, 4, 5)
ERRORS = [
    Error((x,), ValueError, "one of size and scale_factor, got none"),
    Error((x, 3, 2), ValueError, "one of size and scale_factor, got both"),
    Error((x, None, (2, 0.5, 1)), ValueError, "each of the 2 spatial dimensions"),
    Error((x, 3, None, "nearest", True), ValueError, "align_corners with the modes"),
    Error((x, 3, None, "foo"), NotImplementedError, "got 'foo'"),
    Error((x[0], 3, None, "bilinear"), NotImplementedError, "got 'bilinear'"),
    Error((x[0, 0], 3), NotImplementedError, "a 3D, 4D or 5D input"),
    Error((x.long(), 3), NotImplementedError, "'Long'"),
    Error((x, 0), RuntimeError, "sizes greater than 0"),
    Error((x, 3), ValueError, "antialias", {"antialias": True}),
    Error((x, 3), ValueError, "scale_factor only", {"recompute_scale_factor": True}),
    Error((x, 2.5), TypeError, "whole sizes"),
    Error(([1], 3), TypeError, "argument 'input' to be a Tensor"),
]
OPS = [Op("nn.functional.interpolate", samples, reference, errors=ERRORS, tolerance=5)]
globals().update(battery(OPS))


def test_pictures_of_bytes():
    x = rushlight.arange(4, dtype=rushlight.uint8).view(1, 1, 2, 2)
    found = F.interpolate(x, size=(2, 4))
    assert found.dtype == rushlight.uint8
    assert found.tolist() == [[[[0, 0, 1, 1], [2, 2, 3, 3]]]]


def test_an_infinite_pixel_stays_where_it_is():
    x = rushlight.zeros(1, 1, 1, 8)
    x[..., 7] = math.inf
    for mode in ("nearest", "bilinear"):
        found = F.interpolate(x, size=(1, 4), mode=mode)
        assert bool(found[..., :3].isfinite().all())


def test_the_same_size_is_a_copy():
    x = rushlight.randn(1, 1, 4, 4)
    found = F.interpolate(x, size=4)
    assert rushlight.equal(found, x) and found.data_ptr() != x.data_ptr()


NODES = [
    ("nearest", "UpsampleNearest2DBackward0"),
    ("nearest-exact", "UpsampleNearestExact2DBackward0"),
    ("bilinear", "UpsampleBilinear2DBackward0"),
    ("bicubic", "UpsampleBicubic2DBackward0"),
    ("area", "AdaptiveAvgPool2DBackward0"),
]


@pytest.mark.parametrize("mode, node", NODES)
def test_nodes(mode, node):
    x = rushlight.randn(1, 1, 4, 4, requires_grad=True)
    assert F.interpolate(x, 3, mode=mode).grad_fn.name() == node


OLD = [
    (F.upsample, {"mode": "nearest"}),
    (F.upsample_nearest, {"mode": "nearest"}),
    (F.upsample_bilinear, {"mode": "bilinear", "align_corners": True}),
]


@pytest.mark.parametrize("old, options", OLD)
def test_old_names_warn(old, options):
    x = rushlight.randn(1, 1, 4, 4)
    with pytest.warns(UserWarning, match="use interpolate"):
        found = old(x, 3)
    assert rushlight.equal(found, F.interpolate(x, 3, **options))
