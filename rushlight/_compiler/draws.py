"""Random arrays by machine code: what `_core/sampling/fills.py` does in NumPy.

# Note [When draws are compiled]
# The machine code is one module.  It is compiled once NumPy's forms together have taken
# as long as compiling will; sooner, if it is in the cache on disk, for then it only has
# to be loaded.  Time may decide, since both make the same numbers bit for bit.
# Importing this file costs next to nothing: what it needs is imported at that moment.
"""

import functools
import math
import threading
import time

import numpy as np

from rushlight._backends.numpy.pointers import address
from rushlight._core.sampling import fills

#: Seconds of NumPy's forms after which the cache on disk is asked.
LOOKING = 0.02
#: Seconds that compiling takes, about.
COMPILING = 0.08
#: Seconds that a number of NumPy's forms takes at least, about.
EACH = 5e-9
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
        native = self.native or self._earned(flat.size)
        if native is None:
            self._timed(super().units, generator, flat)
            return
        fill = native.units_f64 if flat.itemsize == 8 else native.units_f32
        fill(generator.address(), address(flat), flat.size)

    def coins(self, generator, flat, bound, one):
        native = self.native or self._earned(flat.size)
        if native is None:
            self._timed(super().coins, generator, flat, bound, one)
            return
        fill, bits = native.coins[flat.itemsize], _bits(flat.dtype, one)
        fill(generator.address(), address(flat), flat.size, bound, bits)

    def integers(self, generator, flat, low, count, wide):
        native = self.native or self._earned(flat.size)
        if native is None:
            self._timed(super().integers, generator, flat, low, count, wide)
            return
        whole = flat if flat.dtype == _INT64 else np.empty(flat.size, np.int64)
        fill = native.wide_remainders if wide else native.remainders
        fill(generator.address(), address(whole), flat.size, low, count)
        if whole is not flat:
            flat[...] = whole

    def normals(self, generator, flat, std, mean):
        native = self.native or self._earned(flat.size)
        if native is None:
            self._timed(super().normals, generator, flat, std, mean)
        elif native.normals is None or flat.itemsize == 8:
            super().normals(generator, flat, std, mean)
        else:
            place = generator.address(), address(flat), flat.size
            native.normals(*place, float(std), float(mean))

    def shuffled(self, generator, n):
        native = self.native or self._earned(n)
        if native is None:
            return self._timed(super().shuffled, generator, n)
        values = np.arange(n)
        native.shuffle(generator.address(), address(values), n)
        return values

    def _timed(self, plain, generator, *args):
        """Run a NumPy form and count its time."""
        generator.address()  # NumPy's random module, imported for it, is not counted
        before, start = self._spent, time.perf_counter()
        result = plain(generator, *args)  # which may come here again
        self._spent = before + time.perf_counter() - start
        return result

    def _earned(self, size):
        """The machine code, if a draw of a size is reason enough to have it now."""
        expected = self._spent + size * EACH
        if expected > self._due and self._lock.acquire(blocking=False):
            try:
                self._advance(expected)
            finally:
                self._lock.release()
        return self.native

    def _advance(self, expected):
        """Load or make the machine code, or say when to do so."""
        from rushlight._compiler.codegen.llvm import machine

        if self.native is not None or self._due == math.inf:
            return
        if machine.is_available():
            from rushlight._compiler.runtime.twister import Twister, is_kept

            if expected <= COMPILING and not is_kept():
                self._due = COMPILING
                return
            self.native = Twister()
        self._due = math.inf


fills.current = NativeFills()
