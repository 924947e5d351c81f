"""Parameter and Buffer: the tensors that a module owns."""

from collections import OrderedDict

from rushlight._base.errors import MissingAttributeError, explain
from rushlight._core.storage import memory_of
from rushlight._core.tensor import Tensor, wrap

_new = object.__new__


class _ParameterType(type(Tensor)):
    """Lets a tensor of a user's own class count as a Parameter."""

    def __instancecheck__(cls, value):
        if value.__class__ is Tensor:
            return False
        return super().__instancecheck__(value) or (
            cls is Parameter
            and isinstance(value, Tensor)
            and getattr(value, "_is_param", False)
        )


class Parameter(Tensor, metaclass=_ParameterType):
    """A tensor that a module trains: as a module's attribute it becomes a parameter.

    It shares the memory of ``data`` and is a leaf of its own.

    Args:
        data: (*), float or complex where it is to be trained; left out: an empty
            tensor.  Of a subclass of Tensor the result keeps that class.
        requires_grad: whether operations on it are recorded.

    Raises:
        AttributeError: for what is no tensor.
        RuntimeError: where an integer tensor is to be trained.

    >>> import rushlight
    >>> Parameter(rushlight.ones(2))
    Parameter containing:
    tensor([1., 1.], requires_grad=True)
    """

    __slots__ = ()

    def __new__(cls, data=None, requires_grad=True):
        if data is None:
            data = _empty()
        elif not isinstance(data, Tensor):
            raise _no_tensor(cls.__name__, data)
        if data.__class__ is not Tensor and not isinstance(data, Parameter):
            return _marked(data, requires_grad)
        parameter = _new(cls)
        parameter._array = data._array
        parameter._edge = parameter._grad = parameter._base = None
        parameter._memory = memory_of(data)
        if requires_grad:
            parameter.requires_grad = True
        return parameter

    def __deepcopy__(self, memo):
        found = memo.get(id(self))
        if found is None:
            copied = wrap(self._array.copy())
            found = memo[id(self)] = type(self)(copied, self.requires_grad)
        return found

    def __repr__(self):
        return f"Parameter containing:\n{super().__repr__()}"

    def __reduce_ex__(self, protocol):
        state = self.__dict__
        arguments = (self.data, self.requires_grad, OrderedDict())
        if not state:
            return _rebuild_parameter, arguments
        return _rebuild_parameter_with_state, (*arguments, state)


def _empty():
    import numpy as np

    from rushlight._base.config import default_dtype

    return wrap(np.empty(0, default_dtype().numpy))


def _marked(data, requires_grad):
    """A tensor of the user's own class that counts as a parameter."""
    result = data.detach().requires_grad_(requires_grad)
    if type(result) is not type(data):
        raise TypeError(
            explain(
                "Parameter()",
                expected=f"detach() of a {type(data).__name__} to give the same type",
                got=type(result).__name__,
                do="Override detach() in the subclass, or pass data.as_subclass("
                "torch.Tensor).",
            )
        )
    result._is_param = True
    return result


def _no_tensor(who, data):
    name = type(data).__name__
    return MissingAttributeError(
        explain(
            f"{who}()",
            expected="data to be a Tensor",
            got=f"a {name} ('{name}' object has no attribute 'detach')",
            do="Convert it with torch.tensor.",
        )
    )


def _rebuild_parameter(data, requires_grad, backward_hooks):
    return Parameter(data, requires_grad)


def _rebuild_parameter_with_state(data, requires_grad, backward_hooks, state):
    parameter = Parameter(data, requires_grad)
    parameter.__dict__.update(state)
    return parameter


class _BufferType(type(Tensor)):
    """Buffers are Tensors with a mark, so ``isinstance`` asks for the mark."""

    def __instancecheck__(cls, value):
        return isinstance(value, Tensor) and getattr(value, "_is_buffer", False)


class Buffer(Tensor, metaclass=_BufferType):
    """A tensor that a module keeps but does not train: it becomes a buffer.

    The result is a Tensor over the memory of ``data``, marked as a buffer.

    Args:
        data: (*), any dtype; left out: an empty tensor.
        persistent: whether it is part of the module's ``state_dict``.

    Raises:
        AttributeError: for what is no tensor.

    >>> import rushlight
    >>> Buffer(rushlight.ones(2))
    tensor([1., 1.])
    """

    __slots__ = ()

    def __new__(cls, data=None, *, persistent=True):
        if data is None:
            data = _empty()
        elif not isinstance(data, Tensor):
            raise _no_tensor(cls.__name__, data)
        buffer = data.detach().requires_grad_(data.requires_grad)
        buffer.persistent = persistent
        buffer._is_buffer = True
        return buffer
