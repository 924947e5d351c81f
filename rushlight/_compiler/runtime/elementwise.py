"""Elementwise kernels on many arrays at once: one program, shared by the team.

A kernel of one vector loop over flat arrays (an optimizer's update) becomes a task.
Each set of arrays is two steps, the whole blocks and the rest, and all steps are run by
one native call.
"""

import ctypes
from dataclasses import replace

from rushlight._compiler.loops.ir import BYTES, Instruction, Kernel, Load, Loop, Store
from rushlight._compiler.runtime.kernel import native_kernel
from rushlight._compiler.runtime.program import STATIC, Program, Step

#: Elements of a block.
BLOCK = 8192
_NUMBERS = {"f32": ctypes.c_float, "f64": ctypes.c_double}


def as_task(kernel):
    """The task of an elementwise kernel: ``blocks`` blocks of ``n`` elements.

    Args:
        kernel: of size "n": one vector loop along "i" whose places are ``buffer[i]``.

    Returns:
        Kernel: blocks begin at multiples of `BLOCK`.
    """
    (loop,) = kernel.body
    strides, memo = (("i", 1), ("b", BLOCK)), {}

    def moved(value):
        if id(value) not in memo:
            memo[id(value)] = moved_anew(value)
        return memo[id(value)]

    def moved_anew(value):
        if isinstance(value, Load):
            return replace(value, strides=strides)
        if isinstance(value, Instruction):
            return replace(value, args=tuple(map(moved, value.args)))
        return value

    body = [Store(s.buffer, strides, 0, moved(s.value)) for s in loop.body]
    block = Loop("i", "n", body, vector=True)
    loops = [Loop("b", "blocks", [block], parallel=True)]
    name = f"{kernel.name}_blocks"
    return Kernel(name, ("n", "blocks"), kernel.buffers, kernel.numbers, loops)


class ElementwiseProgram:
    """A kernel on several sets of flat arrays.

    Args:
        kernel: elementwise (see `as_task`).
        sizes: how many elements each set has.
        places: for each set, of each buffer the (base, byte offset).
    """

    def __init__(self, kernel, sizes, places):
        task = as_task(kernel)
        self.native = native_kernel(task)
        kinds = [_NUMBERS[n.dtype] for n in kernel.numbers]
        self._numbers = [kind() for kind in kinds]
        self._held, steps = [], []
        width = BYTES[kernel.buffers[0].dtype]
        for size, buffers in zip(sizes, places, strict=True):
            whole, rest = divmod(size, BLOCK)
            if whole:
                steps.append(self._step(BLOCK, whole, buffers, 0))
            if rest:
                steps.append(self._step(rest, 1, buffers, whole * BLOCK * width))
        bases = 1 + max(base for buffers in places for base, _ in buffers)
        self.program = Program(steps, wake=sum(sizes) > 4 * BLOCK, bases=bases)

    def _step(self, size, blocks, buffers, offset):
        given = (ctypes.c_int64 * 2)(size, blocks)
        self._held.append(given)
        start = ctypes.addressof(given)
        args = [(STATIC, start), (STATIC, start + 8)]
        args += [(base, at + offset) for base, at in buffers]
        args += [(STATIC, ctypes.addressof(number)) for number in self._numbers]
        return Step(self.native.address, args, blocks, keep=(self.native, given))

    def run(self, bases, numbers):
        """Run it; one thread at a time.

        Args:
            bases: addresses, as `Program.run` takes them.
            numbers: in the order of the kernel's.
        """
        for place, number in zip(self._numbers, numbers, strict=True):
            place.value = number
        self.program.run(bases)
