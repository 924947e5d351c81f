"""broadcast-loss: both sides of a loss's difference grow by broadcasting.

# Note [Meant axes]
# Pairwise distances also let both sides grow: x[:, None] - y.  There the axis of size 1
# was put in by unsqueeze, None, view, a transposition or keepdim, just before or behind
# pointwise operations, or both sides show one memory.  Where that is so the growth was
# meant.  Of differences only those with a constant side (the targets) are looked at.

# Note [Straight ways]
# From the loss a difference must be reached straight: through means, sums and what adds
# up scalar losses; then, among all pairs, through powers, absolute values and their
# like of the difference alone.  A tensor of all pairs' shape that comes from elsewhere
# (a matrix of weights, of observed differences, a mask) says that pairs are meant.

# Note [Products]
# -(y * log(p)).mean() and (weight * loss).mean() grow the same way.  Of products only
# (N, 1) with (N,), one side constant and the other no leaf, are looked at, in the first
# backwards only, as the tape shows them.  Their line is noted when they run next, and
# told with the next backward.
"""

from rushlight._core.node import AccumulateGrad, Output
from rushlight._core.tensor import Tensor
from rushlight.guard._places import user_place
from rushlight.guard._recording import are_links, links_of, release, watch
from rushlight.guard._report import found

NAME = "broadcast-loss"
SUMMARY = "both sides of a loss's difference grow by broadcasting"

_DIFFERENCES = ("sub", "rsub")
_SUMS = frozenset(("add", "sub", "rsub"))
_MEANS = frozenset(("mean", "sum"))
_NORMS = frozenset(("linalg_vector_norm", "dist"))
#: What may stand between a difference and its mean.
_STRAIGHT = frozenset(
    "pow abs mul div neg sqrt log log1p cosh add sub rsub relu clamp clamp_min "
    "clamp_max maximum minimum to clone".split()
)
#: What may join losses that are numbers.
_JOINS = _STRAIGHT | frozenset("exp view squeeze unsqueeze stack cat".split())
#: What may stand between partial means and the loss.
_LINEAR = frozenset("mean sum view squeeze unsqueeze mul div neg to clone".split())
_KEEPS = frozenset("sum mean amax amin max min norm logsumexp prod var std".split())
PAIRED = frozenset(
    "mse_loss l1_loss smooth_l1_loss huber_loss gaussian_nll_loss poisson_nll_loss "
    "kl_div hinge_embedding_loss multilabel_soft_margin_loss".split()
)
#: Differences since the last backward: (links, shape, shapes of the sides, line).
SUSPECTS = []
#: Links of sums with a constant that has the shape of all pairs.
_MIXED = []
_LOOKS = 16  # backwards that are searched for products


class Products:
    """What is known of products that grow.

    Attributes:
        looked: how many backwards were searched.
        seen: (links, shape, shapes, line) since the last backward, once one was found.
    """

    def __init__(self):
        self.looked, self.seen = 0, []


PRODUCTS = Products()


def forget():
    """Start as a fresh process does."""
    SUSPECTS.clear()
    _MIXED.clear()
    PRODUCTS.__init__()
    _look_away()


# --------------------------------------------------------------- looking as they record


def attach():
    """Look at differences as they are recorded."""
    for name in _DIFFERENCES:
        watch(name, _difference)


def detach():
    """Stop looking."""
    for name in _DIFFERENCES:
        release(name, _difference)
    _look_away()


def _look_away():
    release("add", _sum)
    release("mul", _product)


def _difference(inputs, result):
    shape, x, y = result._array.shape, inputs[0], inputs[1]
    x = getattr(x, "_array", None)
    y = getattr(y, "_array", None)
    if x is None or y is None:
        return
    if not (x.shape != shape != y.shape):
        if SUSPECTS or PRODUCTS.seen:
            _note_mixed(inputs, shape)
        return
    if inputs[0]._edge is not None and inputs[1]._edge is not None:
        return
    if not _are_meant(*inputs):
        watch("add", _sum)
        SUSPECTS.append(_suspect(inputs, shape))
        del SUSPECTS[:-64]


