"""Operands on the careful path: promoted to one dtype, moved to one device.

# Note [Half and numbers]
# torch rounds a Python number (or a 0-d tensor of another dtype) to half precision
# before it meets a half-precision tensor; but products and quotients take it, as the
# second operand, in float32 and round only the result (Op.wide_numbers).  NumPy does
# neither reliably, so these calls take the careful path.

# Note [Kept numbers]
# NumPy takes an array without dimensions in half the time that it takes a Python
# number.  So the numbers that float tensors met lately are kept as such arrays, one
# table for each dtype.  Who minds the sign of a zero does not look zeros up: 0.0 and
# -0.0 are one key.
"""

from typing import Any

import numpy as np

from rushlight._backends import backend_for, backend_of, device_of
from rushlight._base import config
from rushlight._base import dtype as dtypes
from rushlight._base.errors import ArgumentTypeError, DeviceError, explain
from rushlight._base.promote import result_dtype
from rushlight._base.spec import Spec
from rushlight._base.symfloat import SymFloat
from rushlight._base.symint import is_symbolic
from rushlight._core.table import FLOAT

NUMBERS = frozenset((float, int, bool, complex))
NUMBER_TYPES: tuple[Any, ...] = tuple(NUMBERS)


class KeptNumbers(dict):
    """Real number -> read-only array without dimensions; at most 256 of them."""

    def __init__(self, dtype):
        self.dtype = np.dtype(dtype)

    def __missing__(self, number):
        with np.errstate(all="ignore"):
            array = np.array(number, self.dtype)
        array.flags.writeable = False
        if len(self) == 256:
            self.clear()
        self[number] = array
        return array


#: NumPy's dtype -> its kept numbers (Note [Kept numbers]).
KEPT = {np.dtype(char): KeptNumbers(char) for char in "fd"}


def promoted(op, inputs):
    """The operands as arrays of the op's computation dtype, on one device."""
    arrays = [operand_of(t) for t in inputs]
    kinds = {a.__class__ for a in arrays}
    home = next((a for a in arrays if isinstance(a, _array_types(kinds))), None)
    if home is None:
        raise no_tensor(op, inputs)
    dtype = computation_dtype(op, arrays)
    arrays = one_device(op, arrays, home) if len(kinds) > 1 else arrays
    if op.wide_numbers and dtype.itemsize == 2 and dtype.category == dtypes.FLOAT:
        if not getattr(arrays[1], "shape", ()):  # Note [Half and numbers]
            arrays[1] = convert(arrays[1], dtypes.float32, home)
            return [convert(arrays[0], dtype, home), arrays[1]]
    return [
        a
        if a is None or (hasattr(a, "dtype") and a.dtype == dtype.numpy)
        else convert(a, dtype, home)
        for a in arrays
    ]


def operand_of(value):
    """An input as an array or a plain Python number."""
    value = getattr(value, "_array", value)
    if isinstance(value, np.generic):
        return value.item()
    if value.__class__ not in NUMBERS:  # a subclass's number is as good
        if isinstance(value, float):
            return float(value)
        if isinstance(value, int):
            return int(value)
    return value


def narrowed(result, arrays):
    """A result in the half precision of the operands that it was computed from."""
    for a in arrays:
        if a.dtype.itemsize == 2 and a.dtype.kind in "fV" and result.dtype != a.dtype:
            if result.__class__ is Spec:
                return Spec(result.shape, a.dtype)
            with np.errstate(all="ignore"):
                return result.astype(a.dtype)
    return result


def computation_dtype(op, arrays):
    """The dtype that an op's operands are converted to (Note [Promotion])."""
    dtype = result_dtype([a for a in arrays if a is not None])
    if op.promote is FLOAT and dtype.category < dtypes.FLOAT:
        return config.default_dtype()
    return dtype


def _array_types(kinds):
    return tuple(k for k in kinds if k not in NUMBERS and k is not type(None))


def no_tensor(op, inputs):
    """The error for a call without a tensor where one belongs."""
    return ArgumentTypeError(
        explain(
            f"{op.name}()",
            expected=f"argument '{op.inputs[0]}' to be a Tensor",
            got=" and ".join(type(i).__name__ for i in inputs),
            do="Convert it with torch.tensor.",
        )
    )


def one_device(op, arrays, home):
    """All operands on one device; CPU tensors of no dimensions may come along."""
    for a in arrays:
        if hasattr(a, "dtype") and (a.shape or not isinstance(home, np.ndarray)):
            home = a if not (isinstance(a, np.ndarray) and not a.shape) else home
    device = device_of(home)
    moved = []
    for a in arrays:
        if hasattr(a, "dtype") and device_of(a) != device:
            if a.shape or not isinstance(a, np.ndarray):
                raise _two_devices(op, device, device_of(a))
            a = backend_for(device).from_host(a, device)
        moved.append(a)
    return moved


def _two_devices(op, first, second):
    return DeviceError(
        explain(
            f"{op.name}()",
            expected="all tensors to be on the same device",
            got=f"at least two devices, {first} and {second}",
            do="Move one of them with .to(device).",
        )
    )


def convert(value, dtype, home):
    """An array or number as an array of a dtype, on the device of another array."""
    if hasattr(value, "dtype"):
        if value.__class__.__name__ == "Spec":
            return type(value)(value.shape, dtype.numpy)
        with np.errstate(all="ignore"):
            return value.astype(dtype.numpy)
    if value.__class__ not in NUMBERS:
        raise ArgumentTypeError(
            explain(
                "an operand",
                expected="a Tensor or a number",
                got=type(value).__name__,
                do="Convert it with torch.tensor.",
            )
        )
    if is_symbolic(value) or type(value) is SymFloat:  # beside specs only
        return Spec((), dtype.numpy)
    array = np.asarray(value)
    if array.dtype.kind == "O":  # an integer beyond 64 bits
        array = np.asarray(value, dtype=float)
    with np.errstate(all="ignore"):
        array = array.astype(dtype.numpy)
    if home.__class__ is np.ndarray:
        return array
    return backend_of(home.__class__).from_host(array, device_of(home))
