"""A reader of pickles that builds only tensors and plain containers.

# Note [Nothing is executed]
# A pickle is a program for a small stack machine.  This is that machine without the
# instructions that reach outside: a name in the file (GLOBAL) is looked up in `_NAMES`,
# our own table of builders, and nowhere else; a call (REDUCE, NEWOBJ) runs such a
# builder, which checks its arguments and makes a tensor or a container; BUILD fills the
# attributes of the few classes that take them.  Nothing is imported, and no function or
# class named by the file is called.  Anything else is refused with its name.
"""

import argparse
import collections
import io
import pickle
import pickletools

import numpy as np

from rushlight._base import dtype as dtypes
from rushlight._base.device import device
from rushlight._base.errors import RushlightError, explain
from rushlight._base.shape import Size
from rushlight._core.tensor import Tensor, wrap
from rushlight.serialization import names


class UnpicklingError(RushlightError, pickle.UnpicklingError):
    """A file that asks for more than tensors and plain containers, or is damaged."""


def refused(what):
    """The error for a file that asks for something outside the table."""
    return UnpicklingError(
        explain(
            "load()",
            expected="tensors and plain containers",
            got=f"a file that asks for {what}; nothing was executed",
            do="If you trust its author, have it saved again as a state_dict; a file "
            "from a stranger may be an attack.",
        )
    )


def damaged(why):
    """The error for a file that is no whole pickle."""
    return UnpicklingError(
        explain(
            "load()",
            expected="a whole file",
            got=f"a damaged one: {why}",
            do="Copy or save it again.",
        )
    )


class _Builder:
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


_MARK = object()


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
    if not isinstance(function, _Builder) or function.name not in _TENSOR_BUILDERS:
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
    name = factory.name[1] if isinstance(factory, _Builder) else None
    return collections.defaultdict(kinds.get(name))


def _device(kind, index=None):
    return device(kind, index)


def _numpy_dtype(text, align=False, copy=True):
    dtype = np.dtype(text) if isinstance(text, str) else None
    if dtype is None or dtype.hasobject or dtype.fields:
        raise refused(f"an array of {text!r}")
    return dtype


def _numpy_array(kind, shape, code):
    return _EmptyArray()


class _EmptyArray:
    """An array whose contents come with BUILD."""

    array = None

    def fill(self, state):
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

_NAMES = {name: _Builder(name, function) for name, function in _BUILDERS.items()}
_NAMES |= {("torch", n): StorageType(d) for d, n in names.STORAGES.items()}
_NAMES[names.UNTYPED] = _NAMES["torch", "UntypedStorage"] = StorageType(dtypes.uint8)
_NAMES |= {("torch", d.name): d for d in dtypes.ALL_DTYPES}


class Reader:
    """The stack machine (Note [Nothing is executed]).

    Args:
        data: the pickle's bytes.
        storage_of: from a persistent id to a StorageArray.
    """

    def __init__(self, data, storage_of):
        self.stream = io.BytesIO(data) if isinstance(data, bytes) else data
        self.storage_of = storage_of
        self.stack, self.memo = [], {}

    def read(self):
        """The object that the pickle describes.

        Raises:
            pickle.UnpicklingError: for anything but tensors and plain containers.
        """
        try:
            for opcode, argument, _ in pickletools.genops(self.stream):
                if opcode.name == "STOP":
                    return self.pop()
                step = _STEPS.get(opcode.name)
                if step is None:
                    raise refused(f"the pickle instruction {opcode.name}")
                step(self, argument)
        except RushlightError:
            raise
        except (ValueError, IndexError, KeyError, TypeError, AttributeError) as error:
            raise damaged(f"{type(error).__name__}: {error}") from None
        raise damaged("its pickle does not end")

    def pop(self):
        if not self.stack or self.stack[-1] is _MARK:
            raise damaged("its pickle's stack is empty")
        return self.stack.pop()

    def push(self, value):
        self.stack.append(value)

    def items(self):
        """What was pushed since the last mark."""
        for place in range(len(self.stack) - 1, -1, -1):
            if self.stack[place] is _MARK:
                found = self.stack[place + 1 :]
                del self.stack[place:]
                return found
        raise damaged("its pickle has no mark")

    def name(self, module, name):
        found = _NAMES.get((module, name))
        if found is None:
            raise refused(f"{module}.{name}")
        self.push(found)

    def reduce(self):
        args, function = self.pop(), self.pop()
        if not isinstance(function, _Builder) or function.function is None:
            raise refused(f"a call of {getattr(function, 'name', function)!r}")
        if not isinstance(args, tuple):
            raise damaged("a call without arguments")
        self.push(function.function(*args))

    def build(self):
        state, value = self.pop(), self.pop()
        if isinstance(value, _EmptyArray):
            filled = value.fill(state)
            self.memo = {k: filled if v is value else v for k, v in self.memo.items()}
            self.push(filled)
        elif isinstance(value, np.dtype):
            swapped = isinstance(state, tuple) and state[1] in ("<", ">")
            self.push(value.newbyteorder(state[1]) if swapped else value)
        elif isinstance(value, (collections.OrderedDict, argparse.Namespace)):
            if not isinstance(state, dict) or not all(type(k) is str for k in state):
                raise damaged("attributes that are no dict of names")
            value.__dict__.update(state)
            self.push(value)
        elif isinstance(value, Tensor):
            self.push(value)
        else:
            raise refused(f"attributes on a {type(value).__name__}")

    def extend(self, method):
        items, target = self.items(), self.stack[-1]
        if method == "set":
            if not isinstance(target, dict):
                raise damaged("items set on something that is no dict")
            target.update(zip(items[::2], items[1::2], strict=True))
        elif method == "append":
            if not isinstance(target, list):
                raise damaged("items appended to something that is no list")
            target.extend(items)
        else:
            if not isinstance(target, set):
                raise damaged("items added to something that is no set")
            target.update(items)


