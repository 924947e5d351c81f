"""Models and weights by name."""

import fnmatch

from rushlight._base.errors import ArgumentError, explain
from rushlight.vision.models._build import BUILDERS


def list_models(module=None, include=None, exclude=None):
    """The names of the models.

    Args:
        module: has no effect; all models are in one.
        include, exclude: patterns as of files ("resnet*"), one or several.

    Returns:
        sorted list of str.

    >>> list_models(include="resnet*")
    ['resnet101', 'resnet152', 'resnet18', 'resnet34', 'resnet50']
    """
    names = set(BUILDERS)
    if include:
        names = _matching(names, include)
    if exclude:
        names -= _matching(names, exclude)
    return sorted(names)


def _matching(names, patterns):
    patterns = [patterns] if isinstance(patterns, str) else patterns
    return {n for n in names for p in patterns if fnmatch.fnmatchcase(n, p)}


def get_model_builder(name):
    """The function that builds a model.

    Args:
        name: the model's; upper or lower case.

    Raises:
        ValueError: for an unknown name.

    >>> get_model_builder("ResNet18").__name__
    'resnet18'
    """
    return _row(name)[0]


def get_model(name, **config):
    """A new model.

    Args:
        name: the model's; upper or lower case.
        **config: for its function: weights=None, num_classes and others.

    Raises:
        ValueError: for an unknown name.

    >>> type(get_model("squeezenet1_1", num_classes=3)).__name__
    'SqueezeNet'
    """
    return get_model_builder(name)(**config)


def get_model_weights(name):
    """The enum of a model's trained weights.

    Args:
        name: the model's, or its function.

    Raises:
        ValueError: for an unknown name.

    >>> get_model_weights("resnet18").DEFAULT
    ResNet18_Weights.IMAGENET1K_V1
    """
    return _row(name if isinstance(name, str) else name.__name__)[1]


def _row(name):
    try:
        return BUILDERS[name.lower()]
    except KeyError:
        raise ArgumentError(
            explain(
                "model's name",
                expected="one of list_models()",
                got=f"unknown model {name}",
                do="Correct it.",
            )
        ) from None


def get_weight(name):
    """A member of an enum of weights by its full name.

    Args:
        name: "ResNet50_Weights.IMAGENET1K_V1" and the like.

    Raises:
        ValueError: for an unknown name.

    >>> get_weight("ResNet50_Weights.DEFAULT")
    ResNet50_Weights.IMAGENET1K_V2
    """
    enum_name, _, member = name.partition(".")
    for _, enum in BUILDERS.values():
        if enum.__name__ == enum_name and member in enum.__members__:
            return enum[member]
    raise ArgumentError(
        explain(
            "get_weight(), name",
            expected="ENUM.MEMBER",
            got=repr(name),
            do="See get_model_weights(model).",
        )
    )
