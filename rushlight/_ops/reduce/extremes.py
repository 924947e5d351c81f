"""Extremes: max, min, amax, amin, aminmax."""

import operator

import numpy

from rushlight._base.errors import DtypeError
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._core.tensor import Tensor
from rushlight._ops._arguments import (
    refuse,
    renamed,
    require_tensor,
    same_dtype_out,
    to_out,
)
from rushlight._ops._arrays import first_integers
from rushlight._ops._places import lower_place, places_grad, take_places
from rushlight._ops._results import named_result
from rushlight._ops.reduce.dims import (
    axis_of,
    reduced_spec,
    refuse_empty,
    restored,
)

MaxResult = named_result("max", "values", "indices")
MinResult = named_result("min", "values", "indices")
AminmaxResult = named_result("aminmax", "min", "max")

# ------------------------------------------------------------------------- max and min


def max(input, dim=None, keepdim=False, *, other=None, out=None, **numpy):
    """The largest element; along one dimension with its place; or of two tensors.

    Args:
        input: (*), bool, integers or float.
        dim: int, to look along that dimension; or a tensor, the second of two whose
            larger elements are wanted (see `maximum`).
        keepdim: keep the dimension with size 1.
        other: the second tensor, by name.
        out: tensor (with dim: tuple of two tensors) to write the result to.

    Returns:
        Tensor: the largest element, nan if there is any; with dim a named tuple
        (values, indices) of the shape without that dimension; with two tensors one of
        their broadcast shape.

    Raises:
        IndexError: for a dimension out of range or of size 0.
        RuntimeError: for complex input, or if there are no elements.

    >>> import rushlight
    >>> x = rushlight.tensor([[1, 5], [7, 3]])
    >>> x.max(), x.max(dim=1).indices
    (tensor(7), tensor([1, 0]))
    """
    if numpy:
        given = {"dim": dim, "keepdim": keepdim, "other": other, "out": out}
        return renamed(max, numpy, input, **given)
    if other is not None or isinstance(dim, Tensor):
        return _of_two(input, "maximum", dim if other is None else other, out)
    if dim is None:
        result = MAX.short(input)
        return result if out is None else to_out(result, out, "max()")
    result = MaxResult(call(MAX_DIM, input, dim=dim, keepdim=keepdim))
    return result if out is None else same_dtype_out(result, out, "max()")


def min(input, dim=None, keepdim=False, *, other=None, out=None, **numpy):
    """The smallest element; along one dimension with its place; or of two tensors.

    Args:
        input: (*), bool, integers or float.
        dim, keepdim, other, out: as for `max`.

    Returns:
        Tensor: the smallest element; with dim a named tuple (values, indices).

    Raises:
        IndexError: for a dimension out of range or of size 0.
        RuntimeError: for complex input, or if there are no elements.

    >>> import rushlight
    >>> x = rushlight.tensor([[1, 5], [7, 3]])
    >>> x.min(), x.min(dim=1).indices
    (tensor(1), tensor([0, 1]))
    """
    if numpy:
        given = {"dim": dim, "keepdim": keepdim, "other": other, "out": out}
        return renamed(min, numpy, input, **given)
    if other is not None or isinstance(dim, Tensor):
        return _of_two(input, "minimum", dim if other is None else other, out)
    if dim is None:
        result = MIN.short(input)
        return result if out is None else to_out(result, out, "min()")
    result = MinResult(call(MIN_DIM, input, dim=dim, keepdim=keepdim))
    return result if out is None else same_dtype_out(result, out, "min()")


def _of_two(input, name, other, out):
    require_tensor(input, f"{name}()")
    result = operator.methodcaller(name, other)(input)
    return result if out is None else to_out(result, out, f"{name}()")


def extreme(np, name, x, axis, keepdim):
    """The maximum or minimum over axis; bfloat16 in float32, where NumPy is quiet."""
    reduce = getattr(np, name).reduce
    if x.dtype.kind == "V":
        return reduce(x.astype("float32"), axis, None, None, keepdim).astype(x.dtype)
    return reduce(x, axis, None, None, keepdim)


def _full_rules(method, ufunc, who):
    def spec(x):
        refuse(x, who, "cU")
        refuse_empty(x, None, who)
        return Spec((), x.dtype)

    def eager(backend, x):
        if x.dtype.kind != "f" or x.size == 0:
            spec(x)
        if x.flags.c_contiguous:  # argmax is faster than the reduction
            flat = x.ravel()
            return flat[getattr(flat, method)()]
        return extreme(backend.np, ufunc, x, None, False)

    return spec, eager