def _one_item(reader):
    value = reader.pop()
    key = reader.pop()
    if not isinstance(reader.stack[-1], dict):
        raise damaged("an item set on something that is no dict")
    reader.stack[-1][key] = value


def _one_append(reader):
    value = reader.pop()
    if not isinstance(reader.stack[-1], list):
        raise damaged("an item appended to something that is no list")
    reader.stack[-1].append(value)


def _tuple_of(count):
    def step(reader, argument):
        reader.push(tuple(reversed([reader.pop() for _ in range(count)])))

    return step


def _memoize(reader, argument):
    reader.memo[len(reader.memo) if argument is None else argument] = reader.stack[-1]


def _stack_global(reader, argument):
    name, module = reader.pop(), reader.pop()
    reader.name(module, name)


def _new_object(reader, argument):
    """NEWOBJ: for the containers' classes the same as a call."""
    reader.reduce()


_STEPS = {
    "PROTO": lambda r, a: None,
    "FRAME": lambda r, a: None,
    "MARK": lambda r, a: r.push(_MARK),
    "POP": lambda r, a: r.stack.pop(),
    "POP_MARK": lambda r, a: r.items(),
    "DUP": lambda r, a: r.push(r.stack[-1]),
    "NONE": lambda r, a: r.push(None),
    "NEWTRUE": lambda r, a: r.push(True),
    "NEWFALSE": lambda r, a: r.push(False),
    "EMPTY_LIST": lambda r, a: r.push([]),
    "EMPTY_DICT": lambda r, a: r.push({}),
    "EMPTY_TUPLE": lambda r, a: r.push(()),
    "EMPTY_SET": lambda r, a: r.push(set()),
    "LIST": lambda r, a: r.push(r.items()),
    "TUPLE": lambda r, a: r.push(tuple(r.items())),
    "FROZENSET": lambda r, a: r.push(frozenset(r.items())),
    "TUPLE1": _tuple_of(1),
    "TUPLE2": _tuple_of(2),
    "TUPLE3": _tuple_of(3),
    "APPEND": lambda r, a: _one_append(r),
    "APPENDS": lambda r, a: r.extend("append"),
    "SETITEM": lambda r, a: _one_item(r),
    "SETITEMS": lambda r, a: r.extend("set"),
    "ADDITEMS": lambda r, a: r.extend("add"),
    "GET": lambda r, a: r.push(r.memo[a]),
    "BINGET": lambda r, a: r.push(r.memo[a]),
    "LONG_BINGET": lambda r, a: r.push(r.memo[a]),
    "PUT": _memoize,
    "BINPUT": _memoize,
    "LONG_BINPUT": _memoize,
    "MEMOIZE": _memoize,
    "GLOBAL": lambda r, a: r.name(*a.split(" ", 1)),
    "STACK_GLOBAL": _stack_global,
    "REDUCE": lambda r, a: r.reduce(),
    "NEWOBJ": _new_object,
    "BUILD": lambda r, a: r.build(),
    "BINPERSID": lambda r, a: r.push(r.storage_of(r.pop())),
}
for _name in (
    "INT BININT BININT1 BININT2 LONG LONG1 LONG4 FLOAT BINFLOAT STRING BINSTRING "
    "SHORT_BINSTRING UNICODE BINUNICODE BINUNICODE8 SHORT_BINUNICODE BINBYTES "
    "BINBYTES8 SHORT_BINBYTES BYTEARRAY8"
).split():
    _STEPS[_name] = lambda r, a: r.push(a)
