"""Histograms with edges: histogram and histogramdd."""

import numpy as np

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._core.expose import expose
from rushlight._core.tensor import Tensor, wrap
from rushlight._ops._arguments import refuse, require_tensor, to_out
from rushlight._ops._results import named_result

_Histogram = named_result("histogram", "hist", "bin_edges")
_Histogramdd = named_result("histogramdd", "hist", "bin_edges")


def histogram(input, bins, *, range=None, weight=None, density=False, out=None):
    """How many elements lie between neighbouring edges.

    Args:
        input: (*), float.
        bins: how many, or the edges (B + 1,), rising.
        range: the first and last edge; the smallest and largest element if left out.
        weight: (*), what each element counts.
        density: divide, so that the area is 1.
        out: two tensors to write the results to.

    Returns:
        (hist, bin_edges): (B,) and (B + 1,), the input's dtype; the last bin holds
        its upper edge too.

    Raises:
        RuntimeError: for arguments that do not fit, or values that are not finite
            where range is left out.

    >>> import rushlight
    >>> rushlight.histogram(rushlight.tensor([0.0, 1.0, 1.0, 4.0]), 2).hist
    tensor([3., 1.])
    """
    who = "histogram()"
    _check(input, who)
    flat = input.detach().reshape(-1, 1)._array
    edges = _edges(flat, [bins], None if range is None else [range], who)
    hist = _count(flat, edges, _flat(weight, input, who), density)
    result = _Histogram((wrap(hist), wrap(edges[0])))
    return result if out is None else to_out(result, out, who)


def histogramdd(input, bins, range=None, weight=None, density=False):
    """`histogram` in several dimensions: the last one of input.

    Args:
        input: (*, D), float.
        bins: how many in each dimension, an int or D of them, or D tensors of edges.
        range: D times the first and last edge, one after the other.
        weight: (*), what each point counts.
        density: divide, so that the volume is 1.

    Returns:
        (hist, bin_edges): (B1, ..., BD) and a tuple of (Bi + 1,).

    Raises:
        RuntimeError: for arguments that do not fit.

    >>> import rushlight
    >>> rushlight.histogramdd(rushlight.zeros(3, 2), [1, 1]).hist
    tensor([[3.]])
    """
    who = "histogramdd()"
    _check(input, who)
    count = input.shape[-1]
    flat = input.detach().reshape(-1, count)._array
    bins = [bins] * count if isinstance(bins, int) else list(bins)
    if len(bins) != count:
        _fail(who, f"bins for {count} dimensions", len(bins), "Give one for each.")
    pairs = None
    if range is not None:
        pairs = list(zip(range[::2], range[1::2], strict=True))
    edges = _edges(flat, bins, pairs, who)
    weights = None if weight is None else weight.detach().reshape(-1)._array
    hist = _count(flat, edges, weights, density)
    return _Histogramdd((wrap(hist), tuple([wrap(e) for e in edges])))


def _fail(who, expected, got, do):
    raise ArgumentRuntimeError(explain(who, expected=expected, got=got, do=do))


def _check(input, who):
    require_tensor(input, who)
    refuse(input._array, who, "biuUc")


def _flat(weight, input, who):
    if weight is None:
        return None
    if weight.shape != input.shape or weight.dtype != input.dtype:
        _fail(
            who,
            "weight with the input's shape and dtype",
            f"{weight.dtype} of shape {list(weight.shape)}",
            "Convert it.",
        )
    return weight.detach().reshape(-1)._array


def _edges(flat, bins, ranges, who):
    found = []
    for d, one in enumerate(bins):
        if isinstance(one, Tensor):
            if one.ndim != 1 or not one.numel():
                _fail(who, "edges of one dimension", list(one.shape), "Flatten them.")
            found.append(np.array(one._array))
            continue
        if one <= 0:
            _fail(who, "bins must be > 0", one, "Ask for at least one.")
        low, high = _limits(flat[:, d], None if ranges is None else ranges[d], who)
        found.append(np.linspace(low, high, one + 1, dtype=flat.dtype))
    return found


def _limits(column, given, who):
    if given is None:
        low, high = (column.min(), column.max()) if column.size else (0.0, 1.0)
    else:
        low, high = given
    if not (np.isfinite(low) and np.isfinite(high)) or low > high:
        _fail(who, "a finite range from low to high", (low, high), "Pass range=.")
    return (low - 0.5, high + 0.5) if low == high else (low, high)


def _count(flat, edges, weights, density):
    places, inside = 0, np.ones(len(flat), bool)
    shape = tuple(len(e) - 1 for e in edges)
    for d, line in enumerate(edges):
        column = flat[:, d]
        index = np.searchsorted(line, column, "right") - 1
        index = np.where(column == line[-1], len(line) - 2, index)
        inside &= (column >= line[0]) & (column <= line[-1])
        places = places * shape[d] + np.clip(index, 0, max(shape[d] - 1, 0))
    chosen = None if weights is None else weights[inside].astype(np.float64)
    total = int(np.prod(shape))
    hist = np.bincount(np.asarray(places)[inside], chosen, minlength=total)
    hist = hist[:total].reshape(shape).astype(flat.dtype)
    if density:
        for d, line in enumerate(edges):
            width = np.diff(line)
            hist = hist / width.reshape(
                [-1 if i == d else 1 for i in range(len(shape))]
            )
        whole = hist.astype(np.float64)
        for line in edges[::-1]:
            whole = whole @ np.diff(line)
        hist = hist / whole
    return hist.astype(flat.dtype)


expose(histogram)
expose(histogramdd, method=False)
