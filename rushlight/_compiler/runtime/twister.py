"""The native twister: its functions as ctypes callables (codegen/llvm/twister.py)."""

import ctypes

from rushlight._compiler.codegen.llvm import machine
from rushlight._compiler.codegen.llvm.twister import COIN_WIDTHS, emit_twister

_POINTER, _INT, _FLOAT = ctypes.c_void_p, ctypes.c_int64, ctypes.c_float


def _text():
    return emit_twister(machine.adds_products())


def is_kept():
    """Whether the machine code is in the cache on disk."""
    return machine.is_kept(_text())


class Twister:
    """Functions of a Generator's state's address, an array's, the array's size, ...

    An array has one dimension and no gaps.

    Attributes:
        words: uint32.
        units_f32, units_f64: uniform in [0, 1).
        remainders: int64, `low + word % count`; also takes low and count < 2**28.
        wide_remainders: int64, `low + pair of words % count`; 0 is a count of 2**64.
        shuffle: of int64 numbers that are there.
        normals: float32 in blocks of 16; also takes std and mean; None where the
            machine does not multiply and add in one rounding.
        coins: by bytes of an element; also take the bound and the bits of the value.
    """

    def __init__(self):
        self._code = machine.Code(_text())
        self.words = self._function("words")
        self.units_f32 = self._function("units_f32")
        self.units_f64 = self._function("units_f64")
        self.remainders = self._function("remainders", _INT, _INT)
        self.wide_remainders = self._function("wide_remainders", _INT, _INT)
        self.shuffle = self._function("shuffle")
        self.normals = None
        if machine.adds_products():
            self.normals = self._function("normals", _FLOAT, _FLOAT)
        self.coins = {
            width // 8: self._function(f"coins_{width}", _INT, _INT)
            for width in COIN_WIDTHS
        }

    def _function(self, name, *more):
        return self._code.function(name, _POINTER, _POINTER, _INT, *more)
