"""What a node keeps of a call, and how its gradient rule is run on what it kept.

# Note [Saver]
# Which values a node keeps is fixed by its rule's signature, so the function that
# collects them, and the one that hands them to the rule, are written out as source
# once per op, the way dataclasses writes __init__: loops over names would cost every
# recorded operation and every step of a backward.
"""

from rushlight._base.errors import GraphError
from rushlight._core.node import (
    SavedOutput,
    SavedOutputs,
    freed_message,
    unpack_tensors,
)
from rushlight._core.storage import memory_of, version_of

# ---------------------------------------------------------------------------- saving


def maker_of_save(op):
    """``save(inputs, attrs, result) -> (values, versions)``; written when first run."""
    if not op.saved_names:
        return _save_nothing

    def first_call(inputs, attrs, result):
        op.save = _compile_save(op)
        return op.save(inputs, attrs, result)

    return first_call


def _save_nothing(inputs, attrs, result):
    return (), ()


def _compile_save(op):
    lines, values, versions = [], [], []
    for number, name in enumerate(op.saved_names):
        value, version = f"v{number}", "None"
        source, is_tensor = _source_of(op, name)
        lines.append(f"    {value} = {source}")
        if is_tensor == "one":
            version = f"version_of({value})"
        elif is_tensor == "many":
            version = f"tuple([version_of(t) for t in {value}])"
        values.append(value)
        versions.append(version)
    text = "def save(inputs, attrs, result):\n" + "\n".join(lines)
    text += f"\n    return ({', '.join(values)},), ({', '.join(versions)},)\n"
    scope = {
        "version_of": version_of,
        "saved_output": _saved_output,
        "saved_outputs": SavedOutputs,
    }
    exec(compile(text, f"<save of {op.name}>", "exec"), scope)
    return scope["save"]


def _source_of(op, name):
    """How to get one saved name, and whether that is a tensor (one, many or no)."""
    inputs = [n.lstrip("*") for n in op.inputs]
    if name == "out" and op.many:
        outputs = "[saved_output(r, i) for i, r in enumerate(result)]"
        return f"saved_outputs({outputs})", "no"
    if name == "out":
        return "saved_output(result)", "no"
    if op.many and name.startswith("out") and name[3:].isdigit():
        place = int(name[3:])
        return f"saved_output(result[{place}], {place})", "no"
    if name in inputs:
        place = inputs.index(name)
        if op.inputs[place].startswith("*"):
            return f"inputs[{place}:]", "many"
        wanted = op.saved_for.get(name)
        if wanted is None:
            return f"inputs[{place}]", "one"
        test = " or ".join(
            f"getattr(inputs[{inputs.index(w)}], '_edge', None) is not None"
            for w in wanted.split()
        )
        return f"inputs[{place}] if {test} else None", "one"
    stem, _, what = name.rpartition("_")
    if what in ("shape", "dtype") and stem in inputs:
        place = inputs.index(stem)
        if op.inputs[place].startswith("*"):
            return f"tuple([t._array.{what} for t in inputs[{place}:]])", "no"
        source = f"inputs[{place}]"
        return f"None if {source} is None else {source}._array.{what}", "no"
    return f"attrs[{name!r}]", "no"


def _saved_output(result, place=None):
    from rushlight._core.tensor import wrap

    return SavedOutput(result, memory_of(result), wrap, place)


# --------------------------------------------------------------------- running a rule


def maker_of_gradients(op):
    """``gradients(node, g) -> gradient for each edge``; written when first run."""

    def first_call(node, gradient):
        op.gradients = _compile_gradients(op)
        return op.gradients(node, gradient)

    return first_call


def _compile_gradients(op):
    names = op.saved_names
    lines = ["def gradients(node, g):"]
    if names:
        lines += [
            "    saved = node.saved",
            "    if saved is None:",
            "        raise freed(node)",
        ]
        lines += [f"    {''.join(f'v{i}, ' for i in range(len(names)))} = saved"]
    for number, name in enumerate(names):
        lines += _reading_of(op, number, name)
    keywords = [f"{name}=v{number}" for number, name in enumerate(names)]
    if op.wants_needs:
        lines += ["    edges = node.edges", f"    needs = {_needs_of(op)}"]
        keywords.append("needs=needs")
    lines.append(f"    found = rule({', '.join(['g', *keywords])})")
    lines.append("    return found if found.__class__ in several else (found,)")
    scope = {
        "freed": _freed,
        "rule": op.grad,
        "several": (tuple, list),
        "unpack_tensors": unpack_tensors,
        "version_of": version_of,
    }
    exec(compile("\n".join(lines), f"<gradients of {op.name}>", "exec"), scope)
    return scope["gradients"]


def _reading_of(op, number, name):
    """The lines that check one saved value, or make a tensor of it."""
    value, (_, is_tensor) = f"v{number}", _source_of(op, name)
    if is_tensor != "no":
        return [
            f"    version = node.versions[{number}]",
            f"    if version is not None and version_of({value}) != version:",
            f"        {value} = unpack_tensors(node, {name!r}, {value}, version)",
        ]
    if name == "out" and op.many:
        return [f"    {value} = tuple([each.unpack(node) for each in {value}])"]
    if name == "out" or (op.many and name[:3] == "out" and name[3:].isdigit()):
        return [f"    {value} = {value}.unpack(node)"]
    return []


def _needs_of(op):
    """Which inputs want a gradient, as an expression in the node's edges."""
    each = "tuple([edge is not None for edge in edges])"
    count = len(op.inputs)
    if count > 3 or op.inputs[-1].startswith("*"):
        return each
    known = "".join(f"edges[{i}] is not None, " for i in range(count))
    return f"({known}) if len(edges) == {count} else {each}"


def _freed(node):
    return GraphError(freed_message(node.name()))
