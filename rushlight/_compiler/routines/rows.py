"""Rows added up by their numbers: the gradient of a table that rows were read from."""

from rushlight._base.sized import is_multiple
from rushlight._base.symint import hint_of
from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.routines import Routine, Task

#: Columns of one block, at least, and elements from which on blocks are made.
_COLUMNS, _WORTH_SHARING = 32, 65536


def add_rows(numbers, rows, width, dtype, *, skipped=-1, negative=False):
    """``table[index[i]] += values[i]`` over a table of zeros, in the order of i.

    Each block has columns of its own, so no two of them write the same elements.

    Args:
        numbers: how many rows are added.
        rows, width: the table's sizes.
        dtype: "f32" or "f64".
        skipped: the number of a row that stays zero; -1 for none.
        negative: whether negative numbers count from the end.

    Returns:
        Routine: from the values and the index to the table.
    """
    k = Builder("add_rows")
    values = k.buffer("values", dtype, numbers * width)
    index = k.buffer("index", "i64", numbers)
    table = k.buffer("table", dtype, rows * width, written=True)
    columns = _columns(numbers, width)
    with k.loop("b", width // columns, parallel=True):
        with k.loop("r", rows), k.loop("z", columns, vector=True):
            k.store(table, k.const(0, dtype), b=columns, r=width, z=1)
        with k.loop("n", numbers):
            row = k.load(index, n=1)
            if negative:
                row = k.where(k.lt(row, 0), k.add(row, rows), row)
            counts = k.and_(k.le(k.const(0, "i64"), row), k.lt(row, rows))
            if skipped >= 0:
                counts = k.and_(counts, k.ne(row, skipped))
            with k.loop("c", columns, vector=True):
                _add_row(k, values, table, row, counts, width, columns)
    task = Task(k.kernel(), ("values", "index", "table"))
    return Routine([task], ("values", "index"), ("table",))


def _add_row(k, values, table, row, counts, width, columns):
    at = k.mul(row, width)
    old = k.load(table, at=at, zero_unless=counts, b=columns, c=1)
    new = k.load(values, n=width, b=columns, c=1)
    k.store(table, k.add(old, new), at=at, only_if=counts, b=columns, c=1)


def _columns(numbers, width):
    """The width of a block: a divisor of the table's."""
    if hint_of(numbers * width) < _WORTH_SHARING:
        return width
    for count in (8, 4, 2):
        if is_multiple(width, count) and hint_of(width) // count >= _COLUMNS:
            return width // count
    return width
