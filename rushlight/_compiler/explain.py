"""explain(): what was fused into what, what was not compiled and why, and the time."""

import time
from dataclasses import dataclass, field

import numpy as np

from rushlight._base.symint import hint_of, is_symbolic
from rushlight._compiler.graph.ir import Value
from rushlight._compiler.passes.lower import label
from rushlight._compiler.passes.lowering import STORED
from rushlight._compiler.report import call_text, halves_of
from rushlight._compiler.runtime.assemble import FREE
from rushlight._compiler.runtime.program import Step
from rushlight._compiler.slots import REQUESTS

#: Seconds for which one piece is run to time it, and the most runs.
_SECONDS, _RUNS = 0.02, 200


@dataclass
class PieceReport:
    """One piece of a plan: see `assemble.Piece`; `seconds` is None unprofiled."""

    kind: str
    text: str
    bytes: int
    flops: int
    seconds: float | None = None
    why: str = ""


@dataclass
class PlanReport:
    """Forward or backward of one kind of call.

    Attributes:
        name: "forward" or "backward".
        operations: nodes of the graph.
        pieces: list of PieceReport; None where the plan was not needed yet.
    """

    name: str
    operations: int
    pieces: list | None

    def total(self, what):
        """The sum of "bytes", "flops" or "seconds"; None where one is unknown."""
        values = [getattr(piece, what) for piece in self.pieces or ()]
        return None if None in values else sum(values)

    def library(self):
        """The pieces that stayed calls of eager rules."""
        return [piece for piece in self.pieces or () if piece.kind == "library"]


@dataclass
class Explanation:
    """What `explain()` returns; print it, or read its fields.

    Attributes:
        name: of the function.
        calls: list of (kind of call as text, list of PlanReport).
        reasons: why calls were not compiled.
    """

    name: str
    calls: list = field(default_factory=list)
    reasons: list = field(default_factory=list)

    def __str__(self):
        count = len(self.calls)
        lines = [f"{self.name}: {count} kind{'s' * (count != 1)} of calls compiled"]
        for number, (call, plans) in enumerate(self.calls, 1):
            lines.append(f"call {number}: {call}")
            for plan in plans:
                lines += _plan_lines(plan)
        for reason in self.reasons:
            lines.append(f"not compiled: {reason}")
        return "\n".join(lines)

    __repr__ = __str__


def explain(name, entries, reasons, profile=False):
    """Explain a compiled function.

    Args:
        name: of the function.
        entries: list of (key, Entry).
        reasons: list of str.
        profile: whether to time the pieces, on random numbers.

    Returns:
        Explanation.
    """
    found = Explanation(name, reasons=list(reasons))
    for key, entry in entries:
        plans = [_plan_report(half, profile) for half in halves_of(entry)]
        found.calls.append((call_text(key, entry), plans))
    return found


def _plan_report(half, profile):
    name, graph, plan = half
    if plan is None:
        return PlanReport(name, len(graph.nodes), None)
    pieces = [
        PieceReport(p.kind, _text(p), p.bytes, p.flops, why=_why(p))
        for p in plan.pieces
    ]
    if profile and pieces:
        for piece, seconds in zip(pieces, profiled(plan), strict=True):
            piece.seconds = seconds
    return PlanReport(name, len(graph.nodes), pieces)


def _text(piece):
    """What a piece computes; of a nest the instructions, views and numbers left out."""
    if piece.kind != "nest":
        return piece.text
    words = [word for word in piece.text.split() if word not in FREE]
    return " ".join(words) or "copy"


def _why(piece):
    return why_library(piece.run.node) if piece.kind == "library" else ""


def why_library(node):
    """Why an op stayed a call of its eager rule."""
    values = [*node.values, *node.outputs]
    strange = {label(v) for v in values} - set(STORED.values())
    if node.draws:
        return "it draws random numbers, in their order"
    if any(0 in v.shape for v in values):
        return "something is empty"
    if strange:
        return f"the compiler does not compute {', '.join(sorted(strange))}"
    sizes = [size for value in values for size in value.shape]
    if node.op.name in REQUESTS and any(map(is_symbolic, sizes)):
        return "its routine does not take these symbolic sizes"
    if node.op.lower is None:
        return "it has no lower rule"
    return "its lower rule does not take these operands"


