"""Plain fillings: constants, distributions, identities, sparse matrices."""

import math

from rushlight._base.errors import ArgumentError, explain
from rushlight._core.expose import TORCH
from rushlight._core.grad_mode import no_grad


def uniform_(tensor, a=0.0, b=1.0, generator=None):
    """Fill from the uniform distribution on [a, b).

    >>> import rushlight
    >>> _ = rushlight.manual_seed(0)
    >>> uniform_(rushlight.empty(2))
    tensor([0.4963, 0.7682])
    """
    with no_grad():
        return tensor.uniform_(a, b, generator=generator)


def normal_(tensor, mean=0.0, std=1.0, generator=None):
    """Fill from the normal distribution with a mean and a standard deviation.

    >>> import rushlight
    >>> _ = rushlight.manual_seed(0)
    >>> normal_(rushlight.empty(2))
    tensor([ 1.5410, -0.2934])
    """
    with no_grad():
        return tensor.normal_(mean, std, generator=generator)


def constant_(tensor, val):
    """Fill with one value.

    >>> import rushlight
    >>> constant_(rushlight.empty(2), 0.3)
    tensor([0.3000, 0.3000])
    """
    with no_grad():
        return tensor.fill_(val)


def ones_(tensor):
    """Fill with ones.

    >>> import rushlight
    >>> ones_(rushlight.empty(2))
    tensor([1., 1.])
    """
    return constant_(tensor, 1.0)


def zeros_(tensor):
    """Fill with zeros.

    >>> import rushlight
    >>> zeros_(rushlight.empty(2))
    tensor([0., 0.])
    """
    with no_grad():
        return tensor.zero_()


def eye_(tensor):
    """Fill a matrix with the identity.

    Args:
        tensor: (n, m), any dtype.

    Raises:
        ValueError: for another number of dimensions.

    >>> import rushlight
    >>> eye_(rushlight.empty(2, 3))
    tensor([[1., 0., 0.],
            [0., 1., 0.]])
    """
    check_dims("eye_", tensor, (2,), "Only tensors with 2 dimensions are supported")
    with no_grad():
        tensor.zero_()
        for i in range(min(tensor.shape)):
            tensor[i, i] = 1
    return tensor


def dirac_(tensor, groups=1):
    """Fill a convolution's weight so that it passes its input channels through.

    Args:
        tensor: (out, in, kernel...), with 1 to 3 kernel sizes.
        groups: int, the convolution's groups.

    Raises:
        ValueError: for another number of dimensions, or channels that the groups do
            not divide.

    >>> import rushlight
    >>> dirac_(rushlight.empty(1, 1, 3))
    tensor([[[0., 1., 0.]]])
    """
    check_dims(
        "dirac_",
        tensor,
        (3, 4, 5),
        "Only tensors with 3, 4, or 5 dimensions are supported",
    )
    out, channels, *kernel = tensor.shape
    if out % groups:
        raise ArgumentError(
            explain(
                "dirac_()",
                expected=f"dim 0 must be divisible by groups ({groups})",
                got=f"size {out}",
                do="Use the convolution's own number of groups.",
            )
        )
    per_group = out // groups
    center = tuple(size // 2 for size in kernel)
    with no_grad():
        tensor.zero_()
        for channel in range(out):
            if channel % per_group < channels:
                tensor[(channel, channel % per_group, *center)] = 1
    return tensor


def sparse_(tensor, sparsity, std=0.01, generator=None):
    """Fill a matrix from the normal distribution, with zeros in every column.

    Args:
        tensor: (n, m), float.
        sparsity: the part of each column that is zero, rounded up to whole rows; which
            ones, the default generator draws.
        std: the standard deviation.
        generator: Generator for the values, or None for the default one.

    Raises:
        ValueError: for another number of dimensions.

    See:
        Martens, "Deep learning via Hessian-free optimization", ICML 2010.
    """
    check_dims("sparse_", tensor, (2,), "Only tensors with 2 dimensions are supported")
    rows, columns = tensor.shape
    zeros = math.ceil(sparsity * rows)
    with no_grad():
        tensor.normal_(0, std, generator=generator)
        for column in range(columns):
            tensor[TORCH["randperm"](rows)[:zeros], column] = 0
    return tensor


def check_dims(who, tensor, allowed, problem):
    """Refuse a tensor of another number of dimensions."""
    if tensor.ndim not in allowed:
        raise ArgumentError(
            explain(
                f"{who}()",
                expected=f"{' or '.join(map(str, allowed))} dimensions ({problem})",
                got=f"shape {list(tensor.shape)}",
                do="Reshape it, or choose another initialiser.",
            )
        )
