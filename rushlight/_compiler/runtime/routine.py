"""Routines in eager mode: an operation's NumPy form until compiling pays.

# Note [When routines are compiled]
# A routine is compiled once its operation has been called often enough with the same
# shapes and attributes: when so many bytes have gone through its NumPy form that this
# has taken about as long as compiling will.  Calls and bytes are counted, not seconds:
# the two forms round differently, and a script must give the same numbers each time it
# is run, whatever else the machine does and whatever is in the cache on disk.  Nothing
# of the compiler is imported before.
"""

import threading
import warnings

import numpy as np

#: Bytes of arguments that go through the NumPy form before.
ENOUGH = 8_000_000
#: Calls of the NumPy form, at least and at most.
FEWEST, MOST = 2, 1000
#: How many sets of shapes and attributes are remembered for one operation.
LIMIT = 256

_lock = threading.Lock()


#: How an input may lie, for `NativeRoutine`: in any way, its strides are as expected.
AS_IT_IS = "as it is"


class NativeRoutine:
    """A routine as machine code that the team of threads runs.

    Args:
        routine: a Routine.
        outputs: (shape, NumPy dtype) of each result, and perhaps the order in which
            its dimensions lie in memory; those after the routine's own outputs are left
            empty.
        inputs: for each array that is given, the order in which its dimensions must
            lie (None is their own order), or `AS_IT_IS`; None where all is None.
    """

    def __init__(self, routine, outputs, inputs=None):
        self.routine, self.inputs = routine, inputs
        self.outputs = [_Layout(*output) for output in outputs]
        self.count = len(routine.outputs)
        names = [*routine.inputs, *routine.outputs, *routine.scratch]
        bases = {name: number for number, name in enumerate(names)}
        self.program = _program(routine.tasks, bases)
        self.scratch = [
            (elements, _numpy_dtype(dtype))
            for dtype, elements in routine.scratch.values()
        ]

    def __call__(self, arrays):
        """The results, from the inputs' arrays."""
        given = [a for a in arrays if a is not None]
        if self.inputs is None:
            given = [np.ascontiguousarray(a) for a in given]
        else:
            given = [_laid(a, how) for a, how in zip(given, self.inputs, strict=True)]
        found = [output.empty() for output in self.outputs]
        scratch = [np.empty(elements, dtype) for elements, dtype in self.scratch]
        self.program.run_on([*given, *found[: self.count], *scratch])
        return found[0] if len(found) == 1 else tuple(found)


class _Layout:
    """What a result looks like."""

    def __init__(self, shape, dtype, order=None):
        order = tuple(range(len(shape))) if order is None else order
        self.shape, self.dtype = [shape[dim] for dim in order], dtype
        self.back = None
        if order != tuple(range(len(shape))):
            self.back = sorted(range(len(shape)), key=order.__getitem__)

    def empty(self):
        whole = np.empty(self.shape, self.dtype)
        return whole if self.back is None else whole.transpose(self.back)


def _laid(array, how):
    """An array whose memory is as a routine reads it; copied if need be."""
    if how is AS_IT_IS:
        return array
    return np.ascontiguousarray(array if how is None else array.transpose(how))


def _numpy_dtype(dtype):
    from rushlight._compiler.loops.interpreter import stored_dtype

    return stored_dtype(dtype)


def _program(tasks, bases):
    """The Program of tasks: step groups as the routine says."""
    from rushlight._compiler.runtime.program import Program
    from rushlight._compiler.runtime.steps import task_step

    steps = [
        task_step(task.kernel, [(bases[name], 0) for name in task.buffers], task.group)
        for task in tasks
    ]
    return Program(steps, bases=len(bases))


class _Entry:
    """What is known of one set of shapes and attributes."""

    __slots__ = ("native", "left", "lock")

    def __init__(self, size):
        self.native = None
        self.left = min(max(FEWEST, ENOUGH // max(1, size)), MOST)
        self.lock = threading.Lock()


class AdaptiveRoutine:
    """An operation, run by machine code when that pays (Note [When ...]).

    Args:
        plain: its NumPy form, ``(*arrays, **attrs)`` to an array or a tuple of them.
        request: ``(*arrays, **attrs)`` to (Routine, outputs[, inputs]), as
            `NativeRoutine` takes them, or None where there is none.  Only shapes and
            dtypes may matter, and strides if it sees them.
        sees_strides: whether strides matter.
    """

    def __init__(self, plain, request, sees_strides=False):
        self.plain, self.request, self.sees_strides = plain, request, sees_strides
        self.entries = {}

    def __call__(self, *arrays, **attrs):
        key = tuple([None if a is None else (a.shape, a.dtype) for a in arrays])
        if self.sees_strides:
            key += tuple([None if a is None else a.strides for a in arrays])
        try:
            entry = self.entries.get((key, *attrs.items()))
        except TypeError:  # attributes that cannot be remembered
            return self.plain(*arrays, **attrs)
        if entry is not None and entry.native is not None:
            return entry.native(arrays)
        result = self.plain(*arrays, **attrs)
        if entry is None:
            size = sum([0 if a is None else a.nbytes for a in arrays])
            entry = self._new((key, *attrs.items()), size)
        entry.left -= 1
        if entry.left <= 0 and entry.lock.acquire(blocking=False):
            try:
                if entry.left <= 0:
                    self._compile(entry, arrays, attrs)
            finally:
                entry.left = float("inf")
                entry.lock.release()
        return result

    def _new(self, key, size):
        with _lock:
            while len(self.entries) >= LIMIT:
                del self.entries[next(iter(self.entries))]
            return self.entries.setdefault(key, _Entry(size))

    def _compile(self, entry, arrays, attrs):
        from rushlight._compiler.codegen.llvm import machine

        if not machine.is_available():
            return
        try:
            found = self.request(*arrays, **attrs)
            if found is not None:
                entry.native = NativeRoutine(*found)
        except Exception as error:  # noqa: BLE001 - whatever it is, NumPy can go on
            name = getattr(self.plain, "__name__", self.plain)
            warnings.warn(
                f"{name} could not be compiled and stays with NumPy: "
                f"{error.__class__.__name__}: {error}",
                stacklevel=2,
            )
