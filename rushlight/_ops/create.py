"""Creation from sizes: zeros, ones, full, empty, and those like another tensor."""

import numpy as np

from rushlight._backends import backend_for, device_of
from rushlight._backends.numpy import strided_view
from rushlight._base.device import CPU, as_device
from rushlight._base.errors import (
    ArgumentRuntimeError,
    ArgumentTypeError,
    ShapeError,
    explain,
)
from rushlight._base.layout import preserve_format
from rushlight._base.promote import scalar_dtype
from rushlight._base.shape import as_shape, numel
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.tensor import Tensor, wrap
from rushlight._ops._factory import (
    check_options,
    dtype_or_default,
    put_created,
    sizes_of,
)
from rushlight._ops._memory import in_format
from rushlight._ops._values import as_dtype, as_number, element

# ---------------------------------------------------------------------- from sizes


def new_array(value, shape, dtype, device):
    """An array of one value (None: any) of a NumPy dtype on a device."""
    if device.type == "cpu":
        try:
            if value is None:
                return np.empty(shape, dtype)
            if value.__class__ is int and value == 0:
                return np.zeros(shape, dtype)
            array = np.empty(shape, dtype)
        except (ValueError, MemoryError) as error:
            raise _too_large(shape, error) from None
    else:
        array = backend_for(device).empty(shape, dtype)
        if value is None or device.type == "meta":
            return array
    array.fill(value)
    return array


def _too_large(shape, error):
    return ArgumentRuntimeError(
        explain(
            "creation",
            expected="a tensor that fits into memory",
            got=f"sizes {list(shape)} ({error})",
            do="Storage size calculation overflowed or memory is full; make it smaller.",
        )
    )


def filled(value, shape, dtype, device, requires_grad):
    """A leaf of one value (None: uninitialised) with a shape and dtype."""
    result = wrap(new_array(value, shape, dtype.numpy, as_device(device)))
    if requires_grad:
        result.requires_grad = True
    return result


def zeros(
    *args,
    size=None,
    out=None,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
):
    """A tensor of zeros.

    Args:
        size: sizes, one by one or as a sequence.
        out: tensor to write the result to.
        dtype: the element type; the default dtype if left out.
        layout: strided.
        device: where to put it; the default device if left out.
        pin_memory: for a machine with a GPU.
        requires_grad: whether operations on it are recorded.

    Returns:
        Tensor: of the given shape.

    Raises:
        TypeError: where a size is no integer.
        RuntimeError: where a size is negative.

    >>> import rushlight
    >>> rushlight.zeros(2)
    tensor([0., 0.])
    """
    shape = sizes_of(args, size, "zeros()")
    if out is not None:
        return put_created(np.zeros(shape, bool), out, dtype, "zeros()")
    if layout is not None or pin_memory:
        check_options(layout, pin_memory, "zeros()")
    return filled(0, shape, dtype_or_default(dtype, "zeros()"), device, requires_grad)


def ones(
    *args,
    size=None,
    out=None,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
):
    """A tensor of ones; arguments as for `zeros`.

    Returns:
        Tensor: of the given shape.

    >>> import rushlight
    >>> rushlight.ones(2)
    tensor([1., 1.])
    """
    shape = sizes_of(args, size, "ones()")
    if out is not None:
        return put_created(np.ones(shape, bool), out, dtype, "ones()")
    if layout is not None or pin_memory:
        check_options(layout, pin_memory, "ones()")
    return filled(1, shape, dtype_or_default(dtype, "ones()"), device, requires_grad)


def empty(
    *args,
    size=None,
    out=None,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
    memory_format=None,
):
    """A tensor of any values; arguments as for `zeros`.

    Args:
        memory_format: the order of the dimensions in memory.

    Returns:
        Tensor: of the given shape, uninitialised.

    Raises:
        As for `zeros`.

    >>> import rushlight
    >>> rushlight.empty(2, 3).shape
    torch.Size([2, 3])
    """
    shape = sizes_of(args, size, "empty()")
    if out is not None:
        return out if out._array.shape == shape else out.resize_(shape)
    if layout is not None or pin_memory:
        check_options(layout, pin_memory, "empty()")
    result = filled(
        None, shape, dtype_or_default(dtype, "empty()"), device, requires_grad
    )
    return result if memory_format is None else _in_format(result, memory_format)


def _in_format(result, format):
    if result._array.__class__ is not Spec:
        result._array = in_format(result._array, format)
    return result


