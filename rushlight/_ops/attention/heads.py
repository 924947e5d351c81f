"""multi_head_attention_forward: projections, heads, masks around the dot product."""

import math

from rushlight._base.errors import ArgumentRuntimeError, ShapeError, explain
from rushlight._core.expose import FUNCTIONAL, TORCH, expose

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
    """Attention with several heads; what `nn.MultiheadAttention` calls.

    Args:
        query: (L, N, E) or (L, E).
        key, value: (S, N, *) or (S, *).
        embed_dim_to_check: E.
        num_heads: a divisor of E.
        in_proj_weight, in_proj_bias: (3 E, E) and (3 E,), or None.
        bias_k, bias_v: (1, 1, E), one more key and value, or None.
        add_zero_attn: append a key and value of zeros.
        dropout_p: of the weights, in training.
        out_proj_weight, out_proj_bias: (E, E) and (E,).
        key_padding_mask: (N, S) or (S,); True, or a number that is added.
        need_weights: whether the weights come too.
        attn_mask: (L, S) or (N num_heads, L, S), likewise.
        use_separate_proj_weight: use q_, k_ and v_proj_weight.
        static_k, static_v: (N num_heads, S, E / num_heads), instead of projections.
        average_attn_weights: average the weights over the heads.
        is_causal: says that attn_mask is the causal mask.

    Returns:
        the output, shaped as query, and the weights (N, L, S) or None.

    Raises:
        RuntimeError: for shapes that do not fit.

    >>> import rushlight
    >>> net = rushlight.nn.MultiheadAttention(4, 2)
    >>> x = rushlight.ones(3, 1, 4)
    >>> net(x, x, x)[1].shape
    torch.Size([1, 3, 3])
    """
    batched = query.ndim == 3
    if not batched:
        query, key, value = (t.unsqueeze(1) for t in (query, key, value))
        if key_padding_mask is not None:
            key_padding_mask = key_padding_mask.unsqueeze(0)
    _check(query, key, value, embed_dim_to_check, num_heads, is_causal, attn_mask)
    weights = in_proj_weight
    if use_separate_proj_weight:
        weights = q_proj_weight, k_proj_weight, v_proj_weight
    q, k, v = _projected(query, key, value, weights, in_proj_bias)
    if bias_k is not None:
        k, v = (_appended(t, b) for t, b in ((k, bias_k), (v, bias_v)))
        attn_mask, key_padding_mask = _padded(attn_mask), _padded(key_padding_mask)
    q = _heads(q, num_heads)
    k = _heads(k, num_heads) if static_k is None else _static(static_k, q)
    v = _heads(v, num_heads) if static_v is None else _static(static_v, q)
    if add_zero_attn:
        k, v = (FUNCTIONAL["pad"](t, (0, 0, 0, 1)) for t in (k, v))
        attn_mask, key_padding_mask = _padded(attn_mask), _padded(key_padding_mask)
    mask = _merged_mask(attn_mask, key_padding_mask, q, k.shape[2])
    dropout_p = dropout_p if training else 0.0
    if need_weights:
        output, found = _attend(q, k, v, mask, dropout_p)
        found = found.mean(1) if average_attn_weights else found
    else:
        attend = FUNCTIONAL["scaled_dot_product_attention"]
        output, found = attend(q, k, v, mask, dropout_p), None
    length, batch, width = query.shape
    output = output.permute(2, 0, 1, 3).reshape(length * batch, width)
    output = FUNCTIONAL["linear"](output, out_proj_weight, out_proj_bias)
    output = output.view(length, batch, output.shape[1])
    if batched:
        return output, found
    return output.squeeze(1), None if found is None else found.squeeze(0)


