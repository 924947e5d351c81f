"""Casting, copying and moving: to, clone, contiguous, copy_, item, numpy."""

import numpy as np

from rushlight._backends import backend_for, backend_of
from rushlight._base.device import CPU, as_device
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call1
from rushlight._core.expose import expose
from rushlight._core.inplace import bump, inplace2, store
from rushlight._core.table import define
from rushlight._core.tensor import Tensor, attach, wrap
from rushlight._ops.specs import same_spec

# ----------------------------------------------------------------------------- clone


def clone(input, *, memory_format=None):
    """A copy with memory of its own; gradients flow through.

    Args:
        input: (*), any dtype.
        memory_format: None or preserve_format keep the strides.

    Returns:
        Tensor: same shape and dtype.

    >>> import rushlight
    >>> x = rushlight.zeros(2)
    >>> y = x.clone()
    >>> y[0] = 1
    >>> x
    tensor([0., 0.])
    """
    return call1(CLONE, input)


def _clone_eager(backend, x):
    return x.copy("K")


def _clone_grad(g):
    return g


def _clone_lower(k, x):
    return x


CLONE = define(
    "clone", eager=_clone_eager, spec=same_spec, grad=_clone_grad, lower=_clone_lower
)
expose(clone)

# ------------------------------------------------------------------------ conversion


def _cast_spec(x, *, dtype):
    return Spec(x.shape, dtype.numpy)


def _cast_eager(backend, x, *, dtype):
    return x.astype(dtype.numpy)


def _cast_grad(g):
    return g


def _cast_lower(k, x, *, dtype):
    return k.cast(x, dtype)


CAST = define(
    "to",
    eager=_cast_eager,
    spec=_cast_spec,
    grad=_cast_grad,
    lower=_cast_lower,
    node="ToCopyBackward0",
)


def to(input, dtype):
    return call1(CAST, input, dtype=dtype)


expose(to, torch=False)


def copy_(input, other, non_blocking=False):
    """Copy another tensor's values into this one, broadcast and converted.

    >>> import rushlight
    >>> rushlight.zeros(2).copy_(rushlight.tensor([1, 2]))
    tensor([1., 2.])
    """
    input[...] = other
    return input


expose(copy_, torch=False)
