"""Truth values: all, any, count_nonzero."""

from rushlight._base import dtype as dtypes
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import refuse, renamed, to_out
from rushlight._ops.reduce.dims import axis_of, reduced_spec

# ----------------------------------------------------------------------- all and any


def all(input, dim=None, keepdim=False, *, out=None, **numpy):
    """Whether all elements are true (not zero).

    Args:
        input: (*), any dtype.
        dim: int or tuple of ints; all dimensions if left out.
        keepdim: keep the reduced dimensions with size 1.
        out: tensor to write the result to.

    Returns:
        Tensor: the reduced shape, bool (uint8 for uint8).

    Raises:
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.tensor([[1, 0], [2, 3]]).all(1)
    tensor([False,  True])
    """
    if numpy:
        return renamed(all, numpy, input, dim=dim, keepdim=keepdim, out=out)
    result = ALL.short(input, dim=dim, keepdim=keepdim)
    return result if out is None else to_out(result, out, "all()")


def any(input, dim=None, keepdim=False, *, out=None, **numpy):
    """Whether any element is true (not zero).

    Args:
        input: (*), any dtype.
        dim, keepdim, out: as for `all`.

    Returns:
        Tensor: the reduced shape, bool (uint8 for uint8).

    Raises:
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.tensor([[0, 0], [2, 3]]).any(1)
    tensor([False,  True])
    """
    if numpy:
        return renamed(any, numpy, input, dim=dim, keepdim=keepdim, out=out)
    result = ANY.short(input, dim=dim, keepdim=keepdim)
    return result if out is None else to_out(result, out, "any()")


def _rules(who, name):
    def spec(x, *, dim, keepdim):
        dtype = x.dtype if x.dtype == "uint8" else bool
        if dim == () or dim == []:  # here, unlike elsewhere, no dimension at all
            return Spec(x.shape, dtype)
        return reduced_spec(x, dim, keepdim, who, dtype)

    def eager(backend, x, *, dim, keepdim):
        given = x.astype(bool) if x.dtype.kind != "b" else x
        if dim == () or dim == []:
            result = given.copy() if given is x else given
        else:
            reduce = getattr(backend.np, name).reduce
            result = reduce(given, axis_of(x, dim, who), None, None, keepdim)
        return result.astype("uint8") if x.dtype == "uint8" else result

    return spec, eager


def _all_lower(k, x, *, dim, keepdim):
    return k.reduce("min", k.ne(x, k.const(0)), dim, keepdim)


def _any_lower(k, x, *, dim, keepdim):
    return k.reduce("max", k.ne(x, k.const(0)), dim, keepdim)


_all_spec, _all_eager = _rules("all()", "logical_and")
_any_spec, _any_eager = _rules("any()", "logical_or")
ALL = define("all", eager=_all_eager, spec=_all_spec, lower=_all_lower)
ANY = define("any", eager=_any_eager, spec=_any_spec, lower=_any_lower)
expose(all)
expose(any)

# ----------------------------------------------------------------------- count_nonzero


def count_nonzero(input, dim=None, **numpy):
    """Count the elements that are not zero.

    Args:
        input: (*), any dtype.
        dim: int or tuple of ints; all dimensions if left out.

    Returns:
        Tensor: the shape without those dimensions, int64.

    Raises:
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.count_nonzero(rushlight.tensor([[1, 0], [2, 3]]), dim=0)
    tensor([2, 1])
    """
    if numpy:
        return renamed(count_nonzero, numpy, input, dim=dim)
    return COUNT_NONZERO.short(input, dim=dim)


def _count_nonzero_spec(x, *, dim):
    refuse(x, "count_nonzero()", "U")
    return reduced_spec(x, dim, False, "count_nonzero()", dtypes.int64.numpy)


def _count_nonzero_eager(backend, x, *, dim):
    refuse(x, "count_nonzero()", "U")
    given = x if x.dtype.kind == "b" else x.astype(bool)
    axis = axis_of(x, dim, "count_nonzero()")
    if axis is None:
        return backend.np.asarray(backend.np.count_nonzero(given))
    return backend.np.add.reduce(given, axis, dtypes.int64.numpy)


def _count_nonzero_lower(k, x, *, dim):
    found = x if x.dtype == "bool" else k.ne(x, 0)
    return k.reduce("add", k.cast(found, "i64"), dim)


COUNT_NONZERO = define(
    "count_nonzero",
    eager=_count_nonzero_eager,
    spec=_count_nonzero_spec,
    lower=_count_nonzero_lower,
)
expose(count_nonzero)
