"""Gradients of convolutions as functions equal those that autograd gives."""

import numpy as np
import pytest

import rushlight as torch
from rushlight.nn import functional as F
from rushlight.nn import grad


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize(
    "options", [{}, {"stride": 2, "padding": 1}, {"dilation": 2, "groups": 2}]
)
def test_gradients(count, options):
    groups = options.get("groups", 1)
    x = torch.randn(2, 4, *[7] * count, requires_grad=True)
    w = torch.randn(6, 4 // groups, *[3] * count, requires_grad=True)
    y = getattr(F, f"conv{count}d")(x, w, **options)
    g = torch.randn(*y.shape)
    y.backward(g)
    of_input = getattr(grad, f"conv{count}d_input")(x.shape, w, g, **options)
    of_weight = getattr(grad, f"conv{count}d_weight")(x, w.shape, g, **options)
    np.testing.assert_allclose(of_input.detach(), x.grad, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(of_weight.detach(), w.grad, rtol=1e-5, atol=1e-5)
    assert of_input.requires_grad
    with torch.no_grad():
        plain = getattr(grad, f"conv{count}d_input")(x.shape, w, g, **options)
    assert not plain.requires_grad
