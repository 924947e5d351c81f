"""Creation from data: tensor, and what dtype lists of numbers get."""

import warnings

import numpy as np

from rushlight._base import config
from rushlight._base import dtype as dtypes
from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    ArgumentTypeError,
    explain,
)
from rushlight._base.promote import promote_types
from rushlight._core.expose import expose
from rushlight._core.tensor import Tensor
from rushlight._ops._values import as_dtype, element
from rushlight._ops.create.options import check_options, finish

_PLAIN = frozenset((bool, int, float, complex))

# ------------------------------------------------------------------------------ tensor


def tensor(data, *, dtype=None, device=None, requires_grad=False, pin_memory=False):
    """A new tensor with a copy of some data.

    Args:
        data: a number, nested lists or tuples of numbers, an array or a tensor.
        dtype: the element type; inferred if left out (float: the default dtype,
            int: int64, bool: bool; arrays and tensors keep theirs).
        device: where to put it; data's own device or the default one if left out.
        requires_grad: whether operations on it are recorded.
        pin_memory: for a machine with a GPU.

    Returns:
        Tensor: a leaf with its own memory.

    Raises:
        ValueError: for nested lists of unequal lengths.
        TypeError, RuntimeError: for data that is not numeric.

    >>> import rushlight
    >>> rushlight.tensor([[1, 2], [3, 4]])
    tensor([[1, 2],
            [3, 4]])
    """
    if dtype is not None:
        dtype = as_dtype(dtype, "tensor()")
    if pin_memory:
        check_options(None, pin_memory, "tensor()")
    if isinstance(data, Tensor):
        return _copied(data, dtype, device, requires_grad)
    array = host_array(data, dtype)
    if array is data or array.base is not None:
        array = array.copy("K")
    return finish(array, device, requires_grad)


def _copied(data, dtype, device, requires_grad):
    warnings.warn(
        "tensor() of a tensor copies it and cuts it from the graph. "
        "x.detach().clone() says so more clearly.",
        stacklevel=3,
    )
    copied = data.detach().to(device=device, dtype=dtype, copy=True)
    return copied.requires_grad_() if requires_grad else copied


def host_array(data, dtype):
    """Data as a NumPy array of the wanted (or inferred) dtype, shared if possible.

    Raises:
        ValueError, TypeError, RuntimeError: where it cannot be had.
    """
    kind = data.__class__
    if kind in _PLAIN:
        dtype = _of_number(kind) if dtype is None else dtype
        return _number_array(data, dtype)
    if isinstance(data, (np.ndarray, np.generic)):
        return checked_array(np.asarray(data), dtype)
    found = set()
    if hasattr(data, "iloc") and getattr(data, "ndim", 1) == 2:
        raise _is_table(data)
    if not _is_sequence(data):
        raise _no_dtype(data)
    if _collect(data, found, 1):
        data = _plain(data)
    if dtype is None:
        dtype = _common_dtype(found)
    return _from_lists(data, dtype, found)


def _is_table(data):
    return ArgumentError(
        explain(
            "tensor()",
            expected="numbers, or nested sequences of them",
            got=f"could not determine the shape of object type '{type(data).__name__}'",
            do="Write torch.tensor(df.to_numpy(), dtype=torch.float32), of columns of "
            "numbers.",
        )
    )


def _of_number(kind):
    if kind is float:
        return config.default_dtype()
    if kind is int:
        return dtypes.int64
    return dtypes.bool if kind is bool else config.default_complex_dtype()


def _number_array(value, dtype):
    if dtype.category == dtypes.INTEGER or value.__class__ is complex:
        return _from_lists(value, dtype, {value.__class__})
    with np.errstate(all="ignore"):
        try:
            return np.asarray(value).astype(dtype.numpy)
        except TypeError:  # an integer beyond 64 bits
            return np.asarray(float(value)).astype(dtype.numpy)


def checked_array(array, dtype):
    """A NumPy array that a tensor can hold, converted if a dtype is given."""
    if array.dtype not in BY_NUMPY or not array.dtype.isnative:
        raise _bad_array(array)
    if any(step < 0 for step in array.strides):
        raise ArgumentError(
            explain(
                "tensor()",
                expected="positive strides",
                got="at least one stride in the given numpy array is negative",
                do="Make a copy with array.copy().",
            )
        )
    if dtype is None or dtype.numpy == array.dtype:
        return array
    with np.errstate(all="ignore"):
        if array.dtype.kind == "c" and dtype.numpy.kind not in "cb":
            array = array.real
        return array.astype(dtype.numpy)


def _bad_array(array):
    if not array.dtype.isnative and array.dtype.newbyteorder("=") in BY_NUMPY:
        return ArgumentError(
            explain(
                "tensor()",
                expected="the machine's own byte order",
                got=f"numpy array with byte order different from the native byte order "
                f"({array.dtype.str})",
                do="Convert it with .astype(a.dtype.newbyteorder('=')).",
            )
        )
    return ArgumentTypeError(
        explain(
            "tensor()",
            expected="bool, integer, floating-point or complex data",
            got=f"can't convert np.ndarray of type numpy.{array.dtype}",
            do="Convert the data to numbers first (a table with a column of text has "
            "the dtype object: choose its columns of numbers, or encode the text).",
        )
    )


# ------------------------------------------------------------------------ nested lists


def _is_sequence(data):
    if isinstance(data, (list, tuple)):
        return True
    if isinstance(data, (str, bytes)):
        raise ArgumentTypeError(
            explain(
                "tensor()",
                expected="numbers",
                got=f"invalid data type '{type(data).__name__}'",
                do="Convert text to numbers first.",
            )
        )
    if isinstance(data, (dict, set, frozenset)):
        return False
    return hasattr(data, "__getitem__") and hasattr(data, "__len__")


