"""The settings of printing, and PyTorch's three profiles of them."""

import math
from contextlib import contextmanager
from dataclasses import asdict, dataclass


@dataclass
class PrintOptions:
    """How tensors are printed.

    Attributes:
        precision: digits after the point.
        threshold: the number of elements from which only the edges are shown.
        edgeitems: how many are shown at each edge of each dim.
        linewidth: columns in a line.
        sci_mode: whether numbers are written with exponents; None: where they need it.
    """

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


#: The settings in force.
OPTIONS = PrintOptions()

_PROFILES = {
    "default": PrintOptions(),
    "short": PrintOptions(precision=2, edgeitems=2),
    "full": PrintOptions(threshold=math.inf),
}


def set_printoptions(
    precision=None,
    threshold=None,
    edgeitems=None,
    linewidth=None,
    profile=None,
    sci_mode=None,
):
    """Set how tensors are printed.

    Args:
        precision: digits after the point.
        threshold: the number of elements from which only the edges are shown.
        edgeitems: how many are shown at each edge of each dim.
        linewidth: columns in a line.
        profile: "default", "short" or "full": settings to start from.
        sci_mode: whether numbers are written with exponents; None (which every call
            that does not name it goes back to) writes them so where they need it.

    >>> import rushlight
    >>> rushlight.set_printoptions(precision=2)
    >>> rushlight.tensor([1.12345])
    tensor([1.12])
    >>> rushlight.set_printoptions(profile="default")
    """
    given = {
        "precision": precision,
        "threshold": threshold,
        "edgeitems": edgeitems,
        "linewidth": linewidth,
    }
    if profile in _PROFILES:
        start = _PROFILES[profile]
        for name in given:
            setattr(OPTIONS, name, getattr(start, name))
    for name, value in given.items():
        if value is not None:
            setattr(OPTIONS, name, value)
    OPTIONS.sci_mode = sci_mode


def get_printoptions():
    """The settings in force, by name.

    >>> get_printoptions()["linewidth"]
    80
    """
    return asdict(OPTIONS)


@contextmanager
def printoptions(**settings):
    """Print with other settings inside a block.

    Args:
        settings: the arguments of `set_printoptions`.

    Returns:
        A context manager.

    >>> with printoptions(precision=2):
    ...     get_printoptions()["precision"]
    2
    """
    before = get_printoptions()
    try:
        set_printoptions(**settings)
        yield
    finally:
        set_printoptions(**before)
