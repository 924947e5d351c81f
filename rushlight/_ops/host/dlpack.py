"""Memory shared with other libraries: DLPack both ways."""

import numpy as np

from rushlight._backends import backend_for
from rushlight._base.device import as_device
from rushlight._base.errors import (
    ArgumentRuntimeError,
    explain,
)
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.tensor import Tensor, attach, wrap

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


def to_dlpack(tensor):
    """A tensor's memory as a DLPack capsule, for `from_dlpack` of another library.

    Args:
        tensor: (*), any dtype but bfloat16.

    Returns:
        A capsule, which can be used once.

    Raises:
        BufferError: where the tensor requires grad, or has no memory to offer.

    >>> import rushlight
    >>> type(rushlight.to_dlpack(rushlight.ones(1))).__name__
    'PyCapsule'
    """
    return _dlpack(tensor)


expose(to_dlpack, method=False)


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


def _cuda_interface(self):
    if not self.is_cuda:
        raise AttributeError(
            "__cuda_array_interface__: expected a tensor on a CUDA device, got one on "
            f"{self.device}. Use numpy()."
        )
    return self._array.__cuda_array_interface__


attach("__cuda_array_interface__", property(_cuda_interface))
