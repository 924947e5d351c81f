"""Attention backward in compiled functions: what it reads where it lies."""

import numpy as np
import pytest

import rushlight
from rushlight import nn


def draw(*shape):
    x = rushlight.tensor(np.random.default_rng(0).standard_normal(shape))
    return x.float().requires_grad_()


def check(function, arguments, parameters=()):
    """Whether the compiled function has eager mode's result and gradients."""
    run, found = rushlight.compile(function), []
    for one in (function, run):
        y = one(*arguments)
        leaves = [*arguments, *parameters]
        found.append([y, *rushlight.autograd.grad((y * y).sum(), leaves)])
    for x, y in zip(*found, strict=True):
        x, y = x.detach().numpy(), y.detach().numpy()
        np.testing.assert_allclose(y, x, 1e-4, 1e-5 * np.abs(x).max())
    ((_, entry),) = run.kinds
    pieces = [*entry.forward.pieces, *entry._backward.pieces]
    assert [piece.text for piece in pieces if piece.kind == "library"] == []


@pytest.mark.parametrize("length", [128, 130])
def test_a_result_is_read_where_it_lies_though_others_read_it_in_order(length):
    """The projection has a copy of it in order; more than 128 keys need it as it is."""
    rushlight.manual_seed(0)
    module = nn.MultiheadAttention(4, 2, batch_first=True)
    parameters = list(module.parameters())
    check(
        lambda x: module(x, x, x, need_weights=False)[0],
        [draw(2, length, 4)],
        parameters,
    )


@pytest.mark.parametrize("keys", [5, 150])
def test_one_query(keys):
    """As in generation from kept keys: the only row of queries has no stride."""
    arguments = draw(2, 3, 1, 8), draw(2, 3, keys, 8), draw(2, 3, keys, 4)
    check(nn.functional.scaled_dot_product_attention, arguments)


def test_heads_that_serve_several():
    """Repeated heads are no view of memory: they are copied."""
    arguments = draw(2, 4, 5, 8), draw(2, 2, 6, 8), draw(2, 2, 6, 4)
    check(
        lambda q, k, v: nn.functional.scaled_dot_product_attention(
            q, k, v, enable_gqa=True
        ),
        arguments,
    )
