"""A task of the loop language as a step of a program."""

from rushlight._compiler.loops.queries import product_dtypes
from rushlight._compiler.runtime import blas
from rushlight._compiler.runtime.kernel import native_kernel
from rushlight._compiler.runtime.program import LOCAL, SIZE, STATIC, Step


def task_step(kernel, places, group=None):
    """A task's machine code with its arguments.

    Args:
        kernel: a task without numbers.
        places: for each buffer that is not local its (base, byte offset).
        group: as in `Step`.

    Symbolic sizes of the kernel are arguments too (Note [Binding] in symbolic.py).
    """
    native = native_kernel(kernel)
    args = [*((SIZE, formula) for formula in kernel.formulas), *places]
    if kernel.local_bytes:
        args.append((LOCAL, 0))
    args += [(STATIC, blas.address(dtype)) for dtype in product_dtypes(kernel)]
    blocks = kernel.body[0].extent
    blocks = dict(zip(kernel.sizes, kernel.formulas, strict=True)).get(blocks, blocks)
    return Step(native.address, args, blocks, group, kernel.local_bytes, native)
