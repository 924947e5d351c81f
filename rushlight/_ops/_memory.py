"""Shared by the families: where an array's elements lie, and arrays in an order."""

import warnings

import numpy as np

from rushlight._backends.numpy import strided_view
from rushlight._base.errors import ArgumentRuntimeError, ArgumentTypeError, explain
from rushlight._base.layout import (
    channels_last,
    channels_last_3d,
    contiguous_format,
    memory_format,
    preserve_format,
)

#: Memory format -> the dimensions from the outermost to the innermost.
_ORDERS = {channels_last: (0, 2, 3, 1), channels_last_3d: (0, 2, 3, 4, 1)}


def memory_of_array(x):
    """The contiguous array that owns x's memory, and x's offset in it in bytes."""
    owner, kind = x, x.__class__
    while owner.base.__class__ is kind:
        owner = owner.base
    if not owner.flags.c_contiguous:  # Fortran order: the same memory, transposed
        owner = owner.T if owner.flags.f_contiguous else _all_of(owner)
    start = address(x) - address(owner)
    return owner if owner.dtype == x.dtype else _reread(owner, x.dtype), start


def _reread(owner, dtype):
    """All bytes of a contiguous array as elements of another dtype, in one row."""
    if owner.__class__ is not np.ndarray:
        return owner.reshape(-1).view(dtype)
    plain = owner.view(f"u{owner.itemsize}") if owner.dtype.kind == "V" else owner
    return np.ndarray((owner.nbytes // dtype.itemsize,), dtype, plain)


def address(x):
    """Where an array's first element lies."""
    if x.__class__ is np.ndarray:
        return x.__array_interface__["data"][0]
    return x.data.ptr


def _all_of(owner):
    """One dimension over the memory of an array that is in neither order."""
    order = sorted(range(owner.ndim), key=lambda dim: -owner.strides[dim])
    turned = owner.transpose(order)
    return turned if turned.flags.c_contiguous else owner


def in_format(x, format, dtype=None):
    """A copy of an array in a memory format (None: as it lies), maybe converted."""
    if format is None or format is preserve_format:
        return x.copy("K") if dtype is None else x.astype(dtype)
    order = dims_order(x, format)
    if order is None:
        return x.copy("C") if dtype is None else x.astype(dtype, "C")
    turned = x.transpose(order)
    turned = turned.copy("C") if dtype is None else turned.astype(dtype, "C")
    return turned.transpose([order.index(dim) for dim in range(len(order))])


def is_in_format(x, format):
    """Whether an array lies in a memory format."""
    order = dims_order(x, format, refuse=False)
    if order is None:
        return x.flags.c_contiguous
    return order != () and x.transpose(order).flags.c_contiguous


def dims_order(x, format, refuse=True):
    """The dimensions from outer to inner; None for the contiguous format.

    Raises:
        RuntimeError: where the format needs another number of dimensions (if refuse;
            else the answer is empty).
    """
    if format.__class__ is not memory_format:
        raise ArgumentTypeError(
            explain(
                "memory_format",
                expected="a torch.memory_format",
                got=type(format).__name__,
                do="Pass torch.contiguous_format or torch.channels_last.",
            )
        )
    if format is contiguous_format or format is preserve_format:
        return None
    order = _ORDERS[format]
    if len(x.shape) == len(order):
        return order
    if not refuse:
        return ()
    raise ArgumentRuntimeError(
        explain(
            "memory_format",
            expected=f"a required rank {len(order)} tensor to use {format}",
            got=f"{len(x.shape)} dimensions",
            do="Use torch.contiguous_format.",
        )
    )


def region(x, shape, strides, offset=0):
    """A view over x's memory: strides and offset in bytes, counted from x's start.

    The caller answers for the region lying inside the memory.
    """
    if x.__class__ is not np.ndarray:
        return x.__class__(shape, x.dtype, x.data + offset, strides)
    if x.flags.c_contiguous:
        return strided_view(x, shape, strides, offset)
    owner, start = memory_of_array(x)
    return strided_view(owner, shape, strides, start + offset)


def overlaps(shape, strides):
    """Whether some elements of a region may lie on each other."""
    if 0 in shape:
        return False
    reach = 0
    for step, size in sorted(zip(strides, shape, strict=True)):
        if size == 1:
            continue
        if step <= reach:
            return True
        reach += step * (size - 1)
    return False


class _Foreign:
    """Memory that belongs to an array which is not to count as its owner."""

    def __init__(self, array, count):
        self.array = array
        self.__array_interface__ = {
            "version": 3,
            "data": (address(array), not array.flags.writeable),
            "typestr": f"|u{array.itemsize}"
            if array.dtype.kind == "V"
            else array.dtype.str,
            "shape": (count,),
        }


def foreign_array(array, count):
    """So many elements from an array's start on, as an array that has no owner."""
    whole = np.asarray(_Foreign(array, count))
    return whole if whole.dtype == array.dtype else whole.view(array.dtype)


_warned = []


def real_part(x):
    """The real part, of values that are written where no imaginary part fits."""
    if not _warned:
        _warned.append(True)
        warnings.warn(
            "complex values are cast to real ones and lose their imaginary part. Use "
            ".real if that is meant.",
            UserWarning,
            stacklevel=5,
        )
    return x.real
