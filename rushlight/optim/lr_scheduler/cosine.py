"""Schedules along half a cosine wave, with and without restarts."""

import math

from rushlight.optim.lr_scheduler.base import LRScheduler, refuse


class CosineAnnealingLR(LRScheduler):
    """Let the rate fall along half a cosine wave.

        lr = eta_min + (base - eta_min) * (1 + cos(pi * epoch / T_max)) / 2

    It is computed from the last rate, so that other changes of the rate stay.

    Args:
        optimizer: whose rates change.
        T_max: int, the epoch at which eta_min is reached.
        eta_min: the least rate.
        last_epoch: see `LRScheduler`.

    Source: Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts,
    2017.

    >>> import rushlight
    >>> optimizer = rushlight.optim.SGD([rushlight.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = CosineAnnealingLR(optimizer, T_max=2)
    >>> optimizer.step(), scheduler.step(), scheduler.get_last_lr()
    (None, None, [0.5])
    """

    def __init__(self, optimizer, T_max, eta_min=0.0, last_epoch=-1):
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        """The rates for this epoch."""
        self._check_caller()
        epoch, period, least = self.last_epoch, self.T_max, self.eta_min
        if self._is_initial:
            return self._same()
        if self._step_count == 1 and epoch > 0:
            return self._along(epoch * math.pi / period)
        groups = self.optimizer.param_groups
        if (epoch - 1 - period) % (2 * period) == 0:  # the wave's end: cos is -1 there
            rise = 1 - math.cos(math.pi / period)
            pairs = zip(groups, self.base_lrs, strict=True)
            return [group["lr"] + (base - least) * rise / 2 for group, base in pairs]
        now = 1 + math.cos(math.pi * epoch / period)
        before = 1 + math.cos(math.pi * (epoch - 1) / period)
        return [now / before * (group["lr"] - least) + least for group in groups]

    def _get_closed_form_lr(self):
        return self._along(math.pi * self.last_epoch / self.T_max)

    def _along(self, angle):
        least = self.eta_min
        return [
            least + (base - least) * (1 + math.cos(angle)) / 2 for base in self.base_lrs
        ]


class CosineAnnealingWarmRestarts(LRScheduler):
    """Half a cosine wave again and again, each T_mult times as long as the last.

        lr = eta_min + (base - eta_min) * (1 + cos(pi * T_cur / T_i)) / 2

    Args:
        optimizer: whose rates change.
        T_0: int above 0, epochs of the first wave.
        T_mult: int of at least 1, how much longer each wave is.
        eta_min: the least rate.
        last_epoch: see `LRScheduler`.

    Raises:
        ValueError: for an argument out of range.

    Source: Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts,
    2017.

    >>> import rushlight
    >>> optimizer = rushlight.optim.SGD([rushlight.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = CosineAnnealingWarmRestarts(optimizer, T_0=2)
    >>> optimizer.step(), scheduler.step(), scheduler.get_last_lr()
    (None, None, [0.5])
    """

    def __init__(self, optimizer, T_0, T_mult=1, eta_min=0.0, last_epoch=-1):
        who = "CosineAnnealingWarmRestarts"
        if T_0 <= 0 or not isinstance(T_0, int):
            refuse(who, "Expected positive integer T_0", T_0)
        if T_mult < 1 or not isinstance(T_mult, int):
            refuse(who, "Expected integer T_mult >= 1", T_mult)
        if not isinstance(eta_min, (float, int)):
            got = f"{eta_min} of type {type(eta_min)}"
            refuse(who, "Expected float or int eta_min", got)
        self.T_0 = T_0
        self.T_i = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        self.T_cur = last_epoch
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        """The rates for this epoch."""
        self._check_caller()
        height = 1 + math.cos(math.pi * self.T_cur / self.T_i)
        least = self.eta_min
        return [least + (base - least) * height / 2 for base in self.base_lrs]

    def step(self, epoch=None):
        """Count an epoch and set the rates.

        Args:
            epoch: where to go, maybe a fraction: ``epoch + batch / batches``; left out,
                the next.

        Raises:
            ValueError: for a negative epoch.
        """
        if epoch is None and self.last_epoch < 0:
            epoch = 0
        if epoch is None:
            epoch = self.last_epoch + 1
            self.T_cur = self.T_cur + 1
            if self.T_cur >= self.T_i:
                self.T_cur = self.T_cur % self.T_i
                self.T_i = self.T_i * self.T_mult
        else:
            self._go_to(epoch)
        self.last_epoch = math.floor(epoch)
        with self._computing():
            rates = self.get_lr()
        self._write(rates)

    def _go_to(self, epoch):
        if epoch < 0:
            who = "CosineAnnealingWarmRestarts.step"
            refuse(who, "Expected non-negative epoch", epoch, "Count from 0.")
        first, longer = self.T_0, self.T_mult
        if epoch < first:
            self.T_i, self.T_cur = first, epoch
        elif longer == 1:
            self.T_cur = epoch % first
        else:
            wave = int(math.log(epoch / first * (longer - 1) + 1, longer))
            self.T_cur = epoch - first * (longer**wave - 1) / (longer - 1)
            self.T_i = first * longer**wave
