"""stale-grad: a step uses a gradient that still holds an earlier step's.

# Note [Consumed gradients]
# After a step every gradient it used is marked with its version.  A backward that adds
# to a marked gradient is no bug yet: a GAN's generator adds to its discriminator's
# gradients, which are cleared before they are used.  A step that uses such a sum is
# one.  A gradient that was written in between (zero_(), a decay by hand) was meant.
"""

import math
import weakref

from rushlight.guard._history import history_of, listed_numbers
from rushlight.guard._names import listed
from rushlight.guard._places import user_place
from rushlight.guard._report import found, is_listening

NAME = "stale-grad"
SUMMARY = "a step uses gradients that an earlier step already used"

STALE = {}  # id of a gradient: (weak gradient, the line that added to it)
_followed = []  # (Finding, History) of those that were named


def adding(tensor):
    """Backward is about to add to a gradient that is there."""
    gradient = tensor._grad
    version = gradient.__dict__.get("_consumed")
    if version is None:
        return
    known = STALE.get(id(gradient))
    if known is not None and known[0]() is gradient:
        if not gradient._array.any():
            _forget(gradient)
        return
    if gradient._version != version or not gradient._array.any():
        _forget(gradient)
        return
    if len(STALE) > 4096:
        _prune()
    STALE[id(gradient)] = weakref.ref(gradient), user_place()


def forget():
    """Start as a fresh process does."""
    STALE.clear()


def _forget(gradient):
    gradient.__dict__.pop("_consumed", None)
    STALE.pop(id(gradient), None)


def _prune():
    for key in [key for key, (ref, _) in STALE.items() if ref() is None]:
        del STALE[key]


def stepping(optimizer):
    """Before a step: are any of its gradients sums over a step?"""
    if not STALE:
        return
    bad, line = [], None
    for group in optimizer.param_groups:
        for param in group["params"]:
            gradient = param._grad
            entry = STALE.get(id(gradient)) if gradient is not None else None
            if entry is None:
                continue
            if entry[0]() is gradient and gradient._array.any():
                bad.append(param)
                line = entry[1]
            _forget(gradient)
    if bad and is_listening(NAME):
        _say(optimizer, bad, line)


def _say(optimizer, bad, line):
    history = history_of(optimizer)
    norms = [norm for _, _, norm in history.course if norm is not None]
    grown = f"; the norm of all gradients went {listed_numbers(norms)}"
    history.growing = True
    finding = found(
        NAME,
        saw=f"{type(optimizer).__name__}.step() uses gradients of {len(bad)} "
        f"parameters ({listed(bad)}) that an earlier step() used and backward() at "
        f"{line} added to{grown if len(norms) > 1 else ''}",
        why="Old gradients are applied again at every step, so that updates grow "
        "until the loss explodes",
        do="call optimizer.zero_grad() once before each backward()",
    )
    if finding is not None:
        _followed.append((finding, history))


def ending():
    """The run is over: what became of the gradients?"""
    for finding, history in _followed:
        loss, _, norm = history.course[-1]
        rows = [*history.growth, (history.steps, loss, norm)]
        rows = [(step, norm) for step, _, norm in rows if norm is not None]
        finite = [row for row in rows if math.isfinite(row[1])]
        rows = rows[: len(finite) + 1]  # from the first that is not, none is
        if len(rows) < 2:
            continue
        told = ", ".join(f"{norm:.3g} (step {step})" for step, norm in rows)
        finding.later = f"later the norm of all gradients was {told}"
        if loss is not None and loss > 2 * abs(history.lowest[0]):
            low, step = history.lowest
            finding.later += f"; the loss fell to {low:.3g} (step {step}) and rose to "
            finding.later += f"{loss:.3g}"


def stepped(optimizer):
    """After a step: its gradients are used (Note [Resting])."""
    for group in optimizer.param_groups:
        for param in group["params"]:
            gradient = param._grad
            if gradient is not None:
                memory = gradient._memory
                gradient._consumed = 0 if memory is None else memory.version
