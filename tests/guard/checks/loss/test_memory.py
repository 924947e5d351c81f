"""Checks of losses hold nobody's graph while no backward comes."""

import weakref

import pytest

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from tests.guard.guarded import guarded

X, Y = torch.randn(6, 3), torch.rand(6)


def grown(model):
    return ((model(X) - Y) ** 2).mean()


def with_a_number(model):
    output = model(X)
    return output.mean() + output.exp().mean().item()


def asked_for_data(model):
    output = model(X)
    assert output.data.shape == (6, 1)
    return output.pow(2).mean()


def of_a_function(model):
    return F.mse_loss(model(X), Y[:, None])


@pytest.mark.parametrize("loss", [grown, with_a_number, asked_for_data, of_a_function])
def test_graphs_are_free_at_once(loss):
    model = nn.Linear(3, 1)
    with guarded():
        for _ in range(100):
            node = weakref.ref(loss(model).grad_fn)
            assert node() is None
