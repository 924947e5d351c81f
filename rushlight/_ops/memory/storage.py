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
