"""torch.xpu: what scripts ask about Intel's GPUs; there are none."""

from rushlight._base.errors import ArgumentAssertionError, explain

__all__ = [
    "current_device",
    "device_count",
    "empty_cache",
    "get_device_name",
    "is_available",
    "is_bf16_supported",
    "is_initialized",
    "manual_seed",
    "manual_seed_all",
    "max_memory_allocated",
    "memory_allocated",
    "memory_reserved",
    "reset_peak_memory_stats",
    "set_device",
    "synchronize",
]


def is_available():
    """Whether an XPU can be used: never.

    >>> is_available(), device_count()
    (False, 0)
    """
    return False


is_bf16_supported = is_initialized = is_available


def device_count():
    """The number of XPUs: 0."""
    return 0


def memory_allocated(device=None):
    """The bytes in use on an XPU: 0."""
    return 0


max_memory_allocated = memory_reserved = memory_allocated


def empty_cache():
    """Nothing: there is no cache."""


def reset_peak_memory_stats(device=None):
    """Nothing: there is no memory to watch."""


def manual_seed(seed):
    """Nothing: there is no device to seed."""


manual_seed_all = manual_seed


def _refuse(name):
    def refuse(device=None):
        raise ArgumentAssertionError(
            explain(
                f"xpu.{name}()",
                expected="an XPU",
                got="none",
                do="Ask xpu.is_available() before; use 'cpu' or 'cuda'.",
            )
        )

    refuse.__name__ = refuse.__qualname__ = name
    refuse.__doc__ = "Refused.\n\nRaises:\n    AssertionError: there is no XPU."
    return refuse


current_device, get_device_name, set_device, synchronize = map(
    _refuse, ("current_device", "get_device_name", "set_device", "synchronize")
)
