"""torch.mps: what scripts ask about Apple's GPUs; there are none."""

from rushlight._base.errors import DeviceError, explain

__all__ = [
    "current_allocated_memory",
    "device_count",
    "driver_allocated_memory",
    "empty_cache",
    "is_available",
    "manual_seed",
    "recommended_max_memory",
    "seed",
    "synchronize",
]


def is_available():
    """Whether MPS can be used: never.

    >>> is_available(), device_count()
    (False, 0)
    """
    return False


def device_count():
    """The number of MPS devices: 0."""
    return 0


def manual_seed(seed):
    """Nothing: there is no device to seed."""


def seed():
    """Nothing: there is no device to seed."""


def _refuse(name):
    def refuse():
        raise DeviceError(
            explain(
                f"mps.{name}()",
                expected="an MPS device",
                got="none",
                do="Ask mps.is_available() before; use 'cpu' or 'cuda'.",
            )
        )

    refuse.__name__ = refuse.__qualname__ = name
    refuse.__doc__ = "Refused.\n\nRaises:\n    RuntimeError: there is no MPS device."
    return refuse


empty_cache, synchronize, current_allocated_memory = map(
    _refuse, ("empty_cache", "synchronize", "current_allocated_memory")
)
driver_allocated_memory, recommended_max_memory = map(
    _refuse, ("driver_allocated_memory", "recommended_max_memory")
)
