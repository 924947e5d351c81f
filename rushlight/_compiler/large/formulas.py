"""Formulas: what a pointwise op computes of one element, and kernels of that."""

from dataclasses import dataclass

from rushlight._base import dtype as dtypes
from rushlight._base.errors import RushlightError
from rushlight._base.spec import Spec
from rushlight._compiler.graph.expression import POINTWISE
from rushlight._compiler.graph.ir import Graph
from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.loops.ir import LOGICAL, WIDE, Instruction
from rushlight._compiler.passes.domains import reachable
from rushlight._compiler.passes.lower import lower_graph
from rushlight._compiler.passes.lowering import NotLowered

#: NumPy's dtypes as the loop language stores them, and as graphs compute with them.
STORED = {
    "float32": "f32",
    "float64": "f64",
    "float16": "f16",
    "bfloat16": "bf16",
    "int64": "i64",
    "int32": "i32",
    "uint8": "u8",
    "bool": "bool",
}
_WIDE = {"f32": "float32", "f64": "float64", "i64": "int64", "bool": "bool"}
_HALVES = frozenset(("f16", "bf16"))
_ROUNDING = frozenset("add sub mul div sqrt cast".split())
_UNROUNDED = frozenset(
    "neg abs max min floor ceil trunc round lt le eq ne and or not where".split()
)
#: What a cast to half precision is, but for the rounding as it is stored.
_NARROW = {dtypes.float16: dtypes.float32, dtypes.bfloat16: dtypes.float32}
#: What rules raise that want more dimensions than one.
_NO_ROWS = RushlightError, IndexError
#: The size of the operands that a rule is asked about.
_SOME = 64


@dataclass
class Formula:
    """What an op computes, of operands of some dtypes.

    Attributes:
        inputs: an expression for each operand that is given.
        stored: the dtype of each in memory.
        output: the result's expression.
        dtype: the result's NumPy dtype.
        checks: expressions that must be 0 everywhere; else NumPy's form is to be run.
        is_exact: whether NumPy's form gives the same bits (Note [Exact kernels]).
    """

    inputs: list
    stored: list
    output: object
    dtype: object
    checks: list
    is_exact: bool

    def all_dtypes(self):
        """In memory: the operands' and the result's."""
        return {*self.stored, STORED[self.dtype.name]}

    def cost(self):
        """How many different instructions it has."""
        return len(reachable([self.output, *self.checks]))


def formula_of(op, given, attrs):
    """The Formula of an op, or None where it is not computed element by element.

    Args:
        op: its record.
        given: NumPy's dtype of each input; None where it is left out.
        attrs: its attributes.
    """
    if op.lower is None or op.many or not all(d is None or d.isnative for d in given):
        return None
    stored = [None if d is None else STORED.get(d.name) for d in given]
    if any(s is None and d is not None for s, d in zip(stored, given, strict=True)):
        return None
    try:
        result = op.spec(*_specs(given), **attrs)
    except _NO_ROWS:
        return None  # a dimension or a size that some elements in a row lack
    if result.__class__ is not Spec or result.shape != (_SOME,):
        return None
    if result.dtype.name not in STORED:
        return None
    attrs = {
        name: _NARROW.get(value, value) if isinstance(value, dtypes.dtype) else value
        for name, value in attrs.items()
    }
    graph = Graph()
    wide = [None if s is None else _WIDE[WIDE[s]] for s in stored]
    inputs = [
        None if s is None else graph.input(s, f"x{place}")
        for place, s in enumerate(_specs(wide))
    ]
    spec = op.spec(*_specs(wide), **attrs)
    graph.outputs = list(graph.add(op, inputs, attrs, (spec,)).outputs)
    try:
        lowered = lower_graph(graph)
    except (NotLowered, *_NO_ROWS):
        return None
    if WIDE[STORED[result.dtype.name]] != WIDE.get(lowered.outputs[0].dtype):
        return None
    formula = _formula(lowered, [s for s in stored if s], result.dtype)
    if formula is not None and op.exact is not None:
        formula.is_exact = op.exact
    if formula is not None and not _HALVES.isdisjoint(formula.all_dtypes()):
        numbers = any(v.__class__ in (int, float) for v in attrs.values())
        return None if numbers or not _rounds_at_once(formula) else formula
    return formula


def _specs(given):
    return [None if d is None else Spec((_SOME,), d) for d in given]


def _formula(lowered, stored, dtype):
    checks = []
    for check in lowered.checks:
        while check.kind in ("reduce", "reshape"):
            check = check.args[0]
        checks.append(check)
    if lowered.library or not _are_pointwise([lowered.outputs[0], *checks]):
        return None
    output = lowered.outputs[0]
    if output.kind == "input" and not checks and stored == [STORED[dtype.name]]:
        return None  # nothing is computed; the eager rule may be there for a check
    is_exact = _roundings(output, {}) <= 1
    return Formula(lowered.inputs, stored, output, dtype, checks, is_exact)


# Note [Half formulas]
# NumPy's form of an op in half precision rounds after each of its steps, a kernel once,
# at the end; constants are rounded too, and of two zeros another may be the greater.
# So there are kernels only of ops that are one step, without constants.


def _rounds_at_once(formula):
    """Whether half precision comes out as by NumPy's form (Note [Half formulas])."""
    e = formula.output
    steps = [a for a in reachable([e]) if a.kind not in ("input", "cast")]
    if any(a.kind in ("const", "max", "min") for a in steps):
        return False
    inner = max([_roundings(a, {}) for a in e.args], default=0)
    return inner == 0 and formula.is_exact and "f64" not in formula.stored


