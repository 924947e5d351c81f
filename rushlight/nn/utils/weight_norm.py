"""weight_norm by a hook, as it was before parametrizations."""

import warnings

from rushlight._base.errors import ArgumentError, ArgumentRuntimeError, explain
from rushlight._core.expose import TORCH
from rushlight.nn.parameter import Parameter, is_lazy

__all__ = ["WeightNorm", "remove_weight_norm", "weight_norm"]


def norm_except_dim(v, pow=2, dim=0):
    """The norms of a tensor's slices along one dimension.

    Args:
        v: (*), float.
        pow: the norm's degree.
        dim: the dimension that stays; -1: none, one norm of everything.

    Returns:
        Tensor: 1 in every dimension but that; () for -1.

    >>> import rushlight
    >>> norm_except_dim(rushlight.tensor([[3.0, 4.0], [6.0, 8.0]]), 2, 0)
    tensor([[ 5.],
            [10.]])
    """
    if dim == -1:
        return v.norm(pow)
    others = [d for d in range(v.dim()) if d != dim]
    if not others:
        return TORCH["norm"](v.unsqueeze(-1), pow, -1)
    return TORCH["norm"](v, pow, others, keepdim=True)


def scaled_to_norm(v, g, dim=0):
    """v with its slices along a dimension scaled to the lengths g."""
    return v * (g / norm_except_dim(v, 2, dim))


def check_whole(who, weight):
    """Refuse a parameter without shape.

    Raises:
        ValueError: for that.
    """
    if is_lazy(weight):
        raise ArgumentError(
            explain(
                who,
                expected="parameters with values",
                got="The module passed can't have uninitialized parameters",
                do="Call it once before.",
            )
        )


def check_alone(who, module, name, kind):
    """Refuse a second hook of a kind on one parameter.

    Raises:
        RuntimeError: for that.
    """
    for hook in module._forward_pre_hooks.values():
        if isinstance(hook, kind) and hook.name == name:
            raise ArgumentRuntimeError(
                explain(
                    f"{who}()",
                    expected=f"a parameter {name} without it",
                    got=f"Cannot register two {who} hooks on the same parameter {name}",
                    do=f"Call remove_{who}() first.",
                )
            )


def take_hook(who, module, name, kind):
    """Remove a parameter's hook of a kind and let it put the parameter back.

    Raises:
        ValueError: where there is none.
    """
    for key, hook in module._forward_pre_hooks.items():
        if isinstance(hook, kind) and hook.name == name:
            hook.remove(module)
            del module._forward_pre_hooks[key]
            return
    raise ArgumentError(
        explain(
            f"remove_{who}()",
            expected=f"{who} of '{name}'",
            got=f"{who} of '{name}' not found in {module}",
            do="Check the name.",
        )
    )


class WeightNorm:
    """The hook: computes the weight from its length and direction before forward.

    Args:
        name: of the weight.
        dim: see `weight_norm`.
    """

    def __init__(self, name, dim):
        self.name = name
        self.dim = -1 if dim is None else dim

    def compute_weight(self, module):
        """The weight, from ``{name}_g`` and ``{name}_v``."""
        g, v = (getattr(module, f"{self.name}_{letter}") for letter in "gv")
        return scaled_to_norm(v, g, self.dim)

    @staticmethod
    def apply(module, name, dim):
        """Put the hook on a module; see `weight_norm`."""
        warnings.warn(
            "nn.utils.weight_norm is deprecated; use "
            "nn.utils.parametrizations.weight_norm.",
            FutureWarning,
            stacklevel=3,
        )
        check_alone("weight_norm", module, name, WeightNorm)
        hook = WeightNorm(name, dim)
        weight = getattr(module, name)
        check_whole("weight_norm()", weight)
        del module._parameters[name]
        length = norm_except_dim(weight.detach(), 2, hook.dim)
        module.register_parameter(f"{name}_g", Parameter(length))
        module.register_parameter(f"{name}_v", Parameter(weight.data))
        setattr(module, name, hook.compute_weight(module))
        module.register_forward_pre_hook(hook)
        return hook

    def remove(self, module):
        """Make the weight a parameter again."""
        weight = self.compute_weight(module)
        delattr(module, self.name)
        for letter in "gv":
            del module._parameters[f"{self.name}_{letter}"]
        setattr(module, self.name, Parameter(weight.data))

    def __call__(self, module, inputs):
        setattr(module, self.name, self.compute_weight(module))


def weight_norm(module, name="weight", dim=0):
    """Deprecated: split a weight into length ``{name}_g`` and direction ``{name}_v``.

    `parametrizations.weight_norm` does the same under other names.

    Args:
        module: Module.
        name: of the weight.
        dim: the dimension along which each slice has a length of its own; None: one
            length for all.

    Returns:
        Module: the same.

    Raises:
        RuntimeError: for a second one on the same weight.
        ValueError: for a parameter without shape.

    Source: Salimans and Kingma, Weight normalization, 2016.
    """
    WeightNorm.apply(module, name, dim)
    return module


def remove_weight_norm(module, name="weight"):
    """Make the weight a parameter again.

    Args:
        module: Module.
        name: of the weight.

    Returns:
        Module: the same.

    Raises:
        ValueError: where there is no weight_norm.
    """
    take_hook("weight_norm", module, name, WeightNorm)
    return module
