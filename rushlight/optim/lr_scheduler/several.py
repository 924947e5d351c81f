"""Several schedules: one after another, or all at once."""

from bisect import bisect_right

from rushlight._base.errors import ArgumentTypeError
from rushlight._core.intercept import deferrable
from rushlight.optim.lr_scheduler.base import LRScheduler, refuse, set_value, values_of
from rushlight.optim.lr_scheduler.plateau import ReduceLROnPlateau


class _Several(LRScheduler):
    """Schedules made of schedules: their states are saved together."""

    def _check_schedulers(self, schedulers, optimizer):
        who = type(self).__name__
        if len(schedulers) < 1:
            refuse(
                who, "expects at least one scheduler", "got no scheduler", "Pass one."
            )
        optimizer = optimizer or schedulers[0].optimizer
        for place, scheduler in enumerate(schedulers):
            if not hasattr(scheduler, "optimizer"):
                refuse(
                    who,
                    "schedulers, which have `optimizer` as their attribute",
                    f"at index {place} a {type(scheduler).__name__}",
                    "Pass schedulers.",
                    ArgumentTypeError,
                )
            if isinstance(scheduler, ReduceLROnPlateau):
                refuse(
                    who,
                    "schedulers that step without a measure",
                    f"does not support `ReduceLROnPlateau`, found at index {place}",
                    "Step it by itself.",
                )
            if optimizer != scheduler.optimizer:
                refuse(
                    who,
                    "expects all schedulers to belong to the same optimizer",
                    f"{type(scheduler).__name__} at index {place} has another",
                    "Make them over one optimizer.",
                )
        return optimizer

    def state_dict(self):
        """Everything but the optimizer, with the states of the schedules inside.

        Returns:
            dict: the attributes by name.
        """
        state = super().state_dict()
        del state["_schedulers"]
        state["_schedulers"] = [s.state_dict() for s in self._schedulers]
        return state

    def load_state_dict(self, state_dict):
        """Take over what `state_dict` gave.

        Args:
            state_dict: dict; it is not changed.
        """
        state = dict(state_dict)
        saved = state.pop("_schedulers")
        self.__dict__.update(state)
        for scheduler, inner in zip(self._schedulers, saved, strict=False):
            scheduler.load_state_dict(inner)


class SequentialLR(_Several):
    """One schedule after another: each begins at its milestone, from its epoch 0.

    Args:
        optimizer: whose rates change.
        schedulers: list of schedules over that optimizer.
        milestones: list of ints, the epochs at which the second and later ones begin.
        last_epoch: see `LRScheduler`.

    Raises:
        ValueError: for schedules of several optimizers, a `ReduceLROnPlateau`, or a
            number of milestones that does not fit.
        TypeError: for what is no schedule.

    >>> import rushlight
    >>> optimizer = rushlight.optim.SGD([rushlight.ones(1, requires_grad=True)], lr=1.0)
    >>> warm = rushlight.optim.lr_scheduler.ConstantLR(optimizer, 0.5, total_iters=1)
    >>> fall = rushlight.optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
    >>> scheduler = SequentialLR(optimizer, [warm, fall], milestones=[1])
    >>> rates = []
    >>> for _ in range(3):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [0.5, 1.0, 0.9]
    """

    def __init__(self, optimizer, schedulers, milestones, last_epoch=-1):
        self._check_schedulers(schedulers, optimizer)
        if len(milestones) != len(schedulers) - 1:
            refuse(
                "SequentialLR",
                "one milestone less than schedulers",
                f"{len(schedulers)} schedulers and {len(milestones)} milestones",
                "Give the epochs at which the second and later ones begin.",
            )
        self._schedulers = schedulers
        self._milestones = milestones
        self.last_epoch = last_epoch + 1
        self.optimizer = optimizer
        for group in optimizer.param_groups:
            set_value(group, "lr", group["initial_lr"])
        self.recursive_undo()  # the first steps that their constructors made
        first = schedulers[bisect_right(milestones, 0)]
        first._initial_step()
        self._last_lr = first.get_last_lr()

    def recursive_undo(self, sched=None):
        """Take one epoch back from the schedules inside, and from those in them.

        Args:
            sched: a schedule; left out, this one.
        """
        sched = self if sched is None else sched
        if hasattr(sched, "_schedulers"):
            for inner in sched._schedulers:
                self.recursive_undo(inner)
        elif hasattr(sched, "last_epoch"):
            sched.last_epoch -= 1

    @deferrable
    def step(self):
        """Count an epoch and step the schedule whose turn it is."""
        self.last_epoch += 1
        place = bisect_right(self._milestones, self.last_epoch)
        scheduler = self._schedulers[place]
        if place > 0 and self._milestones[place - 1] == self.last_epoch:
            scheduler._update_lr(0)
        else:
            scheduler.step()
        self._last_lr = scheduler.get_last_lr()


class ChainedScheduler(_Several):
    """All schedules at each step, one upon another's result.

    Args:
        schedulers: sequence of schedules over one optimizer.
        optimizer: theirs; left out, that of the first.

    Raises:
        ValueError: for schedules of several optimizers, or a `ReduceLROnPlateau`.
        TypeError: for what is no schedule.

    >>> import rushlight
    >>> optimizer = rushlight.optim.SGD([rushlight.ones(1, requires_grad=True)], lr=1.0)
    >>> schedulers = [
    ...     rushlight.optim.lr_scheduler.ConstantLR(optimizer, 0.5, total_iters=2),
    ...     rushlight.optim.lr_scheduler.ExponentialLR(optimizer, 0.9),
    ... ]
    >>> scheduler = ChainedScheduler(schedulers)
    >>> optimizer.step(), scheduler.step(), scheduler.get_last_lr()
    (None, None, [0.45])
    """

    def __init__(self, schedulers, optimizer=None):
        optimizer = self._check_schedulers(schedulers, optimizer)
        self._schedulers = schedulers
        self.optimizer = optimizer
        self._last_lr = values_of(schedulers[-1].optimizer, "lr")

    @deferrable
    def step(self):
        """Step all schedules."""
        for scheduler in self._schedulers:
            scheduler.step()
        self._last_lr = values_of(self._schedulers[-1].optimizer, "lr")
