"""Upsample and its kin, SyncBatchNorm, CrossMapLRN2d: what they do and print."""

import numpy as np
import pytest

import rushlight as torch
from rushlight import nn


@pytest.mark.parametrize(
    "layer, options",
    [
        (lambda: nn.Upsample(scale_factor=2), {"scale_factor": 2}),
        (
            lambda: nn.Upsample(size=(5, 7), mode="bilinear", align_corners=True),
            {"size": (5, 7), "mode": "bilinear", "align_corners": True},
        ),
        (lambda: nn.UpsamplingNearest2d(size=6), {"size": 6}),
        (
            lambda: nn.UpsamplingBilinear2d(scale_factor=(2, 3)),
            {"scale_factor": (2, 3), "mode": "bilinear", "align_corners": True},
        ),
    ],
)
def test_it_is_interpolate(layer, options):
    x = torch.randn(1, 2, 3, 4)
    wanted = nn.functional.interpolate(x, **options)
    assert layer()(x).tolist() == wanted.tolist()


@pytest.mark.parametrize(
    "layer, text",
    [
        (nn.Upsample(scale_factor=2), "Upsample(scale_factor=2.0, mode='nearest')"),
        (nn.Upsample(size=(3, 4)), "Upsample(size=(3, 4), mode='nearest')"),
        (
            nn.UpsamplingBilinear2d(scale_factor=(2, 3)),
            "UpsamplingBilinear2d(scale_factor=(2.0, 3.0), mode='bilinear')",
        ),
        (nn.CrossMapLRN2d(3), "CrossMapLRN2d(3, alpha=0.0001, beta=0.75, k=1)"),
        (nn.FractionalMaxPool2d(2, 3), "FractionalMaxPool2d()"),
        (nn.CTCLoss(), "CTCLoss()"),
    ],
)
def test_repr(layer, text):
    assert repr(layer) == text


def test_cross_maps_are_local_responses():
    x = torch.randn(1, 5, 2, 2)
    np.testing.assert_allclose(
        nn.CrossMapLRN2d(3, 0.1)(x), nn.LocalResponseNorm(3, 0.1)(x), rtol=1e-6
    )


def test_batch_norms_are_converted():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Sequential(nn.BatchNorm2d(4)))
    norm = model[1][0]
    x = torch.randn(2, 3, 5, 5)
    model(x)
    converted = nn.SyncBatchNorm.convert_sync_batchnorm(model).eval()
    assert isinstance(converted[1][0], nn.SyncBatchNorm)
    assert converted[1][0].weight is norm.weight
    wanted = norm.eval()(model[0](x))
    np.testing.assert_allclose(converted(x).detach(), wanted.detach(), rtol=1e-6)
    with pytest.raises(ValueError, match="at least 2D"):
        nn.SyncBatchNorm(3)(torch.ones(3))


def test_missing_layers_name_the_nearest():
    with pytest.raises(AttributeError, match="Nearest: .*Linear"):
        nn.Linearr


def test_attention_backends():
    from rushlight.nn.attention import SDPBackend, sdpa_kernel

    with sdpa_kernel([SDPBackend.MATH]):
        pass
    with pytest.raises(AssertionError, match="SDPBackend"), sdpa_kernel("math"):
        pass
