"""ReduceLROnPlateau: a lower rate when a measure stops getting better."""

import math
import warnings

from rushlight._base.errors import ArgumentRuntimeError
from rushlight._core.guarding import GUARDS
from rushlight._core.intercept import deferrable
from rushlight._core.tensor import Tensor
from rushlight.optim._common.groups import users_level
from rushlight.optim.lr_scheduler.base import (
    _EPOCH,
    LRScheduler,
    check_optimizer,
    refuse,
    set_value,
    values_of,
)


class ReduceLROnPlateau(LRScheduler):
    """Multiply the rate by a factor once a measure has not improved for a while.

    Args:
        optimizer: whose rates change.
        mode: "min" where a smaller measure is better, else "max".
        factor: float below 1.
        patience: int, epochs without improvement that are let pass.
        threshold: how much better counts.
        threshold_mode: "rel": of the best so far; "abs": as it is.
        cooldown: int, epochs after a change in which none are counted.
        min_lr: the least rate, or a list of one for each group.
        eps: a change of the rate below this is not made.

    Raises:
        ValueError: for an argument out of range.
        TypeError: for what is no Optimizer.

    >>> import rushlight
    >>> optimizer = rushlight.optim.SGD([rushlight.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = ReduceLROnPlateau(optimizer, factor=0.5, patience=0)
    >>> for loss in (3.0, 2.0, 2.0):
    ...     scheduler.step(loss)
    >>> scheduler.get_last_lr()
    [0.5]
    """

    def __init__(
        self,
        optimizer,
        mode="min",
        factor=0.1,
        patience=10,
        threshold=1e-4,
        threshold_mode="rel",
        cooldown=0,
        min_lr=0,
        eps=1e-8,
    ):
        who = "ReduceLROnPlateau"
        if factor >= 1.0:
            refuse(who, "Factor should be < 1.0", factor)
        self.factor = factor
        check_optimizer(who, optimizer)
        self.optimizer = optimizer
        count = len(optimizer.param_groups)
        if isinstance(min_lr, (list, tuple)):
            if len(min_lr) != count:
                refuse(who, f"expected {count} min_lrs", f"got {len(min_lr)}")
            self.default_min_lr = None
            self.min_lrs = list(min_lr)
        else:
            self.default_min_lr = min_lr
            self.min_lrs = [min_lr] * count
        self.patience = patience
        self.cooldown = cooldown
        self.eps = eps
        self.last_epoch = 0
        self._last_lr = self._same()
        self._init_is_better(mode, threshold, threshold_mode)
        self._reset()
        if GUARDS.on:
            GUARDS.see.scheduling(self)

    def _init_is_better(self, mode, threshold, threshold_mode):
        if mode not in ("min", "max"):
            refuse("ReduceLROnPlateau", "'min' or 'max'", f"mode {mode} is unknown")
        if threshold_mode not in ("rel", "abs"):
            got = f"threshold mode {threshold_mode} is unknown"
            refuse("ReduceLROnPlateau", "'rel' or 'abs'", got)
        self.mode_worse = math.inf if mode == "min" else -math.inf
        self.mode = mode
        self.threshold = threshold
        self.threshold_mode = threshold_mode

    def _reset(self):
        """Forget the best measure and the counts."""
        self.best = self.mode_worse
        self.cooldown_counter = 0
        self.num_bad_epochs = 0

    @deferrable
    def step(self, metrics, epoch=None):
        """Count an epoch with its measure and lower the rates if it is time.

        Args:
            metrics: the measure, a number or a Tensor of one.
            epoch: deprecated.

        Raises:
            RuntimeError: where groups were added and min_lr was a list.
        """
        if GUARDS.on:
            GUARDS.see.scheduled(self)
        current = metrics.item() if isinstance(metrics, Tensor) else float(metrics)
        if epoch is None:
            epoch = self.last_epoch + 1
        else:
            warnings.warn(_EPOCH, UserWarning, stacklevel=users_level())
        self.last_epoch = epoch
        if self._is_better(current, self.best):
            self.best = current
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce_lr(epoch)
            self.cooldown_counter = self.cooldown
            self.num_bad_epochs = 0
        self._last_lr = values_of(self.optimizer, "lr")

    def _reduce_lr(self, epoch):
        groups = self.optimizer.param_groups
        if len(groups) != len(self.min_lrs):
            if self.default_min_lr is None:
                refuse(
                    "ReduceLROnPlateau.step",
                    f"{len(groups)} min_lrs, one for each group",
                    f"{len(self.min_lrs)}: groups were added since",
                    "Set scheduler.min_lrs.",
                    ArgumentRuntimeError,
                )
            self.min_lrs = [self.default_min_lr] * len(groups)
        for group, least in zip(groups, self.min_lrs, strict=True):
            old = float(group["lr"])
            new = max(old * self.factor, least)
            if old - new > self.eps:
                set_value(group, "lr", new)

    @property
    def in_cooldown(self):
        """Whether epochs are not counted now."""
        return self.cooldown_counter > 0

    def _is_better(self, a, best):
        relative, threshold = self.threshold_mode == "rel", self.threshold
        if self.mode == "min":
            return a < (best * (1.0 - threshold) if relative else best - threshold)
        return a > (best * (threshold + 1.0) if relative else best + threshold)

    def load_state_dict(self, state_dict):
        """Take over what `state_dict` gave.

        Args:
            state_dict: dict; it is not changed.
        """
        self.__dict__.update(state_dict)
        self._init_is_better(self.mode, self.threshold, self.threshold_mode)
