"""multi_head_attention_forward: what nn.MultiheadAttention computes.

All sequences are (length, batch, size) inside; heads are a part of the batch.
"""

import math
import warnings

from rushlight._base import dtype as dtypes
from rushlight._base.errors import explain
from rushlight._core.expose import FUNCTIONAL, TORCH, expose
from rushlight._ops.attention.dot_product import scaled_dot_product_attention

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
    """Project queries, keys and values to heads, attend, and project back.

    Args:
        query: (L, N, E) or (L, E), float.
        key: (S, N, E') or (S, E').
        value: (S, N, E'') or (S, E'').
        embed_dim_to_check: E.
        num_heads: divides E.
        in_proj_weight, in_proj_bias: (3 E, E) and (3 E,): of query, key and value.
        bias_k, bias_v: (1, 1, E); appended to keys and values, or None.
        add_zero_attn: append a key and value of zeros.
        dropout_p: of the weights, in training.
        out_proj_weight, out_proj_bias: (E, E) and (E,).
        training: whether dropout is on.
        key_padding_mask: (N, S) or (S,); bool (True hides a key) or float (added).
        need_weights: return the weights too.
        attn_mask: (L, S) or (N num_heads, L, S); bool (True hides) or float (added).
        use_separate_proj_weight: use the three following instead of in_proj_weight.
        q_proj_weight, k_proj_weight, v_proj_weight: (E, E), (E, E'), (E, E'').
        static_k, static_v: (N num_heads, S, E / num_heads); instead of the projected.
        average_attn_weights: return the mean over the heads.
        is_causal: a hint that attn_mask is causal.

    Returns:
        tuple: the result, as query, and the weights (N, L, S) (or None): (N, num_heads,
        L, S) where they are not averaged.

    Raises:
        AssertionError: for sizes that do not fit.
        RuntimeError: for masks that do not fit.

    >>> import rushlight
    >>> f = rushlight.nn.functional.multi_head_attention_forward
    >>> x, eye = rushlight.ones(2, 1), rushlight.ones(1, 1)
    >>> three = rushlight.ones(3, 1)
    >>> f(x, x, x, 1, 1, three, None, None, None, False, 0.0, eye, None)[0]
    tensor([[1.],
            [1.]])
    """
    has_batch = _check_dims(query, key, value, key_padding_mask, attn_mask, num_heads)
    if not has_batch:
        query, key, value = (t.unsqueeze(1) for t in (query, key, value))
        if key_padding_mask is not None:
            key_padding_mask = key_padding_mask.unsqueeze(0)
    length, batch, size = query.shape
    _check_sizes(query, key, value, embed_dim_to_check, num_heads, attn_mask,
                 use_separate_proj_weight, is_causal)  # fmt: skip
    padding = _as_float(key_padding_mask, "key_padding_mask", query, attn_mask)
    if is_causal and padding is None and not need_weights:
        attn_mask = None
    else:
        attn_mask = _as_float(attn_mask, "attn_mask", query)
        is_causal = is_causal and padding is None
    if use_separate_proj_weight:
        weights = q_proj_weight, k_proj_weight, v_proj_weight
        q, k, v = _projected_apart(query, key, value, weights, in_proj_bias)
    else:
        q, k, v = _projected(query, key, value, in_proj_weight, in_proj_bias)
    mask = _shaped_mask(attn_mask, length, key.shape[0], batch * num_heads)
    added = 0
    if bias_k is not None or bias_v is not None:
        k, v = _with_biases(k, v, bias_k, bias_v, static_k, static_v)
        added += 1
    head = size // num_heads
    q = q.reshape(length, batch * num_heads, head).transpose(0, 1)
    k, v = (
        _heads(k, static_k, batch * num_heads, head),
        _heads(v, static_v, batch * num_heads, head),
    )
    if add_zero_attn:
        zeros = k.new_zeros((batch * num_heads, 1, head))
        k, v = TORCH["cat"]([k, zeros], 1), TORCH["cat"]([v, zeros], 1)
        added += 1
    mask = _merged(mask, padding, added, k.shape[1], batch, num_heads)
    dropout = dropout_p if training else 0.0
    out = out_proj_weight, out_proj_bias
    if need_weights:
        result, found = _with_weights(q, k, v, mask, dropout, out, batch)
        found = found.view(batch, num_heads, length, k.shape[1])
        found = found.mean(1) if average_attn_weights else found
        if not has_batch:
            return result.squeeze(1), found.squeeze(0)
        return result, found
    result = _without_weights(q, k, v, mask, dropout, is_causal, out, batch)
    return (result if has_batch else result.squeeze(1)), None


