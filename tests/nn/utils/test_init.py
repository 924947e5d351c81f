"""Modules without initial values."""

import pytest

import rushlight as torch
from rushlight import nn
from rushlight.nn.utils import skip_init


def test_nothing_is_drawn():
    before = torch.get_rng_state()
    net = skip_init(nn.Linear, 3, out_features=2, dtype=torch.float64)
    assert torch.equal(before, torch.get_rng_state())
    assert net.weight.shape == (2, 3) and net.weight.dtype == torch.float64
    assert net.weight.device.type == "cpu" and net.weight.requires_grad
    assert skip_init(nn.Linear, 1, 1, device="meta").weight.is_meta


@pytest.mark.parametrize(
    "kind, text", [(nn.ReLU, "must support a 'device' arg"), (int, "a Module's class")]
)
def test_errors(kind, text):
    with pytest.raises(RuntimeError, match=text):
        skip_init(kind)
