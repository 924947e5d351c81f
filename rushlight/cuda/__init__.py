"""CUDA devices: what torch scripts ask about and set; all answers are true.

Without CuPy or a driver there is no device: `is_available` is False, counts are 0,
and what needs a device raises RuntimeError.
"""

from functools import cache
from importlib.util import find_spec

from rushlight._backends import cuda_backend
from rushlight._base.device import device as Device
from rushlight._base.errors import DeviceError

__all__ = [
    "current_device",
    "device",
    "device_count",
    "empty_cache",
    "get_device_capability",
    "get_device_name",
    "is_available",
    "is_bf16_supported",
    "manual_seed",
    "manual_seed_all",
    "max_memory_allocated",
    "memory_allocated",
    "memory_reserved",
    "reset_peak_memory_stats",
    "set_device",
    "synchronize",
]


def _cupy():
    return cuda_backend().np


@cache
def _has_cupy():
    """Whether CuPy is installed; a question that steps which are traced may ask."""
    return find_spec("cupy") is not None


def is_available():
    """Whether a CUDA device can be used.

    >>> is_available() == (device_count() > 0)
    True
    """
    return device_count() > 0


def device_count():
    """The number of CUDA devices."""
    if not _has_cupy():
        return 0
    try:
        return _cupy().cuda.runtime.getDeviceCount()
    except DeviceError:
        return 0


def _number(device):
    if device is None:
        return current_device()
    if isinstance(device, int):
        return device
    index = Device(device).index
    return current_device() if index is None else index


def current_device():
    """The number of the current CUDA device.

    Raises:
        RuntimeError: where there is none.
    """
    return _cupy().cuda.runtime.getDevice()


def set_device(device):
    """Make a CUDA device the current one.

    Raises:
        RuntimeError: where there is none.
    """
    _cupy().cuda.Device(_number(device)).use()


class device:  # noqa: N801 - torch's public name
    """A context in which another CUDA device is the current one.

    Args:
        device: a device or its number; None or a negative number does nothing.
    """

    def __init__(self, device):
        self.number = -1 if device is None else _number(device)
        self._context = None

    def __enter__(self):
        if self.number >= 0:
            self._context = _cupy().cuda.Device(self.number)
            self._context.__enter__()

    def __exit__(self, *exc):
        if self._context is not None:
            self._context.__exit__(*exc)


def synchronize(device=None):
    """Wait until a CUDA device has finished its work.

    Raises:
        RuntimeError: where there is none.
    """
    _cupy().cuda.Device(_number(device)).synchronize()


def get_device_name(device=None):
    """The name of a CUDA device.

    Raises:
        RuntimeError: where there is none.
    """
    properties = _cupy().cuda.runtime.getDeviceProperties(_number(device))
    return properties["name"].decode()


def get_device_capability(device=None):
    """The compute capability of a CUDA device as (major, minor).

    Raises:
        RuntimeError: where there is none.
    """
    major, minor = divmod(
        int(_cupy().cuda.Device(_number(device)).compute_capability), 10
    )
    return major, minor


def is_bf16_supported(including_emulation=True):
    """Whether a device computes in bfloat16."""
    return is_available()


def empty_cache():
    """Give unused cached memory back to the device; nothing where there is none."""
    if is_available():
        _cupy().get_default_memory_pool().free_all_blocks()


def memory_allocated(device=None):
    """Bytes in use by tensors on the current device; 0 where there is none."""
    return _cupy().get_default_memory_pool().used_bytes() if is_available() else 0


def memory_reserved(device=None):
    """Bytes held by the memory pool; 0 where there is no device."""
    return _cupy().get_default_memory_pool().total_bytes() if is_available() else 0


def max_memory_allocated(device=None):
    """The bytes held by the memory pool, which bound the peak from above."""
    return memory_reserved(device)


def reset_peak_memory_stats(device=None):
    """Start the peak anew: unused cached memory is given back."""
    empty_cache()


def manual_seed(seed):
    """Seed the device's random numbers; nothing where there is no device."""
    if is_available():
        _cupy().random.seed(seed % 2**32)


def manual_seed_all(seed):
    """Seed all devices' random numbers; nothing where there is none."""
    manual_seed(seed)


def __getattr__(name):
    if name == "amp":
        import importlib

        return importlib.import_module("rushlight.cuda.amp")
    from rushlight._doors import missing_name
    from rushlight._ops.create.typed import TYPED_CUDA

    if name in TYPED_CUDA:
        return TYPED_CUDA[name]
    raise missing_name("rushlight.cuda", name, [*__all__, "amp"])
