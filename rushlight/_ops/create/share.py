"""Data as a tensor, shared where possible: as_tensor, asarray, scalar_tensor."""

import numpy as np

from rushlight._base.errors import (
    ArgumentError,
    explain,
)
from rushlight._core.expose import expose
from rushlight._core.guarding import GUARDS
from rushlight._core.tensor import Tensor, wrap
from rushlight._ops._values import as_dtype, as_number, element
from rushlight._ops.create.data import checked_array, tensor
from rushlight._ops.create.options import check_options, dtype_or_default, finish

_PLAIN = frozenset((bool, int, float, complex))

# ------------------------------------------------------------------------- as_tensor


def as_tensor(data, dtype=None, device=None):
    """Data as a tensor, without a copy where that is possible.

    Args:
        data: as for `tensor`; a tensor is converted with ``.to``, an array shared.
        dtype, device: those that are wanted; data's own if left out.

    Returns:
        Tensor: data itself, where it is a tensor that fits.

    Raises:
        TypeError, ValueError, RuntimeError: as `tensor`.

    >>> import rushlight
    >>> x = rushlight.ones(2)
    >>> rushlight.as_tensor(x) is x
    True
    """
    if isinstance(data, Tensor):
        return data.to(device=device, dtype=dtype)
    if isinstance(data, np.ndarray):
        dtype = None if dtype is None else as_dtype(dtype, "as_tensor()")
        array = checked_array(data, dtype)
        return finish(array.view() if array is data else array, device)
    return tensor(data, dtype=dtype, device=device)


def asarray(obj, *, dtype=None, device=None, copy=None, requires_grad=None):
    """Data as a tensor, shared or copied as told.

    Args:
        obj: a tensor, a NumPy array or scalar, an object with DLPack, a buffer, or
            nested sequences of numbers.
        dtype, device: those that are wanted; obj's own if left out.
        copy: True to copy, False to refuse a copy, None to copy where it must.
        requires_grad: of the result; False cuts a tensor from its graph.

    Returns:
        Tensor.

    Raises:
        ValueError: where copy is False and the data must be copied.

    >>> import rushlight
    >>> rushlight.asarray([1, 2.5])
    tensor([1.0000, 2.5000])
    """
    result, shared = _as_shared(obj, dtype)
    converted = result.to(device=device, dtype=dtype)
    if copy is False and (not shared or converted is not result):
        raise ArgumentError(
            explain(
                "asarray()",
                expected="data that can be shared (copy=False)",
                got=f"can't alias {type(obj).__name__} as it is into a tensor",
                do="Leave copy out, or pass a tensor or array of the wanted dtype.",
            )
        )
    if copy and shared and converted is result:
        converted = converted.clone()
    if requires_grad is None:
        return converted
    if not requires_grad:
        return converted.detach()
    return converted if converted.requires_grad else converted.requires_grad_()


def _as_shared(obj, dtype):
    """(a tensor, whether it shares obj's memory)."""
    if isinstance(obj, Tensor):
        return obj, True
    if isinstance(obj, np.ndarray):
        return wrap(checked_array(obj, None).view()), True
    if isinstance(obj, (bool, int, float, complex, list, tuple, np.generic)):
        return tensor(obj, dtype=dtype), False
    if hasattr(obj, "__dlpack__"):
        return wrap(np.from_dlpack(obj)), True
    try:
        memory = memoryview(obj)
    except TypeError:
        return tensor(obj, dtype=dtype), False
    wanted = dtype_or_default(dtype, "asarray()")
    return wrap(np.frombuffer(memory, wanted.numpy)), True


def scalar_tensor(
    s, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False
):
    """A tensor without dimensions, of the default dtype unless told.

    Args:
        s: a number.
        dtype, layout, device, pin_memory, requires_grad: as for `tensor`.

    Returns:
        Tensor: ().

    Raises:
        TypeError: where s is no number.

    >>> import rushlight
    >>> rushlight.scalar_tensor(3)
    tensor(3.)
    """
    check_options(layout, pin_memory, "scalar_tensor()")
    value = as_number(s.item() if isinstance(s, Tensor) else s, "scalar_tensor()", "s")
    dtype = dtype_or_default(dtype, "scalar_tensor()")
    return finish(element(value, dtype.numpy, "scalar_tensor()"), device, requires_grad)


def new_tensor(
    input,
    data,
    *,
    dtype=None,
    device=None,
    requires_grad=False,
    layout=None,
    pin_memory=False,
):
    """As `tensor`, with the dtype and device of a tensor.

    Args:
        input: (*), any dtype.
        data, dtype, device, requires_grad, layout, pin_memory: as for `tensor`.

    Returns:
        Tensor: a leaf with its own memory.

    Raises:
        ValueError: for nested lists of unequal lengths.

    >>> import rushlight
    >>> rushlight.ones(1).new_tensor([1, 2])
    tensor([1., 2.])
    """
    check_options(layout, False, "new_tensor()")
    if dtype is None and GUARDS.on and input._array.dtype.kind == "i":
        GUARDS.see.writing(input, data)
    return tensor(
        data,
        dtype=input.dtype if dtype is None else dtype,
        device=input.device if device is None else device,
        requires_grad=requires_grad,
        pin_memory=pin_memory,
    )


expose(as_tensor, method=False)
expose(asarray, method=False)
expose(scalar_tensor, method=False)
expose(new_tensor, torch=False)
