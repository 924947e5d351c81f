"""Tensors copied and pickled by Python's own means."""

import copy

import numpy as np

from rushlight._backends import backend_for, backend_of, device_of
from rushlight._backends.numpy import strided_view
from rushlight._base.device import as_device
from rushlight._base.errors import (
    GraphError,
    explain,
)
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.tensor import Tensor, attach
from rushlight._ops._memory import memory_of_array
from rushlight._ops._shared import for_pickle

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
        where = (for_pickle(owner), host.shape, host.strides, start)
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
