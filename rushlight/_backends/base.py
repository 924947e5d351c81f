"""The contract of a backend: what every machine must offer."""

import math


class Backend:
    """One machine: an array type, its namespace and a few functions.

    Attributes:
        name: the folder's name.
        array_type: the class of its arrays.
        np: the array namespace; the part of NumPy's names that eager rules use.
        product_size: multiplications from which on a product of matrices is left to
            `product`, ``(x, y, bias=None)`` to ``x @ y + bias``.
    """

    name: str
    array_type: type
    np: object
    product_size = math.inf
    product = None

    def from_host(self, array, device):
        """An array here with the values of a NumPy array (copied if need be)."""
        raise NotImplementedError

    def to_host(self, array):
        """A NumPy array with the values of an array of this backend."""
        raise NotImplementedError

    def empty(self, shape, dtype):
        """An uninitialised contiguous array; dtype is NumPy's."""
        raise NotImplementedError

    def device_of(self, array):
        """The device of one of this backend's arrays."""
        raise NotImplementedError

    def kernel(self, op):
        """The callable that runs an op's eager rule on this backend's arrays."""
        raise NotImplementedError

    def large_kernel(self, op):
        """What runs it on large arrays: the same, if there is nothing better."""
        return op.kernels[self.array_type]
