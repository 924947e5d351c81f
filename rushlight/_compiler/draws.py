"""Random arrays by machine code: what `_core/sampling/fills.py` does in NumPy.

Importing this costs next to nothing: what it needs is imported when enough has been
drawn to be worth compiling (Note [When routines are compiled] in runtime/routine.py).
"""

import threading
import time

import numpy as np

from rushlight._backends.numpy.pointers import address
from rushlight._compiler.runtime.routine import COMPILING, LOOKING
from rushlight._core.sampling import fills

#: Arrays up to this size are NumPy's while nothing is compiled, and not counted.
SMALL = 512
_UNSIGNED = {size: np.dtype(f"u{size}") for size in (1, 2, 4, 8)}


class NativeFills(fills.Fills):
    """NumPy's forms until they have cost as much as compiling, then machine code.

    Attributes:
        native: the functions of the module, or None.
    """

    def __init__(self):
        self.native, self._spent, self._due = None, 0.0, LOOKING
        self._lock = threading.Lock()

    def units(self, generator, flat):
        if self.native is None:
            self._timed(super().units, generator, flat)
            return
        fill = self.native.units_f64 if flat.itemsize == 8 else self.native.units_f32
        fill(generator.address(), address(flat), flat.size)

    def coins(self, generator, flat, bound, one):
        if self.native is None:
            self._timed(super().coins, generator, flat, bound, one)
            return
        dtype = flat.dtype
        value = np.array(one, dtype).view(_UNSIGNED[dtype.itemsize])
        fill = self.native.coins[dtype.itemsize]
        fill(generator.address(), address(flat), flat.size, bound, int(value))

    def integers(self, generator, flat, low, count, wide):
        if self.native is None or wide:
            self._timed(super().integers, generator, flat, low, count, wide)
            return
        whole = flat if flat.dtype == np.int64 else np.empty(flat.size, np.int64)
        place = generator.address(), address(whole), flat.size
        self.native.remainders(*place, low, count)
        if whole is not flat:
            flat[...] = whole

    def normals(self, generator, flat, std, mean):
        native = self.native
        if native is None or native.normals is None or flat.itemsize == 8:
            self._timed(super().normals, generator, flat, std, mean)
            return
        place = generator.address(), address(flat), flat.size
        native.normals(*place, float(std), float(mean))

    def shuffled(self, generator, n):
        if self.native is None:
            return self._timed(super().shuffled, generator, n)
        values = np.arange(n)
        self.native.shuffle(generator.address(), address(values), n)
        return values

    def _timed(self, plain, generator, *args):
        """Run a NumPy form, and compile if that has now been earned."""
        start = time.perf_counter()
        result = plain(generator, *args)
        self._spent += time.perf_counter() - start
        if self._spent > self._due and self._lock.acquire(blocking=False):
            try:
                if self._spent > self._due:
                    self._advance()
            finally:
                self._lock.release()
        return result

    def _advance(self):
        """Load the machine code, or say when to compile it."""
        from rushlight._compiler.codegen.llvm import machine

        is_second, self._due = self._due > LOOKING, float("inf")
        if not machine.is_available():
            return
        from rushlight._compiler.runtime.twister import Twister, is_kept

        if is_second or is_kept():
            self.native = Twister()
        else:
            self._due = COMPILING


fills.current = NativeFills()
