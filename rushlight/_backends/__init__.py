"""Floor 1, the machines: one folder for each, found by the class of an array."""

from contextvars import ContextVar

from rushlight._base.device import CPU, META
from rushlight._base.errors import DeviceError, explain
from rushlight._base.spec import Spec
from rushlight._backends.meta import META_BACKEND
from rushlight._backends.numpy import NUMPY_BACKEND

#: Where specs are said to live: on the meta device, or where a trace stands for.
SPEC_DEVICE = ContextVar("spec_device", default=META)

_BY_ARRAY_TYPE = {
    NUMPY_BACKEND.array_type: NUMPY_BACKEND,
    Spec: META_BACKEND,
}


def backend_of(array_type):
    """The backend whose arrays are of this class.

    Raises:
        TypeError: for a class that no loaded backend owns.
    """
    try:
        return _BY_ARRAY_TYPE[array_type]
    except KeyError:
        raise TypeError(f"{array_type} is no backend's array") from None


def backend_for(device):
    """The backend that serves a device; CUDA's is imported on first use.

    Raises:
        RuntimeError: where CUDA is asked for and CuPy or a GPU is missing.
    """
    if device.type == "cpu":
        return NUMPY_BACKEND
    return META_BACKEND if device.type == "meta" else cuda_backend()


def cuda_backend():
    """The CuPy backend, imported and registered on first use."""
    try:
        from rushlight._backends.cupy import CUPY_BACKEND
    except ImportError as error:
        raise DeviceError(
            explain(
                "device 'cuda'",
                expected="CuPy and an NVIDIA driver",
                got=f"{error.__class__.__name__}: {error}",
                do="Install rushlight[cuda] on a machine with a GPU, or use 'cpu'.",
            )
        ) from None
    _BY_ARRAY_TYPE[CUPY_BACKEND.array_type] = CUPY_BACKEND
    return CUPY_BACKEND


def device_of(array):
    """The device that an array lives on."""
    kind = array.__class__
    if kind is NUMPY_BACKEND.array_type:
        return CPU
    return SPEC_DEVICE.get() if kind is Spec else backend_of(kind).device_of(array)
