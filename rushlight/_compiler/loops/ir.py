"""The loop language.

A kernel has buffers (flat memory of one dtype), numbers given at each call, and a body
of statements.  Values are trees of expressions; nothing has a side effect but `Store`
and `Accumulate`.

# Note [Values]
# An expression object is evaluated once in each run of the body that uses it.  In a
# vector loop the stores of one iteration take effect together, after all its values
# were computed: a body may read and write the same places, as in an update.

# Note [Vector loops]
# A loop marked `vector` says that its iterations are independent but for accumulators,
# which are combined in a fixed order: lane by lane, then the lanes from first to last
# (Note [Lanes] in codegen).  The width is LANES on every machine, so results do not
# depend on it.
"""

from dataclasses import dataclass, field

#: Lanes of a vector loop.
LANES = 16

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
    "log": 1,
    "tanh": 1,
    "erf": 1,
    "floor": 1,
    "round": 1,
    "lt": 2,
    "le": 2,
    "eq": 2,
    "ne": 2,
    "and": 2,
    "or": 2,
    "not": 1,
    "where": 3,
}
COMPARISONS = frozenset({"lt", "le", "eq", "ne"})
LOGICAL = frozenset({"and", "or", "not"})


@dataclass(frozen=True)
class Buffer:
    """Memory that a kernel is given: `size` elements of a dtype ("f32" or "f64")."""

    name: str
    dtype: str
    size: str | int
    written: bool = False


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
class Load:
    """An element of a buffer; the place is ``offset + sum(stride * index)``."""

    buffer: str
    strides: tuple  # of (index name, stride)
    offset: int
    dtype: str


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
    """Write an expression to a place in a buffer."""

    buffer: str
    strides: tuple
    offset: int
    value: object


@dataclass
class Accumulate:
    """Combine an expression into an accumulator: "add", "max" or "min"."""

    name: str
    kind: str
    value: object


@dataclass
class Declare:
    """A new accumulator with its first value."""

    name: str
    dtype: str
    start: float


@dataclass
class Loop:
    """Run the body for ``index`` in ``range(extent)``."""

    index: str
    extent: str | int
    body: list = field(default_factory=list)
    vector: bool = False


@dataclass
class Kernel:
    """A function over buffers: sizes are integers given at each call, by name."""

    name: str
    sizes: tuple
    buffers: tuple
    numbers: tuple
    body: list
