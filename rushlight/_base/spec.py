"""Spec: what an array is without its data."""

import numpy as np

from rushlight._base.shape import numel


class Spec:
    """Shape and NumPy dtype of an array; on the meta device, the array itself.

    It answers the questions that spec rules ask of real arrays (``shape``, ``dtype``,
    ``ndim``, ``size``), so a spec rule takes either.
    """

    __slots__ = ("shape", "dtype")

    def __init__(self, shape, dtype):
        self.shape = tuple(shape)
        self.dtype = np.dtype(dtype)

    @property
    def ndim(self):
        return len(self.shape)

    @property
    def size(self):
        return numel(self.shape)

    @property
    def itemsize(self):
        return self.dtype.itemsize

    @property
    def strides(self):
        """Strides in bytes, as of a contiguous array."""
        strides, step = [], self.dtype.itemsize
        for size in reversed(self.shape):
            strides.append(step)
            step *= max(size, 1)
        return tuple(reversed(strides))

    def __eq__(self, other):
        return (
            isinstance(other, Spec)
            and self.shape == other.shape
            and self.dtype == other.dtype
        )

    def __hash__(self):
        return hash((self.shape, self.dtype))

    def __repr__(self):
        return f"Spec({self.shape}, {self.dtype})"


def spec_of(array):
    """The spec of an array (a spec is its own)."""
    return array if array.__class__ is Spec else Spec(array.shape, array.dtype)
