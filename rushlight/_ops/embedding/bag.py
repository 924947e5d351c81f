"""embedding_bag: sums, means and maxima of bags of rows, without the rows between."""

import numpy

from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    DtypeError,
    UnsupportedError,
    explain,
)
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import TORCH, expose
from rushlight._core.table import define
from rushlight._ops._arguments import require_tensor
from rushlight._ops._arrays import wide
from rushlight._ops.embedding._rows import add_rows, check_numbers
from rushlight._ops.embedding.lookup import checked_padding, renormalize

_WHO = "embedding_bag()"


def embedding_bag(
    input,
    weight,
    offsets=None,
    max_norm=None,
    norm_type=2,
    scale_grad_by_freq=False,
    mode="mean",
    sparse=False,
    per_sample_weights=None,
    include_last_offset=False,
    padding_idx=None,
):
    """Look up bags of rows of a table and sum, average or maximise each bag.

    Args:
        input: (B, L) bags of one length, or (n,) all bags' row numbers, int64 or int32.
        weight: (V, D), the table.
        offsets: (B,), where each bag begins in a 1-D input.
        max_norm, norm_type, scale_grad_by_freq, sparse: as for `embedding`.
        mode: "sum", "mean" or "max".
        per_sample_weights: input's shape; factors of the rows, for "sum" only.
        include_last_offset: offsets end with the length of the input.
        padding_idx: a row that counts for nothing and gets no gradient.

    Returns:
        Tensor: (B, D); zeros for an empty bag.

    Raises:
        ValueError: for arguments that do not go together.
        RuntimeError: for a number that is no row, or offsets that make no bags.
        NotImplementedError: for per_sample_weights in another mode than "sum".

    >>> import rushlight
    >>> table = rushlight.tensor([[1.0], [2.0], [4.0]])
    >>> bags = rushlight.tensor([[0, 2], [1, 1]])
    >>> rushlight.nn.functional.embedding_bag(bags, table, mode="sum")
    tensor([[5.],
            [4.]])
    """
    require_tensor(input, _WHO)
    require_tensor(weight, _WHO, "weight")
    _check_mode(mode, scale_grad_by_freq, sparse, per_sample_weights, input)
    offsets = _bag_offsets(input, offsets, include_last_offset)
    padding = checked_padding(padding_idx, weight, _WHO)
    if max_norm is not None:
        renormalize(weight, input, max_norm, norm_type, _WHO)
    factors = per_sample_weights
    return call(
        EMBEDDING_BAG,
        weight,
        input.reshape(-1),
        offsets,
        None if factors is None else factors.reshape(-1),
        mode=mode,
        padding=padding,
        scale=bool(scale_grad_by_freq),
    )[0]


def _check_mode(mode, scale, sparse, factors, input):
    if mode not in ("sum", "mean", "max"):
        raise _bad("mode to be one of sum, mean or max", repr(mode), "Choose one.")
    if mode == "max" and (scale or sparse):
        raise _bad(
            "neither scale_grad_by_freq nor sparse with mode='max'",
            f"scale_grad_by_freq={scale}, sparse={sparse}",
            "Leave them away.",
        )
    if factors is None:
        return
    require_tensor(factors, _WHO, "per_sample_weights")
    if factors._array.shape != input._array.shape:
        raise _bad(
            f"per_sample_weights of the input's shape {list(input.shape)}",
            list(factors.shape),
            "One factor for each row number.",
        )
    if mode != "sum":
        raise UnsupportedError(
            explain(
                _WHO,
                expected="mode='sum' with per_sample_weights",
                got=f"mode={mode!r}",
                do="Divide by the sum of the weights yourself.",
            )
        )


def _bad(expected, got, do):
    return ArgumentError(explain(_WHO, expected=expected, got=got, do=do))


