"""Transforms along several dimensions: fftn, rfftn, hfftn, their inverses, in 2-D."""

from rushlight._base.errors import ShapeError, explain
from rushlight._ops._arguments import to_out
from rushlight._ops.fft._arguments import (
    check_points,
    dims_and_sizes,
    floating,
    resized,
    scale_of,
)
from rushlight._ops.fft.primitives import C2C, C2R, R2C


def _result(result, out, who):
    return result if out is None else to_out(result, out, who)


def _need_a_dim(dims, who):
    if not dims:
        raise ShapeError(
            explain(
                who,
                expected="at least one axis to transform",
                got="none",
                do="Name a dimension.",
            )
        )


def fftn(input, s=None, dim=None, norm=None, *, out=None):
    """`fft` along several dimensions.

    Args:
        input: (*), any dtype but half precision.
        s: their sizes: each is cut, or filled up with zeros; -1 leaves it.
        dim: the dimensions; the last len(s), or all, if left out.
        norm, out: as for `fft`.

    Returns:
        Tensor: complex.

    Raises:
        RuntimeError: for dims that are double or do not fit s, and as `fft`.

    >>> import rushlight
    >>> rushlight.fft.fftn(rushlight.ones(2, 2))
    tensor([[4.+0.j, 0.+0.j],
            [0.+0.j, 0.+0.j]])
    """
    who = "fft.fftn()"
    x = floating(input, who)
    dims, sizes = dims_and_sizes(x, s, dim, who)
    x, scale = resized(x, dims, sizes), scale_of(norm, True, who)
    if not dims:
        found = floating(x, who, "complex")
    elif x.is_complex():
        found = C2C.short(x, dims=dims, scale=scale, forward=True)
    else:
        found = R2C.short(x, dims=dims, scale=scale, onesided=False)
    return _result(found, out, who)


def ifftn(input, s=None, dim=None, norm=None, *, out=None):
    """The inverse of `fftn`; arguments as for `fftn`, norm as for `ifft`."""
    who = "fft.ifftn()"
    x = floating(input, who, "complex")
    dims, sizes = dims_and_sizes(x, s, dim, who)
    x, scale = resized(x, dims, sizes), scale_of(norm, False, who)
    if dims:
        x = C2C.short(x, dims=dims, scale=scale, forward=False)
    return _result(x, out, who)


def rfftn(input, s=None, dim=None, norm=None, *, out=None):
    """`fftn` of real numbers: of the last dimension only the first half.

    Args:
        input: (*), real.
        s, dim, norm, out: as for `fftn`.

    Returns:
        Tensor: complex.

    Raises:
        RuntimeError: for complex input, no dimension, and as `fftn`.
    """
    who = "fft.rfftn()"
    x = floating(input, who, "real")
    dims, sizes = dims_and_sizes(x, s, dim, who)
    _need_a_dim(dims, who)
    x, scale = resized(x, dims, sizes), scale_of(norm, True, who)
    return _result(R2C.short(x, dims=dims, scale=scale, onesided=True), out, who)


def _half_spectrum(input, s, dim, who):
    """(complex input, dims, size of the last): for transforms to real numbers."""
    x = floating(input, who, "complex")
    dims, sizes = dims_and_sizes(x, s, dim, who)
    _need_a_dim(dims, who)
    size = 2 * (x.shape[dims[-1]] - 1) if sizes[-1] is None else sizes[-1]
    check_points(size, who)
    return resized(x, dims, [*sizes[:-1], size // 2 + 1]), dims, size


def irfftn(input, s=None, dim=None, norm=None, *, out=None):
    """The inverse of `rfftn`.

    Args:
        input: (*), in the last dimension the first half of a spectrum.
        s: the sizes of the result; of the last ``2 * (size - 1)`` if left out.
        dim, norm, out: as for `ifftn`.

    Returns:
        Tensor: real.
    """
    who = "fft.irfftn()"
    x, dims, size = _half_spectrum(input, s, dim, who)
    scale = scale_of(norm, False, who)
    return _result(C2R.short(x, dims=dims, scale=scale, size=size), out, who)


def hfftn(input, s=None, dim=None, norm=None, *, out=None):
    """`fftn` of a signal of which the last dimension holds the first half.

    Args:
        input, s, dim, out: as for `irfftn`.
        norm: as for `fft`.

    Returns:
        Tensor: real.
    """
    who = "fft.hfftn()"
    x, dims, size = _half_spectrum(input, s, dim, who)
    scale = scale_of(norm, True, who)
    if len(dims) > 1:
        x = C2C.short(x, dims=dims[:-1], scale=scale, forward=True)
    found = C2R.short(x.conj(), dims=dims[-1:], scale=scale, size=size)
    return _result(found, out, who)


def ihfftn(input, s=None, dim=None, norm=None, *, out=None):
    """The inverse of `hfftn`; arguments as for `rfftn`, norm as for `ifft`."""
    who = "fft.ihfftn()"
    x = floating(input, who, "real")
    dims, sizes = dims_and_sizes(x, s, dim, who)
    _need_a_dim(dims, who)
    x, scale = resized(x, dims, sizes), scale_of(norm, False, who)
    x = R2C.short(x, dims=dims[-1:], scale=scale, onesided=True).conj()
    if len(dims) > 1:
        x = C2C.short(x, dims=dims[:-1], scale=scale, forward=False)
    return _result(x, out, who)


def fft2(input, s=None, dim=(-2, -1), norm=None, *, out=None):
    """`fftn` along two dimensions."""
    return fftn(input, s, dim, norm, out=out)


def ifft2(input, s=None, dim=(-2, -1), norm=None, *, out=None):
    """`ifftn` along two dimensions."""
    return ifftn(input, s, dim, norm, out=out)


def rfft2(input, s=None, dim=(-2, -1), norm=None, *, out=None):
    """`rfftn` along two dimensions."""
    return rfftn(input, s, dim, norm, out=out)


def irfft2(input, s=None, dim=(-2, -1), norm=None, *, out=None):
    """`irfftn` along two dimensions."""
    return irfftn(input, s, dim, norm, out=out)


def hfft2(input, s=None, dim=(-2, -1), norm=None, *, out=None):
    """`hfftn` along two dimensions."""
    return hfftn(input, s, dim, norm, out=out)


def ihfft2(input, s=None, dim=(-2, -1), norm=None, *, out=None):
    """`ihfftn` along two dimensions."""
    return ihfftn(input, s, dim, norm, out=out)
