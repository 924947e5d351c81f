"""Memory plan: where everything that is stored between units lives.

Values that are needed at the same time lie apart in one arena; a place is taken again
when its value's last reader has run.
"""

import itertools
from dataclasses import dataclass, field

import numpy as np

from rushlight._base.symint import is_symbolic

#: Places begin at multiples of this, in bytes.
ALIGNMENT = 64


@dataclass
class Arena:
    """One piece of memory for many values.

    Attributes:
        offsets: {value: byte offset}.
        size: bytes.
    """

    offsets: dict = field(default_factory=dict)
    size: int = 0


def plan_memory(lives):
    """Give each value a place.

    Args:
        lives: {value: (bytes, first unit, last unit)}.

    Returns:
        Arena.
    """
    arena, placed = Arena(), []
    for value, (size, first, last) in sorted(
        lives.items(), key=lambda item: (-item[1][0], item[1][1])
    ):
        size = -(-max(size, 1) // ALIGNMENT) * ALIGNMENT
        busy = sorted(
            (start, end)
            for start, end, one, other in placed
            if one <= last and first <= other
        )
        offset = 0
        for start, end in busy:
            if offset + size <= start:
                break
            offset = max(offset, end)
        placed.append((offset, offset + size, first, last))
        arena.offsets[value] = offset
        arena.size = max(arena.size, offset + size)
    return arena


def plan_symbolic_memory(lives):
    """Give each value of a size that is not known a place.

    Only values of equal sizes take the same place after one another, whatever the sizes
    turn out to be; a size that is a formula is rounded up as one.

    Args:
        lives: as `plan_memory` takes them.

    Returns:
        Arena, of formulas.
    """
    free, places, starts = {}, [], {}
    for value, (size, first, last) in sorted(lives.items(), key=lambda i: i[1][1]):
        if not is_symbolic(size):
            size = max(size, 1)
        size = -(-size // ALIGNMENT) * ALIGNMENT
        rows = free.setdefault(size, [])
        row = next((row for row in rows if row[0] < first), None)
        if row is None:
            row = [last, len(places)]
            rows.append(row)
            places.append(size)
        row[0] = last
        starts[value] = row[1]
    offsets = list(itertools.accumulate(places, initial=0))
    found = {value: offsets[number] for value, number in starts.items()}
    return Arena(found, offsets[-1])


def bytes_of(expression):
    """Bytes of an expression's elements."""
    return expression.size * numpy_dtype(expression).itemsize


_NUMPY = {"f32": "float32", "f64": "float64", "i64": "int64", "i32": "int32"}
_NUMPY |= {"u8": "uint8", "bool": "bool"}


def numpy_dtype(expression):
    """NumPy's dtype of an expression's elements."""
    return np.dtype(_NUMPY.get(expression.dtype, expression.dtype))
