"""lost-loss: backward() begins at a loss that was cut from its graph and wrapped anew.

# Note [Cut losses]
# Between two steps of an optimizer backward() ran, reached leaves, and none of them was
# a parameter; the optimizer found no new gradient.  That happens where the loss is
# torch.tensor(loss.item(), requires_grad=True), loss.detach().requires_grad_() or
# torch.tensor([one, other], requires_grad=True).sum().  A loss of 0 made for an empty
# batch is meant, so a value of 0 is none of this, and a second such step is needed.
"""

import weakref

from rushlight._base.spec import Spec
from rushlight.guard._names import listed
from rushlight.guard._places import user_place
from rushlight.guard._report import found
from rushlight.nn.parameter import Parameter

NAME = "lost-loss"
SUMMARY = "backward() begins at a loss that was cut from its graph"


class State:
    """What the backwards since the last step reached.

    Attributes:
        root: the array of the tensor that backward begins at, if it is one number.
        cut: (shape of the leaf, the loss or None, line, whether it is the leaf) of a
            backward that reached no parameter, or None.
        useful: whether another one reached a parameter.
        reached: ids of the other leaves that were reached.
        empty: whether one began at a 0 that depends on nothing.
        count: {optimizer: steps after a cut loss}.
        said: the optimizers of which it was said, or that had such a 0.
    """

    def __init__(self):
        self.cut = self.root = None
        self.useful = self.empty = False
        self.reached = set()
        self.count = weakref.WeakKeyDictionary()
        self.said = weakref.WeakSet()


STATE = State()


def forget():
    """Start as a fresh process does."""
    STATE.__init__()


def starting(tensor):
    """backward() begins at a tensor."""
    array = tensor._array
    STATE.root = array if array.size == 1 and array.__class__ is not Spec else None


def backward(walk):
    """backward() has run: did it reach any parameter?"""
    edge = None
    for edge in walk.waiting:
        leaf = edge.variable
        if isinstance(leaf, Parameter):
            STATE.useful = True
            return
        STATE.reached.add(id(leaf))
    if edge is None or STATE.cut is not None:
        return
    root = STATE.root
    value = None if root is None or root.dtype.kind == "c" else float(root)
    if value == 0:
        STATE.empty = True
    else:
        STATE.cut = list(edge.shape), value, user_place(), not walk.nodes


def stepping(optimizer, closure):
    """step() is about to run."""
    cut, useful, reached = STATE.cut, STATE.useful, STATE.reached
    STATE.useful = False
    if STATE.empty:
        STATE.said.add(optimizer)
        STATE.empty = False
    if reached:
        STATE.cut, STATE.reached = None, set()
    if cut is None or useful or closure is not None:
        return
    own = [p for group in optimizer.param_groups for p in group["params"]]
    if not reached.isdisjoint(map(id, own)):
        return
    if not any(p.requires_grad for p in own) or any(_is_new(p._grad) for p in own):
        return
    STATE.count[optimizer] = STATE.count.get(optimizer, 0) + 1
    if STATE.count[optimizer] == 2:
        STATE.said.add(optimizer)
        _say(optimizer, own, *cut)


def _is_new(gradient):
    """Whether a gradient was filled since the last step."""
    if gradient is None:
        return False
    if gradient._array.__class__ is not Spec and not gradient._array.any():
        return False
    return gradient.__dict__.get("_consumed") != gradient._version


def _say(optimizer, own, shape, value, place, is_leaf):
    known = "" if value is None else f" of {value:.4g}"
    reached = "is" if is_leaf else "comes from nothing but"
    found(
        NAME,
        saw=f"the loss{known} {reached} a tensor {shape} that no operation made and "
        f"that is no parameter: {type(optimizer).__name__}.step() then has no new "
        f"gradient for its {len(own)} parameters ({listed(own, most=2)})",
        why="torch.tensor(loss), loss.item() and loss.detach() are copies without the "
        "graph; with requires_grad=True only the copy's own .grad is filled",
        do="call backward() on the loss as the operations gave it; sum several with "
        "torch.stack(losses).sum()",
        place=place,
    )
