"""IDX, the file format of MNIST and its kin: a magic number, sizes, the elements."""

import math
import os

import numpy as np

from rushlight._base.errors import (
    ArgumentAssertionError,
    ArgumentError,
    ArgumentRuntimeError,
    ArgumentTypeError,
    explain,
)
from rushlight._core.tensor import wrap

#: The third byte of the magic number says what the elements are.
_DTYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


def read_sn3_pascalvincent_tensor(path, strict=True):
    """The array in an IDX file.

    Args:
        path: of the file.
        strict: whether elements beyond what the sizes say are an error; too few always
            are.

    Returns:
        Tensor of one to three dimensions.

    Raises:
        AssertionError: for a file of another kind.
        RuntimeError: for one that is cut short.
    """
    found = os.path.getsize(path)
    with open(path, "rb") as file:
        kind, ndim = _magic(path, file.read(4))
        dtype = np.dtype(_DTYPES[kind])
        sizes = [int.from_bytes(file.read(4), "big") for _ in range(ndim)]
        start, count = 4 * (ndim + 1), math.prod(sizes)
        needed = start + count * dtype.itemsize
        if found < needed:
            raise _wrong_length(path, needed, found, ArgumentRuntimeError)
        if strict and found > needed:
            raise _wrong_length(path, needed, found, ArgumentAssertionError)
        array = np.fromfile(file, dtype, count)
    return wrap(array.astype(dtype.newbyteorder("="), copy=False).reshape(sizes))


def _magic(path, head):
    """The kind of elements and the number of dimensions."""
    if (
        len(head) < 4
        or head[:2] != b"\0\0"
        or head[2] not in _DTYPES
        or (not 1 <= head[3] <= 3)
    ):
        raise ArgumentAssertionError(
            explain(
                str(path),
                expected="an IDX file of one to three dimensions",
                got=f"a file that begins with {head.hex(' ') or 'nothing'}",
                do="Delete it and download it again; a .gz file has to be unpacked.",
            )
        )
    return head[2], head[3]


def _wrong_length(path, needed, found, kind):
    return kind(
        explain(
            str(path),
            expected=f"{needed} bytes by its own header",
            got=f"{found}",
            do="Delete it and download it again (download=True).",
        )
    )


def read_image_file(path):
    """The pictures in an IDX file.

    Returns:
        Tensor (N, H, W), uint8.

    Raises:
        TypeError: for elements that are no bytes.
        ValueError: for another number of dimensions than three.
    """
    return _bytes(path, 3)


def read_label_file(path):
    """The labels in an IDX file.

    Returns:
        Tensor (N,), int64.

    Raises:
        TypeError: for elements that are no bytes.
        ValueError: for another number of dimensions than one.
    """
    return _bytes(path, 1).long()


def _bytes(path, ndim):
    tensor = read_sn3_pascalvincent_tensor(path, strict=False)
    if tensor._array.dtype != np.uint8:
        raise ArgumentTypeError(
            explain(
                str(path),
                expected="bytes (dtype torch.uint8)",
                got=tensor.dtype,
                do="Check that it is the file that its name says.",
            )
        )
    if tensor.ndim != ndim:
        raise ArgumentError(
            explain(
                str(path),
                expected=f"{ndim} dimension{'s' * (ndim > 1)}",
                got=f"{tensor.ndim}",
                do="Check that it is the file that its name says.",
            )
        )
    return tensor
