"""The loop language.

A kernel has buffers (flat memory of one dtype), sizes and numbers given at each call,
and a body of statements.  Values are trees of expressions; nothing has a side effect
but `Store`, `Accumulate` and `Product`.

# Note [Values]
# An expression object is evaluated once in each run of the body that uses it.  In a
# vector loop without inner loops the stores of one iteration take effect together,
# after all its values were computed: a body may read and write the same places, as in
# an update.  Statements of any other body take effect one after another.

# Note [Vector loops]
# A loop marked `vector` says that its iterations are independent but for accumulators.
# It runs in groups of `lanes` iterations; the last group may be short, then its absent
# lanes neither read, nor write, nor count.  An accumulator declared outside the loop
# is filled lane by lane; then the lanes are combined by halves (lane i with lane
# i + lanes/2, until one is left) and the result with the accumulator.  One declared
# inside belongs to its iteration.  A plain loop inside a vector loop is run by all
# lanes together, so its extent is the same for all; a store's place differs from lane
# to lane.  The width is the same on every machine, so results are too.

# Note [Blocks]
# A kernel whose body is one `parallel` loop is a task: its blocks may be run by any
# thread, in any order, each exactly once.  A block writes nothing that another block
# reads or writes.  Buffers marked `local` belong to the block (their values are
# undefined when it begins): they live in memory that each thread has for itself.

# Note [Storage]
# Buffers hold bool (a byte, 0 or 1), u8, i32, i64, f16, bf16, f32 or f64.  Arithmetic
# is done in f32, f64, i64 and bool: an element of u8, i32, f16 or bf16 is widened when
# it is loaded (u8 and i32 to i64, f16 and bf16 to f32) and narrowed when it is stored:
# floats are rounded to nearest even, integers keep their low bits.  `Load.dtype` is
# the wide one.

# Note [Integers]
# They wrap around.  `floordiv` and `remainder` by 0 give 0.  A float that has no
# integer (nan, or too large) is cast to the least one.

# Note [Aliases]
# Two buffers of a kernel do not overlap if either is written.  Where memory is read
# and written in place, a kernel has one buffer for it, or two that `may_coincide`: such
# are either apart or the same from the first element to the last (then each element is
# read before it is written, as Note [Values] orders it).
"""

from dataclasses import dataclass, field

#: Lanes of a vector loop.
LANES = 16

#: The dtype in which an element is computed with, by the dtype in which it is stored.
WIDE = {
    "bool": "bool",
    "u8": "i64",
    "i32": "i64",
    "i64": "i64",
    "f16": "f32",
    "bf16": "f32",
    "f32": "f32",
    "f64": "f64",
}

#: Bytes of one stored element.
BYTES = {"bool": 1, "u8": 1, "i32": 4, "i64": 8, "f16": 2, "bf16": 2}
BYTES.update({"f32": 4, "f64": 8})

#: Scalar instructions: name -> number of arguments.
INSTRUCTIONS = {
    "add": 2,
    "sub": 2,
    "mul": 2,
    "div": 2,
    "neg": 1,
    "abs": 1,
    "max": 2,
    "min": 2,
    "sqrt": 1,
    "exp": 1,
    "expm1": 1,
    "log": 1,
    "log1p": 1,
    "tanh": 1,
    "erf": 1,
    "sin": 1,
    "cos": 1,
    "pow": 2,
    "floor": 1,
    "ceil": 1,
    "trunc": 1,
    "round": 1,
    "fma": 3,
    "remainder": 2,  # integers only: with the sign of the divisor
    "floordiv": 2,  # integers only: rounds down
    "lt": 2,
    "le": 2,
    "eq": 2,
    "ne": 2,
    "and": 2,
    "or": 2,
    "not": 1,
    "where": 3,
    "cast": 1,  # to the instruction's own dtype; floats to integers truncate
}
COMPARISONS = frozenset({"lt", "le", "eq", "ne"})
LOGICAL = frozenset({"and", "or", "not"})
INTEGER_ONLY = frozenset({"remainder", "floordiv"})
FLOAT_ONLY = frozenset(
    "div sqrt exp expm1 log log1p tanh erf sin cos pow floor ceil trunc round".split()
)


