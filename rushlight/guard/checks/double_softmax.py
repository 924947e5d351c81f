"""double-softmax: probabilities where a loss expects scores, or scores for logarithms.

The loss's input is followed through views, casts and copies to the operation that made
it; any other mathematics in between ends the search, so that only an output of softmax
or sigmoid itself is named.
"""

from rushlight._core.node import Output
from rushlight.guard._report import found, is_listening

NAME = "double-softmax"
SUMMARY = "softmax or sigmoid before a loss that applies it, or none where needed"

# What leaves values as they are.
_NEUTRAL = frozenset(("clone", "to", "contiguous", "cast", "copy"))
_LAYERS = frozenset(("linear", "addmm", "conv", "convolution", "conv2d", "bmm", "mm"))

_SOFT_CE = (
    "cross_entropy() applies log_softmax itself; on probabilities its gradient nearly "
    "vanishes and the loss cannot fall below log(e + classes - 1) - 1"
)


def maker(tensor):
    """The name of the operation that made a recorded tensor; None if unknown."""
    node = tensor._edge
    while node is not None:
        node = node.node if node.__class__ is Output else node
        op = node.op
        if op is None:
            return None
        if not op.view and op.name not in _NEUTRAL:
            return op.name
        node = node.edges[0]
    return None


def loss(name, input, target):
    """A loss function is called."""
    rule = _RULES.get(name)
    if rule is not None and input._edge is not None:
        rule(name, input, maker(input))


def _scores(name, input, made):
    if made == "softmax" and name == "cross_entropy":
        _say(name, input, "softmax", _SOFT_CE, "pass the scores before the softmax")
    elif made == "sigmoid" and name == "binary_cross_entropy_with_logits":
        why = (
            f"{name}() applies the sigmoid itself, so outputs can only reach 0.5..0.73"
        )
        fix = "pass the scores before the sigmoid, or use binary_cross_entropy"
        _say(name, input, "sigmoid", why, fix)


def _logarithms(name, input, made):
    why = f"{name}() expects log-probabilities; of probabilities it is no likelihood"
    if made in ("softmax", "sigmoid"):
        _say(
            name,
            input,
            made,
            why,
            f"use log_{made} in place of {made}".replace("log_sigmoid", "logsigmoid"),
        )
    elif made in _LAYERS and is_listening(NAME):
        highest = float(input.detach().max()) if input._array.size else 0.0
        if highest > 1e-3:
            _say(
                name,
                input,
                f"a layer, whose largest value is {highest:.4g} (a logarithm of a "
                "probability is never above 0), not log_softmax",
                f"{name}() only picks values out: it falls without bound",
                "apply log_softmax first, or use cross_entropy",
            )


def _say(name, input, made, why, do):
    found(
        NAME,
        saw=f"{name}() got an input {list(input.shape)} that is the output of {made}",
        why=why,
        do=do,
    )


_RULES = {
    "cross_entropy": _scores,
    "binary_cross_entropy_with_logits": _scores,
    "nll_loss": _logarithms,
    "kl_div": _logarithms,
}
