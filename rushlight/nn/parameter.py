"""Parameter and Buffer: the tensors that a module owns."""

from collections import OrderedDict

from rushlight._backends import device_of
from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    MissingAttributeError,
    explain,
)
from rushlight._core.expose import TORCH
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
            data = _nothing(None, None)
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
            data = _nothing(None, None)
        elif not isinstance(data, Tensor):
            raise _no_tensor(cls.__name__, data)
        buffer = data.detach().requires_grad_(data.requires_grad)
        buffer.persistent = persistent
        buffer._is_buffer = True
        return buffer


# ------------------------------------------------------------------------------- lazy


_slot = Tensor.__dict__["_array"]


class _Uninitialized:
    """A tensor whose shape is yet to be known: only dtype and device can be asked.

    Its array is an empty one that only tells those two; whoever else asks for
    `_array`, every operation for one, is refused.
    """

    __slots__ = ()

    def _hold(self, array, requires_grad):
        _slot.__set__(self, array)
        self._edge = self._grad = self._base = self._memory = None
        self.__dict__["_wanted"] = bool(requires_grad)
        return self

    def materialize(self, shape, device=None, dtype=None):
        """Become a parameter or buffer of a shape; the values are undefined.

        Args:
            shape: tuple of ints.
            device, dtype: left out: those that it has.
        """
        device = self.device if device is None else device
        dtype = self.dtype if dtype is None else dtype
        wanted = self.__dict__.pop("_wanted")
        self.__class__ = self.cls_to_become
        self._array = TORCH["empty"](shape, device=device, dtype=dtype)._array
        self.requires_grad = wanted

    def convert(self, fn):
        """Take dtype and device from what a function makes of an empty tensor."""
        _slot.__set__(self, fn(wrap(_slot.__get__(self)))._array)

    dtype = property(lambda self: BY_NUMPY[_slot.__get__(self).dtype])
    device = property(lambda self: device_of(_slot.__get__(self)))

    @property
    def requires_grad(self):
        """Whether operations are to be recorded, once there can be any."""
        return self.__dict__["_wanted"]

    @requires_grad.setter
    def requires_grad(self, wanted):
        self.__dict__["_wanted"] = bool(wanted)

    def detach(self):
        """Itself: there is no graph yet."""
        return self

    @property
    def shape(self):
        """Unknown: refused with what to do about it."""
        raise ArgumentRuntimeError(self._unknown("Can't access the shape of"))

    @property
    def _array(self):
        raise ArgumentError(self._unknown("Attempted to use"))

    def _unknown(self, what):
        return explain(
            type(self).__name__,
            expected="a shape",
            got=f"{what} an uninitialized parameter or buffer",
            do="Call the module once, so that it sees its input, before its "
            "parameters are used or loaded into another module.",
        )

    def __deepcopy__(self, memo):
        found = memo.get(id(self))
        if found is None:
            found = type(self)(self.requires_grad, self.device, self.dtype)
            memo[id(self)] = found
        return found

    def __reduce_ex__(self, protocol):
        return type(self), (self.requires_grad, self.device, self.dtype)

    def __repr__(self):
        return f"<{type(self).__name__}>"


class UninitializedParameter(_Uninitialized, Parameter):
    """A parameter whose shape a lazy module finds out from its first input.

    Args:
        requires_grad: whether operations on it are to be recorded.
        device, dtype: of the parameter to be.

    Raises:
        RuntimeError, ValueError: where it is used before.

    >>> UninitializedParameter()
    <UninitializedParameter>
    """

    __slots__ = ()
    cls_to_become = Parameter

    def __new__(cls, requires_grad=True, device=None, dtype=None):
        return _new(cls)._hold(_nothing(device, dtype)._array, requires_grad)


class UninitializedBuffer(_Uninitialized, Tensor):
    """A buffer whose shape a lazy module finds out from its first input.

    Args:
        requires_grad: whether operations on it are to be recorded.
        device, dtype: of the buffer to be.

    Raises:
        RuntimeError, ValueError: where it is used before.

    >>> UninitializedBuffer()
    <UninitializedBuffer>
    """

    __slots__ = ()
    cls_to_become = Tensor

    def __new__(cls, requires_grad=False, device=None, dtype=None):
        return _new(cls)._hold(_nothing(device, dtype)._array, requires_grad)


def _nothing(device, dtype):
    return TORCH["empty"](0, device=device, dtype=dtype)


def is_lazy(param):
    """Whether a parameter or buffer has no shape yet.

    >>> is_lazy(UninitializedParameter())
    True
    """
    return isinstance(param, _Uninitialized)
