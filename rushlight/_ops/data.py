"""Creation from data: tensor, as_tensor, asarray, and torch's old typed constructors."""

import warnings

import numpy as np

from rushlight._backends import device_of
from rushlight._base import config
from rushlight._base import dtype as dtypes
from rushlight._base.device import as_device
from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    ArgumentTypeError,
    explain,
)
from rushlight._base.promote import promote_types
from rushlight._base.shape import Size, as_shape
from rushlight._core import tensor as tensor_module
from rushlight._core.expose import TORCH, expose
from rushlight._core.tensor import Tensor, attach, wrap
from rushlight._ops._factory import check_options, dtype_or_default, finish
from rushlight._ops._values import as_dtype, as_number, element

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
    if not _warned:
        _warned.append(True)
        warnings.warn(
            "tensor() of a tensor copies it and cuts it from the graph. "
            "x.detach().clone() says so more clearly.",
            stacklevel=3,
        )
    copied = data.detach().to(device=device, dtype=dtype, copy=True)
    return copied.requires_grad_() if requires_grad else copied


_warned = []


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
        return _checked_array(np.asarray(data), dtype)
    found = set()
    if not _is_sequence(data):
        raise _no_dtype(data)
    if _collect(data, found, 1):
        data = _plain(data)
    if dtype is None:
        dtype = _common_dtype(found)
    return _from_lists(data, dtype, found)


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


def _checked_array(array, dtype):
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
            do="Convert the data to numbers first.",
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
            _checked_array(np.asarray(part), None)
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
            found.add(next(k for k in (bool, int, float, complex) if isinstance(part, k)))
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
        values = [int(element(v, wanted, "tensor()")) for v in flat.reshape(-1).tolist()]
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
    if any(nested) != all(nested):
        return True
    return any(nested) and any(
        _is_mixed(part) for part in data if isinstance(part, (list, tuple))
    )


def _first_difference(data, dim=1):
    wanted = len(data[0])
    for part in data:
        if len(part) != wanted:
            return f"expected sequence of length {wanted} at dim {dim} (got {len(part)})"
    parts = [p for part in data for p in part if isinstance(p, (list, tuple))]
    return _first_difference(parts, dim + 1) if parts else "unequal lengths"


expose(tensor, method=False)

# ------------------------------------------------------------------------- as_tensor


def as_tensor(data, dtype=None, device=None):
    """Data as a tensor, without a copy where that is possible.

    Args:
        data: as for `tensor`; a tensor is converted with ``.to``, an array shared.
        dtype, device: those that are wanted; data's own if left out.

    Returns:
        Tensor: data itself, where it is a tensor that fits.

    Raises:
        TypeError, ValueError, RuntimeError: as `tensor`.

    >>> import rushlight
    >>> x = rushlight.ones(2)
    >>> rushlight.as_tensor(x) is x
    True
    """
    if isinstance(data, Tensor):
        return data.to(device=device, dtype=dtype)
    if isinstance(data, np.ndarray):
        dtype = None if dtype is None else as_dtype(dtype, "as_tensor()")
        array = _checked_array(data, dtype)
        return finish(array.view() if array is data else array, device)
    return tensor(data, dtype=dtype, device=device)


def asarray(obj, *, dtype=None, device=None, copy=None, requires_grad=None):
    """Data as a tensor, shared or copied as told.

    Args:
        obj: a tensor, a NumPy array or scalar, an object with DLPack, a buffer, or
            nested sequences of numbers.
        dtype, device: those that are wanted; obj's own if left out.
        copy: True to copy, False to refuse a copy, None to copy where it must.
        requires_grad: of the result; False cuts a tensor from its graph.

    Returns:
        Tensor.

    Raises:
        ValueError: where copy is False and the data must be copied.

    >>> import rushlight
    >>> rushlight.asarray([1, 2.5])
    tensor([1.0000, 2.5000])
    """
    result, shared = _as_shared(obj, dtype)
    converted = result.to(device=device, dtype=dtype)
    if copy is False and (not shared or converted is not result):
        raise ArgumentError(
            explain(
                "asarray()",
                expected="data that can be shared (copy=False)",
                got=f"can't alias {type(obj).__name__} as it is into a tensor",
                do="Leave copy out, or pass a tensor or array of the wanted dtype.",
            )
        )
    if copy and shared and converted is result:
        converted = converted.clone()
    if requires_grad is None:
        return converted
    if not requires_grad:
        return converted.detach()
    return converted if converted.requires_grad else converted.requires_grad_()


