"""Vector kernels of NumPy's own OpenBLAS, called through ctypes."""

import ctypes

import numpy

from rushlight._base.threads import blas_library

# Note [Data pointer]
# An ndarray object begins with Python's object header, then the pointer to its data:
# reading it there costs a fifth of what ``array.ctypes.data`` costs.
_POINTER_OFFSET = object.__basicsize__


def address(array):
    """The address of an array's first element (Note [Data pointer])."""
    return ctypes.c_void_p.from_address(id(array) + _POINTER_OFFSET).value


def _found(kind, number):
    """OpenBLAS' axpby for one letter of dtype, under any of its builds' names."""
    for prefix, suffix, size in (
        ("scipy_cblas_", "64_", ctypes.c_int64),
        ("scipy_cblas_", "", ctypes.c_int32),
        ("cblas_", "64_", ctypes.c_int64),
        ("cblas_", "", ctypes.c_int32),
    ):
        function = getattr(blas_library(), f"{prefix}{kind}axpby{suffix}", None)
        if function is not None:
            pointer = ctypes.c_void_p
            function.argtypes = (size, number, pointer, size, number, pointer, size)
            function.restype = None
            return function
    return None


_KERNELS = None


def axpby(a, x, b, y):
    """``y = a * x + b * y`` in place; see `slots`."""
    global _KERNELS
    if _KERNELS is None:
        kernels = {
            numpy.dtype("f4"): _found("s", ctypes.c_float),
            numpy.dtype("f8"): _found("d", ctypes.c_double),
        }
        _KERNELS = {dtype: kernel for dtype, kernel in kernels.items() if kernel}
    kernel = _KERNELS.get(y.dtype)
    if kernel is None:
        return False
    kernel(x.size, a, address(x), 1, b, address(y), 1)
    return True
