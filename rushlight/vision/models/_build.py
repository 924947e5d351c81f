"""Functions that build models, made from rows of data; torchvision's calling rules."""

import inspect
import warnings

from rushlight._base.errors import ArgumentTypeError, explain
from rushlight.vision.models._weights import (
    CLASSES,
    WeightsEnum,
    family,
    load_into,
    set_or_agree,
)

#: Model's name -> (its function, its weights).
BUILDERS = {}

_SIGNATURE = inspect.Signature(
    [
        inspect.Parameter("weights", inspect.Parameter.KEYWORD_ONLY, default=None),
        inspect.Parameter("progress", inspect.Parameter.KEYWORD_ONLY, default=True),
        inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD),
    ]
)


def builder(name, weights, make, *, what, fixed=None, fitted=None, renamed=None):
    """A function that builds one model, and the enum of its weights.

    Args:
        name: the function's.
        weights: the family's name in `_published`.
        make: a function from the keyword arguments to the model.
        what: the model in words, for the docstring.
        fixed: arguments that the model sets where the user does not.
        fitted: a function of a member of the weights: arguments that go with it.
        renamed: a function of the published state_dict to the one with today's names.

    Returns:
        Pair (function, enum).
    """
    enum = family(weights)

    def function(*args, **kwargs):
        chosen, options = _read(enum, args, kwargs)
        options = {**(fixed or {}), **options}
        if chosen is None:
            return make(**options)
        set_or_agree(options, "num_classes", CLASSES)
        for key, value in (fitted(chosen) if fitted else {}).items():
            set_or_agree(options, key, value)
        return load_into(make(**options), chosen, renamed)

    function.__name__ = function.__qualname__ = name
    function.__module__ = inspect.getmodule(make).__name__
    function.__signature__ = _SIGNATURE
    function.__doc__ = _DOC.format(what=what, enum=enum.__name__)
    enum.__module__ = function.__module__
    BUILDERS[name] = (function, enum)
    return function, enum


_DOC = """{what}.

Args:
    weights: a member of `{enum}` or its name; None for random initial values.
    progress: accepted as torchvision has it; a terminal shows a download's progress.
    **kwargs: for the class: num_classes and its other arguments.

Raises:
    RuntimeError: where the weights can neither be found nor fetched; the message names
        the file and the folder to put it into by hand.
"""


def _read(enum, args, kwargs):
    """The weights that were chosen, and the other arguments."""
    options = dict(kwargs)
    if len(args) > 2:
        raise ArgumentTypeError(
            explain(
                "model",
                expected="keyword arguments",
                got=f"{len(args)} positional ones",
                do="Name the arguments: weights=..., num_classes=...",
            )
        )
    for name, value in zip(("weights", "progress"), args):
        _warn(f"{name} as a positional argument is deprecated: write {name}=...")
        options[name] = value
    options.pop("progress", None)
    chosen = options.pop("weights", None)
    if "pretrained" in options:
        chosen = bool(options.pop("pretrained"))
        _warn("pretrained= is deprecated: write weights=...")
    if isinstance(chosen, bool) or chosen == "legacy":
        chosen = next(iter(enum)) if chosen else None
        _warn(f"weights={chosen} is what this call means: write so")
    return _member(enum, chosen), options


def _member(enum, chosen):
    if isinstance(chosen, WeightsEnum) and not isinstance(chosen, enum):
        raise ArgumentTypeError(
            explain(
                "weights",
                expected=f"a member of {enum.__name__}",
                got=repr(chosen),
                do=f"Pass {enum.__name__}.DEFAULT.",
            )
        )
    return enum.verify(chosen)


def _warn(text):
    warnings.warn(text, stacklevel=4)
