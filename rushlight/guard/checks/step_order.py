"""step-order: step, backward, zero_grad and clipping in an order that does nothing.

Five things that are facts: zero_grad() threw away what backward() had filled and the
step found nothing new; the first step ran before any backward; gradients were clipped
after the step that used them, or before they were unscaled; a learning rate of 0 at
every step so far, or one that was assigned where no optimizer looks.
"""

from rushlight.guard._places import user_place
from rushlight.guard._report import found, is_listening

NAME = "step-order"
SUMMARY = "step, backward, zero_grad, clipping in an order that does nothing"

COUNT = [0]  # backwards so far
LAST_SCALED = [None]  # a weak reference to the last loss that a scaler multiplied
SCALED = [False]  # whether the last began at a loss that a gradient scaler multiplied


class History:
    """What an optimizer went through.

    Attributes:
        steps: how many.
        empty: the line of a first step that came before any backward, or None.
        discarded: (count of backwards, line) of a zero_grad() that threw away
            gradients nobody had used.
        moving: whether any step had a learning rate that was not 0.
    """

    __slots__ = ("steps", "empty", "discarded", "moving", "__weakref__")

    def __init__(self):
        self.steps, self.empty, self.discarded, self.moving = 0, None, None, False


def history_of(optimizer):
    """An optimizer's History."""
    own = optimizer.__dict__
    found_ = own.get("_guard_history")
    if found_ is None:
        found_ = own["_guard_history"] = History()
    return found_


def zeroing(optimizer):
    """zero_grad() is about to run."""
    for group in optimizer.param_groups:
        for param in group["params"]:
            gradient = param._grad
            if gradient is None:
                continue
            if "_consumed" not in gradient.__dict__:
                history = history_of(optimizer)
                history.discarded = COUNT[0], user_place()
            return


def stepping(optimizer, closure):
    """step() is about to run."""
    history = history_of(optimizer)
    history.steps += 1
    if not history.moving:
        rates = [group.get("lr", 1) for group in optimizer.param_groups]
        history.moving = any(float(getattr(rate, "_array", rate)) for rate in rates)
    if closure is not None:
        return
    if history.discarded is not None and history.discarded[0] == COUNT[0]:
        _say_discarded(optimizer, history.discarded[1])
    history.discarded = None
    if COUNT[0] == 0 and history.steps == 1 and not _has_gradient(optimizer):
        history.empty = user_place()
    elif history.empty is not None and history.steps == 2:
        if _has_gradient(optimizer):
            _say_early(optimizer, history.empty)
    if history.steps == 10 and not history.moving:
        _say_still(optimizer)
    if history.steps <= 2 and "lr" in optimizer.__dict__:
        _say_assigned(optimizer)


def starting(tensor):
    """backward() begins at a loss."""
    COUNT[0] += 1
    SCALED[0] = LAST_SCALED[0] is not None and LAST_SCALED[0]() is tensor


def _has_gradient(optimizer):
    for group in optimizer.param_groups:
        for param in group["params"]:
            if param._grad is not None:
                return True
    return False


def clipping(gradients, limit):
    """Gradients are about to be clipped."""
    if not gradients or limit == float("inf") or not is_listening(NAME):
        return
    if SCALED[0]:
        _say_scaled(gradients, limit)
        return
    for gradient in gradients:
        version = gradient.__dict__.get("_consumed")
        if version is None or version != gradient._version:
            return
        gradient.__dict__.pop("_consumed")
    found(
        NAME,
        saw=f"{len(gradients)} gradients are clipped to {float(limit):g} after the "
        "step() that used them",
        why="The step has been taken with the gradients as they were",
        do="clip between backward() and optimizer.step()",
    )


def _say_scaled(gradients, limit):
    found(
        NAME,
        saw=f"{len(gradients)} gradients are clipped to {float(limit):g} while they "
        "are still multiplied by the gradient scaler's scale",
        why="They are clipped to a limit that is smaller by that factor",
        do="call scaler.unscale_(optimizer) between backward() and clipping",
    )


def _say_discarded(optimizer, line):
    name = type(optimizer).__name__
    found(
        NAME,
        saw=f"{name}.step() has nothing to use: zero_grad() at {line} cleared the "
        "gradients that backward() had just filled",
        why="The parameters do not move",
        do="move zero_grad() before backward(), or after step()",
    )


def _say_early(optimizer, line):
    found(
        NAME,
        saw=f"{type(optimizer).__name__}.step() at {line} ran before any backward()",
        why="It did nothing, and every later step uses the gradients of the batch "
        "before",
        do="call loss.backward() before optimizer.step()",
        place=line,
    )


def _say_still(optimizer):
    found(
        NAME,
        saw=f"{type(optimizer).__name__} took 10 steps with a learning rate of 0",
        why="The parameters do not move",
        do="give a learning rate above 0, or look at what the scheduler multiplies",
    )


def _say_assigned(optimizer):
    found(
        NAME,
        saw=f"optimizer.lr = {optimizer.__dict__['lr']} was assigned, while its "
        f"param_groups say lr={optimizer.param_groups[0].get('lr')}",
        why="An optimizer reads its learning rate from param_groups only, so the "
        "assignment has no effect",
        do="for group in optimizer.param_groups: group['lr'] = ...",
    )
