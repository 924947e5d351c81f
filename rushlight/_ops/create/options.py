"""Shared by the families that create tensors: their common arguments."""

import numpy as np

from rushlight._backends import backend_for
from rushlight._base import config
from rushlight._base.device import as_device
from rushlight._base.errors import (
    ArgumentRuntimeError,
    ArgumentTypeError,
    DtypeError,
    UnsupportedError,
    explain,
)
from rushlight._base.layout import layout as layout_class
from rushlight._base.layout import strided
from rushlight._base.shape import as_shape
from rushlight._core.guarding import GUARDS
from rushlight._core.inplace import overwrite
from rushlight._core.tensor import Tensor, wrap
from rushlight._ops._values import as_dtype

_BYTE = np.dtype(np.uint8)


def sizes_of(args, size, who):
    """The shape from ``(2, 3)``, ``((2, 3),)`` or ``size=(2, 3)``.

    Raises:
        TypeError: where no size is given, or one is no integer.
        RuntimeError: where one is negative.
    """
    if size is None and args:
        for number in args:
            if number.__class__ is not int or number < 0:
                break
        else:
            return args
    if size is not None:
        args = (size, *args)
    elif not args:
        raise ArgumentTypeError(
            explain(who, expected="sizes", got="none", do="Pass () for a 0-d tensor.")
        )
    shape = as_shape(args, who)
    for number in shape:
        if number < 0:
            raise ArgumentRuntimeError(
                explain(
                    who,
                    expected="sizes of zero or more (Dimension size must be "
                    "non-negative)",
                    got=list(shape),
                    do="A size of -1 has a meaning in reshape only.",
                )
            )
    return shape


def dtype_or_default(dtype, who):
    """The default dtype for None, else the dtype that an argument means."""
    return config.default_dtype() if dtype is None else as_dtype(dtype, who)


def check_options(layout, pin_memory, who):
    """Refuse layouts other than strided, and pinned memory where there is none."""
    if layout is not None and layout is not strided:
        if isinstance(layout, layout_class):
            raise UnsupportedError(
                explain(who, expected="torch.strided", got=layout, do="Leave it out.")
            )
        raise ArgumentTypeError(
            explain(
                who,
                expected="argument 'layout' to be a torch.layout",
                got=type(layout).__name__,
                do="Leave it out.",
            )
        )
    if pin_memory:
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="pin_memory=True only beside a CUDA GPU",
                got="no pinned memory on this machine",
                do="Leave it out, or call .pin_memory() where there is a GPU.",
            )
        )


def finish(array, device=None, requires_grad=False):
    """A leaf over a host array, moved to a device."""
    if array.dtype is _BYTE and GUARDS.on:
        GUARDS.see.bytes()
    device = as_device(device)
    if device.type != "cpu":
        array = backend_for(device).from_host(array, device)
    result = wrap(array)
    if requires_grad:
        result.requires_grad = True
    return result


def put_created(array, out, dtype, who):
    """Write a created array into ``out=``, which is resized and keeps its dtype."""
    if not isinstance(out, Tensor):
        raise ArgumentTypeError(
            explain(
                who,
                expected="out= to be a Tensor",
                got=type(out).__name__,
                do="Make one with torch.empty(0).",
            )
        )
    if dtype is not None and as_dtype(dtype, who) is not out.dtype:
        raise DtypeError(
            explain(
                who,
                expected=f"dtype {out.dtype}, that of out=",
                got=dtype,
                do="Leave dtype= out.",
            )
        )
    if out._array.shape != array.shape:
        out.resize_(array.shape)
    found = backend_for(out.device).from_host(np.asarray(array), out.device)
    overwrite(out, wrap(found.astype(out._array.dtype)), who)
    return out
