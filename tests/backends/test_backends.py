"""The switches of torch.backends."""

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
