"""Which sizes of a kind of call keep changing: those become symbolic.

# Note [When sizes become symbolic]
# The first two sets of sizes of a kind of call (a batch, and the last one of an epoch)
# are compiled each for itself, which is fastest.  With the third, the sizes that were
# not always the same become symbols (_base/symbols.py), and one entry serves them all:
# those of which its conditions hold.  Sizes that were always equal to each other are
# one symbol.  A size of 0 or 1 is never one: it means something else (broadcasting).
# Whole numbers among the arguments that keep changing are symbols too.
#
# A symbol that turns out to be equal to a number may be so by chance, as a batch of 32
# is to 32 channels: the function is traced again with a number beside it as the hint.
# If that is equal too, or leads to an error, the size has to be known: it is no symbol
# then, and calls are compiled as before, for each value by itself.
"""

import weakref
from typing import NamedTuple

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._base.symbols import LEAST, Sizes

#: Sets of sizes that are compiled each for itself before.
FEW = 2


def kind_of(key):
    """A key in which sizes of tensors and whole numbers do not count."""
    plan, mode, dtype, parts = key
    return plan, mode, dtype, tuple([_kind(part) for part in parts])


def _kind(part):
    if part[0].__class__ is tuple:
        return len(part[0]), *part[1:]
    return int if part[0] is int else part


def numbers_of(key):
    """{(place, dimension or None): value} of a key's sizes and whole numbers."""
    found = {}
    for place, part in enumerate(key[-1]):
        if part[0].__class__ is tuple:
            for dim, size in enumerate(part[0]):
                found[place, dim] = size
        elif part[0] is int:
            found[place, None] = part[1]
    return found


#: {id of a tensor: (a weak reference to it, {dimension: Mark})}.
_MARKS = {}


class FixedSize(ArgumentRuntimeError):
    """A size that was said to be symbolic has to be known."""


class Mark(NamedTuple):
    """What a user said of a size: whether it changes, and is to be symbolic surely."""

    changes: bool
    surely: bool = False


def mark(tensor, dim, said):
    """Remember a `Mark` of a tensor's size for as long as the tensor lives."""
    known = _MARKS.get(id(tensor))
    if known is None or known[0]() is not tensor:
        number = id(tensor)
        dead = weakref.ref(tensor, lambda _: _MARKS.pop(number, None))
        known = _MARKS[number] = dead, {}
    known[1][dim] = said


def marks_of(leaves):
    """{(place, dimension): Mark} of a call's leaves."""
    found = {}
    for place, leaf in enumerate(leaves) if _MARKS else ():
        known = _MARKS.get(id(leaf))
        if known is not None and known[0]() is leaf:
            found |= {(place, dim): said for dim, said in known[1].items()}
    return found


def check_marks(marks, symbols, name, reason):
    """Refuse a call where a size that surely is to be symbolic is not.

    Args:
        marks: as `marks_of` gives them.
        symbols: Symbols, or None where there are none.
        name: of the function.
        reason: why sizes are fixed.

    Raises:
        FixedSize: a RuntimeError.
    """
    names = symbols.names() if symbols else {}
    for (place, dim), said in marks.items():
        if said.surely and (place, dim) not in names:
            raise FixedSize(
                explain(
                    f"mark_dynamic() and {name}",
                    expected=f"size {dim} of argument {place} to be symbolic",
                    got=f"a function for which it is fixed: {reason}",
                    do="Change the function, or call maybe_mark_dynamic().",
                )
            )


def changing(keys, at_once=False, marks=None):
    """The numbers that change among keys of one kind, in groups that are always equal.

    Args:
        keys: the last is that of the present call.
        at_once: let every size of the present call count as one that changes.
        marks: what users said, as `marks_of` gives it.

    Returns:
        list of Group.
    """
    groups, tables = {}, [numbers_of(key) for key in keys]
    for where, value in tables[-1].items():
        values = tuple([table[where] for table in tables])
        moves = len(set(values)) > 1 or (at_once and where[1] is not None)
        if marks and where in marks:
            moves = marks[where].changes
        if value >= LEAST and moves:
            groups.setdefault((values, where[1] is None), []).append(where)
    return [Group(tuple(places)) for places in groups.values()]


def is_any_small(keys, at_once=False):
    """Whether a number that changes is no symbol in the present call for being 0 or 1.

    Then another call may have symbols although this one has none.

    Args:
        keys, at_once: as in `changing`.
    """
    tables = [numbers_of(key) for key in keys]
    small = [where for where, value in tables[-1].items() if value < LEAST]
    return any(
        (at_once and where[1] is not None) or len({t[where] for t in tables}) > 1
        for where in small
    )


