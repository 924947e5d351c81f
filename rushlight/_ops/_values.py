"""Shared by the families: Python numbers as elements, and dtype arguments."""

import numpy as np

from rushlight._base import dtype as dtypes
from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import ArgumentRuntimeError, ArgumentTypeError, explain
from rushlight._core.guarding import GUARDS

_C_NAMES = {
    "uint8": "uint8_t",
    "int8": "int8_t",
    "int16": "short",
    "int32": "int",
    "int64": "int64_t",
    "float16": "c10::Half",
    "bfloat16": "c10::BFloat16",
    "float32": "float",
    "float64": "double",
    "complex64": "complex<float>",
    "complex128": "complex<double>",
}


_REAL = frozenset((int, float))

_PYTHON_TYPES = {
    bool: dtypes.bool,
    int: dtypes.int64,
    float: dtypes.float64,
    complex: dtypes.complex128,
}


def as_dtype(value, who):
    """A dtype from a dtype or from one of Python's bool, int, float, complex.

    Raises:
        TypeError: for anything else.
    """
    if isinstance(value, dtypes.dtype):
        if value is dtypes.uint8 and GUARDS.on:
            GUARDS.see.bytes()
        return value
    found = _PYTHON_TYPES.get(value) if isinstance(value, type) else None
    if found is None:
        raise ArgumentTypeError(
            explain(
                who,
                expected="argument 'dtype' to be a torch.dtype",
                got=f"{value!r} ({type(value).__name__})",
                do="Pass a dtype such as torch.float32.",
            )
        )
    return found


def as_number(value, who, name="value"):
    """A Python number from a Python or NumPy number.

    Raises:
        TypeError: for anything else.
    """
    if isinstance(value, (bool, int, float, complex)):
        return value
    if isinstance(value, np.generic) and value.dtype in BY_NUMPY:
        number = value.item()
        return (
            number
            if isinstance(number, (bool, int, float, complex))
            else (float(value))
        )
    raise ArgumentTypeError(
        explain(
            who,
            expected=f"a number for argument '{name}'",
            got=type(value).__name__,
            do="Pass a Python number or a 0-d tensor.",
        )
    )


def element(value, dtype, who):
    """A Python number as an array without dimensions, of a NumPy dtype.

    As in PyTorch a float is cut to an integer and a small negative integer wraps into
    an unsigned type.

    Raises:
        RuntimeError: where the type cannot hold the number.
    """
    kind = dtype.kind
    if kind == "f" and value.__class__ in _REAL:
        if -65504 <= value <= 65504 or value != value:  # float16 holds it as well
            return np.asarray(value, dtype)
    if kind == "b":
        return np.asarray(bool(value))
    if value.__class__ is complex and kind != "c":
        if value.imag:
            raise overflow(value, dtype, who)
        value = value.real
    if kind in "iu":
        return _integer(value, dtype, who)
    with np.errstate(all="ignore"):
        try:
            result = np.asarray(value).astype(dtype)
        except (TypeError, OverflowError):  # an integer beyond 64 bits
            result = np.asarray(float(value)).astype(dtype)
    if not np.isfinite(result) and np.isfinite(complex(value)):
        raise overflow(value, dtype, who)
    return result


def _integer(value, dtype, who):
    info = np.iinfo(dtype)
    if value.__class__ is float and not np.isfinite(value):
        raise overflow(value, dtype, who)
    whole = int(value)
    if whole != value and GUARDS.on:
        GUARDS.see.truncating(value, dtype, who)
    unsigned = info.min == 0
    low = -info.max if unsigned and whole == value else info.min
    if not low <= whole <= info.max:
        raise overflow(value, dtype, who)
    return np.asarray(whole & info.max if unsigned else whole, dtype)


def overflow(value, dtype, who):
    """The error for a number that a dtype cannot hold."""
    name = BY_NUMPY[dtype].name
    return ArgumentRuntimeError(
        explain(
            who,
            expected=f"a value that fits {name}",
            got=f"{value}: value cannot be converted to type "
            f"{_C_NAMES.get(name, name)} without overflow",
            do="Use a wider dtype.",
        )
    )
