"""Fractional max pooling: windows by the formula, places, gradients, errors."""

import numpy as np
import pytest

import rushlight as torch
from rushlight import nn


def by_windows(image, kernel, out, samples):
    """One plane, window by window."""
    starts = []
    for size, k, o, u in zip(image.shape, kernel, out, samples, strict=True):
        step = (size - k) / (o - 1) if o > 1 else 0
        own = [int((i + u) * step) - int(u * step) for i in range(o - 1)]
        starts.append([*own, size - k])
    result = np.empty(out)
    for place in np.ndindex(*out):
        window = tuple(
            slice(s[i], s[i] + k) for s, i, k in zip(starts, place, kernel, strict=True)
        )
        result[place] = image[window].max()
    return result


@pytest.mark.parametrize(
    "size, kernel, out",
    [
        ((9, 11), (2, 3), (4, 5)),
        ((6, 6), (2, 2), (1, 3)),
        ((5, 6, 7), (2, 2, 3), (2, 3, 4)),
    ],
)
def test_windows(size, kernel, out):
    count = len(size)
    x = torch.randn(2, 3, *size, dtype=torch.float64)
    samples = torch.rand(2, 3, count, dtype=torch.float64)
    function = getattr(nn.functional, f"fractional_max_pool{count}d")
    y, places = function(x, kernel, out, None, True, _random_samples=samples)
    for n, c in np.ndindex(2, 3):
        own = samples[n, c].tolist()
        own = own[::-1] if count == 2 else own
        wanted = by_windows(x[n, c].numpy(), kernel, out, own)
        np.testing.assert_array_equal(y[n, c].numpy(), wanted)
        flat = x[n, c].reshape(-1)
        assert (flat[places[n, c].reshape(-1)] == y[n, c].reshape(-1)).all()


def test_gradients_go_to_the_winners():
    x = torch.randn(1, 1, 5, 5, requires_grad=True)
    y, places = nn.FractionalMaxPool2d(2, 3, return_indices=True)(x)
    y.sum().backward()
    counts = np.bincount(places.numpy().ravel(), minlength=25).reshape(5, 5)
    np.testing.assert_array_equal(x.grad[0, 0].numpy(), counts)


@pytest.mark.parametrize(
    "make, kind, text",
    [
        (lambda: nn.FractionalMaxPool2d(2), ValueError, "neither"),
        (lambda: nn.FractionalMaxPool2d(2, 3, 0.5), ValueError, "both"),
        (lambda: nn.FractionalMaxPool3d(2, None, 1.5), ValueError, "between 0 and 1"),
        (
            lambda: nn.functional.fractional_max_pool2d(torch.ones(1, 4, 4), 3, 3),
            RuntimeError,
            "windows that fit",
        ),
        (
            lambda: nn.functional.fractional_max_pool2d(torch.ones(4, 4), 3, 2),
            RuntimeError,
            "3D or 4D input",
        ),
        (
            lambda: nn.functional.fractional_max_pool2d(torch.ones(1, 4, 4), 3),
            ValueError,
            "output_size or an output_ratio",
        ),
    ],
)
def test_errors(make, kind, text):
    with pytest.raises(kind, match=text):
        make()
