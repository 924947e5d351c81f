"""What arguments of the random transforms must look like, and drawing within ranges."""

import numbers
import warnings
from collections.abc import Sequence

from rushlight._base.errors import ArgumentError, ArgumentTypeError, explain
from rushlight._core.expose import TORCH
from rushlight._core.tensor import Tensor


def refuse(who, name, expected, got, kind=ArgumentError):
    """Raise the error for an argument that does not fit."""
    raise kind(
        explain(f"{who}, {name}", expected=expected, got=repr(got), do="Correct it.")
    )


def check_sequence(who, name, value, lengths=(2,)):
    """Refuse what is no sequence of one of these lengths.

    Raises:
        TypeError: for what is no sequence.
        ValueError: for another length.
    """
    wanted = f"a sequence of length {' or '.join(map(str, lengths))}"
    if not isinstance(value, Sequence):
        refuse(who, name, wanted, value, ArgumentTypeError)
    if len(value) not in lengths:
        refuse(who, name, wanted, value)


def angles_of(who, name, value, lengths=(2,)):
    """A range of angles, from one number or two.

    Raises:
        TypeError, ValueError: for what is neither, or a negative number.

    >>> angles_of("f()", "degrees", 30)
    [-30.0, 30.0]
    """
    if isinstance(value, numbers.Number):
        if value < 0:
            refuse(who, name, "a positive number, or two", value)
        return [-float(value), float(value)]
    check_sequence(who, name, value, lengths)
    return [float(angle) for angle in value]


def fill_argument(who, fill):
    """The fill that was asked for; 0 for None.

    Raises:
        TypeError: for what is neither a number nor a sequence.
    """
    if fill is None:
        return 0
    if not isinstance(fill, (Sequence, numbers.Number)):
        refuse(who, "fill", "a sequence or a number", fill, ArgumentTypeError)
    return fill


def fill_for(image, fill, channels):
    """The fill in the form for this kind of image."""
    if fill is None or not isinstance(image, Tensor):
        return fill
    if isinstance(fill, (int, float)):
        return [float(fill)] * channels
    return [float(value) for value in fill]


def check_area(who, scale, ratio):
    """Refuse what are no ranges; warn of those the wrong way round.

    Raises:
        TypeError: for what is no sequence.
    """
    for name, value in (("scale", scale), ("ratio", ratio)):
        if not isinstance(value, Sequence):
            refuse(who, name, "a sequence", value, ArgumentTypeError)
    if scale[0] > scale[1] or ratio[0] > ratio[1]:
        warnings.warn(f"{who}: scale and ratio should be (min, max)", stacklevel=4)


def uniform(low, high):
    """A random number between two, as torch's `uniform_` draws it: a float.

    >>> 2.0 <= uniform(2.0, 3.0) < 3.0
    True
    """
    return TORCH["empty"](1).uniform_(low, high).item()


def whole(low, high):
    """A random whole number: low, or more but less than high."""
    return TORCH["randint"](low, high, size=(1,)).item()


def happens(p):
    """Whether what has the probability p happens now."""
    return (TORCH["rand"](1) < p).item()
