"""safetensors files: a JSON header with names, dtypes, shapes, places; then the bytes.

The format: https://github.com/huggingface/safetensors#format
"""

import json
import os
import struct

import numpy as np

from rushlight._base import dtype as dtypes
from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import ArgumentError, ArgumentTypeError, explain
from rushlight._base.shape import numel
from rushlight._core.tensor import Tensor, wrap
from rushlight.serialization.atomic import atomic_file
from rushlight.serialization.refusals import damaged

_NAMES = {
    dtypes.bool: "BOOL",
    dtypes.uint8: "U8",
    dtypes.int8: "I8",
    dtypes.int16: "I16",
    dtypes.uint16: "U16",
    dtypes.int32: "I32",
    dtypes.uint32: "U32",
    dtypes.int64: "I64",
    dtypes.uint64: "U64",
    dtypes.float16: "F16",
    dtypes.bfloat16: "BF16",
    dtypes.float32: "F32",
    dtypes.float64: "F64",
    dtypes.complex64: "C64",
}
_DTYPES = {name: dtype for dtype, name in _NAMES.items()}
_LONGEST_HEADER = 100_000_000


def save_file(tensors, filename, metadata=None):
    """Save a flat dict of tensors as a safetensors file, atomically.

    Args:
        tensors: {name: Tensor}; each is saved whole, so shared memory is refused.
        filename: a path.
        metadata: a dict of texts for the header.

    Raises:
        TypeError: for values that are no tensors, or metadata that is no text.
        ValueError: where two tensors share memory, or a dtype has no name there.
    """
    header, place, arrays, seen = {}, 0, [], {}
    if metadata is not None:
        header["__metadata__"] = _checked_metadata(metadata)
    order = sorted(tensors, key=lambda n: (-_itemsize(tensors[n], n), n))
    for name in order:
        array = np.ascontiguousarray(tensors[name].detach().cpu()._array)
        start = tensors[name]._array.__array_interface__["data"][0]
        if array.size and seen.setdefault(start, name) != name:
            raise ArgumentError(
                explain(
                    "save_file()",
                    expected="tensors with memory of their own",
                    got=f"'{name}' and '{seen[start]}', which share memory",
                    do="Save one of them, or a .clone().",
                )
            )
        header[name] = {
            "dtype": _NAMES[BY_NUMPY[array.dtype]],
            "shape": list(tensors[name].shape),
            "data_offsets": [place, place + array.nbytes],
        }
        place += array.nbytes
        arrays.append(array)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with atomic_file(filename) as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in arrays:
            file.write(memoryview(array.reshape(-1).view(np.uint8)))


def _itemsize(tensor, name):
    if not isinstance(tensor, Tensor):
        raise ArgumentTypeError(
            explain(
                "save_file()",
                expected=f"'{name}' to be a Tensor",
                got=type(tensor).__name__,
                do="Save numbers and texts in metadata, or use save().",
            )
        )
    if tensor.dtype not in _NAMES:
        raise ArgumentError(
            explain(
                "save_file()",
                expected="a dtype that safetensors has",
                got=f"{tensor.dtype} for '{name}'",
                do="Convert it, or use save().",
            )
        )
    return tensor.itemsize


def _checked_metadata(metadata):
    if not all(isinstance(v, str) for pair in metadata.items() for v in pair):
        raise ArgumentTypeError(
            explain(
                "save_file()",
                expected="metadata of texts",
                got=metadata,
                do="Convert the values with str().",
            )
        )
    return dict(metadata)


def read_header(file):
    """The header of an open safetensors file, checked: (entries, metadata, start).

    Raises:
        pickle.UnpicklingError: for a damaged header.
    """
    size = os.fstat(file.fileno()).st_size
    head = file.read(8)
    length = struct.unpack("<Q", head)[0] if len(head) == 8 else 0
    if not 2 <= length <= min(size - 8, _LONGEST_HEADER):
        raise damaged("it has no safetensors header")
    try:
        header = json.loads(file.read(length))
        metadata = header.pop("__metadata__", {})
    except (ValueError, AttributeError, TypeError):
        raise damaged("its safetensors header is no JSON object") from None
    for name, entry in header.items():
        _check_entry(name, entry, size - 8 - length)
    return header, metadata, 8 + length


def _check_entry(name, entry, room):
    try:
        dtype = _DTYPES[entry["dtype"]]
        shape, (start, stop) = entry["shape"], entry["data_offsets"]
        whole = all(type(n) is int and n >= 0 for n in (*shape, start, stop))
        fits = whole and stop - start == numel(shape) * dtype.itemsize and stop <= room
    except (KeyError, TypeError, ValueError):
        fits = False
    if not fits:
        raise damaged(f"the safetensors entry '{name}' does not fit the file")


def load_file(filename, device="cpu"):
    """Load a safetensors file.

    Args:
        filename: a path.
        device: where to put the tensors.

    Returns:
        dict: {name: Tensor}, in the file's order.

    Raises:
        pickle.UnpicklingError: for a damaged file.
    """
    with open(filename, "rb") as file:
        header, _, begin = read_header(file)
        result = {}
        for name, entry in header.items():
            file.seek(begin + entry["data_offsets"][0])
            array = np.empty(entry["shape"], _DTYPES[entry["dtype"]].numpy)
            if array.size:
                file.readinto(memoryview(array.reshape(-1).view(np.uint8)))
            result[name] = wrap(array)
    return {n: t if device == "cpu" else t.to(device) for n, t in result.items()}
