"""Expressions: a graph in primitives, as a DAG of values without names.

# Note [Primitives]
# input     the place among the graph's inputs
# const     a number, of no dimensions
# number    one that is known at each call: a formula of symbolic sizes
# iota      the position along a dimension
# <instruction>  of the loop language, on operands of one shape; cast too
# permute expand reshape slice   index maps: nothing is computed
# reduce    add, mul, max or min over some dimensions, which are dropped
# gather    rows of a table by an index: table[index]
# place     the inverse of a slice: zeros with an array at regular places
# product   (B, m, k) x (B, k, n); B may be 1 for the second
# join      `part`s along a dimension: each is written to its place in the whole
# library   an op of the table, run by its eager rule; `item` is one of its results
# routine   an op of the table as tasks (_compiler/routines); `item` as above
# Equal expressions are one object, so common subexpressions are computed once.
"""

from rushlight._base.shape import broadcast_shapes
from rushlight._base.sized import are_same
from rushlight._compiler.loops.ir import COMPARISONS, INSTRUCTIONS, LOGICAL

VIEWS = frozenset({"permute", "expand", "reshape", "slice"})
POINTWISE = frozenset(INSTRUCTIONS)
#: Kinds of expressions that views can show and that are not computed from others.
ADDRESSLESS = frozenset({"const", "number", "iota", "gather"})
#: Dtypes of a "number".
_NUMBERS = frozenset({"i64", "f32", "f64"})


class Expr:
    """One value: kind, operands, shape, dtype, and what else the kind needs."""

    __slots__ = ("kind", "args", "shape", "dtype", "data", "number")

    def __init__(self, kind, args, shape, dtype, data, number):
        self.kind, self.args, self.shape = kind, args, shape
        self.dtype, self.data, self.number = dtype, data, number

    @property
    def ndim(self):
        return len(self.shape)

    @property
    def size(self):
        count = 1
        for size in self.shape:
            count *= size
        return count

    def __repr__(self):
        args = ", ".join(f"%{a.number}" for a in self.args)
        data = "" if self.data is None else f" {self.data}"
        shape = ",".join(map(str, self.shape))
        return f"%{self.number}: {self.dtype}[{shape}] = {self.kind}({args}){data}"


