"""torch.random's names: the default generator's seed and state, and fork_rng."""

from contextlib import contextmanager

from rushlight._base.device import as_device
from rushlight._base.errors import ArgumentTypeError, UnsupportedError, explain
from rushlight._core.generator import Generator, default_generator
from rushlight._ops.random.seeds import (
    get_rng_state,
    initial_seed,
    manual_seed,
    seed,
    set_rng_state,
)

__all__ = [
    "Generator",
    "default_generator",
    "fork_rng",
    "get_rng_state",
    "initial_seed",
    "manual_seed",
    "seed",
    "set_rng_state",
]


@contextmanager
def fork_rng(
    devices=None,
    enabled=True,
    _caller="fork_rng",
    _devices_kw="devices",
    device_type="cuda",
):
    """Put the random state back as it was when the block ends.

    Args:
        devices: devices other than the CPU whose state is to be kept; None or a
            sequence of CUDA devices.
        enabled: False for a block that does nothing.
        device_type: the kind of those devices, "cuda" or "cpu".

    Returns:
        A context manager.

    Raises:
        TypeError: for devices that are no sequence.
        RuntimeError: for a CUDA device on a machine without one.

    >>> import rushlight
    >>> _ = rushlight.manual_seed(0)
    >>> with rushlight.random.fork_rng():
    ...     first = rushlight.rand(1)
    >>> bool(first == rushlight.rand(1))
    True
    """
    others = _others(devices, device_type) if enabled else ()
    if not enabled:
        yield
        return
    states = [(other, other.get_state()) for other in (default_generator, *others)]
    try:
        yield
    finally:
        for generator, state in states:
            generator.set_state(state)


def _others(devices, device_type):
    """The generators of the named devices."""
    if devices is None or device_type == "cpu":
        return ()
    if isinstance(devices, str) or not hasattr(devices, "__iter__"):
        raise ArgumentTypeError(
            explain(
                "fork_rng()",
                expected="argument 'devices' to be a sequence of devices",
                got=type(devices).__name__,
                do="Write fork_rng(devices=[0]).",
            )
        )
    return [_generator_of(device, device_type) for device in devices]


def _generator_of(device, device_type):
    if isinstance(device, int):
        device = f"{device_type}:{device}"
    device = as_device(device)
    if device.type == "cpu":
        return default_generator
    from rushlight._backends import backend_for

    backend_for(device)  # raises where there is no such device
    raise UnsupportedError(
        explain(
            "fork_rng()",
            expected="random numbers of the CPU",
            got=device,
            do="Random numbers are drawn on the CPU here: leave 'devices' away.",
        )
    )