def _bag_offsets(input, offsets, include_last):
    """(B,), int64: where the bags begin in the flat input."""
    if input.ndim == 2:
        if offsets is not None:
            raise _bad("offsets=None with a 2D input", "a tensor", "Rows are bags.")
        count, length = input._array.shape
        options = {"dtype": input.dtype, "device": input.device}
        return TORCH["arange"](count, **options) * length
    if input.ndim != 1:
        raise _bad("a 1D or 2D input", f"dimension {input.ndim}", "Flatten it.")
    if offsets is None or offsets.ndim != 1:
        raise _bad("offsets: a 1D tensor", offsets, "Say where each bag begins.")
    _check_offsets(offsets._array, input._array.shape[0])
    return offsets[:-1] if include_last else offsets


def _check_offsets(offsets, length):
    if not hasattr(offsets, "tolist") or not len(offsets):
        return
    is_rising = bool((offsets[1:] >= offsets[:-1]).all())
    if offsets[0] != 0 or offsets[-1] > length or not is_rising:
        raise ArgumentRuntimeError(
            explain(
                _WHO,
                expected="offsets[0] = 0, rising, offsets[-1] at most the input's "
                f"length {length}",
                got=offsets.tolist(),
                do="They say where each bag begins.",
            )
        )


expose(embedding_bag, torch=False, method=False, functional=True)

# -------------------------------------------------------------------------------- op


def _bags(np, indices, offsets, padding):
    """The kept row numbers, their places, their bags, and the number of bags."""
    count, n = len(offsets), len(indices)
    lengths = np.diff(np.append(offsets, n)).astype(np.int64)
    bag = np.repeat(np.arange(count), lengths)
    places = np.arange(n)
    if padding >= 0:
        places = np.flatnonzero(indices != padding)
        bag = bag[places]
    return indices[places], places, bag, count


def _bag_spec(w, indices, offsets, factors, *, mode, padding, scale):
    check_numbers(indices, w, _WHO, ArgumentRuntimeError)
    if factors is not None and factors.dtype != w.dtype:
        raise DtypeError(
            explain(
                _WHO,
                expected=f"per_sample_weights of the weight's dtype {w.dtype}",
                got=factors.dtype,
                do="Convert them.",
            )
        )
    shape = (offsets.shape[0], w.shape[1])
    winners = shape if mode == "max" else (0,)
    return Spec(shape, w.dtype), Spec(winners, numpy.int64)


def _bag_eager(backend, w, indices, offsets, factors, *, mode, padding, scale):
    np = backend.np
    spec = {"mode": mode, "padding": padding, "scale": scale}
    _bag_spec(w, indices, offsets, factors, **spec)
    numbers, places, bag, count = _bags(np, indices, offsets, padding)
    total = None
    if mode != "max" and factors is None:
        total = _sum_by_places(np, w, numbers, bag, count)
    if total is None:
        total = _gathered(np, w, numbers, factors, places, bag, count, mode)
        if mode == "max":
            return total
    if mode == "mean":
        sizes = np.bincount(bag, minlength=count)
        total /= np.maximum(sizes, 1).astype(total.dtype)[:, None]
    return total.astype(w.dtype, copy=False), np.empty(0, np.int64)


def _gathered(np, w, numbers, factors, places, bag, count, mode):
    """All rows of all bags, then what the mode makes of them."""
    rows = wide(np.take(w, numbers, 0))
    if factors is not None:
        rows = rows * wide(factors)[places][:, None]
    if mode == "max":
        return _largest(np, rows, numbers, bag, count, w)
    return _sum_runs(np, rows, bag, count)


_LONGEST, _PIECE = 64, 1 << 15


