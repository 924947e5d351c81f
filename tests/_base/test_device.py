"""Devices."""

import pickle

import pytest

import rushlight as torch


@pytest.mark.parametrize(
    "args, text, shown",
    [
        (("cpu",), "cpu", "device(type='cpu')"),
        (("cuda",), "cuda", "device(type='cuda')"),
        (("cuda:1",), "cuda:1", "device(type='cuda', index=1)"),
        (("cuda", 2), "cuda:2", "device(type='cuda', index=2)"),
        ((3,), "cuda:3", "device(type='cuda', index=3)"),
        (("meta",), "meta", "device(type='meta')"),
    ],
)
def test_texts(args, text, shown):
    device = torch.device(*args)
    assert str(device) == text
    assert repr(device) == shown
    assert torch.device(device) == device == pickle.loads(pickle.dumps(device))
    assert hash(device) == hash(torch.device(text))


def test_devices_differ_by_index():
    assert torch.device("cuda") != torch.device("cuda:0")
    assert torch.device("cpu") != "cpu"


@pytest.mark.parametrize("name", ["gpu", "cuda:x", "cpu:", ""])
def test_unknown_names_are_refused(name):
    with pytest.raises(RuntimeError, match="one of cpu, cuda, meta"):
        torch.device(name)


def test_a_device_is_a_context_for_creation():
    with torch.device("meta"):
        assert torch.zeros(2).device.type == "meta"
        with torch.device("cpu"):
            assert torch.zeros(2).device.type == "cpu"
    assert torch.zeros(2).device.type == "cpu"


def test_cuda_without_a_gpu_says_what_to_do():
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(RuntimeError, match=r"Install rushlight\[cuda\]"):
        torch.zeros(2, device="cuda")
