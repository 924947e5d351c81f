"""The switches of torch.backends."""

import importlib.util

import pytest

import rushlight as torch


def test_switches_keep_what_they_are_given():
    before = torch.backends.cudnn.benchmark
    torch.backends.cudnn.benchmark = True
    assert torch.backends.cudnn.benchmark is True
    torch.backends.cudnn.benchmark = before
    torch.backends.cuda.matmul.allow_tf32 = False
    assert torch.backends.cuda.matmul.allow_tf32 is False


def test_questions():
    assert torch.backends.mps.is_available() is False
    assert torch.backends.cudnn.is_available() is False


def test_misspelt_switches_are_refused():
    with pytest.raises(AttributeError, match="got 'benchmrk'"):
        torch.backends.cudnn.benchmrk = True


@pytest.mark.parametrize("name", "cudnn cuda mps mkl mkldnn openmp opt_einsum".split())
def test_each_is_a_module(name):
    found = importlib.import_module(f"rushlight.backends.{name}")
    assert found is getattr(torch.backends, name)
    assert importlib.util.find_spec(found.__name__).name == found.__name__


def test_kinds_of_attention_are_switched():
    switches = torch.backends.cuda
    assert switches.flash_sdp_enabled() and switches.math_sdp_enabled()
    with switches.sdp_kernel(enable_flash=False, enable_math=True):
        assert not switches.flash_sdp_enabled() and switches.math_sdp_enabled()
    switches.enable_mem_efficient_sdp(False)
    assert not switches.mem_efficient_sdp_enabled()
    switches.enable_mem_efficient_sdp(True)
    assert switches.mem_efficient_sdp_enabled() and switches.flash_sdp_enabled()
