"""Writing whole tensors: copy_, fill_, zero_."""

import numpy as np

from rushlight._backends import device_of
from rushlight._base import dtype as dtypes
from rushlight._base.errors import (
    ArgumentRuntimeError,
    ShapeError,
    explain,
)
from rushlight._base.shape import broadcast_shapes
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.guarding import GUARDS
from rushlight._core.inplace import bump, inplace
from rushlight._core.state import STATE
from rushlight._core.table import define
from rushlight._core.tensor import Tensor
from rushlight._ops._memory import real_part, region
from rushlight._ops._values import as_number, element
from rushlight._ops.cast.to import moved
from rushlight._ops.specs import same_spec

_dtype = dtypes.dtype

# -------------------------------------------------------------------------- copy_


def copy_(input, other, non_blocking=False):
    """Copy another tensor's values into this one, broadcast and converted.

    Args:
        input: the tensor to write to.
        other: a tensor of a shape that broadcasts to input's, or a number.
        non_blocking: do not wait for a copy between CPU and GPU.

    Returns:
        Tensor: ``input``.

    Raises:
        RuntimeError: where the shapes do not fit.

    >>> import rushlight
    >>> rushlight.zeros(2).copy_(rushlight.tensor([1, 2]))
    tensor([1., 2.])
    """
    if not isinstance(other, Tensor):
        return fill_(input, other)
    array, source = input._array, other._array
    if array.dtype.kind == "i" and source.dtype.kind == "f" and GUARDS.on:
        GUARDS.see.copying(input, other)
    if source.__class__ is not array.__class__:
        other = moved(other, device_of(array), "copy_()")
        source = other._array
    if input._edge is None and other._edge is None and not STATE.special:
        if array.__class__ is np.ndarray and 0 not in array.strides:
            if array.dtype is source.dtype and array.shape == source.shape:
                np.copyto(array, source)
            else:
                np.copyto(array, _copy_eager(None, array, source))
            bump(input)
            return input
    return inplace(COPY, input, other)


def _copy_spec(x, source):
    if len(source.shape) > len(x.shape) or broadcast_shapes(
        x.shape, source.shape
    ) != tuple(x.shape):
        raise ShapeError(
            explain(
                "copy_()",
                expected=f"values that broadcast to output with shape {list(x.shape)}",
                got=f"shape {list(source.shape)}, which doesn't match",
                do="Reshape the source.",
            )
        )
    return Spec(x.shape, x.dtype)


def _copy_eager(backend, x, source):
    _copy_spec(x, source)
    if source.dtype.kind == "c" and x.dtype.kind not in "cb":
        source = real_part(source)
    if source.dtype is not x.dtype:
        with np.errstate(all="ignore"):
            source = source.astype(x.dtype)
    if source.shape == x.shape:
        return source
    strides = [0] * (x.ndim - source.ndim)
    strides += [
        0 if size == 1 else step
        for size, step in zip(source.shape, source.strides, strict=True)
    ]
    return region(source, x.shape, strides)


def _copy_grad(g, *, needs):
    zeros = g.new_zeros(g._array.shape) if needs[0] else None
    return zeros, g if needs[1] else None


def _copy_lower(k, x, source):
    return k.broadcast(k.cast(source, x.dtype), x.shape)


COPY = define(
    "copy",
    inputs="x source",
    eager=_copy_eager,
    spec=_copy_spec,
    grad=_copy_grad,
    node="CopyBackwards",
    lower=_copy_lower,
)
expose(copy_, torch=False)

# -------------------------------------------------------------------------- fill


def fill(input, value):
    """A tensor like input of one value.

    Args:
        input: (*), any dtype.
        value: a number or a tensor of no dimensions.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: where the dtype cannot hold the value.

    >>> import rushlight
    >>> rushlight.fill(rushlight.zeros(2), 3)
    tensor([3., 3.])
    """
    value, form = _fill_value(value)
    return call(FILL, input, value, form=form)


def fill_(input, value):
    """In-place form of `fill`: writes into ``input`` and returns it."""
    array = getattr(input, "_array", None)
    if array.__class__ is np.ndarray and input._edge is None and not STATE.special:
        if value.__class__ is float and array.dtype.kind == "f" and array.itemsize > 3:
            if value != value or -3e38 < value < 3e38:
                array.fill(value)
                bump(input)
                return input
    value, form = _fill_value(value)
    return inplace(FILL, input, value, form=form + 2)


def _fill_value(value):
    """(the value, its form: 0 for a number, 1 for a tensor)."""
    if not isinstance(value, Tensor):
        return as_number(value, "fill_()"), 0
    if value._array.shape:
        raise ArgumentRuntimeError(
            explain(
                "fill_()",
                expected="a number or a tensor without dimensions",
                got=f"a value tensor with {value.ndim} dimensions (fill_ only "
                "supports 0-dimension ones)",
                do="Use .copy_(...) to copy a tensor.",
            )
        )
    return value, 1


def _fill_eager(backend, x, value, *, form):
    result = backend.np.empty(x.shape, x.dtype)
    if hasattr(value, "dtype"):
        result[...] = _copy_eager(backend, x, value)
    else:
        result.fill(element(value, x.dtype, "fill_()")[()])
    return result


def _fill_grad(g, *, needs):
    zeros = g.new_zeros(g._array.shape) if needs[0] else None
    return (zeros, g.sum()) if len(needs) > 1 and needs[1] else (zeros, None)


def _fill_lower(k, x, value, *, form):
    if hasattr(value, "kind"):
        return k.broadcast(k.cast(value, x.dtype), x.shape)
    if x.dtype not in k.NUMPY:
        raise k.NotLowered
    element(value, np.dtype(k.NUMPY[x.dtype]), "fill_()")
    return k.whole(x.shape, x.dtype, value)


FILL = define(
    "fill",
    inputs="x value",
    eager=_fill_eager,
    spec=same_spec,
    grad=_fill_grad,
    one_value=True,
    node=lambda inputs, attrs: f"FillBackward{attrs['form']}",
    lower=_fill_lower,
)
expose(fill, method=False)
expose(fill_)


def zero_(input):
    """Set every element to zero, in place; returns ``input``."""
    array = getattr(input, "_array", None)
    if array.__class__ is np.ndarray and input._edge is None and not STATE.special:
        array.fill(0)
        bump(input)
        return input
    return inplace(ZERO, input)


def _zero_eager(backend, x):
    return backend.np.zeros(x.shape, x.dtype)


def _zero_grad(g):
    return g.new_zeros(g._array.shape)


def _zero_lower(k, x):
    return k.whole(x.shape, x.dtype)


ZERO = define(
    "zero",
    eager=_zero_eager,
    spec=same_spec,
    grad=_zero_grad,
    one_value=True,
    lower=_zero_lower,
)
expose(zero_)
