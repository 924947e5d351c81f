"""lost-train: training goes on in evaluation mode after an evaluation.

# Note [Back to work]
# Fine-tuning with frozen batch norm is evaluation mode on purpose; so is freezing late
# in training.  What nobody does on purpose is this, all of it: layers that trained in
# training mode; eval() on a module around them; they ran next under no_grad, with no
# call of train() or eval() since; and the line that took steps before takes one now,
# with an optimizer whose gradients all belong to that module.
"""

import weakref

from rushlight._core.guarding import GUARDS
from rushlight._core.state import GRAD_MODE
from rushlight.guard._places import user_place
from rushlight.guard._report import found, is_listening
from rushlight.guard.checks.model import train_mode_eval

NAME = "lost-train"
SUMMARY = "training goes on in evaluation mode after an evaluation"

PENDING = []  # evaluations that began and were not followed by train()
_lines = weakref.WeakKeyDictionary()  # {optimizer: the lines that took its steps}


class Evaluation:
    """An eval() on a module with layers that had trained.

    Attributes:
        root: weak reference to the module.
        layers: weak set of its layers that had trained.
        place: the line of eval().
        ran: whether they ran without gradients since.
    """

    def __init__(self, root, layers):
        self.root, self.layers = weakref.ref(root), weakref.WeakSet(layers)
        self.place, self.ran = user_place(), False


def switched(module):
    """train() or eval() is called on a module, not for one around it."""
    if module.training:
        PENDING.clear()
        GUARDS.evals = False
        return
    same = [each for each in PENDING if each.root() is module]
    for each in same:
        PENDING.remove(each)
    layers = [each for each in module.modules() if _trained(each)]
    layers += [layer for each in same for layer in each.layers]
    if layers and not (len(layers) == 1 and layers[0] is module):
        PENDING.append(Evaluation(module, layers))
        del PENDING[:-8]
        GUARDS.evals = True
    else:  # one layer is frozen on purpose
        for each in PENDING:
            each.layers.discard(module)


def _trained(layer):
    if not train_mode_eval.has_trained(layer) or getattr(layer, "p", 1) == 0:
        return False
    return getattr(layer, "track_running_stats", True)


def running(layer):
    """A layer that switches with train() and eval() runs in evaluation mode."""
    mine = [each for each in PENDING if layer in each.layers and not each.ran]
    for each in mine:
        if GRAD_MODE.get():  # no evaluation: evaluation mode is meant
            PENDING.remove(each)
        each.ran = True
    GUARDS.evals = not all(each.ran for each in PENDING)


def stepping(optimizer):
    """step() is about to run, one of the first."""
    if train_mode_eval.TRAINED:
        _lines.setdefault(optimizer, set()).add(user_place())


def lost(optimizer):
    """step() is about to run while an evaluation was not followed by train()."""
    for each in PENDING[:]:
        root = each.root()
        if root is None or not each.ran or not is_listening(NAME):
            continue
        if _is_ones_own(root, optimizer) and user_place() in _lines.get(optimizer, ()):
            PENDING.remove(each)
            _say(root, each, optimizer)


def _is_ones_own(root, optimizer):
    """Whether all that the optimizer moves is the module's."""
    own = {id(p) for p in root.parameters()}
    moved = [
        id(p)
        for group in optimizer.param_groups
        for p in group["params"]
        if p._grad is not None
    ]
    return bool(moved) and own.issuperset(moved)


def _say(root, evaluation, optimizer):
    layers = [layer for layer in evaluation.layers if not layer.training]
    if not layers:
        return
    kinds = " and ".join(sorted({type(layer).__name__ for layer in layers}))
    found(
        NAME,
        saw=f"{type(optimizer).__name__}.step() trains {type(root).__name__} while its "
        f"{len(layers)} {kinds} are in evaluation mode: {evaluation.place} called "
        "eval() for an evaluation, and nothing called train() since",
        why="Dropout drops nothing and batch norm stops learning its statistics from "
        "here on, while they trained before",
        do="call model.train() at the beginning of each epoch",
    )


def forget():
    """Start as a fresh process does."""
    PENDING.clear()
    GUARDS.evals = False