def _full_grad(g, *, x, out):
    """Ties share the gradient evenly; nan is a tie of all nans."""
    mask = (x == out).logical_or(x.isnan().logical_and(out.isnan()))
    return mask * (g / mask.sum())


def _max_lower(k, x):
    return k.reduce("max", x, None, False)


def _min_lower(k, x):
    return k.reduce("min", x, None, False)


_max_spec, _max_eager = _full_rules("argmax", "maximum", "max()")
_min_spec, _min_eager = _full_rules("argmin", "minimum", "min()")
MAX = define(
    "max",
    eager=_max_eager,
    spec=_max_spec,
    grad=_full_grad,
    lower=_max_lower,
    node="MaxBackward1",
)
MIN = define(
    "min",
    eager=_min_eager,
    spec=_min_spec,
    grad=_full_grad,
    lower=_min_lower,
    node="MinBackward1",
)

# -------------------------------------------------------------------- along a dimension


def _dim_rules(method, who):
    def spec(x, *, dim, keepdim):
        refuse(x, who, "c", DtypeError)
        refuse(x, who, "U")
        found = reduced_spec(x, (dim,), keepdim, who)
        refuse_empty(x, (dim,), who)
        return found, Spec(found.shape, "int64")

    def eager(backend, x, *, dim, keepdim):
        if x.dtype.kind != "f" or x.size == 0 or dim.__class__ is not int:
            spec(x, dim=dim, keepdim=keepdim)
        if x.ndim == 0:
            axis_of(x, dim, who)
            return x.copy(), backend.np.zeros((), "int64")
        if x.ndim == 2 and dim in (1, -1) and not keepdim and backend.np is numpy:
            places = getattr(x, method)(1)
            return x[first_integers(len(places)), places], places
        places = getattr(x, method)(dim, None, keepdims=True)
        return take_places(backend.np, x, places, dim, keepdim)

    return spec, eager


def _dim_lower(kind):
    def lower(k, x, *, dim, keepdim):
        if not x.ndim:
            raise k.NotLowered
        return lower_place(k, kind, x, dim, keepdim)

    return lower


def _dim_grad(g, *, out1, x_shape, dim, keepdim):
    places = restored(out1, x_shape, (dim,), keepdim)
    return places_grad(restored(g[0], x_shape, (dim,), keepdim), places, x_shape, dim)


_max_dim_spec, _max_dim_eager = _dim_rules("argmax", "max()")
_min_dim_spec, _min_dim_eager = _dim_rules("argmin", "min()")
MAX_DIM = define(
    "max_dim",
    eager=_max_dim_eager,
    spec=_max_dim_spec,
    grad=_dim_grad,
    lower=_dim_lower("max"),
    many=True,
    node="MaxBackward0",
)
MIN_DIM = define(
    "min_dim",
    eager=_min_dim_eager,
    spec=_min_dim_spec,
    grad=_dim_grad,
    lower=_dim_lower("min"),
    many=True,
    node="MinBackward0",
)
expose(max)
expose(min)

# ----------------------------------------------------------------------- amax and amin


def amax(input, dim=(), keepdim=False, *, out=None, **numpy):
    """The largest elements over some dimensions; ties share the gradient evenly.

    Args:
        input: (*), bool, integers or float.
        dim: int or tuple of ints; all dimensions if left out.
        keepdim: keep the reduced dimensions with size 1.
        out: tensor of the same dtype to write the result to.

    Returns:
        Tensor: the reduced shape.

    Raises:
        IndexError: for a dimension out of range or of size 0.
        RuntimeError: for complex input, or if there are no elements.

    >>> import rushlight
    >>> rushlight.tensor([[1, 5], [7, 3]]).amax(0)
    tensor([7, 5])
    """
    if numpy:
        return renamed(amax, numpy, input, dim=dim, keepdim=keepdim, out=out)
    result = AMAX.short(input, dim=dim, keepdim=keepdim)
    return result if out is None else same_dtype_out(result, out, "amax()")


