"""The interpreter: runs a kernel one scalar at a time, as its text says.

It is slow and it is the oracle: compiled code must agree with it.  Accumulators of
vector loops are combined lane by lane, as Note [Vector loops] fixes.
"""

import math

import numpy as np

from rushlight._compiler.loops.ir import (
    LANES,
    Accumulate,
    Const,
    Declare,
    Instruction,
    Load,
    Loop,
    Number,
    Store,
)

_TYPES = {"f32": np.float32, "f64": np.float64}


def _nan_aware(choose):
    """max and min give nan where an argument is nan."""
    return lambda x, y: x + y if x != x or y != y else choose(x, y)


_MEANING = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "abs": abs,
    "max": _nan_aware(max),
    "min": _nan_aware(min),
    "sqrt": np.sqrt,
    "exp": np.exp,
    "log": np.log,
    "tanh": np.tanh,
    "erf": lambda x: type(x)(math.erf(x)),
    "floor": np.floor,
    "round": np.rint,
    "lt": lambda x, y: x < y,
    "le": lambda x, y: x <= y,
    "eq": lambda x, y: x == y,
    "ne": lambda x, y: x != y,
    "and": lambda x, y: x and y,
    "or": lambda x, y: x or y,
    "not": lambda x: not x,
    "where": lambda c, x, y: x if c else y,
}


def run_kernel(kernel, sizes, arrays, numbers=()):
    """Run a kernel on flat arrays, in place.

    Args:
        kernel: a checked kernel.
        sizes: ints, in the kernel's order.
        arrays: flat NumPy arrays, in the order of its buffers.
        numbers: floats, in the order of its numbers.
    """
    with np.errstate(all="ignore"):
        _Machine(kernel, sizes, arrays, numbers).run(kernel.body, {})


class _Machine:
    def __init__(self, kernel, sizes, arrays, numbers):
        self.sizes = dict(zip(kernel.sizes, sizes, strict=True))
        names = [b.name for b in kernel.buffers]
        self.arrays = dict(zip(names, arrays, strict=True))
        self.numbers = {
            n.name: _TYPES[n.dtype](v)
            for n, v in zip(kernel.numbers, numbers, strict=True)
        }
        self.accumulators = {}

    def run(self, body, indices):
        memo = {}  # Note [Values]
        for statement in body:
            if isinstance(statement, Loop):
                self.loop(statement, indices)
            elif isinstance(statement, Store):
                self.store(
                    statement, self.value(statement.value, indices, memo), indices
                )
            elif isinstance(statement, Declare):
                start = _TYPES[statement.dtype](statement.start)
                self.accumulators[statement.name] = start
            else:
                value = self.value(statement.value, indices, memo)
                self.accumulate(self.accumulators, statement, value)

    def loop(self, loop, indices):
        extent = self.sizes.get(loop.extent, loop.extent)
        if not loop.vector:
            for i in range(extent):
                self.run(loop.body, {**indices, loop.index: i})
            return
        whole = extent - extent % LANES
        lanes = [{} for _ in range(LANES)]
        for i in range(whole):
            self.iteration(loop, {**indices, loop.index: i}, lanes[i % LANES])
        for statement in loop.body:
            for lane in lanes if isinstance(statement, Accumulate) else ():
                if statement.name in lane:
                    value = lane[statement.name]
                    self.accumulate(self.accumulators, statement, value)
        for i in range(whole, extent):
            self.iteration(loop, {**indices, loop.index: i}, self.accumulators)

    def iteration(self, loop, indices, accumulators):
        """One iteration of a vector loop: values first, then stores (Note [Values])."""
        memo = {}
        values = [self.value(s.value, indices, memo) for s in loop.body]
        for statement, value in zip(loop.body, values, strict=True):
            if isinstance(statement, Store):
                self.store(statement, value, indices)
            else:
                self.accumulate(accumulators, statement, value)

    def accumulate(self, accumulators, statement, value):
        name = statement.name
        if name in accumulators:
            value = _MEANING[statement.kind](accumulators[name], value)
        accumulators[name] = value

    def store(self, statement, value, indices):
        self.arrays[statement.buffer][self.place(statement, indices)] = value

    def value(self, value, indices, memo):
        if id(value) not in memo:
            memo[id(value)] = self.evaluate(value, indices, memo)
        return memo[id(value)]

    def evaluate(self, value, indices, memo):
        if isinstance(value, Const):
            return _TYPES[value.dtype](value.value)
        if isinstance(value, Number):
            return self.numbers[value.name]
        if isinstance(value, Load):
            return self.arrays[value.buffer][self.place(value, indices)]
        if isinstance(value, Instruction):
            args = [self.value(arg, indices, memo) for arg in value.args]
            return _MEANING[value.op](*args)
        return self.accumulators[value.name]

    def place(self, what, indices):
        return what.offset + sum(indices[i] * step for i, step in what.strides)
