"""scaled_dot_product_attention."""

import math

import numpy

from rushlight._base.errors import (
    ArgumentRuntimeError,
    DtypeError,
    ShapeError,
    explain,
)
from rushlight._base.shape import broadcast_shapes
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.state import GRAD_MODE
from rushlight._core.table import define
from rushlight._ops._arguments import require_tensor
from rushlight._ops._arrays import wide
from rushlight._ops._noise import noise_like
from rushlight._ops.attention import _weights

_WHO = "scaled_dot_product_attention()"


def scaled_dot_product_attention(
    query,
    key,
    value,
    attn_mask=None,
    dropout_p=0.0,
    is_causal=False,
    scale=None,
    enable_gqa=False,
):
    """Attention: ``softmax(scale Q K^T + mask) V``.

    Args:
        query: (..., L, E), float.
        key: (..., S, E), the same dtype.
        value: (..., S, Ev), the same dtype.
        attn_mask: broadcasts to (..., L, S); bool (True takes part) or float (added to
            the scores).
        dropout_p: the probability with which a weight is dropped, whatever the mode of
            the caller.
        is_causal: hide the keys that are later than the query.
        scale: of the scores; ``1 / sqrt(E)`` if left out.
        enable_gqa: let each head of key and value serve several heads of the query.

    Returns:
        Tensor: (..., L, Ev); 0 where a query may see no key.

    Raises:
        RuntimeError: where sizes or dtypes do not fit.

    See:
        Vaswani et al., "Attention Is All You Need" (2017).

    >>> import rushlight
    >>> x = rushlight.tensor([[1.0], [3.0]])
    >>> rushlight.nn.functional.scaled_dot_product_attention(x * 0, x, x)
    tensor([[2.],
            [2.]])
    """
    _check_inputs(query, key, value, attn_mask)
    if attn_mask is not None and is_causal:
        raise ArgumentRuntimeError(
            explain(
                "scaled_dot_product_attention()",
                expected="either attn_mask or is_causal",
                got="Explicit attn_mask should not be set when is_causal=True",
                do="Put the causal part into the mask.",
            )
        )
    if enable_gqa:
        key, value = _repeated(query, key, "key"), _repeated(query, value, "value")
    query, key, value = _one_lead(query, key, value)
    scale = 1 / math.sqrt(query._array.shape[-1] or 1) if scale is None else scale
    noise = None
    if dropout_p:
        noise = _noise(query, key, dropout_p)
    found = call(
        ATTENTION,
        query,
        key,
        value,
        attn_mask,
        noise,
        scale=float(scale),
        is_causal=bool(is_causal),
    )
    return found[0]


def _noise(query, key, p):
    if not 0 <= p <= 1:
        raise ArgumentRuntimeError(
            explain(
                _WHO,
                expected="dropout_p between 0 and 1",
                got=p,
                do="It is the share of the weights that become zero.",
            )
        )
    shape = (*query._array.shape[:-1], key._array.shape[-2])
    if p == 1:
        return query.new_zeros(shape)
    return noise_like(query, p, shape)


def _check_dtypes(query, key, value, mask, noise, **attrs):
    """Run with the op itself: autocast may have made the dtypes equal before."""
    if not query.dtype is key.dtype is value.dtype:
        raise DtypeError(
            explain(
                _WHO,
                expected="query, key and value of one dtype",
                got=f"{query.dtype}, {key.dtype} and {value.dtype}",
                do="Convert them.",
            )
        )


def _check_inputs(query, key, value, mask):
    for name, value_ in (("query", query), ("key", key), ("value", value)):
        require_tensor(value_, _WHO, name)
        if value_.ndim < 2:
            raise ShapeError(
                explain(
                    _WHO,
                    expected="query, key and value of at least 2 dimensions",
                    got=f"{name} of {value_.ndim}",
                    do="They are (..., length, size).",
                )
            )
    if not query.dtype.is_floating_point:
        raise DtypeError(
            explain(_WHO, expected="floats", got=query.dtype, do="Use .float().")
        )
    if mask is None:
        return
    require_tensor(mask, _WHO, "attn_mask")
    name = mask.dtype.name
    if name not in ("bool", "float32") and mask.dtype is not query.dtype:
        raise DtypeError(
            explain(
                _WHO,
                expected=f"attn_mask of dtype bool or {query.dtype}",
                got=mask.dtype,
                do="Convert it.",
            )
        )


