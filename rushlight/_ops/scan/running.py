"""Running extremes: cummax, cummin."""

from rushlight._base.shape import wrap_dim
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import refuse, renamed, same_dtype_out
from rushlight._ops._arrays import wide
from rushlight._ops._results import named_result

CummaxResult = named_result("cummax", "values", "indices")
CumminResult = named_result("cummin", "values", "indices")


def cummax(input, dim=None, *, out=None, **numpy):
    """The largest element up to each one along a dimension, and its place.

    Args:
        input: (*), bool, integers or float.
        dim: int.
        out: tuple of two tensors to write the results to.

    Returns:
        A named tuple (values, indices) of the same shape; of equal elements the last.

    Raises:
        NotImplementedError: for complex input.
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.tensor([1, 3, 2, 4]).cummax(0).values
    tensor([1, 3, 3, 4])
    """
    if numpy:
        return renamed(cummax, numpy, input, dim=dim, out=out)
    result = CummaxResult(call(CUMMAX, input, dim=dim))
    return result if out is None else same_dtype_out(result, out, "cummax()")


def cummin(input, dim=None, *, out=None, **numpy):
    """The smallest element up to each one along a dimension, and its place.

    Args:
        input: (*), bool, integers or float.
        dim, out: as for `cummax`.

    Returns:
        A named tuple (values, indices) of the same shape; of equal elements the last.

    Raises:
        NotImplementedError: for complex input.
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.tensor([3, 4, 1, 2]).cummin(0).indices
    tensor([0, 0, 2, 2])
    """
    if numpy:
        return renamed(cummin, numpy, input, dim=dim, out=out)
    result = CumminResult(call(CUMMIN, input, dim=dim))
    return result if out is None else same_dtype_out(result, out, "cummin()")


def _rules(name, ufunc):
    who = f"{name}()"

    def spec(x, *, dim):
        refuse(x, who, "cU")
        wrap_dim(dim, len(x.shape), who)
        return Spec(x.shape, x.dtype), Spec(x.shape, "int64")

    def eager(backend, x, *, dim):
        spec(x, dim=dim)
        np = backend.np
        if not x.ndim:
            return x.copy(), np.zeros((), "int64")
        given = wide(x)
        values = getattr(np, ufunc).accumulate(given, dim)
        reached = given == values
        if given.dtype.kind == "f":
            reached |= np.isnan(given)
        order = np.arange(x.shape[dim]).reshape(
            [-1 if d == dim % x.ndim else 1 for d in range(x.ndim)]
        )
        places = np.maximum.accumulate(np.where(reached, order, 0), dim)
        places = places.astype("int64", "C", copy=False)
        return values.astype(x.dtype, "C", copy=False), places

    return spec, eager


def _running_grad(g, *, out1, dim):
    g = g[0]
    return g.new_zeros(g.shape).scatter_add(dim, out1, g) if g._array.ndim else g


_SHARED = {"many": True, "passes": 50}
_spec, _eager = _rules("cummax", "maximum")
CUMMAX = define("cummax", eager=_eager, spec=_spec, grad=_running_grad, **_SHARED)
_spec, _eager = _rules("cummin", "minimum")
CUMMIN = define("cummin", eager=_eager, spec=_spec, grad=_running_grad, **_SHARED)
expose(cummax)
expose(cummin)
