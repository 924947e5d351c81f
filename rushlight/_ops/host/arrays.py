"""Elements as lists and NumPy arrays: tolist, numpy, from_numpy, frombuffer."""

import warnings

import numpy as np

from rushlight._backends import backend_of
from rushlight._backends.numpy import strided_view
from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import (
    ArgumentError,
    ArgumentTypeError,
    GraphError,
    UnsupportedError,
    explain,
)
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.guarding import GUARDS
from rushlight._core.tensor import attach, wrap
from rushlight._ops._memory import foreign_array

_BYTE = np.dtype(np.uint8)

# ------------------------------------------------------------------------ all numbers


def tolist(input):
    """The elements as nested lists of Python numbers.

    Args:
        input: (*), any dtype.

    Returns:
        list: or a number, where there are no dimensions.

    Raises:
        NotImplementedError: for a meta tensor.

    >>> import rushlight
    >>> rushlight.tensor([[1, 2], [3, 4]]).tolist()
    [[1, 2], [3, 4]]
    """
    array = _host(input, "tolist()")
    return (array.astype(np.float32) if array.dtype.kind == "V" else array).tolist()


def _host(input, who):
    """The elements as a NumPy array, shared where they are on the CPU."""
    array = input._array
    if array.__class__ is np.ndarray:
        return array
    if array.__class__ is Spec:
        raise UnsupportedError(
            explain(
                who,
                expected="a tensor with data",
                got="a meta tensor: cannot copy out of meta tensor; no data!",
                do="Create it on the CPU.",
            )
        )
    return backend_of(array.__class__).to_host(array)


def numpy(input, *, force=False):
    """The elements as a NumPy array over the same memory.

    Args:
        input: (*), any dtype but bfloat16.
        force: detach and move to the CPU if need be.

    Returns:
        numpy.ndarray: writes show in the tensor.

    Raises:
        RuntimeError: where input requires grad (without force).
        TypeError: for a tensor on another device, and for bfloat16.

    >>> import rushlight
    >>> rushlight.ones(2).numpy()
    array([1., 1.], dtype=float32)
    """
    array = input._array
    if array.__class__ is not np.ndarray:
        if not force or array.__class__ is Spec:
            raise ArgumentTypeError(
                explain(
                    "numpy()",
                    expected="a tensor on the CPU",
                    got=f"can't convert {input.device} device type tensor to numpy",
                    do="Use .cpu() first, or numpy(force=True).",
                )
            )
        return _host(input, "numpy()")
    if input._edge is not None and not force:
        raise GraphError(
            explain(
                "numpy()",
                expected="a tensor without gradient",
                got="can't call numpy() on Tensor that requires grad",
                do="Use tensor.detach().numpy() instead.",
            )
        )
    if array.dtype.kind == "V":
        raise ArgumentTypeError(
            explain(
                "numpy()",
                expected="a dtype that NumPy has",
                got="got unsupported ScalarType BFloat16",
                do="Convert it with .float() first.",
            )
        )
    return array.view()


def _as_array(self, dtype=None, copy=None):
    array = numpy(self)
    if dtype is None:
        return array.copy() if copy else array
    return array.astype(dtype, copy=bool(copy))


def _wrap_array(self, array, context=None, return_scalar=False):
    """NumPy's functions of tensors give tensors."""
    if array.dtype == bool:
        array = array.astype(np.uint8)  # as torch does
    return wrap(np.asarray(array))


expose(tolist, torch=False)
expose(numpy, torch=False)
attach("__array__", _as_array)
attach("__array_wrap__", _wrap_array)


# ----------------------------------------------------------------------------- NumPy


