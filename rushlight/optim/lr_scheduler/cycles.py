"""Schedules that rise and fall, with the momentum going the other way."""

import math
import types

from rushlight.optim.lr_scheduler.base import (
    LRScheduler,
    check_optimizer,
    one_for_each,
    refuse,
    set_value,
)


class _WithMomentum(LRScheduler):
    """Schedules that may also change the momentum (or beta1) of every group."""

    def _start_momentum(self, base_momentum, max_momentum, last_epoch):
        """Check that there is one and write its bounds into the groups."""
        optimizer = self.optimizer
        if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
            refuse(
                type(self).__name__,
                "an optimizer that must support momentum or beta1 with "
                "`cycle_momentum` on",
                type(optimizer).__name__,
                "Pass cycle_momentum=False.",
            )
        self.use_beta1 = "betas" in optimizer.defaults
        bases = one_for_each("base_momentum", optimizer, base_momentum)
        largest = one_for_each("max_momentum", optimizer, max_momentum)
        if last_epoch == -1:
            for group, high, low in zip(
                optimizer.param_groups, largest, bases, strict=True
            ):
                self._set_momentum(group, high)
                group["max_momentum"] = high
                group["base_momentum"] = low
        return bases, largest

    def _set_momentum(self, group, value):
        if self.use_beta1:
            group["betas"] = (value, *group["betas"][1:])
        else:
            group["momentum"] = value


class CyclicLR(_WithMomentum):
    """The rate goes up and down between two bounds, the momentum down and up.

        lr = base_lr + (max_lr - base_lr) * height * scale

    where the height goes evenly from 0 to 1 in step_size_up steps and back in
    step_size_down, and the scale is 1 ("triangular"), half of the last cycle's
    ("triangular2"), or ``gamma ^ step`` ("exp_range").  Step it after every batch.

    Args:
        optimizer: whose rates change.
        base_lr, max_lr: the bounds, numbers or lists of one for each group.
        step_size_up, step_size_down: ints, batches up and down; the latter left out: as
            many.
        mode: "triangular", "triangular2" or "exp_range".
        gamma: of "exp_range".
        scale_fn: the scale as a function of the user's own; then `mode` is not used.
        scale_mode: "cycle" or "iterations": what scale_fn is given.
        cycle_momentum: whether the momentum (or beta1) changes too.
        base_momentum, max_momentum: its bounds, numbers or lists.
        last_epoch: see `LRScheduler`.

    Raises:
        ValueError: for an unknown mode, or an optimizer without momentum.
        TypeError: for what is no Optimizer.

    Source: Smith, Cyclical learning rates for training neural networks, 2017.

    >>> import rushlight
    >>> optimizer = rushlight.optim.SGD(
    ...     [rushlight.ones(1, requires_grad=True)], lr=1.0, momentum=0.9
    ... )
    >>> scheduler = CyclicLR(optimizer, base_lr=0.0, max_lr=1.0, step_size_up=2)
    >>> optimizer.step(), scheduler.step(), scheduler.get_last_lr()
    (None, None, [0.5])
    """

    def __init__(
        self,
        optimizer,
        base_lr,
        max_lr,
        step_size_up=2000,
        step_size_down=None,
        mode="triangular",
        gamma=1.0,
        scale_fn=None,
        scale_mode="cycle",
        cycle_momentum=True,
        base_momentum=0.8,
        max_momentum=0.9,
        last_epoch=-1,
    ):
        check_optimizer("CyclicLR", optimizer)
        self.optimizer = optimizer
        base_lrs = one_for_each("base_lr", optimizer, base_lr)
        if last_epoch == -1:
            for group, lr in zip(optimizer.param_groups, base_lrs, strict=True):
                set_value(group, "lr", lr)
        self.max_lrs = one_for_each("max_lr", optimizer, max_lr)
        up = float(step_size_up)
        down = up if step_size_down is None else float(step_size_down)
        self.total_size = up + down
        self.step_ratio = up / self.total_size
        if mode not in _SCALES and scale_fn is None:
            refuse(
                "CyclicLR",
                f"a mode of {list(_SCALES)}",
                f"{mode!r}: mode is invalid and scale_fn is None",
                "Name one, or pass scale_fn.",
            )
        self.mode = mode
        self.gamma = gamma
        self._scale_fn_custom = scale_fn
        self.scale_mode = scale_mode
        self._choose_scale_mode()
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            bounds = self._start_momentum(base_momentum, max_momentum, last_epoch)
            self.base_momentums, self.max_momentums = bounds
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def _choose_scale_mode(self):
        if self._scale_fn_custom is None:
            self.scale_mode = "iterations" if self.mode == "exp_range" else "cycle"

    def scale_fn(self, x):
        """The scale of a cycle or step.

        Args:
            x: the number of the cycle, from 1, or of the step.

        Returns:
            float.
        """
        if self._scale_fn_custom is not None:
            return self._scale_fn_custom(x)
        return _SCALES[self.mode](self.gamma, x)

    def get_lr(self):
        """The rates for this step; the momentum is set too."""
        self._check_caller()
        step, size = self.last_epoch, self.total_size
        cycle = math.floor(1 + step / size)
        x = 1.0 + step / size - cycle
        rising = x <= self.step_ratio
        height = x / self.step_ratio if rising else (x - 1) / (self.step_ratio - 1)
        by_cycle = self.scale_mode == "cycle"

        def scaled(low, high):
            return (high - low) * height * self.scale_fn(cycle if by_cycle else step)

        if self.cycle_momentum:
            groups = self.optimizer.param_groups
            bounds = zip(self.base_momentums, self.max_momentums, strict=True)
            for group, (low, high) in zip(groups, bounds, strict=True):
                self._set_momentum(group, high - scaled(low, high))
        bounds = zip(self.base_lrs, self.max_lrs, strict=True)
        return [low + scaled(low, high) for low, high in bounds]

    def state_dict(self):
        """Everything but the optimizer and a scale_fn that is a plain function.

        Returns:
            dict: the attributes by name.
        """
        state = super().state_dict()
        function = state.pop("_scale_fn_custom")
        plain = function is None or isinstance(function, types.FunctionType)
        state["_scale_fn_custom"] = None if plain else function.__dict__.copy()
        return state

    def load_state_dict(self, state_dict):
        """Take over what `state_dict` gave.

        Args:
            state_dict: dict; it is not changed.
        """
        state = dict(state_dict)
        attributes = state.pop("_scale_fn_custom")
        super().load_state_dict(state)
        if attributes is not None:
            self._scale_fn_custom.__dict__.update(attributes)
        self._choose_scale_mode()


