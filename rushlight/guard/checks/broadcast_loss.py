"""broadcast-loss: both sides of a loss's difference grow by broadcasting.

# Note [Meant axes]
# Pairwise distances also let both sides grow: x[:, None] - y.  There the axis of size 1
# was put in by unsqueeze, None, view, a transposition or keepdim, just before or behind
# pointwise operations.  Where such an axis is found on the way back from either side,
# the growth was meant.  And only a difference that goes straight into the loss, by
# powers, absolute values and full means or sums, is looked at.
"""

from rushlight._core.node import AccumulateGrad, Output
from rushlight._core.table import TABLE
from rushlight.guard._places import user_place
from rushlight.guard._report import found

NAME = "broadcast-loss"
SUMMARY = "both sides of a loss's difference grow by broadcasting"

_STRAIGHT = frozenset(
    "mean sum pow square abs mul div neg sqrt log1p exp add smooth_l1".split()
)
_KEEPS = frozenset("sum mean amax amin max min norm logsumexp prod var std".split())
#: Differences since the last backward: (edges, shape, shapes of the sides, line).
SUSPECTS = []


def attach():
    """Look at differences as they are recorded."""
    for name in ("sub", "rsub"):
        op = TABLE[name]
        if not hasattr(op.save, "unguarded"):
            op.save = _looking(op.save)


def detach():
    """Stop looking."""
    for name in ("sub", "rsub"):
        op = TABLE[name]
        op.save = getattr(op.save, "unguarded", op.save)


def _looking(save):
    def looking(inputs, attrs, result):
        shape, x, y = result._array.shape, inputs[0], inputs[1]
        x = getattr(x, "_array", None)
        y = getattr(y, "_array", None)
        if x is not None and y is not None and x.shape != shape != y.shape:
            _suspect(inputs, result)
        return save(inputs, attrs, result)

    looking.unguarded = save
    return looking


def _suspect(inputs, result):
    if any(_is_meant(t) for t in inputs):
        return
    shapes = tuple(list(t._array.shape) for t in inputs)
    edges = tuple(t._edge for t in inputs)
    SUSPECTS.append((edges, result._array.shape, shapes, user_place()))
    del SUSPECTS[:-64]


def _is_meant(tensor):
    """Whether an axis of size 1 was put in on purpose (Note [Meant axes])."""
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


def starting(tensor):
    """backward() begins at a loss: does it lead straight to a suspect?"""
    _follow(tensor._edge)
    SUSPECTS.clear()


def _follow(edge):
    stack, steps = [edge], 0
    while stack and steps < 24:
        steps += 1
        node = stack.pop()
        if node is None or node.__class__ in (AccumulateGrad, Output):
            continue
        if node.op is None:
            continue
        if node.op.name in ("sub", "rsub"):
            for edges, shape, shapes, place in SUSPECTS:
                if node.edges == edges and node.shape == shape:
                    _say(shapes, place, list(shape))
                    return
        elif node.op.name not in _STRAIGHT:
            continue
        if node.op.name in ("mean", "sum") and node.shape != ():
            continue
        stack.extend(node.edges)


def _say(shapes, place, shape):
    first, second = shapes
    found(
        NAME,
        saw=f"a difference of shapes {first} and {second} has shape {shape}: both "
        "sides grew by broadcasting, and the loss averages over all pairs",
        why="Every prediction is compared with every target, so the model learns "
        "their mean",
        do="give both sides one shape, e.g. prediction.squeeze(1) or "
        "target.unsqueeze(1)",
        place=place,
    )


def loss(name, input, target):
    """A loss function of two operands that broadcast is called."""
    if name not in _PAIRED:
        return
    x, y = input._array.shape, target._array.shape
    if x == y or _is_meant(input) or _is_meant(target):
        return
    shape = _broadcast(x, y)
    if shape is not None and shape not in (x, y):
        _say([list(x), list(y)], user_place(), list(shape))


_PAIRED = frozenset(("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"))


def _broadcast(x, y):
    wide = max(len(x), len(y))
    x, y = (1,) * (wide - len(x)) + x, (1,) * (wide - len(y)) + y
    if any(a != b and 1 not in (a, b) for a, b in zip(x, y, strict=True)):
        return None
    return tuple(max(a, b) for a, b in zip(x, y, strict=True))
