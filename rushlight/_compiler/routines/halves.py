"""Products of rows by halves, in the order of the eager rule (`reduce/_halves.py`)."""

from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.routines import Routine, Task
from rushlight._compiler.routines._parts import part_of

#: Elements of one block, about, and of what is multiplied one after another at last.
_BLOCK, _LAST = 16384, 16


def row_products(rows, length, dtype):
    """The product of each row: half times half, until at most 16 numbers are left.

    Args:
        rows, length: of the array; the length is above 16.
        dtype: "f32" or "f64".

    Returns:
        Routine: from the array to its rows' products.
    """
    k = Builder("row_products")
    x = k.buffer("x", dtype, rows * length)
    y = k.buffer("y", dtype, rows, written=True)
    half = k.local("half", dtype, length // 2)
    most = max(1, _BLOCK // length)
    first = k.mul(k.index("b"), most)
    with k.loop("b", -(-rows // most), parallel=True):
        with k.loop("r", part_of(k, first, most, rows)):
            source, strides = x, {"b": most * length, "r": length}
            while length > _LAST:
                _fold(k, source, strides, half, length)
                source, strides, length = half, {}, length // 2
            total = k.declare("total", dtype, 1.0)
            with k.loop("j", length):
                k.accumulate(total, "mul", k.load(half, j=1))
            k.store(y, total, b=most, r=1)
    return Routine([Task(k.kernel(), ("x", "y"))], ("x",), ("y",))


def _fold(k, source, strides, half, length):
    """The first half times the second; one that is left over goes to the first."""
    count = length // 2
    with k.loop(f"i{length}", count, vector=True):
        where = {**strides, f"i{length}": 1}
        pair = k.load(source, **where), k.load(source, count, **where)
        k.store(half, k.mul(*pair), **{f"i{length}": 1})
    if length % 2:
        rest = k.load(source, length - 1, **strides)
        k.store(half, k.mul(k.load(half), rest))