def _check(query, key, value, width, num_heads, is_causal, attn_mask):
    if query.shape[-1] != width or width % num_heads:
        raise ShapeError(
            explain(
                _WHO,
                expected=f"a query of width {width}, divisible by {num_heads} heads",
                got=f"was expecting embedding dimension of {width}, but got "
                f"{query.shape[-1]}",
                do="Check embed_dim and num_heads.",
            )
        )
    if key.shape[:2] != value.shape[:2]:
        raise ShapeError(
            explain(
                _WHO,
                expected="key and value of one length and batch",
                got=f"key's sequence and batch dims {list(key.shape[:2])} do not match "
                f"value's {list(value.shape[:2])}",
                do="Give one value for each key.",
            )
        )
    if is_causal and attn_mask is None:
        raise ArgumentRuntimeError(
            explain(
                _WHO,
                expected="attn_mask where is_causal is set",
                got="Need attn_mask if specifying the is_causal hint.",
                do="Pass the causal mask too.",
            )
        )


def _projected(query, key, value, weights, bias):
    """Queries, keys and values; one product where they are one tensor."""
    linear = FUNCTIONAL["linear"]
    biases = (None,) * 3 if bias is None else bias.chunk(3)
    if isinstance(weights, tuple):
        return tuple(map(linear, (query, key, value), weights, biases))
    if query is key and key is value:
        return linear(query, weights, bias).chunk(3, -1)
    return tuple(map(linear, (query, key, value), weights.chunk(3), biases))


def _appended(tensor, extra):
    """One more step: (S, N, E) to (S + 1, N, E)."""
    return TORCH["cat"]([tensor, extra.expand(1, *tensor.shape[1:])])


def _padded(mask):
    """A mask for one more key, which may always be looked at."""
    return None if mask is None else FUNCTIONAL["pad"](mask, (0, 1))


def _heads(tensor, num_heads):
    """(L, N, E) to (N, heads, L, E / heads)."""
    length, batch, width = tensor.shape
    split = tensor.reshape(length, batch, num_heads, width // num_heads)
    return split.permute(1, 2, 0, 3)


def _static(tensor, query):
    """(N heads, S, width) to (N, heads, S, width)."""
    return tensor.reshape(*query.shape[:2], *tensor.shape[1:])


def _additive(mask, dtype):
    """A mask that is added: minus infinity where a bool mask is True."""
    if mask is None:
        return None
    if mask._array.dtype.kind == "b":
        zeros = mask.new_zeros(mask.shape, dtype=dtype)
        return zeros.masked_fill(mask, -math.inf)
    return mask


def _merged_mask(attn_mask, key_padding_mask, query, keys):
    """Both masks as one that is added to (N, heads, L, S), or None."""
    batch, heads, length, _ = query.shape
    pairs = _additive(attn_mask, query.dtype)
    padding = _additive(key_padding_mask, query.dtype)
    if pairs is not None:
        wanted = {(length, keys), (batch * heads, length, keys)}
        if tuple(pairs.shape) not in wanted:
            raise ArgumentRuntimeError(
                explain(
                    _WHO,
                    expected=f"attn_mask of one of the shapes {sorted(wanted)}",
                    got=f"The shape of the attn_mask is {tuple(pairs.shape)}",
                    do="Give (L, S), or (N num_heads, L, S).",
                )
            )
        if pairs.ndim == 3:
            pairs = pairs.reshape(batch, heads, length, keys)
    if padding is not None:
        if tuple(padding.shape) != (batch, keys):
            raise AssertionError(
                explain(
                    _WHO,
                    expected=f"key_padding_mask of shape {(batch, keys)}",
                    got=f"{tuple(padding.shape)}",
                    do="Give one row for each sequence.",
                )
            )
        padding = padding.reshape(batch, 1, 1, keys)
    if pairs is None or padding is None:
        return padding if pairs is None else pairs
    return pairs + padding


def _attend(query, key, value, mask, dropout_p):
    """The dot product with its weights."""
    scores = query / math.sqrt(query.shape[-1]) @ key.transpose(-2, -1)
    scores = scores if mask is None else scores + mask
    weights = scores.softmax(-1)
    if dropout_p:
        weights = FUNCTIONAL["dropout"](weights, dropout_p, True)
    return weights @ value, weights


expose(multi_head_attention_forward, torch=False, method=False, functional=True)
