"""Tensor: one backend array and autograd's fields.

Methods come from above: each op family attaches its own (`attach`), so this file
holds only what a tensor is.
"""

from typing import Any

import numpy as np

from rushlight._backends import device_of
from rushlight._base.dtype import BY_NUMPY, COMPLEX, FLOAT
from rushlight._base.errors import (
    ArgumentTypeError,
    DtypeError,
    GraphError,
    ShapeError,
    explain,
)
from rushlight._base.shape import Size
from rushlight._core.guarding import GUARDS
from rushlight._core.node import AccumulateGrad, Output
from rushlight._core.storage import memory_of

_new = object.__new__


class Tensor:
    """A multi-dimensional array that can record what is done to it.

    ``Tensor(data)`` and ``Tensor(*sizes)`` are torch's old constructors and give the
    default dtype; ``rushlight.tensor(data)`` infers it and is the one to use.

    Attributes:
        shape, dtype, device: what the elements are and where they live.
        requires_grad: whether operations on it are recorded.
        grad: the accumulated gradient of a leaf, or None.
        grad_fn: the node that made it, or None for a leaf.
    """

    # Note [Fields]
    # _array   the backend's array; a view of a tensor holds a view of its array
    # _edge    what a consumer's node links to: None if no gradient is wanted, the
    #          AccumulateGrad of a leaf, the node (or its Output) of a result
    # _grad    the accumulated gradient
    # _memory  Memory shared with views, or None while nothing shares it
    # _base    for a view: the tensor that owns the memory
    __slots__ = (
        "_array",
        "_edge",
        "_grad",
        "_memory",
        "_base",
        "__dict__",
        "__weakref__",
    )
    _array: Any
    _edge: Any
    _grad: Any
    _memory: Any
    _base: Any
    __array_priority__ = 1000

    def __new__(cls, *args, **kwargs):
        tensor = _new(cls)
        tensor._edge = tensor._grad = tensor._memory = tensor._base = None
        tensor._array = _LEGACY[0](*args, **kwargs)
        return tensor

    @property
    def shape(self):
        """The sizes, as a `Size`."""
        return Size(self._array.shape)

    @property
    def dtype(self):
        """The element type."""
        return BY_NUMPY[self._array.dtype]

    @property
    def device(self):
        """The device that holds the data."""
        return device_of(self._array)

    @property
    def ndim(self):
        """The number of dimensions."""
        return self._array.ndim

    @property
    def itemsize(self):
        """Bytes in one element."""
        return self._array.dtype.itemsize

    @property
    def nbytes(self):
        """Bytes in all elements."""
        return self._array.size * self._array.dtype.itemsize

    @property
    def is_cuda(self):
        """Whether the data is on a CUDA device."""
        return self.device.type == "cuda"

    @property
    def is_cpu(self):
        """Whether the data is on the CPU."""
        return self._array.__class__ is np.ndarray

    @property
    def is_meta(self):
        """Whether there is no data."""
        return self.device.type == "meta"

    @property
    def requires_grad(self):
        """Whether operations on this tensor are recorded."""
        return self._edge is not None

    @requires_grad.setter
    def requires_grad(self, wanted):
        if bool(wanted) == (self._edge is not None):
            return
        if not wanted:
            self._require_leaf("requires_grad", "a leaf", "Use .detach().")
            self._edge = None
            return
        if self.dtype.category < FLOAT:
            raise DtypeError(
                explain(
                    "requires_grad",
                    expected="a floating-point or complex tensor",
                    got=f"only Tensors of floating point and complex dtype can "
                    f"require gradients, this one is {self.dtype}",
                    do="Convert it first, e.g. with .float().",
                )
            )
        self._edge = AccumulateGrad(self)

    def _require_leaf(self, who, expected, do):
        if not self.is_leaf:
            raise GraphError(
                explain(
                    who, expected=expected, got=f"the result of {self.grad_fn}", do=do
                )
            )

    @property
    def is_leaf(self):
        """Whether no recorded operation made this tensor."""
        return self._edge is None or self._edge.__class__ is AccumulateGrad

    @property
    def grad_fn(self):
        """The node of the operation that made this tensor; None for a leaf."""
        edge = self._edge
        if edge is None or edge.__class__ is AccumulateGrad:
            return None
        return edge.node if edge.__class__ is Output else edge

    @property
    def output_nr(self):
        """Which of its node's outputs this tensor is."""
        return self._edge.index if self._edge.__class__ is Output else 0

    @property
    def grad(self):
        """The gradient that backward() accumulated here, or None."""
        return self._grad

    @grad.setter
    def grad(self, value):
        if value is not None:
            self._check_grad(value)
        self._grad = value

    @grad.deleter
    def grad(self):
        self._grad = None

    def _check_grad(self, value):
        if not isinstance(value, Tensor):
            raise ArgumentTypeError(
                explain(
                    "grad",
                    expected="a Tensor or None",
                    got=type(value).__name__,
                    do="Assign a tensor of the same shape.",
                )
            )
        mine = (tuple(self.shape), self.dtype, self.device)
        theirs = (tuple(value.shape), value.dtype, value.device)
        if mine != theirs:
            raise ShapeError(
                explain(
                    "grad",
                    expected="the tensor's own shape, dtype and device "
                    f"{', '.join(map(str, mine))}",
                    got="{}, {}, {}".format(*theirs),
                    do="Convert or reshape the gradient first.",
                )
            )

    @property
    def data(self):
        """The same values outside the graph, with a version counter of their own."""
        if self._edge is not None and GUARDS.on:
            GUARDS.see.data(self)
        return wrap(self._array)

    @data.setter
    def data(self, value):
        if not isinstance(value, Tensor):
            raise ArgumentTypeError(
                explain(
                    "data",
                    expected="a Tensor",
                    got=type(value).__name__,
                    do="Wrap it with torch.as_tensor.",
                )
            )
        if self._edge is not None and GUARDS.on:
            GUARDS.see.data(self)
        self._array = value._array
        self._base = None
        if self._memory is not None:  # views of the old data are no views any more
            version = self._memory.version
            self._memory = None
            memory_of(self).version = version
        edge = self._edge
        if edge.__class__ is AccumulateGrad:  # gradients are to fit the new data
            edge.shape, edge.dtype = self._array.shape, self._array.dtype

    @property
    def _version(self):
        return 0 if self._memory is None else self._memory.version

    def is_floating_point(self):
        """Whether the dtype is a real floating-point type."""
        return self.dtype.category == FLOAT

    def is_complex(self):
        """Whether the dtype is complex."""
        return self.dtype.category == COMPLEX

    def is_inference(self):
        """False: inference mode only switches recording off here."""
        return False

    def requires_grad_(self, requires_grad=True):
        """Set `requires_grad` in place and return the tensor."""
        self.requires_grad = requires_grad
        return self

    def detach(self):
        """The same memory outside the graph; in-place writes show in both.

        Returns:
            Tensor: shares memory and version counter, requires no gradient.
        """
        result = wrap(self._array)
        result._memory = memory_of(self)
        return result

    def detach_(self):
        """Cut this tensor from the graph in place: it becomes a leaf."""
        self._edge = None
        return self

    def __hash__(self):
        return id(self)

    def __repr__(self):
        from rushlight._core.printing import format_tensor

        node = self.grad_fn
        kind = type(self).__name__
        return format_tensor(
            self._array,
            name="tensor" if kind in ("Tensor", "Parameter") else kind,
            requires_grad=self.requires_grad,
            grad_fn_name=None if node is None else node.name(),
        )


#: How `Tensor(...)` makes its array; the creation family puts its function here.
_LEGACY: list[Any] = [None]


def wrap(array):
    """A new Tensor over an array, outside any graph."""
    tensor = _new(Tensor)
    tensor._array = array
    tensor._edge = tensor._grad = tensor._memory = tensor._base = None
    return tensor


def attach(name, function):
    """Give Tensor a method (or property); the one way in for the floors above.

    Raises:
        ValueError: where Tensor has it already: two families claim one name.
    """
    if name in Tensor.__dict__ and name not in _REPLACEABLE:
        raise ValueError(f"Tensor.{name} is attached twice")
    setattr(Tensor, name, function)


_REPLACEABLE = frozenset({"__hash__"})
