"""Slots: the closed list of tuned kernels that a backend may offer.

A slot is an attribute of the backend; where it is None, callers use the array
namespace.  A new slot is entered here, with its contract, or not at all.

axpby(a, x, b, y)
    ``y = a * x + b * y`` in place, for numbers a, b and flat contiguous arrays x, y of
    one dtype; returns False (having done nothing) for dtypes that it does not take.
"""

SLOTS = ("axpby",)
