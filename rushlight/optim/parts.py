"""Parts of optimizers: checks of hyperparameters, copies of loaded state."""

from collections import OrderedDict
from copy import deepcopy

from rushlight._base.errors import ArgumentError, explain
from rushlight._core.tensor import Tensor


def check_hyperparameters(who, **limits):
    """Refuse hyperparameters outside their range.

    Args:
        who: the optimizer's name.
        limits: name=(value, test, words for what is expected).

    Raises:
        ValueError: for the first that fails its test.
    """
    for name, (value, test, expected) in limits.items():
        if not test(value):
            shown = f"Invalid {name.replace('_', ' ')}: {value}"
            raise ArgumentError(
                explain(
                    f"{who}()",
                    expected=f"{name} {expected}",
                    got=shown,
                    do="Give a value in that range.",
                )
            )


def fitted_state(param, value, name=None):
    """A copy of loaded state, tensors in the parameter's dtype and on its device."""
    if isinstance(value, Tensor):
        if name == "step" or not param.is_floating_point():
            return value.clone()
        return value.to(dtype=param.dtype, device=param.device, copy=True)
    if isinstance(value, dict):
        kind = OrderedDict if isinstance(value, OrderedDict) else dict
        return kind((k, fitted_state(param, v, k)) for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return type(value)(fitted_state(param, v) for v in value)
    return deepcopy(value)
