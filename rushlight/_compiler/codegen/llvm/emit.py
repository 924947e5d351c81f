"""The loop language printed as LLVM IR.

# Note [Lanes]
# A vector loop becomes a loop over groups of LANES iterations on LLVM vectors (which
# LLVM splits to the machine's width), then a scalar loop over the rest.  Accumulators
# get a vector each, begun with the neutral element; at the end its lanes are combined
# into the scalar from first to last, and the rest follows.  The order is fixed, so
# results are the same on every machine and for every number of threads.
"""

import math

import llvmlite.ir as ir

from rushlight._compiler.codegen.llvm import math as functions
from rushlight._compiler.codegen.llvm.values import INDEX, Values
from rushlight._compiler.loops.ir import (
    LANES,
    Accumulate,
    Const,
    Declare,
    Instruction,
    Load,
    Loop,
    Number,
    Store,
)

_SCALARS = {"f32": ir.FloatType(), "f64": ir.DoubleType()}
_NEUTRAL = {"add": -0.0, "max": -math.inf, "min": math.inf}
_ORDER = {"lt": "<", "le": "<=", "eq": "=="}


def emit_kernel(kernel):
    """The kernel as the text of an LLVM module with one function of its name.

    The function takes the sizes (int64), the buffers (pointers) and the numbers.
    """
    module = ir.Module(kernel.name)
    arguments = [INDEX] * len(kernel.sizes)
    arguments += [_SCALARS[b.dtype].as_pointer() for b in kernel.buffers]
    arguments += [_SCALARS[n.dtype] for n in kernel.numbers]
    function = ir.Function(
        module, ir.FunctionType(ir.VoidType(), arguments), kernel.name
    )
    for argument in function.args[len(kernel.sizes) :][: len(kernel.buffers)]:
        argument.add_attribute("noalias")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    _Emitter(kernel, module, function, builder).run()
    return str(module)


class _Emitter:
    """Walks a kernel's body with a builder."""

    def __init__(self, kernel, module, function, builder):
        self.kernel, self.module, self.b = kernel, module, builder
        self.function = function
        names = [*kernel.sizes]
        names += [b.name for b in kernel.buffers] + [n.name for n in kernel.numbers]
        self.arguments = dict(zip(names, function.args, strict=True))
        self.indices, self.accumulators = {}, {}
        self.scalar = Values(module, builder, 1)
        self.vector = Values(module, builder, LANES)

    def run(self):
        self.statements(self.kernel.body)
        self.b.ret_void()

    def statements(self, body):
        memo = {}  # Note [Values] in loops/ir.py
        for statement in body:
            if isinstance(statement, Declare):
                self.declare(statement)
            elif isinstance(statement, Loop):
                (self.vector_loop if statement.vector else self.plain_loop)(statement)
            else:
                self.statement(statement, self.scalar, None, self.accumulators, memo)

    def declare(self, statement):
        with self.b.goto_entry_block():
            place = self.b.alloca(_SCALARS[statement.dtype])
        self.b.store(self.scalar.const(statement.start, statement.dtype), place)
        self.accumulators[statement.name] = place

    def extent(self, extent):
        if isinstance(extent, str):
            return self.arguments[extent]
        return ir.Constant(INDEX, extent)

    def counted(self, index, start, stop, step, body):
        """``for index = start; index < stop; index += step``."""
        head, inside, after = (
            self.function.append_basic_block(f"{index}.{part}")
            for part in ("head", "body", "end")
        )
        before = self.b.block
        self.b.branch(head)
        self.b.position_at_end(head)
        counter = self.b.phi(INDEX, index)
        counter.add_incoming(start, before)
        self.b.cbranch(self.b.icmp_signed("<", counter, stop), inside, after)
        self.b.position_at_end(inside)
        self.indices[index] = counter
        body()
        following = self.b.add(counter, ir.Constant(INDEX, step))
        counter.add_incoming(following, self.b.block)
        self.b.branch(head)
        self.b.position_at_end(after)
        del self.indices[index]

    def plain_loop(self, loop):
        zero = ir.Constant(INDEX, 0)
        self.counted(
            loop.index,
            zero,
            self.extent(loop.extent),
            1,
            lambda: self.statements(loop.body),
        )

    def vector_loop(self, loop):
        """Groups of LANES on vectors, then the rest (Note [Lanes])."""
        zero, stop = ir.Constant(INDEX, 0), self.extent(loop.extent)
        whole = self.b.and_(stop, ir.Constant(INDEX, -LANES))
        wide = self.wide_accumulators(loop)

        def group():
            self.iteration(loop, self.vector, wide)

        self.counted(loop.index, zero, whole, LANES, group)
        self.combine_lanes(loop, wide)
        self.counted(
            loop.index,
            whole,
            stop,
            1,
            lambda: self.iteration(loop, self.scalar, self.accumulators),
        )

    def iteration(self, loop, values, accumulators):
        """One iteration, or a group: values first, then stores (Note [Values])."""
        memo = {}
        for statement in loop.body:
            self.value(statement.value, values, loop.index, memo)
        for statement in loop.body:
            self.statement(statement, values, loop.index, accumulators, memo)

    def wide_accumulators(self, loop):
        """A vector for each accumulator that the loop fills."""
        wide = {}
        for statement in loop.body:
            if isinstance(statement, Accumulate):
                dtype = statement.value.dtype
                with self.b.goto_entry_block():
                    place = self.b.alloca(self.vector.type_of(dtype))
                self.b.store(self.vector.const(_NEUTRAL[statement.kind], dtype), place)
                wide[statement.name] = place
        return wide

    def combine_lanes(self, loop, wide):
        for statement in loop.body:
            if not isinstance(statement, Accumulate):
                continue
            place, dtype = self.accumulators[statement.name], statement.value.dtype
            lanes, total = self.b.load(wide[statement.name]), self.b.load(place)
            for number in range(LANES):
                lane = self.b.extract_element(
                    lanes, ir.Constant(ir.IntType(32), number)
                )
                total = self.combine(self.scalar, statement.kind, total, lane, dtype)
            self.b.store(total, place)

    def statement(self, statement, values, along, accumulators, memo):
        """A store or an accumulation, scalar or (along an index) of LANES elements."""
        value = self.value(statement.value, values, along, memo)
        if isinstance(statement, Store):
            self.store(statement, value, values, along)
            return
        place, dtype = accumulators[statement.name], statement.value.dtype
        old = self.b.load(place)
        self.b.store(self.combine(values, statement.kind, old, value, dtype), place)

    def combine(self, values, kind, old, new, dtype):
        return _EMIT[kind](values, dtype, old, new)

    def pointer(self, what):
        """The address of the (first) element that a place means."""
        place = ir.Constant(INDEX, what.offset)
        for index, step in what.strides:
            if step:
                scaled = self.b.mul(self.indices[index], ir.Constant(INDEX, step))
                place = self.b.add(place, scaled)
        return self.b.gep(self.arguments[what.buffer], [place], inbounds=True)

    def store(self, statement, value, values, along):
        pointer, step = self.pointer(statement), dict(statement.strides).get(along, 0)
        if values.lanes == 1 or step == 1:
            self._store_group(value, pointer, values)
            return
        for number in range(values.lanes):
            lane = self.b.extract_element(value, ir.Constant(ir.IntType(32), number))
            self.b.store(lane, self.b.gep(pointer, [ir.Constant(INDEX, number * step)]))

    def _store_group(self, value, pointer, values):
        if values.lanes > 1:
            size = 4 if isinstance(value.type.element, ir.FloatType) else 8
            pointer = self.b.bitcast(pointer, value.type.as_pointer())
            self.b.store(value, pointer, align=size)
        else:
            self.b.store(value, pointer)

    def load(self, value, values, along):
        pointer, step = self.pointer(value), dict(value.strides).get(along, 0)
        if values.lanes == 1:
            return self.b.load(pointer)
        if step == 0:
            return values.splat(self.b.load(pointer))
        kind = values.type_of(value.dtype)
        if step == 1:
            pointer = self.b.bitcast(pointer, kind.as_pointer())
            return self.b.load(pointer, align=4 if value.dtype == "f32" else 8)
        lanes = ir.Constant(kind, ir.Undefined)
        for number in range(values.lanes):
            place = self.b.gep(pointer, [ir.Constant(INDEX, number * step)])
            lane = ir.Constant(ir.IntType(32), number)
            lanes = self.b.insert_element(lanes, self.b.load(place), lane)
        return lanes

    def value(self, value, values, along, memo):
        """An expression at a width, emitted at its first use."""
        if id(value) not in memo:
            memo[id(value)] = self.evaluate(value, values, along, memo)
        return memo[id(value)]

    def evaluate(self, value, values, along, memo):
        if isinstance(value, Const):
            return values.const(value.value, value.dtype)
        if isinstance(value, Load):
            return self.load(value, values, along)
        if isinstance(value, Number):
            return values.splat(self.arguments[value.name])
        if isinstance(value, Instruction):
            args = [self.value(arg, values, along, memo) for arg in value.args]
            dtype = next((a.dtype for a in value.args if a.dtype != "bool"), "bool")
            return _EMIT[value.op](values, dtype, *args)
        return values.splat(self.b.load(self.accumulators[value.name]))


