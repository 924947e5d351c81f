"""multi_head_attention_forward: attention with its projections, masks and extras.

The layer is `nn.MultiheadAttention`; attention without projections is the operation
`scaled_dot_product_attention`.
"""

import math
import warnings

from rushlight._base.dtype import FLOAT
from rushlight._base.dtype import bool as BOOL
from rushlight._base.errors import (
    ArgumentAssertionError,
    ArgumentRuntimeError,
    explain,
)
from rushlight._core.expose import FUNCTIONAL, TORCH

_WHO = "multi_head_attention_forward()"


def multi_head_attention_forward(
    query,
    key,
    value,
    embed_dim_to_check,
    num_heads,
    in_proj_weight,
    in_proj_bias,
    bias_k,
    bias_v,
    add_zero_attn,
    dropout_p,
    out_proj_weight,
    out_proj_bias,
    training=True,
    key_padding_mask=None,
    need_weights=True,
    attn_mask=None,
    use_separate_proj_weight=False,
    q_proj_weight=None,
    k_proj_weight=None,
    v_proj_weight=None,
    static_k=None,
    static_v=None,
    average_attn_weights=True,
    is_causal=False,
):
    """Attention of several heads, from queries to keys and values.

        y = concat_h(softmax(Q_h K_h^T / sqrt(d) + mask) V_h) W_o^T + b_o

    Args:
        query: (L, N, E) or (L, E), float.
        key, value: (S, N, E') or (S, E').
        embed_dim_to_check: int, E.
        num_heads: int, which divides E; d is E / num_heads.
        in_proj_weight: (3 E, E), for Q, K and V; or None with separate ones.
        in_proj_bias: (3 E,) or None.
        bias_k, bias_v: (1, 1, E) or None: one more key and value for all.
        add_zero_attn: whether a key and value of zeros is added.
        dropout_p: float, on the attention weights while training.
        out_proj_weight, out_proj_bias: (E, E), (E,) or None.
        training: whether dropout is on.
        key_padding_mask: (N, S) or (S,): True (or minus infinity) leaves a key out.
        need_weights: whether the attention weights come too.
        attn_mask: (L, S) or (N num_heads, L, S): True (or minus infinity) leaves a pair
            out.
        use_separate_proj_weight: whether the next three are used.
        q_proj_weight, k_proj_weight, v_proj_weight: (E, E'), or None.
        static_k, static_v: (N num_heads, S, d), in place of the projected ones.
        average_attn_weights: whether the weights are averaged over the heads.
        is_causal: says that attn_mask is the causal mask, which must be given.

    Returns:
        The output, as the query; and the weights (N, L, S), (N, num_heads, L, S) or
        without N, or None.

    Raises:
        AssertionError, RuntimeError: for shapes and masks that do not fit.
    """
    batched = _check(query, key, value, key_padding_mask, attn_mask, num_heads)
    if not batched:
        query, key, value = _with_batch(query, key, value)
        if key_padding_mask is not None:
            key_padding_mask = key_padding_mask.unsqueeze(0)
    length, batch, width = query.shape
    _check_widths(width, embed_dim_to_check, num_heads)
    _check_masks(attn_mask, key_padding_mask, is_causal)
    key_padding_mask = as_float_mask(key_padding_mask, query.dtype)
    attn_mask = as_float_mask(attn_mask, query.dtype)
    is_causal = is_causal and key_padding_mask is None and not need_weights
    mask = None if is_causal else _merge(attn_mask, key_padding_mask, batch, num_heads)

    separate = (q_proj_weight, k_proj_weight, v_proj_weight)
    weights = separate if use_separate_proj_weight else in_proj_weight
    q, k, v = _project(query, key, value, weights, in_proj_bias)
    if bias_k is not None and bias_v is not None:
        k = TORCH["cat"]([k, bias_k.expand(1, batch, width)])
        v = TORCH["cat"]([v, bias_v.expand(1, batch, width)])
        mask = _one_more(mask)
    q, k, v = (_heads(t, num_heads) for t in (q, k, v))
    k = k if static_k is None else static_k.unflatten(0, (batch, num_heads))
    v = v if static_v is None else static_v.unflatten(0, (batch, num_heads))
    if add_zero_attn:
        k, v = (TORCH["cat"]([t, t.new_zeros(t[:, :, :1].shape)], 2) for t in (k, v))
        mask = _one_more(mask)

    attend = _attend_with_weights if need_weights else _attend
    mixed, found = attend(q, k, v, mask, dropout_p if training else 0.0, is_causal)
    mixed = mixed.permute(2, 0, 1, 3).reshape(length, batch, width)
    output = FUNCTIONAL["linear"](mixed, out_proj_weight, out_proj_bias)
    if found is not None and average_attn_weights:
        found = found.mean(1)
    if not batched:
        output = output.squeeze(1)
        found = None if found is None else found.squeeze(0)
    return output, found


def _with_batch(query, key, value):
    """A batch of one; what was one tensor stays one."""
    batches = {id(t): t.unsqueeze(1) for t in (query, key, value)}
    return (batches[id(t)] for t in (query, key, value))


def _attend_with_weights(q, k, v, mask, dropout_p, is_causal):
    scores = (q * math.sqrt(1.0 / q.shape[-1])) @ k.transpose(-2, -1)
    scores = scores if mask is None else scores + mask
    weights = FUNCTIONAL["softmax"](scores, -1)
    if dropout_p > 0.0:
        weights = FUNCTIONAL["dropout"](weights, dropout_p)
    return weights @ v, weights


