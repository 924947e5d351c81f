"""Small helpers that layers share: tuples from single numbers, new parameters."""

from itertools import repeat

from rushlight._core.expose import TORCH
from rushlight.nn.parameter import Parameter


def empty_parameter(*shape, device=None, dtype=None):
    """A parameter that is yet to be filled."""
    return Parameter(TORCH["empty"](shape, device=device, dtype=dtype))


def _ntuple(n):
    def as_tuple(value):
        if hasattr(value, "__iter__"):
            return tuple(value)
        return tuple(repeat(value, n))

    return as_tuple


_single = _ntuple(1)
_pair = _ntuple(2)
_triple = _ntuple(3)
_quadruple = _ntuple(4)


def _reverse_repeat_tuple(t, n):
    """(a, b) -> (b, b, a, a): sizes as `pad` wants them, from the last dimension."""
    return tuple(size for size in reversed(t) for _ in range(n))


def list_in_words(**values):
    """``name=value, ...`` for an extra_repr."""
    return ", ".join(f"{name}={value}" for name, value in values.items())
