"""Devices: cpu, cuda[:n] and meta."""

from typing import Any

from rushlight._base.errors import ArgumentRuntimeError, ArgumentTypeError, explain

_KINDS = ("cpu", "cuda", "meta")


class device:  # noqa: N801 - torch's public name
    """Where a tensor lives.

    Args:
        type: "cpu", "cuda", "meta", with an index as in "cuda:1" if wanted; another
            device; or an integer, the number of a CUDA device.
        index: the device's number, where it is not in the text.

    Raises:
        RuntimeError: for a kind of device that is not known.

    >>> device("cuda", 1), str(device("cuda:1"))
    (device(type='cuda', index=1), 'cuda:1')
    """

    __slots__ = ("type", "index", "_entered")
    type: Any
    index: int | None
    _entered: Any

    def __init__(self, type, index=None):
        if isinstance(type, device):
            type, index = type.type, type.index
        elif isinstance(type, int):
            type, index = "cuda", type
        elif not isinstance(type, str):
            raise ArgumentTypeError(
                explain(
                    "device()",
                    expected="a text such as 'cpu' or 'cuda:0'",
                    got=f"{type!r} ({type.__class__.__name__})",
                    do="Pass a device, its name, or a CUDA device's number.",
                )
            )
        kind, colon, number = type.partition(":")
        if kind not in _KINDS or (colon and not number.isdigit()):
            raise ArgumentRuntimeError(
                explain(
                    "device()",
                    expected=f"one of {', '.join(_KINDS)}, with ':number' if wanted",
                    got=repr(type),
                    do="Check the spelling.",
                )
            )
        self.type = kind
        self.index = int(number) if colon else index
        self._entered = None

    def __eq__(self, other):
        return (
            isinstance(other, device)
            and self.type == other.type
            and self.index == other.index
        )

    def __hash__(self):
        return hash((self.type, self.index))

    def __str__(self):
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __repr__(self):
        index = "" if self.index is None else f", index={self.index}"
        return f"device(type='{self.type}'{index})"

    def __reduce__(self):
        return (device, (self.type, self.index))

    def __enter__(self):
        global _default
        self._entered = [*(self._entered or ()), _default]
        _default = self
        return self

    def __exit__(self, *exc):
        global _default
        _default = self._entered.pop()


CPU = device("cpu")
META = device("meta")
_default = CPU


def as_device(value):
    """The device that an argument ``device=`` names; the default one for None."""
    if value is None:
        return _default
    return value if isinstance(value, device) else device(value)


def get_default_device():
    """The device on which factory functions create tensors.

    >>> get_default_device()
    device(type='cpu')
    """
    return _default


def set_default_device(device):
    """Set the device on which factory functions create tensors.

    Args:
        device: a device or its name; None for the CPU.
    """
    global _default
    _default = CPU if device is None else as_device(device)
