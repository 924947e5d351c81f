"""Transforms along one dimension: fft, rfft, hfft and their inverses."""

from rushlight._ops._arguments import to_out
from rushlight._ops.fft._arguments import (
    check_points,
    floating,
    line_dim,
    resized,
    scale_of,
)
from rushlight._ops.fft.primitives import C2C, C2R, R2C


def _result(result, out, who):
    return result if out is None else to_out(result, out, who)


def _line(input, n, dim, who, wants=None):
    """(input of n points, dimension)."""
    input = floating(input, who, wants)
    d = line_dim(input, dim, who)
    n = input.shape[d] if n is None else n
    check_points(n, who)
    return resized(input, (d,), (n,)), d


def fft(input, n=None, dim=-1, norm=None, *, out=None):
    """The discrete Fourier transform: ``sum_j x_j exp(-2 pi i j k / n)``.

    Args:
        input: (*), any dtype but half precision.
        n: how many points: the dimension is cut, or filled up with zeros.
        dim: the dimension.
        norm: "backward" (none), "ortho" (divided by the root of n) or "forward"
            (divided by n).
        out: tensor to write the result to.

    Returns:
        Tensor: complex.

    Raises:
        RuntimeError: for n < 1, another norm, or half precision.
        IndexError: for a dim out of range.

    >>> import rushlight
    >>> rushlight.fft.fft(rushlight.tensor([1.0, 2.0]))
    tensor([ 3.+0.j, -1.+0.j])
    """
    who = "fft.fft()"
    x, d = _line(input, n, dim, who)
    scale = scale_of(norm, True, who)
    if x.is_complex():
        found = C2C.short(x, dims=(d,), scale=scale, forward=True)
    else:
        found = R2C.short(x, dims=(d,), scale=scale, onesided=False)
    return _result(found, out, who)


def ifft(input, n=None, dim=-1, norm=None, *, out=None):
    """The inverse of `fft`.

    Args:
        input, n, dim, out: as for `fft`.
        norm: "backward" (divided by n), "ortho" (by its root) or "forward" (none).

    Returns:
        Tensor: complex.
    """
    who = "fft.ifft()"
    x, d = _line(input, n, dim, who, "complex")
    scale = scale_of(norm, False, who)
    return _result(C2C.short(x, dims=(d,), scale=scale, forward=False), out, who)


def rfft(input, n=None, dim=-1, norm=None, *, out=None):
    """The first half of `fft` of real numbers; the other half are its conjugates.

    Args:
        input: (*), real.
        n, dim, norm, out: as for `fft`.

    Returns:
        Tensor: complex, of size ``n // 2 + 1`` in dim.

    Raises:
        RuntimeError: for complex input, and as `fft`.

    >>> import rushlight
    >>> rushlight.fft.rfft(rushlight.tensor([1.0, 2.0, 3.0]))
    tensor([ 6.0000+0.0000j, -1.5000+0.8660j])
    """
    who = "fft.rfft()"
    x, d = _line(input, n, dim, who, "real")
    scale = scale_of(norm, True, who)
    return _result(R2C.short(x, dims=(d,), scale=scale, onesided=True), out, who)


def irfft(input, n=None, dim=-1, norm=None, *, out=None):
    """The inverse of `rfft`.

    Args:
        input: (*), the first half of a spectrum.
        n: the size of the result; ``2 * (size - 1)`` if left out.
        dim, norm, out: as for `ifft`.

    Returns:
        Tensor: real.

    Raises:
        RuntimeError: as `fft`.

    >>> import rushlight
    >>> spectrum = rushlight.fft.rfft(rushlight.tensor([1.0, 2.0, 3.0]))
    >>> rushlight.fft.irfft(spectrum, n=3)
    tensor([1., 2., 3.])
    """
    who = "fft.irfft()"
    return _result(_to_real(input, n, dim, scale_of(norm, False, who), who), out, who)


def _to_real(input, n, dim, scale, who, conjugate=False):
    x = floating(input, who, "complex")
    d = line_dim(x, dim, who)
    n = check_points(2 * (x.shape[d] - 1) if n is None else n, who)
    x = resized(x, (d,), (n // 2 + 1,))
    return C2R.short(x.conj() if conjugate else x, dims=(d,), scale=scale, size=n)


def hfft(input, n=None, dim=-1, norm=None, *, out=None):
    """`fft` of a signal whose other half are the conjugates of this one.

    Args:
        input: (*), the first half of the signal.
        n: the size of the result; ``2 * (size - 1)`` if left out.
        dim, norm, out: as for `fft`.

    Returns:
        Tensor: real.
    """
    who = "fft.hfft()"
    scale = scale_of(norm, True, who)
    return _result(_to_real(input, n, dim, scale, who, conjugate=True), out, who)


def ihfft(input, n=None, dim=-1, norm=None, *, out=None):
    """The inverse of `hfft`: the first half of `ifft` of real numbers.

    Args:
        input: (*), real.
        n, dim, norm, out: as for `ifft`.

    Returns:
        Tensor: complex, of size ``n // 2 + 1`` in dim.
    """
    who = "fft.ihfft()"
    x, d = _line(input, n, dim, who, "real")
    scale = scale_of(norm, False, who)
    found = R2C.short(x, dims=(d,), scale=scale, onesided=True).conj()
    return _result(found, out, who)
