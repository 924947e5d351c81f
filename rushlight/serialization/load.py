"""load(): read torch's files, zip and older, without executing anything in them."""

import os
import pickle
import struct
import zipfile
import zlib

import numpy as np

from rushlight._backends import backend_for
from rushlight._base.device import device
from rushlight._base.errors import (
    ArgumentError,
    DeviceError,
    RushlightError,
    explain,
)
from rushlight.serialization.builders import StorageArray, StorageType
from rushlight.serialization.refusals import damaged
from rushlight.serialization.unpickle import Reader

#: What zipfile raises on files that are not whole.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)
_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C


def load(
    f,
    map_location=None,
    pickle_module=None,
    *,
    weights_only=True,
    mmap=None,
    **pickle_load_args,
):
    """Load what `save`, or torch.save, has written.

    Only tensors and plain containers are built and nothing in the file is executed,
    whatever weights_only says.

    Args:
        f: a path or a binary file that can seek.
        map_location: a device or its name, a dict from saved to wanted names, or a
            function ``(storage, location)`` of which only the location is used.
        pickle_module: must be left out.
        weights_only: True or False, without a difference.
        mmap: map the tensors from the file instead of reading them; needs a path.
        pickle_load_args: must be left out.

    Returns:
        The saved object.

    Raises:
        pickle.UnpicklingError: for a file that asks for more, or is damaged.
        RuntimeError: for a file in no known format, or tensors of a device that is not
            there.
        FileNotFoundError: where there is no such file.

    >>> import io, rushlight
    >>> file = io.BytesIO()
    >>> rushlight.save([rushlight.zeros(1)], file)
    >>> _ = file.seek(0)
    >>> rushlight.load(file)
    [tensor([0.])]
    """
    if pickle_module not in (None, pickle) or set(pickle_load_args) - {"encoding"}:
        raise ArgumentError(
            explain(
                "load()",
                expected="no pickle_module and no pickle arguments",
                got=f"{pickle_module}, {pickle_load_args}",
                do="Leave them away: the file is read without pickle.",
            )
        )
    place = _placing(map_location)
    if isinstance(f, (str, os.PathLike)):
        with open(f, "rb") as file:
            return _load(file, place, mmap)
    if mmap:
        raise ArgumentError(
            explain(
                "load()",
                expected="a path where mmap=True",
                got=type(f).__name__,
                do="Pass the file's name.",
            )
        )
    return _load(f, place, False)


def _load(file, place, mapped):
    start = file.tell()
    head = file.read(4)
    file.seek(start)
    if head[:2] == b"PK":
        return _load_zip(file, place, mapped)
    if mapped:
        raise ArgumentError("load(): expected a zip file where mmap=True, got another.")
    return _load_legacy(file, place, head)


class Archive:
    """A torch zip file: its records by their names without the leading folder."""

    def __init__(self, file):
        try:
            self.zip = zipfile.ZipFile(file)
        except _DAMAGE as error:
            raise damaged(str(error)) from None
        self.file = file
        self.records = {
            info.filename.partition("/")[2]: info for info in self.zip.infolist()
        }
        if "data.pkl" not in self.records:
            raise damaged("there is no data.pkl in it; it is no file of torch.save")

    def read(self, name):
        """A record's bytes, checked."""
        if name not in self.records:
            raise damaged(f"the record {name} is missing")
        try:
            return self.zip.read(self.records[name])
        except _DAMAGE as error:
            raise damaged(f"{name}: {error}") from None

    def array(self, name, dtype, count, mapped):
        """A record as a flat writable array."""
        info = self.records.get(name)
        if info is None or info.file_size < count * dtype.itemsize:
            raise damaged(f"the storage {name} is missing or cut short")
        if mapped and count and info.compress_type == zipfile.ZIP_STORED:
            return np.memmap(self.file.name, dtype, "c", self._offset(info), (count,))
        array = np.empty(count, dtype)
        if not count:
            return array
        try:
            got = self._fill(info, memoryview(array.view(np.uint8)))
        except _DAMAGE as error:
            raise damaged(f"{name}: {error}") from None
        if got < array.nbytes:
            raise damaged(f"the storage {name} is cut short")
        return array

    def _fill(self, info, room):
        """Read a record into memory; how many bytes came."""
        got = 0
        with self.zip.open(info) as record:
            while got < len(room):
                more = record.readinto(room[got:])
                if not more:
                    break
                got += more
            record.read(1)  # reaches the end, where the checksum is compared
        return got

    def _offset(self, info):
        self.file.seek(info.header_offset + 26)
        name, extra = struct.unpack("<HH", self.file.read(4))
        return info.header_offset + 30 + name + extra


