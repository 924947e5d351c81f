"""SymInt: a whole number that is a formula of unknown sizes (Note in symbols.py)."""

import math
import operator

import numpy as np


class SymInt:
    """A whole number that is a formula of unknown sizes.

    See Note [Symbolic sizes] in symbols.py.
    ``isinstance(n, int)`` holds for it, and it does all that an int does.

    Attributes:
        sizes: the unknown sizes that it is made of.
        terms: ((atoms, factor), ...), sorted: the sum of the products.
        hint: its value for the hints.
    """

    __slots__ = ("sizes", "terms", "hint")
    __class__ = property(lambda self: int)

    def __init__(self, sizes, terms, hint):
        self.sizes, self.terms, self.hint = sizes, terms, hint

    def fixed(self):
        """The hint, on the condition that the value is that."""
        self.sizes.is_zero(self - self.hint)
        return self.hint

    # ------------------------------------------------------------------- arithmetic

    def __add__(self, other):
        if not _is_whole(other):
            return _with_float("add", self, other)
        if type(other) is not SymInt:
            return self._plus(operator.index(other))
        terms = dict(self.terms)
        for atoms, factor in other.terms:
            terms[atoms] = terms.get(atoms, 0) + factor
        return self.sizes.make(terms, self.hint + other.hint)

    def __mul__(self, other):
        if not _is_whole(other):
            if isinstance(other, (str, list, tuple)):
                return self.fixed() * other
            return _with_float("mul", self, other)
        if type(other) is not SymInt:
            return self._times(operator.index(other))
        terms = {}
        for mine, n in self.terms:
            for theirs, m in other.terms:
                atoms = tuple(sorted(mine + theirs))
                terms[atoms] = terms.get(atoms, 0) + n * m
        return self.sizes.make(terms, self.hint * other.hint)

    def __neg__(self):
        return self._times(-1)

    def _plus(self, number):
        """The sum with an int, whose term is the first one."""
        if not number:
            return self
        terms, constant = self.terms, number
        if not terms[0][0]:
            constant, terms = terms[0][1] + number, terms[1:]
        terms = (((), constant), *terms) if constant else terms
        return SymInt(self.sizes, terms, self.hint + number)

    def _times(self, number):
        """The product with an int."""
        if number == 1 or not number:
            return self if number else 0
        terms = tuple([(atoms, factor * number) for atoms, factor in self.terms])
        return SymInt(self.sizes, terms, self.hint * number)

    def __sub__(self, other):
        if not _is_whole(other):
            return _with_float("sub", self, other)
        return self + -other

    def __rsub__(self, other):
        if not _is_whole(other):
            return _with_float("sub", other, self)
        return -self + other

    __radd__, __rmul__ = __add__, __mul__

    def __floordiv__(self, other):
        if not _is_whole(other):
            return self.fixed() // other
        return _divided(self.sizes, self, other)

    def __rfloordiv__(self, other):
        if not _is_whole(other):
            return other // self.fixed()
        return _divided(self.sizes, other, self)

    def __mod__(self, other):
        if not _is_whole(other):
            return self.fixed() % other
        return self - self // other * other

    def __rmod__(self, other):
        if not _is_whole(other):  # also a text with a place for it
            return other % self.fixed()
        return other - other // self * self

    def __divmod__(self, other):
        if not _is_whole(other):
            return divmod(self.fixed(), other)
        return self // other, self % other

    def __rdivmod__(self, other):
        if not _is_whole(other):
            return divmod(other, self.fixed())
        return other // self, other % self

    def __pow__(self, power, modulo=None):
        if modulo is None and type(power) is int and 0 <= power <= 8:
            return math.prod([self] * power)
        if modulo is None and (isinstance(power, float) or power < 0):
            return _with_float("pow", self, power)
        return pow(self.fixed(), fixed(power), fixed(modulo))

    def __rpow__(self, base, modulo=None):
        if isinstance(base, float):
            return _with_float("pow", base, self)
        return base ** self.fixed()

    def __truediv__(self, other):
        return _with_float("truediv", self, other)

    def __rtruediv__(self, other):
        return _with_float("truediv", other, self)

    def __pos__(self):
        return self

    def __invert__(self):
        return -self - 1

    __trunc__ = __floor__ = __ceil__ = __copy__ = __pos__

    def __round__(self, digits=None):
        return self if digits is None or digits >= 0 else round(self.fixed(), digits)

    def __abs__(self):
        return -self if self < 0 else self

    def __deepcopy__(self, memo):
        return self

    def __reduce__(self):
        return int, (self.fixed(),)

    # ------------------------------------------------------------------- comparisons

    def __eq__(self, other):
        if not _is_whole(other):
            return _compared(operator.eq, self, other)
        if type(other) is SymInt and other.sizes is not self.sizes:
            return False
        return self.sizes.is_zero(self - other)

    def __lt__(self, other):
        if not _is_whole(other):
            return _compared(operator.lt, self, other)
        return self.sizes.is_negative(self - other)

    def __gt__(self, other):
        if not _is_whole(other):
            return _compared(operator.gt, self, other)
        return self.sizes.is_negative(other - self)

    def __le__(self, other):
        found = self.__gt__(other)
        return found if found is NotImplemented else not found

    def __ge__(self, other):
        found = self.__lt__(other)
        return found if found is NotImplemented else not found

    def __bool__(self):
        return not self.sizes.is_zero(self)

    # ------------------------------------------------------ where a number is needed

    def __index__(self):
        return self.fixed()

    __int__ = __index__

    def __float__(self):
        return float(self.fixed())

    def __complex__(self):
        return complex(self.fixed())

    def __hash__(self):
        if self.sizes.is_strict:
            return hash(self.fixed())
        return hash((id(self.sizes), self.terms))

    def __str__(self):
        return str(self.fixed()) if self.sizes.is_strict else text_of(self)

    __repr__ = __str__

    def __format__(self, how):
        return (
            format(self.fixed(), how) if how or self.sizes.is_strict else text_of(self)
        )

    def __getattr__(self, name):
        if not hasattr(int, name):
            raise AttributeError(f"'int' object has no attribute '{name}'")
        return getattr(self.fixed(), name)


