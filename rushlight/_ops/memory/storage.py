"""The bytes that a tensor and its views share."""

from rushlight._backends import device_of
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.tensor import wrap
from rushlight._ops._memory import (
    address,
    memory_of_array,
)
from rushlight._ops.memory.sharing import is_shared

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

    def __sizeof__(self):
        return object.__sizeof__(self) + self.nbytes()

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
        return (
            f"[torch.storage.UntypedStorage(device={self.device}) of size {len(self)}]"
        )


class TypedStorage:
    """The elements that a tensor and all its views share, in one row (old).

    Args:
        tensor: whose memory it is.

    >>> import rushlight
    >>> storage = rushlight.arange(3)[1:].storage()
    >>> storage.size(), storage[0], storage.tolist()
    (3, 0, [0, 1, 2])
    """

    __slots__ = ("_untyped", "_elements", "dtype")

    def __init__(self, tensor):
        self._untyped, self.dtype = UntypedStorage(tensor), tensor.dtype
        owner = self._untyped._owner
        self._elements = wrap(owner.reshape(-1)) if tensor.is_cpu else tensor.flatten()

    def untyped(self):
        """The same memory as bytes."""
        return self._untyped

    def data_ptr(self):
        """The address of the first element; 0 on the meta device."""
        return self._untyped.data_ptr()

    def nbytes(self):
        """The number of bytes."""
        return self._untyped.nbytes()

    def size(self):
        """The number of elements."""
        return self._elements.numel()

    __len__ = size

    @property
    def device(self):
        """The device that holds the memory."""
        return self._untyped.device

    def element_size(self):
        """Bytes in one element."""
        return self._elements.element_size()

    def is_shared(self):
        """Whether other processes can see the memory."""
        return self._untyped.is_shared()

    def tolist(self):
        """The elements as a list."""
        return self._elements.tolist()

    def __getitem__(self, place):
        found = self._elements[place]
        return found.tolist()

    def __setitem__(self, place, value):
        self._elements[place] = value

    def __repr__(self):
        kind = f"dtype={self.dtype}, device={self.device}"
        return f"[torch.storage.TypedStorage({kind}) of size {len(self)}]"


def storage(input):
    """The elements that a tensor and all its views share (old: use untyped_storage).

    Args:
        input: (*), any dtype.

    Returns:
        TypedStorage: with data_ptr(), size() and tolist().

    Raises:
        Nothing.

    >>> import rushlight
    >>> rushlight.ones(2).storage().tolist()
    [1.0, 1.0]
    """
    return TypedStorage(input)


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
expose(storage, torch=False)
