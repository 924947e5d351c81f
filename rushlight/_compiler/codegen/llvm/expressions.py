"""Expressions and places of a kernel, written at a width."""

from dataclasses import dataclass, field

from rushlight._compiler.codegen.llvm import memory
from rushlight._compiler.codegen.llvm.instructions import divide_short, emit_instruction
from rushlight._compiler.codegen.llvm.values import Values
from rushlight._compiler.codegen.llvm.writer import Value, i64
from rushlight._compiler.loops.bounds import Bounds
from rushlight._compiler.loops.ir import (
    INTEGER_ONLY,
    Const,
    Index,
    Instruction,
    Load,
    Number,
    Read,
)


@dataclass
class Lanes:
    """How statements are written: one element at a time, or lanes along an index."""

    values: Values
    along: str | None = None
    mask: Value | None = None
    uniform: dict = field(default_factory=dict)  # id(expression) -> bool


class Expressions:
    """Writes a kernel's expressions.

    Args:
        kernel: a checked kernel.
        writer: of the function.
        arguments: values by the names of sizes, buffers and numbers.
    """

    def __init__(self, kernel, writer, arguments):
        self.kernel, self.b, self.arguments = kernel, writer, arguments
        self.buffers = {b.name: b for b in kernel.buffers}
        self.indices = {size: arguments[size] for size in kernel.sizes}
        self.accumulators = {}  # name -> address
        self.private = set()  # names of accumulators that each lane has for itself
        self.scalar = Lanes(Values(writer, 1))
        self.hoisted = {}  # values of the loops around (Note [Hoisting])
        self._zero = self._nowhere = None
        self.bounds = Bounds({})  # of the indices

    # Places

    def offset(self, what, memo, lanes=None):
        """The place of the first lane, without an `at` that differs between lanes."""
        total, constant = None, what.offset
        terms = [
            memory.scaled(self.scalar.values, self.indices[index], step)
            for index, step in what.strides
            if step
        ]
        if what.at is not None and (
            lanes is None or self.slope(what.at, lanes) is not None
        ):
            terms.append(self.value(what.at, self.scalar, memo))
        for term in terms:
            if known(term) is not None:
                constant += known(term)
            else:
                total = term if total is None else self.b.binary("add", total, term)
        if total is None:
            return i64(constant)
        return self.b.binary("add", total, i64(constant)) if constant else total

    def address(self, what, memo, lanes=None):
        """The address of the element that a place means, in the first lane."""
        dtype, base = self.buffers[what.buffer].dtype, self.arguments[what.buffer]
        place = self.offset(what, memo, lanes)
        return memory.element(self.scalar.values, dtype, base, place)

    def places(self, what, step, lanes, memo):
        """The places of all lanes."""
        v, place = lanes.values, self.offset(what, memo, lanes)
        if step is not None:
            return memory.lane_places(v, place, step)
        step = dict(what.strides).get(lanes.along, 0)
        own = self.value(what.at, lanes, memo)
        places = memory.lane_places(v, place, step) if step else v.splat(place)
        return v.add(places, own)

    def step(self, what, lanes):
        """How far it is from lane to lane, or None where that differs."""
        own = 0 if what.at is None else self.slope(what.at, lanes)
        if own is None:
            return None
        return own + sum(s for index, s in what.strides if index == lanes.along)

    def slope(self, value, lanes):
        """By how much an integer grows from lane to lane, or None."""
        if self.is_uniform(value, lanes):
            return 0
        if isinstance(value, Index):
            return 1
        if not isinstance(value, Instruction) or value.op not in ("add", "sub", "mul"):
            return None
        left, right = value.args
        if value.op == "mul":
            if isinstance(left, Const):
                left, right = right, left
            slope = self.slope(left, lanes)
            constant = isinstance(right, Const) and slope is not None
            return slope * right.value if constant else None
        slopes = self.slope(left, lanes), self.slope(right, lanes)
        if None in slopes:
            return None
        return slopes[0] + slopes[1] if value.op == "add" else slopes[0] - slopes[1]

    def both(self, lanes, condition):
        """The mask of lanes that are present and fulfil a condition."""
        if condition is None or lanes.mask is None:
            return lanes.mask if condition is None else condition
        return lanes.values.and_(lanes.mask, condition)

    # Values

    def value(self, value, lanes, memo):
        """An expression at a width, written at its first use."""
        if isinstance(value, Const):
            return lanes.values.const(value.value, value.dtype)
        if isinstance(value, Read):
            return self.read(value, lanes)
        key = id(value), lanes.values.lanes
        if key not in memo:
            if lanes.along and self.is_uniform(value, lanes):
                memo[key] = lanes.values.splat(self.value(value, self.scalar, memo))
            else:
                memo[key] = self.evaluate(value, lanes, memo)
        return memo[key]

    def read(self, value, lanes):
        """An accumulator's value now."""
        v = lanes.values if value.name in self.private else self.scalar.values
        found = self.b.load(v.type_of(value.dtype), self.accumulators[value.name], 64)
        return lanes.values.splat(found) if v is self.scalar.values else found

    def evaluate(self, value, lanes, memo):
        if isinstance(value, Load):
            return self.load(value, lanes, memo)
        if isinstance(value, Number):
            return self.arguments[value.name]
        if isinstance(value, Index):
            index = self.indices[value.name]
            if lanes.along:
                return memory.lane_places(lanes.values, index, 1)
            return index
        args = [self.value(arg, lanes, memo) for arg in value.args]
        if value.op in INTEGER_ONLY and lanes.along and self.is_short(value.args[0]):
            divided = divide_short(lanes.values, value.op, *args)
            if divided is not None:
                return divided
        dtypes = [arg.dtype for arg in value.args]
        return emit_instruction(lanes.values, value.op, value.dtype, dtypes, args)

    def is_short(self, value):
        """Whether an integer is known to be from 0 to 2^31 - 1."""
        low, high = self.bounds.range(value)
        return low is not None and high is not None and 0 <= low <= high < 2**31

    def load(self, load, lanes, memo):
        dtype, condition = self.buffers[load.buffer].dtype, load.zero_unless
        if condition is not None:
            condition = self.value(condition, lanes, memo)
        if lanes.along is None:
            zero = None if condition is None else self.zero()
            address = self.address(load, memo)
            return memory.load_scalar(lanes.values, dtype, address, condition, zero)
        v, step = lanes.values, self.step(load, lanes)
        mask = self.both(lanes, condition)
        if step in (1, 2):
            address = self.address(load, memo)
            some = memory.load_lanes if step == 1 else memory.load_every_other
            return some(v, dtype, address, mask)
        if step and mask is None:
            return memory.load_steps(v, dtype, self.address(load, memo), step)
        places = self.places(load, step, lanes, memo)
        base, zero = self.arguments[load.buffer], None if mask is None else self.zero()
        return memory.gather(v, dtype, base, places, mask, zero)

    def zero(self):
        """The address of a zero of any dtype."""
        if self._zero is None:
            self._zero = self.b.alloca("i64")
            self.b.entry.append(f"  store i64 0, {self._zero}, align 8")
        return self._zero

    def nowhere(self):
        """An address where anything may be written."""
        if self._nowhere is None:
            self._nowhere = self.b.alloca("i64")
        return self._nowhere

    def is_uniform(self, value, lanes):
        """Whether an expression is the same in all lanes."""
        known = lanes.uniform.get(id(value))
        if known is None:
            known = lanes.uniform[id(value)] = self._is_uniform(value, lanes)
        return known

    def _is_uniform(self, value, lanes):
        if isinstance(value, Index):
            return value.name != lanes.along
        if isinstance(value, Read):
            return value.name not in self.private
        if isinstance(value, Instruction):
            return all(self.is_uniform(arg, lanes) for arg in value.args)
        if isinstance(value, Load):
            parts = [p for p in (value.at, value.zero_unless) if p is not None]
            moves = any(index == lanes.along and s for index, s in value.strides)
            return not moves and all(self.is_uniform(p, lanes) for p in parts)
        return True


def known(value):
    """The integer that an operand is, or None."""
    return int(value.text) if value.text.lstrip("-").isdecimal() else None
