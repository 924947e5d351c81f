"""Windows that frames of a signal are multiplied with."""

import math

from rushlight._base import config
from rushlight._base.errors import DtypeError, ShapeError, explain
from rushlight._core.expose import TORCH, expose


def _phase(length, periodic, who, dtype, requires_grad, **options):
    """(0, 1, ..., length - 1) and the number that the last would have to be 1."""
    dtype = dtype or config.default_dtype()
    if not dtype.is_floating_point:
        raise DtypeError(
            explain(
                who, expected="a floating-point dtype", got=dtype, do="Leave it away."
            )
        )
    if length < 0:
        raise ShapeError(
            explain(who, expected="window_length >= 0", got=length, do="Pass a length.")
        )
    numbers = TORCH["arange"](length, dtype=dtype, **options)
    return numbers, length if periodic else length - 1


def _window(length, who, shape, periodic, dtype, requires_grad, **options):
    numbers, last = _phase(length, periodic, who, dtype, requires_grad, **options)
    result = numbers.fill_(1) if length <= 1 else shape(numbers, last)
    return result.requires_grad_() if requires_grad else result


def hann_window(
    window_length, periodic=True, *, dtype=None, requires_grad=False, **options
):
    """The Hann window, ``sin(pi * k / n)**2``.

    Args:
        window_length: how many points.
        periodic: for frames: as a longer one without its last point.
        dtype, requires_grad, options: of the result (layout, device, pin_memory).

    Returns:
        Tensor: (window_length,).

    Raises:
        RuntimeError: for a negative length, or a dtype that is not floating-point.

    >>> import rushlight
    >>> rushlight.hann_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    return hamming_window(
        window_length,
        periodic,
        0.5,
        0.5,
        dtype=dtype,
        requires_grad=requires_grad,
        **options,
    )


def hamming_window(
    window_length,
    periodic=True,
    alpha=0.54,
    beta=0.46,
    *,
    dtype=None,
    requires_grad=False,
    **options,
):
    """The Hamming window, ``alpha - beta * cos(2 * pi * k / n)``.

    Args:
        alpha, beta: as in the formula.
        window_length, periodic, dtype, requires_grad, options: as for `hann_window`.

    Returns:
        Tensor: (window_length,).

    >>> import rushlight
    >>> rushlight.hamming_window(4)
    tensor([0.0800, 0.5400, 1.0000, 0.5400])
    """

    def shape(k, n):
        return (k * (math.pi * 2 / n)).cos_().mul_(-beta).add_(alpha)

    options |= {"dtype": dtype, "requires_grad": requires_grad}
    return _window(window_length, "hamming_window()", shape, periodic, **options)


def blackman_window(
    window_length, periodic=True, *, dtype=None, requires_grad=False, **options
):
    """The Blackman window, ``0.42 - 0.5 cos(2 pi k / n) + 0.08 cos(4 pi k / n)``.

    Args:
        window_length, periodic, dtype, requires_grad, options: as for `hann_window`.

    Returns:
        Tensor: (window_length,).

    >>> import rushlight
    >>> rushlight.blackman_window(4)
    tensor([-2.9802e-08,  3.4000e-01,  1.0000e+00,  3.4000e-01])
    """

    def shape(k, n):
        k = k * (math.pi / n)
        return (k * 4).cos_().mul_(0.08) - (k * 2).cos_().mul_(0.5) + 0.42

    options |= {"dtype": dtype, "requires_grad": requires_grad}
    return _window(window_length, "blackman_window()", shape, periodic, **options)


def bartlett_window(
    window_length, periodic=True, *, dtype=None, requires_grad=False, **options
):
    """The triangular window, ``1 - abs(2 * k / n - 1)``.

    Args:
        window_length, periodic, dtype, requires_grad, options: as for `hann_window`.

    Returns:
        Tensor: (window_length,).

    >>> import rushlight
    >>> rushlight.bartlett_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """

    def shape(k, n):
        return 1 - (k * (2 / n) - 1).abs_()

    options |= {"dtype": dtype, "requires_grad": requires_grad}
    return _window(window_length, "bartlett_window()", shape, periodic, **options)


def kaiser_window(
    window_length,
    periodic=True,
    beta=12.0,
    *,
    dtype=None,
    requires_grad=False,
    **options,
):
    """The Kaiser window, ``I0(beta * sqrt(1 - (2 * k / n - 1)**2)) / I0(beta)``.

    Args:
        beta: how narrow it is.
        window_length, periodic, dtype, requires_grad, options: as for `hann_window`.

    Returns:
        Tensor: (window_length,).

    >>> import rushlight
    >>> rushlight.kaiser_window(4, beta=2.0)
    tensor([0.4387, 0.8348, 1.0000, 0.8348])
    """

    def shape(k, n):
        inside = 1 - (k * (2 / n) - 1).square()
        top = (inside.clamp(min=0).sqrt() * beta).i0()
        return top / k.new_tensor(float(beta)).i0()

    options |= {"dtype": dtype, "requires_grad": requires_grad}
    return _window(window_length, "kaiser_window()", shape, periodic, **options)


for _function in (
    hann_window,
    hamming_window,
    blackman_window,
    bartlett_window,
    kaiser_window,
):
    expose(_function, method=False)
