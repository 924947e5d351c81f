"""save(): write tensors and plain containers as torch's zip file.

# Note [What is saved]
# A file is of use only if it can be read without running anything, so save() refuses
# at once what load() would refuse later: objects of classes.  Tensors over one memory
# are saved with that memory once, and share it again when they are loaded.
"""

import argparse
import collections
import io
import os
import pickle
import struct
import sys
import uuid
import zipfile
import zlib
from types import BuiltinFunctionType, FunctionType

import numpy as np

from rushlight._backends import backend_of
from rushlight._base.device import device
from rushlight._base.dtype import BY_NUMPY, dtype
from rushlight._base.errors import ArgumentError, ArgumentTypeError, explain
from rushlight._base.shape import Size
from rushlight._core.tensor import Tensor
from rushlight.serialization import names
from rushlight.serialization.atomic import atomic_file

_ALIGNMENT = 64
_PLAIN = {
    dict,
    list,
    tuple,
    set,
    frozenset,
    str,
    bytes,
    bytearray,
    bool,
    int,
    float,
    complex,
    type(None),
    range,
    slice,
    collections.OrderedDict,
    collections.defaultdict,
    collections.Counter,
    argparse.Namespace,
    np.ndarray,
    *(type(np.dtype(code)) for code in "?bhilqBHILQefdFD"),
    dtype,
}


def save(
    obj,
    f,
    pickle_module=pickle,
    pickle_protocol=2,
    _use_new_zipfile_serialization=True,
):
    """Save tensors, numbers, texts and containers of those to a file.

    Args:
        obj: what to save, e.g. ``model.state_dict()`` or a dict of several.
        f: a path, which is replaced atomically, or a binary file to write to.
        pickle_module: must be Python's pickle.
        pickle_protocol: must be 2, which every reader understands.
        _use_new_zipfile_serialization: must be True.

    Raises:
        TypeError: for objects of other classes; save a module's state_dict instead.
        ValueError: for a protocol or format that is not written.

    >>> import io, rushlight
    >>> file = io.BytesIO()
    >>> rushlight.save({"w": rushlight.ones(2)}, file)
    >>> _ = file.seek(0)
    >>> rushlight.load(file)
    {'w': tensor([1., 1.])}
    """
    if pickle_protocol != 2 or not _use_new_zipfile_serialization:
        raise ArgumentError(
            explain(
                "save()",
                expected="pickle_protocol=2 and the zip format",
                got=f"pickle_protocol={pickle_protocol}, "
                f"_use_new_zipfile_serialization={_use_new_zipfile_serialization}",
                do="Leave both away.",
            )
        )
    if pickle_module is not pickle:
        raise ArgumentError(
            explain(
                "save()",
                expected="Python's own pickle as pickle_module",
                got=pickle_module.__name__,
                do="Leave it away.",
            )
        )
    writer = _Pickler()
    writer.dump(obj)
    if isinstance(f, (str, os.PathLike)):
        stem = os.path.splitext(os.path.basename(os.fspath(f)))[0]
        with atomic_file(f) as file:
            _write_archive(file, stem or "archive", writer)
        return
    if not hasattr(f, "write"):
        raise ArgumentTypeError(
            explain(
                "save()",
                expected="a path or a file open for writing in binary mode",
                got=type(f).__name__,
                do="Pass a file name.",
            )
        )
    stream = io.BytesIO()
    _write_archive(stream, "archive", writer)
    f.write(stream.getbuffer())


class _Global:
    """A name in the file: written as it is, never looked up."""

    def __init__(self, module, name):
        self.module, self.name = module, name

    def __call__(self):  # pickle asks that what a file calls be callable
        raise TypeError(f"{self.module}.{self.name} is only a name")


class _Storage:
    """A tensor's memory on its way into the file."""

    def __init__(self, key, array, dtype_, location):
        self.key, self.array, self.dtype, self.location = key, array, dtype_, location


