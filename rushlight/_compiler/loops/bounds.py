"""Bounds: the least and the greatest value of an integer expression over its loops.

# Note [Affine bounds]
# Places are sums of indices times constants.  The last block of a loop is often short,
# as in ``i < min(64, n - 64*b)``: there 64*b + i stays below n, which the ranges of b
# and i alone do not show.  So an index is bounded by each of the forms whose minimum
# its extent is, and the bounds are put in place of the indices from the innermost loop
# outwards; of the results the best counts.  A quotient or remainder of outer indices
# counts like an index of its own: so ``q = b % 4`` may number the parts of something.
"""

from rushlight._compiler.loops.ir import Const, Index, Instruction


class Bounds:
    """The loops around a statement.

    Args:
        sizes: {name: int} of the sizes that are known.
    """

    def __init__(self, sizes):
        self.sizes = sizes
        self.order = []  # names of indices, outermost first
        self.uppers = {}  # name -> affine forms whose minimum is the extent

    def inside(self, index, extent):
        """The bounds in a loop's body."""
        inner = Bounds(self.sizes)
        inner.order = [*self.order, index]
        inner.uppers = {**self.uppers, index: self.forms(extent)}
        return inner

    def is_empty(self):
        """Whether some loop never runs, as far as is known."""
        tops = (self.top_of_forms(self.uppers[index]) for index in self.order)
        return any(top is not None and top <= 0 for top in tops)

    def forms(self, extent):
        """Affine forms of which an extent, where it is positive, is not above any."""
        if isinstance(extent, (int, str)):
            form = self.affine(extent)
            return [] if form is None else [form]
        if isinstance(extent, Instruction) and extent.op in ("min", "max"):
            left, right = map(self.forms, extent.args)
            if extent.op == "min":
                return left + right
            for one, other in ((left, right), (right, left)):
                top = self.top_of_forms(one)
                if top is not None and top <= 0:
                    return other
            top = self.range(extent)[1]
            return [] if top is None else [({}, top)]
        form = self.affine(extent)
        if form is not None:
            return [form]
        top = self.range(extent)[1]
        return [] if top is None else [({}, top)]

    def affine(self, value):
        """``({index: step}, constant)``, or None where a value is no such form."""
        if isinstance(value, int):
            return {}, value
        if isinstance(value, str):
            known = self.sizes.get(value)
            return None if known is None else ({}, known)
        if isinstance(value, Const):
            return {}, int(value.value)
        if isinstance(value, Index):
            if value.name in self.uppers:
                return {value.name: 1}, 0
            return self.affine(value.name)
        if not isinstance(value, Instruction):
            return None
        if value.op in ("floordiv", "remainder"):
            return {value: 1}, 0
        if value.op not in ("add", "sub", "mul"):
            return None
        left, right = map(self.affine, value.args)
        if left is None or right is None:
            return None
        if value.op == "mul":
            if left[0] and right[0]:
                return None
            form, factor = (left, right[1]) if left[0] else (right, left[1])
            return _scaled(form, factor)
        return _sum(left, right if value.op == "add" else _scaled(right, -1))

    def top_of_forms(self, forms):
        """The greatest value of the minimum of forms, or None."""
        tops = [self.top(form) for form in forms]
        return min((top for top in tops if top is not None), default=None)

    def top(self, form):
        """An upper bound of an affine form, or None (Note [Affine bounds])."""
        steps, constant = form
        index = next((i for i in reversed(self.order) if steps.get(i)), None)
        if index is None:
            return self.top_of_atoms(steps, constant)
        step = steps[index]
        rest = {i: s for i, s in steps.items() if i != index}, constant
        if step < 0:
            return self.top(rest)
        tops = [
            self.top(_sum(rest, _scaled((upper[0], upper[1] - 1), step)))
            for upper in self.uppers[index]
        ]
        return min((top for top in tops if top is not None), default=None)

    def top_of_atoms(self, steps, constant):
        """An upper bound of a form without indices: of quotients and remainders."""
        for atom, step in steps.items():
            if step:
                low, high = self.range_of_atom(atom)
                end = high if step > 0 else low
                if end is None:
                    return None
                constant += step * end
        return constant

    def range_of_form(self, form):
        """(least, greatest) of an affine form; None where one is not known."""
        bottom = self.top(_scaled(form, -1))
        return None if bottom is None else -bottom, self.top(form)

    def range(self, value):
        """(least, greatest) of an integer expression; None where one is not known."""
        form = self.affine(value)
        if form is not None:
            return self.range_of_form(form)
        if not isinstance(value, Instruction):
            return None, None
        return self.range_of_atom(value)

    def range_of_atom(self, value):
        """As `range`, of an instruction by itself."""
        if value.op == "remainder":
            divisor = self.affine(value.args[1])
            known = divisor is not None and not divisor[0] and divisor[1] > 0
            return (0, divisor[1] - 1) if known else (None, None)
        rule = _RULES.get(value.op)
        if rule is None:
            return None, None
        args = value.args[1:] if value.op == "where" else value.args
        return rule(*(self.range(arg) for arg in args))

    def place(self, what):
        """(least, greatest) place of an access; None where one is not known."""
        form = {}, what.offset
        for index, step in what.strides:
            form = _sum(form, ({index: step}, 0))
        if what.at is None:
            return self.range_of_form(form)
        own = self.affine(what.at)
        if own is not None:
            return self.range_of_form(_sum(form, own))
        return _add(self.range_of_form(form), self.range(what.at))


def _sum(left, right):
    steps = dict(left[0])
    for index, step in right[0].items():
        steps[index] = steps.get(index, 0) + step
    return steps, left[1] + right[1]


def _scaled(form, factor):
    return {index: step * factor for index, step in form[0].items()}, form[1] * factor


def _both(function):
    """A function of two numbers, None where one is not known."""
    return lambda x, y: None if x is None or y is None else function(x, y)


def _add(x, y):
    add = _both(lambda a, b: a + b)
    return add(x[0], y[0]), add(x[1], y[1])


def _subtract(x, y):
    take = _both(lambda a, b: a - b)
    return take(x[0], y[1]), take(x[1], y[0])


def _multiply(x, y):
    if None in (*x, *y):
        return None, None
    products = [a * b for a in x for b in y]
    return min(products), max(products)


def _floor_divide(x, y):
    if None in (*x, *y) or y[0] <= 0:
        return None, None
    quotients = [a // b for a in x for b in y]
    return min(quotients), max(quotients)


def _least(x, y):
    tops = [top for top in (x[1], y[1]) if top is not None]
    return _both(min)(x[0], y[0]), min(tops, default=None)


def _greatest(x, y):
    bottoms = [bottom for bottom in (x[0], y[0]) if bottom is not None]
    return max(bottoms, default=None), _both(max)(x[1], y[1])


def _union(x, y):
    return _both(min)(x[0], y[0]), _both(max)(x[1], y[1])


_RULES = {
    "add": _add,
    "sub": _subtract,
    "mul": _multiply,
    "floordiv": _floor_divide,
    "min": _least,
    "max": _greatest,
    "where": _union,
}
