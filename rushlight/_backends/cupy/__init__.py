"""CUDA: CuPy arrays.  Importing this module needs CuPy and a driver."""

import functools

import cupy

from rushlight._backends.base import Backend
from rushlight._base.device import device as Device

cupy.cuda.runtime.getDeviceCount()  # fails here, once, where there is no driver


class CupyBackend(Backend):
    """CuPy's arrays and namespace; eager rules are the same as on the CPU."""

    name = "cupy"
    array_type = cupy.ndarray
    np = cupy

    def from_host(self, array, device):
        with cupy.cuda.Device(device.index):
            return cupy.asarray(array)

    def to_host(self, array):
        return cupy.asnumpy(array)

    def empty(self, shape, dtype):
        return cupy.empty(shape, dtype)

    def device_of(self, array):
        return Device("cuda", array.device.id)

    def kernel(self, op):
        eager = op.eager
        if isinstance(eager, str):
            return getattr(cupy, eager)
        return functools.partial(eager, self)


CUPY_BACKEND = CupyBackend()
