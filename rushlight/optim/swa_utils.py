"""Averages of a model's weights over training: torch.optim.swa_utils's names."""

import itertools
import math
from copy import deepcopy

from rushlight._base.dtype import int64
from rushlight._base.errors import ArgumentAssertionError
from rushlight._core.expose import TORCH
from rushlight._core.grad_mode import no_grad
from rushlight.nn.modules.batchnorm import _BatchNorm
from rushlight.nn.modules.module import Module
from rushlight.optim.lr_scheduler.base import LRScheduler, one_for_each, refuse

__all__ = [
    "SWALR",
    "AveragedModel",
    "get_ema_avg_fn",
    "get_ema_multi_avg_fn",
    "get_swa_avg_fn",
    "get_swa_multi_avg_fn",
    "update_bn",
]


def _check_decay(who, decay):
    if decay < 0.0 or decay > 1.0:
        refuse(who, "a decay in [0, 1]", f"Invalid decay value {decay}")


def get_ema_multi_avg_fn(decay=0.999):
    """A function that moves averages towards the weights by a fixed part.

        average = average + (1 - decay) * (weight - average)

    Args:
        decay: float in [0, 1], how much of the average stays.

    Returns:
        ``(averages, weights, count) -> None``, over lists of Tensors, in place.

    Raises:
        ValueError: for a decay out of range.

    >>> import rushlight
    >>> average = rushlight.zeros(1)
    >>> get_ema_multi_avg_fn(0.5)([average], [rushlight.ones(1)], 1)
    >>> average
    tensor([0.5000])
    """
    _check_decay("get_ema_multi_avg_fn", decay)

    @no_grad()
    def ema_update(averages, weights, _):
        for average, weight in zip(averages, weights, strict=True):
            if average.is_floating_point() or average.is_complex():
                average.lerp_(weight, 1 - decay)
            else:
                average.copy_(average * decay + weight * (1 - decay))

    return ema_update


def get_swa_multi_avg_fn():
    """A function that brings means of all weights so far up to date.

        average = average + (weight - average) / (count + 1)

    Returns:
        ``(averages, weights, count) -> None``, over lists of Tensors, in place.

    >>> import rushlight
    >>> average = rushlight.zeros(1)
    >>> get_swa_multi_avg_fn()([average], [rushlight.ones(1)], 1)
    >>> average
    tensor([0.5000])
    """

    @no_grad()
    def swa_update(averages, weights, num_averaged):
        part = 1 / (num_averaged + 1)
        for average, weight in zip(averages, weights, strict=True):
            if average.is_floating_point() or average.is_complex():
                average.lerp_(weight, float(part))
            else:
                average.add_(((weight - average) * part).to(average.dtype))

    return swa_update


def get_ema_avg_fn(decay=0.999):
    """A function that gives an average moved towards a weight by a fixed part.

        decay * average + (1 - decay) * weight

    Args:
        decay: float in [0, 1], how much of the average stays.

    Returns:
        ``(average, weight, count) -> Tensor``.

    Raises:
        ValueError: for a decay out of range.

    >>> import rushlight
    >>> get_ema_avg_fn(0.5)(rushlight.zeros(1), rushlight.ones(1), 1)
    tensor([0.5000])
    """
    _check_decay("get_ema_avg_fn", decay)

    @no_grad()
    def ema_update(ema_param, current_param, num_averaged):
        return decay * ema_param + (1 - decay) * current_param

    return ema_update


def get_swa_avg_fn():
    """A function that gives the mean of all weights so far.

        average + (weight - average) / (count + 1)

    Returns:
        ``(average, weight, count) -> Tensor``.

    >>> import rushlight
    >>> get_swa_avg_fn()(rushlight.zeros(1), rushlight.ones(1), 1)
    tensor([0.5000])
    """

    @no_grad()
    def swa_update(averaged_param, current_param, num_averaged):
        change = (current_param - averaged_param) / (num_averaged + 1)
        return averaged_param + change

    return swa_update