expose(multi_head_attention_forward, torch=False, method=False, functional=True)

# ------------------------------------------------------------------------- attention


def _with_weights(q, k, v, mask, dropout, out, batch):
    """The result (L, N, E) and the weights (N num_heads, L, S)."""
    scores = (q * math.sqrt(1.0 / q.shape[-1])) @ k.mT
    if mask is not None:
        scores = scores + mask
    weights = scores.softmax(-1)
    if dropout > 0:
        weights = FUNCTIONAL["dropout"](weights, dropout)
    return _back(weights @ v, out, batch), weights


def _without_weights(q, k, v, mask, dropout, is_causal, out, batch):
    q, k, v = (t.view(batch, -1, *t.shape[1:]) for t in (q, k, v))
    if mask is not None:
        mask = (
            mask.unsqueeze(0)
            if mask.shape[0] == 1
            else mask.view(batch, -1, *mask.shape[1:])
        )
    found = scaled_dot_product_attention(q, k, v, mask, dropout, is_causal)
    return _back(found.reshape(-1, *found.shape[2:]), out, batch)


def _back(heads, out, batch):
    """(N num_heads, L, head) to (L, N, E), projected."""
    length = heads.shape[1]
    flat = heads.transpose(0, 1).reshape(length * batch, -1)
    return FUNCTIONAL["linear"](flat, *out).view(length, batch, -1)


# ------------------------------------------------------------------------ projections


def _projected(query, key, value, weight, bias):
    """Queries, keys and values by one weight of three parts."""
    linear, size = FUNCTIONAL["linear"], query.shape[-1]
    if key is value and query is key:
        found = linear(query, weight, bias)
        return [found[..., i * size : (i + 1) * size] for i in range(3)]
    parts = [slice(i * size, (i + 1) * size) for i in range(3)]
    biases = [None if bias is None else bias[part] for part in parts]
    return [
        linear(t, weight[part], b)
        for t, part, b in zip((query, key, value), parts, biases)
    ]


def _projected_apart(query, key, value, weights, bias):
    size = query.shape[-1]
    for name, weight in zip(("q", "k", "v"), weights):
        _require(weight is not None, f"{name}_proj_weight", "None")
    biases = [
        None if bias is None else bias[i * size : (i + 1) * size] for i in range(3)
    ]
    linear = FUNCTIONAL["linear"]
    return [linear(t, w, b) for t, w, b in zip((query, key, value), weights, biases)]


def _with_biases(k, v, bias_k, bias_v, static_k, static_v):
    both = bias_k is not None and bias_v is not None
    _require(both, "bias_k and bias_v together", "one of them")
    _require(static_k is None, "no static_k with bias_k", "both")
    _require(static_v is None, "no static_v with bias_v", "both")
    batch, cat = k.shape[1], TORCH["cat"]
    return cat([k, bias_k.repeat(1, batch, 1)]), cat([v, bias_v.repeat(1, batch, 1)])


def _heads(t, static, count, head):
    """Keys or values as (N num_heads, S, head)."""
    if static is None:
        return t.reshape(t.shape[0], count, head).transpose(0, 1)
    _require(
        static.shape[0] == count and static.shape[2] == head,
        f"static keys and values of size ({count}, S, {head})",
        list(static.shape),
    )
    return static


# ----------------------------------------------------------------------------- masks


