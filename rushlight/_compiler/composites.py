"""Composite ops of eager mode as one compiled kernel each, by their `lower` rules.

# Note [Composites]
# A softmax or a normalisation is a handful of NumPy calls, each a pass over memory.
# Its `lower` rule says the same as one expression, from which the scheduler makes one
# kernel; it takes over once that pays (Note [When routines are compiled]).  Small
# arrays stay with NumPy, whose calls cost less than ours.
"""

import numpy as np

from rushlight._backends.numpy import NUMPY_BACKEND
from rushlight._compiler.runtime.routine import AdaptiveRoutine

#: Elements from which on a compiled kernel is worth its call.
SMALL = 4096

#: Those whose NumPy form costs more than a call, however small the array.
ANY_SIZE = {"cross_entropy", "cross_entropy_backward"}

NAMES = (
    "cross_entropy cross_entropy_backward softmax softmax_backward log_softmax "
    "log_softmax_backward layer_norm "
    "layer_norm_backward rms_norm batch_statistics batch_norm batch_norm_backward "
    "gelu gelu_backward silu silu_backward sigmoid sigmoid_backward tanh_backward "
    "mish elu elu_backward celu softplus softplus_backward logsigmoid "
    "logsigmoid_backward hardswish hardsigmoid threshold_backward leaky_relu_backward "
    "lerp addcmul addcdiv huber_loss smooth_l1_loss soft_margin_loss glu"
).split()


class Composite:
    """An op's kernel: NumPy for small arrays, adaptive for others."""

    def __init__(self, op, plain):
        self.op, self.plain = op, plain
        self.small = 1 if op.name in ANY_SIZE else SMALL
        self.results = None
        self.adaptive = AdaptiveRoutine(plain, self._request)

    def __call__(self, *arrays, **attrs):
        first = arrays[0]
        if first.__class__ is not np.ndarray or first.size < self.small:
            return self.plain(*arrays, **attrs)
        for array in arrays:
            if array is not None and array.__class__ is not np.ndarray:
                return self.plain(*arrays, **attrs)
        found = self.adaptive(*arrays, **attrs)
        if found.__class__ is not tuple or self.results in (None, len(found)):
            return found
        results, checks = found[: self.results], found[self.results :]
        if any(checks):  # the NumPy form says what is wrong
            return self.plain(*arrays, **attrs)
        return results if self.results > 1 else results[0]

    def _request(self, *arrays, **attrs):
        found = request(self.op, arrays, attrs)
        if found is not None:
            self.results = found[2]
        return found[:2] if found else None


def request(op, arrays, attrs):
    """The routine of one call, or None.

    Returns:
        (Routine, shapes and dtypes of its outputs, how many of those are results);
        the outputs after the results are checks (`Lowering.require`).
    """
    from rushlight._compiler.graph.ir import Graph
    from rushlight._compiler.passes.lower import lower_graph

    graph = Graph()
    inputs = [None if a is None else graph.input(_spec(a), "x") for a in arrays]
    specs = op.spec(*[i if i is None else i.spec for i in inputs], **attrs)
    specs = specs if isinstance(specs, (tuple, list)) else (specs,)
    graph.outputs = list(graph.add(op, inputs, attrs, specs).outputs)
    routine = as_routine(lower_graph(graph))
    if routine is None:
        return None
    outputs = [(s.shape, s.dtype) for s in specs]
    outputs += [((), np.dtype(np.int64))] * (len(routine.outputs) - len(specs))
    return routine, outputs, len(specs)


def _spec(array):
    from rushlight._base.spec import Spec

    return Spec(array.shape, array.dtype)


def as_routine(lowered):
    """A lowered graph as a Routine, if it is made of loop nests alone."""
    from rushlight._compiler.graph.expression import VIEWS
    from rushlight._compiler.passes.fuse import fuse
    from rushlight._compiler.routines import Routine, Task
    from rushlight._compiler.schedules.nest import Nest

    fused = fuse(lowered)
    if lowered.library or any(unit.kind != "group" for unit in fused.units):
        return None
    names = {e: f"x{i}" for i, e in enumerate(lowered.inputs)}
    inputs = tuple(names.values())
    results = [*lowered.outputs, *lowered.checks]
    for place, e in enumerate(results):
        while e.kind == "reshape":
            e = e.args[0]
        if e in names or e.kind in VIEWS:  # an input, or one result twice
            return None
        names[e] = f"y{place}"
    outputs = tuple(f"y{place}" for place in range(len(results)))
    tasks, scratch = [], {}
    for group, unit in enumerate(fused.units):
        for e in unit.members:
            if e not in names and _is_read_elsewhere(e, unit, fused):
                names[e] = f"s{len(scratch)}"
                scratch[names[e]] = e.dtype, e.size
        written = {e for e in unit.members if e in names}
        nest = Nest(unit, fused.stored, written, "nest")
        buffers = tuple(names[e] for e in nest.buffers)
        tasks.append(Task(nest.kernel, buffers, group))
    return Routine(tasks, inputs, outputs, scratch)


def _is_read_elsewhere(e, unit, fused):
    """Whether another unit reads what one computes."""
    from rushlight._compiler.passes.domains import reads

    return any(
        e in reads(other, fused.stored) for other in fused.units if other is not unit
    )


NUMPY_BACKEND.slots.update(dict.fromkeys(NAMES, Composite))
