"""orthogonal: every map keeps rows or columns orthonormal, also while training."""

import numpy as np
import pytest

import rushlight as torch
from rushlight import nn
from rushlight.nn.utils.parametrizations import orthogonal

SIZES = [(5, 5), (6, 4), (4, 6)]


def assert_orthonormal(weight):
    q = weight.detach().numpy()
    q = q if q.shape[-2] >= q.shape[-1] else np.swapaxes(q, -1, -2)
    product = np.swapaxes(q, -1, -2).conj() @ q
    unit = np.broadcast_to(np.eye(q.shape[-1]), product.shape)
    np.testing.assert_allclose(product, unit, atol=2e-5)


@pytest.mark.parametrize("kind", [None, "matrix_exp", "cayley", "householder"])
@pytest.mark.parametrize("inputs, outputs", SIZES)
def test_weights_stay_orthogonal(kind, inputs, outputs):
    torch.manual_seed(0)
    layer = orthogonal(nn.Linear(inputs, outputs), orthogonal_map=kind)
    assert_orthonormal(layer.weight)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    before = layer.weight.detach().clone()
    for _ in range(3):
        optimizer.zero_grad()
        (layer(torch.ones(2, inputs)) ** 2).sum().backward()
        optimizer.step()
    assert_orthonormal(layer.weight)
    assert (layer.weight - before).abs().max() > 1e-3


@pytest.mark.parametrize("kind", ["matrix_exp", "cayley", "householder"])
def test_without_a_base(kind):
    torch.manual_seed(0)
    layer = orthogonal(nn.Linear(4, 6), orthogonal_map=kind, use_trivialization=False)
    assert_orthonormal(layer.weight)
    if kind == "householder":
        wanted = torch.linalg.qr(torch.randn(6, 4))[0]
        layer.weight = wanted
        np.testing.assert_allclose(layer.weight.detach(), wanted, atol=1e-5)
    else:
        with pytest.raises(NotImplementedError, match="not possible to assign"):
            layer.weight = torch.eye(6)[:, :4]


def test_an_orthogonal_weight_may_be_assigned():
    layer = orthogonal(nn.Linear(4, 4))
    turned = torch.linalg.qr(torch.randn(4, 4))[0]
    layer.weight = turned
    np.testing.assert_allclose(layer.weight.detach(), turned, atol=1e-5)
    with pytest.raises(ValueError, match="of shape"):
        layer.weight = torch.eye(3)


def test_errors():
    with pytest.raises(ValueError, match="a tensor of 1 dimensions"):
        orthogonal(nn.Linear(2, 2), "bias")
    with pytest.raises(ValueError, match='one of "matrix_exp"'):
        orthogonal(nn.Linear(2, 2), orthogonal_map="other")