def _as_float(mask, name, query, other=None):
    """A mask that is added to the scores: -inf where a bool mask is True."""
    if mask is None:
        return None
    is_bool = mask.dtype is dtypes.bool
    _require(
        is_bool or mask.dtype.is_floating_point, f"a bool or float {name}", mask.dtype
    )
    if other is not None and other.dtype is not mask.dtype:
        warnings.warn(
            f"{_WHO}: {name} is {mask.dtype} and attn_mask {other.dtype}; use one type "
            "for both.",
            UserWarning,
            stacklevel=3,
        )
    if not is_bool:
        return mask
    return query.new_zeros(mask.shape).masked_fill(mask, -math.inf)


def _shaped_mask(mask, length, keys, heads):
    """attn_mask with three dimensions."""
    if mask is None:
        return None
    wanted = (length, keys) if mask.ndim == 2 else (heads, length, keys)
    if tuple(mask.shape) != wanted:
        raise RuntimeError(
            explain(
                _WHO,
                expected=f"attn_mask of shape {(length, keys)} or {wanted}",
                got=tuple(mask.shape),
                do="One element for each query and key.",
            )
        )
    return mask.unsqueeze(0) if mask.ndim == 2 else mask


def _merged(mask, padding, added, keys, batch, num_heads):
    """attn_mask and key_padding_mask in one, with the added keys visible."""
    if added:
        mask, padding = _wider(mask, added), _wider(padding, added)
    if padding is None:
        return mask
    _require_shape(padding, (batch, keys), "key_padding_mask")
    each = padding.view(batch, 1, 1, keys).expand(batch, num_heads, 1, keys)
    each = each.reshape(batch * num_heads, 1, keys)
    return each if mask is None else mask + each


def _wider(mask, added):
    if mask is None:
        return None
    zeros = mask.new_zeros((*mask.shape[:-1], added))
    return TORCH["cat"]([mask, zeros], mask.ndim - 1)


# ---------------------------------------------------------------------------- checks


def _require(holds, expected, got, do="Check the sizes."):
    if not holds:
        raise AssertionError(explain(_WHO, expected=expected, got=got, do=do))


def _require_shape(tensor, wanted, name):
    if tuple(tensor.shape) != wanted:
        _require(False, f"{name} of shape {wanted}", tuple(tensor.shape))


def _check_dims(query, key, value, padding, mask, num_heads):
    """Whether there is a batch dimension."""
    dims = query.ndim
    _require(dims in (2, 3), "a 2D (unbatched) or 3D (batched) query", f"{dims}D")
    same = key.ndim == value.ndim == dims
    _require(same, f"{dims}D key and value", f"{key.ndim}D and {value.ndim}D")
    if padding is not None:
        fits = padding.ndim == dims - 1
        _require(fits, f"a {dims - 1}D key_padding_mask", f"{padding.ndim}D")
    if mask is not None:
        _require(mask.ndim in (2, 3), "a 2D or 3D attn_mask", f"{mask.ndim}D")
        if dims == 2 and mask.ndim == 3:
            wanted = (num_heads, query.shape[0], key.shape[0])
            _require_shape(mask, wanted, "attn_mask")
    return dims == 3


def _check_sizes(query, key, value, size, num_heads, mask, separate, is_causal):
    if is_causal and mask is None:
        raise RuntimeError(
            explain(
                _WHO,
                expected="attn_mask where is_causal is given, as a hint",
                got="None",
                do="Make it with Transformer.generate_square_subsequent_mask.",
            )
        )
    found = query.shape[-1]
    _require(found == size, f"an embedding dimension of {size}", found)
    fits = found % num_heads == 0
    _require(fits, "embed_dim divisible by num_heads", f"{found} and {num_heads}")
    if separate:
        same = key.shape[:2] == value.shape[:2]
    else:
        same = key.shape == value.shape
    if not same:
        got = f"{list(key.shape)} and {list(value.shape)}"
        _require(same, "key and value of one shape", got)
