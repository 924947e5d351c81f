"""The interpreter: runs a kernel one scalar at a time, as its text says.

It is slow and it is the oracle: compiled code must agree with it.  Every access is
checked, and a block finds nonsense in its local buffers when it begins.
"""

import numpy as np

from rushlight._compiler.loops.checker import LoopError
from rushlight._compiler.loops.ir import (
    WIDE,
    Accumulate,
    Const,
    Declare,
    Index,
    Instruction,
    Load,
    Loop,
    Number,
    Product,
    Read,
    Store,
)
from rushlight._compiler.loops.meaning import TYPES, meaning
from rushlight._compiler.loops.queries import adds_product, filled, neutral, stones

_STORED = {"bool": np.bool_, "u8": np.uint8, "i32": np.int32, "i64": np.int64}
_STORED |= {"f16": np.float16, "f32": np.float32, "f64": np.float64}


def run_kernel(kernel, sizes, arrays, numbers=(), blocks=None):
    """Run a kernel on flat arrays, in place.

    Args:
        kernel: a checked kernel.
        sizes: ints, in the kernel's order.
        arrays: flat NumPy arrays, in the order of its buffers that are not local.
        numbers: floats, in the order of its numbers.
        blocks: of a task, the numbers of the blocks to run; else all, in order.

    Raises:
        LoopError: where an element outside a buffer is read or written.
    """
    with np.errstate(all="ignore"):
        _Machine(kernel, sizes, arrays, numbers).start(blocks)


def stored_dtype(dtype):
    """NumPy's dtype of a stored one."""
    if dtype == "bf16":
        import ml_dtypes

        return np.dtype(ml_dtypes.bfloat16)
    return np.dtype(_STORED[dtype])