def _no_dtype(data):
    return ArgumentRuntimeError(
        explain(
            "tensor()",
            expected="numbers, or nested sequences of them",
            got=f"could not infer dtype of {type(data).__name__}",
            do="Convert the data to a list of numbers or a NumPy array.",
        )
    )


def _collect(data, found, depth):
    """Gather the types of the leaves; True where the lists hold more than lists."""
    kinds = set(map(type, data))
    if kinds <= _PLAIN:
        found |= kinds
        return not isinstance(data, (list, tuple))
    odd = not isinstance(data, (list, tuple))
    for part in data:
        kind = part.__class__
        if kind in _PLAIN:
            found.add(kind)
        elif isinstance(part, Tensor):
            found.add(part.dtype)
            odd = True
        elif isinstance(part, (np.ndarray, np.generic)):
            checked_array(np.asarray(part), None)
            found.add(BY_NUMPY[part.dtype])
            odd = True
        elif isinstance(part, str):
            raise ArgumentError(
                explain(
                    "tensor()",
                    expected="numbers",
                    got=f"text: too many dimensions 'str' at depth {depth}",
                    do="Convert text to numbers first.",
                )
            )
        elif _is_sequence(part):
            odd = _collect(part, found, depth + 1) or odd
        elif isinstance(part, (bool, int, float, complex)):  # of a subclass
            found.add(
                next(k for k in (bool, int, float, complex) if isinstance(part, k))
            )
        else:
            raise _no_dtype(part)
    return odd


def _plain(data):
    """Nested sequences as nested lists of Python numbers and arrays."""
    if data.__class__ in _PLAIN:
        return data
    if isinstance(data, Tensor):
        if data._array.size == 1:
            return data.item() if data._edge is None else float(data)
        raise ArgumentError(
            explain(
                "tensor()",
                expected="lists of numbers: only one element tensors can be converted "
                "to Python scalars",
                got=f"a list with a tensor of shape {list(data.shape)}",
                do="Use torch.stack(list) to put tensors together.",
            )
        )
    if isinstance(data, (np.ndarray, np.generic)):
        return data.astype(np.float32) if data.dtype.kind == "V" else data
    if _is_sequence(data):
        return [_plain(part) for part in data]
    return data


def _common_dtype(found):
    """torch's dtype for the leaves: all of them promoted together."""
    if not found:
        return config.default_dtype()
    common = None
    for kind in found:
        kind = kind if isinstance(kind, dtypes.dtype) else _of_number(kind)
        common = kind if common is None else promote_types(common, kind)
    return common


def _from_lists(data, dtype, found):
    wanted = dtype.numpy
    if wanted.kind != "c" and (
        complex in found or any(getattr(k, "category", 0) == 3 for k in found)
    ):
        raise ArgumentTypeError(
            explain(
                "tensor()",
                expected=f"real numbers for {dtype}",
                got="must be real number, not complex",
                do="Pass a complex dtype, or the real parts.",
            )
        )
    with np.errstate(all="ignore"):
        try:
            if wanted.kind == "V":
                return np.asarray(data, np.float32).astype(wanted)
            return np.asarray(data, wanted)
        except OverflowError:
            return _wrapped_integers(data, dtype)
        except (ValueError, TypeError) as error:
            raise _refused(data, dtype, error) from None


def _wrapped_integers(data, dtype):
    """Integers beyond the dtype: small negative ones wrap into unsigned types."""
    wanted = dtype.numpy
    if wanted.kind == "u":
        flat = np.asarray(data, dtype=object)
        values = [
            int(element(v, wanted, "tensor()")) for v in flat.reshape(-1).tolist()
        ]
        return np.asarray(values, wanted).reshape(flat.shape)
    if wanted.kind == "f":
        return np.asarray(np.asarray(data, dtype=object), np.float64).astype(wanted)
    kind = ArgumentError if wanted.itemsize == 8 else ArgumentRuntimeError
    raise kind(
        explain(
            "tensor()",
            expected=f"integers that fit {dtype}",
            got="one that does not: value cannot be converted without overflow",
            do="Use a wider dtype, or a floating-point one.",
        )
    )


def _refused(data, dtype, error):
    if dtype.category == dtypes.INTEGER and "NaN" in str(error):
        return ArgumentRuntimeError(
            explain(
                "tensor()",
                expected=f"values that fit {dtype}",
                got="nan, which cannot be converted without overflow",
                do="Use a floating-point dtype.",
            )
        )
    mixed = _is_mixed(data)
    return (ArgumentTypeError if mixed else ArgumentError)(
        explain(
            "tensor()",
            expected="nested sequences of equal lengths",
            got="numbers beside sequences" if mixed else _first_difference(data),
            do="Pad the rows to one length.",
        )
    )


def _is_mixed(data):
    """Whether numbers and sequences stand side by side."""
    nested = [isinstance(part, (list, tuple, np.ndarray)) for part in data]
    if nested and any(nested) != all(nested):
        return True
    return any(nested) and any(
        _is_mixed(part) for part in data if isinstance(part, (list, tuple))
    )


def _first_difference(data, dim=1):
    wanted = len(data[0])
    for part in data:
        if len(part) != wanted:
            return (
                f"expected sequence of length {wanted} at dim {dim} (got {len(part)})"
            )
    parts = [p for part in data for p in part if isinstance(p, (list, tuple))]
    return _first_difference(parts, dim + 1) if parts else "unequal lengths"


expose(tensor, method=False)