def from_numpy(ndarray):
    """A tensor over a NumPy array's memory: writes to one show in the other.

    Args:
        ndarray: a NumPy array of a dtype that tensors have.

    Returns:
        Tensor: shares memory with the array.

    Raises:
        TypeError: for other things than arrays, and for other dtypes.
        ValueError: for negative strides, and for a foreign byte order.

    >>> import numpy
    >>> import rushlight
    >>> a = numpy.zeros(2)
    >>> x = rushlight.from_numpy(a)
    >>> a[0] = 1
    >>> x
    tensor([1., 0.], dtype=torch.float64)
    """
    if ndarray.__class__ is not np.ndarray and not isinstance(ndarray, np.ndarray):
        raise ArgumentTypeError(
            explain(
                "from_numpy()",
                expected="np.ndarray",
                got=type(ndarray).__name__,
                do="Use torch.tensor or torch.as_tensor, or df.to_numpy().",
            )
        )
    if ndarray.dtype not in BY_NUMPY or not ndarray.dtype.isnative:
        raise _bad_dtype(ndarray, "from_numpy()")
    if ndarray.dtype is _BYTE and GUARDS.on:
        GUARDS.see.bytes()
    if not ndarray.flags.c_contiguous:
        _check_strides(ndarray, "from_numpy()")
    if not ndarray.flags.writeable:
        _warn_read_only("NumPy array")
    return wrap(_own_view(ndarray))


def _own_view(array):
    """A new array over the same memory, which counts as all of its storage."""
    base = array.base
    if base is None or base.__class__ is not np.ndarray or base.nbytes == array.nbytes:
        return array.view(np.ndarray)
    steps = zip(array.shape, array.strides, strict=True)
    reach = sum((n - 1) * step for n, step in steps) // array.itemsize + 1
    whole = foreign_array(array, reach if array.size else 0)
    return strided_view(whole, array.shape, array.strides)


def _bad_dtype(array, who):
    if not array.dtype.isnative and array.dtype.newbyteorder("=") in BY_NUMPY:
        return ArgumentError(
            explain(
                who,
                expected="the machine's own byte order",
                got=f"numpy array with byte order different from the native byte order "
                f"({array.dtype.str})",
                do="Convert it with .astype(a.dtype.newbyteorder('=')).",
            )
        )
    return ArgumentTypeError(
        explain(
            who,
            expected=f"one of the types {', '.join(str(d) for d in BY_NUMPY)}",
            got=f"can't convert np.ndarray of type numpy.{array.dtype}",
            do="Convert the array first.",
        )
    )


def _check_strides(array, who):
    if any(step < 0 for step in array.strides):
        raise ArgumentError(
            explain(
                who,
                expected="positive strides",
                got="at least one stride in the given numpy array is negative",
                do="Make a copy with array.copy().",
            )
        )


_warned = []


def _warn_read_only(what):
    if not _warned:
        _warned.append(True)
        warnings.warn(
            f"the {what} is not writable, and neither is the tensor made from it: "
            "writing to it raises an error. Copy the data to be able to write.",
            stacklevel=3,
        )


expose(from_numpy, method=False)

# --------------------------------------------------------------------------- buffers


def frombuffer(buffer, *, dtype, count=-1, offset=0, requires_grad=False):
    """A tensor of one dimension over the memory of a Python buffer.

    Args:
        buffer: bytes, bytearray, array, memoryview, mmap...
        dtype: the element type.
        count: how many elements; -1 for all.
        offset: how many bytes to skip.
        requires_grad: whether operations on it are recorded.

    Returns:
        Tensor: (count,), shares memory with the buffer.

    Raises:
        ValueError: where the buffer is too short or is no buffer.

    >>> import rushlight
    >>> rushlight.frombuffer(bytearray([1, 0, 2, 0]), dtype=rushlight.int16)
    tensor([1, 2], dtype=torch.int16)
    """
    try:
        memory = memoryview(buffer)
        array = np.frombuffer(memory, dtype.numpy, count, offset)
    except (TypeError, ValueError, BufferError) as error:
        raise ArgumentError(
            explain(
                "frombuffer()",
                expected=f"a buffer of at least {offset} bytes and "
                f"{'some' if count < 0 else count} elements of {dtype}",
                got=str(error),
                do="Check count, offset and dtype.",
            )
        ) from None
    if not array.size or count == 0:
        raise ArgumentError(
            explain(
                "frombuffer()",
                expected="both buffer length and count not to be 0",
                got=f"length {memory.nbytes}, count {count}",
                do="Use torch.empty(0) for a tensor without elements.",
            )
        )
    if not array.flags.writeable:
        _warn_read_only("buffer")
    result = wrap(array)
    if requires_grad:
        result.requires_grad = True
    return result


expose(frombuffer, method=False)