def _repeated(query, other, name):
    """Heads repeated until there are as many as the query has."""
    heads, few = query._array.shape[-3], other._array.shape[-3]
    if heads == few:
        return other
    if not few or heads % few:
        raise ShapeError(
            explain(
                _WHO,
                expected=f"the heads of {name} to divide those of query",
                got=f"{few} and {heads}",
                do="Choose a multiple.",
            )
        )
    return other.repeat_interleave(heads // few, -3)


def _one_lead(query, key, value):
    """The inputs with one leading shape; their other sizes are checked."""
    q, k, v = query._array.shape, key._array.shape, value._array.shape
    if q[-1] != k[-1] or k[-2] != v[-2]:
        raise ShapeError(
            explain(
                _WHO,
                expected="query (..., L, E), key (..., S, E), value (..., S, Ev)",
                got=f"{list(q)}, {list(k)} and {list(v)}",
                do="Check the order of the dimensions.",
            )
        )
    if q[:-2] == k[:-2] == v[:-2]:
        return query, key, value
    lead = broadcast_shapes(q[:-2], k[:-2], v[:-2])
    return tuple(t.expand(*lead, *t._array.shape[-2:]) for t in (query, key, value))


expose(scaled_dot_product_attention, torch=False, method=False, functional=True)

# -------------------------------------------------------------------------------- op


def _attention_spec(q, k, v, mask, noise, *, scale, is_causal):
    weights = (*q.shape[:-1], k.shape[-2])
    if mask is not None and broadcast_shapes(mask.shape, weights) != weights:
        raise ShapeError(
            explain(
                _WHO,
                expected=f"attn_mask that broadcasts to {list(weights)}",
                got=list(mask.shape),
                do="It has one element for each query and key.",
            )
        )
    dtype = numpy.float32 if q.dtype.itemsize == 2 else q.dtype
    return (
        Spec((*q.shape[:-1], v.shape[-1]), q.dtype),
        Spec((*q.shape[:-1], 1), dtype),
    )


def _attention_eager(backend, q, k, v, mask, noise, *, scale, is_causal):
    if mask is not None:
        _attention_spec(q, k, v, mask, noise, scale=scale, is_causal=is_causal)
    out, rows = _weights.forward(
        backend.np,
        wide(q),
        wide(k),
        wide(v),
        mask if mask is None else wide(mask),
        noise if noise is None else wide(noise),
        q.dtype.type(scale) if q.dtype.itemsize > 2 else numpy.float32(scale),
        is_causal,
    )
    return out.astype(q.dtype, copy=False), rows


def _attention_grad(g, *, q, k, v, mask, noise, out0, out1, scale, is_causal, needs):
    g = g[0]
    if GRAD_MODE.get():
        found = _slowly(g, q, k, v, mask, noise, scale, is_causal)
    else:
        found = call(
            ATTENTION_BACKWARD,
            g,
            q,
            k,
            v,
            mask,
            noise,
            out0,
            out1,
            scale=scale,
            is_causal=is_causal,
            wants_scores=needs[3],
        )
    return (*[f if need else None for f, need in zip(found, needs)], None)


def _slowly(g, q, k, v, mask, noise, scale, is_causal):
    """The gradients in Tensor operations, so that they can be differentiated again."""
    scores = (q * scale) @ k.mT
    hidden = None
    if is_causal:
        hidden = scores.new_ones(scores.shape[-2:], dtype=_bool()).triu(1)
    if mask is not None and mask.dtype is _bool():
        hidden = ~mask if hidden is None else hidden | ~mask
    elif mask is not None:
        scores = scores + mask
    if hidden is not None:
        scores = scores.masked_fill(hidden, -math.inf)
    weights = scores.softmax(-1)
    if mask is not None:
        empty = (scores.detach() == -math.inf).all(-1, keepdim=True)
        weights = weights.masked_fill(empty, 0)
    g_weights = g @ v.mT
    dropped = weights
    if noise is not None:
        dropped, g_weights = weights * noise, g_weights * noise
    along = (g_weights * weights).sum(-1, keepdim=True)
    g_scores = weights * (g_weights - along)
    return (
        (g_scores @ k) * scale,
        (g_scores.mT @ q) * scale,
        dropped.mT @ g,
        g_scores,
    )


def _bool():
    from rushlight._base import dtype as dtypes

    return dtypes.bool


ATTENTION = define(
    "scaled_dot_product_attention",
    inputs="q k v mask noise",
    eager=_attention_eager,
    spec=_attention_spec,
    grad=_attention_grad,
    node="ScaledDotProductFlashAttentionForCpuBackward0",
    many=True,
    fills_missing=False,
    check=_check_dtypes,
    autocast="lower",
)


def _backward_spec(
    g, q, k, v, mask, noise, out, rows, *, scale, is_causal, wants_scores
):
    found = [Spec(x.shape, x.dtype) for x in (q, k, v)]
    scores = (*q.shape[:-1], k.shape[-2]) if wants_scores else (0,)
    return (*found, Spec(scores, rows.dtype))


def _backward_eager(
    backend, g, q, k, v, mask, noise, out, rows, *, scale, is_causal, wants_scores
):
    found = _weights.backward(
        backend.np,
        wide(g),
        wide(q),
        wide(k),
        wide(v),
        mask if mask is None else wide(mask),
        noise if noise is None else wide(noise),
        wide(out),
        rows,
        rows.dtype.type(scale),
        is_causal,
        wants_scores,
    )
    scores = found[3] if wants_scores else backend.np.empty(0, rows.dtype)
    return (*[f.astype(q.dtype, copy=False) for f in found[:3]], scores)


ATTENTION_BACKWARD = define(
    "scaled_dot_product_attention_backward",
    inputs="g q k v mask noise out rows",
    eager=_backward_eager,
    spec=_backward_spec,
    many=True,
)
