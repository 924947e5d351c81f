"""Spec rules that many ops share."""

from rushlight._base import config
from rushlight._base import dtype as dtypes
from rushlight._base.promote import result_dtype
from rushlight._base.shape import broadcast_shapes
from rushlight._base.spec import Spec


def shape_of(operand):
    """The shape of an array or spec; that of a Python number is ()."""
    return operand.shape if hasattr(operand, "shape") else ()


def pointwise_spec(*operands, **attrs):
    """Same dtype, broadcast shape."""
    shape = broadcast_shapes(*map(shape_of, operands))
    return Spec(shape, result_dtype(operands).numpy)


def float_spec(*operands, **attrs):
    """As pointwise_spec; integers give the default float dtype."""
    dtype = result_dtype(operands)
    if dtype.category < dtypes.FLOAT:
        dtype = config.default_dtype()
    return Spec(broadcast_shapes(*map(shape_of, operands)), dtype.numpy)


def compare_spec(*operands, **attrs):
    """Broadcast shape, bool."""
    return Spec(broadcast_shapes(*map(shape_of, operands)), bool)


def same_spec(x, *others, **attrs):
    """Shape and dtype of the first input."""
    return Spec(x.shape, x.dtype)
