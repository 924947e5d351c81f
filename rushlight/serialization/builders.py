"""What the names in a file stand for: our own builders, and nothing else.

Each builder checks its arguments and makes a tensor, a dtype or a plain container.
"""

import argparse
import collections

import numpy as np

from rushlight._base import dtype as dtypes
from rushlight._base.device import device
from rushlight._base.shape import Size
from rushlight._core.tensor import Tensor, wrap
from rushlight.serialization import names
from rushlight.serialization.refusals import damaged, refused


class Builder:
    """What a name in the file stands for: a function of ours, by that name."""

    def __init__(self, name, function):
        self.name, self.function = name, function


class StorageType:
    """The name of a storage class: tells the elements' dtype."""

    def __init__(self, dtype):
        self.dtype = dtype


class StorageArray:
    """A storage: a flat array of its elements."""

    def __init__(self, array):
        self.array = array


def _strided(storage, dtype, offset, size, stride):
    if not isinstance(storage, StorageArray):
        raise damaged("a tensor without storage")
    flat = storage.array
    if dtype is not None and flat.dtype != dtype.numpy:
        flat = flat.view(dtype.numpy)
    size, stride = _sizes(size), _sizes(stride)
    if type(offset) is not int or offset < 0 or len(size) != len(stride):
        raise damaged("a tensor with an impossible place in its storage")
    last = offset + sum((n - 1) * s for n, s in zip(size, stride, strict=True))
    if 0 in size:
        return np.empty(size, flat.dtype)
    if last >= flat.size:
        raise damaged("a tensor that reaches beyond its storage")
    return np.lib.stride_tricks.as_strided(
        flat[offset:], size, [s * flat.itemsize for s in stride]
    )


def _sizes(values):
    values = tuple(values)
    if not all(type(v) is int and v >= 0 for v in values):
        raise damaged("a tensor with impossible sizes")
    return values


def _tensor(storage, offset, size, stride, requires_grad=False, hooks=None, *extra):
    return _leaf(_strided(storage, None, offset, size, stride), requires_grad)


def _tensor_of_dtype(
    storage, offset, size, stride, requires_grad, hooks, dtype, *extra
):
    if not isinstance(dtype, dtypes.dtype):
        raise damaged("a tensor without dtype")
    return _leaf(_strided(storage, dtype, offset, size, stride), requires_grad)


def _leaf(array, requires_grad):
    tensor = wrap(array)
    if requires_grad is True:
        tensor.requires_grad = True
    return tensor


def _parameter(data, requires_grad=True, hooks=None, state=None):
    from rushlight.nn.parameter import Parameter

    if not isinstance(data, Tensor):
        raise damaged("a parameter without data")
    return Parameter(data, requires_grad is True)


def _from_type(function, kind, args, state):
    """A tensor with attributes: the attributes are dropped, the tensor is kept."""
    if not isinstance(function, Builder) or function.name not in _TENSOR_BUILDERS:
        raise refused("a tensor built in an unknown way")
    return function.function(*args)


def _encode(text, encoding="latin1"):
    if encoding != "latin1" or not isinstance(text, str):
        raise damaged("bytes in an unknown encoding")
    return text.encode("latin1")


def _bytearray(content=b"", encoding="latin1"):
    return bytearray(
        _encode(content, encoding) if isinstance(content, str) else bytes(content)
    )


def _ordered(items=()):
    return collections.OrderedDict(items)


def _default_dict(factory=None):
    """A defaultdict; its factory is one of ours (a builder), or none."""
    kinds = {"dict": dict, "list": list, "set": set, "int": int, "float": float}
    name = factory.name[1] if isinstance(factory, Builder) else None
    return collections.defaultdict(kinds.get(name))


def _device(kind, index=None):
    return device(kind, index)


def _numpy_dtype(text, align=False, copy=True):
    dtype = np.dtype(text) if isinstance(text, str) else None
    if dtype is None or dtype.hasobject or dtype.fields:
        raise refused(f"an array of {text!r}")
    return dtype


def _numpy_array(kind, shape, code):
    return EmptyArray()


class EmptyArray:
    """An array whose contents come with BUILD."""

    array = None

    def fill(self, state):
        """The array that a state describes."""
        version, shape, dtype, fortran, data = state
        if not isinstance(dtype, np.dtype) or dtype.hasobject:
            raise refused("an array of objects")
        data = data.encode("latin1") if isinstance(data, str) else data
        order = "F" if fortran else "C"
        flat = np.frombuffer(bytearray(data), dtype)
        return flat.reshape(_sizes(shape), order=order)


def _numpy_scalar(dtype, data):
    if not isinstance(dtype, np.dtype) or dtype.hasobject:
        raise refused("a NumPy object scalar")
    data = data.encode("latin1") if isinstance(data, str) else data
    return np.frombuffer(data, dtype)[0]


def _list(items=()):
    return list(items)


_TENSOR_BUILDERS = {
    names.REBUILD_TENSOR,
    names.REBUILD_TENSOR_OF_DTYPE,
    names.REBUILD_PARAMETER,
}
_BUILDERS = {
    names.REBUILD_TENSOR: _tensor,
    names.REBUILD_TENSOR_OF_DTYPE: _tensor_of_dtype,
    names.REBUILD_PARAMETER: _parameter,
    names.REBUILD_PARAMETER_WITH_STATE: _parameter,
    names.REBUILD_FROM_TYPE: _from_type,
    ("torch", "Size"): lambda sizes=(): Size(_sizes(sizes)),
    ("torch", "device"): _device,
    ("torch", "Tensor"): None,
    ("torch.nn.parameter", "Parameter"): None,
    ("collections", "OrderedDict"): _ordered,
    ("collections", "defaultdict"): _default_dict,
    ("collections", "Counter"): lambda items=(): collections.Counter(items),
    ("argparse", "Namespace"): argparse.Namespace,
    ("_codecs", "encode"): _encode,
    ("numpy", "ndarray"): None,
    ("numpy", "dtype"): _numpy_dtype,
}
for _module in ("builtins", "__builtin__"):
    _BUILDERS |= {
        (_module, "set"): lambda items=(): set(items),
        (_module, "frozenset"): lambda items=(): frozenset(items),
        (_module, "list"): _list,
        (_module, "dict"): lambda items=(): dict(items),
        (_module, "tuple"): lambda items=(): tuple(items),
        (_module, "bytearray"): _bytearray,
        (_module, "complex"): lambda real, imag: complex(float(real), float(imag)),
        (_module, "range"): lambda *args: range(*map(int, args)),
        (_module, "xrange"): lambda *args: range(*map(int, args)),
        (_module, "slice"): lambda *args: slice(*args),
        (_module, "int"): None,
        (_module, "float"): None,
        (_module, "str"): None,
        (_module, "bool"): None,
    }
for _module in ("numpy.core.multiarray", "numpy._core.multiarray"):
    _BUILDERS[_module, "_reconstruct"] = _numpy_array
    _BUILDERS[_module, "scalar"] = _numpy_scalar

NAMES = {name: Builder(name, function) for name, function in _BUILDERS.items()}
NAMES |= {("torch", n): StorageType(d) for d, n in names.STORAGES.items()}
NAMES[names.UNTYPED] = NAMES["torch", "UntypedStorage"] = StorageType(dtypes.uint8)
NAMES |= {("torch", d.name): d for d in dtypes.ALL_DTYPES}
