"""Where a tensor's elements lie: sizes, strides, storage, sharing, resizing."""

import mmap

import numpy as np

from rushlight._backends import backend_for, device_of
from rushlight._backends.numpy import strided_view
from rushlight._base.errors import (
    ArgumentRuntimeError,
    ArgumentTypeError,
    GraphError,
    explain,
)
from rushlight._base.shape import Size, as_shape, numel as count_of, wrap_dim
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.inplace import bump
from rushlight._core.tensor import Tensor, attach, wrap
from rushlight._ops._memory import (
    address,
    in_format,
    is_in_format,
    memory_of_array,
)

# ----------------------------------------------------------------------------- sizes


def size(input, dim=None):
    """All sizes, or that of one dimension.

    Args:
        input: (*), any dtype.
        dim: a dimension; all if left out.

    Returns:
        Size or int.

    Raises:
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.ones(2, 3).size(), rushlight.ones(2, 3).size(-1)
    (torch.Size([2, 3]), 3)
    """
    shape = input._array.shape
    if dim is None:
        return Size(shape)
    try:
        return shape[dim]
    except (IndexError, TypeError):
        return shape[_dim_of(dim, shape, "size()")]


def _dim_of(dim, shape, who):
    if not shape:
        dim = wrap_dim(dim, 0, who)
        wrap_dim(dim + 1, 0, who)
    return wrap_dim(dim, len(shape), who)


def dim(input):
    """The number of dimensions.

    Args:
        input: (*), any dtype.

    Returns:
        int.

    Raises:
        Nothing.

    >>> import rushlight
    >>> rushlight.ones(2, 3).dim()
    2
    """
    return input._array.ndim


def numel(input):
    """The number of elements.

    Args:
        input: (*), any dtype.

    Returns:
        int.

    Raises:
        TypeError: where input is no tensor.

    >>> import rushlight
    >>> rushlight.numel(rushlight.ones(2, 3))
    6
    """
    try:
        return input._array.size
    except AttributeError:
        raise _no_tensor("numel()", input) from None


def _no_tensor(who, value):
    return ArgumentTypeError(
        explain(
            who,
            expected="argument 'input' to be a Tensor",
            got=type(value).__name__,
            do="Convert it with torch.tensor.",
        )
    )


def element_size(input):
    """Bytes in one element.

    Args:
        input: (*), any dtype.

    Returns:
        int.

    Raises:
        Nothing.

    >>> import rushlight
    >>> rushlight.ones(2).element_size()
    4
    """
    return input._array.dtype.itemsize


def is_same_size(input, other):
    """Whether two tensors have the same shape.

    Args:
        input, other: tensors.

    Returns:
        bool.

    Raises:
        TypeError: where one is no tensor.

    >>> import rushlight
    >>> rushlight.is_same_size(rushlight.ones(2), rushlight.ones(2, 1))
    False
    """
    for value in (input, other):
        if not isinstance(value, Tensor):
            raise _no_tensor("is_same_size()", value)
    return input._array.shape == other._array.shape


expose(size, torch=False)
expose(dim, torch=False, aliases=["ndimension"])
expose(numel)
attach("nelement", numel)
expose(element_size, torch=False)
expose(is_same_size)

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
    return strides if dim is None else strides[_dim_of(dim, array.shape, "stride()")]


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
    if array.base is None or array.__class__ is Spec:
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
        raise _no_tensor("is_set_to()", tensor)
    a, b = input._array, tensor._array
    if a.__class__ is Spec or a.__class__ is not b.__class__:
        return False
    return (address(a), a.shape, a.strides) == (address(b), b.shape, b.strides)


expose(stride, torch=False)
expose(storage_offset, torch=False)
expose(data_ptr, torch=False)
expose(is_contiguous, torch=False)
expose(is_set_to, torch=False)

# --------------------------------------------------------------------------- storage


class UntypedStorage:
    """The bytes that a tensor and all its views share.

    Args:
        tensor: whose memory it is.

    >>> import rushlight
    >>> storage = rushlight.arange(5)[2:].untyped_storage()
    >>> storage.nbytes(), len(storage)
    (40, 40)
    """

    __slots__ = ("_owner", "device")

    def __init__(self, tensor):
        array = tensor._array
        self.device = device_of(array)
        self._owner = array if array.__class__ is Spec else memory_of_array(array)[0]

    def data_ptr(self):
        """The address of the first byte; 0 on the meta device."""
        owner = self._owner
        return 0 if owner.__class__ is Spec or not owner.size else address(owner)

    def nbytes(self):
        """The number of bytes."""
        return self._owner.size * self._owner.dtype.itemsize

    size = __len__ = nbytes

    def element_size(self):
        """Bytes in one element: 1, for a storage has no dtype."""
        return 1

    def tolist(self):
        """The bytes as a list of ints."""
        return list(self._owner.tobytes())

    def is_shared(self):
        """Whether other processes can see the memory."""
        return is_shared(wrap(self._owner))

    def __eq__(self, other):
        if not isinstance(other, UntypedStorage):
            return NotImplemented
        return self is other or (
            self.data_ptr() == other.data_ptr() != 0 and self.nbytes() == other.nbytes()
        )

    def __hash__(self):
        return hash(self.data_ptr())

    def __repr__(self):
        return f"[torch.storage.UntypedStorage(device={self.device}) of size {len(self)}]"


def untyped_storage(input):
    """The bytes that a tensor and all its views share.

    Args:
        input: (*), any dtype.

    Returns:
        UntypedStorage: with data_ptr(), nbytes() and size().

    Raises:
        Nothing.

    >>> import rushlight
    >>> x = rushlight.ones(4)
    >>> x[1:].untyped_storage().data_ptr() == x.data_ptr()
    True
    """
    return UntypedStorage(input)


expose(untyped_storage, torch=False)

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

# --------------------------------------------------------------------------- sharing


def is_shared(input):
    """Whether processes that are forked from this one see writes to the memory.

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
    while array.__class__ is np.ndarray:
        array = array.base
    return isinstance(getattr(array, "obj", array), mmap.mmap)


def share_memory_(input):
    """Move a tensor's memory, and its views with it, to memory that forks share.

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
    shared = np.frombuffer(
        mmap.mmap(-1, max(owner.nbytes, 1)), owner.dtype, owner.size
    ).reshape(owner.shape)
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
