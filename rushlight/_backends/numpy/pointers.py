"""Addresses of arrays, for machine code.

# Note [Data pointer]
# An ndarray object begins with Python's object header, then the pointer to its data:
# reading it there costs a fifth of what ``array.ctypes.data`` costs.
"""

import ctypes

#: Where an ndarray object keeps the pointer.
DATA_POINTER = object.__basicsize__


def address(array):
    """The address of an array's first element (Note [Data pointer])."""
    return ctypes.c_void_p.from_address(id(array) + DATA_POINTER).value
