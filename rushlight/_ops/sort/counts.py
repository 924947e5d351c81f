"""Counting: bincount, histc."""

import math

from rushlight._base.errors import (
    ArgumentRuntimeError,
    ShapeError,
    UnsupportedError,
    explain,
)
from rushlight._base.shape import as_index
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import refuse, to_out

# ---------------------------------------------------------------------------- bincount


def bincount(input, weights=None, minlength=0):
    """How often each number from 0 occurs, or the sum of its weights.

    Args:
        input: (n,), integers, none negative.
        weights: (n,), real, or None to count.
        minlength: the least number of bins.

    Returns:
        Tensor: (max(input) + 1 or minlength,); int64, with weights float64 (float32
        for float32).

    Raises:
        RuntimeError: for other ranks, negative numbers, or weights that do not fit.
        NotImplementedError: for bool and floats.

    >>> import rushlight
    >>> rushlight.tensor([1, 2, 2]).bincount()
    tensor([0, 1, 2])
    """
    minlength = as_index(minlength, "bincount()", "minlength")
    if minlength < 0:
        raise ArgumentRuntimeError(
            explain(
                "bincount()",
                expected="minlength to be at least 0",
                got=minlength,
                do="Leave it away.",
            )
        )
    weights = weights if weights is None else weights.detach()
    return call(BINCOUNT, input, weights, minlength=minlength)


def _bincount_spec(x, weights, *, minlength):
    raise UnsupportedError(
        explain(
            "bincount()",
            expected="data, on which the result's shape depends",
            got="a meta tensor",
            do="Run it on a CPU tensor.",
        )
    )


def _bincount_eager(backend, x, weights, *, minlength):
    np = backend.np
    if x.ndim == 1 and x.size == 0:
        return np.zeros(minlength, "int64")
    refuse(x, "bincount()", "bfcU")
    if x.ndim != 1 or x.min() < 0:
        raise ArgumentRuntimeError(
            explain(
                "bincount()",
                expected="1-d non-negative integral inputs",
                got=f"{x.ndim} dimensions" if x.ndim != 1 else f"a value of {x.min()}",
                do="Flatten the input; shift negative numbers.",
            )
        )
    if weights is None:
        return np.bincount(x, minlength=minlength)
    if weights.shape != x.shape:
        raise ShapeError(
            explain(
                "bincount()",
                expected="weights to be 1-d and have the same length as input",
                got=f"shapes {list(x.shape)} and {list(weights.shape)}",
                do="Give one weight for each element.",
            )
        )
    single = weights.dtype == "float32"
    counts = np.bincount(x, weights.astype("float64"), minlength)
    return counts.astype("float32") if single else counts


BINCOUNT = define(
    "bincount", inputs="x weights", eager=_bincount_eager, spec=_bincount_spec
)
expose(bincount)

# ------------------------------------------------------------------------------- histc


def histc(input, bins=100, min=0, max=0, *, out=None):
    """How many elements fall into each of some bins of equal width.

    Args:
        input: (*), float; what lies outside is not counted.
        bins: how many.
        min, max: the ends; where they are equal, those of the data.
        out: tensor to write the result to.

    Returns:
        Tensor: (bins,), of the input's dtype.

    Raises:
        RuntimeError: for bins below 1, max below min, or ends that are not finite.
        NotImplementedError: for bool, integers and complex input.

    >>> import rushlight
    >>> rushlight.histc(rushlight.tensor([1.0, 2.0, 1.0]), bins=4, min=0, max=3)
    tensor([0., 2., 1., 0.])
    """
    bins = as_index(bins, "histc()", "bins")
    result = HISTC.short(input, bins=bins, low=min, high=max)
    return result if out is None else to_out(result, out, "histc()")


def _histc_spec(x, *, bins, low, high):
    if bins < 1:
        raise _histc_error("bins must be > 0", bins)
    refuse(x, "histc()", "biuUc")
    if high < low:
        raise _histc_error("max must be larger than min", f"min={low}, max={high}")
    if not (math.isfinite(low) and math.isfinite(high)):
        raise _histc_error("a finite range", f"[{low}, {high}], which is not finite")
    return Spec((bins,), x.dtype)


def _histc_error(expected, got):
    return ArgumentRuntimeError(
        explain("histc()", expected=expected, got=got, do="Check the arguments.")
    )


def _histc_eager(backend, x, *, bins, low, high):
    np = backend.np
    _histc_spec(x, bins=bins, low=low, high=high)
    x, number = x.reshape(-1), x.dtype.type  # half precision rounds, as in torch
    if low == high and x.size:
        low, high = float(x.min()), float(x.max())
        _histc_spec(x, bins=bins, low=low, high=high)
    if low == high:
        low, high = low - 1, high + 1
    low, high = number(low), number(high)
    inside = x[(x >= low) & (x <= high)]
    places = ((inside - low) * number(bins) / (high - low)).astype("int64")
    counts = np.bincount(np.minimum(places, bins - 1), minlength=bins)
    return counts.astype(x.dtype)


HISTC = define("histc", eager=_histc_eager, spec=_histc_spec)
expose(histc)
