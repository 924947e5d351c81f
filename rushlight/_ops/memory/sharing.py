"""Memory that processes share, and memory locked for GPUs."""

import numpy as np

from rushlight._backends import backend_for, device_of
from rushlight._backends.numpy import strided_view
from rushlight._core.expose import expose
from rushlight._core.tensor import wrap
from rushlight._ops._memory import (
    address,
    memory_of_array,
)
from rushlight._ops._shared import arena_of, shared_array

# --------------------------------------------------------------------------- sharing


def is_shared(input):
    """Whether processes that this one starts see writes to the memory.

    Args:
        input: (*), any dtype.

    Returns:
        bool.

    Raises:
        Nothing.

    >>> import rushlight
    >>> rushlight.ones(1).is_shared()
    False
    """
    array = input._array
    if array.__class__ is not np.ndarray:
        return device_of(array).type == "cuda"
    return arena_of(array) is not None


def share_memory_(input):
    """Move a tensor's memory, and its views with it, to memory that processes share.

    Args:
        input: (*), any dtype.

    Returns:
        Tensor: ``input``.

    Raises:
        Nothing.

    >>> import rushlight
    >>> rushlight.ones(1).share_memory_().is_shared()
    True
    """
    if input._array.__class__ is not np.ndarray or is_shared(input):
        return input
    owner = memory_of_array(input._array)[0]
    shared = shared_array(owner.dtype, owner.size).reshape(owner.shape)
    np.copyto(shared, owner)
    base = input if input._base is None else input._base
    views = base._memory.living_views() if base._memory is not None else []
    for tensor in {id(t): t for t in (base, input, *views)}.values():
        array = tensor._array
        offset = address(array) - address(owner)
        tensor._array = strided_view(shared, array.shape, array.strides, offset)
    return input


def is_pinned(input, device=None):
    """Whether the memory is locked for copies to a GPU; it never is without one.

    Args:
        input: (*), any dtype.
        device: not used.

    Returns:
        bool.

    Raises:
        Nothing.

    >>> import rushlight
    >>> rushlight.ones(1).is_pinned()
    False
    """
    return False


def pin_memory(input, device=None):
    """A copy in memory that is locked for fast copies to a GPU.

    Args:
        input: (*), any dtype.
        device: not used.

    Returns:
        Tensor: the same values; ``input`` itself where it is on a GPU.

    Raises:
        RuntimeError: where there is no GPU.

    >>> import rushlight
    >>> rushlight.ones(1).pin_memory()  # doctest: +SKIP
    tensor([1.])
    """
    from rushlight._base.device import device as device_class

    backend = backend_for(device_class("cuda"))
    if input._array.__class__ is backend.array_type:
        return input
    return wrap(backend.pinned(input._array))


expose(is_shared, torch=False)
expose(share_memory_, torch=False)
expose(is_pinned, torch=False)
expose(pin_memory, torch=False)
