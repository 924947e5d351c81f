"""Where a tensor's elements lie: stride, storage_offset, data_ptr."""

from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.tensor import Tensor
from rushlight._ops._memory import (
    address,
    is_in_format,
    memory_of_array,
)
from rushlight._ops.memory.sizes import dim_of, no_tensor

# --------------------------------------------------------------------------- strides


def stride(input, dim=None):
    """For each dimension, or one, the step in memory, in elements.

    Args:
        input: (*), any dtype.
        dim: a dimension; all if left out.

    Returns:
        tuple of ints, or int.

    Raises:
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.ones(2, 3).t().stride()
    (1, 3)
    """
    array = input._array
    item = array.dtype.itemsize
    if array.size:
        strides = [step // item for step in array.strides]
        if 0 in strides:
            _fill_single(strides, array.shape)
        strides = tuple(strides)
    else:  # NumPy keeps no strides of an empty array
        strides = tuple([s // item for s in Spec(array.shape, array.dtype).strides])
    return strides if dim is None else strides[dim_of(dim, array.shape, "stride()")]


def _fill_single(strides, shape):
    """Torch's strides for dimensions of size 1, where NumPy has 0."""
    for dim in range(len(shape) - 1, -1, -1):
        if shape[dim] == 1 and not strides[dim]:
            last = dim + 1 == len(shape)
            strides[dim] = 1 if last else shape[dim + 1] * strides[dim + 1]


def storage_offset(input):
    """Where the first element lies in the storage, counted in elements.

    Args:
        input: (*), any dtype.

    Returns:
        int.

    Raises:
        Nothing.

    >>> import rushlight
    >>> rushlight.arange(5)[2:].storage_offset()
    2
    """
    array = input._array
    if array.__class__ is Spec or array.base is None:
        return 0
    return memory_of_array(array)[1] // array.dtype.itemsize


def data_ptr(input):
    """The address of the first element; 0 where there is none.

    Args:
        input: (*), any dtype.

    Returns:
        int.

    Raises:
        Nothing.

    >>> import rushlight
    >>> x = rushlight.ones(2)
    >>> x.data_ptr() == x.view(2, 1).data_ptr()
    True
    """
    array = input._array
    return 0 if array.__class__ is Spec or not array.size else address(array)


def is_contiguous(input, memory_format=None):
    """Whether the elements lie in memory in order, without gaps.

    Args:
        input: (*), any dtype.
        memory_format: the order of the dimensions; contiguous_format if left out.

    Returns:
        bool.

    Raises:
        TypeError: where the format is none.

    >>> import rushlight
    >>> rushlight.ones(2, 3).t().is_contiguous()
    False
    """
    array = input._array
    if array.__class__ is Spec:
        return True
    if memory_format is None:
        return array.flags.c_contiguous
    return is_in_format(array, memory_format)


def is_set_to(input, tensor):
    """Whether another tensor shows the same elements of the same memory.

    Args:
        input, tensor: tensors.

    Returns:
        bool.

    Raises:
        TypeError: where the other is no tensor.

    >>> import rushlight
    >>> x = rushlight.ones(2)
    >>> x.is_set_to(x.view(2)), x.is_set_to(x.clone())
    (True, False)
    """
    if not isinstance(tensor, Tensor):
        raise no_tensor("is_set_to()", tensor)
    a, b = input._array, tensor._array
    if a.__class__ is Spec or a.__class__ is not b.__class__:
        return False
    return (address(a), a.shape, a.strides) == (address(b), b.shape, b.strides)


expose(stride, torch=False)
expose(storage_offset, torch=False)
expose(data_ptr, torch=False)
expose(is_contiguous, torch=False)
expose(is_set_to, torch=False)