def _attend(q, k, v, mask, dropout_p, is_causal):
    attention = FUNCTIONAL["scaled_dot_product_attention"]
    return attention(q, k, v, mask, dropout_p, is_causal), None


def _project(query, key, value, weights, bias):
    """Q, K and V; in one product where the inputs are one tensor."""
    linear = FUNCTIONAL["linear"]
    if isinstance(weights, tuple):
        biases = (None,) * 3 if bias is None else bias.chunk(3)
    elif query is key and key is value:
        return linear(query, weights, bias).chunk(3, -1)
    else:
        weights = weights.chunk(3)
        biases = (None,) * 3 if bias is None else bias.chunk(3)
    inputs = (query, key, value)
    return [linear(x, w, b) for x, w, b in zip(inputs, weights, biases, strict=True)]


def _heads(tensor, num_heads):
    """(length, batch, width) -> (batch, heads, length, width of a head)."""
    return tensor.unflatten(-1, (num_heads, -1)).permute(1, 2, 0, 3)


def as_float_mask(mask, dtype):
    """A mask that is added: minus infinity where a bool mask is True; None for None.

    Raises:
        AssertionError: for a mask of integers.
    """
    if mask is None:
        return None
    if mask.dtype == BOOL:
        zeros = mask.new_zeros(mask.shape, dtype=dtype)
        return zeros.masked_fill(mask, float("-inf"))
    if mask.dtype.category < FLOAT:
        raise ArgumentAssertionError(
            explain(
                _WHO,
                expected="a mask of bool or floating type (only these types of "
                "attn_mask are supported)",
                got=mask.dtype,
                do="Use mask.bool(): True leaves out.",
            )
        )
    return mask


def _merge(attn_mask, key_padding_mask, batch, num_heads):
    """Both masks in one that broadcasts to (batch, heads, length, keys)."""
    if attn_mask is not None and attn_mask.dim() == 3:
        attn_mask = attn_mask.unflatten(0, (batch, num_heads))
    if key_padding_mask is None:
        return attn_mask
    keys = key_padding_mask[:, None, None, :]
    return keys if attn_mask is None else attn_mask + keys


def _one_more(mask):
    """A mask with one more key, which is open."""
    return None if mask is None else FUNCTIONAL["pad"](mask, (0, 1))


# ----------------------------------------------------------------------------- checks


def _check(query, key, value, key_padding_mask, attn_mask, num_heads):
    """Whether the input is a batch; refuses shapes that do not fit each other."""
    dims = query.dim()
    if dims not in (2, 3):
        raise _wrong("query of 2 or 3 dimensions", f"a {dims}-D query tensor")
    if key.dim() != dims or value.dim() != dims:
        got = f"{key.dim()}-D and {value.dim()}-D tensors"
        raise _wrong(f"key and value to be {dims}-D as the query", got)
    if key.shape[:-1] != value.shape[:-1]:
        got = f"key shape {key.shape} does not match value shape {value.shape}"
        raise _wrong("key and value of one length and batch", got)
    batch = (query.shape[1],) if dims == 3 else ()
    wanted = (*batch, key.shape[0])
    if key_padding_mask is not None and tuple(key_padding_mask.shape) != wanted:
        got = f"shape {tuple(key_padding_mask.shape)}"
        raise _wrong(f"`key_padding_mask` to be None or of shape {wanted}", got)
    if attn_mask is not None:
        _check_mask(query, key, attn_mask, num_heads)
    return dims == 3


def _check_mask(query, key, attn_mask, num_heads):
    if attn_mask.dim() not in (2, 3):
        got = f"a {attn_mask.dim()}-D tensor"
        raise _wrong("`attn_mask` to be None, 2-D or 3-D", got)
    pair = (query.shape[0], key.shape[0])
    batch = query.shape[1] if query.dim() == 3 else 1
    wanted = pair if attn_mask.dim() == 2 else (batch * num_heads, *pair)
    if tuple(attn_mask.shape) != wanted:
        kind = RuntimeMaskError if query.dim() == 3 else ArgumentAssertionError
        expected = f"`attn_mask` shape to be {wanted}"
        raise _wrong(expected, tuple(attn_mask.shape), kind)


class RuntimeMaskError(ArgumentRuntimeError, ArgumentAssertionError):
    """A mask of the wrong shape: PyTorch raises one type here and one there."""


def _check_widths(width, wanted, num_heads):
    if width != wanted:
        raise _wrong(f"embedding dimension of {wanted}", width)
    if width % num_heads:
        raise _wrong(f"embed_dim divisible by num_heads ({num_heads})", width)


def _check_masks(attn_mask, key_padding_mask, is_causal):
    if is_causal and attn_mask is None:
        raise ArgumentRuntimeError(
            explain(
                _WHO,
                expected="the mask too (Need attn_mask if specifying is_causal)",
                got="attn_mask=None",
                do="Use nn.Transformer.generate_square_subsequent_mask.",
            )
        )
    if attn_mask is None or key_padding_mask is None:
        return
    if (attn_mask.dtype == BOOL) != (key_padding_mask.dtype == BOOL):
        warnings.warn(
            f"{_WHO}: expected both masks to be of one type, got key_padding_mask of "
            f"{key_padding_mask.dtype} and attn_mask of {attn_mask.dtype}. "
            "Mixing them is deprecated.",
            stacklevel=4,
        )


def _wrong(expected, got, kind=ArgumentAssertionError):
    do = "See the shapes in the documentation of nn.MultiheadAttention."
    return kind(explain(_WHO, expected=expected, got=got, do=do))