# ------------------------------------------------------------------------------ time


def profiled(plan):
    """Seconds of each piece of a plan, run one by one on random numbers."""
    generators = _generators(plan)
    states = [generator.get_state() for generator in generators]
    arrays = [_random(value) for value in plan.graph.inputs]
    with plan._lock:
        if plan.sizes is not None:
            plan.bind(tuple(plan.sizes.hints))
        held = plan.begin(arrays)
        found = [_timed(plan, piece, held) for piece in plan.pieces]
    for generator, state in zip(generators, states, strict=True):
        generator.set_state(state)
    return found


def _generators(plan):
    """The generators that a plan draws from."""
    from rushlight._core.generator import default_generator

    found = {id(default_generator): default_generator}
    for node in plan.graph.nodes:
        for value in (*node.attrs.values(), *node.inputs):
            if value.__class__ is default_generator.__class__:
                found[id(value)] = value
    return list(found.values())


def _random(value):
    """An array for an input: small numbers; integers are 0, as they may be indices."""
    assert value.__class__ is Value
    array = np.zeros([hint_of(size) for size in value.shape], value.dtype)
    if value.dtype.kind == "f":
        array += np.random.default_rng(0).random(array.shape) + 0.1
    return array


def _timed(plan, piece, held):
    """The best of some runs of a piece, in seconds."""
    if piece.run.__class__ is Step:
        program = plan.program_of([piece.run])
        if plan.sizes is not None:
            program.bind(tuple(plan.sizes.hints))
        return _best(lambda: program.run_on(held))
    if piece.run.node.draws:
        return _best(lambda: piece.run.run_on(held), runs=1)
    return _best(lambda: piece.run.run_on(held))


def _best(run, runs=_RUNS):
    best, until = float("inf"), time.perf_counter() + _SECONDS
    for _ in range(runs):
        start = time.perf_counter()
        run()
        now = time.perf_counter()
        best = min(best, now - start)
        if now > until:
            break
    return best


# ------------------------------------------------------------------------------ text


def _plan_lines(plan):
    operations = f"{plan.operations} operation{'s' * (plan.operations != 1)}"
    if plan.pieces is None:
        return [f"  {plan.name}: {operations}; not needed so far"]
    if not plan.pieces:
        how = (
            "interpreted (no llvmlite or BLAS)" if plan.operations else "nothing to do"
        )
        return [f"  {plan.name}: {operations}; {how}"]
    kinds = [piece.kind for piece in plan.pieces]
    names = {"nest": "loop nest", "product": "product", "routine": "routine task"}
    counts = [
        f"{kinds.count(kind)} {names.get(kind, 'library call')}"
        + "s" * (kinds.count(kind) > 1)
        for kind in dict.fromkeys(kinds)
    ]
    size, flops = (
        _amount(plan.total("bytes"), "B"),
        _amount(plan.total("flops"), "FLOP"),
    )
    lines = [f"  {plan.name}: {operations} in {', '.join(counts)}; {size}, {flops}"]
    lines += [_piece_line(n, piece) for n, piece in enumerate(plan.pieces, 1)]
    if plan.total("seconds") is not None:
        lines.append(f"    together {plan.total('seconds') * 1e6:.1f} us")
    return lines


def _piece_line(number, piece):
    size, flops = _amount(piece.bytes, "B"), _amount(piece.flops, "FLOP")
    line = f"    {number:3} {piece.kind:8} {size:>8} {flops:>11}"
    if piece.seconds is not None:
        seconds = max(piece.seconds, 1e-9)
        line += f" {seconds * 1e6:9.1f} us {piece.flops / seconds / 1e9:6.1f} GFLOP/s"
        line += f" {piece.bytes / seconds / 1e9:6.1f} GB/s"
    line += f"  {piece.text}"
    return f"{line} (eager rule: {piece.why})" if piece.why else line


def _amount(number, unit):
    """A number with its unit: ``12.3 MFLOP``; empty for none."""
    if not number:
        return ""
    for prefix in ("", "k", "M", "G"):
        if number < 1000 or prefix == "G":
            break
        number /= 1000
    return f"{number:.3g} {prefix}{unit}"