def _as_shared(obj, dtype):
    """(a tensor, whether it shares obj's memory)."""
    if isinstance(obj, Tensor):
        return obj, True
    if isinstance(obj, np.ndarray):
        return wrap(_checked_array(obj, None).view()), True
    if isinstance(obj, (bool, int, float, complex, list, tuple, np.generic)):
        return tensor(obj, dtype=dtype), False
    if hasattr(obj, "__dlpack__"):
        return wrap(np.from_dlpack(obj)), True
    try:
        memory = memoryview(obj)
    except TypeError:
        return tensor(obj, dtype=dtype), False
    wanted = dtype_or_default(dtype, "asarray()")
    return wrap(np.frombuffer(memory, wanted.numpy)), True


def scalar_tensor(
    s, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False
):
    """A tensor without dimensions, of the default dtype unless told.

    Args:
        s: a number.
        dtype, layout, device, pin_memory, requires_grad: as for `tensor`.

    Returns:
        Tensor: ().

    Raises:
        TypeError: where s is no number.

    >>> import rushlight
    >>> rushlight.scalar_tensor(3)
    tensor(3.)
    """
    check_options(layout, pin_memory, "scalar_tensor()")
    value = as_number(s.item() if isinstance(s, Tensor) else s, "scalar_tensor()", "s")
    dtype = dtype_or_default(dtype, "scalar_tensor()")
    return finish(element(value, dtype.numpy, "scalar_tensor()"), device, requires_grad)


def new_tensor(
    input,
    data,
    *,
    dtype=None,
    device=None,
    requires_grad=False,
    layout=None,
    pin_memory=False,
):
    """As `tensor`, with the dtype and device of a tensor.

    Args:
        input: (*), any dtype.
        data, dtype, device, requires_grad, layout, pin_memory: as for `tensor`.

    Returns:
        Tensor: a leaf with its own memory.

    Raises:
        ValueError: for nested lists of unequal lengths.

    >>> import rushlight
    >>> rushlight.ones(1).new_tensor([1, 2])
    tensor([1., 2.])
    """
    check_options(layout, False, "new_tensor()")
    return tensor(
        data,
        dtype=input.dtype if dtype is None else dtype,
        device=input.device if device is None else device,
        requires_grad=requires_grad,
        pin_memory=pin_memory,
    )


expose(as_tensor, method=False)
expose(asarray, method=False)
expose(scalar_tensor, method=False)
expose(new_tensor, torch=False)

# ---------------------------------------------------------- the old typed constructors


def _legacy_array(dtype, args, device=None):
    """The array of ``Tensor(data)``, ``Tensor(*sizes)`` and their typed forms."""
    if not args:
        return np.empty(0, dtype.numpy)
    first = args[0]
    if len(args) == 1 and not isinstance(first, Size):
        if isinstance(first, Tensor):
            return first._array
        if isinstance(first, (bool, float)):
            raise ArgumentTypeError(
                explain(
                    "Tensor()",
                    expected="a sequence or sizes: data must be a sequence",
                    got=type(first).__name__,
                    do="Use torch.tensor for a single number.",
                )
            )
        if not isinstance(first, (int, np.integer)):
            array = host_array(first, dtype)
            return array.copy() if array is first else array
    return np.empty(as_shape(args, "Tensor()"), dtype.numpy)


def _legacy(*args, device=None):
    array = _legacy_array(config.default_dtype(), args)
    return finish(array, device)._array if device is not None else array


