"""Lower a graph of ops to expressions, by each op's own `lower` rule.

The rules get a `Lowering` as their k: the loop language's scalar instructions, and
reduce, cast, matmul and the views, all on whole arrays.  Numbers among the operands
take the other operand's dtype.  An op without a rule, or one that its rule does not
take (NotLowered), is run by its eager rule: a library call.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from rushlight._base.shape import numel
from rushlight._base.sized import are_same
from rushlight._base.symint import is_symbolic
from rushlight._compiler import slots
from rushlight._compiler.graph.expression import VIEWS
from rushlight._compiler.graph.ir import Value
from rushlight._compiler.passes.lowering import LABELS, STORED, Lowering, NotLowered
from rushlight._compiler.runtime.routine import AS_IT_IS
from rushlight._compiler.schedules.maps import strides_in
from rushlight._core.operands import computation_dtype

#: How many requests for routines are remembered.
LIMIT = 256

_answers = {}


@dataclass
class Lowered:
    """A graph in expressions.

    Attributes:
        inputs, outputs: expressions, in the graph's order.
        draws: library expressions that draw random numbers, in order.
        library: {op name: how often it stayed a library call}.
        checks: counts of what must not be, int64 of no dimensions (`Lowering.require`).
    """

    inputs: list
    outputs: list
    draws: list
    library: dict
    checks: list


def lower_graph(graph, orders=None):
    """The expressions of a graph's outputs.

    Args:
        graph: a Graph.
        orders: for each input the order in which its dimensions lie in memory; None for
            their own.

    Returns:
        Lowered.
    """
    k = Lowering()
    values, draws, library = {}, [], {}
    inputs = []
    for place, value in enumerate(graph.inputs):
        order = (orders and orders[place]) or tuple(range(value.spec.ndim))
        shape = [value.shape[d] for d in order]
        inputs.append(k.x.make("input", [], shape, label(value), place))
        back = [order.index(d) for d in range(len(order))]
        values[id(value)] = k.x.permute(inputs[-1], back)
    for node in graph.nodes:
        try:
            found = _lowered(k, node, values)
        except NotLowered:
            found = _library(k, node, values)
            if found[0].kind == "item" and found[0].args[0].kind == "library":
                library[node.op.name] = library.get(node.op.name, 0) + 1
            if node.draws:
                draws.append(found[0].args[0])
        for value, expression in zip(node.outputs, found, strict=True):
            values[id(value)] = expression
    outputs = [values[id(v)] for v in graph.outputs]
    return Lowered(inputs, outputs, draws, library, k.checks)


def label(value):
    """The loop language's name of a value's dtype, or NumPy's own."""
    return STORED.get(value.dtype.name, value.dtype.name)


def _lowered(k, node, values):
    op = node.op
    if op.lower is None or node.draws:
        raise NotLowered
    both = *node.values, *node.outputs
    dtypes = {label(v) for v in both}
    if any(0 in v.shape for v in both):
        raise NotLowered
    if not dtypes <= set(STORED.values()):
        raise NotLowered
    inputs = [values.get(id(i), i) for i in node.inputs]
    if op.promote is not None:
        specs = [i.spec if i.__class__ is Value else i for i in node.inputs]
        common = LABELS.get(computation_dtype(op, specs).numpy.name)
        if common is None:
            raise NotLowered
        inputs = [
            i if i is None else k.cast(i, common) if hasattr(i, "kind") else i
            for i in inputs
        ]
        inputs = [i if i is None else k.operand(i, common) for i in inputs]
    found = op.lower(k, *inputs, **node.attrs)
    found = found if isinstance(found, (tuple, list)) else (found,)
    return [_finished(k, f, v) for f, v in zip(found, node.outputs, strict=True)]


def _finished(k, found, value):
    """A rule's result in the dtype and shape that the op's spec says."""
    if not hasattr(found, "kind"):
        found = k.x.const(found, LABELS.get(label(value), "f32"))
    found = k.cast(found, label(value))
    if not are_same(found.shape, value.shape):
        found = k.broadcast(found, value.shape)
    return found


