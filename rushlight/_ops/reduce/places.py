"""Where the extremes are: argmax, argmin."""

from rushlight._base.errors import DtypeError, OutOfRangeError
from rushlight._base.shape import wrap_dim
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import refuse, renamed, same_dtype_out
from rushlight._ops._places import lower_place
from rushlight._ops.reduce.dims import axis_of, reduced_spec, refuse_empty


def argmax(input, dim=None, keepdim=False, *, out=None, **numpy):
    """The index of the largest element; of several the first, of nan the first nan.

    Args:
        input: (*), integers or float.
        dim: int; left out, the index is into the flattened tensor.
        keepdim: keep the dimension with size 1.
        out: int64 tensor to write the result to.

    Returns:
        Tensor: the reduced shape, int64.

    Raises:
        RuntimeError: for bool and complex input.
        IndexError: for a dimension out of range, or if there are no elements.

    >>> import rushlight
    >>> rushlight.tensor([[1, 5], [7, 3]]).argmax(dim=1)
    tensor([1, 0])
    """
    if numpy:
        return renamed(argmax, numpy, input, dim=dim, keepdim=keepdim, out=out)
    result = ARGMAX.short(input, dim=dim, keepdim=keepdim)
    return result if out is None else same_dtype_out(result, out, "argmax()")


def argmin(input, dim=None, keepdim=False, *, out=None, **numpy):
    """The index of the smallest element; of several the first, of nan the first nan.

    Args:
        input: (*), integers or float.
        dim, keepdim, out: as for `argmax`.

    Returns:
        Tensor: the reduced shape, int64.

    Raises:
        RuntimeError: for bool and complex input.
        IndexError: for a dimension out of range, or if there are no elements.

    >>> import rushlight
    >>> rushlight.tensor([[1, 5], [7, 3]]).argmin(dim=1)
    tensor([0, 1])
    """
    if numpy:
        return renamed(argmin, numpy, input, dim=dim, keepdim=keepdim, out=out)
    result = ARGMIN.short(input, dim=dim, keepdim=keepdim)
    return result if out is None else same_dtype_out(result, out, "argmin()")


def _rules(method):
    who = f"{method}()"

    def spec(x, *, dim, keepdim):
        refuse(x, who, "bc", DtypeError)
        refuse(x, who, "U")
        dims = None if dim is None else (dim,)
        found = reduced_spec(x, dims, keepdim, who, "int64")
        refuse_empty(x, dims, who, OutOfRangeError)
        return found

    def eager(backend, x, *, dim, keepdim):
        if x.dtype.kind != "f" or x.size == 0:
            spec(x, dim=dim, keepdim=keepdim)
        if dim is not None and (dim.__class__ is not int or not x.ndim):
            dim = axis_of(x, wrap_dim(dim, x.ndim, who), who)
        return getattr(x, method)(dim, None, keepdims=keepdim)

    return spec, eager


def _lower(kind):
    def lower(k, x, *, dim, keepdim):
        if not x.ndim or (dim is None and keepdim):
            raise k.NotLowered
        if dim is None:
            x, dim = k.reshape(x, (-1,)), 0
        return lower_place(k, kind, x, dim, keepdim)[1]

    return lower


_argmax_spec, _argmax_eager = _rules("argmax")
_argmin_spec, _argmin_eager = _rules("argmin")
ARGMAX = define("argmax", eager=_argmax_eager, spec=_argmax_spec, lower=_lower("max"))
ARGMIN = define("argmin", eager=_argmin_eager, spec=_argmin_spec, lower=_lower("min"))
expose(argmax)
expose(argmin)
