"""torch's old typed constructors: Tensor(...), FloatTensor, type, new."""

import numpy as np

from rushlight._backends import device_of
from rushlight._base import config
from rushlight._base import dtype as dtypes
from rushlight._base.device import as_device, set_default_device
from rushlight._base.errors import (
    ArgumentError,
    ArgumentTypeError,
    explain,
)
from rushlight._base.shape import Size, as_shape
from rushlight._core import tensor as tensor_module
from rushlight._core.expose import TORCH, expose
from rushlight._core.tensor import Tensor
from rushlight._ops.create.data import host_array
from rushlight._ops.create.options import finish

_PLAIN = frozenset((bool, int, float, complex))

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
    """The class of ``FloatTensor`` and its like: they make and recognise tensors."""

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


def set_default_tensor_type(t):
    """Set the default dtype (and CUDA as default device) by an old type (deprecated).

    Args:
        t: a type as `FloatTensor`, or its name "torch.DoubleTensor".

    Returns:
        None.

    Raises:
        TypeError: for another thing, or a type that is not floating-point.

    >>> import rushlight
    >>> rushlight.set_default_tensor_type("torch.FloatTensor")
    """
    where, _, name = t.rpartition(".") if isinstance(t, str) else ("", "", "")
    kind = {"torch": TYPED, "torch.cuda": TYPED_CUDA}.get(where, {}).get(name, t)
    if not isinstance(kind, _TypedTensor):
        raise ArgumentTypeError(
            explain(
                "set_default_tensor_type()",
                expected="a type such as torch.FloatTensor, or its name",
                got=repr(t),
                do="Use set_default_dtype and set_default_device.",
            )
        )
    config.set_default_dtype(kind.dtype)
    if kind.is_cuda:
        set_default_device("cuda")


expose(set_default_tensor_type, method=False)


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
