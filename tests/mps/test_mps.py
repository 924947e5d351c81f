"""torch.mps: there is none, and everything says so."""

import pytest

import rushlight as torch


def test_answers():
    assert not torch.mps.is_available()
    assert torch.mps.device_count() == 0
    torch.mps.manual_seed(1)
    torch.mps.seed()


@pytest.mark.parametrize("name", ["synchronize", "empty_cache"])
def test_what_needs_one_is_refused(name):
    with pytest.raises(RuntimeError, match=rf"mps.{name}\(\): expected an MPS device"):
        getattr(torch.mps, name)()
