"""Kernels of one vector loop, run by NumPy on whole arrays.

This serves where llvmlite is not installed, for dtypes that are not compiled, and until
a kernel has been used enough to be worth compiling.
"""

import numpy as np

from rushlight._compiler.loops.ir import Const, Instruction, Load, Number

_FUNCTIONS = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "neg": np.negative,
    "abs": np.absolute,
    "max": np.maximum,
    "min": np.minimum,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "tanh": np.tanh,
    "sin": np.sin,
    "cos": np.cos,
    "pow": np.power,
    "floor": np.floor,
    "ceil": np.ceil,
    "trunc": np.trunc,
    "round": np.rint,
    "fma": lambda x, y, z: x * y + z,
    "lt": np.less,
    "le": np.less_equal,
    "eq": np.equal,
    "ne": np.not_equal,
    "and": np.logical_and,
    "or": np.logical_or,
    "not": np.logical_not,
    "where": np.where,
}


def run_blocks(kernel, arrays, numbers):
    """Run a kernel whose body is one vector loop over all its buffers, in place.

    Args:
        kernel: each place in it is ``buffer[i]``.
        arrays: flat arrays of equal length, in the order of its buffers.
        numbers: in the order of its numbers.
    """
    (loop,) = kernel.body
    names = [b.name for b in kernel.buffers]
    arrays = dict(zip(names, arrays, strict=True))
    numbers = dict(zip([n.name for n in kernel.numbers], numbers, strict=True))
    memo, stores = {}, []

    def value(expression):
        if id(expression) not in memo:
            memo[id(expression)] = evaluate(expression)
        return memo[id(expression)]

    def evaluate(expression):
        if isinstance(expression, Const):
            return expression.value
        if isinstance(expression, Number):
            return float(numbers[expression.name])
        if isinstance(expression, Load):
            return arrays[expression.buffer]
        assert isinstance(expression, Instruction)
        return _FUNCTIONS[expression.op](*map(value, expression.args))

    with np.errstate(all="ignore"):
        for statement in loop.body:
            stores.append((statement.buffer, value(statement.value)))
        buffers = {id(array) for array in arrays.values()}
        stores = [(n, r.copy() if id(r) in buffers else r) for n, r in stores]
        for name, result in stores:  # together, at the end (Note [Values])
            arrays[name][...] = result
