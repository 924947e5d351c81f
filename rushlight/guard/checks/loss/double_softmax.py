"""double-softmax: probabilities where a loss expects scores, or scores for logarithms.

The loss's input is followed through views, selections, casts and copies to the
operation that made it; any other mathematics in between ends the search, so that only
an output of softmax or sigmoid itself is named.

# Note [Made without gradients]
# What was computed under no_grad has no graph.  There softmax and sigmoid leave weak
# references to their last few results in `GUARDS.made`; a loss's input that is one of
# them, or a view of one, is told by that.
"""

import math

import numpy as np

from rushlight._base.spec import Spec
from rushlight._compiler.graph.ir import Value
from rushlight._core.guarding import GUARDS
from rushlight._core.node import AccumulateGrad, Output
from rushlight.guard._report import BOOK, GuardError, found, is_listening
from rushlight.nn.parameter import Parameter

NAME = "double-softmax"
SUMMARY = "softmax or sigmoid before a loss that applies it, or none where needed"

#: What leaves values as they are, selects some, or bounds them.
_NEUTRAL = frozenset(
    "clone to move copy contiguous reshape_copy take_index index_select take gather "
    "masked_select roll flip clamp clamp_min clamp_max".split()
)
_LAYERS = frozenset("linear convolution convolution_transposed addmm".split())
#: Layers' outputs behind these are no probabilities either.
_OPEN = frozenset("relu leaky_relu elu gelu silu batch_norm layer_norm".split())
#: What usually comes before losses of scores; told first, as it is most often so.
_HARMLESS = _LAYERS | {"matmul", "add", "mul", "dropout", "relu", "mean"}
_OF_SCORES = frozenset(("cross_entropy", "binary_cross_entropy_with_logits"))
_LOGS = ("log_softmax", "logsigmoid")
_KNOWN = ("softmax", "sigmoid", *_LOGS)


def forget():
    """Start as a fresh process does."""
    GUARDS.made.clear()


class Maker:
    """The operation that made a tensor.

    Attributes:
        name: of the op.
        node: the tape's or the compiled graph's; None where only the name is known.
        straight: whether no view lies between.
    """

    __slots__ = ("name", "node", "straight")

    def __init__(self, name, node=None, straight=False):
        self.name, self.node, self.straight = name, node, straight

    @property
    def dim(self):
        """The dimension along which a recorded softmax sums to 1, or None."""
        saved = getattr(self.node, "saved", None)
        return saved[1] if saved else None


def maker(tensor):
    """What made a tensor: a Maker, or None."""
    node, straight = tensor._edge, True
    if node is None:
        return _made_without_gradients(tensor)
    while node is not None and node.__class__ is not AccumulateGrad:
        edge = node
        node = node.node if node.__class__ is Output else node
        op = node.op
        if op is None:
            return None
        if op.name == "compiled":
            return _compiled(edge)
        if op.name in ("cat", "stack"):
            return _made_of_all(node)
        if not op.view and op.name not in _NEUTRAL:
            return Maker(op.name, node, straight)
        straight = straight and not op.view
        node = node.edges[0]
    return None


def _made_of_all(node):
    """What made the parts of a cat(), where it is the same for all."""
    makers = [None if e is None else maker(_Behind(e)) for e in node.edges]
    names = {None if each is None else each.name for each in makers}
    return Maker(makers[0].name) if len(names) == 1 and None not in names else None


class _Behind:
    """An edge, as if it were its tensor."""

    def __init__(self, edge):
        self._edge = edge


def _made_without_gradients(tensor):
    """Note [Made without gradients]."""
    base = getattr(tensor, "_base", None)
    base = tensor if base is None else base
    for known, name in GUARDS.made:
        if known() is base and base._version == 0:
            return Maker(name)
    return None


def _compiled(edge):
    """What made an output of a compiled call."""
    entry = edge.node.entry
    results = [wanted for kind, wanted in entry.results if kind == "value"]
    places = [place for place, wanted in enumerate(results) if wanted]
    value = entry.halves.forward.outputs[places[edge.index]]
    while value.__class__ is Value and value.node is not None:
        op = value.node.op
        if not op.view and op.name not in _NEUTRAL:
            return Maker(op.name)
        value = value.node.inputs[0]
    return None


# ------------------------------------------------------------------------------ rules


def loss(name, input):
    """A loss function is called."""
    op = getattr(input._edge, "op", None)
    if op is not None and op.name in _HARMLESS and name in _OF_SCORES:
        return
    rule = _RULES.get(name)
    made = None if rule is None else maker(input)
    if made is not None:
        rule(name, input, made)


def traced(name, input):
    """A loss function is traced for compile: what needs no values is looked at.

    An error ends the trace; the function then runs uncompiled, and is to say it again.
    """
    rule = _RULES.get(name)
    made = None if rule is None else maker(input)
    if made is not None and made.name in _KNOWN:
        try:
            rule(name, input, made)
        except GuardError:
            BOOK.findings.popitem()
            raise


