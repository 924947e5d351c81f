"""Sharing memory with other libraries by DLPack."""

from rushlight._core.expose import TORCH


class _Capsule:
    """A capsule of memory on the CPU, with the protocol's methods."""

    def __init__(self, capsule):
        self.capsule = capsule

    def __dlpack__(self, **options):
        return self.capsule

    def __dlpack_device__(self):
        return (1, 0)


def from_dlpack(ext_tensor):
    """A tensor over the memory of another library's array.

    Args:
        ext_tensor: an object with ``__dlpack__``, or a capsule from `to_dlpack`.

    Returns:
        Tensor: shares the memory.
    """
    if type(ext_tensor).__name__ == "PyCapsule":
        ext_tensor = _Capsule(ext_tensor)
    return TORCH["from_dlpack"](ext_tensor)


def to_dlpack(tensor):
    """A DLPack capsule over a tensor's memory.

    Args:
        tensor: one that requires no gradient.

    Returns:
        A capsule, to be used once.
    """
    return tensor.__dlpack__(max_version=(1, 0))


__all__ = ["from_dlpack", "to_dlpack"]