def _sum_by_places(np, w, numbers, bag, count):
    """The sum of each bag: its first row, and its second, and so on, of many bags.

    None where bags differ in length, or are long: then another way is better.
    """
    length = len(numbers) // count if count else 0
    if not 0 < length <= min(_LONGEST, count) or w.dtype.char not in "fd":
        return None
    if len(numbers) != count * length or w.shape[1] == 0:
        return None
    if (bag.reshape(count, length) != np.arange(count)[:, None]).any():
        return None
    numbers = numbers.reshape(count, length)
    total = np.empty((count, w.shape[1]), w.dtype)
    step = max(1, _PIECE // w.shape[1])
    for start in range(0, count, step):  # so many that they stay in the cache
        part = total[start : start + step]
        places = numbers[start : start + step].T
        np.take(w, places[0], 0, part, "clip")  # "clip" spares a copy
        for more in places[1:]:
            part += np.take(w, more, 0)
    return total


def _starts(np, bag):
    if not len(bag):
        return np.empty(0, np.int64)
    return np.flatnonzero(np.concatenate(([True], bag[1:] != bag[:-1])))


def _sum_runs(np, rows, bag, count):
    """(count, D): rows summed by bag; bags are in order."""
    total = np.zeros((count, rows.shape[1]), rows.dtype)
    starts = _starts(np, bag)
    if len(starts):
        total[bag[starts]] = np.add.reduceat(rows, starts, axis=0)
    return total


def _largest(np, rows, numbers, bag, count, w):
    """The largest elements of each bag, and the rows of the table they are from."""
    values = np.zeros((count, w.shape[1]), w.dtype)
    winners = np.full(values.shape, -1, np.int64)
    starts = _starts(np, bag)
    edges = [*starts.tolist(), len(bag)]
    for first, last in zip(edges, edges[1:]):
        part = rows[first:last]
        place = part.argmax(0)
        values[bag[first]] = np.take_along_axis(part, place[None], 0)[0]
        winners[bag[first]] = numbers[first + place]
    return values, winners


def _bag_grad(g, *, w, indices, offsets, factors, out1, mode, padding, scale, needs):
    found = call(
        EMBEDDING_BAG_BACKWARD,
        g[0],
        w,
        indices,
        offsets,
        factors,
        out1,
        mode=mode,
        padding=padding,
        scale=scale,
    )
    return (found[0] if needs[0] else None, None, None, found[1] if needs[3] else None)


EMBEDDING_BAG = define(
    "embedding_bag",
    inputs="w indices offsets factors",
    eager=_bag_eager,
    spec=_bag_spec,
    grad=_bag_grad,
    many=True,
    fills_missing=False,
)


def _backward_spec(g, w, indices, offsets, factors, winners, **attrs):
    return Spec(w.shape, w.dtype), Spec(indices.shape, w.dtype)


def _backward_eager(
    backend, g, w, indices, offsets, factors, winners, *, mode, padding, scale
):
    np = backend.np
    g, nothing = wide(g), np.zeros(0, w.dtype)
    if mode == "max":
        total = np.zeros(w.shape, g.dtype)
        bags, columns = np.nonzero(winners >= 0)
        np.add.at(total, (winners[bags, columns], columns), g[bags, columns])
        return total.astype(w.dtype, copy=False), nothing
    numbers, places, bag, count = _bags(np, indices, offsets, padding)
    rows = g[bag]
    g_factors = nothing
    if factors is not None:
        g_factors = np.zeros(len(indices), g.dtype)
        g_factors[places] = np.einsum("ij,ij->i", rows, wide(w[numbers]))
        rows = rows * wide(factors)[places][:, None]
    if mode == "mean":
        sizes = np.maximum(np.bincount(bag, minlength=count), 1)
        rows /= sizes[bag][:, None].astype(rows.dtype)
    if scale:
        counts = np.bincount(indices, minlength=len(w))
        rows /= counts[numbers][:, None].astype(rows.dtype)
    total = add_rows(np, rows, numbers, len(w))
    return total.astype(w.dtype, copy=False), g_factors.astype(w.dtype, copy=False)


def _no_second_order(g):
    raise UnsupportedError(
        explain(
            _WHO,
            expected="backward to be run once",
            got="a derivative of its gradient, which is not implemented",
            do="Use embedding() and sum, which can be differentiated twice.",
        )
    )


EMBEDDING_BAG_BACKWARD = define(
    "embedding_bag_backward",
    inputs="g w indices offsets factors winners",
    eager=_backward_eager,
    spec=_backward_spec,
    grad=_no_second_order,
    many=True,
)
