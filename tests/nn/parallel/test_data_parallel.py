"""DataParallel without a GPU: the module itself, under another name."""

import pytest

import rushlight as torch

pytestmark = pytest.mark.skipif(torch.cuda.is_available(), reason="there is CUDA")


def test_it_calls_the_module():
    layer = torch.nn.Linear(2, 1)
    model = torch.nn.DataParallel(layer)
    x = torch.ones(3, 2)
    assert model(x).tolist() == layer(x).tolist()
    assert list(model.state_dict()) == ["module.weight", "module.bias"]
    assert torch.nn.parallel.DataParallel is torch.nn.DataParallel
    assert model.device_ids == []


def test_the_function_needs_a_gpu():
    with pytest.raises(RuntimeError, match="device type"):
        torch.nn.parallel.data_parallel(torch.nn.Linear(2, 1), torch.ones(3, 2))
