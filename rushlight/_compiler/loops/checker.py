"""The checker: refuses a kernel that is ill-formed or leaves its buffers."""

from rushlight._compiler.loops.ir import (
    INSTRUCTIONS,
    LOGICAL,
    Accumulate,
    Const,
    Declare,
    Instruction,
    Load,
    Loop,
    Number,
    Read,
    Store,
)
from rushlight._compiler.loops.printer import print_value

_DTYPES = ("f32", "f64")


class LoopError(Exception):
    """A kernel that must not be compiled: a bug of whoever built it."""


def check_kernel(kernel, **sizes):
    """Check names, dtypes and, where sizes are given, that every place is inside.

    Raises:
        LoopError: with the statement that is wrong.
    """
    _Checker(kernel, sizes).check(kernel.body, {})


class _Checker:
    def __init__(self, kernel, sizes):
        self.kernel, self.sizes = kernel, sizes
        self.buffers = {b.name: b for b in kernel.buffers}
        self.numbers = set(kernel.numbers)
        self.accumulators = {}

    def fail(self, why):
        raise LoopError(f"kernel {self.kernel.name}: {why}")

    def check(self, body, indices):
        for statement in body:
            if isinstance(statement, Loop):
                self.loop(statement, indices)
            elif isinstance(statement, Store):
                self.store(statement, indices)
            elif isinstance(statement, Declare):
                self.accumulators[statement.name] = statement.dtype
            elif isinstance(statement, Accumulate):
                self.accumulate(statement, indices)
            else:
                self.fail(f"{statement!r} is no statement")

    def loop(self, loop, indices):
        if loop.index in indices:
            self.fail(f"the index {loop.index} is used by an outer loop")
        if isinstance(loop.extent, str) and loop.extent not in self.kernel.sizes:
            self.fail(f"the size {loop.extent} is not declared")
        if loop.vector and any(isinstance(s, (Loop, Declare)) for s in loop.body):
            self.fail("a vector loop holds only stores and accumulations")
        self.check(loop.body, {**indices, loop.index: loop.extent})

    def store(self, store, indices):
        buffer = self.buffers.get(store.buffer)
        if buffer is None or not buffer.written:
            self.fail(f"a store to {store.buffer}, which is not written")
        self.place(buffer, store.strides, store.offset, indices)
        dtype = self.value(store.value, indices)
        if dtype != buffer.dtype:
            self.fail(f"{dtype} stored to {buffer.name}: {buffer.dtype}")

    def accumulate(self, statement, indices):
        dtype = self.accumulators.get(statement.name)
        if dtype is None:
            self.fail(f"the accumulator {statement.name} is not declared")
        if statement.kind not in ("add", "max", "min"):
            self.fail(f"{statement.kind} is no way to accumulate")
        found = self.value(statement.value, indices)
        if found != dtype:
            self.fail(f"{found} accumulated into {statement.name}: {dtype}")

    def value(self, value, indices):
        """The dtype of an expression, checked."""
        if isinstance(value, Load):
            buffer = self.buffers.get(value.buffer)
            if buffer is None or buffer.dtype != value.dtype:
                self.fail(f"{print_value(value)} is no element of a buffer")
            self.place(buffer, value.strides, value.offset, indices)
        elif isinstance(value, Instruction):
            self.instruction(value, indices)
        elif isinstance(value, Read):
            if self.accumulators.get(value.name) != value.dtype:
                self.fail(f"the accumulator {value.name} is not declared")
        elif isinstance(value, Number):
            if value not in self.numbers:
                self.fail(f"the number {value.name} is not declared")
        elif not isinstance(value, Const):
            self.fail(f"{value!r} is no expression")
        return value.dtype

    def instruction(self, value, indices):
        if INSTRUCTIONS.get(value.op) != len(value.args):
            self.fail(f"{value.op} with {len(value.args)} arguments")
        dtypes = [self.value(arg, indices) for arg in value.args]
        if value.op in LOGICAL:
            good = set(dtypes) == {"bool"}
        elif value.op == "where":
            good = dtypes[0] == "bool" and dtypes[1] == dtypes[2] in _DTYPES
        else:
            good = len(set(dtypes)) == 1 and dtypes[0] in _DTYPES
        if not good:
            self.fail(f"{print_value(value)} of {', '.join(dtypes)}")

    def place(self, buffer, strides, offset, indices):
        """Every index is a loop's, and the whole range lies in the buffer."""
        low = high = offset
        known = True
        for index, step in strides:
            if index not in indices:
                self.fail(f"the index {index} of {buffer.name} has no loop")
            extent = self._known(indices[index])
            known = known and extent is not None
            if known and extent:
                low, high = (
                    low + min(0, step * (extent - 1)),
                    high + max(0, step * (extent - 1)),
                )
        empty = any(self._known(e) == 0 for e in indices.values())
        size = self._known(buffer.size)
        if known and size is not None and not empty and not 0 <= low <= high < size:
            self.fail(f"{buffer.name}[{low}..{high}] leaves its {size} elements")

    def _known(self, size):
        return self.sizes.get(size) if isinstance(size, str) else size
