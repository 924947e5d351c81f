"""torch's functions of numbers that may be symbolic: sym_int, sym_max and theirs.

Numbers are symbolic in a function while it is compiled for many sizes (Note [Symbolic
sizes] in _base/symbols.py); everywhere else these are what they are for plain numbers.
"""

import math

from rushlight._base.symfloat import SymFloat
from rushlight._base.symint import SymInt

__all__ = [
    "SymFloat",
    "SymInt",
    "sym_float",
    "sym_int",
    "sym_max",
    "sym_min",
    "sym_not",
    "sym_sqrt",
    "sym_sum",
]


def sym_int(a):
    """A number as a whole one, rounded towards 0.

    >>> sym_int(-3.7)
    -3
    """
    return a if isinstance(a, int) else int(a)


def sym_float(a):
    """A number as a float.

    >>> sym_float(2)
    2.0
    """
    return a * 1.0 if type(a) in (SymInt, SymFloat) else float(a)


def sym_max(a, b):
    """The greater of two numbers; a float if one is.

    >>> sym_max(2, 3)
    3
    """
    found = a if a > b else b
    return sym_float(found) if isinstance(a, float) or isinstance(b, float) else found


def sym_min(a, b):
    """The smaller of two numbers; a float if one is.

    >>> sym_min(2, 3)
    2
    """
    found = a if a < b else b
    return sym_float(found) if isinstance(a, float) or isinstance(b, float) else found


def sym_not(a):
    """``not a``.

    >>> sym_not(True)
    False
    """
    return not a


def sym_sqrt(a):
    """The square root of a number.

    >>> sym_sqrt(4)
    2.0
    """
    return a**0.5 if type(a) in (SymInt, SymFloat) else math.sqrt(a)


def sym_sum(args):
    """The sum of numbers.

    >>> sym_sum([1, 2])
    3
    """
    return sum(args)