def _product(inputs, result):
    shape, x, y = result._array.shape, inputs[0], inputs[1]
    x = getattr(x, "_array", None)
    y = getattr(y, "_array", None)
    if x is None or y is None or not (x.shape != shape != y.shape):
        return
    if not _are_meant(*inputs):
        watch("add", _sum)
        PRODUCTS.seen.append(_suspect(inputs, shape))
        del PRODUCTS.seen[:-64]


def _sum(inputs, result):
    if isinstance(inputs[0], Tensor) and isinstance(inputs[1], Tensor):
        _note_mixed(inputs, result._array.shape)


def _suspect(inputs, shape):
    shapes = tuple(list(t._array.shape) for t in inputs)
    return links_of(inputs), shape, shapes, user_place()


def _note_mixed(inputs, shape):
    """Note a sum with a constant of all pairs' shape (Note [Straight ways])."""
    for one in inputs:
        if one._edge is None and one._array.shape == shape:
            _MIXED.append(links_of(inputs))
            del _MIXED[:-64]


# --------------------------------------------------------------- what was meant


def _are_meant(x, y):
    """Whether two sides grow on purpose (Note [Meant axes])."""
    first = x if x._base is None else x._base
    second = y if y._base is None else y._base
    return first is second or _is_meant(x) or _is_meant(y)


def _is_meant(tensor):
    base = tensor._base
    if base is not None and 1 in tensor._array.shape:
        if base._array.ndim != tensor._array.ndim:
            return True
        if base._array.shape != tensor._array.shape:  # transposed, reshaped, sliced
            return True
        if base._array.strides != tensor._array.strides:
            return True
    return _is_meant_by_history(tensor._edge)


def _is_meant_by_history(edge):
    for _ in range(12):
        if edge is None or edge.__class__ is AccumulateGrad:
            return False
        node = edge.node if edge.__class__ is Output else edge
        op = node.op
        if op is None or not isinstance(node.shape, tuple):
            return False
        if 1 not in node.shape:
            return False
        if op.view or (op.name in _KEEPS and len(node.shape) > 0):
            inner = node.edges[0]
            old = getattr(inner, "shape", None)
            if old is not None and old != node.shape:
                return True
        elif op.inputs and len(node.edges) > 1 and op.promote is None:
            return False  # a product: a new axis of its own
        edge = next((e for e in node.edges if e is not None), None)
    return False


# ------------------------------------------------------------------- back from the loss


def starting(tensor):
    """backward() begins at a loss: does it lead straight to a suspect?"""
    search = _Search()
    told = search.from_scalar(tensor._edge)
    if told is not None:
        _say(*told)
    if SUSPECTS or PRODUCTS.seen:
        SUSPECTS.clear()
        _MIXED.clear()
        PRODUCTS.seen.clear()
        _look_away()
    if search.product:
        watch("mul", _product)
    PRODUCTS.looked += 1


def is_looking():
    """Whether the next backward is to be searched."""
    return SUSPECTS or PRODUCTS.seen or PRODUCTS.looked < _LOOKS


