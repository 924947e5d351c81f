"""Attention forward and backward, as arrays.

# Note [Rows]
# With scores S = scale Q K^T + mask, attention is softmax(S) V.  Forward keeps for each
# query one number, its row: the logarithm of the sum of exp(S).  Backward makes the
# scores again: the weights are P = exp(S - row), so that the scores of all queries are
# never kept.  With G the gradient of the result O,
#
#     dV = P^T G      dS = P (G V^T - rowsum(G O))      dQ = scale dS K
#     dK = scale dS^T Q
#
# Dropout's noise multiplies P in the first, and G V^T in the second.  Queries whose
# keys are all masked have 0 as their result, and inf as their row.
"""

import functools
from math import prod

import numpy

from rushlight._ops._team import share

_WORTH_SHARING = 5e6  # multiplications


def _pieces(q, k, v):
    """Slices of the leading dimensions, taken by threads in turn."""
    lead = q.shape[:-2]
    work = prod(lead) * q.shape[-2] * k.shape[-2] * (q.shape[-1] + v.shape[-1])
    if work < _WORTH_SHARING or max(lead) < 2 or q.__class__ is not numpy.ndarray:
        return [(Ellipsis,)]
    axis = lead.index(max(lead))
    count = min(8, lead[axis])
    edges = [lead[axis] * i // count for i in range(count + 1)]
    before = (slice(None),) * axis
    return [(*before, slice(a, b)) for a, b in zip(edges, edges[1:])]


@functools.lru_cache(maxsize=16)
def _causal(length, keys, dtype):
    """(L, S): 0 where a key is not later than the query, else -inf."""
    return numpy.triu(numpy.full((length, keys), -numpy.inf, dtype), 1)


def _row_sums(np, x):
    """Sums over the last dimension, which stays."""
    if x.flags.c_contiguous and x.shape[-1]:
        flat = x.reshape(-1, x.shape[-1])
        return flat.dot(np.ones(x.shape[-1], x.dtype)).reshape(*x.shape[:-1], 1)
    return np.add.reduce(x, -1, None, None, True)


def _dots(np, x, y):
    """The products of rows, (..., 1)."""
    if np is numpy:
        return np.vecdot(x, y)[..., None]
    return np.add.reduce(x * y, -1, None, None, True)


def like(np, x, width):
    """An empty array with x's shape but for the last size, and its order in memory."""
    if x.shape[-1] == width:
        return np.empty_like(x)
    order = sorted(range(x.ndim - 1), key=lambda dim: -x.strides[dim])
    whole = np.empty([*(x.shape[dim] for dim in order), width], x.dtype)
    back = sorted(range(x.ndim - 1), key=order.__getitem__)
    return whole.transpose(*back, x.ndim - 1)


def forward(np, q, k, v, mask, noise, scale, is_causal):
    """The result O (..., L, Ev), and the rows (..., L, 1) for backward."""
    lead, length, keys = q.shape[:-2], q.shape[-2], k.shape[-2]
    rows = np.empty((*lead, length, 1), q.dtype)
    out = like(np, q, v.shape[-1])
    if not keys:
        out.fill(0)
        rows.fill(np.inf)
        return out, rows
    mask = None if mask is None else np.broadcast_to(mask, (*lead, length, keys))
    can_be_empty = mask is not None

    def piece_of(piece):
        e = _scores(np, q[piece], k[piece], mask, piece, scale, is_causal)
        most = np.maximum.reduce(e, -1, None, None, True)
        if can_be_empty:
            most[most == -np.inf] = 0
        e -= most
        np.exp(e, e)
        total = _row_sums(np, e)
        with np.errstate(divide="ignore"):
            row = np.add(most, np.log(total), out=rows[piece])
        if can_be_empty:
            row[total == 0] = np.inf
            total[total == 0] = 1
        if noise is not None:
            e *= noise[piece]
        part = np.matmul(e, v[piece], out=out[piece])
        part /= total

    share(piece_of, _pieces(q, k, v))
    return out, rows


def _scores(np, q, k, mask, piece, scale, is_causal):
    """The scores of a piece, with its masks on them."""
    scores = np.matmul(q * scale, k.swapaxes(-1, -2))
    if is_causal:
        scores += np.asarray(_causal(*scores.shape[-2:], scores.dtype))
    if mask is not None:
        _apply_mask(np, scores, mask[piece])
    return scores


def _apply_mask(np, scores, mask):
    if mask.dtype.kind == "b":
        np.copyto(scores, -np.inf, where=~mask)
    else:
        scores += mask


def backward(np, g, q, k, v, mask, noise, out, rows, scale, is_causal, wants_scores):
    """The gradients of q, k, v, and of the scores where they are wanted."""
    g_q, g_k, g_v = np.empty_like(q), np.empty_like(k), np.empty_like(v)
    shape = (*q.shape[:-1], k.shape[-2])
    g_scores = np.empty(shape, q.dtype) if wants_scores else None
    if not k.shape[-2]:
        g_q.fill(0)
        return g_q, g_k, g_v, g_scores
    mask = None if mask is None else np.broadcast_to(mask, shape)

    def piece_of(piece):
        e = _scores(np, q[piece], k[piece], mask, piece, scale, is_causal)
        e -= rows[piece]
        np.exp(e, e)
        part = g[piece]
        d = np.matmul(part, v[piece].swapaxes(-1, -2))
        if noise is not None:
            d *= noise[piece]
        d -= _dots(np, part, out[piece])
        d *= e
        if g_scores is not None:
            g_scores[piece] = d
        scaled = np.matmul(d, k[piece], out=g_q[piece])
        scaled *= scale
        np.matmul(d.swapaxes(-1, -2), q[piece] * scale, out=g_k[piece])
        dropped = e if noise is None else e * noise[piece]
        np.matmul(dropped.swapaxes(-1, -2), part, out=g_v[piece])

    share(piece_of, _pieces(q, k, v))
    return g_q, g_k, g_v, g_scores
