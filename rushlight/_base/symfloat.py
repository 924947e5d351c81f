"""SymFloat: a float that is a formula of unknown sizes, as ``1 / n`` or ``n ** -0.5``.

It is what dividing a `SymInt`, or computing with one and a float, gives.  Whoever needs
its value fixes all sizes in it (Note [Symbolic sizes] in symbols.py).
"""

import math
import operator

from rushlight._base.symint import SymInt

_WORDS = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "pow": "**"}


class SymFloat:
    """A float that is a formula of unknown sizes; ``isinstance(x, float)`` holds.

    Attributes:
        op: "add", "sub", "mul", "truediv" or "pow".
        args: two of SymFloat, SymInt, float and int.
        hint: its value for the hints.
    """

    __slots__ = ("op", "args", "hint")
    __class__ = property(lambda self: float)

    def __init__(self, op, x, y):
        self.op, self.args = op, (x, y)
        self.hint = getattr(operator, op)(_hint(x), _hint(y))

    def fixed(self):
        """The hint, on the condition that all sizes are as in it."""
        for arg in self.args:
            if type(arg) in (SymInt, SymFloat):
                arg.fixed()
        return self.hint

    def value(self, values):
        """Its value for these values of the symbols."""
        x, y = (_value(arg, values) for arg in self.args)
        return getattr(operator, self.op)(x, y)

    def text(self):
        """It as Python's text, in the names of the symbols."""
        x, y = map(text_of_number, self.args)
        return f"({x} {_WORDS[self.op]} {y})"

    @property
    def is_strict(self):
        """Whether a user's code runs, to which it is a plain float."""
        sizes = [a.sizes for a in self.args if type(a) is SymInt]
        inner = [a.is_strict for a in self.args if type(a) is SymFloat]
        return any(s.is_strict for s in sizes) or any(inner)

    def __neg__(self):
        return computed("mul", self, -1.0)

    def __pos__(self):
        return self

    def __float__(self):
        return self.fixed()

    def __int__(self):
        return int(self.fixed())

    __trunc__ = __int__

    def __bool__(self):
        return bool(self.fixed())

    def __abs__(self):
        return abs(self.fixed())

    def __round__(self, digits=None):
        return round(self.fixed(), digits)

    def __floor__(self):
        return math.floor(self.fixed())

    def __ceil__(self):
        return math.ceil(self.fixed())

    def __hash__(self):
        return hash(self.fixed()) if self.is_strict else hash((self.op, self.args))

    def __str__(self):
        return str(self.fixed()) if self.is_strict else self.text()

    __repr__ = __str__

    def __format__(self, how):
        return format(self.fixed(), how)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __reduce__(self):
        return float, (self.fixed(),)

    def __getattr__(self, name):
        if not hasattr(float, name):
            raise AttributeError(f"'float' object has no attribute '{name}'")
        return getattr(self.fixed(), name)


def _hint(x):
    return x.hint if type(x) in (SymInt, SymFloat) else x


def _value(x, values):
    if type(x) is SymInt:
        return x.sizes.value_of(x.terms, values)
    return x.value(values) if type(x) is SymFloat else x


def text_of_number(x):
    """A number as Python's text, in the names of the symbols."""
    if type(x) is SymInt:
        return f"({x.sizes.text(x.terms)})"
    if type(x) is SymFloat:
        return x.text()
    return repr(x) if math.isfinite(x) else f"float('{x}')"


def computed(op, x, y):
    """What an operation on two numbers gives, of which one is a formula.

    What divides must not be 0, and what is raised to a power must be above 0 for all
    values of the sizes: else it is asked, or fixed.
    """
    x, y = _plain(x), _plain(y)
    if op == "truediv" and not _is_positive(y):
        bool(y)
    if op == "pow" and not _is_positive(x):
        return _fixed(x) ** _fixed(y)
    return SymFloat(op, x, y)


def _plain(x):
    """A number as an int or a float of Python's own, or a formula."""
    if type(x) in (SymInt, SymFloat):
        return x
    return float(x) if isinstance(x, float) else operator.index(x)


def _is_positive(x):
    """Whether a number is surely above 0."""
    if type(x) is SymInt:
        return x.sizes.is_positive(x)
    if type(x) is SymFloat:
        needed = x.args[:1] if x.op == "pow" else x.args
        return x.op != "sub" and all(map(_is_positive, needed))
    return x > 0


def _fixed(x):
    return x.fixed() if type(x) in (SymInt, SymFloat) else x


def _is_real(x):
    return type(x) in (SymInt, SymFloat) or isinstance(x, (int, float))


def _method(op, is_turned):
    def method(self, other):
        if not _is_real(other):
            return NotImplemented
        return computed(op, other, self) if is_turned else computed(op, self, other)

    return method


def _comparison(name):
    function = getattr(operator, name)

    def method(self, other):
        if not _is_real(other) and not isinstance(other, complex):
            return NotImplemented
        return function(self.fixed(), _fixed(other))

    return method


def _reflected(name):
    function = getattr(operator, name)
    return lambda self, other: function(other, self.fixed())


for _op in _WORDS:
    setattr(SymFloat, f"__{_op}__", _method(_op, False))
    setattr(SymFloat, f"__r{_op}__", _method(_op, True))
for _op in ("eq", "ne", "lt", "le", "gt", "ge"):
    setattr(SymFloat, f"__{_op}__", _comparison(_op))
for _op in ("floordiv", "mod"):
    setattr(SymFloat, f"__{_op}__", _comparison(_op))
    setattr(SymFloat, f"__r{_op}__", _reflected(_op))
