"""finfo and iinfo: the numeric limits of each dtype."""

import ml_dtypes
import numpy as np

from rushlight._base import config
from rushlight._base.dtype import dtype
from rushlight._base.errors import ArgumentTypeError, explain


def _require(type_, name, kind, wanted):
    if not isinstance(type_, dtype) or not wanted(type_):
        raise ArgumentTypeError(
            explain(
                f"{name}()",
                expected=f"{kind} dtype",
                got=type_,
                do="Pass a dtype such as "
                + ("float32." if name == "finfo" else "int64."),
            )
        )


class finfo:  # noqa: N801 - torch's public name
    """The limits of a floating-point dtype.

    Args:
        type: a floating-point or complex dtype; the default dtype if left out.

    Raises:
        TypeError: for any other dtype.

    >>> import rushlight
    >>> rushlight.finfo(rushlight.float32).eps
    1.1920928955078125e-07
    """

    def __init__(self, type=None):
        type = config.default_dtype() if type is None else type
        _require(type, "finfo", "a floating-point", lambda t: t.category >= 2)
        info = ml_dtypes.finfo(type.to_real().numpy)
        self.bits = info.bits
        self.eps, self.max, self.min = float(info.eps), float(info.max), float(info.min)
        self.tiny = self.smallest_normal = float(info.tiny)
        self.resolution = float(info.resolution)
        self.dtype = type.to_real().name

    def __repr__(self):
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, "
            f"max={self.max:g}, eps={self.eps:g}, "
            f"smallest_normal={self.smallest_normal:g}, tiny={self.tiny:g}, "
            f"dtype={self.dtype})"
        )


class iinfo:  # noqa: N801 - torch's public name
    """The limits of an integer dtype.

    Args:
        type: an integer dtype.

    Raises:
        TypeError: for any other dtype.

    >>> import rushlight
    >>> rushlight.iinfo(rushlight.int8).max
    127
    """

    def __init__(self, type):
        _require(type, "iinfo", "an integer", lambda t: t.category == 1)
        info = np.iinfo(type.numpy)
        self.bits, self.max, self.min = info.bits, int(info.max), int(info.min)
        self.dtype = type.name

    def __repr__(self):
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"
