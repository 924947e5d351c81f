"""Runs routines in tests: through the interpreter, and as machine code."""

import numpy as np

from rushlight._compiler.loops.checker import check_kernel
from rushlight._compiler.loops.interpreter import run_kernel, stored_dtype


def interpret(routine, arrays):
    """Run a routine's text; results are written to the arrays, by name."""
    memory = dict(arrays)
    for name, (dtype, elements) in routine.scratch.items():
        memory[name] = np.full(elements, 77, stored_dtype(dtype))
    for task in routine.tasks:
        check_kernel(task.kernel)
        run_kernel(task.kernel, (), [memory[name].reshape(-1) for name in task.buffers])


def compiled(routine, arrays):
    """Run a routine as the team runs it."""
    from rushlight._compiler.runtime.routine import NativeRoutine

    outputs = [(arrays[name].shape, arrays[name].dtype) for name in routine.outputs]
    native = NativeRoutine(routine, outputs)
    found = native([arrays[name] for name in routine.inputs])
    found = found if isinstance(found, tuple) else (found,)
    for name, result in zip(routine.outputs, found, strict=True):
        arrays[name][...] = result


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
