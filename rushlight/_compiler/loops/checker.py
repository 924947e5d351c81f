"""The checker: refuses a kernel that is ill-formed or leaves its buffers.

A place under a condition (`zero_unless`, `only_if`), or one that depends on loaded
values, has no bounds that are known beforehand: the interpreter checks it as it runs.
"""

import re

from rushlight._compiler.loops.bounds import Bounds
from rushlight._compiler.loops.ir import (
    BYTES,
    COMPARISONS,
    FLOAT_ONLY,
    INSTRUCTIONS,
    INTEGER_ONLY,
    LOGICAL,
    WIDE,
    Accumulate,
    Const,
    Declare,
    Index,
    Instruction,
    Load,
    Loop,
    Number,
    Product,
    Read,
    Store,
)
from rushlight._compiler.loops.printer import print_value
from rushlight._compiler.loops.queries import expressions, filled, neutral, stones

_FLOATS = ("f32", "f64")
_DTYPES = (*_FLOATS, "i64", "bool")


class LoopError(Exception):
    """A kernel that must not be compiled: a bug of whoever built it."""


def check_kernel(kernel, **sizes):
    """Check names, dtypes and, where sizes are known, that every place is inside.

    Raises:
        LoopError: with the statement that is wrong.
    """
    checker = _Checker(kernel, sizes)
    checker.head()
    checker.check(kernel.body, _Scope(Bounds(sizes)))


class _Scope:
    """What is known at a statement."""

    def __init__(self, bounds, accumulators=None, along=None, private=frozenset()):
        self.bounds = bounds
        self.accumulators = dict(accumulators or {})  # name -> dtype
        self.outer = frozenset(self.accumulators)
        self.along = along  # the vector loop's index, if there is one
        self.private = set(private)  # what differs between its lanes
        self.filling = set()  # accumulators that a vector loop is filling
        self.memo = {}  # id of an expression that was checked