class Group(NamedTuple):
    """Numbers of a call that one symbol stands for.

    Attributes:
        places: of (place, dimension or None).
        moved: 0 where the hint is the present value; else it is a number beside it, and
            this says as how many-th of the groups it was moved.
    """

    places: tuple
    moved: int = 0

    def parts(self, times):
        """Groups of the same places that each are one dimension; none if it is one.

        All but the first are moved, or they would be found equal again.
        """
        parts = {}
        for place, dim in self.places:
            parts.setdefault(dim, []).append((place, dim))
        if len(parts) < 2:
            return []
        return [Group(tuple(p), times * (k > 0)) for k, p in enumerate(parts.values())]


class Symbols:
    """Symbols in the places of one call's sizes.

    Args:
        groups: as `changing` gives them.
        leaves: of the call's arguments.

    Attributes:
        sizes: a new `Sizes`.
        groups: of each symbol.
        fixed: {(place, dimension or None): value} of all other sizes and numbers.
    """

    def __init__(self, groups, leaves, key):
        self.sizes, self.groups, self.shapes = Sizes(), groups, {}
        self.numbers, sized = {}, {}
        numbers = numbers_of(key)
        for places, moved in groups:
            value = numbers[places[0]]
            near = value - 1 if value > LEAST else value + 1
            symbol = self.sizes.symbol(near if moved else value)
            for place, dim in places:
                del numbers[place, dim]
                if dim is None:
                    self.numbers[place] = symbol
                else:
                    sized.setdefault(place, {})[dim] = symbol
        self.fixed = numbers
        for place, dims in sized.items():
            array = leaves[place]._array
            shape = [dims.get(d, size) for d, size in enumerate(array.shape)]
            self.shapes[id(array)] = tuple(shape)

    def replace(self, leaves):
        """The leaves with symbols for the whole numbers that change."""
        return [self.numbers.get(place, leaf) for place, leaf in enumerate(leaves)]

    def values(self, leaves):
        """The symbols' values in a call."""
        found = []
        for group in self.groups:
            place, dim = group.places[0]
            leaf = leaves[place]
            found.append(leaf if dim is None else leaf._array.shape[dim])
        return tuple(found)

    def fit(self, key):
        """Whether a call of this kind has the sizes that are not symbolic."""
        numbers = numbers_of(key)
        if any(numbers[where] != value for where, value in self.fixed.items()):
            return False
        return all(
            len({numbers[place] for place in group.places}) == 1
            for group in self.groups
        )

    def names(self):
        """{(place, dimension or None): name of its symbol}."""
        pairs = enumerate(self.groups)
        return {where: f"s{n}" for n, group in pairs for where in group.places}

    def why_fixed(self):
        """What the function or the compiler had to know of the symbols."""
        found = ", ".join(self.sizes.conditions())
        return f"it was asked whether {found}"

    def _is_difference(self, terms):
        """Whether a sum is one symbol less another."""
        factors = sorted(factor for _, factor in terms)
        return factors == [-1, 1] and all(
            self.sizes.is_symbol(atoms) for atoms, _ in terms
        )

    def groups_after(self):
        """The groups after what was found to be equal, or None where that changes none.

        Symbols that were compared and found equal are one; one that was found equal to
        a number is to have another hint, and none if it had.  Where other values do,
        too (those that 2 divides), that is a condition like others.
        """
        owner, fixed = list(range(len(self.groups))), set()
        for terms in self.sizes.equalities:
            symbols = self.sizes.symbols_of(terms)
            if len(symbols) == 1:
                if not self.sizes.holds_elsewhere(terms, *symbols):
                    fixed |= symbols
            elif len(symbols) == 2 and self._is_difference(terms):
                one, other = sorted(symbols)
                owner = [owner[one] if o == owner[other] else o for o in owner]
        if not fixed and len(set(owner)) == len(owner):
            return None
        found = {}
        for number, group in enumerate(self.groups):
            known = found.get(owner[number], Group(()))
            places, moved = known.places + group.places, max(known.moved, group.moved)
            found[owner[number]] = Group(places, moved)
        fixed = {owner[number] for number in fixed}
        times = 1 + max(group.moved for group in found.values())
        gone = [found.pop(number) for number in fixed if found[number].moved]
        again = [part for group in gone for part in group.parts(times)]
        still = [number for number in fixed if number in found]
        if still:  # one at a time: it may be this one that leads to an error
            found[still[0]] = found[still[0]]._replace(moved=times)
        return [*found.values(), *again]


def without_last_moved(groups):
    """The groups but for the one whose hint was moved last; none where none was."""
    last = max(group.moved for group in groups)
    if not last:
        return []
    kept = [group for group in groups if group.moved != last]
    gone = [group for group in groups if group.moved == last]
    return kept + [part for group in gone for part in group.parts(last + 1)]
