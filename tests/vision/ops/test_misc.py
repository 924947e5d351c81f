"""Layers that models are built from; whole models are in tests/vision/models."""

import pytest

import rushlight as torch
from rushlight import nn
from rushlight.vision import ops


def test_sizes_are_kept():
    unit = ops.Conv2dNormActivation(3, 4, kernel_size=(3, 5), dilation=(2, 1))
    assert unit(torch.zeros(2, 3, 9, 8)).shape == (2, 4, 9, 8)
    assert ops.Conv3dNormActivation(1, 2)(torch.zeros(1, 1, 3, 4, 5)).shape[1:] == (
        2,
        3,
        4,
        5,
    )


def test_a_bias_takes_the_place_of_a_norm():
    unit = ops.Conv2dNormActivation(3, 4, norm_layer=None, activation_layer=None)
    assert [type(m) for m in unit] == [nn.Conv2d]
    assert unit[0].bias is not None


def test_frozen_norm_is_a_norm_in_evaluation():
    frozen, usual = ops.FrozenBatchNorm2d(3), nn.BatchNorm2d(3).eval()
    usual.running_mean.copy_(torch.tensor([1.0, 2, 3]))
    usual.running_var.fill_(4.0)
    frozen.load_state_dict(usual.state_dict())
    x = torch.randn(2, 3, 4, 4)
    assert torch.allclose(frozen(x), usual(x), atol=1e-6)
    assert not list(frozen.parameters())


def test_layers_print():
    assert repr(ops.FrozenBatchNorm2d(3)) == "FrozenBatchNorm2d(3, eps=1e-05)"
    assert len(ops.MLP(3, [4, 5], norm_layer=nn.LayerNorm)) == 6


@pytest.mark.parametrize("mode, distinct", [("batch", 1), ("row", 2)])
def test_stochastic_depth(mode, distinct):
    torch.manual_seed(0)
    layer = ops.StochasticDepth(0.5, mode)
    found = layer(torch.ones(64, 2))
    assert set(found.unique().tolist()) <= {0.0, 2.0}
    assert len(found.unique()) == distinct
    assert torch.equal(found[:, 0], found[:, 1])
    assert torch.equal(layer.eval()(torch.ones(2)), torch.ones(2))


@pytest.mark.parametrize("p, mode", [(1.5, "row"), (0.5, "column")])
def test_stochastic_depth_refuses(p, mode):
    with pytest.raises(ValueError, match="stochastic_depth.., "):
        ops.stochastic_depth(torch.ones(2), p, mode)
