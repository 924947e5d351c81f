"""Large calls of single operations: machine code and threads, where they pay.

# Note [Large calls]
# The short path of an op asks how large its first operand is, and takes large ones to
# `Op.large`: for NumPy's arrays a `LargePointwise`, made here.  That runs one kernel,
# made of the op's `lower` rule, on blocks that the team of threads claims.  Sizes and
# strides are arguments of the kernel, so one kernel serves all shapes: what it is made
# for are the op, its attributes, the dtypes, and which operands have elements beside
# each other (others repeat one).  Whatever else comes stays with NumPy.

# Note [Exact kernels]
# A kernel whose values go through one rounding at most (comparisons, choices, sums of
# two, casts) gives NumPy's bits.  It may replace NumPy at any moment, so time decides:
# it is loaded from the cache on disk after some milliseconds of NumPy, and compiled
# after as many as compiling takes.  Others round in another way than NumPy's form does.
# They replace it after a number of calls and elements that is fixed (`Op.passes`), so
# that a script prints the same numbers each time it is run, whatever else the machine
# does and whatever is in the cache.  One ufunc of NumPy that rounds several times (exp)
# is never replaced but shared: pieces of it are run by several threads, with the same
# bits.  Running totals are routines, of NumPy's bits too.  Sums of floats stay what
# they are (Note [Sums by BLAS] in _ops/_arrays.py).
"""

from rushlight._backends.numpy import NUMPY_BACKEND
from rushlight._compiler.large.calls import LargePointwise
from rushlight._compiler.large.routines import REQUESTS
from rushlight._compiler.runtime.routine import AdaptiveRoutine


def _enlarge(op, plain):
    """What runs an op on large arrays."""
    if op.name in REQUESTS:
        return AdaptiveRoutine(plain, REQUESTS[op.name])
    if op.view or op.many or (op.lower is None and not op.ufunc):
        return plain
    return LargePointwise(op, plain)


NUMPY_BACKEND.enlarge = _enlarge
