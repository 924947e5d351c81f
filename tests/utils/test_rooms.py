"""The rooms of utils."""

import pytest

import rushlight as torch


def test_rooms_are_opened_on_first_use():
    assert torch.utils.data.DataLoader.__name__ == "DataLoader"
    assert torch.utils.checkpoint.checkpoint.__name__ == "checkpoint"
    assert torch.utils.hooks.RemovableHandle.__name__ == "RemovableHandle"
    with pytest.raises(AttributeError, match="Nearest: data"):
        torch.utils.dat


def test_dlpack_shares_memory():
    x = torch.arange(3)
    y = torch.utils.dlpack.from_dlpack(torch.utils.dlpack.to_dlpack(x))
    y[0] = 7
    assert x.tolist() == [7, 1, 2]
