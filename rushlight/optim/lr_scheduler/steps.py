"""Schedules that multiply the rate by a factor: StepLR to PolynomialLR."""

from bisect import bisect_right
from collections import Counter

from rushlight.optim.lr_scheduler.base import LRScheduler, refuse


class StepLR(LRScheduler):
    """Multiply the rate by gamma every step_size epochs.

    Args:
        optimizer: whose rates change.
        step_size: int, epochs between two changes.
        gamma: the factor.
        last_epoch: see `LRScheduler`.

    >>> import rushlight
    >>> optimizer = rushlight.optim.SGD([rushlight.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = StepLR(optimizer, step_size=1, gamma=0.5)
    >>> optimizer.step(), scheduler.step(), scheduler.get_last_lr()
    (None, None, [0.5])
    """

    def __init__(self, optimizer, step_size, gamma=0.1, last_epoch=-1):
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        """The rates for this epoch."""
        self._check_caller()
        if self.last_epoch == 0 or self.last_epoch % self.step_size != 0:
            return self._same()
        return self._times(self.gamma)

    def _get_closed_form_lr(self):
        return self._base_times(self.gamma ** (self.last_epoch // self.step_size))


class MultiStepLR(LRScheduler):
    """Multiply the rate by gamma at each milestone.

    Args:
        optimizer: whose rates change.
        milestones: iterable of ints, epochs; one that comes twice counts twice.
        gamma: the factor.
        last_epoch: see `LRScheduler`.

    >>> import rushlight
    >>> optimizer = rushlight.optim.SGD([rushlight.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = MultiStepLR(optimizer, [1, 2], gamma=0.5)
    >>> optimizer.step(), scheduler.step(), scheduler.get_last_lr()
    (None, None, [0.5])
    """

    def __init__(self, optimizer, milestones, gamma=0.1, last_epoch=-1):
        self.milestones = Counter(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        """The rates for this epoch."""
        self._check_caller()
        times = self.milestones.get(self.last_epoch, 0)
        return self._times(self.gamma**times) if times else self._same()

    def _get_closed_form_lr(self):
        passed = bisect_right(sorted(self.milestones.elements()), self.last_epoch)
        return self._base_times(self.gamma**passed)


class ConstantLR(LRScheduler):
    """A fraction of the rate until total_iters epochs have passed, then all of it.

    Args:
        optimizer: whose rates change.
        factor: float in [0, 1], the fraction.
        total_iters: int, how many epochs it holds.
        last_epoch: see `LRScheduler`.

    Raises:
        ValueError: for a factor out of range.

    >>> import rushlight
    >>> optimizer = rushlight.optim.SGD([rushlight.ones(1, requires_grad=True)], lr=1.0)
    >>> ConstantLR(optimizer, factor=0.25).get_last_lr()
    [0.25]
    """

    def __init__(self, optimizer, factor=1.0 / 3, total_iters=5, last_epoch=-1):
        if factor > 1.0 or factor < 0:
            refuse("ConstantLR", "a factor between 0 and 1", factor)
        self.factor = factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        """The rates for this epoch."""
        self._check_caller()
        if self.last_epoch == 0:
            return self._times(self.factor)
        if self.last_epoch != self.total_iters:
            return self._same()
        return self._times(1.0 / self.factor)

    def _get_closed_form_lr(self):
        over = self.last_epoch >= self.total_iters
        return self._base_times(self.factor + over * (1 - self.factor))


class LinearLR(LRScheduler):
    """A fraction of the rate that goes from one value to another, evenly.

    Args:
        optimizer: whose rates change.
        start_factor: float in (0, 1], the fraction at first.
        end_factor: float in [0, 1], the fraction at the end.
        total_iters: int, how many epochs it takes.
        last_epoch: see `LRScheduler`.

    Raises:
        ValueError: for a factor out of range.

    >>> import rushlight
    >>> optimizer = rushlight.optim.SGD([rushlight.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = LinearLR(optimizer, start_factor=0.5, total_iters=2)
    >>> optimizer.step(), scheduler.step(), scheduler.get_last_lr()
    (None, None, [0.75])
    """

    def __init__(
        self,
        optimizer,
        start_factor=1.0 / 3,
        end_factor=1.0,
        total_iters=5,
        last_epoch=-1,
    ):
        if start_factor > 1.0 or start_factor <= 0:
            refuse("LinearLR", "a start_factor in (0, 1]", start_factor)
        if end_factor > 1.0 or end_factor < 0:
            refuse("LinearLR", "an end_factor between 0 and 1", end_factor)
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        """The rates for this epoch."""
        self._check_caller()
        if self.last_epoch == 0:
            return self._times(self.start_factor)
        if self._is_initial or self.last_epoch > self.total_iters:
            return self._same()
        slope = self.end_factor - self.start_factor
        before = self.total_iters * self.start_factor + (self.last_epoch - 1) * slope
        return self._times(1.0 + slope / before)

    def _get_closed_form_lr(self):
        slope = self.end_factor - self.start_factor
        passed = slope * min(self.total_iters, self.last_epoch) / self.total_iters
        return self._base_times(self.start_factor + passed)


class ExponentialLR(LRScheduler):
    """Multiply the rate by gamma every epoch.

    Args:
        optimizer: whose rates change.
        gamma: the factor.
        last_epoch: see `LRScheduler`.

    >>> import rushlight
    >>> optimizer = rushlight.optim.SGD([rushlight.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = ExponentialLR(optimizer, 0.5)
    >>> optimizer.step(), scheduler.step(), scheduler.get_last_lr()
    (None, None, [0.5])
    """

    def __init__(self, optimizer, gamma, last_epoch=-1):
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        """The rates for this epoch."""
        self._check_caller()
        return self._same() if self._is_initial else self._times(self.gamma)

    def _get_closed_form_lr(self):
        return self._base_times(self.gamma**self.last_epoch)


class PolynomialLR(LRScheduler):
    """Let the rate fall to zero as ``(1 - epoch / total_iters) ^ power``.

    Args:
        optimizer: whose rates change.
        total_iters: int, the epoch at which it is zero.
        power: the power; 1 is a straight line.
        last_epoch: see `LRScheduler`.

    >>> import rushlight
    >>> optimizer = rushlight.optim.SGD([rushlight.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = PolynomialLR(optimizer, total_iters=4, power=2)
    >>> optimizer.step(), scheduler.step(), scheduler.get_last_lr()
    (None, None, [0.5625])
    """

    def __init__(self, optimizer, total_iters=5, power=1.0, last_epoch=-1):
        self.total_iters = total_iters
        self.power = power
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        """The rates for this epoch."""
        self._check_caller()
        if self._is_initial or self.last_epoch > self.total_iters:
            return self._same()
        left = 1.0 - self.last_epoch / self.total_iters
        left_before = 1.0 - (self.last_epoch - 1) / self.total_iters
        return self._times((left / left_before) ** self.power)

    def _get_closed_form_lr(self):
        passed = min(self.total_iters, self.last_epoch) / self.total_iters
        return self._base_times((1.0 - passed) ** self.power)