class _Pickler(pickle._Pickler):
    """Python's pickler, with torch's names for tensors and only plain objects."""

    dispatch = dict(pickle._Pickler.dispatch)

    def __init__(self):
        self.stream = io.BytesIO()
        self.storages = {}
        super().__init__(self.stream, protocol=2)

    def persistent_id(self, obj):
        if not isinstance(obj, _Storage):
            return None
        kind = names.STORAGES.get(obj.dtype)
        module, name = ("torch", kind) if kind else names.UNTYPED
        count = obj.array.size if kind else obj.array.nbytes
        return ("storage", _Global(module, name), obj.key, obj.location, count)

    def save_global_name(self, obj):
        self.write(f"c{obj.module}\n{obj.name}\n".encode())
        self.memoize(obj)

    dispatch[_Global] = save_global_name

    def reducer_override(self, obj):
        if isinstance(obj, Tensor):
            return self._reduce_tensor(obj)
        if isinstance(obj, Size):
            return _Global("torch", "Size"), (tuple(obj),)
        if isinstance(obj, device):
            place = (obj.type,) if obj.index is None else (obj.type, obj.index)
            return _Global("torch", "device"), place
        if type(obj) in _PLAIN or isinstance(obj, np.generic) or _is_known_name(obj):
            return NotImplemented
        raise _not_plain(obj)

    def save_dtype(self, obj):
        self.write(f"ctorch\n{obj.name}\n".encode())
        self.memoize(obj)

    dispatch[dtype] = save_dtype

    def _reduce_tensor(self, tensor):
        storage, offset, strides = self._storage_of(tensor)
        hooks = collections.OrderedDict()
        wanted = tensor.requires_grad
        args = (storage, offset, tuple(tensor.shape), strides, wanted, hooks)
        if tensor.dtype not in names.STORAGES:
            rebuild = _Global(*names.REBUILD_TENSOR_OF_DTYPE)
            return rebuild, (*args, tensor.dtype)
        if type(tensor).__name__ == "Parameter":
            plain = _Reduced(_Global(*names.REBUILD_TENSOR), (*args[:4], False, hooks))
            return _Global(*names.REBUILD_PARAMETER), (plain, wanted, hooks)
        return _Global(*names.REBUILD_TENSOR), args

    def _storage_of(self, tensor):
        """The memory under a tensor, its place there and its strides, in elements."""
        array = backend_of(tensor._array.__class__).to_host(tensor._array)
        owner = _owner(array)
        start = array.__array_interface__["data"][0]
        begin = owner.__array_interface__["data"][0]
        key = (begin, owner.nbytes, array.dtype) if owner.size else id(tensor)
        storage = self.storages.get(key)
        if storage is None:
            storage = _Storage(
                str(len(self.storages)),
                owner,
                BY_NUMPY[array.dtype],
                str(tensor.device),
            )
            self.storages[key] = storage
        strides = tuple(step // array.itemsize for step in array.strides)
        return storage, (start - begin) // array.itemsize, strides


class _Reduced:
    """An object that pickles as a call with arguments."""

    def __init__(self, function, args):
        self.function, self.args = function, args


_PLAIN |= {_Global, _Storage, _Reduced}


def _save_reduced(self, obj):
    self.save_reduce(obj.function, obj.args)


_Pickler.dispatch[_Reduced] = _save_reduced


def _is_known_name(obj):
    """Functions and classes that the pickles of plain objects name."""
    if not isinstance(obj, (type, FunctionType, BuiltinFunctionType)):
        return False
    module = (obj.__module__ or "").split(".")[0]
    return module in ("numpy", "_codecs", "builtins", "collections", "argparse")


def _not_plain(obj):
    kind = type(obj)
    what = f"a {kind.__module__}.{kind.__qualname__}"
    do = "Save its values in a dict instead."
    if hasattr(obj, "state_dict"):
        do = "Save its .state_dict() and load that into a new object."
    return ArgumentTypeError(
        explain(
            "save()",
            expected="tensors, numbers, texts and containers of those, which can be "
            "loaded without running code",
            got=what,
            do=do,
        )
    )


def _owner(array):
    """The whole contiguous memory that an array is a view of, as a flat array."""
    owner = array
    while isinstance(owner.base, np.ndarray) and owner.base.dtype == array.dtype:
        owner = owner.base
    if owner.flags.c_contiguous:
        return owner.reshape(-1)
    if owner.flags.f_contiguous:
        return owner.T.reshape(-1)
    # memory of someone else's with gaps: take the span that this array covers
    return _span(array)


def _span(array):
    last = sum((n - 1) * s for n, s in zip(array.shape, array.strides, strict=True))
    count = last // array.itemsize + 1 if array.size else 0
    return np.lib.stride_tricks.as_strided(array, (count,), (array.itemsize,))


def _write_archive(file, stem, writer):
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        _write(archive, f"{stem}/data.pkl", writer.stream.getvalue())
        _write(archive, f"{stem}/.format_version", b"1")
        _write(archive, f"{stem}/.storage_alignment", str(_ALIGNMENT).encode())
        _write(archive, f"{stem}/byteorder", sys.byteorder.encode())
        check = 0
        for storage in writer.storages.values():
            data = memoryview(np.ascontiguousarray(storage.array).view(np.uint8))
            check = zlib.crc32(data[:4096], check)
            _write(archive, f"{stem}/data/{storage.key}", data)
        _write(archive, f"{stem}/version", b"3\n")
        number = uuid.uuid5(uuid.NAMESPACE_OID, f"{check}-{len(writer.storages)}").int
        _write(
            archive, f"{stem}/.data/serialization_id", f"{number:040d}"[:40].encode()
        )


def _write(archive, name, data):
    """One record, its data aligned as torch aligns it (padding in the extra field)."""
    info = zipfile.ZipInfo(name)
    start = archive.fp.tell() + 30 + len(name.encode()) + 4
    padding = -start % _ALIGNMENT
    info.extra = struct.pack("<2sH", b"FB", padding) + b"Z" * padding
    archive.writestr(info, data)