_SCALES = {
    "triangular": lambda gamma, x: 1.0,
    "triangular2": lambda gamma, x: 1 / (2.0 ** (x - 1)),
    "exp_range": lambda gamma, x: gamma**x,
}


class OneCycleLR(_WithMomentum):
    """One rise to a large rate and a long fall far below the first one.

    From ``max_lr / div_factor`` to max_lr, then to ``max_lr / div_factor /
    final_div_factor``; the momentum goes the other way.  Step it after every batch.

    Args:
        optimizer: whose rates change.
        max_lr: the largest rate, or a list of one for each group.
        total_steps: int, batches in all; or give
        epochs, steps_per_epoch: ints whose product it is.
        pct_start: float in [0, 1], the part of the steps that rises.
        anneal_strategy: "cos" or "linear": the shape of rise and fall.
        cycle_momentum: whether the momentum (or beta1) changes too.
        base_momentum, max_momentum: its bounds, numbers or lists.
        div_factor, final_div_factor: see above.
        three_phase: fall back to the first rate as long as it rose, then further.
        last_epoch: see `LRScheduler`.

    Raises:
        ValueError: for an argument out of range; in step(), after the last step.
        TypeError: for what is no Optimizer.

    Source: Smith and Topin, Super-convergence: very fast training of neural networks
    using large learning rates, 2019.

    >>> import rushlight
    >>> optimizer = rushlight.optim.SGD(
    ...     [rushlight.ones(1, requires_grad=True)], lr=1.0, momentum=0.9
    ... )
    >>> scheduler = OneCycleLR(optimizer, max_lr=1.0, total_steps=10, div_factor=8)
    >>> scheduler.get_last_lr()
    [0.125]
    """

    def __init__(
        self,
        optimizer,
        max_lr,
        total_steps=None,
        epochs=None,
        steps_per_epoch=None,
        pct_start=0.3,
        anneal_strategy="cos",
        cycle_momentum=True,
        base_momentum=0.85,
        max_momentum=0.95,
        div_factor=25.0,
        final_div_factor=1e4,
        three_phase=False,
        last_epoch=-1,
    ):
        check_optimizer("OneCycleLR", optimizer)
        self.optimizer = optimizer
        self.total_steps = _total_steps(total_steps, epochs, steps_per_epoch)
        self._schedule_phases = _phases(self.total_steps, pct_start, three_phase)
        if pct_start < 0 or pct_start > 1 or not isinstance(pct_start, float):
            refuse("OneCycleLR", "Expected float between 0 and 1 pct_start", pct_start)
        if anneal_strategy not in _SHAPES:
            refuse(
                "OneCycleLR",
                "anneal_strategy must be one of 'cos' or 'linear'",
                anneal_strategy,
            )
        self._anneal_func_type = anneal_strategy
        largest = one_for_each("max_lr", optimizer, max_lr)
        if last_epoch == -1:
            for group, high in zip(optimizer.param_groups, largest, strict=True):
                group["initial_lr"] = high / div_factor
                group["max_lr"] = high
                group["min_lr"] = group["initial_lr"] / final_div_factor
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self._start_momentum(base_momentum, max_momentum, last_epoch)
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        """The rates for this step; the momentum is set too."""
        self._check_caller()
        step = self.last_epoch
        if step > self.total_steps:
            refuse(
                "OneCycleLR.step",
                f"at most {self.total_steps} steps: the specified number of total "
                "steps",
                f"Tried to step {step} times",
                "Give total_steps as many batches as there are.",
            )
        shape, rates = _SHAPES[self._anneal_func_type], []
        phase, part = self._now(step)
        for group in self.optimizer.param_groups:
            rates.append(shape(group[phase["start_lr"]], group[phase["end_lr"]], part))
            if self.cycle_momentum:
                start, end = phase["start_momentum"], phase["end_momentum"]
                self._set_momentum(group, shape(group[start], group[end], part))
        return rates

    def _now(self, step):
        """The phase of a step, and how much of it has passed."""
        start = 0.0
        for phase in self._schedule_phases:
            end = phase["end_step"]
            if step <= end:
                break
            if phase is not self._schedule_phases[-1]:
                start = end
        return phase, (step - start) / (end - start)


