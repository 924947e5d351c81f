"""nonfinite-input: data that are nan or infinite make the loss so.

# Note [Data of a graph]
# What a node saved of an input that has no edge is data: features, targets, constants.
# They are looked at only once the loss is not finite; so data that a model masks or
# replaces are none of this.  Infinite constants are often masks, so infinity counts
# only in what layers and losses are given, nan anywhere.
"""

import sys
import weakref

import numpy as np

from rushlight._core.node import AccumulateGrad, Output
from rushlight._core.tensor import Tensor
from rushlight.guard._places import is_own
from rushlight.guard._report import found

NAME = "nonfinite-input"
SUMMARY = "data that are nan or infinite make the loss so"

_LAYERS = frozenset(
    "linear matmul matmul_turned matmul_folded addmm bmm convolution "
    "convolution_transposed".split()
)
#: Magnitude from which on data are mentioned beside a loss that is not finite.
_LARGE = 1e3
_spoilt = {}  # id of a parameter: weak reference, of those that bad data reached


def forget():
    """Start as a fresh process does."""
    _spoilt.clear()


def named(loss):
    """Whether data explain a loss that is not finite; says so where they do."""
    nodes = nodes_of(loss._edge)
    for node in nodes:
        for edge in node.edges:
            leaf = edge.variable if _is_leaf(edge) else None
            if leaf is not None and not is_finite(leaf._array):
                known = _spoilt.get(id(leaf))
                return known is not None and known() is leaf
    for node in nodes:
        for array in _data_of(node):
            bad = ~np.isfinite(array)
            if bad.any() and (_takes_data(node) or np.isnan(array).any()):
                _say(loss, f"the data {list(array.shape)} given to {_layer(node)}", bad)
                _spoilt.update(_leaves(nodes))
                return True
    variable = _variable(nodes)
    if variable is not None:
        name, bad = variable
        _say(loss, f"the variable {name} {list(bad.shape)}", bad)
        _spoilt.update(_leaves(nodes))
    return variable is not None


def _variable(nodes):
    """(name, which are nan) of a variable of the user's with the nan of a graph.

    A target that is only subtracted is kept by no node.  But the difference is, and
    has nan in the same places as the target.
    """
    first = next((array for n in nodes for array in _kept(n) if _has_nan(array)), None)
    frame = sys._getframe(1)
    while frame is not None and is_own(frame):
        frame = frame.f_back
    if first is None or frame is None:
        return None
    places = np.isnan(first)
    for name, value in list(frame.f_locals.items()):
        if isinstance(value, Tensor) and value._edge is None:
            array = value._array
            if array.__class__ is np.ndarray and _has_nan(array):
                if np.array_equal(np.isnan(array), places) and not places.all():
                    return name, places
    return None


def _kept(node):
    """The arrays that a node saved."""
    for value in node.saved or ():
        array = getattr(value, "_array", getattr(value, "array", None))
        if array.__class__ is np.ndarray:
            yield array


def _has_nan(array):
    return array.dtype.kind == "f" and bool(np.isnan(array).any())


def _leaves(nodes):
    leaves = (e.variable for n in nodes for e in n.edges if _is_leaf(e))
    return {id(leaf): weakref.ref(leaf) for leaf in leaves}


def _is_leaf(edge):
    return edge.__class__ is AccumulateGrad


def largest(loss):
    """Words on large data behind a loss that is not finite, or an empty text."""
    for node in nodes_of(loss._edge):
        if node.op is not None and node.op.name in _LAYERS:
            for array in _data_of(node):
                high = float(np.abs(array).max())
                if array.ndim > 1 and _LARGE < high < np.inf:
                    return (
                        f"; the data {list(array.shape)} given to {_layer(node)} reach "
                        f"{high:.3g}{_column(array)} and were not normalised"
                    )
    return ""


def _column(array):
    if array.ndim != 2 or array.shape[1] < 2:
        return ""
    tops = np.abs(array).max(axis=0)
    rest = float(np.sort(tops)[-2])
    return f" (column {int(tops.argmax())}; the others {rest:.3g})"


def _takes_data(node):
    return node.op.name in _LAYERS or node.op.name.endswith(("_loss", "logits"))


def _say(loss, what, bad):
    found(
        NAME,
        saw=f"the loss is {loss._array.item()}, and {int(bad.sum())} of {bad.size} "
        f"values of {what} are nan or infinite: {_where(bad)}",
        why="They pass on to the loss, to every gradient, and with the next step to "
        "every parameter",
        do="clean the data where they are loaded: drop such rows, or fill them in "
        "(torch.nan_to_num); look at divisions by a standard deviation of 0",
    )


def _where(bad):
    samples = np.flatnonzero(bad.reshape(len(bad), -1).any(axis=1)) if bad.ndim else []
    told = f"samples {_listed(samples)}"
    if bad.ndim > 1:
        columns = np.flatnonzero(bad.any(axis=(0, *range(2, bad.ndim))))
        told += f"; {'columns' if bad.ndim == 2 else 'channels'} {_listed(columns)}"
    return told


def _listed(places):
    shown = ", ".join(str(place) for place in places[:4])
    return f"{shown}, ... ({len(places)})" if len(places) > 4 else shown


def _layer(node):
    """The operation, with the path of its module where a parameter tells it."""
    from rushlight.guard._names import parameter_names

    names = None
    for edge in node.edges:
        if _is_leaf(edge):
            names = parameter_names() if names is None else names
            path = names.get(id(edge.variable), ("", None))[0]
            if "." in path:
                return f"{node.op.name}() in {path.rpartition('.')[0]}"
    return f"{node.op.name}()"


def _data_of(node):
    """The arrays of floats that a node saved of inputs without an edge."""
    if node.op is None:
        return
    inputs = [name.lstrip("*") for name in node.op.inputs]
    for name, value in zip(node.op.saved_names, node.saved or (), strict=False):
        if not isinstance(value, Tensor) or name not in inputs:
            continue
        place = inputs.index(name)
        if place < len(node.edges) and node.edges[place] is None:
            array = value._array
            if array.__class__ is np.ndarray and array.dtype.kind == "f" and array.size:
                yield array


def nodes_of(edge):
    """The nodes of a graph, the oldest first."""
    seen, stack = set(), [edge]
    while stack and len(seen) < 10_000:
        node = stack.pop()
        node = node.node if node.__class__ is Output else node
        if node is None or node in seen or node.__class__ is AccumulateGrad:
            continue
        seen.add(node)
        stack.extend(node.edges)
    return sorted(seen, key=lambda node: node.number)


def is_finite(array):
    """Whether an array holds only finite values, or no floats."""
    if array.__class__ is not np.ndarray or array.dtype.kind != "f":
        return True
    return bool(np.isfinite(array).all())