def full(
    size,
    fill_value,
    *,
    out=None,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
):
    """A tensor of one value; further arguments as for `zeros`.

    Args:
        size: sizes, as a sequence.
        fill_value: a number, or a tensor of one element.
        dtype: the element type; that of fill_value if left out.

    Returns:
        Tensor: of the given shape.

    Raises:
        RuntimeError: where the dtype cannot hold the value.

    >>> import rushlight
    >>> rushlight.full((2,), 7)
    tensor([7, 7])
    """
    shape = _sequence(size, "full()")
    value = _fill_number(fill_value, "full()")
    if out is not None:
        return put_created(np.full(shape, value), out, dtype, "full()")
    if layout is not None or pin_memory:
        check_options(layout, pin_memory, "full()")
    dtype = scalar_dtype(value) if dtype is None else as_dtype(dtype, "full()")
    value = element(value, dtype.numpy, "full()")[()]
    return filled(value, shape, dtype, device, requires_grad)


def _sequence(size, who):
    if not isinstance(size, (tuple, list)):
        raise ArgumentTypeError(
            explain(
                who,
                expected="argument 'size' to be a tuple of ints",
                got=type(size).__name__,
                do=f"Write {who[:-1]}({size},), ...).",
            )
        )
    return sizes_of((size,), None, who)


def _fill_number(value, who):
    if isinstance(value, Tensor) and not value._array.shape and value._edge is None:
        return value.item()
    return as_number(value, who, "fill_value")


expose(zeros, method=False)
expose(ones, method=False)
expose(empty, method=False)
expose(full, method=False)


def empty_strided(
    size,
    stride,
    *,
    dtype=None,
    layout=None,
    device=None,
    requires_grad=False,
    pin_memory=False,
):
    """A tensor of any values whose elements lie at given steps.

    Args:
        size: the sizes.
        stride: for each dimension the step, in elements.
        dtype, layout, device, requires_grad, pin_memory: as for `zeros`.

    Returns:
        Tensor: uninitialised.

    Raises:
        RuntimeError: where size and stride differ in length.

    >>> import rushlight
    >>> rushlight.empty_strided((2, 3), (1, 2)).stride()
    (1, 2)
    """
    shape, steps = as_shape((size,), "empty_strided()"), tuple(stride)
    check_options(layout, pin_memory, "empty_strided()")
    if len(shape) != len(steps):
        raise ShapeError(
            explain(
                "empty_strided()",
                expected=f"dimensionality of sizes ({len(shape)}) to match",
                got=f"dimensionality of strides ({len(steps)})",
                do="Give one stride for each size.",
            )
        )
    dtype, device = dtype_or_default(dtype, "empty_strided()"), as_device(device)
    reach = sum((n - 1) * step for n, step in zip(shape, steps, strict=True))
    count = reach + 1 if numel(shape) else 0
    array = new_array(None, (count,), dtype.numpy, device)
    if device.type == "meta":
        array = Spec(shape, dtype.numpy)
    else:
        array = strided_view(array, shape, [step * dtype.itemsize for step in steps])
    result = wrap(array)
    if requires_grad:
        result.requires_grad = True
    return result


def empty_permuted(size, physical_layout, **options):
    """A tensor of any values whose dimensions lie in a given order in memory.

    Args:
        size: the sizes.
        physical_layout: the dimensions from the outermost to the innermost.
        options: dtype, layout, device, requires_grad, pin_memory as for `zeros`.

    Returns:
        Tensor: uninitialised.

    Raises:
        RuntimeError: where physical_layout is no permutation of the dimensions.

    >>> import rushlight
    >>> rushlight.empty_permuted((2, 3), (1, 0)).stride()
    (1, 2)
    """
    if sorted(physical_layout) != list(range(len(size))):
        raise ShapeError(
            explain(
                "empty_permuted()",
                expected=f"each of the dimensions 0 to {len(size) - 1} once",
                got=list(physical_layout),
                do="Name them from the outermost to the innermost.",
            )
        )
    strides, step = [0] * len(size), 1
    for dim in reversed(physical_layout):
        strides[dim], step = step, step * max(size[dim], 1)
    return empty_strided(size, strides, **options)


expose(empty_strided, method=False)
expose(empty_permuted, method=False)

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
    if like.flags.c_contiguous or 0 in like.strides:
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
    value = _fill_number(fill_value, "full_like()")
    if value.__class__ is int:
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
    shape = _sequence(size, "new_full()")
    dtype = options.pop("dtype", None)
    dtype = input.dtype if dtype is None else as_dtype(dtype, "new_full()")
    value = _fill_number(fill_value, "new_full()")
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