def _load_zip(file, place, mapped):
    archive = Archive(file)
    order = "<"
    if "byteorder" in archive.records:
        order = {b"little": "<", b"big": ">"}.get(archive.read("byteorder"), "<")
    storages = {}

    def storage_of(persistent):
        kind, key, location, count = _persistent(persistent)
        if key not in storages:
            dtype = kind.dtype.numpy.newbyteorder(order)
            array = archive.array(f"data/{key}", dtype, count, mapped)
            array = array.astype(kind.dtype.numpy, copy=False)
            storages[key] = StorageArray(place(array, location))
        return storages[key]

    return Reader(archive.read("data.pkl"), storage_of).read()


def _persistent(persistent):
    """The parts of a storage's id, checked."""
    if not isinstance(persistent, tuple) or len(persistent) < 5:
        raise damaged("a storage with an unknown id")
    tag, kind, key, location, count, *_ = persistent
    if tag != "storage" or not isinstance(kind, StorageType):
        raise damaged(f"a storage with an unknown id {tag!r}")
    if type(count) is not int or count < 0:
        raise damaged("a storage of impossible size")
    return kind, str(key), str(location), count


def _placing(map_location):
    """A function (array, saved location) -> array on the wanted device."""

    def target(location):
        if map_location is None:
            return location
        if isinstance(map_location, dict):
            return str(map_location.get(location, location))
        if callable(map_location) and not isinstance(map_location, device):
            wanted = map_location(_Located(location), location)
            return getattr(wanted, "location", None) or location
        return str(map_location)

    def place(array, location):
        wanted = device(target(location))
        if wanted.type == "cpu":
            return array
        try:
            return backend_for(wanted).from_host(array, wanted)
        except DeviceError as error:
            raise DeviceError(
                explain(
                    "load()",
                    expected=f"the device '{location}' that a tensor was saved on",
                    got=f"attempting to deserialize object on a CUDA device: {error}",
                    do="Pass map_location='cpu'.",
                )
            ) from None

    return place


class _Located:
    """What a map_location function is given: moving it only names a place."""

    def __init__(self, location):
        self.location = location

    def cpu(self):
        return _Located("cpu")

    def cuda(self, index=0):
        return _Located(f"cuda:{index}")


def _load_legacy(file, place, head):
    """The format before the zip: several pickles, then the storages' bytes."""
    try:
        magic = _next_pickle(file)
        if magic != _LEGACY_MAGIC:
            raise ValueError
    except (RushlightError, ValueError, AttributeError, RecursionError):
        raise RuntimeError(
            explain(
                "load()",
                expected="a file written by save() or torch.save",
                got=f"one that begins with {head!r}",
                do="Use load_file for safetensors; check the path otherwise.",
            )
        ) from None
    _next_pickle(file)  # the protocol
    _next_pickle(file)  # sizes of the writer's integers
    storages, ids = {}, {}

    def storage_of(persistent):
        kind, key, location, count = _persistent(persistent)
        ids[key] = kind, location, count
        if key not in storages:
            storages[key] = StorageArray(np.empty(count, kind.dtype.numpy))
        return storages[key]

    result = _next_pickle(file, storage_of)
    for key in _next_pickle(file):
        _fill_legacy(file, storages.get(str(key)), ids.get(str(key)), place)
    return result


def _fill_legacy(file, storage, known, place):
    if storage is None or known is None:
        raise damaged("a storage that no tensor uses")
    kind, location, _ = known
    (count,) = struct.unpack("<q", file.read(8))
    data = file.read(count * kind.dtype.itemsize)
    if count != storage.array.size or len(data) != storage.array.nbytes:
        raise damaged("a storage is cut short")
    storage.array[...] = np.frombuffer(data, kind.dtype.numpy)
    if place(storage.array, location) is not storage.array:
        raise damaged("an old file can only be loaded to the CPU: map_location='cpu'")


def _next_pickle(file, storage_of=None):
    def no_storage(persistent):
        raise damaged("a storage where none belongs")

    return Reader(file, storage_of or no_storage).read()
