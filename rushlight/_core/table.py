"""The op record and define(): everything that is known of a primitive, in one place."""

import functools
from typing import Any

from rushlight._backends import backend_of
from rushlight._core import saver
from rushlight._core.node import node_type

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


class LargeKernels(dict):
    """Array class -> what runs an op on large arrays of it: the kernel, maybe tuned."""

    def __init__(self, op):
        self.op = op

    def __missing__(self, array_type):
        kernel = self[array_type] = backend_of(array_type).large_kernel(self.op)
        return kernel


#: Elements from which on one quick pass is worth waking other threads: some 80 us.
LARGE = 1 << 19


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
        passes: how many quick passes of NumPy over an array (0.15 ns an element) its
            eager rule is worth, about.
        exact: whether its `lower` rule gives the bits of its eager rule; None where the
            number of its roundings says so.
        large, large_from: what runs it instead of `kernels` where the first operand has
            so many elements.
        autocast: "lower", "float32", "widest" or None, as torch classes it.
        save, gradients: what a node keeps of a call, and how its rule is run on that
            (Note [Saver]).
        node: the class of the nodes, or None if not made yet or `node_name` decides.
        short: ``(inputs, attributes) -> Tensor`` by the short path (Note [Short
            forms]); the attributes in the order of the eager rule, the tensors of an
            op that takes any number as one list.
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
        "large",
        "large_from",
        "passes",
        "exact",
        "node",
        "node_name",
        "save",
        "gradients",
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
    large: LargeKernels
    large_from: int
    passes: int
    exact: bool | None
    node: Any
    node_name: Any
    save: Any
    gradients: Any
    short: Any
    _node_types: dict[str, Any]

    def __repr__(self):
        return f"Op({self.name})"

    def node_for(self, inputs, attrs):
        """The class of the node that records this call; made when first needed."""
        name = self.node_name
        if callable(name):
            name = name(inputs, attrs)
            found = self._node_types.get(name)
            if found is None:
                found = self._node_types[name] = node_type(name, self)
            return found
        if name is None:
            words = [part.capitalize() for part in self.name.split("_")]
            name = f"{''.join(words)}Backward0"
        self.node = node_type(name, self)
        return self.node


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
    passes=None,
    large_from=None,
    exact=None,
):
    """Make an op's record and enter it in the table.

    Args:
        name: unique; the torch name where there is one.
        eager, spec, grad, lower, promote, many, fills_missing, view, wide_numbers,
            one_value, autocast: see `Op`.
        passes, large_from, exact: see `Op`; by default one pass for a ufunc, else
            three, and as many elements as take some 80 us.
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
    op.large = LargeKernels(op)
    op.ufunc, op.exact = isinstance(eager, str), exact
    op.passes = passes or (1 if op.ufunc else 3)
    op.large_from = large_from or LARGE // op.passes
    names = _keyword_only(grad)
    op.wants_needs = "needs" in names
    op.saved_names = tuple(n for n in names if n != "needs")
    op.saves_first = op.inputs[0].lstrip("*") in op.saved_names
    op.save, op.gradients = saver.maker_of_save(op), saver.maker_of_gradients(op)
    op.short = _maker_of_short(op)
    op.node, op.node_name, op._node_types = None, node, {}
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


def _maker_of_short(op):
    def first_call(x, *attrs, **named):
        from rushlight._core.short import compile_short

        op.short = compile_short(op)
        return op.short(x, *attrs, **named)

    return first_call
