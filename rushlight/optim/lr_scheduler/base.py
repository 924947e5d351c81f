"""LRScheduler: counting epochs, writing learning rates, saving; the base of all."""

import functools
import warnings
from contextlib import contextmanager
from weakref import ref

from rushlight._base.errors import (
    ArgumentError,
    ArgumentKeyError,
    ArgumentTypeError,
    explain,
)
from rushlight._core.guarding import GUARDS
from rushlight._core.intercept import deferrable
from rushlight._core.tensor import Tensor
from rushlight.optim._common.groups import users_level
from rushlight.optim.optimizer import Optimizer

_EPOCH = (
    "the epoch argument of scheduler.step() is deprecated: call scheduler.step() "
    "without it. With it, the rate is computed from the epoch alone where the schedule "
    "has such a formula."
)


def copied(value):
    """A number as it is, a Tensor's copy."""
    return value.clone() if isinstance(value, Tensor) else value


def values_of(optimizer, name):
    """A hyperparameter of all groups, as a list; Tensors are copied."""
    return [copied(group[name]) for group in optimizer.param_groups]


def set_value(group, name, value):
    """Set a group's hyperparameter; a Tensor there is filled in place."""
    if isinstance(group[name], Tensor):
        group[name].fill_(value)
    else:
        group[name] = value


def one_for_each(name, optimizer, value):
    """A value for each group: a list of the right length, or one value repeated.

    Raises:
        ValueError: for a list of another length.
    """
    count = len(optimizer.param_groups)
    if not isinstance(value, (list, tuple)):
        value = [value] * count
    if len(value) != count:
        raise ArgumentError(
            explain(
                name,
                expected=f"one value for each of the {count} groups",
                got=f"{len(value)} values; {name} must have the same length as "
                "optimizer.param_groups",
                do="Give one for each, or a single number.",
            )
        )
    return [copied(v) for v in value]


def check_optimizer(who, optimizer):
    """Refuse what is no Optimizer.

    Raises:
        TypeError: for that.
    """
    if not isinstance(optimizer, Optimizer):
        raise ArgumentTypeError(
            explain(
                f"{who}()",
                expected="an Optimizer",
                got=f"{type(optimizer).__name__} is not an Optimizer",
                do="Pass the optimizer whose learning rate is to change.",
            )
        )


def refuse(who, expected, got, do="Give a value in that range.", kind=ArgumentError):
    """Raise an error about a schedule's argument."""
    raise kind(explain(f"{who}()", expected=expected, got=got, do=do))


class LRScheduler:
    """Base class of learning rate schedules; subclass it and write ``get_lr``.

    `step` counts one epoch and gives every group the rate that ``get_lr`` returns for
    it; the constructor does so for the first time.  Where a schedule has a formula for
    the rate at any epoch, that is ``_get_closed_form_lr``.

    Args:
        optimizer: whose groups' "lr" changes.
        last_epoch: int, the epoch that was last; -1 at the start.  Otherwise the groups
            must have an "initial_lr", as loaded ones do.

    Raises:
        TypeError: for what is no Optimizer.
        KeyError: for a last_epoch without "initial_lr".
    """

    _get_lr_called_within_step = False
    _is_initial = False

    def __init__(self, optimizer, last_epoch=-1):
        check_optimizer(type(self).__name__, optimizer)
        self.optimizer = optimizer
        for number, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", copied(group["lr"]))
            elif "initial_lr" not in group:
                refuse(
                    type(self).__name__,
                    f"'initial_lr' in param_groups[{number}], as last_epoch is "
                    f"{last_epoch}",
                    "param 'initial_lr' is not specified",
                    "Load the optimizer's state first, or leave last_epoch out.",
                    ArgumentKeyError,
                )
        self.base_lrs = values_of(optimizer, "initial_lr")
        self.last_epoch = last_epoch
        _watch_steps(optimizer)
        if GUARDS.on:
            GUARDS.see.scheduling(self)
        self._initial_step()

    def _initial_step(self):
        self._step_count = 0
        self._is_initial = True
        try:
            self.step()
        finally:
            self._is_initial = False

    def state_dict(self):
        """Everything but the optimizer.

        Returns:
            dict: the attributes by name.
        """
        return {k: v for k, v in self.__dict__.items() if k != "optimizer"}

    def load_state_dict(self, state_dict):
        """Take over what `state_dict` gave.

        Args:
            state_dict: dict; it is not changed.
        """
        self.__dict__.update(state_dict)

    def get_last_lr(self):
        """The rates that were set last, one for each group."""
        return self._last_lr

    def get_lr(self):
        """The rates for this epoch, one for each group; to be written by subclasses."""
        raise NotImplementedError

    @deferrable
    def step(self, epoch=None):
        """Count an epoch and set the rates.

        Args:
            epoch: deprecated; the epoch to go to.
        """
        if GUARDS.on:
            GUARDS.see.scheduled(self)
        if self._step_count == 1:
            self._check_order()
        self._step_count += 1
        if epoch is not None:
            warnings.warn(_EPOCH, UserWarning, stacklevel=users_level())
        self._update_lr(epoch)

    def _check_order(self):
        """Warn at the second step where the optimizer has not made its first."""
        if not hasattr(self.optimizer.step, "_wrapped_by_lr_sched"):
            seen = (
                "optimizer.step was replaced after the scheduler was made, so their "
                "order cannot be watched"
            )
        elif not getattr(self.optimizer, "_opt_called", False):
            seen = (
                "lr_scheduler.step() was called before optimizer.step(), so the first "
                "learning rate of the schedule is skipped"
            )
        else:
            return
        do = "Call `optimizer.step()` before `lr_scheduler.step()`."
        warnings.warn(f"{seen}. {do}", UserWarning, stacklevel=users_level())

    def _update_lr(self, epoch=None):
        with self._computing():
            if epoch is None:
                self.last_epoch += 1
                rates = self.get_lr()
            else:
                self.last_epoch = epoch
                closed = getattr(self, "_get_closed_form_lr", self.get_lr)
                rates = closed()
        self._write(rates)

    def _write(self, rates):
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            set_value(group, "lr", rate)
        self._last_lr = values_of(self.optimizer, "lr")

    @contextmanager
    def _computing(self):
        self._get_lr_called_within_step = True
        try:
            yield
        finally:
            self._get_lr_called_within_step = False

    # ------------------------------------------------------------ for a get_lr to use

    def _check_caller(self):
        """Warn where get_lr is called by the user: it counts on being in a step."""
        if not self._get_lr_called_within_step:
            warnings.warn(
                "get_lr() computes the next rate; use `get_last_lr()` for the one that "
                "is set.",
                UserWarning,
                stacklevel=3,
            )

    def _same(self):
        """The groups' rates as they are."""
        return values_of(self.optimizer, "lr")

    def _times(self, factor):
        """The groups' rates times a factor."""
        return [group["lr"] * factor for group in self.optimizer.param_groups]

    def _base_times(self, factor):
        """The first rates times a factor."""
        return [base * factor for base in self.base_lrs]


def _watch_steps(optimizer):
    """Let optimizer.step() leave a mark, so that the order of steps can be checked."""
    if hasattr(optimizer.step, "_wrapped_by_lr_sched"):
        return
    method, owner = optimizer.step.__func__, ref(optimizer)

    @functools.wraps(method)
    def step(*args, **kwargs):
        optimizer = owner()
        optimizer._opt_called = True
        return method(optimizer, *args, **kwargs)

    step._wrapped_by_lr_sched = True
    optimizer.step = step


class _LRScheduler(LRScheduler):
    """The old name of `LRScheduler`."""