def _extreme(order):
    """max or min: nan where either argument is nan."""

    def emit(v, dtype, x, y):
        unordered = v.b.fcmp_unordered("uno", x, y)
        chosen = v.b.select(v.b.fcmp_ordered(order, x, y), x, y)
        return v.b.select(unordered, v.b.fadd(x, y), chosen)

    return emit


def _ordered(op):
    return lambda v, dtype, x, y: v.b.fcmp_ordered(_ORDER[op], x, y)


_EMIT = {
    "add": lambda v, dtype, x, y: v.b.fadd(x, y),
    "sub": lambda v, dtype, x, y: v.b.fsub(x, y),
    "mul": lambda v, dtype, x, y: v.b.fmul(x, y),
    "div": lambda v, dtype, x, y: v.b.fdiv(x, y),
    "neg": lambda v, dtype, x: v.b.fneg(x),
    "abs": lambda v, dtype, x: v.intrinsic("fabs", dtype, x),
    "max": _extreme(">="),
    "min": _extreme("<="),
    "sqrt": lambda v, dtype, x: v.intrinsic("sqrt", dtype, x),
    "exp": lambda v, dtype, x: functions.exp(v, x, dtype),
    "log": lambda v, dtype, x: functions.log(v, x, dtype),
    "tanh": lambda v, dtype, x: functions.tanh(v, x, dtype),
    "erf": lambda v, dtype, x: functions.erf(v, x, dtype),
    "floor": lambda v, dtype, x: v.intrinsic("floor", dtype, x),
    "round": lambda v, dtype, x: v.intrinsic("rint", dtype, x),
    "lt": _ordered("lt"),
    "le": _ordered("le"),
    "eq": _ordered("eq"),
    "ne": lambda v, dtype, x, y: v.b.fcmp_unordered("!=", x, y),
    "and": lambda v, dtype, x, y: v.b.and_(x, y),
    "or": lambda v, dtype, x, y: v.b.or_(x, y),
    "not": lambda v, dtype, x: v.b.not_(x),
    "where": lambda v, dtype, c, x, y: v.b.select(c, x, y),
}
