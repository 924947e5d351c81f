"""Creation: tensors from data, from sizes, like other tensors."""

import numpy as np

from rushlight._backends import backend_for, backend_of, device_of
from rushlight._base import config
from rushlight._base import dtype as dtypes
from rushlight._base.device import as_device
from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import ArgumentError, ArgumentTypeError, explain
from rushlight._base.shape import as_shape
from rushlight._core import tensor as tensor_module
from rushlight._core.expose import expose
from rushlight._core.tensor import Tensor, wrap

# ----------------------------------------------------------------------- from data


def tensor(data, *, dtype=None, device=None, requires_grad=False, pin_memory=False):
    """A new tensor with a copy of some data.

    Args:
        data: a number, nested lists or tuples of numbers, an array or a tensor.
        dtype: the element type; inferred if left out (float: the default dtype,
            int: int64, bool: bool).
        device: where to put it.
        requires_grad: whether operations on it are recorded.
        pin_memory: has an effect on CUDA only.

    Returns:
        Tensor: a leaf with its own memory.

    Raises:
        ValueError: for nested lists of unequal lengths.
        TypeError: for data that is not numeric.

    >>> import rushlight
    >>> rushlight.tensor([[1, 2], [3, 4]])
    tensor([[1, 2],
            [3, 4]])
    """
    array = host_array(data, dtype)
    if array is getattr(data, "_array", None) or array is data or array.base is not None:
        array = array.copy()
    return place(array, device, requires_grad)


def place(array, device, requires_grad):
    """A leaf over a host array, moved to a device."""
    device = as_device(device)
    result = wrap(backend_for(device).from_host(array, device))
    if requires_grad:
        result.requires_grad = True
    return result


def host_array(data, dtype):
    """Data as a NumPy array of the wanted (or inferred) dtype, shared if possible."""
    if isinstance(data, Tensor):
        array = backend_of(data._array.__class__).to_host(data._array)
    elif isinstance(data, np.ndarray):
        array = data if data.dtype.isnative else data.astype(data.dtype.newbyteorder())
    else:
        array = _array_of_numbers(data)
        if dtype is None and not isinstance(data, np.generic):
            dtype = _inferred_dtype(array, data)
    if array.dtype not in BY_NUMPY:
        raise ArgumentTypeError(
            explain(
                "tensor()",
                expected="bool, integer, floating-point or complex data",
                got=f"can't convert np.ndarray of type numpy.{array.dtype}",
                do="Convert the data to numbers first.",
            )
        )
    if dtype is None:
        return array
    with np.errstate(all="ignore"):
        return array.astype(_numpy_dtype(dtype, "tensor()"), copy=False)


def _numpy_dtype(dtype, who):
    if not isinstance(dtype, dtypes.dtype):
        raise ArgumentTypeError(
            explain(
                who,
                expected="argument 'dtype' to be a torch.dtype",
                got=type(dtype).__name__,
                do="Pass a dtype such as torch.float32.",
            )
        )
    return dtype.numpy


def _array_of_numbers(data):
    try:
        if isinstance(data, (list, tuple)):
            data = _without_tensors(data)
        array = np.asarray(data)
    except ValueError as error:
        raise ArgumentError(
            explain(
                "tensor()",
                expected="nested sequences of equal lengths",
                got=str(error),
                do="Pad the rows to one length.",
            )
        ) from None
    if array.dtype.kind in "OUSMm":
        raise ArgumentTypeError(
            explain(
                "tensor()",
                expected="numbers",
                got=f"data of type {type(data).__name__} holding {array.dtype}",
                do="Convert text to numbers first.",
            )
        )
    return array


def _without_tensors(data):
    """Nested sequences with tensors replaced by their arrays."""
    return [
        d._array
        if isinstance(d, Tensor)
        else _without_tensors(d)
        if isinstance(d, (list, tuple))
        else d
        for d in data
    ]


def _inferred_dtype(array, data):
    """torch's dtype for Python numbers; arrays and tensors in a list keep theirs."""
    first = data
    while isinstance(first, (list, tuple)) and len(first):
        first = first[0]
    if isinstance(first, (Tensor, np.ndarray, np.generic)):
        return BY_NUMPY.get(array.dtype)
    if array.size == 0 or array.dtype.kind == "f":
        return config.default_dtype()
    if array.dtype.kind == "c":
        return config.default_complex_dtype()
    return dtypes.bool if array.dtype.kind == "b" else dtypes.int64


expose(tensor, method=False)
tensor_module._LEGACY[0] = lambda *args, **kwargs: _legacy(*args, **kwargs)


def _legacy(*args, dtype=None, device=None):
    """The array of the old constructor ``Tensor(data)`` or ``Tensor(*sizes)``."""
    default = config.default_dtype().numpy
    if len(args) == 1 and isinstance(args[0], Tensor):
        return args[0]._array
    if len(args) == 1 and not isinstance(args[0], (int, np.integer)):
        return host_array(args[0], BY_NUMPY[default])
    return np.empty(as_shape(args, "Tensor()") if args else (0,), default)


# ---------------------------------------------------------------------- from sizes


def full_of(value, shape, dtype, device, requires_grad):
    """A leaf of one value (None: uninitialised) with a shape and dtype."""
    device = as_device(device)
    dtype = config.default_dtype() if dtype is None else dtype
    array = backend_for(device).empty(shape, _numpy_dtype(dtype, "full()"))
    if value is not None and device.type != "meta":
        array.fill(value) if value or not shape else array.fill(0)
    result = wrap(array)
    if requires_grad:
        result.requires_grad = True
    return result


def zeros(*size, out=None, dtype=None, device=None, requires_grad=False, **kwargs):
    """A tensor of zeros.

    Args:
        size: sizes, one by one or as a sequence.
        dtype: the element type; the default dtype if left out.
        device, requires_grad: as for `tensor`.
        out: tensor to write the result to.

    Returns:
        Tensor: of the given shape.

    >>> import rushlight
    >>> rushlight.zeros(2)
    tensor([0., 0.])
    """
    return full_of(0, as_shape(size, "zeros()"), dtype, device, requires_grad)


def ones(*size, out=None, dtype=None, device=None, requires_grad=False, **kwargs):
    """A tensor of ones; arguments as for `zeros`.

    Returns:
        Tensor: of the given shape.

    >>> import rushlight
    >>> rushlight.ones(2)
    tensor([1., 1.])
    """
    return full_of(1, as_shape(size, "ones()"), dtype, device, requires_grad)


expose(zeros, method=False)
expose(ones, method=False)


def new_zeros(input, *size, dtype=None, device=None, requires_grad=False):
    """Zeros with the dtype and device of a tensor.

    Returns:
        Tensor: of the given shape.

    >>> import rushlight
    >>> rushlight.tensor([1]).new_zeros(2)
    tensor([0, 0])
    """
    return _new(input, 0, as_shape(size, "new_zeros()"), dtype, device, requires_grad)


def new_ones(input, *size, dtype=None, device=None, requires_grad=False):
    """Ones with the dtype and device of a tensor.

    Returns:
        Tensor: of the given shape.

    >>> import rushlight
    >>> rushlight.tensor([1]).new_ones(2)
    tensor([1, 1])
    """
    return _new(input, 1, as_shape(size, "new_ones()"), dtype, device, requires_grad)


def _new(like, value, shape, dtype, device, requires_grad):
    dtype = like.dtype if dtype is None else dtype
    device = device_of(like._array) if device is None else device
    return full_of(value, shape, dtype, device, requires_grad)


expose(new_zeros, torch=False)
expose(new_ones, torch=False)
