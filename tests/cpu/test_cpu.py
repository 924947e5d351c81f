"""torch.cpu answers as an accelerator would."""

import pytest

import rushlight as torch


def test_answers():
    assert torch.cpu.is_available() and torch.cpu.is_initialized()
    assert (torch.cpu.device_count(), torch.cpu.current_device()) == (1, "cpu")
    torch.cpu.set_device("cpu")
    torch.cpu.synchronize()
    with torch.cpu.stream(torch.cpu.current_stream()):
        torch.cpu.current_stream().wait_stream(torch.cpu.Stream())


def test_amps_old_names_are_those_of_torch_amp():
    with pytest.warns(FutureWarning, match="cpu.amp.autocast is deprecated"):
        context = torch.cpu.amp.autocast()
    with context:
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype is torch.bfloat16
    with pytest.warns(FutureWarning, match="cpu.amp.GradScaler"):
        scaler = torch.cpu.amp.GradScaler(init_scale=4.0)
    assert scaler.scale(torch.ones(1)).item() == 4.0
