"""A Python function of every element, in place: apply_, map_."""

import numpy as np

from rushlight._base.errors import ArgumentRuntimeError, ArgumentTypeError, explain
from rushlight._base.shape import broadcast_shapes
from rushlight._core.expose import expose
from rushlight._core.inplace import overwrite
from rushlight._core.tensor import Tensor, wrap


def _check(input, who):
    if input._array.__class__ is not np.ndarray:
        raise ArgumentTypeError(
            explain(
                who,
                expected="a tensor on the CPU",
                got=f"one on {input.device}",
                do="Use .cpu() first, or an operation on whole tensors.",
            )
        )
    if input._edge is not None:
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="a tensor that requires no gradient",
                got="one that does",
                do="Use .detach() first; Python functions cannot be differentiated.",
            )
        )


def apply_(input, callable):
    """Replace every element by a Python function of it; slow, and returns ``input``."""
    _check(input, "apply_()")
    flat = [callable(value) for value in input.flatten().tolist()]
    return _written(input, flat, "apply_()")


def map_(input, tensor, callable):
    """Replace every element by a function of it and another's; returns ``input``."""
    _check(input, "map_()")
    if not isinstance(tensor, Tensor) or tensor.dtype is not input.dtype:
        raise ArgumentTypeError(
            explain(
                "map_()",
                expected=f"a tensor of {input.dtype}",
                got=getattr(tensor, "dtype", type(tensor).__name__),
                do="Convert it with .to(dtype).",
            )
        )
    shape = input._array.shape
    broadcast_shapes(shape, tensor._array.shape)
    others = wrap(np.broadcast_to(tensor._array, shape)).flatten().tolist()
    pairs = zip(input.flatten().tolist(), others, strict=True)
    return _written(input, [callable(*pair) for pair in pairs], "map_()")


def _written(input, values, who):
    array = input._array
    with np.errstate(all="ignore"):
        new = np.reshape(values, array.shape).astype(array.dtype)
    overwrite(input, wrap(new), who)
    return input


expose(apply_, torch=False)
expose(map_, torch=False)
