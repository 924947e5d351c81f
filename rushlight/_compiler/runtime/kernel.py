"""NativeKernel and AdaptiveKernel: a kernel as a Python callable.

# Note [When to compile]
# Compiling costs some tens of milliseconds, and a script may end before they are earned
# back.  So a kernel is run by NumPy until that has taken as long as compiling would:
# then it is compiled.  Whatever the script does, it waits at most twice as long as it
# would have at best.  Equal kernels (by their text) share one machine code.
"""

import ctypes
import threading
import time

import numpy as np

from rushlight._backends.numpy.pointers import address
from rushlight._compiler.codegen.llvm import machine
from rushlight._compiler.loops.checker import check_kernel
from rushlight._compiler.loops.printer import print_kernel
from rushlight._compiler.loops.queries import product_dtypes
from rushlight._compiler.runtime.blocks import run_blocks

#: Seconds that compiling a kernel takes, about.
_COMPILING = 0.06
#: Seconds of the NumPy form after which the cache on disk is asked.
_LOOKING = 0.005
_NUMBERS = {"f32": ctypes.c_float, "f64": ctypes.c_double, "i64": ctypes.c_int64}
_NUMBERS["bool"] = ctypes.c_bool
_DTYPES = {"f32": "float32", "f64": "float64"}
_compiled = {}
_by_id = {}  # of their kernels, which need not be printed to be known again
_lock = threading.Lock()


class NativeKernel:
    """Machine code of a kernel: call it with sizes, arrays and numbers.

    Attributes:
        kernel: what it was made from.
        address: of its function (Note [Forms] in codegen/llvm/emit.py).
        code: the optimised LLVM IR, for reading.
    """

    def __init__(self, kernel):
        from rushlight._compiler.codegen.llvm.emit import emit_kernel

        def emit():  # what is in the cache on disk was checked when it was made
            check_kernel(kernel)
            return emit_kernel(kernel)

        self.kernel = kernel
        self._module = machine.Code(emit, known_by=print_kernel(kernel))
        self.address = self._module.address(kernel.name)
        if kernel.is_task:
            types = [ctypes.c_void_p] + [ctypes.c_int64] * 3
        else:
            types = [ctypes.c_int64] * len(kernel.sizes)
            types += [ctypes.c_void_p] * len(kernel.buffers)
            types += [_NUMBERS[n.dtype] for n in kernel.numbers]
        self._function = self._module.function(kernel.name, *types)

    @property
    def code(self):
        return self._module.text

    def __call__(self, sizes, arrays, numbers=()):
        """Run it on contiguous arrays of the kernel's dtypes, in place.

        All blocks of a task are run, one after another; a program runs them in
        parallel (runtime/program.py).
        """
        if self.kernel.is_task:
            self._run_blocks(sizes, arrays, numbers)
            return
        self._function(*sizes, *map(address, arrays), *numbers)

    def _run_blocks(self, sizes, arrays, numbers):
        kernel = self.kernel
        (loop,) = kernel.body
        blocks = dict(zip(kernel.sizes, sizes, strict=True)).get(
            loop.extent, loop.extent
        )
        held = [ctypes.c_int64(size) for size in sizes]
        numbers = zip(kernel.numbers, numbers, strict=True)
        numbers = [_NUMBERS[n.dtype](value) for n, value in numbers]
        pointers = [*map(ctypes.addressof, held), *map(address, arrays)]
        pointers += map(ctypes.addressof, numbers)
        if kernel.local_bytes:
            local = np.empty(kernel.local_bytes + 64, np.uint8)
            pointers.append(-(-address(local) // 64) * 64)
        pointers += map(_product_address, product_dtypes(kernel))
        self._function((ctypes.c_void_p * len(pointers))(*pointers), 0, blocks, 0)


def _product_address(dtype):
    from rushlight._compiler.runtime import blas

    return blas.address(dtype)


def native_kernel(kernel):
    """The machine code of a kernel, compiled once for each text."""
    known = _by_id.get(id(kernel))
    if known is not None and known.kernel is kernel:
        return known
    text = print_kernel(kernel)
    with _lock:
        if text not in _compiled:
            _compiled[text] = _by_id[id(kernel)] = NativeKernel(kernel)
        return _compiled[text]


class AdaptiveKernel:
    """An elementwise kernel, compiled when that pays (Note [When to compile])."""

    def __init__(self, kernel):
        self.kernel = kernel
        self.dtypes = tuple(_DTYPES[b.dtype] for b in kernel.buffers)
        self.native = None
        self._spent, self._due = 0.0, _LOOKING

    def __call__(self, arrays, numbers):
        """Run it on flat contiguous arrays of equal length, in place."""
        if self.native is not None and self.takes(arrays):
            self.native((arrays[0].size,), arrays, numbers)
            return
        start = time.perf_counter()
        run_blocks(self.kernel, arrays, numbers)
        if self._spent is not None and self.takes(arrays):
            self._spent += time.perf_counter() - start
            if self._spent > min(self._due, _COMPILING):
                self._advance()

    def _advance(self):
        """Compile, at once if the machine code only has to be loaded."""
        is_first, self._due = self._due < _COMPILING, _COMPILING
        if is_first:
            text = print_kernel(self.kernel)
            if not (machine.is_available() and machine.is_kept(text)):
                return
        self._spent = None
        if machine.is_available():
            self.native = native_kernel(self.kernel)

    def takes(self, arrays):
        """Whether the machine code is for arrays of these dtypes."""
        return all(a.dtype == d for a, d in zip(arrays, self.dtypes, strict=True))
