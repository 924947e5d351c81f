"""Another size, or other memory, in place: resize_, set_."""

import numpy as np

from rushlight._backends.numpy import strided_view
from rushlight._base.errors import (
    ArgumentRuntimeError,
    GraphError,
    explain,
)
from rushlight._base.shape import as_shape
from rushlight._base.shape import numel as count_of
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.inplace import bump
from rushlight._core.tensor import wrap
from rushlight._ops._memory import (
    in_format,
    is_in_format,
    memory_of_array,
)
from rushlight._ops.memory.storage import UntypedStorage

# -------------------------------------------------------------------------- resizing


def resize_(input, *sizes, memory_format=None):
    """Give a tensor another shape in place; its memory grows where it must.

    Elements keep their order in memory; those that are added hold any value.  Other
    tensors over the same memory keep showing the old one after it grew.

    Args:
        input: (*), any dtype.
        sizes: the new sizes.
        memory_format: the order of the dimensions in memory.

    Returns:
        Tensor: ``input``.

    Raises:
        RuntimeError: where input requires grad.

    >>> import rushlight
    >>> rushlight.arange(6).resize_(2, 2)
    tensor([[0, 1],
            [2, 3]])
    """
    if input._edge is not None:
        raise GraphError(
            explain(
                "resize_()",
                expected="a tensor that requires no gradient",
                got="one that does: cannot resize variables that require grad",
                do="Call .detach() first.",
            )
        )
    array, shape = input._array, as_shape(sizes, "resize_()")
    if array.__class__ is Spec:
        input._array = Spec(shape, array.dtype)
        return input
    if array.shape != shape:
        input._array = _resized(array, shape)
        bump(input)
    if memory_format is not None and not is_in_format(input._array, memory_format):
        order = in_format(input._array, memory_format).strides
        input._array = strided_view(*_span(input._array), shape, order)
    return input


def _resized(array, shape):
    owner, start = memory_of_array(array)
    item = array.dtype.itemsize
    strides = Spec(shape, array.dtype).strides
    if start + count_of(shape) * item > owner.nbytes:
        longer = np.empty(start // item + count_of(shape), array.dtype)
        longer[: owner.size] = owner.reshape(-1)
        owner = longer
    return strided_view(owner, shape, strides, start)


def _span(array):
    return (memory_of_array(array)[0],)


def resize_as_(input, other, *, memory_format=None):
    """Give a tensor the shape of another, as `resize_`; returns ``input``."""
    return resize_(input, other._array.shape, memory_format=memory_format)


def set_(input, source=None, storage_offset=0, size=None, stride=None):
    """Make a tensor show the memory of another, in place.

    Args:
        input: the tensor to change.
        source: a tensor or a storage of the same dtype; none: no elements.
        storage_offset, size, stride: which elements, counted from the start of the
            memory; all of source if left out.

    Returns:
        Tensor: ``input``.

    Raises:
        RuntimeError: where the dtypes differ.

    >>> import rushlight
    >>> rushlight.zeros(1).set_(rushlight.ones(2))
    tensor([1., 1.])
    """
    array = input._array
    if source is None:
        input._array, input._memory = np.empty(0, array.dtype), None
        return input
    if isinstance(source, UntypedStorage):
        owner = source._owner.reshape(-1).view(array.dtype)
        source = wrap(owner)
        size = owner.shape if size is None else size
    if source._array.dtype != array.dtype:
        raise ArgumentRuntimeError(
            explain(
                "set_()",
                expected=f"a source of dtype {input.dtype}",
                got=source.dtype,
                do="Convert it first.",
            )
        )
    if size is None:
        input._array, input._memory = source._array, source._memory
        return input
    size = as_shape((size,), "set_()")
    if stride is None:
        stride = [s // array.itemsize for s in Spec(size, array.dtype).strides]
    view = source.as_strided(size, stride, storage_offset)
    input._array, input._memory = view._array, view._memory
    return input


expose(resize_, torch=False)
expose(resize_as_)
expose(set_, torch=False)
