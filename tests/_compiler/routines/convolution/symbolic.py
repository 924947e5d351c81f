"""Routines of convolutions whose sizes are symbolic, run for many sizes of theirs."""

from dataclasses import replace

import numpy as np

from rushlight._base.sized import with_values
from rushlight._base.symbols import Sizes
from rushlight._compiler.loops.checker import check_kernel
from rushlight._compiler.loops.interpreter import run_kernel, stored_dtype
from rushlight._compiler.routines.convolution import (
    convolution,
    input_gradient,
    weight_gradient,
)
from tests._compiler.routines.running import SymbolicRoutine


class Symbolic:
    """The three routines of a convolution, made once for symbolic sizes.

    Args:
        example: a Sample, whose sizes are the hints.
        where: the dims that are symbolic: 0 is the number of pictures, 1 the first of
            the picture's.
        dtype: "f32" or "f64".
    """

    def __init__(self, example, where, dtype="f64"):
        self.sizes, self.where, self.example = Sizes(), where, example
        self.sizes.is_strict = False
        self.dtype = {"f32": np.float32, "f64": np.float64}[dtype]
        numbers = [example.batch, *example.size]
        for dim in where:
            numbers[dim] = self.sizes.symbol(numbers[dim])
        one = replace(example, batch=numbers[0], size=tuple(numbers[1:]))
        x = one.batch, one.groups * one.channels, *one.size
        w = one.groups * one.outputs, one.channels, *one.kernel
        g = one.batch, one.groups * one.outputs, *one.out
        more = one.attrs
        self.routines = [
            convolution(x, w, dtype, out=one.out, bias=True, relu=True, **more),
            input_gradient(g, w, dtype, size=one.size, **more),
            weight_gradient(x, w, dtype, out=one.out, bias=True, **more),
        ]
        self.made = None

    def names(self):
        """Of the first kernels, which tell the schedules."""
        return [routine.tasks[0].kernel.name for routine in self.routines]

    def check(self, values, run, room=1e-13):
        """Compare with float64's, tap by tap.

        Args:
            values: of the symbols.
            run: `interpreted` or `native`.
            room: the greatest difference, for a result of 1.
        """
        numbers = [self.example.batch, *self.example.size]
        for dim, value in zip(self.where, values, strict=True):
            numbers[dim] = value
        one = replace(self.example, batch=numbers[0], size=tuple(numbers[1:]))
        x, w, bias, g = one.arrays(self.dtype)
        y = np.full(g.shape, 7, self.dtype)
        memory = {"x": x, "w": w, "bias": bias, "g": g, "y": y}
        memory |= {f"{name}_grad": np.full_like(memory[name], 7) for name in ("x", "w")}
        memory["bias_grad"] = np.full_like(bias, 7)
        run(self, memory, values)
        wanted = {
            "y": np.maximum(one.forward(x, w, bias), 0),
            "x_grad": one.input_gradient(g, w),
            "w_grad": one.weight_gradient(g, x),
            "bias_grad": g.astype(np.float64).sum((0, *range(2, g.ndim))),
        }
        for name, value in wanted.items():
            most = abs(value).max(initial=1)
            error = abs(memory[name] - value).max(initial=0)
            assert error <= room * most, (name, numbers, error / most)


def interpreted(symbolic, memory, values):
    """Run the routines' text: no place may lie outside of its memory.

    Whether it may is seen where it is touched: where a box begins and ends in a picture
    is more than the checker's bounds can tell.
    """
    for routine in symbolic.routines:
        scratch = {
            name: np.full(with_values(elements, values), 77, stored_dtype(dtype))
            for name, (dtype, elements) in routine.scratch.items()
        }
        for task in routine.tasks:
            check_kernel(task.kernel)
            sizes = with_values(task.kernel.formulas, values)
            named = [{**memory, **scratch}[name].reshape(-1) for name in task.buffers]
            run_kernel(task.kernel, sizes, named)


def native(symbolic, memory, values):
    """Run them as machine code, the same for all values."""
    if symbolic.made is None:
        sizes = symbolic.sizes
        symbolic.made = [SymbolicRoutine(one, sizes) for one in symbolic.routines]
    for run in symbolic.made:
        run(memory, values)
