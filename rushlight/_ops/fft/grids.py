"""Frequencies of a transform's points, and their order."""

from rushlight._base import config
from rushlight._base.errors import DtypeError, explain
from rushlight._base.shape import wrap_dim
from rushlight._core.expose import TORCH
from rushlight._ops._arguments import require_tensor, to_out


def _numbers(start, stop, who, out, dtype, **options):
    dtype = dtype or (config.default_dtype() if out is None else out.dtype)
    if not (dtype.is_floating_point or dtype.is_complex):
        raise DtypeError(
            explain(
                who,
                expected="a floating-point or complex dtype",
                got=dtype,
                do="Leave dtype= away.",
            )
        )
    return TORCH["arange"](start, stop, dtype=dtype, **options)


def _finished(result, out, requires_grad, who):
    if out is not None:
        return to_out(result, out, who)
    return result.requires_grad_() if requires_grad else result


def fftfreq(n, d=1.0, *, out=None, dtype=None, requires_grad=False, **options):
    """The frequencies of `fft`'s points: 0, 1, ..., then the negative ones.

    Args:
        n: how many points.
        d: the distance of samples.
        out: tensor to write the result to.
        dtype, requires_grad, options: of the result (layout, device, pin_memory).

    Returns:
        Tensor: (n,).

    >>> import rushlight
    >>> rushlight.fft.fftfreq(4)
    tensor([ 0.0000,  0.2500, -0.5000, -0.2500])
    """
    who = "fft.fftfreq()"
    half = (n - 1) // 2 + 1
    found = _numbers(0, n, who, out, dtype, **options)
    found[half:] -= n
    return _finished(found * (1.0 / (n * d)), out, requires_grad, who)


def rfftfreq(n, d=1.0, *, out=None, dtype=None, requires_grad=False, **options):
    """The frequencies of `rfft`'s points; arguments as for `fftfreq`.

    >>> import rushlight
    >>> rushlight.fft.rfftfreq(4)
    tensor([0.0000, 0.2500, 0.5000])
    """
    who = "fft.rfftfreq()"
    found = _numbers(0, n // 2 + 1, who, out, dtype, **options)
    return _finished(found * (1.0 / (n * d)), out, requires_grad, who)


def _dims(input, dim, who):
    require_tensor(input, who)
    if dim is None:
        return list(range(input.ndim))
    dim = (dim,) if isinstance(dim, int) else dim
    return [wrap_dim(d, input.ndim, who) for d in dim]


def fftshift(input, dim=None):
    """Points in the order of their frequencies: zero goes to the middle.

    Args:
        input: (*).
        dim: the dimensions; all if left out.

    >>> import rushlight
    >>> rushlight.fft.fftshift(rushlight.arange(5))
    tensor([3, 4, 0, 1, 2])
    """
    dims = _dims(input, dim, "fft.fftshift()")
    return input.roll([input.shape[d] // 2 for d in dims], dims) if dims else input


def ifftshift(input, dim=None):
    """The inverse of `fftshift`."""
    dims = _dims(input, dim, "fft.ifftshift()")
    shifts = [(input.shape[d] + 1) // 2 for d in dims]
    return input.roll(shifts, dims) if dims else input
