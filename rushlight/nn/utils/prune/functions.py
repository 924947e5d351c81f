"""Pruning by one call."""

from collections.abc import Iterable

from rushlight._base.errors import ArgumentError, ArgumentTypeError
from rushlight._core.expose import TORCH
from rushlight.nn.utils.convert_parameters import parameters_to_vector
from rushlight.nn.utils.prune.base import BasePruningMethod, PruningContainer, refuse
from rushlight.nn.utils.prune.methods import (
    CustomFromMask,
    Identity,
    L1Unstructured,
    LnStructured,
    RandomStructured,
    RandomUnstructured,
)


def identity(module, name):
    """Bring a parameter into the form of pruned ones, with nothing masked.

    Args:
        module: Module.
        name: of the parameter.

    Returns:
        Module: the same.

    >>> import rushlight
    >>> layer = identity(rushlight.nn.Linear(2, 2), "weight")
    >>> sorted(layer.state_dict())
    ['bias', 'weight_mask', 'weight_orig']
    """
    Identity.apply(module, name)
    return module


def random_unstructured(module, name, amount):
    """Mask elements drawn at random.

    Args:
        module: Module.
        name: of the parameter.
        amount: int, how many, or float, which part.

    Returns:
        Module: the same.

    >>> import rushlight
    >>> layer = random_unstructured(rushlight.nn.Linear(2, 2), "weight", 0.5)
    >>> int(layer.weight_mask.sum())
    2
    """
    RandomUnstructured.apply(module, name, amount)
    return module


def l1_unstructured(module, name, amount, importance_scores=None):
    """Mask the elements that are nearest to zero.

    Args:
        module: Module.
        name: of the parameter.
        amount: int, how many, or float, which part.
        importance_scores: Tensor to go by instead of the parameter.

    Returns:
        Module: the same.

    >>> import rushlight
    >>> layer = l1_unstructured(rushlight.nn.Linear(2, 2), "weight", 1)
    >>> int(layer.weight_mask.sum())
    3
    """
    L1Unstructured.apply(
        module, name, amount=amount, importance_scores=importance_scores
    )
    return module


def random_structured(module, name, amount, dim):
    """Mask slices along a dimension, drawn at random.

    Args:
        module: Module.
        name: of the parameter.
        amount: int, how many, or float, which part.
        dim: the dimension.

    Returns:
        Module: the same.

    >>> import rushlight
    >>> layer = random_structured(rushlight.nn.Linear(2, 2), "weight", 1, dim=0)
    >>> int(layer.weight_mask.sum())
    2
    """
    RandomStructured.apply(module, name, amount, dim)
    return module


def ln_structured(module, name, amount, n, dim, importance_scores=None):
    """Mask the slices along a dimension whose norm is least.

    Args:
        module: Module.
        name: of the parameter.
        amount: int, how many, or float, which part.
        n: the norm's degree.
        dim: the dimension.
        importance_scores: Tensor to go by instead of the parameter.

    Returns:
        Module: the same.

    >>> import rushlight
    >>> layer = ln_structured(rushlight.nn.Linear(2, 2), "weight", 1, n=2, dim=0)
    >>> int(layer.weight_mask.sum())
    2
    """
    LnStructured.apply(
        module, name, amount, n, dim, importance_scores=importance_scores
    )
    return module


def custom_from_mask(module, name, mask):
    """Mask by a mask of the user's own.

    Args:
        module: Module.
        name: of the parameter.
        mask: Tensor of the parameter's shape.

    Returns:
        Module: the same.

    >>> import rushlight
    >>> layer = rushlight.nn.Linear(2, 1)
    >>> layer = custom_from_mask(layer, "bias", rushlight.zeros(1))
    >>> bool(layer.bias == 0)
    True
    """
    CustomFromMask.apply(module, name, mask)
    return module


def global_unstructured(parameters, pruning_method, importance_scores=None, **kwargs):
    """Mask elements of several parameters as if they were one vector.

    Args:
        parameters: iterable of (module, name).
        pruning_method: class of unstructured pruning, as `L1Unstructured`.
        importance_scores: {(module, name): Tensor} to go by instead of those.
        kwargs: for the class.

    Raises:
        TypeError: for another type of argument, or of pruning.

    >>> import rushlight
    >>> layer = rushlight.nn.Linear(2, 2)
    >>> both = [(layer, "weight"), (layer, "bias")]
    >>> global_unstructured(both, L1Unstructured, amount=3)
    >>> int(layer.weight_mask.sum() + layer.bias_mask.sum())
    3
    """
    if not isinstance(parameters, Iterable):
        refuse(ArgumentTypeError, "parameters as an Iterable", type(parameters))
    scores = {} if importance_scores is None else importance_scores
    if not isinstance(scores, dict):
        refuse(ArgumentTypeError, "importance_scores of type dict", type(scores))
    parameters = list(parameters)
    values = [getattr(module, name) for module, name in parameters]
    ones = [TORCH["ones_like"](value.detach()) for value in values]
    importance = parameters_to_vector(
        [scores.get(p, v) for p, v in zip(parameters, values, strict=True)]
    )
    before = parameters_to_vector(
        [
            getattr(module, f"{name}_mask", one)
            for (module, name), one in zip(parameters, ones, strict=True)
        ]
    )
    container = PruningContainer()
    method = pruning_method(**kwargs)
    container._tensor_name = method._tensor_name = "temp"
    if method.PRUNING_TYPE != "unstructured":
        refuse(
            ArgumentTypeError,
            'Only "unstructured" PRUNING_TYPE supported',
            f"{pruning_method} of type {method.PRUNING_TYPE}",
        )
    container.add_pruning_method(method)
    mask, start = container.compute_mask(importance, before), 0
    for (module, name), value in zip(parameters, values, strict=True):
        stop = start + value.numel()
        custom_from_mask(module, name, mask[start:stop].view_as(value))
        start = stop


def remove(module, name):
    """Make the pruned tensor the parameter again, for good.

    Args:
        module: Module.
        name: of the parameter.

    Returns:
        Module: the same.

    Raises:
        ValueError: for one that is not pruned.

    >>> import rushlight
    >>> layer = l1_unstructured(rushlight.nn.Linear(2, 2), "weight", 1)
    >>> int((remove(layer, "weight").weight == 0).sum())
    1
    """
    for key, hook in module._forward_pre_hooks.items():
        if isinstance(hook, BasePruningMethod) and hook._tensor_name == name:
            hook.remove(module)
            del module._forward_pre_hooks[key]
            return module
    return refuse(
        ArgumentError,
        f"Parameter '{name}' of module {module} has to be pruned before pruning can be "
        "removed",
        "a plain one",
    )


def is_pruned(module):
    """Whether a module, or one inside it, has a pruned parameter.

    >>> import rushlight
    >>> is_pruned(rushlight.nn.Linear(2, 2))
    False
    """
    return any(
        isinstance(hook, BasePruningMethod)
        for inner in module.modules()
        for hook in inner._forward_pre_hooks.values()
    )
