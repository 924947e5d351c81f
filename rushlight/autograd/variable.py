"""Variable: the name that tensors with gradients had before 0.4; old scripts use it."""

import warnings

from rushlight._base.errors import ArgumentTypeError, explain
from rushlight._core.tensor import Tensor


class _AnyTensor(type):
    """Makes ``isinstance(x, Variable)`` say whether x is a tensor."""

    def __instancecheck__(cls, value):
        return isinstance(value, Tensor)


class Variable(metaclass=_AnyTensor):
    """A leaf over the memory of a tensor; every tensor is an instance.

    Args:
        data: a tensor; left out, an empty one.
        requires_grad: whether operations on the leaf are recorded.
        volatile: without effect; it warns.

    Returns:
        Tensor: shares data's memory and none of its graph.

    Raises:
        TypeError: for data that is no tensor.

    >>> import rushlight
    >>> x = rushlight.ones(2)
    >>> rushlight.autograd.Variable(x, requires_grad=True)
    tensor([1., 1.], requires_grad=True)
    """

    def __new__(cls, data=None, requires_grad=False, volatile=None):
        if volatile is not None:
            warnings.warn(
                "volatile has no effect any more; use torch.no_grad().", stacklevel=2
            )
        if data is None:
            data = Tensor()
        if not isinstance(data, Tensor):
            raise ArgumentTypeError(
                explain(
                    "Variable()",
                    expected="data to be a tensor",
                    got=f"{type(data).__name__}: Variable data has to be a tensor",
                    do="Make one with torch.tensor(data, requires_grad=True).",
                )
            )
        return data.detach().requires_grad_(requires_grad)
