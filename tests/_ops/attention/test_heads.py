"""multi_head_attention_forward against the dot product head by head."""

import math

import numpy as np
import pytest

import rushlight as torch
from rushlight import nn
from rushlight.autograd import gradcheck


def _by_hand(net, q, k, v, mask=None):
    """One head at a time, in NumPy."""
    weights = net.in_proj_weight.detach().numpy()
    biases = net.in_proj_bias.detach().numpy()
    parts = zip((q, k, v), np.split(weights, 3), np.split(biases, 3), strict=True)
    q, k, v = (t.numpy() @ w.T + b for t, w, b in parts)
    outputs, found = [], []
    for head in range(net.num_heads):
        own = slice(head * net.head_dim, (head + 1) * net.head_dim)
        scores = np.einsum("lne,sne->nls", q[..., own], k[..., own])
        scores = scores / math.sqrt(net.head_dim)
        scores = scores if mask is None else np.where(mask, -np.inf, scores)
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        outputs.append(np.einsum("nls,sne->lne", weights, v[..., own]))
        found.append(weights)
    joined = np.concatenate(outputs, -1)
    result = joined @ net.out_proj.weight.detach().numpy().T
    return result + net.out_proj.bias.detach().numpy(), np.mean(found, 0)


@pytest.fixture
def net():
    torch.manual_seed(0)
    return nn.MultiheadAttention(6, 2).double()


def _draw(*shape):
    return torch.randn(*shape, dtype=torch.float64)


@pytest.mark.parametrize("need_weights", [True, False])
@pytest.mark.parametrize("masked", [False, True])
def test_values(net, need_weights, masked):
    q, k, v = _draw(3, 2, 6), _draw(4, 2, 6), _draw(4, 2, 6)
    mask = torch.tensor([[False, True, False, True]] * 3) if masked else None
    output, weights = net(q, k, v, attn_mask=mask, need_weights=need_weights)
    by_hand = None if mask is None else mask.numpy()
    wanted, wanted_weights = _by_hand(net, q, k, v, by_hand)
    np.testing.assert_allclose(output.tolist(), wanted, rtol=1e-10)
    if need_weights:
        np.testing.assert_allclose(weights.tolist(), wanted_weights, rtol=1e-10)
    else:
        assert weights is None


def test_padding_leaves_keys_out(net):
    q, k = _draw(3, 2, 6), _draw(4, 2, 6)
    padding = torch.tensor([[False, False, True, True], [False] * 4])
    output, weights = net(q, k, k, key_padding_mask=padding)
    assert weights[0, :, 2:].sum().item() == 0.0
    short, _ = net(q[:, :1], k[:2, :1], k[:2, :1])
    np.testing.assert_allclose(output[:, :1].tolist(), short.tolist(), rtol=1e-10)


def test_without_a_batch(net):
    q = _draw(3, 6)
    output, weights = net(q, q, q)
    batched, _ = net(*(q.unsqueeze(1),) * 3)
    assert output.shape == (3, 6)
    assert weights.shape == (3, 3)
    np.testing.assert_allclose(output.tolist(), batched.squeeze(1).tolist(), rtol=1e-10)


def test_weights_of_single_heads(net):
    q = _draw(3, 2, 6)
    _, weights = net(q, q, q, average_attn_weights=False)
    assert weights.shape == (2, 2, 3, 3)


@pytest.mark.parametrize(
    "options", [{"add_bias_kv": True, "add_zero_attn": True}, {"kdim": 4, "vdim": 2}]
)
def test_gradients_of_the_variants(options):
    net = nn.MultiheadAttention(4, 2, **options).double()
    widths = 4, options.get("kdim", 4), options.get("vdim", 4)
    q, k, v = (_draw(2, 1, w).requires_grad_() for w in widths)
    assert gradcheck(lambda *args: net(*args[:3])[0], (q, k, v, *net.parameters()))


def test_errors(net):
    q = _draw(3, 2, 6)
    with pytest.raises(RuntimeError, match="attn_mask of shape"):
        net(q, q, q, attn_mask=torch.zeros(2, 2))
    with pytest.raises(AssertionError, match="embedding dimension of 6"):
        net(_draw(3, 2, 5), q, q)
    with pytest.raises(RuntimeError, match="attn_mask where is_causal"):
        net(q, q, q, is_causal=True)
    with pytest.raises(AssertionError, match="key_padding_mask of shape"):
        net(q, q, q, key_padding_mask=torch.zeros(3, 2))
