"""Process-wide settings: the default dtype and the number of threads asked for."""

from rushlight._base import dtype as dtypes
from rushlight._base.errors import ArgumentTypeError, explain

_default_dtype = dtypes.float32


def default_dtype():
    """The dtype that Python floats become (float32 unless it was set)."""
    return _default_dtype


def default_complex_dtype():
    """The dtype that Python complex numbers become."""
    return (
        _default_dtype.to_complex()
        if _default_dtype.itemsize >= 4
        else (dtypes.complex64)
    )


def set_default_dtype(d):
    """Set the dtype that Python floats become.

    Args:
        d: a floating-point dtype.

    Raises:
        TypeError: for any other dtype.

    >>> import rushlight
    >>> rushlight.set_default_dtype(rushlight.float64)
    >>> rushlight.tensor(1.5).dtype
    torch.float64
    >>> rushlight.set_default_dtype(rushlight.float32)
    """
    global _default_dtype
    if not isinstance(d, dtypes.dtype) or not d.is_floating_point:
        raise ArgumentTypeError(
            explain(
                "set_default_dtype()",
                expected="a floating-point dtype",
                got=d,
                do="Pass float32 or float64.",
            )
        )
    _default_dtype = d
