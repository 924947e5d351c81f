"""learning-rate: a learning rate, or a schedule of it, that has no effect.

# Note [Rates without effect]
# A rate of 0 at every step, told at the end of the run; at the tenth step already where
# the optimizer was made with 0 and no schedule may change it.  A hyperparameter that
# was assigned where no optimizer looks.  A schedule that a whole run never stepped,
# over at least two passes of a loader or a thousand steps; one that steps an optimizer
# that does not, while another trains its parameters; one made for exactly as many steps
# as the optimizer took, and stepped at most half as often.  A rate below 1e-8 of the
# first one for the last half of at least 512 steps.
"""

import weakref

from rushlight.guard._history import COUNT, LIVES, history_of, number
from rushlight.guard._places import user_place
from rushlight.guard._report import found

NAME = "learning-rate"
SUMMARY = "a learning rate, or a schedule of it, that has no effect"

VANISHED = 1e-8
_schedules = weakref.WeakKeyDictionary()
_passes = weakref.WeakKeyDictionary()
_all_passes = []
_MOST = 256


class Schedule:
    """What is known of a schedule.

    Attributes:
        kind: the name of its class.
        place: the line where it was made.
        steps: how often the user stepped it.
        total: for how many steps it was made, or None.
    """

    __slots__ = ("kind", "place", "steps", "total")

    def __init__(self, scheduler):
        self.kind, self.place, self.steps = type(scheduler).__name__, user_place(), 0
        own = scheduler.__dict__
        self.total = own.get("total_steps", own.get("T_max"))


def forget():
    """Start as a fresh process does."""
    _schedules.clear()
    _passes.clear()
    _all_passes.clear()


# ------------------------------------------------------------------------ what happens


def made(scheduler):
    """A schedule is made."""
    record = _schedules[scheduler] = Schedule(scheduler)
    history_of(scheduler.optimizer).schedules.append(record)


def scheduled(scheduler):
    """Its step() is called, by the user or by a schedule around it."""
    record = _schedules.get(scheduler)
    if record is None or scheduler._is_initial:
        return
    record.steps += 1
    if record.steps == 3:
        _look_for_another(scheduler.optimizer, record)


def passing(loader):
    """A pass over a loader begins."""
    record = _passes.get(loader)
    if record is None:
        record = _passes[loader] = [0, COUNT[0]]  # passes with backwards, start of this
        if len(_all_passes) < _MOST:
            _all_passes.append(record)
    elif COUNT[0] > record[1]:
        record[0], record[1] = record[0] + 1, COUNT[0]


def stepping(optimizer):
    """step() is about to run."""
    history = optimizer._guard_history
    if not history.moving:
        groups = optimizer.param_groups
        history.moving = any(number(group.get("lr", 1)) for group in groups)
        if history.steps == 10 and not history.moving:
            if not history.schedules and optimizer.defaults.get("lr") == 0:
                _say_still(history)
    if history.steps <= 2 or not history.steps & 63:
        _look_at_options(optimizer)
        if history.steps > 2:
            _look_at_rate(optimizer, history)


def ending():
    """The run is over."""
    passes = max((n + (COUNT[0] > at) for n, at in _all_passes), default=0)
    for history in LIVES:
        if history.steps >= 10 and not history.moving:
            _say_still(history)
        elif history.schedules and history.steps:
            if not any(schedule.steps for schedule in history.schedules):
                if history.steps >= 1000 or passes > 1:
                    _say_unused(history, history.schedules[0], passes)
            for schedule in history.schedules:
                if schedule.total == history.steps >= 2 * schedule.steps > 0:
                    _say_late(history, schedule)


# ----------------------------------------------------------------- what follows from it


