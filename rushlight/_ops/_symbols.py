"""Shared by the families: arrays of symbols, by which an eager rule is its lower rule.

# Note [Symbols]
# The kernels of special functions are long formulas, element by element, in the array
# namespace.  `lowered_by` runs such a kernel on a Symbol, which stands for one array
# and writes down the compiler's instructions instead of computing.  So the formula
# stands in one place.  A mask is always true somewhere; what a mask chooses stands
# where it stood, and what is written under a mask is chosen element by element.
"""

import math

import numpy

#: The compiler's names of what the namespace calls otherwise.
_RENAMED = {"maximum": "max", "minimum": "min", "rint": "round", "multiply": "mul"}
_RENAMED |= {"subtract": "sub"}
_SAME = frozenset(
    "add abs sqrt exp expm1 log log1p tanh erf sin cos floor ceil trunc".split()
)


class Symbol:
    """An array's stand-in: the expression of its elements.

    Attributes:
        k: the lowering.
        e: the expression at present; writing to the array changes it.
    """

    ndim, size, shape = 1, 1, (1,)

    def __init__(self, k, e):
        self.k, self.e = k, e

    @property
    def dtype(self):
        return numpy.dtype(self.k.NUMPY[self.e.dtype])

    def astype(self, dtype):
        return Symbol(self.k, self.k.cast(self.e, numpy.dtype(dtype)))

    def any(self):
        return True

    def copy(self):
        return Symbol(self.k, self.e)

    def reshape(self, *shape):
        return self

    def __getitem__(self, mask):
        return self.copy()

    def __setitem__(self, mask, value):
        value = self._typed(_bare(value))
        if mask is not Ellipsis:
            value = self.k.where(mask.e, value, self.e)
        self.e = value

    def _typed(self, value):
        """A value in this array's dtype and shape."""
        if not hasattr(value, "kind"):
            return self.k.const_like(value, self.e)
        return self.k.cast(value, self.e.dtype)

    def __invert__(self):
        return Symbol(self.k, self.k.not_(self.e))

    def __neg__(self):
        return Symbol(self.k, self.k.neg(self.e))

    def __pow__(self, power):
        if power == 2:
            return self * self
        return Symbol(self.k, self.k.pow(self.e, _bare(power)))


def _bare(value):
    return value.e if isinstance(value, Symbol) else value


def _instruction(k, name, *args):
    """An instruction; a product that is added is rounded once, with the sum."""
    if name == "add":
        for product, other in (args, args[::-1]):
            if getattr(product, "kind", None) == "mul" and product.dtype != "i64":
                return k.fma(*product.args, other)
    return getattr(k, name)(*args)


def _swapped(method):
    return lambda self, other: method(self, other, True)


def _binary(name):
    def method(self, other, reflected=False):
        pair = (other, self) if reflected else (self, other)
        return Symbol(self.k, _instruction(self.k, name, *map(_bare, pair)))

    return method


for _name in ("add", "sub", "mul", "truediv"):
    _method = _binary("div" if _name == "truediv" else _name)
    setattr(Symbol, f"__{_name}__", _method)
    setattr(Symbol, f"__r{_name}__", _swapped(_method))
for _name in ("lt", "le", "eq", "ne"):
    setattr(Symbol, f"__{_name}__", _binary(_name))
Symbol.__gt__ = lambda self, other: Symbol(self.k, self.k.lt(_bare(other), self.e))
Symbol.__ge__ = lambda self, other: Symbol(self.k, self.k.le(_bare(other), self.e))
Symbol.__and__ = _binary("and_")
Symbol.__or__ = _binary("or_")


class Symbols:
    """The array namespace of Symbols: the part that special functions use."""

    ndarray = Symbol

    def __init__(self, k):
        self.k = k

    def __getattr__(self, name):
        found = _RENAMED.get(name, name if name in _SAME else None)
        if found is None:  # no element-wise function, or one that nobody needed
            raise self.k.NotLowered

        def function(*args, out=None, casting=None):
            value = _instruction(self.k, found, *map(_bare, args))
            return self._into(out, value)

        return function

    def _into(self, out, value):
        if out is None:
            return Symbol(self.k, value)
        out[...] = value
        return out

    def where(self, mask, x, y):
        k, x, y = self.k, _bare(x), _bare(y)
        if not hasattr(x, "kind") and not hasattr(y, "kind"):
            x = k.const_like(x, k.cast(mask.e, "f64"))
        return Symbol(k, k.where(mask.e, x, y))

    def copyto(self, out, value, where, casting=None):
        out[where] = value

    def empty_like(self, x):
        return Symbol(self.k, self.k.const_like(0.0, x.e))

    zeros_like = empty_like

    def ones_like(self, x):
        return Symbol(self.k, self.k.const_like(1.0, x.e))

    def atleast_1d(self, x):
        return x

    asarray = atleast_1d

    def shape(self, x):
        return x.shape

    def clip(self, x, low, high):
        return self.minimum(self.maximum(x, low), high)

    def isnan(self, x):
        return x != x

    def isinf(self, x):
        return self.abs(x) == math.inf

    def isposinf(self, x):
        return x == math.inf

    def isfinite(self, x):
        return self.abs(x) < math.inf

    def fmod(self, x, y):
        return x - self.trunc(x / y) * y

    def tan(self, x):
        return self.sin(x) / self.cos(x)

    def copysign(self, x, sign, out=None):
        """Of a number or an array; the sign of a nan counts as plus."""
        size = self.abs(x) if isinstance(x, Symbol) else abs(x)
        negative = (sign < 0) | (1 / sign < 0)
        return self._into(out, self.where(negative, -size, size).e)

    def polyval(self, coefficients, x):
        total = self.zeros_like(x)
        for coefficient in coefficients:
            total = total * x + coefficient
        return total


def lowered_by(kernel, dtype=None):
    """The lower rule that a kernel of one array is (Note [Symbols]).

    Args:
        kernel: ``(np, array) -> array``, element by element.
        dtype: the label of the dtype to compute in; None for the operand's.
    """

    def lower(k, x):
        wide = Symbol(k, k.cast(x, dtype or x.dtype))
        found = kernel(Symbols(k), wide)
        return k.cast(found.e, x.dtype)

    return lower
