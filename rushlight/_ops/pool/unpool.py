"""max_unpool1d, max_unpool2d, max_unpool3d: winners back to their places."""

from math import prod

import numpy

from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    DtypeError,
    ShapeError,
    explain,
)
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import require_tensor
from rushlight._ops.pool._windows import sizes


def max_unpool1d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    """Put the results of `max_pool1d` back where they were; all else is zero.

    Args:
        input: (N, C, L) or (C, L); the largest elements.
        indices: the same shape, int64; their places.
        kernel_size, stride, padding: as they were pooled.
        output_size: the size before pooling, where several are possible.

    Returns:
        Tensor: (N, C, L') with ``L' = (L - 1) stride - 2 padding + kernel_size``.

    Raises:
        ValueError: for an output_size that cannot be.
        RuntimeError: for places outside the output.

    >>> import rushlight
    >>> x, places = rushlight.tensor([[3.0, 2.0]]), rushlight.tensor([[1, 2]])
    >>> rushlight.nn.functional.max_unpool1d(x, places, 2)
    tensor([[0., 3., 2., 0.]])
    """
    args = kernel_size, stride, padding, output_size, 1, "max_unpool1d()"
    return _unpool(input, indices, *args)


def max_unpool2d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    """Put the results of `max_pool2d` back where they were; all else is zero.

    Args:
        input: (N, C, H, W) or (C, H, W); the largest elements.
        indices, kernel_size, stride, padding, output_size: as for `max_unpool1d`.

    Returns:
        Tensor: (N, C, H', W').

    Raises:
        ValueError: for an output_size that cannot be.
        RuntimeError: for places outside the output.

    >>> import rushlight
    >>> x, places = rushlight.tensor([[[3.0]]]), rushlight.tensor([[[1]]])
    >>> rushlight.nn.functional.max_unpool2d(x, places, 2)
    tensor([[[0., 3.],
             [0., 0.]]])
    """
    args = kernel_size, stride, padding, output_size, 2, "max_unpool2d()"
    return _unpool(input, indices, *args)


def max_unpool3d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    """Put the results of `max_pool3d` back where they were; all else is zero.

    Args:
        input: (N, C, D, H, W) or (C, D, H, W); the largest elements.
        indices, kernel_size, stride, padding, output_size: as for `max_unpool1d`.

    Returns:
        Tensor: (N, C, D', H', W').

    Raises:
        ValueError: for an output_size that cannot be.
        RuntimeError: for places outside the output.

    >>> import rushlight
    >>> x, places = rushlight.tensor([[[[3.0]]]]), rushlight.tensor([[[[7]]]])
    >>> rushlight.nn.functional.max_unpool3d(x, places, 2).sum()
    tensor(3.)
    """
    args = kernel_size, stride, padding, output_size, 3, "max_unpool3d()"
    return _unpool(input, indices, *args)


def _unpool(input, indices, kernel_size, stride, padding, output_size, dims, who):
    require_tensor(input, who)
    require_tensor(indices, who, "indices")
    kernel = sizes(kernel_size, dims, who, "kernel_size")
    stride = kernel if stride is None else sizes(stride, dims, who, "stride")
    pads = sizes(padding, dims, who, "padding")
    plane = input._array.shape[input.ndim - dims :]
    usual = tuple(
        (n - 1) * s - 2 * p + k for n, s, p, k in zip(plane, stride, pads, kernel)
    )
    if output_size is None:
        size = usual
    else:
        size = _given_size(output_size, usual, stride, dims, who)
    if dims == 1:
        flat = input.unsqueeze(-2), indices.unsqueeze(-2)
        return call(MAX_UNPOOL, *flat, size=(1, *size)).squeeze(-2)
    return call(MAX_UNPOOL, input, indices, size=size)


def _given_size(output_size, usual, stride, dims, who):
    size = tuple(output_size)[-dims:]
    wrong = len(output_size) not in (dims, dims + 1, dims + 2)
    if wrong or any(not u - s < n < u + s for n, u, s in zip(size, usual, stride)):
        raise ArgumentError(
            explain(
                who,
                expected=f"output_size within one stride of {usual}",
                got=f'invalid output_size "{tuple(output_size)}"',
                do="Give the size before pooling.",
            )
        )
    return size


def _unpool_spec(x, indices, *, size):
    who = f"max_unpool{len(size)}d()"
    if indices.dtype != numpy.int64:
        raise DtypeError(
            explain(
                who,
                expected="indices of dtype int64",
                got=indices.dtype,
                do="Pass what max_pool with return_indices=True gave.",
            )
        )
    if indices.shape != x.shape:
        raise ShapeError(
            explain(
                who,
                expected=f"indices of the input's shape {list(x.shape)}",
                got=list(indices.shape),
                do="Pass what max_pool with return_indices=True gave.",
            )
        )
    return Spec((*x.shape[: x.ndim - len(size)], *size), x.dtype)


def _unpool_eager(backend, x, indices, *, size):
    np, found = backend.np, _unpool_spec(x, indices, size=size)
    area = prod(size)
    if indices.size and not (0 <= indices.min() and indices.max() < area):
        wrong = indices[(indices < 0) | (indices >= area)][0]
        raise ArgumentRuntimeError(
            explain(
                f"max_unpool{len(size)}d()",
                expected=f"places in an output of size {list(size)}",
                got=f"an invalid max index: {wrong}",
                do="Check kernel_size, stride and output_size.",
            )
        )
    whole = np.zeros(found.shape, x.dtype)
    flat = whole.reshape(prod(found.shape[: x.ndim - len(size)]), -1)
    rows = indices.reshape(len(flat), -1)
    np.put_along_axis(flat, rows, x.reshape(rows.shape), 1)
    return whole


def _unpool_grad(g, *, indices, x_shape, size):
    lead = x_shape[: len(x_shape) - len(size)]
    flat = g.reshape(*lead, -1).gather(-1, indices.reshape(*lead, -1))
    return flat.reshape(*x_shape), None


def _unpool_node(inputs, attrs):
    return f"MaxUnpool{len(attrs['size'])}DBackward0"


MAX_UNPOOL = define(
    "max_unpool",
    inputs="x indices",
    eager=_unpool_eager,
    spec=_unpool_spec,
    grad=_unpool_grad,
    node=_unpool_node,
)
for _function in (max_unpool1d, max_unpool2d, max_unpool3d):
    expose(_function, torch=False, method=False, functional=True)
