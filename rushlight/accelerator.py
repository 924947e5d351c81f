"""torch.accelerator: the machine's accelerator, which is a CUDA device or none."""

from rushlight import cuda
from rushlight._base.device import as_device
from rushlight._base.errors import DeviceError, explain

__all__ = [
    "current_accelerator",
    "current_device_idx",
    "current_device_index",
    "device_count",
    "device_index",
    "empty_cache",
    "is_available",
    "set_device_idx",
    "set_device_index",
    "synchronize",
]


def is_available():
    """Whether there is an accelerator.

    >>> is_available() == (device_count() > 0)
    True
    """
    return cuda.is_available()


def device_count():
    """The number of accelerators; 0 where there is none."""
    return cuda.device_count()


def current_accelerator(check_available=False):
    """The kind of accelerator as a device without a number, or None.

    Args:
        check_available: as in torch; here a kind is only named where it is there.
    """
    return as_device("cuda") if is_available() else None


def _need(who):
    if not is_available():
        raise DeviceError(
            explain(
                f"accelerator.{who}()",
                expected="an accelerator",
                got="none: cannot access accelerator device when none is available",
                do="Ask torch.accelerator.is_available() first.",
            )
        )


def current_device_index():
    """The number of the current accelerator.

    Raises:
        RuntimeError: where there is none.
    """
    _need("current_device_index")
    return cuda.current_device()


def set_device_index(device):
    """Make an accelerator the current one.

    Raises:
        RuntimeError: where there is none.
    """
    _need("set_device_index")
    cuda.set_device(device)


def synchronize(device=None):
    """Wait until the accelerator has done all that it was given.

    Raises:
        RuntimeError: where there is none.
    """
    _need("synchronize")
    cuda.synchronize(device)


def empty_cache():
    """Give unused memory back to the accelerator; nothing to do where there is none."""
    if is_available():
        cuda.empty_cache()


class device_index:  # noqa: N801 - torch's public name
    """A context in which another accelerator is the current one; None changes nothing.

    Raises:
        RuntimeError: on entry, where there is no accelerator.
    """

    def __init__(self, device):
        self.idx = device
        self.prev_idx = -1

    def __enter__(self):
        if self.idx is not None:
            self.prev_idx = current_device_index()
            set_device_index(self.idx)

    def __exit__(self, *exc):
        if self.idx is not None:
            set_device_index(self.prev_idx)
        return False


current_device_idx = current_device_index
set_device_idx = set_device_index
