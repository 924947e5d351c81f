"""Sorting: sort, argsort, msort.

# Note [Stable]
# Every sort is stable, as torch's is with stable=True.  NumPy's fast argsort is not,
# but where no two neighbours of its result are equal there is only one order; the
# slower stable one runs where there are ties (or nan, of which each counts as a tie).
"""

from rushlight._base.errors import DtypeError
from rushlight._base.shape import wrap_dim
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import refuse, renamed, same_dtype_out
from rushlight._ops._arrays import wide
from rushlight._ops._places import places_grad, take_last, take_places
from rushlight._ops._results import named_result

SortResult = named_result("sort", "values", "indices")
_MANY = 512


def sort(input, dim=-1, descending=False, *, stable=None, out=None, **numpy):
    """Sort along a dimension; nan counts as larger than everything.

    Args:
        input: (*), bool, integers or float.
        dim: int; the last dimension if left out.
        descending: the largest first.
        stable: equal elements keep their order; here they always do.
        out: tuple of two tensors to write the results to.

    Returns:
        A named tuple (values, indices) of the same shape.

    Raises:
        RuntimeError: for complex input.
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.tensor([3, 1, 2]).sort()
    torch.return_types.sort(
    values=tensor([1, 2, 3]),
    indices=tensor([1, 2, 0]))
    """
    if numpy:
        given = {"dim": dim, "descending": descending, "stable": stable, "out": out}
        return renamed(sort, numpy, input, **given)
    named = {"dim": dim, "descending": bool(descending)}
    result = SortResult(call(SORT, input, named_stable=stable is not None, **named))
    return result if out is None else same_dtype_out(result, out, "sort()")


def argsort(input, dim=-1, descending=False, *, stable=False, out=None, **numpy):
    """The indices that sort along a dimension.

    Args:
        input: (*), bool, integers or float.
        dim, descending, stable: as for `sort`.
        out: int64 tensor to write the result to.

    Returns:
        Tensor: the same shape, int64.

    Raises:
        RuntimeError: for complex input.
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.tensor([3, 1, 2]).argsort()
    tensor([1, 2, 0])
    """
    if numpy:
        given = {"dim": dim, "descending": descending, "stable": stable, "out": out}
        return renamed(argsort, numpy, input, **given)
    result = ARGSORT.short(input, dim=dim, descending=bool(descending))
    return result if out is None else same_dtype_out(result, out, "argsort()")


def msort(input, *, out=None):
    """Sort along the first dimension.

    Args:
        input: (*), bool, integers or float.
        out: tensor to write the result to.

    Returns:
        Tensor: the same shape.

    Raises:
        RuntimeError: for complex input.

    >>> import rushlight
    >>> rushlight.tensor([[3, 1], [2, 2]]).msort()
    tensor([[2, 1],
            [3, 2]])
    """
    result = call(SORT, input, dim=0, descending=False, named_stable=False)[0]
    return result if out is None else same_dtype_out(result, out, "msort()")


def sorted_places(np, x, dim, descending=False):
    """The places of x's elements in order along dim (Note [Stable])."""
    lanes = wide(x).swapaxes(dim, -1)
    if descending:
        backwards = _ascending(np, lanes[..., ::-1])
        return (x.shape[dim] - 1 - backwards[..., ::-1]).swapaxes(dim, -1)
    return _ascending(np, lanes).swapaxes(dim, -1)


def _ascending(np, lanes):
    if lanes.size < _MANY or lanes.dtype.itemsize < 4:
        return lanes.argsort(-1, kind="stable")
    places = lanes.argsort(-1)
    values = take_last(np, lanes, places)
    if (values[..., 1:] > values[..., :-1]).all():
        return places
    return lanes.argsort(-1, kind="stable")


def _sort_spec(x, *, dim, descending, named_stable=False):
    refuse(x, "sort()", "c", DtypeError)
    wrap_dim(dim, len(x.shape), "sort()")
    return Spec(x.shape, x.dtype), Spec(x.shape, "int64")


def _sort_eager(backend, x, *, dim, descending, named_stable):
    if x.dtype.kind != "f" or not x.ndim:
        _sort_spec(x, dim=dim, descending=descending)
    if not x.ndim:
        return x.copy(), backend.np.zeros((), "int64")
    places = sorted_places(backend.np, x, dim, descending)
    return take_places(backend.np, x, places, dim)


def _sort_grad(g, *, out1, x_shape, dim):
    return places_grad(g[0], out1, x_shape, dim)


def _argsort_spec(x, *, dim, descending):
    return _sort_spec(x, dim=dim, descending=descending)[1]


def _argsort_eager(backend, x, *, dim, descending):
    _argsort_spec(x, dim=dim, descending=descending)
    if not x.ndim:
        return backend.np.zeros((), "int64")
    return sorted_places(backend.np, x, dim, descending)


def _sort_node(inputs, attrs):
    return "SortBackward1" if attrs["named_stable"] else "SortBackward0"


SORT = define(
    "sort",
    eager=_sort_eager,
    spec=_sort_spec,
    grad=_sort_grad,
    many=True,
    node=_sort_node,
)
ARGSORT = define("argsort", eager=_argsort_eager, spec=_argsort_spec)
expose(sort)
expose(argsort)
expose(msort)
