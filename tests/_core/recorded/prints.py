"""Arrays whose printed text is recorded."""

import ml_dtypes
import numpy as np

from tests._core.recorded import FOLDER

FILE = FOLDER / "prints.json"

NAN, INF = float("nan"), float("inf")

# Rows of numbers, each of which is printed in float32, float64, float16 and bfloat16.
NUMBERS = [
    [],
    [0.0],
    [-0.0],
    [NAN],
    [INF, -INF, NAN],
    [1.0, INF, NAN, -INF],
    [1.5, INF, NAN, -INF],
    [-0.0, 1.5],
    [1.0, 2.0, 3.0],
    [-1.0, 20.0, 300.0],
    [1.0, 1000.0],
    [1.0, 1001.0],
    [0.5, 500.0],
    [0.5, 501.0],
    [1e-4, 1.0],
    [1e-5, 1e-4],
    [9.9e-5],
    [1.0001e-4],
    [1e8],
    [100000001.0, 1e8],
    [2e8, 1e8],
    [65504.0, 1.0],
    [1e38, 1e-38],
    [1e-45, 0.0],
    [123456.789],
    [0.99999, 9.99999],
    [0.1, 0.2, 0.30000001],
    [3.14159, -2.71828, 0.0, 1e-3],
    [1e10, NAN, 0.0],
    [-1.0, -0.5, -0.25],
]
INTEGERS = [
    [0],
    [1, -1],
    [123456789012, -5],
    [9223372036854775807, -9223372036854775808],
]
COMPLEX = [
    [1 + 2j],
    [1.5 - 2j, -0.25 + 1e-3j],
    [complex(NAN, 1), complex(0, -INF)],
    [1e10 + 1j, 1 + 1e-10j],
    [0j, complex(-0.0, -0.0)],
    [complex(-1.5, -0.0), 1j],
]
OPTIONS = [
    {"precision": 2},
    {"precision": 0},
    {"precision": 8},
    {"sci_mode": True},
    {"sci_mode": False},
    {"linewidth": 20},
    {"linewidth": 3},
    {"linewidth": 140},
    {"threshold": 5},
    {"threshold": 5, "edgeitems": 1},
    {"threshold": 5, "edgeitems": 2},
    {"edgeitems": 0},
    {"threshold": 5, "edgeitems": 0},
    {"profile": "short"},
    {"profile": "full"},
    {"profile": "full", "precision": 1},
]


def cases():
    """Pairs (array, print options), always in the same order."""
    for row in NUMBERS:
        for dtype in (np.float32, np.float64, np.float16, ml_dtypes.bfloat16):
            with np.errstate(over="ignore"):
                yield np.array(row, np.float64).astype(dtype), {}
    yield from ((np.array(row), {}) for row in INTEGERS + COMPLEX)
    yield from ((np.array(row, np.complex64), {}) for row in COMPLEX)
    yield from ((array, {}) for array in shapes())
    for settings in OPTIONS:
        yield from ((array, settings) for array in varied())


def shapes():
    """Arrays of all dtypes and ranks, short and long."""
    for dtype in "? u1 i1 i2 i4 i8 u2 u4 u8 f2 f4 f8 c8 c16".split():
        yield np.arange(6).astype(dtype).reshape(2, 3)
        yield np.zeros((), dtype)
        yield np.zeros((0, 3), dtype)
        yield np.zeros(0, dtype)
    for shape in [(40,), (13, 7), (2, 3, 4), (2, 1, 2, 5), (1, 1), (3, 0, 2)]:
        yield wave(shape)
    for shape in [(1000,), (1001,), (10, 101), (7, 6, 5, 8), (2, 2000), (600, 2)]:
        yield wave(shape)
        yield np.arange(np.prod(shape)).reshape(shape)
    yield wave((1200,)) + 1j * wave((1200,))[::-1]
    yield wave((40, 50)).T
    yield wave((40, 50))[::2, ::3]


def varied():
    """A few arrays that every setting is tried on."""
    yield wave((3, 4))
    yield wave((2, 8, 3)) * 1e6
    yield np.array([1.0, 2.5e9, NAN, 0.0], np.float32)
    yield np.array([0.0, -0.0], np.float32)
    yield np.array(3.25, np.float32)
    yield np.arange(30)
    yield wave((9,)) - 2e-5j * wave((9,))
    yield np.array([True, False])


def wave(shape):
    """Numbers that have an exact form, of both signs and several sizes."""
    steps = np.arange(int(np.prod(shape)), dtype=np.float64)
    return ((steps * 37 % 101 - 50) / 64).astype(np.float32).reshape(shape)
