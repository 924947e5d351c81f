"""The error types and the one way their messages are built.

Every type is a subclass of what PyTorch raises in the same place, so that ported
``except`` clauses work.  Messages have three parts: who, expected against got, what
to do about it.
"""


class RushlightError(Exception):
    """The common base of the errors that Rushlight words itself."""


class ShapeError(RushlightError, RuntimeError):
    """Sizes that do not fit each other or the operation."""


class DtypeError(RushlightError, RuntimeError):
    """A dtype that the operation does not take."""


class UnsupportedDtypeError(DtypeError, NotImplementedError):
    """As DtypeError, in the places where PyTorch raises NotImplementedError."""


class DeviceError(RushlightError, RuntimeError):
    """Operands on different devices, or a device that is not there."""


class GraphError(RushlightError, RuntimeError):
    """A gradient that cannot be had: freed graph, changed saved value, no graph."""


class UnsupportedError(RushlightError, NotImplementedError):
    """Something that exists in PyTorch and not here; docs/differences.md lists it."""


class ArgumentTypeError(RushlightError, TypeError):
    """An argument of the wrong Python type."""


class ArgumentError(RushlightError, ValueError):
    """An argument of the right type whose value cannot be used."""


class ArgumentRuntimeError(RushlightError, RuntimeError):
    """As ArgumentError, in the places where PyTorch raises RuntimeError."""


class ArgumentAssertionError(RushlightError, AssertionError):
    """As ArgumentError, in the places where PyTorch asserts."""


class ArgumentKeyError(RushlightError, KeyError):
    """A name that cannot be used as a key, or that nothing is found under."""

    __str__ = Exception.__str__


class MissingAttributeError(RushlightError, AttributeError):
    """An attribute that is not there, or not yet."""


class LinAlgError(RushlightError, RuntimeError):
    """A matrix for which an algorithm finds no answer."""


class OutOfRangeError(RushlightError, IndexError):
    """An index or a dimension number outside its range."""


def explain(who, *, expected, got, do):
    """The text of an error, from its three parts.

    >>> explain("t()", expected="at most 2 dimensions", got="3", do="Use mT.")
    't(): expected at most 2 dimensions, got 3. Use mT.'
    """
    return f"{who}: expected {expected}, got {got}. {do}"
