"""Checks of parameter groups."""

import os
import sys
import warnings

from rushlight._base.errors import ArgumentError, ArgumentTypeError, explain
from rushlight._core.tensor import Tensor

_OWN = os.path.dirname(os.path.dirname(os.path.dirname(__file__))) + os.sep


def users_level():
    """The stacklevel of a warning that is to name the user's own line."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_OWN):
        level, frame = level + 1, frame.f_back
    return level


def check_group(who, group, others):
    """Warn of a parameter that comes twice; refuse names in some groups only.

    Raises:
        ValueError: for those.
    """
    params = group["params"]
    if len({id(p) for p in params}) != len(params):
        warnings.warn(
            f"{who}(): optimizer contains a parameter group with duplicate parameters: "
            "they are updated twice in each step.",
            stacklevel=users_level(),
        )
    named = "param_names" in group
    if any(("param_names" in other) != named for other in others):
        words = "with names" if named else "without names"
        refuse_names(who, f"a group {words} beside others")


def refuse_names(who, got):
    """Raise an error about parameters of which only some have names."""
    raise ArgumentError(
        explain(
            f"{who}()",
            expected="all optimizer params should be with/without names",
            got=got,
            do="Pass named_parameters() for all groups, or for none.",
        )
    )


def check_param(who, param, differentiable):
    """Refuse what cannot be optimized.

    Raises:
        TypeError: for what is no Tensor.
        ValueError: for the result of a recorded operation.
    """
    if not isinstance(param, Tensor):
        raise ArgumentTypeError(
            explain(
                f"{who}()",
                expected="Tensors (optimizer can only optimize Tensors)",
                got=f"one of the params is {type(param).__name__}",
                do="Pass model.parameters(), not the model or names.",
            )
        )
    if not (differentiable or param.is_leaf or param.retains_grad):
        raise ArgumentError(
            explain(
                f"{who}()",
                expected="leaf Tensors",
                got=f"can't optimize a non-leaf Tensor, result of {param.grad_fn}",
                do="Pass the parameter itself, or .detach() it first.",
            )
        )