def _look_at_options(optimizer):
    """Hyperparameters that were assigned beside the groups."""
    if not type(optimizer).__module__.startswith("rushlight.optim."):
        return
    defaults, group = optimizer.defaults, optimizer.param_groups[0]
    for name in defaults.keys() & optimizer.__dict__.keys():
        value = optimizer.__dict__[name]
        known = group.get(name), group.get(f"initial_{name}"), defaults[name]
        if not any(value is other or value == other for other in known):
            _say_assigned(f"optimizer.{name} = {value}", name, group)
    for each in optimizer.param_groups:
        if "learning_rate" in each and each["learning_rate"] != each.get("lr"):
            _say_assigned(f"'learning_rate': {each['learning_rate']}", "lr", each)


def _look_at_rate(optimizer, history):
    for group in optimizer.param_groups:
        rate, first = number(group.get("lr", 1)), number(group.get("initial_lr"))
        if not rate < VANISHED * first:
            history.notes.pop("vanished", None)
            return
    since = history.notes.setdefault("vanished", history.steps)
    if history.moving and history.steps >= max(512, 2 * since):
        _say_vanished(history, rate, first, since)


def _look_for_another(optimizer, record):
    """Does another optimizer train what a schedule's optimizer holds?"""
    from rushlight.guard.checks.optim.no_optimizer import _optimizers

    if history_of(optimizer).steps:
        return
    own = {id(p) for group in optimizer.param_groups for p in group["params"]}
    for other in _optimizers:
        held = {id(p) for group in other.param_groups for p in group["params"]}
        if other is not optimizer and own & held and history_of(other).steps > 2:
            _say_other(record, history_of(optimizer), history_of(other))
            return


# ------------------------------------------------------------------------- what is said


def _say_still(history):
    found(
        NAME,
        saw=f"{history.kind} took {history.steps} steps, all with a learning rate of 0",
        why="The parameters do not move",
        do="give a learning rate above 0, or look at what the schedule multiplies",
        place=history.place,
    )


def _say_assigned(what, name, group):
    found(
        NAME,
        saw=f"{what} was assigned, while the param_groups say {name}={group.get(name)}",
        why=f"An optimizer reads {name} from its param_groups only, so the assignment "
        "has no effect",
        do=f"for group in optimizer.param_groups: group[{name!r}] = ...",
    )


def _say_unused(history, schedule, passes):
    over = f" over {passes} passes of a loader" if passes > 1 else ""
    found(
        NAME,
        saw=f"{schedule.kind} was made and never stepped, while {history.kind} took "
        f"{history.steps} steps{over}",
        why="The learning rate stayed what it was at the start",
        do="call scheduler.step() after each epoch (each batch for OneCycleLR and "
        "CyclicLR)",
        place=schedule.place,
    )


def _say_late(history, schedule):
    found(
        NAME,
        saw=f"{schedule.kind} was made for {schedule.total} steps, {history.kind} took "
        f"{history.steps}, and the schedule was stepped {schedule.steps} times only",
        why="The learning rate never left the first part of its schedule",
        do="call scheduler.step() after each optimizer.step(), not after each epoch",
        place=schedule.place,
    )


def _say_vanished(history, rate, first, since):
    schedule = history.schedules[0] if history.schedules else None
    told = ""
    if schedule is not None:
        told = f"; {schedule.kind} was stepped {schedule.steps} times"
    found(
        NAME,
        saw=f"at step {history.steps} of {history.kind} the learning rate is {rate:.3g}"
        f", and has been below 1e-8 of the first one ({first:g}) since step {since} at "
        f"the latest{told}",
        why="Updates that small are lost in rounding: for half of its steps nothing "
        "was trained",
        do="step the scheduler once an epoch if its numbers mean epochs, or give it "
        "numbers that mean steps",
        place=schedule.place if schedule is not None else None,
    )


def _say_other(schedule, own, other):
    found(
        NAME,
        saw=f"{schedule.kind} changes the rate of the {own.kind} made at {own.place}, "
        f"which never stepped; the {other.kind} made at {other.place} trains its "
        "parameters",
        why="The optimizer was made anew after the schedule, so the schedule has no "
        "effect",
        do="make the schedule of the optimizer that steps",
        place=schedule.place,
    )
