"""Parts of optimizers: checks of hyperparameters, copies of loaded state."""

from collections import OrderedDict
from copy import deepcopy

from rushlight._base.errors import ArgumentError, ArgumentRuntimeError, explain
from rushlight._core.tensor import Tensor

#: Tests of hyperparameters and the words for them.
NOT_NEGATIVE = (lambda v: v >= 0, ">= 0")
BELOW_ONE = (lambda v: 0 <= v < 1, "in [0, 1)")


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


def check_rate(who, lr, name="lr"):
    """Refuse a learning rate (or other number) that is a tensor of several numbers.

    Raises:
        ValueError: for such a tensor.
    """
    if isinstance(lr, Tensor) and lr.numel() != 1:
        raise ArgumentError(
            explain(
                f"{who}()",
                expected=f"{name} to be a number or a tensor of one",
                got=f"shape {tuple(lr.shape)}: Tensor {name} must be 1-element",
                do="Give groups their own lr instead.",
            )
        )


def check_together(who, foreach, fused, differentiable):
    """Refuse what torch refuses to combine.

    Raises:
        RuntimeError: for ``fused`` with ``differentiable`` or ``foreach``.
    """
    other = "differentiable" if differentiable else "foreach"
    if fused and (differentiable or foreach):
        raise ArgumentRuntimeError(
            explain(
                f"{who}()",
                expected="one way to run the update",
                got=f"`fused` and `{other}` together",
                do="Leave one of them out.",
            )
        )


def scalar_of(number):
    """A hyperparameter for arithmetic, in its Tensor's precision if it is one."""
    if isinstance(number, Tensor):
        return number._array.dtype.type(number.item())
    return number
