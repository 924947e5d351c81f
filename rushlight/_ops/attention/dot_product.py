"""scaled_dot_product_attention."""

import math

from rushlight._base.errors import (
    ArgumentRuntimeError,
    ArgumentTypeError,
    DtypeError,
    ShapeError,
    explain,
)
from rushlight._base.shape import broadcast_shapes
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import FUNCTIONAL, expose
from rushlight._core.table import define
from rushlight._core.tensor import Tensor

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
    """Attention: ``softmax(scale * query key^T + mask) value``.

    Args:
        query: (..., L, E), float.
        key: (..., S, E), same dtype.
        value: (..., S, Ev), same dtype.
        attn_mask: broadcasts to (..., L, S): bool, where False leaves a pair out, or a
            number that is added.
        dropout_p: probability with which weights are dropped.
        is_causal: leave out every key after the query's own place.
        scale: ``1 / sqrt(E)`` if left out.
        enable_gqa: repeat the heads (dimension -3) of key and value to query's number.

    Returns:
        Tensor: (..., L, Ev); queries that may look at nothing give zeros.

    Raises:
        RuntimeError: for shapes or dtypes that do not fit, or a mask with is_causal.

    Source: Vaswani et al., Attention is all you need, 2017.

    >>> import rushlight
    >>> x = rushlight.ones(1, 2, 4)
    >>> rushlight.nn.functional.scaled_dot_product_attention(x, x, x).shape
    torch.Size([1, 2, 4])
    """
    _check_tensors(query, key, value, attn_mask, is_causal)
    if enable_gqa:
        key, value = (_repeated(t, query) for t in (key, value))
    scale = 1 / math.sqrt(query._array.shape[-1] or 1) if scale is None else scale
    causal = bool(is_causal)
    if dropout_p:
        return _with_dropout(query, key, value, attn_mask, dropout_p, causal, scale)
    return call(ATTENTION, query, key, value, attn_mask, causal=causal, scale=scale)[0]


def _check_tensors(query, key, value, attn_mask, is_causal):
    for name, tensor in (("query", query), ("key", key), ("value", value)):
        if not isinstance(tensor, Tensor):
            raise ArgumentTypeError(
                explain(
                    _WHO,
                    expected=f"argument '{name}' to be a Tensor",
                    got=type(tensor).__name__,
                    do="Convert it with torch.tensor.",
                )
            )
    if attn_mask is not None and is_causal:
        raise ArgumentRuntimeError(
            explain(
                _WHO,
                expected="either attn_mask or is_causal",
                got="Explicit attn_mask should not be set when is_causal=True",
                do="Put the causal part into the mask.",
            )
        )


def _repeated(tensor, query):
    """Key or value with its heads repeated to the query's number."""
    times, rest = divmod(query._array.shape[-3], tensor._array.shape[-3])
    if rest:
        raise ShapeError(
            explain(
                _WHO,
                expected="query's heads to be a multiple of key's and value's",
                got=f"{query._array.shape[-3]} and {tensor._array.shape[-3]}",
                do="Choose numbers of heads that divide.",
            )
        )
    return tensor.repeat_interleave(times, -3) if times > 1 else tensor


def _with_dropout(query, key, value, attn_mask, dropout_p, causal, scale):
    """The same in Tensor operations, with the weights dropped at random."""
    scores = query @ key.transpose(-2, -1) * scale
    if causal:
        allowed = scores.new_ones(scores.shape[-2:]).tril().bool()
        scores = scores.masked_fill(~allowed, -math.inf)
    elif attn_mask is not None and attn_mask._array.dtype.kind == "b":
        scores = scores.masked_fill(~attn_mask, -math.inf)
    elif attn_mask is not None:
        scores = scores + attn_mask
    blocked = (scores == -math.inf).all(-1, keepdim=True)
    weights = scores.softmax(-1).masked_fill(blocked, 0.0)
    return FUNCTIONAL["dropout"](weights, dropout_p, True) @ value


