"""Runs routines in tests: through the interpreter, and as machine code."""

import numpy as np

from rushlight._base.sized import with_values
from rushlight._compiler.loops.checker import check_kernel
from rushlight._compiler.loops.interpreter import run_kernel, stored_dtype

#: Elements before and after memory that machine code must leave alone.
GUARD = 64


def interpret(routine, arrays, values=()):
    """Run a routine's text; results are written to the arrays, by name.

    Args:
        routine: a Routine.
        arrays: {name: array}.
        values: of the symbols, where its sizes are symbolic.
    """
    memory = dict(arrays)
    for name, (dtype, elements) in routine.scratch.items():
        elements = with_values(elements, values)
        memory[name] = np.full(elements, 77, stored_dtype(dtype))
    for task in routine.tasks:
        kernel, given = task.kernel, [memory[name].reshape(-1) for name in task.buffers]
        sizes = dict(zip(kernel.sizes, with_values(kernel.formulas, values)))
        buffers = [b for b in kernel.buffers if not b.local]
        for buffer, array in zip(buffers, given, strict=True):
            size = sizes.get(buffer.size, buffer.size)
            assert size == max(array.size, min(1, size)), buffer.name
        check_kernel(kernel, **sizes)
        run_kernel(kernel, list(sizes.values()), given)


def compiled(routine, arrays):
    """Run a routine as the team runs it."""
    from rushlight._compiler.runtime.routine import NativeRoutine

    outputs = [(arrays[name].shape, arrays[name].dtype) for name in routine.outputs]
    native = NativeRoutine(routine, outputs)
    found = native([arrays[name] for name in routine.inputs])
    found = found if isinstance(found, tuple) else (found,)
    for name, result in zip(routine.outputs, found, strict=True):
        arrays[name][...] = result


class SymbolicRoutine:
    """A routine of symbolic sizes as machine code, made once for all sizes.

    Args:
        routine: a Routine.
        sizes: its `Sizes`.
    """

    def __init__(self, routine, sizes):
        from rushlight._compiler.runtime.steps import task_step
        from rushlight._compiler.runtime.symbolic import SymbolicProgram

        self.routine = routine
        self.names = [*routine.inputs, *routine.outputs, *routine.scratch]
        bases = {name: number for number, name in enumerate(self.names)}
        steps = [
            task_step(task.kernel, [(bases[n], 0) for n in task.buffers], task.group)
            for task in routine.tasks
        ]
        self.program = SymbolicProgram(steps, sizes, len(self.names))

    def __call__(self, arrays, values):
        """Run it for these values of the symbols; arrays as for `interpret`."""
        memory = {name: arrays[name].reshape(-1) for name in self.names[: self._given]}
        for name, (dtype, elements) in self.routine.scratch.items():
            memory[name] = np.empty(with_values(elements, values), stored_dtype(dtype))
        guarded = {name: _guarded(array) for name, array in memory.items()}
        held = [guarded[name][GUARD:-GUARD] for name in self.names]
        self.program.bind(values)
        self.program.run_on(held)
        for name in self.names:
            edges = [*guarded[name][:GUARD], *guarded[name][-GUARD:]]
            assert all(edge == type(edge)(77) for edge in edges), f"beside {name}"
        for name in self.routine.outputs:
            arrays[name][...] = guarded[name][GUARD:-GUARD].reshape(arrays[name].shape)

    @property
    def _given(self):
        return len(self.names) - len(self.routine.scratch)


def _guarded(array):
    """A copy with 77 before and after it, which begins at a multiple of 64 bytes."""
    size = array.size + 2 * GUARD
    memory = np.empty(size * array.itemsize + 64, np.uint8)
    start = -memory.ctypes.data % 64
    found = memory[start : start + size * array.itemsize].view(array.dtype)
    found[:] = 77
    found[GUARD:-GUARD] = array
    return found


def same_for_any_threads(routine, arrays):
    """The results with 1, 2 and 8 threads, which must agree to the last bit."""
    import rushlight

    before, found = rushlight.get_num_threads(), []
    try:
        for count in (1, 2, 8):
            rushlight.set_num_threads(count)
            compiled(routine, arrays)
            found.append([arrays[name].copy() for name in routine.outputs])
    finally:
        rushlight.set_num_threads(before)
    return all(
        np.array_equal(a, b) for other in found[1:] for a, b in zip(found[0], other)
    )


class BothWays:
    """What has `routines` of symbolic `sizes`: as machine code, and interpreted."""

    def compiled(self):
        return [SymbolicRoutine(routine, self.sizes) for routine in self.routines]

    def interpreted(self):
        return [
            lambda a, values, r=routine: interpret(r, a, values)
            for routine in self.routines
        ]
