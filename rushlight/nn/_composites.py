"""Functions of nn.functional that only combine Tensor operations.

They are exposed as the op families expose theirs: `rushlight.cosine_similarity` is
`nn.functional.cosine_similarity`.
"""

from rushlight._base.dtype import FLOAT
from rushlight._base.errors import (
    ArgumentRuntimeError,
    DtypeError,
    ShapeError,
    explain,
)
from rushlight._base.promote import promote_types
from rushlight._base.shape import broadcast_shapes
from rushlight._core.expose import expose

# -------------------------------------------------------------------------- distances


def cosine_similarity(x1, x2, dim=1, eps=1e-8):
    """The cosine of the angle between two vectors, along a dimension.

        y = x1 . x2 / (max(|x1|, eps) max(|x2|, eps))

    Args:
        x1, x2: float, of shapes that broadcast.
        dim: int, counted in the common shape.
        eps: float, keeps from dividing by zero.

    Returns:
        Tensor: the common shape without dim.

    Raises:
        RuntimeError: for integers, or shapes that do not broadcast.

    >>> import rushlight
    >>> cosine_similarity(rushlight.ones(1, 2), rushlight.tensor([[1.0, 0.0]]))
    tensor([0.7071])
    """
    dtype = promote_types(x1.dtype, x2.dtype)
    if dtype.category < FLOAT:
        raise DtypeError(
            explain(
                "cosine_similarity()",
                expected="common dtype to be floating point",
                got=dtype,
                do="Convert with .float().",
            )
        )
    x1, x2 = _broadcast(x1.to(dtype), x2.to(dtype))
    first, second = (x / x.norm(dim=dim, keepdim=True).clamp_min(eps) for x in (x1, x2))
    return (first * second).sum(dim)


def _broadcast(x1, x2):
    shape = broadcast_shapes(x1.shape, x2.shape)
    return x1.expand(shape), x2.expand(shape)


def pairwise_distance(x1, x2, p=2.0, eps=1e-6, keepdim=False):
    """The p-norm of the difference of two vectors, over the last dimension.

        y = (sum_i |x1_i - x2_i + eps|^p)^(1/p)

    Args:
        x1, x2: (N, D) or (D,), float, of shapes that broadcast.
        p: float, the norm's degree.
        eps: float, added to the difference.
        keepdim: whether the last dimension stays, with size 1.

    Returns:
        Tensor: (N,), or (N, 1) with keepdim.

    Raises:
        RuntimeError: for shapes that do not broadcast.

    >>> import rushlight
    >>> pairwise_distance(rushlight.zeros(1, 2), rushlight.tensor([[3.0, 4.0]]))
    tensor([5.0000])
    """
    difference = x1 - x2 + eps
    if difference.dim() == 0:
        return difference.abs()
    return difference.norm(p, -1, keepdim)


# --------------------------------------------------------------------------- shuffles


def pixel_shuffle(input, upscale_factor):
    """Make a larger picture of many channels.

    Args:
        input: (*, C r^2, H, W), any dtype.
        upscale_factor: int, r.

    Returns:
        Tensor: (*, C, H r, W r).

    Raises:
        RuntimeError: where r^2 does not divide the channels.

    >>> import rushlight
    >>> pixel_shuffle(rushlight.arange(4).view(4, 1, 1), 2)
    tensor([[[0, 1],
             [2, 3]]])
    """
    who, r = "pixel_shuffle()", upscale_factor
    _check_picture(input, who, 3)
    _check_positive(r, who, "upscale_factor")
    *batch, channels, height, width = input.shape
    if channels % (r * r):
        raise _indivisible(who, "channels", f"the factor's square {r * r}", channels)
    parts = input.reshape(*batch, channels // (r * r), r, r, height, width)
    n = len(batch)
    turned = parts.permute(*range(n), n, n + 3, n + 1, n + 4, n + 2)
    return turned.reshape(*batch, channels // (r * r), height * r, width * r)


def pixel_unshuffle(input, downscale_factor):
    """Make many channels of a larger picture: undo `pixel_shuffle`.

    Args:
        input: (*, C, H r, W r), any dtype.
        downscale_factor: int, r.

    Returns:
        Tensor: (*, C r^2, H, W).

    Raises:
        RuntimeError: where r does not divide height and width.

    >>> import rushlight
    >>> pixel_unshuffle(rushlight.arange(4).view(1, 2, 2), 2).flatten()
    tensor([0, 1, 2, 3])
    """
    who, r = "pixel_unshuffle()", downscale_factor
    _check_picture(input, who, 3)
    _check_positive(r, who, "downscale_factor")
    *batch, channels, height, width = input.shape
    for name, size in (("height", height), ("width", width)):
        if size % r:
            raise _indivisible(who, name, f"downscale_factor {r}", size)
    parts = input.reshape(*batch, channels, height // r, r, width // r, r)
    n = len(batch)
    turned = parts.permute(*range(n), n, n + 2, n + 4, n + 1, n + 3)
    return turned.reshape(*batch, channels * r * r, height // r, width // r)


def channel_shuffle(input, groups):
    """Mix the channels of groups, in turn one of each.

    Args:
        input: (N, C, *), any dtype, at least 3 dimensions.
        groups: int, which divides C.

    Returns:
        Tensor: same shape.

    Raises:
        RuntimeError: where the groups do not divide the channels.

    >>> import rushlight
    >>> channel_shuffle(rushlight.arange(4).view(1, 4, 1), 2).flatten()
    tensor([0, 2, 1, 3])
    """
    who = "channel_shuffle()"
    _check_picture(input, who, 3)
    _check_positive(groups, who, "groups")
    if input.shape[1] % groups:
        raise _indivisible(who, "channels", f"groups {groups}", input.shape[1])
    batch, channels, *sizes = input.shape
    parts = input.reshape(batch, groups, channels // groups, *sizes)
    return parts.transpose(1, 2).reshape(input.shape)


def _check_picture(input, who, least):
    if input.dim() < least:
        raise ShapeError(
            explain(
                who,
                expected=f"input to have at least {least} dimensions",
                got=f"shape {list(input.shape)}",
                do="Add a dimension with unsqueeze.",
            )
        )


def _check_positive(value, who, name):
    if value <= 0:
        raise ArgumentRuntimeError(
            explain(who, expected=f"a positive {name}", got=value, do="Use 1 or more.")
        )


def _indivisible(who, what, by, size):
    return ShapeError(
        explain(
            who,
            expected=f"{what} divisible by {by}",
            got=size,
            do="Choose a divisor, or pad.",
        )
    )


for _function in (
    cosine_similarity,
    pairwise_distance,
    pixel_shuffle,
    pixel_unshuffle,
    channel_shuffle,
):
    expose(_function, method=False, functional=True)