def _cross_entropy(name, input, made):
    if made.name in ("softmax", "sigmoid"):
        classes = input._array.shape[1 if input._array.ndim > 1 else 0]
        floor = math.log(math.e + classes - 1) - 1
        _say(
            name,
            input,
            made.name,
            f"{name}() applies log_softmax itself; of scores in 0..1 it cannot fall "
            f"below {floor:.3g} for {classes} classes, and gradients nearly vanish",
            f"pass the scores before the {made.name}",
        )
    elif made.name == "log_softmax":
        _check_dim(name, input, made)


def _with_logits(name, input, made):
    if made.name in ("softmax", "sigmoid"):
        why = f"{name}() applies the sigmoid itself, so outputs only reach 0.5..0.73"
    elif made.name in _LOGS:
        why = (
            f"{name}() applies the sigmoid itself, which of the logarithm of a "
            "probability, never above 0, is never above 0.5"
        )
    else:
        return
    _say(name, input, made.name, why, f"pass the scores before the {made.name}")


def _logarithms(name, input, made):
    why = f"{name}() expects log-probabilities; of probabilities it is no likelihood"
    if made.name in ("softmax", "sigmoid"):
        wanted = "log_softmax" if made.name == "softmax" else "logsigmoid"
        _say(name, input, made.name, why, f"use {wanted} in place of {made.name}")
    elif made.name == "log_softmax" and name == "nll_loss":
        _check_dim(name, input, made)
    elif (made.name in _LAYERS or made.name in _OPEN) and is_listening(NAME):
        highest = _largest(input._array)
        if highest > 1e-3:
            _say(
                name,
                input,
                f"{made.name}, whose largest value is {highest:.4g} (a logarithm of a "
                "probability is never above 0), not log_softmax",
                f"{name}() only picks values out: it falls without bound",
                "apply log_softmax first, or use cross_entropy",
            )


def _largest(array):
    """The largest value; 0 where there is none."""
    if array.__class__ is Spec or not array.size:
        return 0.0
    return float(array.max())


def _check_dim(name, input, made):
    """log_softmax along the batch: columns sum to 1, rows do not."""
    shape, dim = input._array.shape, made.dim
    if dim is None or not made.straight or len(shape) < 2:
        return
    size = shape[dim]
    if dim % len(shape) == 1 or size in (1, shape[1]):
        return
    _say(
        name,
        input,
        f"log_softmax along dim={dim}",
        f"{name}() has the classes in dimension 1; the probabilities sum to 1 along "
        f"dimension {dim % len(shape)} in place of over the classes",
        "log_softmax(..., dim=1)",
    )


def _probabilities(name, input, made):
    layer = made
    if made.name == "relu" and made.node is not None:
        layer = maker(_Behind(made.node.edges[0]))
    if layer is None or layer.name not in _LAYERS or not _reaches_below(layer.node):
        return
    _say(
        name,
        input,
        made.name if layer is made else f"{made.name} after {layer.name}",
        f"{name}() takes the logarithm of probabilities; nothing keeps a layer's "
        "output between 0 and 1, and where it leaves them this is an error or a loss "
        "of 100 without a gradient",
        "apply sigmoid first, or use binary_cross_entropy_with_logits",
    )


def _reaches_below(node):
    """Whether a layer's weight is a parameter with entries of both signs."""
    if node is None or len(node.edges) < 2:
        return False
    for edge in node.edges[1:]:
        if edge.__class__ is AccumulateGrad:
            leaf = edge.variable
            if isinstance(leaf, Parameter) and _largest(leaf._array) > 0:
                if leaf._array.min() < 0:
                    return True
    return False


def divergence(target, logs):
    """kl_div() is called: is its target a probability, or the logarithm of one?"""
    made, array = maker(target), target._array
    known = array.__class__ is np.ndarray and array.size and array.dtype.kind == "f"
    if not logs and known and array.flat[0] < 0:
        _say_target(
            target,
            f"a target whose first value is {float(array.flat[0]):.4g}",
            "without log_target=True the target is a probability, never below 0: the "
            "divergence is nan",
            "pass log_target=True, or the target's exp()",
        )
    elif logs and made is not None and made.name in ("softmax", "sigmoid"):
        _say_target(
            target,
            f"log_target=True and a target {list(target.shape)} that is the output "
            f"of {made.name}",
            "Probabilities are read as logarithms, and their exp() is above 1",
            "leave log_target out, or pass log_softmax",
        )


def _say_target(target, what, why, do):
    found(NAME, saw=f"kl_div() got {what}", why=why, do=do)


def _say(name, input, made, why, do):
    found(
        NAME,
        saw=f"{name}() got an input {list(input.shape)} that is the output of {made}",
        why=why,
        do=do,
    )


_RULES = {
    "cross_entropy": _cross_entropy,
    "binary_cross_entropy_with_logits": _with_logits,
    "binary_cross_entropy": _probabilities,
    "nll_loss": _logarithms,
    "kl_div": _logarithms,
}