class Expressions:
    """Makes expressions, each once (hash consing), simplified as they are made."""

    def __init__(self):
        self._known = {}
        self.all = []

    def make(self, kind, args, shape, dtype, data=None):
        """The expression of these parts."""
        shape = tuple(shape)
        key = kind, tuple([a.number for a in args]), shape, dtype, data
        found = self._known.get(key)
        if found is None:
            found = Expr(kind, tuple(args), shape, dtype, data, len(self.all))
            self._known[key] = found
            self.all.append(found)
        return found

    # ---------------------------------------------------------------------- index maps

    def permute(self, x, dims):
        """The dimensions in another order."""
        if tuple(dims) == tuple(range(x.ndim)):
            return x
        if x.kind == "permute":
            return self.permute(x.args[0], [x.data[d] for d in dims])
        shape = [x.shape[d] for d in dims]
        return self.make("permute", [x], shape, x.dtype, tuple(dims))

    def reshape(self, x, shape):
        """The same elements in row-major order."""
        shape = tuple(shape)
        if are_same(shape, x.shape):
            return x
        if x.kind == "reshape":
            return self.reshape(x.args[0], shape)
        if x.kind in ("const", "number"):
            return self.expand(x, shape)
        return self.make("reshape", [x], shape, x.dtype)

    def expand(self, x, shape):
        """Dimensions of size 1, and new ones in front, repeated."""
        shape = tuple(shape)
        if are_same(shape, x.shape):
            return x
        if x.kind == "expand":
            return self.expand(x.args[0], shape)
        return self.make("expand", [x], shape, x.dtype)

    def slice(self, x, starts, sizes, steps):
        """``x[start : start + size * step : step]`` in each dimension."""
        if are_same(sizes, x.shape) and not any(starts) and set(steps) <= {1}:
            return x
        data = tuple(starts), tuple(steps)
        return self.make("slice", [x], sizes, x.dtype, data)

    # ----------------------------------------------------------------------- computing

    def const(self, value, dtype):
        """A number."""
        if dtype == "i64":
            value = int(value)
        elif dtype == "bool":
            value = bool(value)
        else:
            value = float(value)
        return self.make("const", [], (), dtype, _Number(value))

    def number(self, value, dtype):
        """A number of symbolic sizes (Note [Symbolic sizes] in _base/symbols.py)."""
        return self.make("number", [], (), dtype, value)

    def iota(self, shape, dim):
        """The position along a dimension, in a shape."""
        return self.make("iota", [], shape, "i64", dim)

    def cast(self, x, dtype):
        """Another dtype."""
        if x.dtype == dtype:
            return x
        if x.kind == "const":
            return self.const(x.data.value, dtype)
        if x.kind == "number" and dtype in _NUMBERS:
            return self.number(x.data, dtype)
        if x.kind in VIEWS:  # views last: they fold into the consumer
            inner = self.cast(x.args[0], dtype)
            return self.make(x.kind, [inner], x.shape, dtype, x.data)
        return self.make("cast", [x], x.shape, dtype)

    def pointwise(self, op, *args):
        """An instruction on operands of one dtype, broadcast."""
        shape = broadcast_shapes(*[a.shape for a in args])
        simple = self._simplified(op, args, shape)
        if simple is not None:
            return simple
        if op in COMPARISONS or op in LOGICAL:
            dtype = "bool"
        else:
            dtype = args[-1].dtype
        return self.make(op, [self.expand(a, shape) for a in args], shape, dtype)

    def _simplified(self, op, args, shape):
        """A simpler expression of exactly the same values, or None."""
        if op == "mul":
            for one, other in (args, args[::-1]):
                if _is_number(one, 1):
                    return self.expand(other, shape)
        elif op in ("div", "pow") and _is_number(args[1], 1):
            return self.expand(args[0], shape)
        elif op == "sub" and _is_number(args[1], 0):
            return self.expand(args[0], shape)
        elif op == "pow" and _is_number(args[1], 2):
            return self.pointwise("mul", args[0], args[0])
        elif op == "neg" and args[0].kind == "neg":
            return args[0].args[0]
        return None

    def reduce(self, kind, x, dims):
        """Combine over some dimensions, which are dropped."""
        dims = tuple(sorted(dims))
        if not dims:
            return x
        shape = [size for d, size in enumerate(x.shape) if d not in dims]
        if all(x.shape[d] == 1 for d in dims):
            return self.reshape(x, shape)
        return self.make("reduce", [x], shape, x.dtype, (kind, dims))

    def gather(self, table, index):
        """``table[index]``: rows; the index must be inside."""
        shape = index.shape + table.shape[1:]
        return self.make("gather", [table, index], shape, table.dtype)

    def place(self, x, shape, starts, steps):
        """Zeros of a shape with ``x`` at ``[start : start + size * step : step]``."""
        if are_same(x.shape, shape):
            return x
        steps = [1 if size == 1 else step for size, step in zip(x.shape, steps)]
        return self.make("place", [x], shape, x.dtype, (tuple(starts), tuple(steps)))

    def product(self, a, b):
        """(B, m, k) x (B, k, n)."""
        shape = a.shape[:-1] + b.shape[-1:]
        return self.make("product", [a, b], shape, a.dtype)

    def join(self, xs, dim, dtype):
        """Joined along a dimension."""
        sizes = [x.shape[dim] for x in xs]
        shape = (*xs[0].shape[:dim], sum(sizes), *xs[0].shape[dim + 1 :])
        numbers, parts, start = tuple([x.number for x in xs]), [], 0
        for x, size in zip(xs, sizes, strict=True):
            data = shape, dim, start, numbers
            parts.append(self.make("part", [x], x.shape, dtype, data))
            start += size
        return self.make("join", parts, shape, dtype, dim)

    def library(self, node, args, specs):
        """An op run by its eager rule; its results."""
        return self._items(self.make("library", args, (), "none", Whole(node)), specs)

    def routine(self, node, routine, args, specs, offsets):
        """An op run as a Routine; its results."""
        whole = Whole(node, routine, tuple(offsets))
        return self._items(self.make("routine", args, (), "none", whole), specs)

    def _items(self, whole, specs):
        return [
            self.make("item", [whole], shape, dtype, place)
            for place, (shape, dtype) in enumerate(specs)
        ]


class _Number:
    """A number that differs from its equal of another sign or type (0.0, -0.0, 0)."""

    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value

    def __hash__(self):
        return hash(repr(self.value))

    def __eq__(self, other):
        return repr(self.value) == repr(other.value)

    def __repr__(self):
        return repr(self.value)


class Whole:
    """An op that is run as a whole: equal only to itself.

    Attributes:
        node: of the graph.
        routine: its Routine, or None for a library call.
        offsets: for each operand of a routine, at which element it begins.
    """

    __slots__ = ("node", "routine", "offsets")

    def __init__(self, node, routine=None, offsets=()):
        self.node, self.routine, self.offsets = node, routine, offsets

    def __repr__(self):
        return self.node.op.name


def _is_number(x, value):
    while x.kind in ("expand", "reshape"):
        x = x.args[0]
    return x.kind == "const" and x.dtype != "bool" and x.data.value == value
