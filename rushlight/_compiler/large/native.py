"""A formula's machine code as a callable on arrays."""

import numpy as np

from rushlight._compiler.large.formulas import kernel_of
from rushlight._compiler.runtime.program import SizedProgram

_INT64 = np.dtype(np.int64)


class Native:
    """Machine code of one formula, for walks of one pattern.

    Args:
        formula: a Formula.
        pattern: of the walks (`Walk.pattern`).
        is_flat: whether they are one run.
        block: elements of a block, about.
        wake_from: elements that are worth waking other threads for.
    """

    def __init__(self, formula, pattern, is_flat, block, wake_from=0):
        self.dtype, self.block, self.wake_from = formula.dtype, block, wake_from
        self.has_checks = bool(formula.checks)
        self.program = SizedProgram(kernel_of(formula, pattern, block, is_flat))

    def run(self, arrays, out, walk):
        """The result; None where NumPy's form is to say what is wrong.

        Args:
            arrays: the operands.
            out: where to write it, or None; an operand, or apart from all of them.
            walk: through them.
        """
        if out is None or self.has_checks:
            result = self._empty(walk)
        else:
            result = out
        sizes, blocks = self._sizes(walk)
        wake = walk.count * walk.rows >= self.wake_from
        if not self.has_checks:
            self.program.run_sized((*arrays, result), sizes, blocks, wake)
            return result
        wrong = np.empty(blocks, _INT64)
        self.program.run_sized((*arrays, result, wrong), sizes, blocks, wake)
        if wrong.any():
            return None
        if out is None:
            return result
        out[...] = result
        return out

    def _empty(self, walk):
        if walk.order is None:
            return np.empty(walk.shape, self.dtype)
        order = walk.order
        whole = np.empty([walk.shape[d] for d in order], self.dtype)
        return whole.transpose([order.index(d) for d in range(len(order))])

    def _sizes(self, walk):
        """The kernel's sizes, and how many blocks there are."""
        count, block = walk.count, self.block
        if walk.steps is None:
            blocks = -(-count // block)
            return (count, count, blocks), blocks
        parts = -(-count // block)
        each = max(1, block // count)
        blocks = -(-walk.rows // each) * parts
        span = walk.rows * count
        steps = [step for pair in walk.steps for step in pair]
        return (
            (count, span, blocks, walk.rows, walk.second, parts, each, *steps),
            blocks,
        )