def _along_cosine(start, end, part):
    return end + (start - end) / 2.0 * (math.cos(math.pi * part) + 1)


def _along_line(start, end, part):
    return (end - start) * part + start


_SHAPES = {"cos": _along_cosine, "linear": _along_line}


def _total_steps(total_steps, epochs, steps_per_epoch):
    """The number of steps, given as it is or as a product."""
    if total_steps is not None:
        return _positive("total_steps", total_steps)
    if epochs is None or steps_per_epoch is None:
        refuse(
            "OneCycleLR",
            "either total_steps OR (epochs AND steps_per_epoch)",
            f"epochs={epochs}, steps_per_epoch={steps_per_epoch}",
            "You must define them.",
        )
    return _positive("epochs", epochs) * _positive("steps_per_epoch", steps_per_epoch)


def _positive(name, value):
    if value <= 0 or not isinstance(value, int):
        refuse("OneCycleLR", f"Expected positive integer {name}", value)
    return value


def _phases(total_steps, part, three_phase):
    """Where each phase ends, and between which of a group's entries it goes."""
    first = float(part * total_steps) - 1
    last = total_steps - 1
    rise = _phase(first, "initial_lr", "max_lr", "max_momentum", "base_momentum")
    if not three_phase:
        fall = _phase(last, "max_lr", "min_lr", "base_momentum", "max_momentum")
        return [rise, fall]
    second = float(2 * part * total_steps) - 2
    back = _phase(second, "max_lr", "initial_lr", "base_momentum", "max_momentum")
    rest = _phase(last, "initial_lr", "min_lr", "max_momentum", "max_momentum")
    return [rise, back, rest]


def _phase(end_step, start_lr, end_lr, start_momentum, end_momentum):
    return {
        "end_step": end_step,
        "start_lr": start_lr,
        "end_lr": end_lr,
        "start_momentum": start_momentum,
        "end_momentum": end_momentum,
    }
