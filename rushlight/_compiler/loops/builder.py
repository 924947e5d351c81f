"""The builder: how `lower` rules and schedules write the loop language.

# Note [Symbolic kernels]
# Whoever writes a kernel may use symbolic numbers (_base/symbols.py) wherever ints are
# used.  Each becomes a size of the kernel, given at each call; the kernel remembers its
# formula.  A step or offset that is symbolic goes to the place's `at`.  What must be
# known when the machine code is made (the size of local memory, an unrolled loop, the
# lanes) is fixed by being used.
"""

from rushlight._base.symint import fixed, is_symbolic
from rushlight._compiler.loops.ir import (
    COMPARISONS,
    INSTRUCTIONS,
    LANES,
    LOGICAL,
    WIDE,
    Accumulate,
    Buffer,
    Const,
    Declare,
    Index,
    Instruction,
    Kernel,
    Load,
    Loop,
    Number,
    Place,
    Product,
    Read,
    Store,
)


class Builder:
    """Collects a kernel's parts; every scalar instruction is a method.

    A method's name is the instruction's, with an underscore where Python has the word
    (``k.and_``, ``k.or_``, ``k.not_``).  Python numbers among the arguments become
    constants of the other argument's dtype.
    """

    def __init__(self, name):
        self.name = name
        self.sizes, self.buffers, self.numbers = [], [], []
        self.body = []
        self._open = [self.body]
        self._formulas = {}  # names of sizes by their formulas

    def size(self, name):
        """A size given at each call."""
        self.sizes.append(name)
        return name

    def _known(self, size):
        """A size as it is, or the name of one that is given by its formula."""
        if not is_symbolic(size):
            return size
        if size not in self._formulas:
            self._formulas[size] = self.size(f"n{len(self._formulas)}")
        return self._formulas[size]

    def _value(self, size):
        """A size as it is, or as an i64 value."""
        return Index(self._known(size)) if is_symbolic(size) else size

    def _spot(self, offset, at, strides):
        """Offset, `at` and strides of a place: what is symbolic is added to `at`."""
        parts = [] if at is None else [at]
        if is_symbolic(offset):
            parts.append(self._value(offset))
        for index, step in strides.items():
            if is_symbolic(step):
                parts.append(self.mul(Index(index), self._value(step)))
        total = None
        for part in parts:
            total = part if total is None else self.add(total, part)
        strides = [(i, step) for i, step in strides.items() if not is_symbolic(step)]
        return 0 if is_symbolic(offset) else offset, total, tuple(strides)

    def buffer(self, name, dtype, size, written=False, may_coincide=False):
        """Memory given at each call."""
        size = self._known(size)
        self.buffers.append(
            Buffer(name, dtype, size, written, may_coincide=may_coincide)
        )
        return self.buffers[-1]

    def number(self, name, dtype):
        """A scalar given at each call."""
        self.numbers.append(Number(name, dtype))
        return self.numbers[-1]

    def local(self, name, dtype, size):
        """Memory of the block's own; its size is an int (Note [Blocks])."""
        self.buffers.append(Buffer(name, dtype, fixed(size), written=True, local=True))
        return self.buffers[-1]

    def const(self, value, dtype="f32"):
        """A number known now, or a symbolic one."""
        if is_symbolic(value):
            return self.cast(self._value(value), dtype)
        kind = {"i64": int, "bool": bool}.get(dtype, float)
        return Const(kind(value), dtype)

    def index(self, name):
        """The value of an open loop's index, or of a size."""
        return Index(name)

    def loop(self, index, extent, vector=False, lanes=LANES, **options):
        """A loop, for a ``with`` block; options are `parallel` and `unroll`."""
        extent = self._known(fixed(extent) if options.get("unroll") else extent)
        return _Open(self, Loop(index, extent, [], vector, lanes, **options))

    def load(self, buffer, offset=0, at=None, zero_unless=None, **strides):
        """An element: ``k.load(x, i=1)`` is ``x[i]``."""
        offset, at, strides = self._spot(offset, at, strides)
        wide = WIDE[buffer.dtype]
        return Load(buffer.name, strides, offset, wide, at, zero_unless)

    def store(self, buffer, value, offset=0, at=None, only_if=None, **strides):
        """Write an element."""
        offset, at, strides = self._spot(offset, at, strides)
        self.emit(Store(buffer.name, strides, offset, value, at, only_if))

    def place(self, buffer, row, offset=0, at=None, **strides):
        """A matrix in a buffer, for `product`."""
        offset, at, strides = self._spot(offset, at, strides)
        return Place(buffer.name, strides, offset, self._value(row), at)

    def product(self, dtype, m, n, k, a, b, c, **options):
        """``c = alpha * op(a) op(b) + beta * c``; see `Product`."""
        m, n, k = map(self._value, (m, n, k))
        self.emit(Product(dtype, m, n, k, a, b, c, **options))

    def cast(self, x, dtype):
        """A value in another dtype; the same where it has it."""
        return x if x.dtype == dtype else Instruction("cast", (x,), dtype)

    def declare(self, name, dtype, start):
        """A new accumulator."""
        self.emit(Declare(name, dtype, start))
        return Read(name, dtype)

    def accumulate(self, accumulator, kind, value):
        """Combine a value into an accumulator."""
        self.emit(Accumulate(accumulator.name, kind, value))

    def emit(self, statement):
        """Append a statement to the innermost open loop."""
        self._open[-1].append(statement)

    def kernel(self):
        """The finished kernel."""
        return Kernel(
            self.name,
            tuple(self.sizes),
            tuple(self.buffers),
            tuple(self.numbers),
            self.body,
            tuple(self._formulas),
        )

    def instruction(self, op, *args):
        """One scalar instruction."""
        dtypes = (a.dtype for a in args if hasattr(a, "dtype"))
        dtype = next((dtype for dtype in dtypes if dtype != "bool"), "bool")
        args = tuple(a if hasattr(a, "dtype") else self.const(a, dtype) for a in args)
        result = "bool" if op in COMPARISONS else dtype
        return Instruction(op, args, result)

    def square(self, x):
        """``x * x``."""
        return self.instruction("mul", x, x)


class _Open:
    """A loop while its body is being written."""

    def __init__(self, builder, loop):
        self.builder, self.loop = builder, loop

    def __enter__(self):
        self.builder.emit(self.loop)
        self.builder._open.append(self.loop.body)
        return self.loop

    def __exit__(self, *exc):
        self.builder._open.pop()


def _method(op):
    if op in LOGICAL:
        return lambda self, *args: Instruction(op, args, "bool")
    return lambda self, *args: self.instruction(op, *args)


for _op in INSTRUCTIONS.keys() - {"cast"}:
    setattr(Builder, f"{_op}_" if _op in LOGICAL else _op, _method(_op))
