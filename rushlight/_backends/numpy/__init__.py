"""The CPU: NumPy arrays."""

from types import MethodType

import numpy

from rushlight._backends.base import Backend
from rushlight._backends.numpy.allocation import keep_freed_memory
from rushlight._base.device import CPU


class NumpyBackend(Backend):
    """NumPy's arrays and namespace.

    Attributes:
        slots: {op's name: function}; given the op and its kernel, it returns the
            kernel that runs instead.  The compiler fills them.
        enlarge: a function; given an op and its kernel, it returns what runs on large
            arrays instead.  The compiler's too.
    """

    name = "numpy"
    array_type = numpy.ndarray
    np = numpy

    def __init__(self):
        self.slots = {}
        self.enlarge = None

    def from_host(self, array, device):
        return array

    def to_host(self, array):
        return array

    def empty(self, shape, dtype):
        return numpy.empty(shape, dtype)

    def device_of(self, array):
        return CPU

    def kernel(self, op):
        eager = op.eager
        if isinstance(eager, str):
            kernel = getattr(numpy, eager)
        else:
            kernel = MethodType(eager, self)
        fill = self.slots.get(op.name)
        return kernel if fill is None else fill(op, kernel)

    def large_kernel(self, op):
        kernel = op.kernels[numpy.ndarray]
        if self.enlarge is None or op.name in self.slots:
            return kernel
        return self.enlarge(op, kernel)


def strided_view(array, shape, strides, offset=0):
    """A view of an array's memory with any shape and strides (bytes from its start).

    The caller answers for the region lying inside the memory.
    """
    try:
        return numpy.ndarray(shape, array.dtype, array, offset, strides)
    except (ValueError, BufferError):  # not contiguous, or a dtype without buffers
        if array.dtype.kind == "V" and array.flags.forc:
            plain = array.view(f"u{array.dtype.itemsize}")
            return numpy.ndarray(shape, array.dtype, plain, offset, strides)
        start = array.__array_interface__["data"][0] + offset
        holder = _Memory(array, start, shape, strides)
        return numpy.asarray(holder).view(array.dtype)


class _Memory:
    """Memory of an array under NumPy's array interface; keeps the array alive."""

    def __init__(self, array, start, shape, strides):
        self.array = array
        self.__array_interface__ = {
            "version": 3,
            "data": (start, not array.flags.writeable),
            "typestr": f"|V{array.dtype.itemsize}",
            "shape": tuple(shape),
            "strides": tuple(strides),
        }


NUMPY_BACKEND = NumpyBackend()
keep_freed_memory()
