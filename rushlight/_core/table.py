"""The op record and define(): everything that is known of a primitive, in one place."""

import functools
from typing import Any

from rushlight._backends import backend_of
from rushlight._core.node import SavedOutput, SavedOutputs, node_type
from rushlight._core.storage import memory_of, version_of

# How operands are converted before the rule runs (Op.promote).
SAME = "same"  # to their common dtype
FLOAT = "float"  # to their common dtype, integers to the default float
COMPARE = "compare"  # to their common dtype; the result is bool


class Kernels(dict):
    """Array class -> callable; a missing one is made from the op's eager rule."""

    def __init__(self, op):
        self.op = op

    def __missing__(self, array_type):
        kernel = self[array_type] = backend_of(array_type).kernel(self.op)
        return kernel


class Op:
    """One primitive.

    Attributes:
        name: as it is called in messages and printed graphs.
        inputs: the names of its tensor arguments; a leading * takes any number.
        eager: its rule ``(backend, *arrays, **attrs) -> array``, or the name of a
            function of the array namespace that takes just the arrays.
        spec: ``(*arrays or specs, **attrs) -> Spec``, and author of the errors.
        grad: ``(g, *, saved names) -> gradient(s)``, or None.
        lower: ``(k, ...)`` for the compiler, or None.
        promote: SAME, FLOAT, COMPARE or None.
        saved_names: the keyword-only names of grad, without ``needs``.
        many: whether it returns several arrays.
        fills_missing: for several results, whether grad gets zeros (else None) for
            those that got no gradient.
        view: whether its result shares the first input's memory.
        wide_numbers: whether half precision meets numbers in float32, as in products.
        one_value: whether its in-place form may write to elements that share a place,
            as it gives all that it writes one value.
        check: refuses inputs that NumPy, or promotion, would accept; sees them as they
            come, on the careful path.  Or None.
        ufunc: whether its NumPy kernel is a ufunc (takes ``out``).
        autocast: "lower", "float32", "widest" or None, as torch classes it.
        save: what a node keeps of a call (Note [Saver]).
        short: for an op of one tensor, ``(x, attributes) -> Tensor`` by the short
            path; the attributes in the order of the eager rule (Note [Short forms]).
    """

    __slots__ = (
        "name",
        "inputs",
        "eager",
        "spec",
        "grad",
        "lower",
        "promote",
        "saved_names",
        "wants_needs",
        "saves_first",
        "saved_for",
        "many",
        "fills_missing",
        "view",
        "wide_numbers",
        "one_value",
        "check",
        "ufunc",
        "autocast",
        "kernels",
        "node",
        "node_name",
        "save",
        "short",
        "_node_types",
    )
    name: str
    inputs: tuple[str, ...]
    eager: Any
    spec: Any
    grad: Any
    lower: Any
    promote: str | None
    saved_names: tuple[str, ...]
    wants_needs: bool
    saves_first: bool
    saved_for: dict[str, str]
    many: bool
    fills_missing: bool
    view: bool
    wide_numbers: bool
    one_value: bool
    check: Any
    ufunc: bool
    autocast: str | None
    kernels: Kernels
    node: Any
    node_name: Any
    save: Any
    short: Any
    _node_types: dict[str, Any]

    def __repr__(self):
        return f"Op({self.name})"

    def node_for(self, inputs, attrs):
        """The class of the node that records this call."""
        if self.node_name is None:
            return self.node
        name = self.node_name(inputs, attrs)
        found = self._node_types.get(name)
        if found is None:
            found = self._node_types[name] = node_type(name, self)
        return found


#: Every op that was defined, by name.
TABLE = {}


def define(
    name,
    *,
    eager,
    spec,
    inputs="x",
    grad=None,
    lower=None,
    promote=None,
    node=None,
    saved_for=None,
    many=False,
    fills_missing=True,
    view=False,
    wide_numbers=False,
    one_value=False,
    check=None,
    autocast=None,
):
    """Make an op's record and enter it in the table.

    Args:
        name: unique; the torch name where there is one.
        eager, spec, grad, lower, promote, many, fills_missing, view, wide_numbers,
            one_value, autocast: see `Op`.
        inputs: names of the tensor arguments, separated by spaces.
        node: the name of the recorded node (default: from the op's name), or a
            function ``(inputs, attrs) -> name``.
        saved_for: {saved input: the inputs whose gradient needs it}; where none of
            those wants a gradient the value is not kept.

    Returns:
        Op: the record.
    """
    if name in TABLE:
        raise ValueError(f"op {name} is defined twice")
    op = Op()
    op.name, op.inputs = name, tuple(inputs.split())
    op.eager, op.spec, op.grad, op.lower = eager, spec, grad, lower
    op.promote, op.many, op.view, op.autocast = promote, many, view, autocast
    op.saved_for, op.wide_numbers, op.check = saved_for or {}, wide_numbers, check
    op.fills_missing, op.one_value = fills_missing, one_value
    op.kernels = Kernels(op)
    op.ufunc = isinstance(eager, str)
    names = _keyword_only(grad)
    op.wants_needs = "needs" in names
    op.saved_names = tuple(n for n in names if n != "needs")
    op.saves_first = op.inputs[0].lstrip("*") in op.saved_names
    op.save, op.short = _maker_of_save(op), _maker_of_short(op)
    op._node_types = {}
    op.node_name = node if callable(node) else None
    default = "".join(part.capitalize() for part in name.split("_")) + "Backward0"
    op.node = node_type(node if isinstance(node, str) else default, op)
    TABLE[name] = op
    return op


def _keyword_only(grad):
    """The names after the * in a rule's signature, read off its code object."""
    if grad is None:
        return ()
    if isinstance(grad, functools.partial):
        return tuple(n for n in _keyword_only(grad.func) if n not in grad.keywords)
    code = grad.__code__
    first = code.co_argcount
    return code.co_varnames[first : first + code.co_kwonlyargcount]


# Note [Saver]
# Which values a node keeps is fixed by its rule's signature, so the function that
# collects them is written out as source once per op, the way dataclasses writes
# __init__: a loop over names would cost every recorded operation.


def _maker_of_save(op):
    if not op.saved_names:
        return _save_nothing

    def first_call(inputs, attrs, result):
        op.save = _compile_save(op)
        return op.save(inputs, attrs, result)

    return first_call


def _maker_of_short(op):
    def first_call(x, *attrs, **named):
        from rushlight._core.short import compile_short

        op.short = compile_short(op)
        return op.short(x, *attrs, **named)

    return first_call


def _save_nothing(inputs, attrs, result):
    return (), ()


def _compile_save(op):
    """``save(inputs, attrs, result) -> (values, versions)`` for this op."""
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
