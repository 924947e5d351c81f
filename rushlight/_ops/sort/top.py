"""The largest and smallest: topk, kthvalue."""

from rushlight._base.errors import (
    ArgumentRuntimeError,
    DtypeError,
    OutOfRangeError,
    explain,
)
from rushlight._base.shape import as_index, reduced_shape, wrap_dim
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import refuse, renamed, same_dtype_out
from rushlight._ops._arrays import wide
from rushlight._ops._places import places_grad, take_last, take_places
from rushlight._ops._results import named_result
from rushlight._ops.sort.order import sorted_places

TopkResult = named_result("topk", "values", "indices")
KthvalueResult = named_result("kthvalue", "values", "indices")

# -------------------------------------------------------------------------------- topk


def topk(input, k, dim=-1, largest=True, sorted=True, *, out=None, **numpy):
    """The k largest (or smallest) elements along a dimension.

    Args:
        input: (*), integers or float; nan counts as larger than everything.
        k: how many.
        dim: int; the last dimension if left out.
        largest: False for the smallest.
        sorted: in order; here they always are.
        out: tuple of two tensors to write the results to.

    Returns:
        A named tuple (values, indices), dim of size k.  Which of equal elements is
        taken is not defined, as in PyTorch.

    Raises:
        RuntimeError: for a k that dim does not have, bool and complex input.
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.tensor([3, 1, 5, 4]).topk(2).values
    tensor([5, 4])
    """
    if numpy:
        given = {"k": k, "dim": dim, "largest": largest, "sorted": sorted, "out": out}
        return renamed(topk, numpy, input, **given)
    k = as_index(k, "topk()", "k")
    result = TopkResult(call(TOPK, input, k=k, dim=dim, largest=bool(largest)))
    return result if out is None else same_dtype_out(result, out, "topk()")


def _topk_spec(x, *, k, dim, largest):
    refuse(x, "topk()", "bc", DtypeError)
    refuse(x, "topk()", "U")
    dim = wrap_dim(dim, len(x.shape), "topk()")
    size = x.shape[dim] if len(x.shape) else 1
    if not 0 <= k <= size:
        raise ArgumentRuntimeError(
            explain(
                "topk()",
                expected=f"a k from 0 to {size}, the size of dim {dim}",
                got=f"{k}: selected index k out of range",
                do="Take min(k, size).",
            )
        )
    shape = tuple(k if d == dim else n for d, n in enumerate(x.shape))
    return Spec(shape, x.dtype), Spec(shape, "int64")


def _topk_eager(backend, x, *, k, dim, largest):
    if x.dtype.kind != "f" or not x.ndim or not 0 <= k <= x.shape[dim]:
        _topk_spec(x, k=k, dim=dim, largest=largest)
    np = backend.np
    if not x.ndim:
        return x.copy(), np.zeros((), "int64")
    lanes = wide(x).swapaxes(dim, -1)
    places = _top_places(np, lanes, k, largest)
    return take_places(np, x, places.swapaxes(dim, -1), dim)


# Note [Few]
# For a few of many the extreme is searched once for each and then struck out: NumPy's
# argmax runs at the speed of memory, its partition does not.


def _top_places(np, lanes, k, largest):
    """The places of the k largest or smallest along the last dimension, in order."""
    n = lanes.shape[-1]
    if not 0 < k < n or lanes.size <= _FEW:
        return sorted_places(np, lanes, -1, largest)[..., :k]
    if lanes.dtype.kind == "f" and k <= _FEW // 32 and 8 * k <= n:
        found = _struck_out(np, lanes, k, largest)
        if found is not None:
            return found
    nth = n - k if largest else k - 1
    chosen = lanes.argpartition(nth, -1)
    chosen = chosen[..., nth:] if largest else chosen[..., :k]
    chosen.sort(-1)  # so that the first of equal elements comes first
    order = sorted_places(np, take_last(np, lanes, chosen), -1, largest)
    return take_last(np, chosen, order)


_FEW = 512


def _struck_out(np, lanes, k, largest):
    """As _top_places for few (Note [Few]); None where infinities or nan hinder it."""
    rows = lanes.reshape(-1, lanes.shape[-1])
    rows = rows.copy() if largest else -rows
    order = np.arange(len(rows))
    places = np.empty((len(rows), k), "int64")
    for column in range(k):
        found = places[:, column] = rows.argmax(-1)
        if not np.isfinite(rows[order, found]).all():
            return None
        rows[order, found] = -np.inf
    return places.reshape(*lanes.shape[:-1], k)


def _topk_grad(g, *, out1, x_shape, dim):
    return places_grad(g[0], out1, x_shape, dim)


TOPK = define("topk", eager=_topk_eager, spec=_topk_spec, grad=_topk_grad, many=True)
expose(topk)

# ---------------------------------------------------------------------------- kthvalue


def kthvalue(input, k, dim=-1, keepdim=False, *, out=None, **numpy):
    """The k-th smallest element along a dimension.

    Args:
        input: (*), integers or float; nan counts as larger than everything.
        k: counted from 1.
        dim: int; the last dimension if left out.
        keepdim: keep the dimension with size 1.
        out: tuple of two tensors to write the results to.

    Returns:
        A named tuple (values, indices) of the shape without that dimension.

    Raises:
        RuntimeError: for a k that dim does not have, bool and complex input.
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.tensor([3, 1, 5, 4]).kthvalue(2).values
    tensor(3)
    """
    if numpy:
        given = {"k": k, "dim": dim, "keepdim": keepdim, "out": out}
        return renamed(kthvalue, numpy, input, **given)
    k = as_index(k, "kthvalue()", "k")
    result = KthvalueResult(call(KTHVALUE, input, k=k, dim=dim, keepdim=bool(keepdim)))
    return result if out is None else same_dtype_out(result, out, "kthvalue()")


def _kthvalue_spec(x, *, k, dim, keepdim):
    refuse(x, "kthvalue()", "bcU")
    dim = wrap_dim(dim, len(x.shape), "kthvalue()")
    size = x.shape[dim] if len(x.shape) else 1
    if not 1 <= k <= size:
        error = ArgumentRuntimeError if size else OutOfRangeError
        raise error(
            explain(
                "kthvalue()",
                expected=f"a k from 1 to {size}, the size of dim {dim}",
                got=f"{k}: selected number k out of range",
                do="Count from 1.",
            )
        )
    shape = reduced_shape(x.shape, (dim,), keepdim)
    return Spec(shape, x.dtype), Spec(shape, "int64")


def _kthvalue_eager(backend, x, *, k, dim, keepdim):
    _kthvalue_spec(x, k=k, dim=dim, keepdim=keepdim)
    np = backend.np
    if not x.ndim:
        return x.copy(), np.zeros((), "int64")
    lanes = wide(x).swapaxes(dim, -1)
    places = lanes.argpartition(k - 1, -1)[..., k - 1 : k].swapaxes(dim, -1)
    return take_places(np, x, places, dim, keepdim)


def _kthvalue_grad(g, *, out1, x_shape, dim, keepdim):
    g, places = g[0], out1
    if x_shape and not keepdim:
        g, places = g.unsqueeze(dim), places.unsqueeze(dim)
    return places_grad(g, places, x_shape, dim)


KTHVALUE = define(
    "kthvalue",
    eager=_kthvalue_eager,
    spec=_kthvalue_spec,
    grad=_kthvalue_grad,
    many=True,
)
expose(kthvalue)
