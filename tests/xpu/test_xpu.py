"""torch.xpu: there is none, and everything says so."""

import pytest

import rushlight as torch


def test_answers():
    assert not torch.xpu.is_available() and not torch.xpu.is_bf16_supported()
    assert torch.xpu.device_count() == torch.xpu.memory_allocated() == 0
    torch.xpu.manual_seed_all(1)
    torch.xpu.empty_cache()


@pytest.mark.parametrize("name", ["synchronize", "set_device", "get_device_name"])
def test_what_needs_one_is_refused(name):
    with pytest.raises(AssertionError, match=rf"xpu.{name}\(\): expected an XPU"):
        getattr(torch.xpu, name)(0)
