"""The places of what is not zero: nonzero, argwhere."""

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._core.expose import TORCH, expose
from rushlight._core.inplace import put_out
from rushlight._core.table import define
from rushlight._ops.index.along import depends_on_values

# ---------------------------------------------------------------------------- nonzero


def nonzero(input, *, out=None, as_tuple=False):
    """The places of the elements that are not zero.

    Args:
        input: (*), any dtype.
        out: tensor to write the result to.
        as_tuple: one tensor for each dimension, as an index takes them.

    Returns:
        Tensor: (number of them, number of dimensions), int64; or a tuple of tensors.

    Raises:
        NotImplementedError: for a meta tensor.

    >>> import rushlight
    >>> rushlight.tensor([0, 3, 5]).nonzero()
    tensor([[1],
            [2]])
    """
    if as_tuple:
        input = input if input._array.ndim else input.reshape(1)
        return nonzero(input).unbind(1)
    result = NONZERO.short(input)
    return result if out is None else put_out(result, out, "nonzero()")


def argwhere(input):
    """The places of the elements that are not zero, as `nonzero`.

    Args:
        input: (*), any dtype.

    Returns:
        Tensor: (number of them, number of dimensions), int64.

    Raises:
        NotImplementedError: for a meta tensor.

    >>> import rushlight
    >>> rushlight.argwhere(rushlight.tensor([0, 3, 5]))
    tensor([[1],
            [2]])
    """
    return NONZERO.short(input)


def nonzero_static(input, *, size, fill_value=-1):
    """As `nonzero`, with a given number of rows: cut off, or filled up.

    Args:
        input: (*), any dtype.
        size: how many places are returned.
        fill_value: what stands where there are not so many.

    Returns:
        Tensor: (size, number of dimensions), int64.

    Raises:
        RuntimeError: where size is negative.

    >>> import rushlight
    >>> rushlight.nonzero_static(rushlight.tensor([0, 3, 5]), size=3)
    tensor([[ 1],
            [ 2],
            [-1]])
    """
    if size < 0:
        raise ArgumentRuntimeError(
            explain(
                "nonzero_static()",
                expected="a size that is non-negative",
                got=size,
                do="Check it.",
            )
        )
    found = nonzero(input)[:size]
    missing = found.new_full((size - found.shape[0], found.shape[1]), fill_value)
    return TORCH["cat"]([found, missing])


def _nonzero_spec(x):
    raise depends_on_values("nonzero()")


def _nonzero_eager(backend, x):
    np_ = backend.np
    if not x.ndim:
        return np_.empty((int(bool(x)), 0), np_.int64)
    if x.dtype.kind == "V":
        x = x != 0
    return np_.stack(x.nonzero()).T


NONZERO = define("nonzero", eager=_nonzero_eager, spec=_nonzero_spec)
expose(nonzero)
expose(argwhere)
expose(nonzero_static)
