"""Creation from sizes: zeros, ones, full, empty."""

import numpy as np

from rushlight._backends import backend_for
from rushlight._backends.numpy import strided_view
from rushlight._base.device import as_device
from rushlight._base.errors import (
    ArgumentRuntimeError,
    ArgumentTypeError,
    ShapeError,
    explain,
)
from rushlight._base.promote import scalar_dtype
from rushlight._base.shape import as_shape, numel
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.tensor import Tensor, wrap
from rushlight._ops._memory import in_format
from rushlight._ops._symbolic import filled_symbolic, has_symbols
from rushlight._ops._values import as_dtype, as_number, element
from rushlight._ops.create.options import (
    check_options,
    dtype_or_default,
    put_created,
    sizes_of,
)

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
            do="Storage size calculation overflowed or memory is full: ask for less.",
        )
    )


def filled(value, shape, dtype, device, requires_grad):
    """A leaf of one value (None: uninitialised) with a shape and dtype."""
    if has_symbols(shape):
        return filled_symbolic(value, shape, dtype.numpy, requires_grad)
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
    shape = sequence_shape(size, "full()")
    value = fill_number(fill_value, "full()")
    if out is not None:
        return put_created(np.full(shape, value), out, dtype, "full()")
    if layout is not None or pin_memory:
        check_options(layout, pin_memory, "full()")
    dtype = scalar_dtype(value) if dtype is None else as_dtype(dtype, "full()")
    value = element(value, dtype.numpy, "full()")[()]
    return filled(value, shape, dtype, device, requires_grad)


def sequence_shape(size, who):
    """The shape from a sequence of sizes; a number alone is refused."""
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


def fill_number(value, who):
    """The Python number that a fill value means."""
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