tensor_module._LEGACY[0] = _legacy


class _TypedTensor(type):
    """The class of ``FloatTensor`` and its like, which only make and recognise tensors."""

    def __call__(cls, *args, device=None):
        if cls.is_cuda and device is None:
            device = "cuda"
        return finish(_legacy_array(cls.dtype, args), device)

    def __instancecheck__(cls, instance):
        return (
            isinstance(instance, Tensor)
            and instance.dtype is cls.dtype
            and instance.is_cuda is cls.is_cuda
        )

    def __repr__(cls):
        return f"<class '{cls.__module__}.{cls.__name__}'>"


_TYPE_NAMES = {
    "FloatTensor": dtypes.float32,
    "DoubleTensor": dtypes.float64,
    "HalfTensor": dtypes.float16,
    "BFloat16Tensor": dtypes.bfloat16,
    "LongTensor": dtypes.int64,
    "IntTensor": dtypes.int32,
    "ShortTensor": dtypes.int16,
    "CharTensor": dtypes.int8,
    "ByteTensor": dtypes.uint8,
    "BoolTensor": dtypes.bool,
}
_NAME_OF = {dtype: name for name, dtype in _TYPE_NAMES.items()} | {
    dtypes.complex64: "ComplexFloatTensor",
    dtypes.complex128: "ComplexDoubleTensor",
    dtypes.uint16: "UInt16Tensor",
    dtypes.uint32: "UInt32Tensor",
    dtypes.uint64: "UInt64Tensor",
}
#: The typed constructors of the CPU and of CUDA, by name.
TYPED, TYPED_CUDA = (
    {
        name: _TypedTensor(
            name, (), {"dtype": dtype, "is_cuda": cuda, "__module__": module}
        )
        for name, dtype in _TYPE_NAMES.items()
    }
    for cuda, module in ((False, "torch"), (True, "torch.cuda"))
)
TORCH.update(TYPED)


def type_of(input, dtype=None, non_blocking=False):
    """The type's old name, or the tensor in another type.

    Args:
        input: (*), any dtype.
        dtype: a dtype, an old type's name ("torch.LongTensor") or class; none to ask.
        non_blocking: as for `to`.

    Returns:
        str, or Tensor where a dtype is given.

    Raises:
        ValueError: for a name that is not known.

    >>> import rushlight
    >>> rushlight.ones(1).type(), rushlight.ones(1).type("torch.LongTensor")
    ('torch.FloatTensor', tensor([1]))
    """
    if dtype is None:
        place = device_of(input._array).type
        return f"torch.{'' if place == 'cpu' else place + '.'}{_NAME_OF[input.dtype]}"
    if isinstance(dtype, dtypes.dtype):
        return input.to(dtype)
    kind = dtype
    if isinstance(dtype, str):
        where, _, name = dtype.rpartition(".")
        known = {"torch": TYPED, "torch.cuda": TYPED_CUDA}.get(where, {})
        kind = known.get(name)
    if not isinstance(kind, _TypedTensor):
        raise ArgumentError(
            explain(
                "type()",
                expected="a dtype or a name such as 'torch.LongTensor'",
                got=f"invalid type: {getattr(dtype, '__name__', dtype)!r}",
                do="Use .to(dtype).",
            )
        )
    return input.to(device="cuda" if kind.is_cuda else "cpu", dtype=kind.dtype)


def new(input, *args, device=None):
    """A tensor of the same dtype and device from sizes or data (old; use new_tensor).

    Args:
        input: (*), any dtype.
        args: sizes, or one sequence or tensor.
        device: where to put it.

    Returns:
        Tensor.

    Raises:
        TypeError: for data that is not numeric.

    >>> import rushlight
    >>> rushlight.ones(1).new([1, 2])
    tensor([1., 2.])
    """
    device = input.device if device is None else as_device(device)
    return finish(_legacy_array(input.dtype, args), device)


expose(type_of, torch=False, name="type")
expose(new, torch=False)
