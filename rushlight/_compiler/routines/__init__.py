"""Routines: large operations as tasks of the loop language, made for known shapes.

A routine is a function from shapes, a dtype and attributes to a `Routine`.  Compiled
graphs put its tasks into their program; eager operations run it by itself.
"""

from dataclasses import dataclass, field

from rushlight._compiler.loops.ir import Kernel


@dataclass
class Task:
    """A kernel with the names of the memory that its buffers stand for.

    Attributes:
        kernel: a task (Note [Blocks] in loops/ir.py) without sizes and numbers.
        buffers: for each buffer of the kernel that is not local, a name.
        group: tasks of equal group follow each other block by block: block i of one
            reads only what block i of those before it wrote.
    """

    kernel: Kernel
    buffers: tuple
    group: int = 0

    @property
    def blocks(self):
        """How many blocks there are."""
        return self.kernel.body[0].extent


@dataclass
class Routine:
    """Tasks in order.

    Attributes:
        inputs, outputs: names of the memory that the caller gives.
        scratch: {name: (dtype, elements)} of memory needed between the tasks.
    """

    tasks: list
    inputs: tuple
    outputs: tuple
    scratch: dict = field(default_factory=dict)
