"""Creation like another tensor: zeros_like, new_zeros and theirs."""

import numpy as np

from rushlight._backends import device_of
from rushlight._base.device import CPU, as_device
from rushlight._base.errors import (
    ArgumentTypeError,
    explain,
)
from rushlight._base.layout import preserve_format
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.tensor import Tensor, wrap
from rushlight._ops._memory import in_format
from rushlight._ops._symbolic import filled_symbolic, has_symbols
from rushlight._ops._values import as_dtype, element
from rushlight._ops.create.options import (
    check_options,
    sizes_of,
)
from rushlight._ops.create.sizes import (
    empty_strided,
    fill_number,
    filled,
    new_array,
    sequence_shape,
)

# -------------------------------------------------------------- like another tensor


def _like(input, value, options, who):
    """A leaf like a tensor in shape, dtype, device and strides, unless told."""
    if not isinstance(input, Tensor):
        raise ArgumentTypeError(
            explain(
                who,
                expected="argument 'input' to be a Tensor",
                got=type(input).__name__,
                do="Convert it with torch.tensor.",
            )
        )
    like = input._array
    if not options:
        if like.__class__ is np.ndarray and like.flags.c_contiguous:
            return wrap(new_array(value, like.shape, like.dtype, CPU))
        return _like_in(input, value, like.dtype, None, None, False)
    return _like_with(input, value, who, **options)


def _like_with(
    input,
    value,
    who,
    *,
    dtype=None,
    layout=None,
    device=None,
    requires_grad=False,
    pin_memory=False,
    memory_format=None,
):
    check_options(layout, pin_memory, who)
    dtype = input._array.dtype if dtype is None else as_dtype(dtype, who).numpy
    return _like_in(input, value, dtype, device, memory_format, requires_grad)


def _like_in(input, value, dtype, device, memory_format, requires_grad):
    like = input._array
    device = device_of(like) if device is None else as_device(device)
    if value is not None and value.__class__ is not int:
        value = element(value, dtype, "full_like()")[()]
    if has_symbols(like.shape):
        return filled_symbolic(value, like.shape, dtype, requires_grad)
    array = new_array(value, like.shape, dtype, device)
    if like.__class__ is np.ndarray and device.type != "meta":
        array = _in_order(array, like, memory_format)
    result = wrap(array)
    if requires_grad:
        result.requires_grad = True
    return result


def _in_order(array, like, memory_format):
    """An array in a memory format, or (None, preserve_format) as another lies."""
    if memory_format is not None and memory_format is not preserve_format:
        return in_format(array, memory_format)
    if like.__class__ is Spec or like.flags.c_contiguous or 0 in like.strides:
        return array
    ordered = np.empty_like(like, array.dtype)
    np.copyto(ordered, array)
    return ordered


def zeros_like(input, **options):
    """Zeros with the shape, dtype and device of a tensor.

    Args:
        input: (*), any dtype.
        options: dtype, layout, device, requires_grad and pin_memory as for `zeros`;
            memory_format (preserve_format if left out: input's strides).

    Returns:
        Tensor: of input's shape.

    Raises:
        TypeError: where input is no tensor.

    >>> import rushlight
    >>> rushlight.zeros_like(rushlight.tensor([1, 2]))
    tensor([0, 0])
    """
    return _like(input, 0, options, "zeros_like()")


def ones_like(input, **options):
    """Ones with the shape, dtype and device of a tensor; as for `zeros_like`.

    Returns:
        Tensor: of input's shape.

    >>> import rushlight
    >>> rushlight.ones_like(rushlight.tensor([1, 2]))
    tensor([1, 1])
    """
    return _like(input, 1, options, "ones_like()")


def empty_like(input, **options):
    """A tensor of any values with the shape, dtype and device of another.

    Arguments are as for `zeros_like`.

    Returns:
        Tensor: of input's shape, uninitialised.

    >>> import rushlight
    >>> rushlight.empty_like(rushlight.ones(2, 3).t()).stride()
    (1, 3)
    """
    return _like(input, None, options, "empty_like()")


