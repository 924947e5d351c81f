"""Copies: clone, contiguous."""

from rushlight._base import dtype as dtypes
from rushlight._base.layout import contiguous_format as _CONTIGUOUS
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.intercept import CAPTURE
from rushlight._core.table import define
from rushlight._ops._memory import dims_order, in_format, is_in_format

_dtype = dtypes.dtype

# ----------------------------------------------------------------------------- clone


def clone(input, *, memory_format=None):
    """A copy with memory of its own; gradients flow through.

    Args:
        input: (*), any dtype.
        memory_format: None or preserve_format keep the strides; else the order of the
            dimensions in memory.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: where the format needs another number of dimensions.

    >>> import rushlight
    >>> x = rushlight.zeros(2)
    >>> y = x.clone()
    >>> y[0] = 1
    >>> x
    tensor([0., 0.])
    """
    if memory_format is None:
        return CLONE.short(input)
    return CLONE.short(input, format=memory_format)


def _clone_eager(backend, x, *, format=None):
    if format is None and 0 not in x.strides:
        return x.copy("K")
    return x.copy("C") if format is None else in_format(x, format)


def _clone_spec(x, *, format=None):
    if format is not None:
        dims_order(x, format)
    return Spec(x.shape, x.dtype)


def same_grad(g):
    """The gradient as it is."""
    return g


def _clone_lower(k, x, *, format=None):
    return x


CLONE = define(
    "clone", eager=_clone_eager, spec=_clone_spec, grad=same_grad, lower=_clone_lower
)
expose(clone)


def contiguous(input, memory_format=None):
    """The tensor itself if it lies contiguously in memory, else a copy that does.

    Args:
        input: (*), any dtype.
        memory_format: the order of the dimensions; contiguous_format if left out.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: where the format needs another number of dimensions.

    >>> import rushlight
    >>> rushlight.ones(2, 3).t().contiguous().stride()
    (2, 1)
    """
    array = input._array
    if array.__class__ is Spec:
        return input if CAPTURE.get() is None else input.reshape(array.shape)
    if memory_format is None:
        if array.flags.c_contiguous:
            return input
        memory_format = _CONTIGUOUS
    elif is_in_format(array, memory_format):
        return input
    return CLONE.short(input, format=memory_format)


expose(contiguous, torch=False)
