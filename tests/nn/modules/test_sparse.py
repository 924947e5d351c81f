"""Embedding: padding, given tables."""

import rushlight as torch
from rushlight import nn


def test_padding_starts_at_zero_and_stays():
    layer = nn.Embedding(4, 3, padding_idx=-3)
    assert layer.padding_idx == 1 and layer.weight[1].tolist() == [0, 0, 0]
    layer(torch.tensor([1, 2])).sum().backward()
    assert layer.weight.grad[:, 0].tolist() == [0, 0, 1, 0]


def test_given_tables():
    table = torch.ones(2, 3)
    frozen = nn.Embedding.from_pretrained(table)
    assert not frozen.weight.requires_grad
    assert repr(frozen) == "Embedding(2, 3)"
    table.zero_()
    assert frozen.weight.abs().sum() == 0
    free = nn.Embedding.from_pretrained(torch.ones(2, 3), freeze=False, padding_idx=0)
    assert free.weight.requires_grad and free.weight[0].tolist() == [1, 1, 1]
