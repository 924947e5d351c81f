"""What a compiled function became, as text: its graphs, loops and machine code.

Nothing here is needed to run anything; it reads entries, plans and their pieces.
"""

from rushlight._base.symbols import LEAST
from rushlight._compiler.graph.printer import dtype_text, print_graph
from rushlight._compiler.loops.printer import print_kernel

_NOTHING = "nothing is compiled yet: call it first"
_HEADS = {"product": "a product of BLAS", "routine": "a routine of several tasks"}


def graphs_text(entries):
    """The graphs of all kinds of calls.

    Args:
        entries: list of (key, Entry).
    """
    parts = []
    for title, graph, _ in _halves(entries):
        parts.append(f"# {title}\n{print_graph(graph)}")
    return "\n\n".join(parts) or _NOTHING


def loops_text(entries):
    """The kernels of all plans, in the loop language; products of BLAS as a line."""
    return _pieces_text(entries, lambda piece: print_kernel(piece.kernel))


def code_text(entries):
    """The kernels of all plans as optimised LLVM text."""
    from rushlight._compiler.runtime.kernel import native_kernel

    return _pieces_text(entries, lambda piece: native_kernel(piece.kernel).code)


def guards_text(guards):
    """What a trace takes for granted beside its arguments, one line each."""
    lines = [f"{name} is the same {type(v).__name__}" for _, name, v in guards.same]
    lines += [f"{name} == {value!r}" for _, name, value in guards.equal]
    lines += [f"{size} entries" for _, size in guards.lengths if size]
    return "\n".join(f"  {line}" for line in dict.fromkeys(lines))


def call_text(key, entry=None):
    """A kind of call: ``f32[64,784], 2.0; gradients on``.

    Args:
        key: of the call.
        entry: the Entry that serves it, where its symbolic sizes are to be named.
    """
    _, with_gradients, _, parts = key
    names = entry.symbols.names() if entry is not None and entry.symbols else {}
    words = []
    for place, part in enumerate(parts):
        if part.__class__ is tuple and len(part) == 4:
            shape, dtype, wants, _ = part
            sizes = [str(names.get((place, d), size)) for d, size in enumerate(shape)]
            sizes = ",".join(sizes)
            words.append(f"{dtype_text(dtype)}[{sizes}]{' with gradient' * wants}")
        elif part.__class__ is tuple:
            words.append(names.get((place, None), repr(part[1])))
        else:
            words.append("an object")
    mode = "on" if with_gradients else "off"
    where = f"; {conditions_text(entry.symbols)}" if names else ""
    return f"{', '.join(words) or 'no arguments'}; gradients {mode}{where}"


def conditions_text(symbols):
    """For which values of the symbols something holds: ``any s0 from 2 on``."""
    names = ", ".join(f"s{number}" for number in range(len(symbols.groups)))
    conditions = symbols.sizes.conditions()
    where = f" where {', '.join(conditions)}" if conditions else ""
    return f"any {names} from {LEAST} on{where}"


def plan_text(plan, write):
    """One plan's pieces: a heading of each, and what `write` makes of its kernel."""
    if not plan.pieces:
        return "(interpreted, operation by operation: llvmlite or BLAS is missing)"
    parts, seen = [], {}
    for number, piece in enumerate(plan.pieces, 1):
        head = f"## {number}: {piece.kind}: {piece.text}"
        if piece.kernel is None:
            parts.append(f"{head} ({_HEADS.get(piece.kind, 'its eager rule')})")
            continue
        if piece.kernel.formulas:
            pairs = zip(piece.kernel.sizes, piece.kernel.formulas, strict=True)
            head += "; " + ", ".join(f"{name} = {size}" for name, size in pairs)
        text = write(piece)
        if text in seen:
            parts.append(f"{head}\n(as {seen[text]})")
        else:
            seen[text] = number
            parts.append(f"{head}\n{text}")
    return "\n\n".join(parts)


def _pieces_text(entries, write):
    parts = []
    for title, _, plan in _halves(entries):
        text = "(not needed so far)" if plan is None else plan_text(plan, write)
        parts.append(f"# {title}\n\n{text}")
    return "\n\n".join(parts) or _NOTHING


def halves_of(entry):
    """Triples (name, graph, plan or None) of an entry."""
    yield "forward", entry.halves.forward, entry.forward
    if entry.halves.backward is not None:
        yield "backward", entry.halves.backward, entry._backward


def _halves(entries):
    for number, (key, entry) in enumerate(entries, 1):
        for name, graph, plan in halves_of(entry):
            yield f"call {number}, {name}: {call_text(key, entry)}", graph, plan