def _are_pointwise(roots):
    """Whether expressions are made of single elements of their inputs."""
    inner = {a for e in roots for a in reachable(e.args)}
    if any(e.dtype in ("i32", "u8") and e.kind != "input" for e in inner):
        return False  # narrowed only as they are stored
    return all(
        e.kind in ("input", "const")
        or e.kind in POINTWISE
        or (e.kind in ("expand", "reshape") and e.args[0].size == 1)
        for e in (*roots, *inner)
    )


def _roundings(e, memo):
    """How many roundings an element goes through, at most; many for functions."""
    if e not in memo:
        own = 0
        if e.kind in _ROUNDING:
            own = int(e.dtype in ("f32", "f64") and not _is_widening(e))
        elif e.kind in POINTWISE and e.kind not in _UNROUNDED:
            own = 0 if e.dtype == "i64" else 9
        memo[e] = own + max([_roundings(a, memo) for a in e.args], default=0)
    return memo[e]


def _is_widening(e):
    return e.kind == "cast" and (
        e.args[0].dtype in ("bool", "u8")
        or (e.dtype, e.args[0].dtype) == ("f64", "f32")
    )


# Note [Kernels of formulas]
# There are two kernels of a formula.  The flat one walks one run, in blocks.  The other
# takes whole runs, or parts of long ones, for a block: block b has part b % parts of
# `each` runs from b // parts * each on.  Operands may be the result, in place, so all
# buffers may coincide.


class _Kernel:
    """A kernel of a formula while it is built."""

    def __init__(self, formula, pattern, block, name):
        self.formula, self.pattern, self.block = formula, pattern, block
        self.k = k = Builder(name)
        self.count = k.size("count")
        stored = [*formula.stored, STORED[formula.dtype.name]]
        self.buffers = [
            k.buffer(f"x{i}", dtype, "span", i + 1 == len(stored), may_coincide=True)
            for i, dtype in enumerate(stored)
        ]
        self.wrong = None
        if formula.checks:
            self.wrong = k.buffer("wrong", "i64", "blocks", written=True)

    def flat(self):
        k, block = self.k, self.block
        k.size("span"), k.size("blocks")
        with k.loop("b", "blocks", parallel=True):
            rest = k.sub(k.index("count"), k.mul(k.index("b"), block))
            with self._counted(), k.loop("i", k.min(rest, block), vector=True):
                self._element(None, {"b": block, "i": 1})
        return k.kernel()

    def rows(self):
        k = self.k
        names = "span blocks rows second parts each".split()
        rows, second, parts, each = map(k.index, list(map(k.size, names))[2:])
        steps = [
            (k.index(k.size(f"long{i}")), k.index(k.size(f"short{i}")))
            for i in range(len(self.pattern) + 1)
        ]
        with k.loop("b", "blocks", parallel=True):
            start = k.mul(k.floordiv(k.index("b"), parts), each)
            begin = k.mul(k.remainder(k.index("b"), parts), self.block)
            count = k.min(k.sub(rows, start), each)
            with self._counted(), k.loop("r", count):
                row = k.add(start, k.index("r"))
                where = k.floordiv(row, second), k.remainder(row, second)
                places = [
                    k.add(k.mul(where[0], long), k.mul(where[1], short))
                    for long, short in steps
                ]
                width = k.min(k.sub(k.index("count"), begin), self.block)
                with k.loop("i", width, vector=True):
                    self._element(places, {"i": 1}, begin)
        return k.kernel()

    def _counted(self):
        return _Counted(self)

    def _element(self, places, strides, begin=None):
        """One element of the result, and what is wrong with it."""
        k, memo = self.k, {}
        pattern = f"{self.pattern}1"
        at = [None] * len(pattern)
        if places is not None:
            at = [
                k.add(place, begin) if one == "1" else place
                for place, one in zip(places, pattern, strict=True)
            ]
        inputs = zip(
            self.formula.inputs, self.buffers, pattern, at
        )  # the result is last
        for e, buffer, one, place in inputs:
            memo[e] = k.load(buffer, 0, place, **(strides if one == "1" else {}))
        value = self._value(self.formula.output, memo)
        k.store(self.buffers[len(pattern) - 1], value, 0, at[-1], **strides)
        for check in self.formula.checks:
            k.accumulate(self.total, "max", self._value(check, memo))

    def _value(self, e, memo):
        if e not in memo:
            memo[e] = self._evaluate(e, memo)
        return memo[e]

    def _evaluate(self, e, memo):
        k = self.k
        if e.kind == "const":
            return k.const(e.data.value, WIDE[e.dtype])
        args = [self._value(a, memo) for a in e.args]
        if e.kind in ("expand", "reshape"):
            return args[0]
        if e.kind == "cast":
            return k.cast(args[0], WIDE[e.dtype])
        if e.kind in LOGICAL:
            return Instruction(e.kind, tuple(args), "bool")
        return k.instruction(e.kind, *args)


class _Counted:
    """Around a block's loops: counts what is wrong in it, if that is asked."""

    def __init__(self, kernel):
        self.kernel = kernel

    def __enter__(self):
        if self.kernel.wrong is not None:
            self.kernel.total = self.kernel.k.declare("total", "i64", 0)

    def __exit__(self, kind, *rest):
        if self.kernel.wrong is not None and kind is None:
            self.kernel.k.store(self.kernel.wrong, self.kernel.total, b=1)


def kernel_of(formula, pattern, block, is_flat, name="large"):
    """The kernel of a formula (Note [Kernels of formulas]).

    Args:
        formula: a Formula.
        pattern: of the walks that it is for (`Walk.pattern`).
        block: elements of a run in one block, at most.
        is_flat: whether the walk is one run.
        name: of the kernel.

    Returns:
        Kernel: a task.
    """
    kernel = _Kernel(formula, pattern, block, name)
    return kernel.flat() if is_flat else kernel.rows()
