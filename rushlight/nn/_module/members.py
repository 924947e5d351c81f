"""What the containers share: positions, and what they may be filled from."""

import operator
from collections.abc import Iterable

from rushlight._base.errors import (
    ArgumentError,
    ArgumentTypeError,
    OutOfRangeError,
    explain,
)
from rushlight._core.tensor import Tensor


def position(index, count, name):
    """A position in ``range(count)`` from an index that may be negative.

    Raises:
        IndexError: where there is none.
        TypeError: for what is no integer.
    """
    index = operator.index(index)
    if -count <= index < count:
        return index + count if index < 0 else index
    raise OutOfRangeError(
        explain(
            f"{name}[{index}]",
            expected=f"an index in the range [{-count}, {count - 1}]",
            got=f"index {index} is out of range",
            do=f"It has {count} members.",
        )
    )


def members_of(container, given):
    """The members of an iterable, as a list.

    Raises:
        TypeError: for what is not iterable.
    """
    if not isinstance(given, Iterable) or isinstance(given, Tensor):
        raise _not_iterable(container, "extend", "an iterable", given)
    return list(given)


def named_pairs(container, given):
    """The pairs of a mapping, or of an iterable of pairs, as a list.

    Raises:
        TypeError: for something else.
        ValueError: for a member that is no pair.
    """
    if hasattr(given, "keys") and hasattr(given, "items"):
        return list(given.items())
    if not isinstance(given, Iterable):
        raise _not_iterable(
            container, "update", "an iterable of key/value pairs", given
        )
    pairs = list(given)
    for number, pair in enumerate(pairs):
        who = f"{type(container).__name__}.update()"
        if not isinstance(pair, Iterable):
            raise ArgumentTypeError(
                explain(
                    who,
                    expected="pairs of name and value",
                    got=f"element #{number}: {type(pair).__name__}",
                    do="Pass a dict.",
                )
            )
        if len(pair) != 2:
            raise ArgumentError(
                explain(
                    who,
                    expected="pairs: length 2 is required",
                    got=f"element #{number}, which has length {len(pair)}",
                    do="Pass a dict.",
                )
            )
    return pairs


def _not_iterable(container, method, wanted, given):
    name = type(container).__name__
    return ArgumentTypeError(
        explain(
            f"{name}.{method}()",
            expected=f"{wanted}",
            got=type(given).__name__,
            do=f"Use {name}.append() for one member."
            if method == "extend"
            else "Pass a dict.",
        )
    )
