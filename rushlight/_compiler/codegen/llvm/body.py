"""The statements of a kernel, written as one LLVM function.

# Note [Lanes]
# A vector loop becomes a loop over whole groups of `lanes` iterations on LLVM vectors
# (which LLVM splits to the machine's width), then, where the extent is no multiple of
# the lanes, one masked group.  An accumulator declared outside gets a vector, begun
# with the neutral element; at the end its halves are combined until one lane is left,
# and that is combined into the scalar.  The order is fixed, so results are the same on
# every machine and for every number of threads.

# Note [Hoisting]
# What is the same in all iterations of a loop is written before it, once, if the loop
# runs at all: LLVM's own pass for that needs others around it that cost more than the
# rest of compiling.  A loaded value is the same where no store in the loop may reach
# its buffer, an accumulator where the loop neither declares nor fills it.
"""

from rushlight._compiler.codegen.llvm import memory
from rushlight._compiler.codegen.llvm.expressions import Expressions, Lanes, known
from rushlight._compiler.codegen.llvm.hoisting import invariants
from rushlight._compiler.codegen.llvm.instructions import emit_instruction
from rushlight._compiler.codegen.llvm.values import Values
from rushlight._compiler.codegen.llvm.writer import i64
from rushlight._compiler.loops.ir import (
    Accumulate,
    Declare,
    Loop,
    Product,
    Store,
)
from rushlight._compiler.loops.queries import adds_product, filled, neutral, stones


