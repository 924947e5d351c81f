"""Random arrays by machine code: what `_core/sampling/fills.py` does in NumPy.

# Note [When draws are compiled]
# The machine code is one module.  It is compiled once NumPy's forms together have taken
# as long as compiling will; sooner, if it is in the cache on disk, for then it only has
# to be loaded.  Time may decide, since both make the same numbers bit for bit.
# Importing this file costs next to nothing: what it needs is imported at that moment.
"""

import functools
import threading
import time

import numpy as np

from rushlight._backends.numpy.pointers import address
from rushlight._core.sampling import fills

#: Seconds of NumPy's forms after which the cache on disk is asked, and the code made.
LOOKING, COMPILING = 0.02, 0.06

#: Seconds of NumPy's forms after which the cache on disk is asked.
LOOKING = 0.02
#: Seconds that compiling takes, about.
COMPILING = 0.08
_INT64 = np.dtype(np.int64)


@functools.lru_cache(maxsize=64)
def _bits(dtype, number):
    """The bits of a number in a dtype, as an int."""
    return int(np.array(number, dtype).view(f"u{dtype.itemsize}"))


class NativeFills(fills.Fills):
    """NumPy's forms, then machine code (Note [When draws are compiled]).

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
        fill, bits = self.native.coins[flat.itemsize], _bits(flat.dtype, one)
        fill(generator.address(), address(flat), flat.size, bound, bits)

    def integers(self, generator, flat, low, count, wide):
        native = self.native
        if native is None:
            self._timed(super().integers, generator, flat, low, count, wide)
            return
        whole = flat if flat.dtype == _INT64 else np.empty(flat.size, np.int64)
        fill = native.wide_remainders if wide else native.remainders
        fill(generator.address(), address(whole), flat.size, low, count)
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