def amin(input, dim=(), keepdim=False, *, out=None, **numpy):
    """The smallest elements over some dimensions; ties share the gradient evenly.

    Args:
        input: (*), bool, integers or float.
        dim, keepdim, out: as for `amax`.

    Returns:
        Tensor: the reduced shape.

    Raises:
        IndexError: for a dimension out of range or of size 0.
        RuntimeError: for complex input, or if there are no elements.

    >>> import rushlight
    >>> rushlight.tensor([[1, 5], [7, 3]]).amin(0)
    tensor([1, 3])
    """
    if numpy:
        return renamed(amin, numpy, input, dim=dim, keepdim=keepdim, out=out)
    result = AMIN.short(input, dim=dim, keepdim=keepdim)
    return result if out is None else same_dtype_out(result, out, "amin()")


def _given(dim):
    """The dim, or None where it is left out (an empty tuple)."""
    return None if dim == () or dim == [] else dim


def _extreme_rules(name, who):
    def spec(x, *, dim, keepdim):
        refuse(x, who, "cU")
        found = reduced_spec(x, dim, keepdim, who)
        refuse_empty(x, _given(dim), who)
        return found

    def eager(backend, x, *, dim, keepdim):
        if x.dtype.kind != "f" or x.size == 0:
            spec(x, dim=dim, keepdim=keepdim)
        axis = axis_of(x, dim, who)
        return extreme(backend.np, name, x, axis, keepdim)

    return spec, eager


def _shared_evenly(g, x, out, dim, keepdim):
    """The gradient of an extreme, shared by the elements that equal it."""
    dim, shape = _given(dim), x._array.shape
    mask = x == restored(out, shape, dim, keepdim)
    return mask * (restored(g, shape, dim, keepdim) / mask.sum(dim, True))


def _extreme_grad(g, *, x, out, dim, keepdim):
    return _shared_evenly(g, x, out, dim, keepdim)


def _amax_lower(k, x, *, dim, keepdim):
    return k.reduce("max", x, _given(dim), keepdim)


def _amin_lower(k, x, *, dim, keepdim):
    return k.reduce("min", x, _given(dim), keepdim)


_amax_spec, _amax_eager = _extreme_rules("maximum", "amax()")
_amin_spec, _amin_eager = _extreme_rules("minimum", "amin()")
AMAX = define(
    "amax", eager=_amax_eager, spec=_amax_spec, grad=_extreme_grad, lower=_amax_lower
)
AMIN = define(
    "amin", eager=_amin_eager, spec=_amin_spec, grad=_extreme_grad, lower=_amin_lower
)
expose(amax)
expose(amin)

# ----------------------------------------------------------------------------- aminmax


def aminmax(input, *, dim=None, keepdim=False, out=None, **numpy):
    """The smallest and the largest elements, all or along one dimension.

    Args:
        input: (*), bool, integers or float.
        dim: int; all dimensions if left out.
        keepdim: keep the dimension with size 1.
        out: tuple of two tensors to write the results to.

    Returns:
        A named tuple (min, max).

    Raises:
        RuntimeError: for complex input, or if there are no elements.
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.tensor([3, 1, 2]).aminmax().max
    tensor(3)
    """
    if numpy:
        return renamed(aminmax, numpy, input, dim=dim, keepdim=keepdim, out=out)
    result = AminmaxResult(call(AMINMAX, input, dim=dim, keepdim=keepdim))
    return result if out is None else same_dtype_out(result, out, "aminmax()")


def _aminmax_spec(x, *, dim, keepdim):
    refuse(x, "aminmax()", "cU")
    dims = None if dim is None else (dim,)
    found = reduced_spec(x, dims, keepdim, "aminmax()")
    refuse_empty(x, dims, "aminmax()")
    return found, found


def _aminmax_eager(backend, x, *, dim, keepdim):
    np = backend.np
    _aminmax_spec(x, dim=dim, keepdim=keepdim)
    axis = axis_of(x, None if dim is None else (dim,), "aminmax()")
    low = extreme(np, "minimum", x, axis, keepdim)
    return np.asarray(low), np.asarray(extreme(np, "maximum", x, axis, keepdim))


def _aminmax_grad(g, *, x, out, dim, keepdim):
    low = _shared_evenly(g[0], x, out[0], dim, keepdim)
    return low + _shared_evenly(g[1], x, out[1], dim, keepdim)


def _aminmax_lower(k, x, *, dim, keepdim):
    return k.reduce("min", x, dim, keepdim), k.reduce("max", x, dim, keepdim)


AMINMAX = define(
    "aminmax",
    eager=_aminmax_eager,
    spec=_aminmax_spec,
    grad=_aminmax_grad,
    many=True,
    lower=_aminmax_lower,
)
expose(aminmax)