class Body(Expressions):
    """Writes a kernel's statements.

    Args:
        kernel: a checked kernel.
        writer: of the function.
        arguments: values by the names of sizes, buffers and numbers.
    """

    def run(self):
        """Write everything."""
        if not self.kernel.is_task:
            self.statements(self.kernel.body, self.scalar)
            return
        (loop,) = self.kernel.body
        self.bounds = self.bounds.inside(loop.index, loop.extent)

        def block(counter):
            self.indices[loop.index] = counter
            self.statements(loop.body, self.scalar)

        first, last = self.arguments["first block"], self.arguments["last block"]
        some = self.b.icmp("slt", first, last)
        self.b.when(some, lambda: self.b.counted(first, last, 1, block))

    def statements(self, body, lanes):
        """One run of a body (Note [Values] in loops/ir.py)."""
        memo = dict(self.hoisted)
        if lanes.along and all(isinstance(s, (Store, Accumulate)) for s in body):
            for finish in [self.prepare(s, lanes, memo) for s in body]:
                finish()
            return
        for statement in body:
            if isinstance(statement, Loop):
                self.loop(statement, lanes, memo)
            elif isinstance(statement, Declare):
                self.declare(statement, lanes)
            elif isinstance(statement, Product):
                self.product(statement, memo)
            else:
                self.prepare(statement, lanes, memo)()

    def declare(self, statement, lanes):
        v = lanes.values
        address = self.b.alloca(v.type_of(statement.dtype))
        self.b.store(v.const(statement.start, statement.dtype), address, 64)
        self.accumulators[statement.name] = address
        (self.private.add if lanes.along else self.private.discard)(statement.name)

    # Loops

    def loop(self, loop, lanes, memo):
        """A loop in a body; in a vector loop all lanes run it together."""
        extent, write = self.extent(loop.extent, memo), self.plain_loop
        if loop.vector:
            write = self.vector_loop

        def nonempty():
            around = self.bounds
            self.bounds = around.inside(loop.index, loop.extent)
            write(loop, extent, lanes)
            self.bounds = around

        if known(extent) is None:
            self.b.when(self.b.icmp("slt", i64(0), extent), nonempty)
        elif known(extent) > 0:
            nonempty()

    def plain_loop(self, loop, extent, lanes):
        """One iteration after another."""
        outer = self.hoist(loop, lanes)

        def body(counter):
            self.indices[loop.index] = counter
            self.statements(loop.body, lanes)

        if loop.unroll or known(extent) == 1:
            for number in range(known(extent)):
                body(i64(number))
        else:
            self.b.counted(i64(0), extent, 1, body)
        self.hoisted = outer

    def hoist(self, loop, lanes):
        """Write what all iterations share (Note [Hoisting]); returns what was known."""
        outer = self.hoisted
        inner = dict(outer)
        for value in invariants(loop, self.buffers):
            self.value(value, lanes, inner)
        self.hoisted = inner
        return outer

    def extent(self, extent, memo):
        """The value of a loop's extent."""
        if isinstance(extent, str):
            return self.indices[extent]
        if isinstance(extent, int):
            return i64(extent)
        return self.value(extent, self.scalar, memo)

    def vector_loop(self, loop, extent, _):
        """Whole groups, then a masked one (Note [Lanes])."""
        count, v = known(extent), Values(self.b, loop.lanes)
        if count is None:
            whole = self.b.op("i64", f"and {extent}, {-loop.lanes}")
        else:
            whole = i64(count - count % loop.lanes)
        accumulators, private = dict(self.accumulators), set(self.private)
        self.accumulators |= self.begin_lanes(loop, v)
        wide = dict(self.accumulators)
        lanes = Lanes(v, loop.index)
        outer = self.hoist(loop, lanes)

        def group(counter):
            self.indices[loop.index] = counter
            self.statements(loop.body, lanes)

        def groups():
            self.b.counted(i64(0), whole, loop.lanes, group)

        if count is None:
            self.b.when(self.b.icmp("slt", i64(0), whole), groups)
        elif count >= 2 * loop.lanes:
            groups()
        elif count >= loop.lanes:
            group(i64(0))
        self.last_group(loop, extent, whole, lanes, group)
        self.hoisted, self.accumulators, self.private = outer, accumulators, private
        self.end_lanes(loop, v, wide)

    def last_group(self, loop, extent, whole, lanes, group):
        """The masked group, where the extent is no multiple of the lanes."""
        count, v = known(extent), lanes.values
        if count is not None:
            if count % loop.lanes:
                lanes.mask = v.first_lanes(count % loop.lanes)
                group(whole)
            return

        def masked():
            rest = self.b.binary("sub", extent, whole)
            lanes.mask = self.b.icmp("slt", v.lane_numbers(), v.splat(rest))
            group(whole)

        self.b.when(self.b.icmp("slt", whole, extent), masked)

    def begin_lanes(self, loop, v):
        """A vector for each accumulator from outside that the loop fills."""
        wide = {}
        for name, (kind, dtype) in filled(loop.body).items():
            wide[name] = self.b.alloca(v.type_of(dtype))
            self.b.store(v.const(neutral(kind, dtype), dtype), wide[name], 64)
            self.private.add(name)
        return wide

    def end_lanes(self, loop, v, wide):
        """Combine the lanes of those accumulators, and that with the scalar."""
        for name, (kind, dtype) in filled(loop.body).items():
            total = self.b.load(v.type_of(dtype), wide[name], 64)
            lanes = v.lanes
            while lanes > 1:
                lanes //= 2
                halves = self.b.halves(total, lanes)
                half = Values(self.b, lanes)
                total = emit_instruction(half, kind, dtype, [dtype] * 2, halves)
            self.combine(self.scalar, name, kind, dtype, total)

    # Statements

    def prepare(self, statement, lanes, memo):
        """Write the values of a statement; returns what writes its effect."""
        for stone in stones(statement.value):
            self.value(stone, lanes, memo)
        if adds_product(statement):
            x, y = (self.value(arg, lanes, memo) for arg in statement.value.args)
            return lambda: self.add_product(lanes, statement.name, x, y)
        value = self.value(statement.value, lanes, memo)
        if isinstance(statement, Accumulate):
            name, kind, dtype = statement.name, statement.kind, statement.value.dtype
            return lambda: self.combine(lanes, name, kind, dtype, value)
        only_if = statement.only_if
        if only_if is not None:
            only_if = self.value(only_if, lanes, memo)
        if lanes.along is None:
            return self.scalar_store(statement, value, only_if, memo)
        return self.lanes_store(statement, value, only_if, lanes, memo)

    def combine(self, lanes, name, kind, dtype, value):
        """Combine a value into an accumulator; absent lanes keep theirs."""
        v, address = lanes.values, self.accumulators[name]
        old = self.b.load(v.type_of(dtype), address, 64)
        new = emit_instruction(v, kind, dtype, [dtype] * 2, (old, value))
        if lanes.mask is not None:
            new = self.b.select(lanes.mask, new, old)
        self.b.store(new, address, 64)

    def add_product(self, lanes, name, x, y):
        """Add a product of floats to an accumulator, in one rounding."""
        v, address = lanes.values, self.accumulators[name]
        old = self.b.load(x.type, address, 64)
        new = v.fma(x, y, old)
        if lanes.mask is not None:
            new = self.b.select(lanes.mask, new, old)
        self.b.store(new, address, 64)

    def scalar_store(self, statement, value, only_if, memo):
        v, dtype = self.scalar.values, self.buffers[statement.buffer].dtype
        address = self.address(statement, memo)

        def finish():
            memory.store_scalar(v, dtype, value, address)

        return finish if only_if is None else lambda: self.b.when(only_if, finish)

    def lanes_store(self, statement, value, only_if, lanes, memo):
        v, dtype = lanes.values, self.buffers[statement.buffer].dtype
        mask, step = self.both(lanes, only_if), self.step(statement, lanes)
        if step in (1, 2):
            address = self.address(statement, memo)
            some = memory.store_lanes if step == 1 else memory.store_every_other
            return lambda: some(v, dtype, value, address, mask)
        if step and mask is None:
            address = self.address(statement, memo)
            return lambda: memory.store_steps(v, dtype, value, address, step)
        base = self.arguments[statement.buffer]
        places = self.places(statement, step, lanes, memo)
        nowhere = None if mask is None else self.nowhere()
        return lambda: memory.scatter(v, dtype, value, base, places, mask, nowhere)

    def product(self, product, memo):
        """A call of the library (Note [Forms] in emit.py)."""
        number = Values(self.b, 1)
        m, n, k = (
            self.extent(size, memo) for size in (product.m, product.n, product.k)
        )
        layout = [i64(101), i64(111 + product.transpose_a)]
        layout.append(i64(111 + product.transpose_b))
        alpha, beta = (
            number.const(x, product.dtype) for x in (product.alpha, product.beta)
        )
        (a, row_a), (b, row_b), (c, row_c) = (
            (self.address(place, memo), self.extent(place.row, memo))
            for place in (product.a, product.b, product.c)
        )
        arguments = [*layout, m, n, k, alpha, a, row_a, b, row_b, beta, c, row_c]
        function = self.arguments["product", product.dtype].text
        self.b.line(f"call void {function}({', '.join(map(str, arguments))})")