def _with_float(op, x, y):
    """What is a float (symfloat.py); what is no number has its own say."""
    from rushlight._base.symfloat import computed

    if isinstance(x, (int, float)) and isinstance(y, (int, float)):
        return computed(op, x, y)
    return NotImplemented


def _compared(function, x, other):
    """A comparison with a float, which fixes both."""
    if isinstance(other, float):
        return function(x.fixed(), float(other))
    return function(x.fixed(), other) if isinstance(other, complex) else NotImplemented


def _by_number(name, is_turned):
    function = getattr(operator, name)

    def method(self, other):
        pair = (other, self.fixed()) if is_turned else (self.fixed(), other)
        return function(*map(fixed, pair))

    return method


for _name in "and_ or_ xor lshift rshift".split():
    _plain = _name.strip("_")
    setattr(SymInt, f"__{_plain}__", _by_number(_name, False))
    setattr(SymInt, f"__r{_plain}__", _by_number(_name, True))


def is_symbolic(x):
    """Whether a number is a `SymInt`."""
    return type(x) is SymInt


def hint_of(x):
    """An example of a number's value: for choices that are right for any value."""
    return x.hint if type(x) is SymInt else x


def fixed(x):
    """A `SymInt`'s value, which is fixed by that; anything else as it is."""
    return x.fixed() if type(x) is SymInt else x


def _is_whole(x):
    return type(x) is SymInt or isinstance(x, (int, np.integer))


def terms_of(x):
    if type(x) is SymInt:
        return x.terms
    x = operator.index(x)
    return (((), x),) if x else ()


def text_of(x):
    return x.sizes.text(x.terms) if type(x) is SymInt else str(x)


def _divided(sizes, above, below):
    """``above // below``: what comes out even, and an atom for the rest."""
    if type(below) is not SymInt:
        below = operator.index(below)
        if below == 0:
            raise ZeroDivisionError("integer division or modulo by zero")
        if below < 0:
            return _divided(sizes, -above, -below)
    elif not below:
        raise ZeroDivisionError("integer division or modulo by zero")
    terms = terms_of(above)
    if terms and all(n < 0 for _, n in terms) and sizes.is_positive(below):
        # what is positive, rounded up
        return -_divided(sizes, below - 1 - above, below)
    even, rest = _split(sizes, above, below)
    if type(rest) is not SymInt and type(below) is SymInt and rest > 0:
        lowest = sizes.least(below.terms)
        if lowest is not None and lowest > rest:  # less than one of it
            return even
    if type(rest) is not SymInt and (type(below) is not SymInt):
        return even + rest // below
    if type(rest) is not SymInt and rest == 0:
        return even
    return even + sizes.quotient(rest, below)


def _split(sizes, above, below):
    """(quotient, rest) of what comes out even; (0, all) for a divisor of many terms."""
    divisor = terms_of(below)
    if len(divisor) > 1:
        first, lead = terms_of(above)[:1], divisor[:1]
        if first and first[0][0] == lead[0][0] and first[0][1] % lead[0][1] == 0:
            times = first[0][1] // lead[0][1]
            if terms_of(above - below * times) == ():
                return times, 0
        return 0, above
    ((atoms, by),) = divisor
    even, rest = 0, 0
    for mine, factor in terms_of(above):
        left = list(mine)
        try:
            for atom in atoms:
                left.remove(atom)
        except ValueError:
            rest = rest + _number(sizes, mine, factor)
            continue
        whole, over = divmod(factor, by) if not atoms else (factor // by, 0)
        if atoms and factor % by:
            rest = rest + _number(sizes, mine, factor)
            continue
        even = even + _number(sizes, tuple(left), whole)
        rest = rest + _number(sizes, mine, over)
    return even, rest


def _number(sizes, atoms, factor):
    hint = factor
    for atom in atoms:
        hint *= sizes._atoms[atom][1]
    return sizes.make({atoms: factor}, hint)
