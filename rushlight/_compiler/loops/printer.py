"""The loop language as text.

kernel scale(n; x: f32[n], out: f32[n]!; factor: f32)
  vector i < n:
    out[i] = mul(x[i], factor)
"""

from rushlight._compiler.loops.ir import (
    Accumulate,
    Const,
    Declare,
    Instruction,
    Load,
    Loop,
    Number,
    Read,
    Store,
)


def print_kernel(kernel):
    """The kernel's text; a buffer that is written has a ``!``."""
    buffers = ", ".join(
        f"{b.name}: {b.dtype}[{b.size}]{'!' if b.written else ''}"
        for b in kernel.buffers
    )
    numbers = ", ".join(f"{n.name}: {n.dtype}" for n in kernel.numbers)
    head = f"kernel {kernel.name}({', '.join(kernel.sizes)}; {buffers}; {numbers})"
    return "\n".join([head, *_lines(kernel.body, "  ")])


def _lines(body, indent):
    for statement in body:
        if isinstance(statement, Loop):
            word = "vector" if statement.vector else "for"
            yield f"{indent}{word} {statement.index} < {statement.extent}:"
            yield from _lines(statement.body, indent + "  ")
        elif isinstance(statement, Store):
            place = _place(statement.buffer, statement.strides, statement.offset)
            yield f"{indent}{place} = {print_value(statement.value)}"
        elif isinstance(statement, Accumulate):
            name, value = statement.name, print_value(statement.value)
            yield f"{indent}{name} = {statement.kind}({name}, {value})"
        elif isinstance(statement, Declare):
            yield f"{indent}{statement.name}: {statement.dtype} = {statement.start:g}"


def print_value(value):
    """An expression's text."""
    if isinstance(value, Const):
        return f"{value.value:g}"
    if isinstance(value, (Number, Read)):
        return value.name
    if isinstance(value, Load):
        return _place(value.buffer, value.strides, value.offset)
    if isinstance(value, Instruction):
        return f"{value.op}({', '.join(map(print_value, value.args))})"
    raise TypeError(f"{value!r} is no expression")


def _place(buffer, strides, offset):
    terms = [
        index if step == 1 else f"{step}*{index}" for index, step in strides if step
    ]
    terms += [str(offset)] if offset or not terms else []
    return f"{buffer}[{' + '.join(terms)}]"
