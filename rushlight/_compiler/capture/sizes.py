"""Which sizes of a kind of call keep changing: those become symbolic.

# Note [When sizes become symbolic]
# The first two sets of sizes of a kind of call (a batch, and the last one of an epoch)
# are compiled each for itself, which is fastest.  With the third, the sizes that were
# not always the same become symbols (_base/symbols.py), and one entry serves them all:
# those of which its conditions hold.  Sizes that were always equal to each other are
# one symbol.  A size of 0 or 1 is never one: it means something else (broadcasting).
# Whole numbers among the arguments that keep changing are symbols too.  Whatever the
# function or the compiler needs to know exactly of a symbol is fixed, and compiled as
# before, for each value by itself.
"""

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


def changing(keys, at_once=False):
    """The numbers that change among keys of one kind, in groups that are always equal.

    Args:
        keys: the last is that of the present call.
        at_once: let every size of the present call count as one that changes.

    Returns:
        list of lists of (place, dimension or None).
    """
    groups, tables = {}, [numbers_of(key) for key in keys]
    for where, value in tables[-1].items():
        values = tuple([table[where] for table in tables])
        moves = len(set(values)) > 1 or (at_once and where[1] is not None)
        if value >= LEAST and moves:
            groups.setdefault((values, where[1] is None), []).append(where)
    return list(groups.values())


class Symbols:
    """Symbols in the places of one call's sizes.

    Args:
        groups: as `changing` gives them.
        leaves: of the call's arguments.

    Attributes:
        sizes: a new `Sizes`.
        groups: {number of a symbol: its places}.
        fixed: {(place, dimension or None): value} of all other sizes and numbers.
    """

    def __init__(self, groups, leaves, key):
        self.sizes, self.groups, self.shapes = Sizes(), groups, {}
        self.numbers, sized = {}, {}
        numbers = numbers_of(key)
        for group in groups:
            value = numbers[group[0]]
            symbol = self.sizes.symbol(value)
            for place, dim in group:
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
            place, dim = group[0]
            leaf = leaves[place]
            found.append(leaf if dim is None else leaf._array.shape[dim])
        return tuple(found)

    def fit(self, key):
        """Whether a call of this kind has the sizes that are not symbolic."""
        numbers = numbers_of(key)
        if any(numbers[where] != value for where, value in self.fixed.items()):
            return False
        return all(len({numbers[w] for w in group}) == 1 for group in self.groups)

    def why_fixed(self):
        """What the function or the compiler had to know of the symbols."""
        found = ", ".join(self.sizes.conditions())
        return f"it was asked whether {found}"

    def groups_after(self):
        """The groups after what was found to be equal, or None where that changes none.

        Symbols that were compared and found equal are one; one that was found equal to
        a number is none.
        """
        owner, fixed = list(range(len(self.groups))), set()
        for terms in self.sizes.equalities:
            symbols = self.sizes.symbols_of(terms)
            if symbols is not None and len(symbols) == 2 and _is_difference(terms):
                one, other = sorted(symbols)
                owner = [owner[one] if o == owner[other] else o for o in owner]
            elif symbols is None or len(symbols) == 1:
                fixed |= set(range(len(owner))) if symbols is None else symbols
        if not fixed and len(set(owner)) == len(owner):
            return None
        lost = {owner[number] for number in fixed}
        merged = {}
        for number, group in enumerate(self.groups):
            if owner[number] not in lost:
                merged.setdefault(owner[number], []).extend(group)
        return list(merged.values())


def _is_difference(terms):
    return sorted(factor for _, factor in terms) == [-1, 1] and all(
        len(atoms) == 1 for atoms, _ in terms
    )
