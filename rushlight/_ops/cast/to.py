"""Conversion to another dtype, device or memory format: to."""

import numpy as np

from rushlight._backends import backend_for, device_of
from rushlight._base import dtype as dtypes
from rushlight._base.device import as_device
from rushlight._base.device import device as device_class
from rushlight._base.errors import (
    ArgumentRuntimeError,
    ArgumentTypeError,
    UnsupportedError,
    explain,
)
from rushlight._base.layout import preserve_format as _PRESERVE
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.guarding import GUARDS
from rushlight._core.table import define
from rushlight._core.tensor import Tensor
from rushlight._ops._memory import dims_order, in_format, is_in_format, real_part
from rushlight._ops._values import as_dtype
from rushlight._ops.cast.copies import same_grad

_dtype = dtypes.dtype

# ------------------------------------------------------------------------------ cast


def _cast_spec(x, *, dtype, format=None):
    if format is not None:
        dims_order(x, format)
    return Spec(x.shape, dtype.numpy)


def _cast_eager(backend, x, *, dtype, format=None):
    wanted, kind = dtype.numpy, x.dtype.kind
    if format is not None:
        with np.errstate(all="ignore"):
            return in_format(x, format, wanted)
    if kind in "biu":
        return x.astype(wanted)
    if kind == "c" and wanted.kind not in "cb":
        x = real_part(x)
    with np.errstate(all="ignore"):
        return x.astype(wanted)


def _cast_lower(k, x, *, dtype, format=None):
    return k.cast(x, dtype)


CAST = define(
    "to",
    eager=_cast_eager,
    spec=_cast_spec,
    grad=same_grad,
    lower=_cast_lower,
    node="ToCopyBackward0",
)

# ------------------------------------------------------------------------------ move


def _move_spec(x, *, device, source):
    return Spec(x.shape, x.dtype)


def _move_eager(backend, x, *, device, source):
    target = backend_for(device)
    if target is not backend:
        return target.from_host(backend.to_host(x), device)
    return target.from_host(x, device)


def _move_grad(g, *, source):
    return g.to(source)


MOVE = define(
    "move",
    eager=_move_eager,
    spec=_move_spec,
    grad=_move_grad,
    node="ToCopyBackward0",
)


def moved(input, device, who):
    """The tensor on another device (itself if it is there)."""
    source = device_of(input._array)
    if source.type == device.type and (
        source == device or device.index is None or device.type == "cpu"
    ):
        return input
    backend_for(device)  # refuses a device that is not there
    if source.type == "meta":
        raise UnsupportedError(
            explain(
                who,
                expected="a tensor with data",
                got="a meta tensor: cannot copy out of meta tensor; no data!",
                do="Create it on the device, or use torch.empty_like(x, device=...).",
            )
        )
    return call(MOVE, input, device=device, source=source)


# -------------------------------------------------------------------------------- to


def to(
    input,
    *args,
    dtype=None,
    device=None,
    other=None,
    non_blocking=False,
    copy=False,
    memory_format=None,
):
    """Convert to another dtype, device or memory format.

    Takes ``to(dtype)``, ``to(device)``, ``to(device, dtype)`` or ``to(other)``, each
    with ``non_blocking`` and ``copy`` as further arguments.

    Args:
        input: (*), any dtype.
        dtype: the element type that is wanted.
        device: the device that is wanted.
        other: a tensor whose dtype and device are wanted.
        non_blocking: do not wait for a copy between CPU and GPU.
        copy: copy even where nothing changes.
        memory_format: the order of the dimensions in memory.

    Returns:
        Tensor: ``input`` itself where nothing changes and copy is False.

    Raises:
        TypeError: for arguments of other types.
        NotImplementedError: for a meta tensor that is to leave that device.

    >>> import rushlight
    >>> rushlight.tensor([1.7, -1.7]).to(rushlight.int64)
    tensor([ 1, -1])
    """
    if args:
        first = args[0]
        if first.__class__ is _dtype and len(args) == 1 and dtype is None:
            dtype = first
        else:
            device, dtype, non_blocking, copy, memory_format = _parse(
                args, device, dtype, non_blocking, copy, memory_format
            )
    if other is not None:
        device, dtype = _of_other(other, device, dtype)
    if device is not None:
        at_home = moved(input, as_device(device), "to()")
        copy = copy and at_home is input
        input = at_home
    if dtype is not None:
        return _converted(input, dtype, copy, memory_format)
    if memory_format is not None and not _lies_in(input, memory_format):
        copy = True
    return CAST.short(input, dtype=input.dtype, format=memory_format) if copy else input


def _converted(input, dtype, copy=False, memory_format=None):
    """The tensor in another dtype and format; itself where it is so already."""
    if dtype.__class__ is not _dtype:
        dtype = as_dtype(dtype, "to()")
    if dtype is dtypes.uint8 and GUARDS.on:
        GUARDS.see.bytes(input)
    if memory_format is None:
        if dtype.numpy is input._array.dtype and not copy:
            return input
        return CAST.short(input, dtype=dtype)
    same = dtype.numpy == input._array.dtype and _lies_in(input, memory_format)
    if same and not copy:
        return input
    return CAST.short(input, dtype=dtype, format=memory_format)


def _lies_in(input, memory_format):
    array = input._array
    if memory_format is _PRESERVE or array.__class__ is Spec:
        return True
    dims_order(array, memory_format)
    return is_in_format(array, memory_format)


