"""Lazy layers: text before, ordinary layer after, the ordinary one's values."""

import pytest

import rushlight as torch
from rushlight import nn

# lazy layer, input's shape, text before, ordinary layer
LAYERS = [
    (
        "nn.LazyLinear(3)",
        (2, 4),
        "LazyLinear(in_features=0, out_features=3, bias=True)",
        "nn.Linear(4, 3)",
    ),
    (
        "nn.LazyLinear(3, bias=False, dtype=torch.float64)",
        (4,),
        "LazyLinear(in_features=0, out_features=3, bias=False)",
        "nn.Linear(4, 3, bias=False, dtype=torch.float64)",
    ),
    (
        "nn.LazyConv1d(4, 3, 2, groups=2)",
        (2, 2, 5),
        "LazyConv1d(0, 4, kernel_size=(3,), stride=(2,), groups=2)",
        "nn.Conv1d(2, 4, 3, 2, groups=2)",
    ),
    (
        "nn.LazyConv2d(4, 3, padding='same', bias=False)",
        (2, 5, 5),
        "LazyConv2d(0, 4, kernel_size=(3, 3), stride=(1, 1), padding=same, bias=False)",
        "nn.Conv2d(2, 4, 3, padding='same', bias=False)",
    ),
    (
        "nn.LazyConvTranspose2d(4, 3, 2, output_padding=1)",
        (1, 2, 3, 3),
        (
            "LazyConvTranspose2d(0, 4, kernel_size=(3, 3), stride=(2, 2), "
            "output_padding=(1, 1))"
        ),
        "nn.ConvTranspose2d(2, 4, 3, 2, output_padding=1)",
    ),
    (
        "nn.LazyBatchNorm1d(momentum=0.2)",
        (4, 3),
        (
            "LazyBatchNorm1d(0, eps=1e-05, momentum=0.2, affine=True, bias=True, "
            "track_running_stats=True)"
        ),
        "nn.BatchNorm1d(3, momentum=0.2)",
    ),
    (
        "nn.LazyBatchNorm2d(affine=False)",
        (4, 3, 2, 2),
        (
            "LazyBatchNorm2d(0, eps=1e-05, momentum=0.1, affine=False, bias=False, "
            "track_running_stats=True)"
        ),
        "nn.BatchNorm2d(3, affine=False)",
    ),
    (
        "nn.LazyInstanceNorm2d(track_running_stats=False)",
        (4, 3, 2, 2),
        (
            "LazyInstanceNorm2d(0, eps=1e-05, momentum=0.1, affine=True, bias=True, "
            "track_running_stats=False)"
        ),
        "nn.InstanceNorm2d(3, affine=True)",
    ),
]


def make(call):
    torch.manual_seed(3)
    return eval(call, {"nn": nn, "torch": torch})


@pytest.mark.parametrize("lazy, shape, text, ordinary", LAYERS)
def test_a_layer_becomes_the_ordinary_one(lazy, shape, text, ordinary):
    layer, other = make(lazy), make(ordinary)
    assert repr(layer) == text and layer.has_uninitialized_params() == (
        "affine=False" not in lazy or "BatchNorm" in lazy
    )
    torch.manual_seed(3)
    x = torch.ones(shape, dtype=torch.float64 if "float64" in lazy else None)
    output = layer(x)
    assert type(layer) is type(other) and repr(layer) == repr(other)
    assert not layer._forward_pre_hooks and not layer._load_state_dict_pre_hooks
    assert torch.equal(output, other(x))
    for name, value in other.state_dict().items():
        assert torch.equal(layer.state_dict()[name], value), name


@pytest.mark.parametrize("lazy, shape, text, ordinary", LAYERS)
def test_values_may_be_loaded_first(lazy, shape, text, ordinary):
    layer, other = make(lazy), make(ordinary)
    layer.load_state_dict(other.state_dict())
    assert not layer.has_uninitialized_params()
    x = torch.ones(shape, dtype=torch.float64 if "float64" in lazy else None)
    assert torch.equal(layer(x), other(x))
    assert repr(layer) == repr(other)


def test_a_network_fits_itself():
    net = nn.Sequential(nn.LazyLinear(3), nn.ReLU(), nn.LazyLinear(2))
    net(torch.ones(1, 7))
    assert [p.shape for p in net.parameters()] == [(3, 7), (3,), (2, 3), (2,)]


def test_input_must_fit():
    with pytest.raises(RuntimeError, match=r"3D \(unbatched\) or 4D \(batched\) input"):
        nn.LazyConv2d(4, 3)(torch.ones(3, 3))
    with pytest.raises(ValueError, match="in_channels must be divisible"):
        nn.LazyConv1d(4, 3, groups=2)(torch.ones(3, 5))
