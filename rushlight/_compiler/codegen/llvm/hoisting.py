"""What the iterations of a loop share (Note [Hoisting] in body.py)."""

from rushlight._compiler.loops.ir import (
    Accumulate,
    Declare,
    Index,
    Instruction,
    Load,
    Loop,
    Product,
    Read,
    Store,
)
from rushlight._compiler.loops.queries import expressions, stones


def invariants(loop, buffers):
    """The largest expressions in a loop's body that are the same in each iteration.

    Args:
        loop: a Loop.
        buffers: {name: Buffer} of the kernel.
    """
    changes = _Changes(buffers)
    changes.loop(loop)
    found = []

    def visit(value):
        if id(value) in seen or not isinstance(value, (Instruction, Load)):
            return
        seen.add(id(value))
        if changes.spare(value):
            found.append(value)
            return
        for part in _parts(value):
            visit(part)

    def visit_body(body):
        for statement in body:
            for value in expressions(statement):
                for stone in stones(value):
                    changes.spare(stone)
                    visit(stone)
                visit(value)
            # an inner loop that may not run at all keeps what is its own
            if isinstance(statement, Loop) and _runs(statement):
                visit_body(statement.body)

    seen = set()
    visit_body(loop.body)
    return found


def _runs(loop):
    return isinstance(loop.extent, int) and loop.extent > 0


def _parts(value):
    if isinstance(value, Instruction):
        return value.args
    if isinstance(value, Load):
        return [p for p in (value.at, value.zero_unless) if p is not None]
    return ()


class _Changes:
    """What a loop changes: indices, accumulators, buffers."""

    def __init__(self, buffers):
        self.buffers = buffers
        self.indices, self.accumulators, self.written = set(), set(), set()
        self.memo = {}

    def loop(self, loop):
        self.indices.add(loop.index)
        for statement in loop.body:
            if isinstance(statement, Loop):
                self.loop(statement)
            elif isinstance(statement, (Declare, Accumulate)):
                self.accumulators.add(statement.name)
            elif isinstance(statement, Store):
                self.write(statement.buffer)
            elif isinstance(statement, Product):
                self.write(statement.c.buffer)

    def write(self, name):
        self.written.add(name)
        if self.buffers[name].may_coincide:
            self.written |= {n for n, b in self.buffers.items() if b.may_coincide}

    def spare(self, value):
        """Whether they leave an expression as it is."""
        if id(value) not in self.memo:
            self.memo[id(value)] = self._spare(value)
        return self.memo[id(value)]

    def _spare(self, value):
        if isinstance(value, Index):
            return value.name not in self.indices
        if isinstance(value, Read):
            return value.name not in self.accumulators
        if isinstance(value, Load):
            moves = any(index in self.indices for index, step in value.strides if step)
            if moves or value.buffer in self.written:
                return False
        return all(self.spare(part) for part in _parts(value))
