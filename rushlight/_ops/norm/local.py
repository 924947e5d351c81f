"""normalize and local_response_norm: by a vector's length, by neighbouring channels."""

import numpy

from rushlight._backends import backend_for, device_of
from rushlight._base.errors import ArgumentError, explain
from rushlight._core.expose import expose
from rushlight._core.inplace import put_out
from rushlight._core.tensor import wrap
from rushlight._ops._arguments import require_tensor
from rushlight._ops._fill import at_home

# ------------------------------------------------------------------------- normalize


def normalize(input, p=2.0, dim=1, eps=1e-12, out=None):
    """Divide by the p-norm: ``x / max(norm(x), eps)``.

    Args:
        input: (*), float.
        p: the norm's exponent.
        dim: the dimension (or dimensions) of a vector.
        eps: the least norm to divide by.
        out: tensor to write the result to.

    Returns:
        Tensor: the input's shape.

    Raises:
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.nn.functional.normalize(rushlight.tensor([[3.0, 4.0]]))
    tensor([[0.6000, 0.8000]])
    """
    require_tensor(input, "normalize()")
    length = input.norm(p, dim, keepdim=True).clamp(min=eps).expand_as(input)
    found = input / length
    return found if out is None else put_out(found, out, "normalize()")


expose(normalize, torch=False, method=False, functional=True)

# --------------------------------------------------------------- local_response_norm


def local_response_norm(input, size, alpha=1e-4, beta=0.75, k=1.0):
    """Divide by a power of the mean square over neighbouring channels.

        x / (k + alpha mean(x**2))**beta

    Args:
        input: (N, C, *), float, of at least 3 dimensions.
        size: how many channels; beyond the ends they count as 0.
        alpha, beta, k: numbers.

    Returns:
        Tensor: the input's shape.

    Raises:
        ValueError: for an input of less than 3 dimensions.

    See:
        Krizhevsky et al., "ImageNet classification with deep convolutional neural
        networks" (2012).

    >>> import rushlight
    >>> x = rushlight.ones(1, 1, 1)
    >>> rushlight.nn.functional.local_response_norm(x, 1, alpha=3.0, beta=0.5)
    tensor([[[0.5000]]])
    """
    require_tensor(input, "local_response_norm()")
    if input.ndim < 3:
        raise ArgumentError(
            explain(
                "local_response_norm()",
                expected="3D or higher dimensionality input",
                got=f"{input.ndim} dimensions",
                do="Give it (N, C, *).",
            )
        )
    if not input._array.size:
        return input
    shape = tuple(input.shape)
    squares = (input * input).reshape(*shape[:2], -1)
    total = (_neighbours(input._array, size) @ squares).reshape(*shape)
    return input / (total / size * alpha + k).pow(beta)


def _neighbours(x, size):
    """(C, C): 1 where a channel counts for another."""
    channel = numpy.arange(x.shape[1])
    shift = channel - channel[:, None]
    near = (shift >= -(size // 2)) & (shift <= (size - 1) // 2)
    return wrap(at_home(backend_for(device_of(x)), near.astype(x.dtype), x))


expose(local_response_norm, torch=False, method=False, functional=True)