@dataclass(frozen=True)
class Buffer:
    """Memory that a kernel is given: `size` elements of a dtype (Note [Storage]).

    A `local` one is the block's own (Note [Blocks]) and its size is known.  Two that
    `may_coincide` may be the same memory (Note [Aliases]).
    """

    name: str
    dtype: str
    size: str | int
    written: bool = False
    local: bool = False
    may_coincide: bool = False


@dataclass(frozen=True)
class Number:
    """A scalar that a kernel is given at each call."""

    name: str
    dtype: str


@dataclass(frozen=True)
class Const:
    """A number known when the kernel is built."""

    value: float
    dtype: str


@dataclass(frozen=True)
class Index:
    """The value of a loop's index (in a vector loop, of each lane) or of a size."""

    name: str
    dtype: str = "i64"


@dataclass(frozen=True)
class Load:
    """An element of a buffer.

    The place is ``offset + sum(stride * index) + at``, where `at` is an expression of
    dtype i64, or None.  `zero_unless` is a bool expression, or None: where it is
    false nothing is read and the value is 0, so the place may lie outside.
    """

    buffer: str
    strides: tuple  # of (index name, stride)
    offset: int
    dtype: str
    at: object = None
    zero_unless: object = None


@dataclass(frozen=True)
class Instruction:
    """One scalar instruction on expressions."""

    op: str
    args: tuple
    dtype: str  # of the result; "bool" for comparisons


@dataclass(frozen=True)
class Read:
    """The value of an accumulator, outside the loop that fills it."""

    name: str
    dtype: str


@dataclass
class Store:
    """Write an expression to a place in a buffer; `at` as in `Load`.

    With `only_if`, a bool expression, nothing is written where it is false.
    """

    buffer: str
    strides: tuple
    offset: int
    value: object
    at: object = None
    only_if: object = None


@dataclass
class Accumulate:
    """Combine an expression into an accumulator: "add", "mul", "max" or "min".

    A product that is added is rounded once, with the sum, where the machine can.
    Bools have "max" (any) and "min" (all).  A product of floats (a "mul") is added with
    one rounding, as by "fma".
    """

    name: str
    kind: str
    value: object


@dataclass
class Declare:
    """A new accumulator with its first value, set anew whenever this is reached."""

    name: str
    dtype: str
    start: float


@dataclass(frozen=True)
class Place:
    """The first element of a matrix in a buffer, and the step from row to row."""

    buffer: str
    strides: tuple
    offset: int
    row: object  # int, or an expression of dtype i64
    at: object = None


@dataclass
class Product:
    """A matrix product: ``c = alpha * op(a) op(b) + beta * c``, by BLAS.

    c is (m, n); a is (m, k), or (k, m) where `transpose_a`; b is (k, n), or (n, k)
    where `transpose_b`.  Sizes are ints or expressions of dtype i64.  f32 or f64.
    """

    dtype: str
    m: object
    n: object
    k: object
    a: Place
    b: Place
    c: Place
    transpose_a: bool = False
    transpose_b: bool = False
    alpha: float = 1.0
    beta: float = 0.0


@dataclass
class Loop:
    """Run the body for ``index`` in ``range(extent)``.

    The extent is an int, a size's name or an expression of dtype i64.  With `unroll`
    the machine code repeats the body (the extent is an int then).
    """

    index: str
    extent: object
    body: list = field(default_factory=list)
    vector: bool = False
    lanes: int = LANES
    parallel: bool = False
    unroll: bool = False


@dataclass
class Kernel:
    """A function over buffers: sizes are integers given at each call, by name.

    Where sizes are symbolic `formulas` has for each what it is.
    """

    name: str
    sizes: tuple
    buffers: tuple
    numbers: tuple
    body: list
    formulas: tuple = ()

    @property
    def is_task(self):
        """Whether it is run block by block (Note [Blocks])."""
        return len(self.body) == 1 and getattr(self.body[0], "parallel", False)

    @property
    def local_bytes(self):
        """Bytes of local memory that each thread needs: a multiple of 64."""
        return sum(map(_aligned, self.buffers))

    def local_places(self):
        """{name: where it begins in a thread's memory} of the local buffers."""
        places, end = {}, 0
        for buffer in self.buffers:
            if buffer.local:
                places[buffer.name], end = end, end + _aligned(buffer)
        return places


def _aligned(buffer):
    """Bytes of a local buffer, rounded up to cache lines."""
    return -(-buffer.size * BYTES[buffer.dtype] // 64) * 64 if buffer.local else 0
