"""Rewritten history where there is no memory; test_inplace.py has the rest."""

import pytest

import rushlight as torch


def _part(x):
    x[1:].mul_(2)


def _turned(x):
    x.t()[0] = 3.0


def _spread(x):
    row = x[0]
    x.mul_(2)
    x.add_(row)


@pytest.mark.parametrize("write", [_part, _turned, _spread])
def test_views_on_the_meta_device_are_written(write):
    x = torch.ones(3, 4, device="meta", requires_grad=True)
    y = x * 1
    write(y)
    y.sum().backward()
    assert x.grad.shape == (3, 4) and x.grad.is_meta
