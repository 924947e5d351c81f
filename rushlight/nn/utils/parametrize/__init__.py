"""Parameters computed from others: torch.nn.utils.parametrize's names.

# Note [Parametrized modules]
# `register_parametrization(module, "weight", f)` moves the weight to
# ``module.parametrizations.weight.original`` and gives the module a class of its own, a
# subclass of the old one with a property "weight": reading it computes ``f(original)``,
# writing it stores what ``f.right_inverse`` makes of the value.
"""

from rushlight.nn.utils.parametrize.classes import cached
from rushlight.nn.utils.parametrize.functions import (
    is_parametrized,
    register_parametrization,
    remove_parametrizations,
    transfer_parametrizations_and_params,
    type_before_parametrizations,
)
from rushlight.nn.utils.parametrize.stored import ParametrizationList

__all__ = [
    "ParametrizationList",
    "cached",
    "is_parametrized",
    "register_parametrization",
    "remove_parametrizations",
    "transfer_parametrizations_and_params",
    "type_before_parametrizations",
]