def _attention_spec(q, k, v, mask, *, causal, scale):
    for name, x in (("query", q), ("key", k), ("value", v)):
        if len(x.shape) < 2:
            raise ShapeError(
                explain(
                    _WHO,
                    expected="query, key and value of at least 2 dimensions",
                    got=f"{name} of {len(x.shape)}",
                    do="Give (..., length, width).",
                )
            )
    if not q.dtype == k.dtype == v.dtype:
        raise DtypeError(
            explain(
                _WHO,
                expected="query, key and value of the same dtype",
                got=f"query.dtype: {q.dtype} key.dtype: {k.dtype} and value.dtype: "
                f"{v.dtype}",
                do="Convert them to one dtype.",
            )
        )
    if q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ShapeError(
            explain(
                _WHO,
                expected="query and key of one width, key and value of one length",
                got=f"{list(q.shape)}, {list(k.shape)} and {list(v.shape)}",
                do="Check the projections.",
            )
        )
    batch = broadcast_shapes(q.shape[:-2], k.shape[:-2], v.shape[:-2])
    pairs = (*batch, q.shape[-2], k.shape[-2])
    if mask is not None and broadcast_shapes(mask.shape, pairs) != pairs:
        raise ShapeError(
            explain(
                _WHO,
                expected=f"a mask that broadcasts to {list(pairs)}",
                got=list(mask.shape),
                do="Give (L, S), or with leading sizes.",
            )
        )
    return Spec((*batch, q.shape[-2], v.shape[-1]), q.dtype), Spec(pairs, q.dtype)


def _attention_eager(backend, q, k, v, mask, *, causal, scale):
    _attention_spec(q, k, v, mask, causal=causal, scale=scale)
    np, dtype = backend.np, q.dtype
    if dtype.itemsize == 2:  # no BLAS for half precision
        q, k, v = (x.astype(np.float32) for x in (q, k, v))
    scores = np.matmul(q, k.swapaxes(-1, -2))
    scores *= scale
    if causal:
        scores += _causal(np, scores.shape[-2:], scores.dtype)
    elif mask is not None and mask.dtype.kind == "b":
        scores = np.where(mask, scores, scores.dtype.type(-math.inf))
    elif mask is not None:
        scores += mask.astype(scores.dtype)
    weights = _softmax(np, scores, may_be_blocked=mask is not None or causal)
    result = np.matmul(weights, v)
    return result.astype(dtype, copy=False), weights.astype(dtype, copy=False)


def _causal(np, shape, dtype):
    """Minus infinity above the diagonal, 0 elsewhere."""
    return np.triu(np.full(shape, -math.inf, dtype), 1)


def _softmax(np, scores, may_be_blocked):
    """Softmax over the last dimension, in place; rows of minus infinity give zeros."""
    if not scores.shape[-1]:
        return scores
    largest = np.maximum.reduce(scores, -1, None, None, True)
    if may_be_blocked:
        largest[largest == -math.inf] = 0
    scores -= largest
    np.exp(scores, scores)
    total = np.add.reduce(scores, -1, None, None, True)
    if may_be_blocked:
        total[total == 0] = 1
    scores /= total
    return scores


def _attention_grad(gs, *, q, k, v, mask, out, scale, needs):
    """With weights p: ``ds = p * (dp - sum(dp * p))``, ``dp = g v^T``."""
    g, extra = gs
    weights = out[1]
    dv = weights.transpose(-2, -1) @ g if needs[2] and g is not None else None
    if not (needs[0] or needs[1] or needs[3]):
        return None, None, dv, None
    dp = extra if g is None else g @ v.transpose(-2, -1)
    if extra is not None and g is not None:
        dp = dp + extra
    ds = dp * weights
    ds = ds - weights * ds.sum(-1, keepdim=True)
    dmask = ds * 1 if needs[3] else None
    dq = ds @ k * scale if needs[0] else None
    dk = ds.transpose(-2, -1) @ q * scale if needs[1] else None
    return dq, dk, dv, dmask


ATTENTION = define(
    "scaled_dot_product_attention",
    inputs="q k v mask",
    eager=_attention_eager,
    spec=_attention_spec,
    grad=_attention_grad,
    many=True,
    fills_missing=False,
    node="ScaledDotProductFlashAttentionForCpuBackward0",
    autocast="lower",
)
expose(scaled_dot_product_attention, torch=False, method=False, functional=True)
