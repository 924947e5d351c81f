"""Lowering: what `lower` rules call k, whole arrays in scalar instructions."""

import math
import operator

import numpy as np

from rushlight._base.dtype import dtype as torch_dtype
from rushlight._base.shape import wrap_dim
from rushlight._base.sized import operator_index, slice_indices
from rushlight._base.symfloat import SymFloat
from rushlight._base.symint import is_symbolic
from rushlight._compiler.graph.expression import VIEWS, Expressions
from rushlight._compiler.loops.ir import (
    COMPARISONS,
    FLOAT_ONLY,
    INSTRUCTIONS,
    LOGICAL,
)

#: Dtypes that are computed with, and those that can only be read and written.
LABELS = {"float32": "f32", "float64": "f64", "int64": "i64", "bool": "bool"}
STORED = {**LABELS, "int32": "i32", "uint8": "u8"}
_FLOATS = ("f32", "f64")


class NotLowered(Exception):
    """A rule does not take these operands or attributes."""


class Lowering:
    """What `lower` rules call k; `x` makes the expressions."""

    NotLowered = NotLowered
    NUMPY = {label: name for name, label in LABELS.items()}

    def __init__(self):
        self.x = Expressions()
        self.checks = []

    def require(self, condition):
        """What the eager rule refuses: where it is false anywhere, that rule is run.

        The kernels are safe in any case; this is for the error.
        """
        wrong = self.x.cast(self.not_(condition), "i64")
        self.checks.append(self.reduce("add", wrong))

    def const_like(self, value, x):
        """A number in the shape and dtype of an array."""
        is_known = not is_symbolic(value) and type(value) is not SymFloat
        one = self.x.const(value, x.dtype) if is_known else self.operand(value, x.dtype)
        return self.x.expand(one, x.shape)

    def const(self, value):
        """A number; it takes its dtype from the operand that it meets."""
        return value

    def operand(self, value, dtype):
        """A number as an expression; expressions as they are."""
        if hasattr(value, "kind"):
            return value
        if is_symbolic(value) or type(value) is SymFloat:
            if dtype == "bool" or (dtype == "i64" and type(value) is SymFloat):
                raise NotLowered
            return self.x.cast(self._number(value), dtype)
        if dtype == "i64" and value != value // 1:  # also nan and inf
            raise NotLowered
        return self.x.const(value, dtype)

    def _number(self, value):
        """A number of symbolic sizes; a float is computed in float64, as Python's."""
        if type(value) is not SymFloat:
            return self.x.number(value, "i64")
        args = [
            self.x.cast(self._number(arg), "f64")
            if is_symbolic(arg) or type(arg) is SymFloat
            else self.x.const(arg, "f64")
            for arg in value.args
        ]
        return self.x.pointwise("div" if value.op == "truediv" else value.op, *args)

    def shape(self, x):
        """The sizes."""
        return x.shape

    def instruction(self, op, *args):
        """A scalar instruction on whole arrays, broadcast."""
        dtypes = [a.dtype for a in args if hasattr(a, "kind") and a.dtype != "bool"]
        dtype = dtypes[0] if dtypes else "bool"
        if dtype not in LABELS.values() or len(set(dtypes)) > 1:
            raise NotLowered
        if op in FLOAT_ONLY and dtype not in _FLOATS:
            raise NotLowered
        if op in LOGICAL and dtype != "bool":
            raise NotLowered
        if dtype == "bool" and op not in LOGICAL:
            return self._of_bools(op, *args)
        return self.x.pointwise(op, *[self.operand(a, dtype) for a in args])

    def _of_bools(self, op, *args):
        """An instruction on bools: by logic, or as integers.

        Numbers beside bools are no bools; whoever asked casts the result.
        """
        first = op == "where"  # the condition is one in any case
        numbers = {a.__class__ for a in args if not hasattr(a, "kind")} - {bool}
        if numbers:
            dtype = "f64" if float in numbers else "i64"
            wide = [self.x.cast(self.operand(a, dtype), dtype) for a in args[first:]]
            return self.instruction(op, *args[:first], *wide)
        args = [self.operand(a, "bool") for a in args]
        if op == "where":
            chosen, x, y = args
            other = self.not_(chosen)
            return self.or_(self.and_(chosen, x), self.and_(other, y))
        if op not in COMPARISONS:
            raise NotLowered
        return self.instruction(op, *[self.x.cast(a, "i64") for a in args])

    def square(self, x):
        """``x * x``."""
        return self.instruction("mul", x, x)

    def cast(self, x, dtype):
        """Another dtype: a torch or NumPy dtype, a label, or None for the same."""
        if dtype is None:
            return x
        if isinstance(dtype, torch_dtype):
            dtype = dtype.numpy
        if not isinstance(dtype, str):
            dtype = STORED.get(np.dtype(dtype).name)
        if dtype not in STORED.values():
            raise NotLowered
        if x.dtype in ("f32", "f64") and dtype in ("i32", "u8"):
            raise NotLowered  # what lies outside the range differs by machine
        return self.x.cast(x, dtype)

    def reduce(self, kind, x, dim=None, keepdim=False):
        """Combine along a dimension, several, or all (None)."""
        dims = _dims(dim, x.ndim)
        if kind in ("max", "min") and 0 in [x.shape[d] for d in dims]:
            raise NotLowered
        if x.dtype not in ("f32", "f64", "i64"):
            raise NotLowered
        found = self._reduced(kind, x, dims)
        if keepdim:
            sizes = [1 if d in dims else s for d, s in enumerate(x.shape)]
            found = self.x.reshape(found, sizes)
        return found

    def _reduced(self, kind, x, dims):
        """A reduction, in two steps where one would keep all threads but one idle.

        Long columns and long flat arrays are cut into runs of a length that divides
        them; the runs are reduced first, and then their results.
        """
        rows = math.prod([x.shape[d] for d in dims])
        rest = x.shape[len(dims) :]
        leading = dims == tuple(range(len(dims)))
        if x.kind not in VIEWS and leading and not is_symbolic(rows):
            if math.prod(rest) >= 16:
                run = _divisor(rows, 16, 64) if rows >= 256 else None
            else:
                run = _divisor(rows, 2048, 16384) if not rest else None
            if run and rows > run:
                runs = self.x.reshape(x, (rows // run, run, *rest))
                return self.x.reduce(kind, self.x.reduce(kind, runs, (1,)), (0,))
        return self.x.reduce(kind, x, dims)

    def mean(self, x, dims):
        """The mean over some dimensions, which are kept with size 1."""
        total = self.reduce("add", x, dims, True)
        return self.div(total, x.size // total.size)

    def total(self, x, dims):
        """The sum over some dimensions (maybe none), which are dropped."""
        return self.reduce("add", x, dims) if dims else x

    def index(self, shape, dim):
        """The position along a dimension, as int64."""
        return self.x.iota(shape, dim)

    def take(self, table, index, low=0):
        """Rows of a table by an index from `low` on, which others are refused for.

        Negative ones count from the end; memory outside of the table is never read.
        """
        size, index = table.shape[0], self.cast(index, "i64")
        self.require(self.and_(self.le(low, index), self.lt(index, size)))
        if low < 0:
            index = self.where(self.lt(index, 0), self.add(index, size), index)
        return self.gather(table, index)

    def take_along(self, x, index, dim, low=0):
        """Slices of a dimension, in the order of an index (as `take`)."""
        if not dim:
            return self.take(x, index, low)
        lead, size, rest = x.shape[:dim], x.shape[dim], x.shape[dim + 1 :]
        index = self.cast(index, "i64")
        self.require(self.and_(self.le(low, index), self.lt(index, size)))
        if low < 0:
            index = self.where(self.lt(index, 0), self.add(index, size), index)
        index = self.min(self.max(index, 0), size - 1)
        count = math.prod(lead)
        starts = self.index((count, *[1] * index.ndim), 0)
        places = self.add(self.mul(starts, size), index)
        found = self.gather(self.x.reshape(x, (count * size, *rest)), places)
        return self.x.reshape(found, (*lead, *index.shape, *rest))

    def gather(self, table, index):
        """Rows of a table by an index; one outside is brought inside."""
        if table.dtype not in LABELS.values() or not table.size:
            raise NotLowered
        inside = self.min(self.max(index, 0), table.shape[0] - 1)
        return self.x.gather(table, inside)

    def whole(self, shape, dtype, value=0):
        """One value in a shape."""
        return self.x.expand(self.x.const(value, dtype), shape)

    def place(self, x, shape, index):
        """Zeros of a shape with ``x`` at a basic index."""
        starts, sizes, steps, _ = _region(index, shape)
        return self.x.place(self.x.reshape(x, sizes), shape, starts, steps)

    def replace(self, whole, index, x):
        """``whole`` with ``x``, which broadcasts, at a basic index."""
        starts, sizes, steps, shown = _region(index, whole.shape)
        if 0 in sizes:
            raise NotLowered
        x = self.x.reshape(self.broadcast(x, shown), sizes)
        inside = None
        for dim, (start, size, step) in enumerate(zip(starts, sizes, steps)):
            if size == whole.shape[dim]:
                continue
            place = self.sub(self.index(whole.shape, dim), start)
            one = self.and_(self.le(0, place), self.lt(place, size * step))
            if step > 1:
                one = self.and_(one, self.eq(self.remainder(place, step), 0))
            inside = one if inside is None else self.and_(inside, one)
        if inside is None:
            return x
        if x.kind == "expand" and x.args[0].size == 1:
            return self.where(inside, self.x.reshape(x.args[0], ()), whole)
        placed = self.x.place(x, whole.shape, starts, steps)
        return self.where(inside, placed, whole)

    def flip(self, x, dims):
        """The order of elements reversed along dimensions."""
        starts = [size - 1 if d in dims else 0 for d, size in enumerate(x.shape)]
        steps = [-1 if d in dims else 1 for d in range(x.ndim)]
        return self.x.slice(x, starts, x.shape, steps)

    def first(self, found):
        """Along the last dimension, kept: the first place where a bool is true."""
        places = self.index(found.shape, found.ndim - 1)
        chosen = self.where(found, places, found.shape[-1])
        return self.reduce("min", chosen, -1, True)

    def join(self, xs, dim):
        """Joined along a dimension; all of one dtype."""
        if len({x.dtype for x in xs}) > 1:
            raise NotLowered
        return xs[0] if len(xs) == 1 else self.x.join(xs, dim % xs[0].ndim, xs[0].dtype)

    def broadcast(self, x, shape):
        """Expand; -1 keeps a size."""
        added = len(shape) - x.ndim
        shape = [
            x.shape[d - added] if size == -1 else size for d, size in enumerate(shape)
        ]
        return self.x.expand(x, shape)

    def reshape(self, x, shape):
        """The same elements in another shape; one -1 is worked out."""
        shape = list(shape)
        if -1 in shape:
            known = -1
            for size in shape:
                known *= size
            shape[shape.index(-1)] = x.size // known if known else 0
        return self.x.reshape(x, shape)

    def permute(self, x, dims):
        """The dimensions in another order."""
        return self.x.permute(x, [d % x.ndim for d in dims])

    def transpose(self, x, dim0, dim1):
        """Two dimensions exchanged."""
        if x.ndim == 0:
            return x
        dims = list(range(x.ndim))
        dim0, dim1 = dim0 % x.ndim, dim1 % x.ndim
        dims[dim0], dims[dim1] = dims[dim1], dims[dim0]
        return self.x.permute(x, dims)

    def slice(self, x, index):
        """``x[index]`` for ints, slices, None and Ellipsis."""
        starts, sizes, steps, shape = _region(index, x.shape)
        return self.x.reshape(self.x.slice(x, starts, sizes, steps), shape)

    def matmul(self, x, y):
        """The matrix product of any ranks."""
        if x.dtype not in _FLOATS or x.dtype != y.dtype or 0 in (x.size, y.size):
            raise NotLowered
        if x.ndim == 1:
            row = self.matmul(self.x.reshape(x, (1, *x.shape)), y)
            shape = row.shape[:-2] + row.shape[-1:]
            return self.x.reshape(row, shape)
        if y.ndim == 1:
            column = self.matmul(x, self.x.reshape(y, (*y.shape, 1)))
            return self.x.reshape(column, column.shape[:-1])
        if y.ndim == 2:
            lead = x.shape[:-1]
            flat = self.x.reshape(x, (1, x.size // x.shape[-1], x.shape[-1]))
            found = self.x.product(flat, self.x.reshape(y, (1, *y.shape)))
            return self.x.reshape(found, (*lead, y.shape[-1]))
        return self._batched(x, y)

    def _batched(self, x, y):
        rank = max(x.ndim, y.ndim)
        lead = [1] * (rank - 2)
        for operand in (x, y):
            for place, size in enumerate(reversed(operand.shape[:-2])):
                lead[rank - 3 - place] = max(lead[rank - 3 - place], size)
        count = 1
        for size in lead:
            count *= size
        flat = [
            self.x.reshape(
                self.x.expand(o, (*lead, *o.shape[-2:])), (count, *o.shape[-2:])
            )
            for o in (x, y)
        ]
        found = self.x.product(*flat)
        return self.x.reshape(found, (*lead, *found.shape[-2:]))


def _dims(dim, ndim):
    if dim is None or (isinstance(dim, (tuple, list)) and not dim):
        return tuple(range(ndim))
    dims = dim if isinstance(dim, (tuple, list)) else (dim,)
    return tuple([wrap_dim(operator.index(d), ndim) for d in dims]) if ndim else ()


def _divisor(size, low, high):
    """The largest divisor of a size within bounds, or None."""
    return next((n for n in range(high, low - 1, -1) if size % n == 0), None)


def _region(index, whole):
    """What a basic index shows: starts, sizes and steps; and the result's shape."""
    index = index if isinstance(index, tuple) else (index,)
    consumed = sum(p is not None and p is not Ellipsis for p in index)
    if not any(part is Ellipsis for part in index):
        index = (*index, Ellipsis)
    starts, sizes, steps, shape, dim = [], [], [], [], 0
    for part in index:
        if part is None:
            shape.append(1)
            continue
        if part is Ellipsis:
            parts = [slice(None)] * (len(whole) - consumed)
        else:
            parts = [part]
        for one in parts:
            start, size, step, kept = _along(one, whole[dim])
            starts, sizes, steps = [*starts, start], [*sizes, size], [*steps, step]
            shape += [size] if kept else []
            dim += 1
    return starts, sizes, steps, shape


def _along(part, size):
    """(start, size, step, whether the dimension stays) of an int or slice."""
    if isinstance(part, slice):
        start, stop, step = slice_indices(part, size)
        return start, max(0, -(-(stop - start) // step)), step, True
    place = operator_index(part)
    return place + size if place < 0 else place, 1, 1, False


def _method(op):
    return lambda self, *args: self.instruction(op, *args)


for _op in INSTRUCTIONS.keys() - {"cast"}:
    _name = f"{_op}_" if _op in ("and", "or", "not") else _op
    setattr(Lowering, _name, _method(_op))
