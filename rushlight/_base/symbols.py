"""Symbolic sizes: whole numbers of which only a formula in unknown sizes is known.

# Note [Symbolic sizes]
# A graph that is to serve many batch sizes or lengths is traced, and compiled, with
# `SymInt`s in the place of ints.  Adding, multiplying and dividing them makes formulas;
# whoever compares one gets the answer for its *hint* (an example of its value), and the
# answer is remembered as a condition: what was made holds for all sizes that give the
# same answers.  Who needs the number itself (an index of Python's, a float, a key)
# gets the hint, on the condition that the value is just that.  So nothing needs to know
# of symbols to be right; knowing of them only makes what it makes hold for more sizes.
#
# A formula is a sum of products of atoms, of which there are two kinds: the symbols
# (unknown sizes, at least 2), and rounded quotients that do not come out even.
"""

from rushlight._base.symfloat import SymFloat, text_of_number
from rushlight._base.symint import SymInt, hint_of, terms_of, text_of

#: What an unknown size is at least: sizes of 0 and 1 mean something of their own.
LEAST = 2
#: How far above its hint other values of a symbol are tried.
_BEYOND = range(8, 129)


class Sizes:
    """The unknown sizes of one trace, and what was taken for granted about them.

    Attributes:
        hints: of the symbols, in order.
        answers: {(relation, terms): bool}, where the relation is "<" or "==" to 0.
        is_strict: while a user's code runs: a symbol's text and hash are a number's.
    """

    def __init__(self):
        self.hints, self.answers, self.is_strict = [], {}, True
        self._atoms = []  # (text, hint, lower bound)
        self._keys, self._numbers = [], {}  # what each is, and the reverse
        self._least = {}  # of sums that were asked for

    def symbol(self, hint):
        """A new unknown size of at least 2, of which the hint is an example."""
        number = len(self.hints)
        self.hints.append(hint)
        return self._atom((number,), f"s{number}", hint, LEAST)

    def _atom(self, key, text, hint, least):
        if key not in self._numbers:
            self._numbers[key] = len(self._atoms)
            self._keys.append(key)
            self._atoms.append((text, hint, least))
        return SymInt(self, (((self._numbers[key],), 1),), hint)

    def quotient(self, above, below):
        """``above // below`` that does not come out even, as an atom."""
        key = "//", terms_of(above), terms_of(below)
        lowest, least = self.least(terms_of(above)), None
        if lowest is not None and lowest >= 0 and self.is_positive(below):
            least = 0 if type(below) is SymInt else lowest // below
        text = f"(({text_of(above)}) // ({text_of(below)}))"
        return self._atom(key, text, hint_of(above) // hint_of(below), least)

    def make(self, terms, hint):
        """The number of these terms, {product of atoms: factor}; an int if it is one.

        Args:
            terms: dict.
            hint: its value for the hints.
        """
        found = tuple(sorted((atoms, n) for atoms, n in terms.items() if n))
        if not found:
            return 0
        if len(found) == 1 and not found[0][0]:
            return found[0][1]
        return SymInt(self, found, hint)

    def least(self, terms):
        """A number that a sum is never below, or None.

        Each atom is taken as its lower bound and something from 0 on: where no product
        of those is subtracted, what is left without them is the bound.
        """
        if terms not in self._least:
            self._least[terms] = self._least_of(terms)
        return self._least[terms]

    def _least_of(self, terms):
        total = {}
        for atoms, factor in terms:
            parts = {(): factor}
            for atom in atoms:
                low = self._atoms[atom][2]
                if low is None:
                    return None
                grown = {}
                for above, n in parts.items():
                    grown[above] = grown.get(above, 0) + n * low
                    key = tuple(sorted((*above, atom)))
                    grown[key] = grown.get(key, 0) + n
                parts = grown
            for above, n in parts.items():
                total[above] = total.get(above, 0) + n
        constant = total.pop((), 0)
        return None if any(n < 0 for n in total.values()) else constant

    def is_positive(self, x):
        """Whether a number is surely above 0."""
        lowest = self.least(terms_of(x))
        return lowest is not None and lowest > 0

    def is_negative(self, x):
        """Whether a number is below 0, by its terms or by its hint (which is noted)."""
        if type(x) is not SymInt:
            return x < 0
        lowest = self.least(x.terms)
        if lowest is not None and lowest >= 0:
            return False
        if self.is_positive(-x):
            return True
        return self.answers.setdefault(("<", x.terms), x.hint < 0)

    def is_zero(self, x):
        """Whether a number is 0, likewise."""
        if type(x) is not SymInt:
            return x == 0
        if self.is_positive(x) or self.is_positive(-x):
            return False
        if x.terms[0][1] < 0:
            x = -x
        return self.answers.setdefault(("==", x.terms), x.hint == 0)

    def text(self, terms):
        """A sum as Python's text, in the names of the symbols."""
        parts = []
        for atoms, factor in reversed(terms):
            names = [self._atoms[atom][0] for atom in atoms]
            if factor != 1 or not names:
                names.insert(0, f"{factor}")
            parts.append(" * ".join(names))
        return " + ".join(parts).replace("+ -", "- ")

    # -------------------------------------------------------------------- conditions

    def tried(self, function):
        """What a function gives; None where it cannot do with symbols.

        Then it is as if it had not been called: what it asked was never asked.
        """
        before, equal = dict(self.answers), len(self.equalities)
        try:
            found = function()
        except Exception:  # noqa: BLE001 - whatever it meets, there is another way
            found = None
        if found is None or len(self.equalities) > equal:
            self.answers = before
            return None
        return found

    @property
    def equalities(self):
        """The terms that were found to be 0."""
        found = self.answers.items()
        return [terms for (kind, terms), yes in found if kind == "==" and yes]

    def symbols_of(self, terms):
        """The numbers of the symbols in a sum, those in its quotients too."""
        found = set()
        for atoms, _ in terms:
            for atom in atoms:
                key = self._keys[atom]
                if key[0] == "//":
                    found |= self.symbols_of(key[1]) | self.symbols_of(key[2])
                else:
                    found.add(key[0])
        return found

    def holds_elsewhere(self, terms, number):
        """Whether a sum that is 0 is so for a symbol's values well above its hint."""
        values, hint = list(self.hints), self.hints[number]
        for more in _BEYOND:
            values[number] = hint + more
            if self.value_of(terms, values) == 0:
                return True
        return False

    def is_symbol(self, atoms):
        """Whether a product is one symbol."""
        return len(atoms) == 1 and self._keys[atoms[0]][0] != "//"

    def conditions(self):
        """What was taken for granted, as Python's texts."""
        texts = []
        for (kind, terms), yes in self.answers.items():
            how = {"<": ("<", ">="), "==": ("==", "!=")}[kind][not yes]
            left = self.text([(atoms, n) for atoms, n in terms if n > 0])
            right = self.text([(atoms, -n) for atoms, n in terms if n < 0])
            texts.append(f"{left or 0} {how} {right or 0}")
        return texts

    def test(self):
        """A function of the symbols' values: whether all conditions hold."""
        least = [f"s{number} >= {LEAST}" for number in range(len(self.hints))]
        return self._function(" and ".join([*least, *self.conditions()]))

    def filled(self, thing):
        """A function of the symbols' values: a thing with ints for the formulas in it.

        Args:
            thing: formulas, in tuples and lists, beside anything else.
        """
        others = []

        def write(thing):
            if type(thing) in (SymInt, SymFloat):
                return text_of_number(thing)
            if type(thing) in (tuple, list):
                inside = "".join(f"{write(one)}, " for one in thing)
                return f"({inside})" if type(thing) is tuple else f"[{inside}]"
            others.append(thing)
            return f"others[{len(others) - 1}]"

        return self._function(write(thing), others)

    def value_of(self, terms, values):
        """A sum's value."""
        total = 0
        for atoms, factor in terms:
            for atom in atoms:
                key = self._keys[atom]
                if key[0] == "//":
                    above, below = (self.value_of(part, values) for part in key[1:])
                    factor *= above // below
                else:
                    factor *= values[key[0]]
            total += factor
        return total

    def _function(self, text, others=()):
        names = ", ".join(f"s{number}" for number in range(len(self.hints)))
        text = f"lambda {names}: {text}"  # of our own writing
        return eval(text, {"others": others})
