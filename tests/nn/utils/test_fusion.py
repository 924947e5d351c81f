"""Batch norms folded into the layer before them give the same results."""

import numpy as np
import pytest

import rushlight as torch
from rushlight import nn
from rushlight.nn.utils import fuse_conv_bn_eval, fuse_linear_bn_eval


def trained(norm, x):
    nn.init.normal_(norm.weight)
    nn.init.normal_(norm.bias)
    norm(x)
    return norm.eval()


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("kind", [nn.Conv2d, nn.ConvTranspose2d])
def test_convolutions(kind, bias):
    torch.manual_seed(0)
    layer, x = kind(3, 4, 3, bias=bias).eval(), torch.randn(2, 3, 6, 6)
    norm = trained(nn.BatchNorm2d(4), torch.randn(4, 4, 3, 3))
    fused = fuse_conv_bn_eval(layer, norm, kind is nn.ConvTranspose2d)
    np.testing.assert_allclose(
        fused(x).detach(), norm(layer(x)).detach(), rtol=1e-4, atol=1e-5
    )
    assert fused is not layer
    assert isinstance(fused.weight, nn.Parameter)


def test_linear_layers():
    torch.manual_seed(0)
    layer, x = nn.Linear(3, 4).eval(), torch.randn(5, 3)
    norm = trained(nn.BatchNorm1d(4), torch.randn(6, 4))
    fused = fuse_linear_bn_eval(layer, norm)
    np.testing.assert_allclose(
        fused(x).detach(), norm(layer(x)).detach(), rtol=1e-4, atol=1e-5
    )


def test_training_mode_and_other_sizes_are_refused():
    with pytest.raises(AssertionError, match="evaluation mode"):
        fuse_conv_bn_eval(nn.Conv2d(1, 1, 1), nn.BatchNorm2d(1))
    with pytest.raises(AssertionError, match="bn.num_features"):
        fuse_linear_bn_eval(nn.Linear(2, 3).eval(), nn.BatchNorm1d(2).eval())


def test_memory_formats():
    model = nn.Sequential(nn.Conv2d(2, 2, 3), nn.Linear(2, 2))
    before = model[0].weight.tolist()
    nn.utils.convert_conv2d_weight_memory_format(model, torch.channels_last)
    assert model[0].weight.tolist() == before
    assert model[0].weight.is_contiguous(memory_format=torch.channels_last)