def full_like(input, fill_value, **options):
    """One value with the shape, dtype and device of a tensor.

    Args:
        input: (*), any dtype.
        fill_value: a number, or a tensor of one element.
        options: as for `zeros_like`.

    Returns:
        Tensor: of input's shape.

    Raises:
        RuntimeError: where the dtype cannot hold the value.

    >>> import rushlight
    >>> rushlight.full_like(rushlight.tensor([1, 2]), 3.5)
    tensor([3, 3])
    """
    value = fill_number(fill_value, "full_like()")
    if value.__class__ is int or input._array.dtype.kind in "iu":
        dtype = options.get("dtype")
        dtype = input.dtype if dtype is None else as_dtype(dtype, "full_like()")
        value = element(value, dtype.numpy, "full_like()")[()]
    return _like(input, value, options, "full_like()")


expose(zeros_like, method=False)
expose(ones_like, method=False)
expose(empty_like, method=False)
expose(full_like, method=False)

# ------------------------------------------------------- of a tensor's dtype and device


def _new(
    like,
    value,
    shape,
    *,
    dtype=None,
    layout=None,
    device=None,
    requires_grad=False,
    pin_memory=False,
):
    if layout is not None or pin_memory:
        check_options(layout, pin_memory, "new()")
    dtype = like.dtype if dtype is None else as_dtype(dtype, "new()")
    device = device_of(like._array) if device is None else device
    return filled(value, shape, dtype, device, requires_grad)


def new_zeros(input, *args, size=None, **options):
    """Zeros with the dtype and device of a tensor.

    Args:
        input: (*), any dtype.
        size: sizes, one by one or as a sequence.
        options: dtype, layout, device, requires_grad, pin_memory as for `zeros`.

    Returns:
        Tensor: of the given shape.

    Raises:
        TypeError: where a size is no integer.

    >>> import rushlight
    >>> rushlight.tensor([1]).new_zeros(2)
    tensor([0, 0])
    """
    return _new(input, 0, sizes_of(args, size, "new_zeros()"), **options)


def new_ones(input, *args, size=None, **options):
    """Ones with the dtype and device of a tensor; as for `new_zeros`.

    Returns:
        Tensor: of the given shape.

    >>> import rushlight
    >>> rushlight.tensor([1]).new_ones(2)
    tensor([1, 1])
    """
    return _new(input, 1, sizes_of(args, size, "new_ones()"), **options)


def new_empty(input, *args, size=None, **options):
    """Any values with the dtype and device of a tensor; as for `new_zeros`.

    Returns:
        Tensor: of the given shape, uninitialised.

    >>> import rushlight
    >>> rushlight.tensor([1]).new_empty(2).dtype
    torch.int64
    """
    return _new(input, None, sizes_of(args, size, "new_empty()"), **options)


def new_full(input, size, fill_value, **options):
    """One value with the dtype and device of a tensor.

    Args:
        input: (*), any dtype.
        size: sizes, as a sequence.
        fill_value: a number, or a tensor of one element.
        options: as for `new_zeros`.

    Returns:
        Tensor: of the given shape.

    Raises:
        RuntimeError: where the dtype cannot hold the value.

    >>> import rushlight
    >>> rushlight.tensor([1.5]).new_full((2,), 3)
    tensor([3., 3.])
    """
    shape = sequence_shape(size, "new_full()")
    dtype = options.pop("dtype", None)
    dtype = input.dtype if dtype is None else as_dtype(dtype, "new_full()")
    value = fill_number(fill_value, "new_full()")
    value = element(value, dtype.numpy, "new_full()")[()]
    return _new(input, value, shape, dtype=dtype, **options)


def new_empty_strided(input, size, stride, dtype=None, device=None, **options):
    """As `empty_strided`, with the dtype and device of a tensor.

    Args:
        input: (*), any dtype.
        size, stride, dtype, device, options: as for `empty_strided`.

    Returns:
        Tensor: uninitialised.

    Raises:
        RuntimeError: where size and stride differ in length.

    >>> import rushlight
    >>> rushlight.ones(1).new_empty_strided((2, 3), (1, 2)).stride()
    (1, 2)
    """
    dtype = input.dtype if dtype is None else dtype
    device = input.device if device is None else device
    return empty_strided(size, stride, dtype=dtype, device=device, **options)


expose(new_zeros, torch=False)
expose(new_ones, torch=False)
expose(new_empty, torch=False)
expose(new_full, torch=False)
expose(new_empty_strided, torch=False)