class _Checker:
    def __init__(self, kernel, sizes):
        self.kernel, self.sizes = kernel, sizes
        self.buffers = {b.name: b for b in kernel.buffers}
        self.numbers = set(kernel.numbers)

    def fail(self, why):
        raise LoopError(f"kernel {self.kernel.name}: {why}")

    def head(self):
        kernel = self.kernel
        names = [*kernel.sizes, *(b.name for b in kernel.buffers)]
        names += [n.name for n in kernel.numbers]
        if len(set(names)) < len(names):
            self.fail(f"a name stands twice among {', '.join(names)}")
        if not re.fullmatch(r"[A-Za-z_]\w*", kernel.name):
            self.fail(f"the name {kernel.name!r} is no identifier")
        for buffer in kernel.buffers:
            if buffer.dtype not in BYTES:
                self.fail(f"{buffer.dtype} is no dtype of a buffer")
            if buffer.local and not (kernel.is_task and isinstance(buffer.size, int)):
                self.fail(f"{buffer.name} is local, but no block has it or its size")
        for number in kernel.numbers:
            if number.dtype not in _DTYPES:
                self.fail(f"{number.dtype} is no dtype of a number")

    def check(self, body, scope):
        for statement in body:
            for value in expressions(statement):
                for stone in stones(value):
                    self.value(stone, scope)
            if isinstance(statement, Loop):
                self.loop(statement, scope)
            elif isinstance(statement, Store):
                self.store(statement, scope)
            elif isinstance(statement, Declare):
                self.declare(statement, scope)
            elif isinstance(statement, Accumulate):
                self.accumulate(statement, scope)
            elif isinstance(statement, Product):
                self.product(statement, scope)
            else:
                self.fail(f"{statement!r} is no statement")

    # Loops

    def loop(self, loop, scope):
        bounds = scope.bounds
        if loop.index in bounds.uppers:
            self.fail(f"the index {loop.index} is used by an outer loop")
        if loop.index in self.kernel.sizes:
            self.fail(f"the index {loop.index} is the name of a size")
        self.extent(loop.extent, scope)
        if loop.parallel and (bounds.order or loop.vector or not self.kernel.is_task):
            self.fail("a parallel loop is the whole of a kernel")
        if loop.unroll and (loop.vector or not isinstance(loop.extent, int)):
            self.fail(f"the loop over {loop.index} cannot be unrolled")
        inner = _Scope(
            bounds.inside(loop.index, loop.extent),
            scope.accumulators,
            scope.along,
            scope.private,
        )
        inner.filling = set(scope.filling)
        if loop.vector:
            self.vector_loop(loop, scope, inner)
        self.check(loop.body, inner)

    def vector_loop(self, loop, scope, inner):
        if scope.along is not None:
            self.fail("a vector loop in a vector loop")
        if loop.lanes < 2 or loop.lanes & (loop.lanes - 1):
            self.fail(f"{loop.lanes} lanes are no power of two")
        inner.along = loop.index
        inner.private |= {("index", loop.index)}
        inner.filling |= set(filled(loop.body))
        kinds = {}
        for statement in _accumulations(loop.body):
            if kinds.setdefault(statement.name, statement.kind) != statement.kind:
                self.fail(f"{statement.name} is accumulated in two ways in one loop")

    def extent(self, extent, scope):
        """The size of a loop or matrix: a number, a size, or the same in all lanes."""
        if isinstance(extent, str):
            if extent not in self.kernel.sizes:
                self.fail(f"the size {extent} is not declared")
        elif not isinstance(extent, int):
            self.expect(extent, "i64", scope)
            if self.varies(extent, scope):
                self.fail(f"{print_value(extent)} differs between lanes")

    # Statements

    def declare(self, statement, scope):
        if statement.dtype not in _DTYPES:
            self.fail(f"{statement.dtype} is no dtype of an accumulator")
        if statement.name in scope.outer:
            self.fail(f"{statement.name} is declared around the loop already")
        scope.accumulators[statement.name] = statement.dtype
        scope.filling.discard(statement.name)
        name = "accumulator", statement.name
        (scope.private.add if scope.along else scope.private.discard)(name)

    def accumulate(self, statement, scope):
        dtype = scope.accumulators.get(statement.name)
        if dtype is None:
            self.fail(f"the accumulator {statement.name} is not declared")
        try:
            neutral(statement.kind, dtype)
        except KeyError:
            self.fail(f"{statement.kind} is no way to accumulate {dtype}")
        found = self.value(statement.value, scope)
        if found != dtype:
            self.fail(f"{found} accumulated into {statement.name}: {dtype}")

    def store(self, store, scope):
        buffer = self.buffers.get(store.buffer)
        if buffer is None or not buffer.written:
            self.fail(f"a store to {store.buffer}, which is not written")
        dtype = self.value(store.value, scope)
        if dtype != WIDE[buffer.dtype]:
            self.fail(f"{dtype} stored to {buffer.name}: {buffer.dtype}")
        if store.only_if is not None:
            self.expect(store.only_if, "bool", scope)
        self.place(store, scope, bounded=store.only_if is None)
        if scope.along is not None:
            extent = scope.bounds.top_of_forms(scope.bounds.uppers[scope.along])
            moves = any(i == scope.along and step for i, step in store.strides)
            moves = moves or (store.at is not None and self.varies(store.at, scope))
            if not moves and extent != 1:
                self.fail(f"all lanes store to one element of {buffer.name}")

    def product(self, product, scope):
        if scope.along is not None:
            self.fail("a product in a vector loop")
        if product.dtype not in _FLOATS:
            self.fail(f"a product of {product.dtype}")
        for size in (product.m, product.n, product.k):
            self.extent(size, scope)
        m, n, k = product.m, product.n, product.k
        self.matrix(product, product.a, m, k, product.transpose_a, scope)
        self.matrix(product, product.b, k, n, product.transpose_b, scope)
        self.matrix(product, product.c, m, n, False, scope)
        if not self.buffers[product.c.buffer].written:
            self.fail(f"a product into {product.c.buffer}, which is not written")

    def matrix(self, product, place, rows, columns, transpose, scope):
        """A matrix lies in its buffer: as if loops ran over its rows and columns."""
        rows, columns = (columns, rows) if transpose else (rows, columns)
        buffer = self.buffers.get(place.buffer)
        if buffer is None or buffer.dtype != product.dtype:
            self.fail(f"{place.buffer} is no buffer of {product.dtype}")
        inner = _Scope(scope.bounds.inside("row of it", rows))
        inner.bounds = inner.bounds.inside("column of it", columns)
        inner.accumulators, inner.private = scope.accumulators, scope.private
        if not isinstance(place.row, int):  # the interpreter checks it as it runs
            self.extent(place.row, scope)
            return
        width = inner.bounds.top_of_forms(inner.bounds.uppers["column of it"])
        if width is not None and width > place.row:
            self.fail(f"rows of {width} elements in {place.buffer}, {place.row} apart")
        strides = (*place.strides, ("row of it", place.row), ("column of it", 1))
        load = Load(place.buffer, strides, place.offset, product.dtype, place.at)
        self.place(load, inner)

    # Values

    def expect(self, value, dtype, scope):
        found = self.value(value, scope)
        if found != dtype:
            self.fail(f"{print_value(value)} is {found}, not {dtype}")

    def value(self, value, scope):
        """The dtype of an expression, checked."""
        if id(value) not in scope.memo:
            scope.memo[id(value)] = self.check_value(value, scope)
        return scope.memo[id(value)]

    def check_value(self, value, scope):
        if isinstance(value, Load):
            buffer = self.buffers.get(value.buffer)
            if buffer is None or WIDE[buffer.dtype] != value.dtype:
                self.fail(f"{print_value(value)} is no element of a buffer")
            if value.zero_unless is not None:
                self.expect(value.zero_unless, "bool", scope)
            self.place(value, scope, bounded=value.zero_unless is None)
        elif isinstance(value, Instruction):
            self.instruction(value, scope)
        elif isinstance(value, Read):
            if scope.accumulators.get(value.name) != value.dtype:
                self.fail(f"the accumulator {value.name} is not declared")
            if value.name in scope.filling:
                self.fail(f"{value.name} is read while a vector loop fills it")
        elif isinstance(value, Number):
            if value not in self.numbers:
                self.fail(f"the number {value.name} is not declared")
        elif isinstance(value, Index):
            known = value.name in scope.bounds.uppers or value.name in self.kernel.sizes
            if not known or value.dtype != "i64":
                self.fail(f"the index {value.name} has no loop")
        elif not isinstance(value, Const) or value.dtype not in _DTYPES:
            self.fail(f"{value!r} is no expression")
        return value.dtype

    def instruction(self, value, scope):
        op = value.op
        if INSTRUCTIONS.get(op) != len(value.args):
            self.fail(f"{op} with {len(value.args)} arguments")
        dtypes = [self.value(arg, scope) for arg in value.args]
        if not _fits(op, dtypes, value.dtype):
            found = ", ".join(dtypes)
            self.fail(f"{print_value(value)} of {found} is no {value.dtype}")

    def varies(self, value, scope):
        """Whether an expression may differ between the lanes of a vector loop."""
        key = "varies", id(value)
        if key not in scope.memo:
            scope.memo[key] = self._varies(value, scope)
        return scope.memo[key]

    def _varies(self, value, scope):
        if isinstance(value, Index):
            return ("index", value.name) in scope.private
        if isinstance(value, Read):
            return ("accumulator", value.name) in scope.private
        if isinstance(value, Instruction):
            return any(self.varies(arg, scope) for arg in value.args)
        if isinstance(value, Load):
            parts = [p for p in (value.at, value.zero_unless) if p is not None]
            moves = any(("index", i) in scope.private and s for i, s in value.strides)
            return moves or any(self.varies(part, scope) for part in parts)
        return False

    # Places

    def place(self, what, scope, bounded=True):
        """Every index is a loop's, and the whole range lies in the buffer."""
        buffer = self.buffers[what.buffer]
        for index, _ in what.strides:
            if index not in scope.bounds.uppers:
                self.fail(f"the index {index} of {buffer.name} has no loop")
        if what.at is not None:
            self.expect(what.at, "i64", scope)
        size = buffer.size
        size = self.sizes.get(size) if isinstance(size, str) else size
        if not bounded or size is None or scope.bounds.is_empty():
            return
        low, high = scope.bounds.place(what)
        if (low is not None and low < 0) or (high is not None and high >= size):
            low, high = ("?" if x is None else x for x in (low, high))
            self.fail(f"{buffer.name}[{low}..{high}] leaves its {size} elements")


def _fits(op, dtypes, result):
    """Whether an instruction takes arguments of these dtypes and gives the result."""
    if op == "cast":
        return result in _DTYPES
    if op in LOGICAL:
        return {*dtypes, result} == {"bool"}
    if op == "where":
        return dtypes[0] == "bool" and dtypes[1] == dtypes[2] == result
    if len(set(dtypes)) > 1:
        return False
    if op in COMPARISONS:
        return result == "bool" and (dtypes[0] != "bool" or op in ("eq", "ne"))
    if result != dtypes[0] or result == "bool":
        return False
    return result == "i64" if op in INTEGER_ONLY else _is_number(op, result)


def _is_number(op, dtype):
    return dtype in _FLOATS if op in FLOAT_ONLY else dtype != "bool"


def _accumulations(body):
    for statement in body:
        if isinstance(statement, Accumulate):
            yield statement
        elif isinstance(statement, Loop):
            yield from _accumulations(statement.body)