def _of_other(other, device, dtype):
    if not isinstance(other, Tensor) or device is not None or dtype is not None:
        raise _bad_arguments((other, device, dtype))
    return other.device, other.dtype


def _bad_arguments(args):
    return ArgumentTypeError(
        explain(
            "to()",
            expected="(dtype), (device), (device, dtype) or (other), then "
            "non_blocking and copy",
            got=", ".join(type(arg).__name__ for arg in args)
            + ": an invalid combination of arguments",
            do="Name the arguments: to(device=..., dtype=...).",
        )
    )


def _parse(args, device, dtype, non_blocking, copy, memory_format):
    """The positional forms of `to` as (device, dtype, non_blocking, copy, format)."""
    first, rest = args[0], list(args[1:])
    if isinstance(first, Tensor):
        device, dtype = _of_other(first, device, dtype)
    elif isinstance(first, (_dtype, type)):
        if dtype is not None:
            raise _bad_arguments(args)
        dtype = as_dtype(first, "to()")
    elif first is None or (
        isinstance(first, (str, device_class, int)) and not isinstance(first, bool)
    ):
        if device is not None:
            raise _bad_arguments(args)
        device = first
        if rest and (rest[0] is None or isinstance(rest[0], (_dtype, type))):
            dtype = rest.pop(0)
    else:
        raise _bad_arguments(args)
    if len(rest) > 2 or any(not isinstance(flag, bool) for flag in rest):
        raise _bad_arguments(args)
    flags = (*rest, non_blocking, copy)[: max(2, len(rest))]
    if len(rest) == 1:
        flags = (rest[0], copy)
    return device, dtype, flags[0], flags[1], memory_format


def parse_to(*args, **kwargs):
    """What the arguments of `to` mean: (device, dtype, non_blocking, format).

    Raises:
        TypeError: for arguments that `to` does not take.
    """
    names = ("device", "dtype", "non_blocking", "copy", "memory_format")
    unknown = set(kwargs) - set(names)
    if unknown:
        raise _bad_arguments(tuple(unknown))
    device, dtype, non_blocking, copy, format = (
        kwargs.get(name, False if name in ("non_blocking", "copy") else None)
        for name in names
    )
    if args:
        device, dtype, non_blocking, copy, format = _parse(
            args, device, dtype, non_blocking, copy, format
        )
    device = None if device is None else as_device(device)
    dtype = None if dtype is None else as_dtype(dtype, "to()")
    return device, dtype, non_blocking, format


expose(to, torch=False)


def _make_cast(name, dtype):
    def convert(input, memory_format=None):
        return _converted(input, dtype, memory_format=memory_format)

    convert.__name__ = convert.__qualname__ = name
    convert.__doc__ = f"""As ``to({dtype})``: the tensor itself where it is so already.

    Args:
        input: (*), any dtype.
        memory_format: as for `to`.

    Returns:
        Tensor: same shape, {dtype}.

    Raises:
        RuntimeError: where the format needs another number of dimensions.

    >>> import rushlight
    >>> rushlight.ones(2).{name}().dtype
    {dtype}
    """
    return convert


for _name in ("float", "double", "half", "int", "long", "short", "cfloat", "cdouble"):
    expose(_make_cast(_name, dtypes.dtype_named(_name)), torch=False)
expose(_make_cast("bfloat16", dtypes.bfloat16), torch=False)
expose(_make_cast("char", dtypes.int8), torch=False)
expose(_make_cast("byte", dtypes.uint8), torch=False)
expose(_make_cast("bool", dtypes.bool), torch=False)


def cpu(input, memory_format=None):
    """The tensor on the CPU; itself where it is there.

    Args:
        input: (*), any dtype.
        memory_format: as for `to`.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        NotImplementedError: for a meta tensor, which has no data.

    >>> import rushlight
    >>> rushlight.ones(2).cpu().device
    device(type='cpu')
    """
    return to(input, device="cpu", memory_format=memory_format)


def cuda(input, device=None, non_blocking=False, memory_format=None):
    """The tensor on a CUDA device; itself where it is there.

    Args:
        input: (*), any dtype.
        device: a CUDA device or its number; the current one if left out.
        non_blocking, memory_format: as for `to`.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: where there is no CUDA device.

    >>> import rushlight
    >>> rushlight.ones(2, device="meta").cuda()  # doctest: +SKIP
    """
    device = as_device("cuda" if device is None else device)
    if device.type != "cuda":
        raise ArgumentRuntimeError(
            explain(
                "cuda()", expected="a CUDA device", got=device, do="Use .to(device)."
            )
        )
    return to(input, device=device, memory_format=memory_format)


expose(cpu, torch=False)
expose(cuda, torch=False)


def type_as(input, other):
    """Convert to the dtype and device of another tensor.

    Args:
        input: (*), any dtype.
        other: a tensor.

    Returns:
        Tensor: ``input`` itself where nothing changes.

    Raises:
        TypeError: where other is no tensor.

    >>> import rushlight
    >>> rushlight.ones(2).type_as(rushlight.tensor([1]))
    tensor([1, 1])
    """
    if not isinstance(other, Tensor):
        raise _bad_arguments((other,))
    return to(input, other)


expose(type_as, torch=False)