class AveragedModel(Module):
    """A copy of a model whose weights are averages of the model's over time.

    Args:
        model: Module, copied as `module`.
        device: where the averages are kept; left out, where the model is.
        avg_fn: ``(average, weight, count) -> Tensor``; left out, the mean.
        multi_avg_fn: the same over lists of Tensors, in place.
        use_buffers: whether buffers are averaged too; otherwise they are copied.

    Raises:
        AssertionError: for both functions at once.

    Source: Izmailov et al., Averaging weights leads to wider optima and better
    generalization, 2018.

    >>> import rushlight
    >>> model = rushlight.nn.Linear(1, 1)
    >>> average = AveragedModel(model)
    >>> average.update_parameters(model)
    >>> average.n_averaged
    tensor(1)
    """

    def __init__(
        self, model, device=None, avg_fn=None, multi_avg_fn=None, use_buffers=False
    ):
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            refuse(
                "AveragedModel",
                "Only one of avg_fn and multi_avg_fn",
                "both",
                "Leave one out.",
                ArgumentAssertionError,
            )
        self.module = deepcopy(model)
        if device is not None:
            self.module = self.module.to(device)
        count = TORCH["tensor"](0, dtype=int64, device=device)
        self.register_buffer("n_averaged", count)
        self.avg_fn = avg_fn
        self.multi_avg_fn = multi_avg_fn
        self.use_buffers = use_buffers

    def forward(self, *args, **kwargs):
        """What the averaged model gives for these inputs."""
        return self.module(*args, **kwargs)

    def update_parameters(self, model):
        """Take the model's weights into the average; the first time, copy them.

        Args:
            model: Module with the same parameters.
        """
        pairs = self._pairs(model)
        if int(self.n_averaged) == 0:
            for average, weight in pairs:
                average.copy_(weight)
        else:
            self._average(pairs)
        if not self.use_buffers:
            buffers = zip(self.module.buffers(), model.buffers(), strict=True)
            for mine, other in buffers:
                mine.detach().copy_(other.detach())
        self.n_averaged += 1

    def _pairs(self, model):
        """(average, weight) of all that is averaged, detached, on one device."""
        mine, theirs = self.parameters(), model.parameters()
        if self.use_buffers:
            mine = itertools.chain(self.module.parameters(), self.module.buffers())
            theirs = itertools.chain(theirs, model.buffers())
        return [
            (average.detach(), weight.detach().to(average.device))
            for average, weight in zip(mine, theirs, strict=False)
        ]

    def _average(self, pairs):
        if self.multi_avg_fn is None:
            function = get_swa_avg_fn() if self.avg_fn is None else self.avg_fn
            for average, weight in pairs:
                count = self.n_averaged.to(average.device)
                average.copy_(function(average, weight, count))
            return
        groups = {}
        for average, weight in pairs:
            key = average.device, average.dtype
            averages, weights = groups.setdefault(key, ([], []))
            averages.append(average)
            weights.append(weight)
        for (device, _), (averages, weights) in groups.items():
            self.multi_avg_fn(averages, weights, self.n_averaged.to(device))


@no_grad()
def update_bn(loader, model, device=None):
    """Make a model's batch norms compute their statistics anew over some data.

    Args:
        loader: iterable of inputs, or of tuples and lists that begin with them.
        model: Module; without batch norm nothing happens.
        device: where the inputs are moved; left out, they stay.

    >>> import rushlight
    >>> model = rushlight.nn.BatchNorm1d(1)
    >>> update_bn([rushlight.tensor([[1.0], [3.0]])], model)
    >>> model.running_mean
    tensor([2.])
    """
    norms = [m for m in model.modules() if isinstance(m, _BatchNorm)]
    if not norms:
        return
    momenta, was_training = [norm.momentum for norm in norms], model.training
    model.train()
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a mean over all batches
    for batch in loader:
        batch = batch[0] if isinstance(batch, (list, tuple)) else batch
        model(batch if device is None else batch.to(device))
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    model.train(was_training)


class SWALR(LRScheduler):
    """Go from the rate that is set to another one and stay there.

    Args:
        optimizer: whose rates change.
        swa_lr: the rate to come to, or a list of one for each group.
        anneal_epochs: int, epochs that it takes.
        anneal_strategy: "cos" or "linear".
        last_epoch: see `LRScheduler`.

    Raises:
        ValueError: for an argument out of range.

    >>> import rushlight
    >>> optimizer = rushlight.optim.SGD([rushlight.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = SWALR(optimizer, 0.5, anneal_epochs=2, anneal_strategy="linear")
    >>> optimizer.step(), scheduler.step(), scheduler.get_last_lr()
    (None, None, [0.75])
    """

    def __init__(
        self,
        optimizer,
        swa_lr,
        anneal_epochs=10,
        anneal_strategy="cos",
        last_epoch=-1,
    ):
        rates = one_for_each("swa_lr", optimizer, swa_lr)
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["swa_lr"] = rate
        if anneal_strategy not in ("cos", "linear"):
            refuse(
                "SWALR",
                "anneal_strategy must be one of 'cos' or 'linear'",
                anneal_strategy,
            )
        self._anneal_strategy = anneal_strategy
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            refuse("SWALR", "anneal_epochs of 0 or more", anneal_epochs)
        self.anneal_epochs = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def anneal_func(self, t):
        """How much of the way is gone when a part t of the epochs has passed."""
        if self._anneal_strategy == "linear":
            return t
        return (1 - math.cos(math.pi * t)) / 2

    def _part(self, step):
        passed = max(0, min(1, step / max(1, self.anneal_epochs)))
        return self.anneal_func(passed)

    def get_lr(self):
        """The rates for this epoch."""
        self._check_caller()
        step = self._step_count - 1
        step = max(1, step) if self.anneal_epochs == 0 else step
        before, now = self._part(step - 1), self._part(step)
        rates = []
        for group in self.optimizer.param_groups:
            end, first = group["swa_lr"], group["swa_lr"]
            if before != 1:
                first = (group["lr"] - before * end) / (1 - before)
            rates.append(end * now + first * (1 - now))
        return rates
