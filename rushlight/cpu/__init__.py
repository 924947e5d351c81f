"""torch.cpu: the CPU asked as if it were an accelerator."""

from contextlib import contextmanager

from rushlight.cpu import amp

__all__ = [
    "amp",
    "current_device",
    "current_stream",
    "device_count",
    "is_available",
    "is_initialized",
    "set_device",
    "stream",
    "Stream",
    "synchronize",
]


def is_available():
    """Whether there is a CPU.

    >>> is_available(), device_count(), current_device()
    (True, 1, 'cpu')
    """
    return True


is_initialized = is_available


def device_count():
    """The number of CPUs, which are one device."""
    return 1


def current_device():
    """The name of the only device."""
    return "cpu"


def set_device(device):
    """Nothing: there is one."""


def synchronize(device=None):
    """Nothing: work is done when a call returns."""


class Stream:
    """The order of work on the CPU, which is that of the calls.

    Args:
        priority: has no effect.
    """

    def __init__(self, priority=-1):
        pass

    def wait_stream(self, stream):
        """Nothing: work is done when a call returns."""


def current_stream(device=None):
    """The only stream there is."""
    return Stream()


@contextmanager
def stream(stream):
    """A context in which work goes to a stream; nothing changes."""
    yield
