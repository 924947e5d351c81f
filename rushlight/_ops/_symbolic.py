"""Creation of a symbolic size: what a trace records, since nothing can be made yet.

Sizes are symbolic only while a function is compiled for many of them (Note [Symbolic
sizes] in _base/symbols.py).  Creation of a known size is a constant of the graph.
"""

import numpy as np

from rushlight._base import dtype as dtypes
from rushlight._base.spec import Spec
from rushlight._base.symint import is_symbolic
from rushlight._core.state import STATE
from rushlight._core.table import define
from rushlight._core.tensor import wrap


def has_symbols(sizes):
    """Whether some size is symbolic: only while something is traced."""
    return STATE.special and any(map(is_symbolic, sizes))


def filled_symbolic(value, shape, dtype, requires_grad=False):
    """One value in a symbolic shape; None, for any value, is 0 too.

    Args:
        value: a number.
        shape: ints and SymInts.
        dtype: NumPy's.
        requires_grad: whether operations on it are recorded.
    """
    start = wrap(np.asarray(0 if value is None else value, dtype))
    result = FILLED.short(start, shape=tuple(shape))
    if requires_grad:
        result.requires_grad = True
    return result


def _filled_spec(x, *, shape):
    return Spec(shape, x.dtype)


def _filled_eager(backend, x, *, shape):
    return backend.np.broadcast_to(x, shape).copy()


def _filled_lower(k, x, *, shape):
    return k.broadcast(x, shape)


FILLED = define("filled", eager=_filled_eager, spec=_filled_spec, lower=_filled_lower)


def range_symbolic(start, end, step, dtype):
    """``arange(start, end, step)`` of whole numbers, of which some are symbolic.

    Args:
        start, end, step: ints and SymInts.
        dtype: of the result.
    """
    count = -((start - end) // step)
    numbers = RANGE.short(wrap(np.asarray(0)), count=count if count > 0 else 0)
    if is_symbolic(step) or step != 1:
        numbers = numbers * step
    if is_symbolic(start) or start != 0:
        numbers = numbers + start
    return numbers.to(dtype)


def _range_spec(x, *, count):
    return Spec((count,), x.dtype)


def _range_eager(backend, x, *, count):
    return x + backend.np.arange(count, dtype=x.dtype)


def _range_lower(k, x, *, count):
    return k.add(k.index((count,), 0), x)


RANGE = define("range", eager=_range_eager, spec=_range_spec, lower=_range_lower)


def eye_symbolic(rows, columns, dtype):
    """Ones on the diagonal of a matrix of symbolic sizes."""
    places = [RANGE.short(wrap(np.asarray(0)), count=n) for n in (rows, columns)]
    return (places[0].unsqueeze(1) == places[1]).to(dtype)


def spaced_symbolic(start, end, steps, dtype):
    """``linspace(start, end, steps)`` of symbolic numbers, counted from both ends.

    Args:
        start, end, steps: numbers and SymInts.
        dtype: of the result, a float dtype.
    """
    kind = dtypes.float64 if dtype is dtypes.float64 else dtypes.float32
    zero, last = wrap(np.zeros((), kind.numpy)), steps - 1
    start, end = zero + start, zero + end
    if last < 1:
        return (start + range_symbolic(0, steps, 1, kind)).to(dtype)
    step = ((end - start) / last).to(dtypes.float64)
    number = range_symbolic(0, steps, 1, dtypes.float64)
    low = start.to(dtypes.float64) + step * number
    high = end.to(dtypes.float64) - step * (number - last).neg()
    return low.where(number < steps // 2, high).to(dtype)
