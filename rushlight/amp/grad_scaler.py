"""GradScaler: scaled losses, so that small gradients survive float16."""

import warnings
from collections import abc, defaultdict
from enum import Enum

from rushlight._base.dtype import float32, int32
from rushlight._base.errors import (
    ArgumentAssertionError,
    ArgumentError,
    ArgumentRuntimeError,
    explain,
)
from rushlight._core.expose import TORCH
from rushlight._core.grad_mode import no_grad
from rushlight._core.guarding import GUARDS
from rushlight._core.tensor import Tensor
from rushlight.amp.unscaling import unscale_gradients


class OptState(Enum):
    """How far an optimizer is in this iteration."""

    READY = 0
    UNSCALED = 1
    STEPPED = 2


def _refresh_per_optimizer_state():
    return {"stage": OptState.READY, "found_inf_per_device": {}}


class GradScaler:
    """Scale the loss up, the gradients down, and skip steps that overflow.

    ``scaler.scale(loss).backward(); scaler.step(optimizer); scaler.update()``: the
    scale halves after an overflow and doubles after many steps without.

    Args:
        device: "cuda" or "cpu".
        init_scale: float, the first scale.
        growth_factor: above 1.
        backoff_factor: below 1.
        growth_interval: int, steps without overflow before the scale grows.
        enabled: whether it does anything.

    Raises:
        AssertionError: for a factor out of range.

    Warns:
        UserWarning: and does nothing, for device "cuda" without CUDA.

    Source: Micikevicius et al., Mixed precision training, 2018.

    >>> import rushlight
    >>> p = rushlight.ones(1, requires_grad=True)
    >>> optimizer = rushlight.optim.SGD([p], lr=0.5)
    >>> scaler = GradScaler("cpu", init_scale=4.0)
    >>> scaler.scale(p.sum()).backward()
    >>> p.grad
    tensor([4.])
    >>> scaler.step(optimizer), scaler.update(), p.data, scaler.get_scale()
    (None, None, tensor([0.5000]), 4.0)
    """

    def __init__(
        self,
        device="cuda",
        init_scale=2.0**16,
        growth_factor=2.0,
        backoff_factor=0.5,
        growth_interval=2000,
        enabled=True,
    ):
        self._device = device
        self._enabled = enabled and self._is_possible()
        if not self._enabled:
            return
        self._check(growth_factor > 1.0, "a growth factor > 1.0", growth_factor)
        self._check(backoff_factor < 1.0, "a backoff factor < 1.0", backoff_factor)
        self._init_scale = init_scale
        self._growth_factor = growth_factor
        self._backoff_factor = backoff_factor
        self._growth_interval = growth_interval
        self._init_growth_tracker = 0
        self._scale = self._growth_tracker = None  # made by the first scale()
        self._per_optimizer_states = defaultdict(_refresh_per_optimizer_state)

    def _is_possible(self):
        from rushlight.cuda import is_available

        if self._device != "cuda" or is_available():
            return True
        why = "GradScaler is enabled, but CUDA is not available. Disabling."
        warnings.warn(why, stacklevel=3)
        return False

    @staticmethod
    def _check(holds, expected, got, do="Give a value in that range."):
        if not holds:
            raise ArgumentAssertionError(
                explain("GradScaler", expected=expected, got=got, do=do)
            )

    def _check_begun(self, who):
        self._check(
            self._scale is not None,
            f"scale() before {who}()",
            f"Attempted {who} but _scale is None",
            "Call scaler.scale(loss).backward() first.",
        )

    @staticmethod
    def _refuse(got, do):
        raise ArgumentRuntimeError(
            explain(
                "GradScaler", expected="scale, unscale_, step, update", got=got, do=do
            )
        )

    # ------------------------------------------------------------------------- scaling

    def scale(self, outputs):
        """Losses times the scale.

        Args:
            outputs: a Tensor, or an iterable of them.

        Returns:
            The same, scaled.

        Raises:
            ValueError: for anything else.
        """
        if not self._enabled:
            return outputs
        if isinstance(outputs, Tensor):
            if self._scale is None:
                full, device = TORCH["full"], outputs.device
                self._scale = full((), self._init_scale, dtype=float32, device=device)
                self._growth_tracker = full(
                    (), self._init_growth_tracker, dtype=int32, device=device
                )
            scaled = outputs * self._scale.to(outputs.device)
            if GUARDS.on:
                GUARDS.see.scaled(scaled)
            return scaled
        if isinstance(outputs, abc.Iterable):
            scaled = map(self.scale, outputs)
            return (
                type(outputs)(scaled) if isinstance(outputs, (list, tuple)) else scaled
            )
        raise ArgumentError(
            explain(
                "GradScaler.scale()",
                expected="a Tensor or an iterable of Tensors",
                got=type(outputs).__name__,
                do="Pass the loss.",
            )
        )

    def unscale_(self, optimizer):
        """Divide an optimizer's gradients by the scale, in place, to look at them.

        Args:
            optimizer: whose parameters' gradients.

        Raises:
            RuntimeError: for a second call before `update`, or after `step`.
            ValueError: for float16 gradients.
            AssertionError: before `scale`.
        """
        if not self._enabled:
            return
        self._check_begun("unscale_")
        state = self._per_optimizer_states[id(optimizer)]
        if state["stage"] is OptState.UNSCALED:
            self._refuse(
                "unscale_() has already been called on this optimizer since the last "
                "update()",
                "Call it once for each optimizer and iteration.",
            )
        if state["stage"] is OptState.STEPPED:
            self._refuse("unscale_() is being called after step()", "Call it before.")
        inverse = self._scale.double().reciprocal().float()
        state["found_inf_per_device"] = unscale_gradients(optimizer, inverse)
        state["stage"] = OptState.UNSCALED
        if GUARDS.on:
            GUARDS.see.unscaled()

    def step(self, optimizer, *args, **kwargs):
        """Unscale the gradients if that was not done, and step if all are finite.

        Args:
            optimizer: to step; further arguments go to its step().

        Returns:
            What optimizer.step() returns; None where it is skipped.

        Raises:
            RuntimeError: for a closure, or a second call before `update`.
            AssertionError: before `scale`, or without gradients.
        """
        if not self._enabled:
            return optimizer.step(*args, **kwargs)
        if "closure" in kwargs:
            self._refuse(
                "Closure use is not currently supported if GradScaler is enabled",
                "Leave the closure out.",
            )
        self._check_begun("step")
        state = self._per_optimizer_states[id(optimizer)]
        if state["stage"] is OptState.STEPPED:
            self._refuse(
                "step() has already been called since the last update()",
                "Call update() at the end of each iteration.",
            )
        if state["stage"] is OptState.READY:
            self.unscale_(optimizer)
        found = state["found_inf_per_device"]
        self._check(
            found,
            "gradients",
            "No inf checks were recorded for this optimizer",
            "Call backward() first.",
        )
        result = None
        if not sum(v.item() for v in found.values()):
            result = optimizer.step(*args, **kwargs)
        state["stage"] = OptState.STEPPED
        return result

    @no_grad()
    def update(self, new_scale=None):
        """End the iteration: change the scale.

        Args:
            new_scale: float or Tensor of one, the scale to use from now; left out, it
                follows from what was found.

        Raises:
            AssertionError: before `scale`, or without a step.
        """
        if not self._enabled:
            return
        self._check_begun("update")
        if new_scale is not None:
            self._set_scale(new_scale)
        else:
            found = [
                v.item()
                for state in self._per_optimizer_states.values()
                for v in state["found_inf_per_device"].values()
            ]
            self._check(
                found,
                "a step",
                "No inf checks were recorded prior to update",
                "Call step() or unscale_() first.",
            )
            self._adapt(any(found))
        self._per_optimizer_states = defaultdict(_refresh_per_optimizer_state)

    def _adapt(self, overflowed):
        """Shrink the scale after an overflow, grow it after long enough without."""
        if overflowed:
            self._scale.mul_(self._backoff_factor)
            self._growth_tracker.fill_(0)
            return
        successes = self._growth_tracker.item() + 1
        if successes == self._growth_interval:
            grown = self._scale * self._growth_factor
            if bool(grown.isfinite()):
                self._scale.copy_(grown)
            successes = 0
        self._growth_tracker.fill_(successes)

    def _set_scale(self, new_scale):
        if isinstance(new_scale, float):
            self._scale.fill_(new_scale)
            return
        fits = (
            isinstance(new_scale, Tensor)
            and new_scale.device.type == self._device
            and new_scale.numel() == 1
            and not new_scale.requires_grad
        )
        self._check(
            fits,
            "new_scale should be a float or a Tensor of one element with "
            "requires_grad=False",
            new_scale,
            "Pass a float.",
        )
        self._scale.copy_(new_scale)

    # --------------------------------------------------------------- looking, saving

    def get_scale(self):
        """The scale, a float; 1.0 where it is not enabled."""
        if not self._enabled:
            return 1.0
        return self._init_scale if self._scale is None else self._scale.item()

    def get_growth_factor(self):
        """By what the scale grows."""
        return self._growth_factor

    def set_growth_factor(self, new_factor):
        """Set by what the scale grows."""
        self._growth_factor = new_factor

    def get_backoff_factor(self):
        """By what the scale shrinks."""
        return self._backoff_factor

    def set_backoff_factor(self, new_factor):
        """Set by what the scale shrinks."""
        self._backoff_factor = new_factor

    def get_growth_interval(self):
        """After how many steps without overflow the scale grows."""
        return self._growth_interval

    def set_growth_interval(self, new_interval):
        """Set after how many steps without overflow the scale grows."""
        self._growth_interval = new_interval

    def _get_growth_tracker(self):
        if not self._enabled:
            return 0
        tracker = self._growth_tracker
        return self._init_growth_tracker if tracker is None else tracker.item()

    def is_enabled(self):
        """Whether it does anything."""
        return self._enabled

    def state_dict(self):
        """The scale and how it changes.

        Returns:
            dict: empty where it is not enabled.
        """
        if not self._enabled:
            return {}
        return {
            "scale": self.get_scale(),
            "growth_factor": self._growth_factor,
            "backoff_factor": self._backoff_factor,
            "growth_interval": self._growth_interval,
            "_growth_tracker": self._get_growth_tracker(),
        }

    def load_state_dict(self, state_dict):
        """Take over what `state_dict` gave.

        Raises:
            RuntimeError: for an empty one.
        """
        if not self._enabled:
            return
        if not state_dict:
            self._refuse(
                "The source state dict is empty, possibly of a disabled GradScaler",
                "Save that of an enabled one.",
            )
        self._init_scale = state_dict["scale"]
        self._init_growth_tracker = state_dict["_growth_tracker"]
        if self._scale is not None:
            self._scale.fill_(self._init_scale)
            self._growth_tracker.fill_(self._init_growth_tracker)
        self._growth_factor = state_dict["growth_factor"]
        self._backoff_factor = state_dict["backoff_factor"]
        self._growth_interval = state_dict["growth_interval"]

    def __getstate__(self):
        state = self.__dict__.copy()
        if self._enabled:
            self._check(
                not self._per_optimizer_states,
                "an iteration's beginning or end, after update()",
                "GradScaler pickled in the middle",
                "Save it after update().",
            )
            state["_init_scale"] = self.get_scale()
            state["_init_growth_tracker"] = self._get_growth_tracker()
            state["_scale"] = state["_growth_tracker"] = None
        return state

    def __setstate__(self, state):
        self.__dict__.update(state)
