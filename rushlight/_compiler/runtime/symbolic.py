"""Programs whose numbers are formulas of symbolic sizes.

# Note [Binding]
# Offsets, numbers of blocks and the sizes that kernels are given may be formulas (Note
# [Symbolic sizes] in _base/symbols.py).  They stand in the program's tables as numbers;
# when a plan is run for other sizes than before, all are computed anew, by one function
# of the symbols' values, and written there.  Machine code stays as it is.
"""

import time

import numpy as np

from rushlight._base.sized import is_same
from rushlight._base.symint import is_symbolic
from rushlight._compiler.runtime.program import SIZE, STATIC, WORTH_WAKING, Program


class SymbolicProgram(Program):
    """Steps with formulas in them; `bind` gives the symbols their values.

    Args:
        steps: a list of `Step`; an argument with the base `SIZE` is a number that the
            step reads, and `blocks` may be a formula, or a `SizedProduct`.
        sizes: the `Sizes` of the formulas.
        bases: as in `Program`.
    """

    def __init__(self, steps, sizes, bases):
        self._slots = {}
        steps = [s for s in steps if type(s.blocks) is not int or s.blocks > 0]
        args = [arg for step in steps for arg in step.args]
        for base, number in args:
            if base == SIZE or is_symbolic(number):
                self._slot(number)
        self._counted = [(place, s.blocks) for place, s in enumerate(steps)]
        self._counted = [(place, b) for place, b in self._counted if type(b) is not int]
        for _, blocks in self._counted:
            for formula in getattr(blocks, "formulas", (blocks,)):
                self._slot(formula)
        self._numbers = np.zeros(len(self._slots), np.int64)
        self._function = sizes.filled(tuple(self._slots))
        self._moved = [
            (place, self._slots[number])
            for place, (base, number) in enumerate(args)
            if base != SIZE and is_symbolic(number)
        ]
        super().__init__([self._known(step) for step in steps], bases=bases)
        self._rows = {}
        for row, (start, some) in enumerate(self._groups):
            self._rows |= dict.fromkeys(range(start, start + len(some)), row)
            first, *others = (s.blocks for s in steps[start : start + len(some)])
            if not all(is_same(first, blocks) for blocks in others):
                raise ValueError("Program(): steps of one group differ in their blocks")

    def _slot(self, formula):
        return self._slots.setdefault(formula, len(self._slots))

    def _known(self, step):
        """A step with something in the place of each formula."""
        start, args = self._numbers.ctypes.data, []
        for base, number in step.args:
            if base == SIZE:
                args.append((STATIC, start + 8 * self._slots[number]))
            else:
                args.append((base, 0 if is_symbolic(number) else number))
        blocks = step.blocks if type(step.blocks) is int else 1
        return step._replace(args=args, blocks=blocks, keep=(step.keep, self._numbers))

    def bind(self, values):
        """Run it for these values of the symbols from now on (Note [Binding])."""
        self._numbers[:] = self._function(*values)
        for place, slot in self._moved:
            self._tables["P_OFFSETS"][place] = self._numbers[slot]
        for place, blocks in self._counted:
            if is_symbolic(blocks):
                count = self._numbers[self._slots[blocks]]
            else:
                slots = [self._slots[formula] for formula in blocks.formulas]
                count = blocks.describe(self._numbers[slots].tolist())
            self._tables["P_GROUPS"][self._rows[place], 2] = count

    def _run_timed(self, execute):
        """Each run, as the next may be for other sizes."""
        start = time.perf_counter()
        execute(self._address)
        self._head["P_WAKE"] = int(time.perf_counter() - start > WORTH_WAKING)
