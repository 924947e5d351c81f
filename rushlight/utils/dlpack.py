"""Sharing memory with other libraries by DLPack."""

from rushlight._core.expose import TORCH

from_dlpack = TORCH["from_dlpack"]


def to_dlpack(tensor):
    """A DLPack capsule over a tensor's memory.

    Args:
        tensor: one that requires no gradient.

    Returns:
        A capsule, to be used once.
    """
    return tensor.__dlpack__()


__all__ = ["from_dlpack", "to_dlpack"]
