"""Large matrix products of eager mode, on the team of threads.

# Note [Eager products]
# NumPy's BLAS would share them among threads of its own, of which the idle ones spin
# for a while on the cores that the team needs for what comes next.  So every product
# that it would share is run by the team.  The first ones stay with NumPy, until so many
# multiplications were done that this has taken about as long as the team's code takes
# to make (they are counted, as Note [When routines are compiled] says).
"""

import itertools
import threading
from math import prod

import numpy as np

from rushlight._backends.numpy import NUMPY_BACKEND

#: Multiplications from which on OpenBLAS uses several threads, and those done before.
SHARED, ENOUGH = 2**18, 5 * 10**8
#: How many layouts of operands are remembered, and steps that a product may have.
LIMIT, MOST_STEPS = 256, 256

_DTYPES = {np.dtype(np.float32): "f32", np.dtype(np.float64): "f64"}
_lock = threading.Lock()


class Products:
    """``product`` of the NumPy backend.

    Attributes:
        left: multiplications that NumPy does before the team does.
        known: {layout of the operands: `_Product`, or None where BLAS cannot read it}.
    """

    def __init__(self):
        self.left, self.known = ENOUGH, {}

    def __call__(self, x, y, bias=None):
        if self.left > 0:
            self.left -= x.size * y.shape[-1]
            return plain(x, y, bias)
        layout = None if bias is None else bias.shape
        key = x.shape, x.strides, y.shape, y.strides, x.dtype.char, y.dtype.char, layout
        try:
            product = self.known[key]
        except KeyError:
            product = self._learn(key, x, y, bias)
        return plain(x, y, bias) if product is None else product(x, y, bias)

    def _learn(self, key, x, y, bias):
        product = _product(x, y, bias)
        with _lock:
            while len(self.known) >= LIMIT:
                del self.known[next(iter(self.known))]
            return self.known.setdefault(key, product)


def plain(x, y, bias=None):
    """NumPy's product."""
    found = x.dot(y) if x.ndim == 2 == y.ndim else np.matmul(x, y)
    if bias is not None:
        found += bias
    return found


def _product(x, y, bias):
    """A program for operands that lie as these do, or None."""
    from rushlight._compiler.runtime import blas

    dtype, leading = _DTYPES.get(x.dtype), x.shape[:-2]
    if dtype is None or y.dtype != x.dtype or not blas.is_available():
        return None
    if leading != y.shape[:-2] or x.shape[-1] != y.shape[-2]:
        return None
    if bias is not None and (bias.shape != y.shape[-1:] or bias.dtype != x.dtype):
        return None
    rank = _folded_rank(x, y)
    if prod(leading[:rank]) > MOST_STEPS:
        return None
    layouts = [_Layout(array, rank) for array in (x, y)]
    if not all(layout.is_matrix() for layout in layouts):
        return None
    return _Product(dtype, *layouts, bias is not None)


def _folded_rank(x, y):
    """How many leading dimensions cannot be folded into the one before the matrices."""
    rank = max(0, x.ndim - 3)
    while rank and all(
        a.strides[rank - 1] == a.strides[rank] * a.shape[rank] for a in (x, y)
    ):
        rank -= 1
    return rank


class _Layout:
    """How an array of matrices lies in memory.

    Attributes:
        shape, steps: (batch, rows, columns), and the elements from one to the next.
        starts: where the batches of the outer dimensions begin, in bytes.
    """

    def __init__(self, array, rank):
        size, inner = array.itemsize, array.shape[rank:-2]
        self.shape = prod(inner), *array.shape[-2:]
        steps = [step // size for step in array.strides]
        self.steps = steps[-3] if inner else 0, *steps[-2:]
        outer = [
            range(0, n * step, step) if step else [0] * n
            for n, step in zip(array.shape[:rank], array.strides)
        ]
        self.starts = [sum(places) for places in itertools.product(*outer)]

    def is_matrix(self):
        """Whether BLAS can read it."""
        from rushlight._compiler.passes.domains import is_matrix

        return is_matrix(self.shape, self.steps)


class _Product:
    """A product of operands of one layout."""

    def __init__(self, dtype, a, b, has_bias):
        from rushlight._compiler.loops.ir import BYTES
        from rushlight._compiler.runtime.gemm import as_operand, gemm_step
        from rushlight._compiler.runtime.program import Program

        (batch, m, k), n = a.shape, b.shape[-1]
        options = as_operand("a", a.shape, a.steps)
        options |= as_operand("b", b.shape, b.steps)
        options |= {"bias": (3, 0) if has_bias else None, "batch": batch, "group": 0}
        size = batch * m * n * BYTES[dtype]
        steps = [
            gemm_step(dtype, (0, x), (1, y), (2, i * size), m, n, k, **options)
            for i, (x, y) in enumerate(zip(a.starts, b.starts, strict=True))
        ]
        self.program = Program(steps, bases=3 + has_bias)

    def __call__(self, x, y, bias):
        found = np.empty((*x.shape[:-1], y.shape[-1]), x.dtype)
        if bias is None:
            self.program.run_on((x, y, found))
        else:
            self.program.run_on((x, y, found, np.ascontiguousarray(bias)))
        return found


NUMPY_BACKEND.product, NUMPY_BACKEND.product_size = Products(), SHARED
