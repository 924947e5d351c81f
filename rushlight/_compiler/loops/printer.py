"""The loop language as text.

kernel scale(n; x: f32[n], out: f32[n]!; factor: f32)
  vector i < n:
    out[i] = mul(x[i], factor)

A buffer that is written has a ``!``, one that may coincide with another a ``~``.  An
expression that is used more than once has a line and a number of its own.
"""

from rushlight._compiler.loops.ir import (
    LANES,
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
from rushlight._compiler.loops.queries import expressions, stones


def print_kernel(kernel):
    """The kernel's text; kernels of equal text are equal."""
    return "\n".join([_head(kernel), *_Printer().body(kernel.body, "  ")])


def print_value(value):
    """An expression's text."""
    return _Printer().value(value)


def _head(kernel):
    buffers = ", ".join(_buffer(b) for b in kernel.buffers if not b.local)
    numbers = ", ".join(f"{n.name}: {n.dtype}" for n in kernel.numbers)
    parts = [", ".join(kernel.sizes), buffers, numbers]
    head = f"kernel {kernel.name}({'; '.join(part for part in parts if part)})"
    own = [f"  local {_buffer(b)}" for b in kernel.buffers if b.local]
    return "\n".join([head, *own])


def _buffer(b):
    marks = "!" * b.written + "~" * b.may_coincide
    return f"{b.name}: {b.dtype}[{b.size}]{marks}"


def _number(value):
    """A constant, exactly."""
    short = f"{value:g}"
    return short if float(short) == value or value != value else repr(value)


class _Printer:
    def __init__(self):
        self.names = {}
        self.count = 0

    def body(self, body, indent):
        outer, shared = self.names, _shared(body)
        self.names = {}
        for statement in body:
            for value in expressions(statement) if shared else ():
                yield from self.bindings(value, shared, indent)
            if isinstance(statement, Loop):
                yield f"{indent}{self.loop(statement)}"
                yield from self.body(statement.body, indent + "  ")
            else:
                yield f"{indent}{self.statement(statement)}"
        self.names = outer

    def bindings(self, value, shared, indent):
        """A line for each shared expression below a value that has none yet."""
        lines = []

        def visit(value):
            if id(value) in self.names:
                return
            for part in _parts(value):
                visit(part)
            if id(value) in shared:
                self.count += 1
                text = self.value(value)
                self.names[id(value)] = f"%{self.count}"
                lines.append(f"{indent}%{self.count} = {text}")

        for stone in stones(value):
            visit(stone)
        visit(value)
        return lines

    def loop(self, loop):
        word = next(
            (w for w in ("parallel", "vector", "unroll") if getattr(loop, w)), "for"
        )
        lanes = f" by {loop.lanes}" if loop.vector and loop.lanes != LANES else ""
        return f"{word} {loop.index} < {self.size(loop.extent)}{lanes}:"

    def statement(self, statement):
        if isinstance(statement, Store):
            condition = statement.only_if
            test = "" if condition is None else f"if {self.value(condition)}: "
            return f"{test}{self.place(statement)} = {self.value(statement.value)}"
        if isinstance(statement, Accumulate):
            name, value = statement.name, self.value(statement.value)
            return f"{name} = {statement.kind}({name}, {value})"
        if isinstance(statement, Declare):
            start = _number(statement.start)
            return f"{statement.name}: {statement.dtype} = {start}"
        if isinstance(statement, Product):
            return self.product(statement)
        raise TypeError(f"{statement!r} is no statement of the loop language")

    def product(self, product):
        sizes = ", ".join(map(self.size, (product.m, product.n, product.k)))
        a, b, c = (
            f"{self.place(p)[:-1]}; {self.size(p.row)}]"
            for p in (product.a, product.b, product.c)
        )
        a += "'" * product.transpose_a
        b += "'" * product.transpose_b
        value = f"{_number(product.alpha)} * {a} @ {b}"
        if product.beta:
            value += f" + {_number(product.beta)} * itself"
        return f"{c} = {value} of {product.dtype}({sizes})"

    def size(self, size):
        return str(size) if isinstance(size, (int, str)) else self.value(size)

    def value(self, value):
        if id(value) in self.names:
            return self.names[id(value)]
        if isinstance(value, Const):
            return _number(value.value)
        if isinstance(value, (Number, Read, Index)):
            return value.name
        if isinstance(value, Load):
            text = self.place(value)
            if value.zero_unless is None:
                return text
            return f"({text} if {self.value(value.zero_unless)} else 0)"
        if isinstance(value, Instruction):
            args = ", ".join(map(self.value, value.args))
            if value.op == "cast":
                return f"{value.dtype}({args}: {value.args[0].dtype})"
            return f"{value.op}({args})"
        raise TypeError(f"{value!r} is no expression of the loop language")

    def place(self, what):
        terms = [_term(index, step) for index, step in what.strides if step]
        terms += [] if what.at is None else [self.value(what.at)]
        terms += [str(what.offset)] if what.offset or not terms else []
        return f"{what.buffer}[{' + '.join(terms).replace('+ -', '- ')}]"


def _term(index, step):
    return {1: index, -1: f"-{index}"}.get(step, f"{step}*{index}")


def _parts(value):
    if isinstance(value, Instruction):
        return value.args
    if isinstance(value, Load):
        return [p for p in (value.at, value.zero_unless) if p is not None]
    return ()


def _shared(body):
    """The ids of the expressions that have a line of their own.

    These are what a run of the body uses more than once, and parts of what is too deep
    for one line.
    """
    seen, shared = set(), set()

    def visit(value):
        if not isinstance(value, (Instruction, Load)):
            return
        if id(value) in seen:
            shared.add(id(value))
            return
        seen.add(id(value))
        for part in _parts(value):
            visit(part)

    for statement in body:
        for value in expressions(statement):
            for stone in stones(value):
                visit(stone)
                shared.add(id(stone))
            visit(value)
    return shared