def _library(k, node, values):
    """An op that has no rule: a routine if there is one, else a library call."""
    args = [values[id(v)] for v in node.values]
    found = _routine_for(node, values)
    if found is None:
        return k.x.library(node, args, [(v.shape, label(v)) for v in node.outputs])
    routine, outputs, *ways = found
    ways = ways[0] if ways and ways[0] is not None else [None] * len(args)
    laid = [_laid(k, arg, how) for arg, how in zip(args, ways, strict=True)]
    orders = [o[2] if len(o) > 2 and o[2] else range(len(o[0])) for o in outputs]
    specs = [
        (tuple([v.shape[d] for d in order]), label(v))
        for v, order in zip(node.outputs, orders, strict=True)
    ]
    operands, offsets = [e for e, _ in laid], [offset for _, offset in laid]
    items = k.x.routine(node, routine, operands, specs, offsets)
    return [
        k.x.permute(item, [list(order).index(d) for d in range(len(order))])
        for item, order in zip(items, orders, strict=True)
    ]


def _laid(k, e, how):
    """An operand as its routine reads it, and at which element it begins there.

    Of one that is read where it lies this is the memory itself: a view of it may get
    memory of its own, for the sake of others, and its elements lie in order there.
    """
    if isinstance(how, tuple):
        return k.x.permute(e, how), 0
    found = strides_in(e, _is_no_view) if how is AS_IT_IS else None
    return (e, 0) if found is None else found[:2]


def _is_no_view(e):
    return e.kind not in VIEWS


class Operand:
    """Stands for an array of symbolic sizes: it answers where its elements lie.

    Attributes:
        shape, dtype: the array's.
        strides: in bytes.
    """

    __class__ = property(lambda self: np.ndarray)

    def __init__(self, shape, dtype, strides):
        self.shape, self.dtype, self.strides = shape, dtype, strides
        self.ndim, self.itemsize, self.size = len(shape), dtype.itemsize, numel(shape)


def _routine_for(node, values):
    """What the op's request for a routine gives, for operands like these."""
    request = slots.GRAPH_REQUESTS.get(node.op.name)
    if request is None or any(0 in v.shape for v in node.values):
        return None
    if node.op.name in slots.WITH_SPEC:
        request = partial(request, node.op.spec)
    stand_ins = [
        _stand_in(i, values[id(i)]) if i.__class__ is Value else i for i in node.inputs
    ]
    symbols = [n for v in (*node.values, *node.outputs) for n in v.shape]
    symbols = [n for n in symbols if is_symbolic(n)]
    asked = partial(request, *stand_ins, **node.attrs)
    if symbols:
        asked = partial(symbols[0].sizes.tried, asked)
    return _answer(asked, node, stand_ins)


def _answer(asked, node, stand_ins):
    """What a request gives; the same Routine for equal ones, as of a model's layers."""
    key = [node.op.name, *map(_known_by, stand_ins)]
    key = (*key, *[(name, *_known_by(value)) for name, value in node.attrs.items()])
    try:
        found = _answers.get(key, _answers)
    except TypeError:  # an attribute without a hash
        return asked()
    if found is _answers:
        while len(_answers) >= LIMIT:
            del _answers[next(iter(_answers))]
        found = _answers[key] = asked()
    return found


def _known_by(thing):
    if thing.__class__ is np.ndarray:
        return thing.shape, thing.dtype, thing.strides
    return type(thing), thing


def _stand_in(value, e):
    """An array that lies in memory as an operand will; its pages are never touched."""
    found = strides_in(e, _is_no_view)
    size = value.dtype.itemsize
    if any(map(is_symbolic, value.shape)):
        steps = value.spec.strides if found is None else [s * size for s in found[2]]
        return Operand(value.shape, value.dtype, tuple(steps))
    if found is None:
        return np.empty(value.shape, value.dtype)
    source, offset, strides = found
    return np.ndarray(
        value.shape,
        value.dtype,
        np.empty(source.size, value.dtype),
        offset * size,
        [step * size for step in strides],
    )