class _Search:
    """One way back from a loss (Note [Straight ways]).

    Attributes:
        steps: how many nodes may still be looked at.
        product: whether a product that grows was met whose line is not known.
    """

    def __init__(self):
        self.steps, self.product = 48, False

    def _node(self, edge):
        self.steps -= 1
        if self.steps < 0 or edge is None or edge.__class__ in (AccumulateGrad, Output):
            return None, ""
        return (edge, edge.op.name) if edge.op is not None else (None, "")

    def from_scalar(self, edge):
        """A suspect behind a loss, or behind one of the losses that it sums up."""
        node, name = self._node(edge)
        if node is None:
            return None
        inner = next((e for e in node.edges if e is not None), None)
        if name in _MEANS or name in _NORMS:
            shape = getattr(inner, "shape", ())
            if shape.__class__ is tuple and len(shape) > 1:
                return self.from_pairs(inner, shape)
            return self.from_part(inner) if name in _MEANS else None
        return self.from_any(node.edges) if name in _JOINS else None

    def from_any(self, edges):
        """A suspect behind any of several numbers."""
        for each in edges:
            shape = getattr(each, "shape", None)
            if shape.__class__ is tuple and all(n == 1 for n in shape):
                told = self.from_scalar(each)
                if told is not None:
                    return told
        return None

    def from_part(self, edge):
        """A suspect behind a mean over one axis of two."""
        node, name = self._node(edge)
        if name in ("stack", "cat"):
            return self.from_any(node.edges)
        if name not in _LINEAR:
            return None
        inner = next((e for e in node.edges if e is not None), None)
        shape = getattr(inner, "shape", ())
        if name in _MEANS and shape.__class__ is tuple and len(shape) > 1:
            return self.from_pairs(inner, shape)
        return self.from_part(inner)

    def from_pairs(self, edge, shape):
        """A suspect behind operations on all pairs, if nothing else is there."""
        node, name = self._node(edge)
        if node is None or node.shape != shape:
            return None
        if name in _DIFFERENCES:
            for suspect in SUSPECTS:
                if are_links(suspect[0], node.edges) and shape == suspect[1]:
                    return "difference", *suspect[2:], list(shape)
        if name == "mul":
            told = self.grown_product(node, shape)
            if told is not None:
                return told
        if name not in _STRAIGHT or self.is_mixed(node, name, shape):
            return None
        told = None
        for each in node.edges:
            if getattr(each, "shape", None) == shape:
                told = self.from_pairs(each, shape)
                if told is None:
                    return None
        return told

    def is_mixed(self, node, name, shape):
        """Whether a constant of all pairs' shape comes in."""
        if name in _SUMS:
            return any(are_links(links, node.edges) for links in _MIXED)
        for value in node.saved or ():
            if isinstance(value, Tensor) and value._edge is None:
                if value._array.shape == shape:
                    return True
        return False

    def grown_product(self, node, shape):
        """A product of (N, 1) and (N,) that is a suspect (Note [Products])."""
        for suspect in PRODUCTS.seen:
            if are_links(suspect[0], node.edges) and shape == suspect[1]:
                return "product", *suspect[2:], list(shape)
        if len(shape) == 2 and shape[0] == shape[1] > 1 and self.grows(node, shape[0]):
            self.product = True
        return None

    def grows(self, node, count):
        """Whether a product's sides are (N, 1), (N,), one of them constant."""
        for edge, saved in ((node.edges[0], 1), (node.edges[1], 0)):
            constant = node.saved[saved] if node.saved else None
            if edge.__class__ is AccumulateGrad or not isinstance(constant, Tensor):
                continue
            if edge is None or constant._edge is not None:
                continue
            shapes = {edge.shape, constant._array.shape}
            if shapes == {(count, 1), (count,)}:
                return not (_is_meant(constant) or _is_meant_by_history(edge))
        return False


def _say(kind, shapes, place, shape):
    first, second = shapes
    what = "compared" if kind == "difference" else "multiplied"
    found(
        NAME,
        saw=f"a {kind} of shapes {first} and {second} has shape {shape}: both "
        "sides grew by broadcasting, and the loss averages over all pairs",
        why=f"Every prediction is {what} with every target, so the model learns "
        "their mean",
        do="give both sides one shape, e.g. prediction.squeeze(1) or "
        "target.unsqueeze(1)",
        place=place,
    )


def loss(name, input, target):
    """A loss function of two operands that broadcast is called."""
    if name not in PAIRED:
        return
    x, y = input._array.shape, target._array.shape
    if x == y or _are_meant(input, target):
        return
    shape = _broadcast(x, y)
    if shape is not None and shape not in (x, y):
        _say("difference", [list(x), list(y)], user_place(), list(shape))


def _broadcast(x, y):
    wide = max(len(x), len(y))
    x, y = (1,) * (wide - len(x)) + x, (1,) * (wide - len(y)) + y
    if any(a != b and 1 not in (a, b) for a, b in zip(x, y, strict=True)):
        return None
    return tuple(max(a, b) for a, b in zip(x, y, strict=True))