class _Machine:
    def __init__(self, kernel, sizes, arrays, numbers):
        self.kernel = kernel
        self.sizes = dict(zip(kernel.sizes, map(np.int64, sizes), strict=True))
        given = [b.name for b in kernel.buffers if not b.local]
        self.arrays = dict(zip(given, arrays, strict=True))
        self.dtypes = {b.name: b.dtype for b in kernel.buffers}
        self.numbers = {
            n.name: TYPES[n.dtype](v)
            for n, v in zip(kernel.numbers, numbers, strict=True)
        }
        self.accumulators = {}

    def start(self, blocks):
        if not self.kernel.is_task:
            self.run(self.kernel.body, self.sizes)
            return
        (loop,) = self.kernel.body
        if blocks is None:
            blocks = range(self.extent(loop.extent, self.sizes, {}))
        for block in blocks:
            for buffer in self.kernel.buffers:
                if buffer.local:
                    self.arrays[buffer.name] = _nonsense(buffer)
            self.run(loop.body, {**self.sizes, loop.index: np.int64(block)})

    def run(self, body, indices, vector=False):
        memo = {}  # Note [Values]
        if vector and all(isinstance(s, (Store, Accumulate)) for s in body):
            for finish in [self.prepare(s, indices, memo) for s in body]:
                finish()
            return
        for statement in body:
            if isinstance(statement, Loop):
                self.loop(statement, indices, memo, vector)
            elif isinstance(statement, Declare):
                start = TYPES[statement.dtype](statement.start)
                self.accumulators[statement.name] = start
            elif isinstance(statement, Product):
                self.product(statement, indices, memo)
            else:
                self.prepare(statement, indices, memo)()

    def extent(self, extent, indices, memo):
        if isinstance(extent, str):
            return int(indices[extent])
        if isinstance(extent, int):
            return extent
        return int(self.value(extent, indices, memo))

    def loop(self, loop, indices, memo, vector):
        extent = self.extent(loop.extent, indices, memo)
        if loop.vector:
            self.vector_loop(loop, extent, indices)
            return
        for i in range(extent):
            self.run(loop.body, {**indices, loop.index: np.int64(i)}, vector)

    def vector_loop(self, loop, extent, indices):
        """Note [Vector loops]: accumulators of each lane, then halves combined."""
        names, outer = filled(loop.body), self.accumulators
        start = {n: TYPES[d](neutral(kind, d)) for n, (kind, d) in names.items()}
        lanes = [start] * loop.lanes
        for i in range(extent):
            self.accumulators = {**outer, **lanes[i % loop.lanes]}
            self.run(loop.body, {**indices, loop.index: np.int64(i)}, vector=True)
            lanes[i % loop.lanes] = {name: self.accumulators[name] for name in names}
        self.accumulators = outer
        for name, (kind, dtype) in names.items():
            values = [lane[name] for lane in lanes]
            while len(values) > 1:
                half = len(values) // 2
                pairs = zip(values[:half], values[half:], strict=True)
                values = [_combine(kind, dtype, *pair) for pair in pairs]
            outer[name] = _combine(kind, dtype, outer[name], values[0])

    def prepare(self, statement, indices, memo):
        """Compute what a statement needs; returns what does it."""
        for stone in stones(statement.value):
            self.value(stone, indices, memo)
        if adds_product(statement):
            x, y = (self.value(arg, indices, memo) for arg in statement.value.args)
            return lambda: self.add_product(statement.name, x, y)
        value = self.value(statement.value, indices, memo)
        if isinstance(statement, Accumulate):
            return lambda: self.accumulate(statement.name, statement.kind, value)
        only_if = statement.only_if
        if only_if is not None and not self.value(only_if, indices, memo):
            return lambda: None
        array = self.arrays[statement.buffer]
        place = self.place(statement, indices, memo)

        def store():
            array[place] = np.asarray(value).astype(array.dtype)

        return store

    def add_product(self, name, x, y):
        self.accumulators[name] = meaning("fma", None, (x, y, self.accumulators[name]))

    def accumulate(self, name, kind, value):
        old = self.accumulators[name]
        self.accumulators[name] = _combine(kind, _label(old), old, value)

    def value(self, value, indices, memo):
        if isinstance(value, Read):
            return self.accumulators[value.name]
        if id(value) not in memo:
            memo[id(value)] = self.evaluate(value, indices, memo)
        return memo[id(value)]

    def evaluate(self, value, indices, memo):
        if isinstance(value, Const):
            return TYPES[value.dtype](value.value)
        if isinstance(value, Number):
            return self.numbers[value.name]
        if isinstance(value, Index):
            return indices[value.name]
        if isinstance(value, Load):
            return self.load(value, indices, memo)
        assert isinstance(value, Instruction)
        args = [self.value(arg, indices, memo) for arg in value.args]
        return meaning(value.op, value.dtype, args)

    def load(self, load, indices, memo):
        wide = TYPES[WIDE[self.dtypes[load.buffer]]]
        condition = load.zero_unless
        if condition is not None and not self.value(condition, indices, memo):
            return wide(0)
        return wide(self.arrays[load.buffer][self.place(load, indices, memo)])

    def place(self, what, indices, memo):
        place = self.first(what, indices, memo)
        size = len(self.arrays[what.buffer])
        if not 0 <= place < size:
            self.outside(what.buffer, place, size)
        return place

    def first(self, what, indices, memo):
        at = 0 if what.at is None else int(self.value(what.at, indices, memo))
        return what.offset + at + sum(int(indices[i]) * s for i, s in what.strides)

    def outside(self, buffer, place, size):
        raise LoopError(
            f"kernel {self.kernel.name}: {buffer}[{place}] is outside its {size} "
            "elements; mend whoever built the kernel"
        )

    def product(self, product, indices, memo):
        m, n, k = (
            self.extent(size, indices, memo)
            for size in (product.m, product.n, product.k)
        )
        a = self.matrix(product.a, m, k, product.transpose_a, indices, memo)
        b = self.matrix(product.b, k, n, product.transpose_b, indices, memo)
        c = self.matrix(product.c, m, n, False, indices, memo)
        a, b, out = (self.arrays[name][places] for name, places in (a, b, c))
        result = product.alpha * (a.astype(np.float64) @ b.astype(np.float64))
        if product.beta:
            result += product.beta * out.astype(np.float64)
        self.arrays[c[0]][c[1]] = result

    def matrix(self, place, rows, columns, transpose, indices, memo):
        """A buffer's name and the places of a matrix in it, as an array."""
        if transpose:
            name, places = self.matrix(place, columns, rows, False, indices, memo)
            return name, places.T
        first = self.first(place, indices, memo)
        row = self.extent(place.row, indices, memo)
        down = np.arange(rows, dtype=np.int64)[:, None] * row
        places = first + down + np.arange(columns, dtype=np.int64)
        size = len(self.arrays[place.buffer])
        for edge in (places.min(), places.max()) if places.size else ():
            if not 0 <= edge < size:
                self.outside(place.buffer, edge, size)
        return place.buffer, places


def _combine(kind, dtype, old, new):
    if dtype == "bool":
        return TYPES[dtype](old or new if kind == "max" else old and new)
    return meaning(kind, dtype, (old, new))


def _label(value):
    return next(name for name, kind in TYPES.items() if isinstance(value, kind))


def _nonsense(buffer):
    """What a local buffer holds before anything is written to it."""
    dtype = stored_dtype(buffer.dtype)
    if buffer.dtype in ("f16", "bf16", "f32", "f64"):
        return np.full(buffer.size, np.nan, dtype)
    return np.full(buffer.size, 0x5A, np.uint8).astype(dtype) * dtype.type(77)
