"""scaled_dot_product_attention: values, masks, gradients, errors."""

import math

import numpy as np
import pytest

import rushlight
from rushlight.autograd import gradcheck
from tests.battery import Error, Op, battery

NAME = "nn.functional.scaled_dot_product_attention"


def reference(q, k, v, mask=None, *, scale=None, is_causal=False):
    scale = 1 / math.sqrt(q.shape[-1]) if scale is None else scale
    scores = q @ np.swapaxes(k, -1, -2) * scale
    if is_causal:
        mask = np.tril(np.ones(scores.shape[-2:], bool))
    if mask is not None:
        added = np.where(mask, 0, -np.inf) if mask.dtype == bool else mask
        scores = scores + added
    top = scores.max(-1, keepdims=True)
    weights = np.exp(scores - np.where(np.isinf(top), 0, top))
    total = weights.sum(-1, keepdims=True)
    return weights / np.where(total == 0, 1, total) @ v


OPS = [
    Op(
        NAME,
        samples=lambda make: [
            (make(2, 3, 4, 5), make(2, 3, 6, 5), make(2, 3, 6, 7)),
            (make(4, 5), make(6, 5), make(6, 7), make(4, 6, dtype="bool")),
            (make(2, 4, 5), make(2, 6, 5), make(6, 7), make(4, 6)),
            (make(4, 5), make(4, 5), make(4, 5), {"is_causal": True}),
            (make(4, 5), make(4, 5), make(4, 5), {"scale": 0.3}),
        ],
        reference=reference,
        dtypes=("float64", "float32", "float16", "bfloat16"),
        errors=[
            Error(
                (rushlight.ones(2, 3),) * 3,
                RuntimeError,
                "should not be set when is_causal=True",
                {"attn_mask": rushlight.ones(2, 2), "is_causal": True},
            ),
            Error(
                (rushlight.ones(2, 3), rushlight.ones(2, 4), rushlight.ones(2, 4)),
                RuntimeError,
                "[2, 4]",
            ),
            Error(
                (
                    rushlight.ones(2, 3),
                    rushlight.ones(2, 3).double(),
                    rushlight.ones(2, 3),
                ),
                RuntimeError,
                "float64",
            ),
            Error((1.0, 2.0, 3.0), TypeError, "'query' to be a Tensor"),
        ],
    )
]
globals().update(battery(OPS))


def test_queries_that_see_nothing_give_zeros_and_no_nan():
    q = rushlight.ones(2, 3, requires_grad=True)
    mask = rushlight.tensor([[True, True], [False, False]])
    y = rushlight.nn.functional.scaled_dot_product_attention(q, q, q, mask)
    assert y[1].tolist() == [0.0] * 3
    y.sum().backward()
    assert not q.grad.isnan().any()


def test_dropout_uses_pytorchs_mask():
    rushlight.manual_seed(0)
    q = rushlight.ones(1, 4, 2)
    y = rushlight.nn.functional.scaled_dot_product_attention(q, q, q, dropout_p=0.5)
    # recorded from PyTorch 2.13: how many of the four weights of each query were kept
    assert (y[0, :, 0] * 2).round().tolist() == KEPT


KEPT = [1.0, 2.0, 3.0, 3.0]


def test_grouped_heads():
    q, kv = rushlight.randn(4, 3, 2), rushlight.randn(2, 3, 2)
    attend = rushlight.nn.functional.scaled_dot_product_attention
    whole = kv.repeat_interleave(2, 0)
    assert rushlight.equal(attend(q, kv, kv, enable_gqa=True), attend(q, whole, whole))
    with pytest.raises(RuntimeError, match="divide those of query"):
        attend(q, rushlight.ones(3, 3, 2), rushlight.ones(3, 3, 2), enable_gqa=True)


def test_the_additive_mask_gets_a_gradient():
    q, mask = (
        rushlight.randn(*s, dtype=rushlight.float64, requires_grad=True)
        for s in ((3, 2), (3, 3))
    )
    attend = rushlight.nn.functional.scaled_dot_product_attention
    assert gradcheck(lambda q, m: attend(q, q, q, m), (q, mask))
