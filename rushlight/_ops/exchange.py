"""Tensors from and to other owners of memory: NumPy, buffers, DLPack; copy and pickle."""

import copy
import warnings

import numpy as np

from rushlight._backends import backend_for, backend_of, device_of
from rushlight._backends.numpy import strided_view
from rushlight._base.device import as_device
from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    ArgumentTypeError,
    GraphError,
    explain,
)
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.tensor import Tensor, attach, wrap
from rushlight._ops._memory import memory_of_array

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
                do="Use torch.tensor or torch.as_tensor.",
            )
        )
    if ndarray.dtype not in BY_NUMPY or not ndarray.dtype.isnative:
        raise _bad_dtype(ndarray, "from_numpy()")
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
    low, high = _extent(array)
    try:
        whole = np.ndarray((high - low,), array.dtype, memoryview(array.data), 0)
    except (ValueError, BufferError, NotImplementedError):
        return array.view(np.ndarray)
    return strided_view(whole, array.shape, array.strides)


def _extent(array):
    """The first and last element that the strides reach, counted from the first."""
    if not array.size:
        return 0, 0
    steps = zip(array.shape, array.strides, strict=True)
    return 0, 1 + sum((n - 1) * step for n, step in steps) // array.itemsize


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

# ---------------------------------------------------------------------------- DLPack


def from_dlpack(ext_tensor, *, device=None, copy=None):
    """A tensor over memory that another library offers by the DLPack protocol.

    Args:
        ext_tensor: an object with ``__dlpack__`` and ``__dlpack_device__``.
        device: where to put it.
        copy: True to copy; False to refuse a copy.

    Returns:
        Tensor: shares memory unless it was copied.

    Raises:
        RuntimeError: where the object does not offer its memory.

    >>> import numpy
    >>> import rushlight
    >>> rushlight.from_dlpack(numpy.arange(2))
    tensor([0, 1])
    """
    if isinstance(ext_tensor, Tensor):
        result = ext_tensor.detach()
        result = result if device is None else result.to(device)
        return result.clone() if copy else result
    if not hasattr(ext_tensor, "__dlpack__"):
        raise ArgumentRuntimeError(
            explain(
                "from_dlpack()",
                expected="an object with __dlpack__ and __dlpack_device__",
                got=type(ext_tensor).__name__,
                do="Use torch.as_tensor.",
            )
        )
    kind = ext_tensor.__dlpack_device__()[0]
    backend = backend_for(as_device("cpu" if int(kind) == 1 else "cuda"))
    array = backend.np.from_dlpack(ext_tensor)
    result = wrap(array.copy() if copy else array)
    return result if device is None else result.to(device)


def _dlpack(self, *, stream=None, max_version=None, dl_device=None, copy=None):
    if self._edge is not None:
        raise BufferError(
            explain(
                "__dlpack__()",
                expected="a tensor that requires no gradient",
                got="one that does: can't export tensors that require gradient",
                do="Use tensor.detach().",
            )
        )
    array = self._array
    if array.__class__ is Spec or array.dtype.kind == "V":
        raise BufferError(
            explain(
                "__dlpack__()",
                expected="memory that other libraries can read",
                got=f"{self.dtype} on {self.device}",
                do="Convert it with .float(), or move it with .cpu().",
            )
        )
    if array.__class__ is np.ndarray and not array.flags.writeable:
        array = array.copy()
    options = {"max_version": max_version, "dl_device": dl_device, "copy": copy}
    given = {name: value for name, value in options.items() if value is not None}
    return array.__dlpack__(stream=stream, **given)


def _dlpack_device(self):
    return self._array.__dlpack_device__()


expose(from_dlpack, method=False)
attach("__dlpack__", _dlpack)
attach("__dlpack_device__", _dlpack_device)

# ------------------------------------------------------------------- copy and pickle


def _deepcopy(self, memo):
    if id(self) in memo:
        return memo[id(self)]
    if not self.is_leaf:
        raise GraphError(
            explain(
                "deepcopy()",
                expected="a tensor created by the user (a leaf of the graph)",
                got=f"the result of {self.grad_fn}: only leaves support the deepcopy "
                "protocol",
                do="Use .detach().clone().",
            )
        )
    result = object.__new__(type(self))
    result._edge = result._memory = result._base = result._grad = None
    result._array = _copied_array(self._array, memo)
    memo[id(self)] = result
    if self._edge is not None:
        result.requires_grad = True
    result._grad = copy.deepcopy(self._grad, memo)
    result.__dict__.update(copy.deepcopy(self.__dict__, memo))
    return result


def _copied_array(array, memo):
    """A copy of an array; two over one memory stay over one memory."""
    if array.__class__ is not np.ndarray:
        return array if array.__class__ is Spec else array.copy()
    owner, start = memory_of_array(array)
    known = memo.get(id(owner))
    if known is None:
        known = memo[id(owner)] = owner.copy("C")
        memo.setdefault(id(memo), []).append(owner)
    return strided_view(known, array.shape, array.strides, start)


def _reduce(self, protocol):
    array = self._array
    if array.__class__ is Spec:
        where = (array.shape, array.dtype)
    else:
        host = backend_of(array.__class__).to_host(array)
        owner, start = memory_of_array(host)
        where = (owner, host.shape, host.strides, start)
    state = (type(self), str(device_of(array)), where, self._edge is not None)
    return _rebuild, state, self.__dict__ or None


def _rebuild(kind, device, where, requires_grad):
    """A tensor from its pickle."""
    result = object.__new__(kind)
    result._edge = result._memory = result._base = result._grad = None
    device = as_device(device)
    array = Spec(*where) if len(where) == 2 else strided_view(*where)
    result._array = backend_for(device).from_host(array, device)
    if requires_grad:
        result.requires_grad = True
    return result


attach("__deepcopy__", _deepcopy)
attach("__reduce_ex__", _reduce)
expose(Tensor.detach, method=False)
expose(Tensor.detach_, method=False)
