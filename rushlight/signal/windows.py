"""Windows that signals are multiplied with, with torch.signal.windows' names.

``sym=True`` gives a symmetric window, for filters; ``sym=False`` one period of it, for
spectra.
"""

import math

from rushlight._base import config
from rushlight._base.dtype import float32, float64
from rushlight._base.errors import ArgumentError, ArgumentTypeError, explain
from rushlight._base.layout import strided
from rushlight._core.expose import TORCH

__all__ = [
    "bartlett",
    "blackman",
    "cosine",
    "exponential",
    "gaussian",
    "general_cosine",
    "general_hamming",
    "hamming",
    "hann",
    "kaiser",
    "nuttall",
]


def _refuse(name, expected, got, do):
    raise ArgumentError(explain(f"{name}()", expected=expected, got=got, do=do))


def _window(name, M, shape, sym, dtype, layout, device, requires_grad):
    """`shape` of (0, 1, ..., M - 1) and the number of steps in the window's period."""
    dtype = dtype or config.default_dtype()
    if isinstance(M, float):
        raise ArgumentTypeError(
            explain(f"{name}()", expected="an int for M", got=M, do="Round it.")
        )
    if M < 0:
        _refuse(name, "non-negative window length M", M, "Pass a length.")
    if layout is not strided:
        _refuse(name, "a strided layout", layout, "Leave it away.")
    if dtype not in (float32, float64):
        _refuse(name, "float32 or float64 dtypes", dtype, "Convert the result.")
    numbers = TORCH["arange"](M, dtype=dtype, device=device)
    last = M - 1 if sym else M
    result = numbers.fill_(1) if M <= 1 else shape(numbers, last)
    return result.requires_grad_() if requires_grad else result


def general_cosine(
    M,
    *,
    a,
    sym=True,
    dtype=None,
    layout=strided,
    device=None,
    requires_grad=False,
):
    """A sum of cosines.

        w[k] = sum over i of (-1)**i * a[i] * cos(2 * pi * i * k / (M - 1))

    Args:
        M: how many points.
        a: list of floats: the cosines' weights, from the constant on.
        sym: whether the window is symmetric, else one period of it (M for M - 1).
        dtype, layout, device, requires_grad: of the result; float32 or float64.

    Returns:
        Tensor: (M,).

    Raises:
        ValueError: for a negative M, another dtype or layout, or an empty `a`.
        TypeError: for an `a` that is no list.

    >>> from rushlight.signal import windows
    >>> windows.general_cosine(4, a=[0.5, 0.5], sym=False)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    name = "general_cosine"

    def shape(k, last):
        k = k * (2 * math.pi / last)
        return sum((k * i).cos() * ((-1) ** i * x) for i, x in enumerate(a))

    if not hasattr(a, "__iter__"):
        raise ArgumentTypeError(
            explain(f"{name}()", expected="a list for a", got=repr(a), do="Wrap it.")
        )
    a = list(a)
    if not a:
        _refuse(name, "at least one coefficient in a", "none", "Pass some.")
    return _window(name, M, shape, sym, dtype, layout, device, requires_grad)


def general_hamming(M, *, alpha=0.54, sym=True, **options):
    """The general Hamming window, ``alpha - (1 - alpha) cos(2 pi k / (M - 1))``.

    Args:
        alpha: as in the formula.
        M, sym, options: as for `general_cosine`.

    Returns:
        Tensor: (M,).

    Raises:
        ValueError: as for `general_cosine`.

    >>> from rushlight.signal import windows
    >>> windows.general_hamming(4, alpha=0.5, sym=False)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    return general_cosine(M, a=[alpha, 1.0 - alpha], sym=sym, **options)


def hamming(M, *, sym=True, **options):
    """The Hamming window, ``0.54 - 0.46 cos(2 pi k / (M - 1))``.

    Args:
        M, sym, options: as for `general_cosine`.

    Returns:
        Tensor: (M,).

    Raises:
        ValueError: as for `general_cosine`.

    >>> from rushlight.signal import windows
    >>> windows.hamming(4, sym=False)
    tensor([0.0800, 0.5400, 1.0000, 0.5400])
    """
    return general_hamming(M, sym=sym, **options)


def hann(M, *, sym=True, **options):
    """The Hann window, ``(1 - cos(2 pi k / (M - 1))) / 2``.

    Args:
        M, sym, options: as for `general_cosine`.

    Returns:
        Tensor: (M,).

    Raises:
        ValueError: as for `general_cosine`.

    >>> from rushlight.signal import windows
    >>> windows.hann(5)
    tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])
    """
    return general_hamming(M, alpha=0.5, sym=sym, **options)


def blackman(M, *, sym=True, **options):
    """The Blackman window, three cosines of weights 0.42, 0.5 and 0.08.

    Args:
        M, sym, options: as for `general_cosine`.

    Returns:
        Tensor: (M,).

    Raises:
        ValueError: as for `general_cosine`.

    >>> from rushlight.signal import windows
    >>> windows.blackman(5).round(decimals=2).abs()
    tensor([0.0000, 0.3400, 1.0000, 0.3400, 0.0000])
    """
    return general_cosine(M, a=[0.42, 0.5, 0.08], sym=sym, **options)


def nuttall(M, *, sym=True, **options):
    """The Nuttall window of four cosines with the smallest side lobes.

    Args:
        M, sym, options: as for `general_cosine`.

    Returns:
        Tensor: (M,).

    Raises:
        ValueError: as for `general_cosine`.

    See:
        Nuttall, Some windows with very good sidelobe behavior, IEEE Transactions on
        Acoustics, Speech, and Signal Processing 29 (1981).

    >>> from rushlight.signal import windows
    >>> windows.nuttall(3)
    tensor([3.6280e-04, 1.0000e+00, 3.6280e-04])
    """
    weights = [0.3635819, 0.4891775, 0.1365995, 0.0106411]
    return general_cosine(M, a=weights, sym=sym, **options)


def bartlett(
    M,
    *,
    sym=True,
    dtype=None,
    layout=strided,
    device=None,
    requires_grad=False,
):
    """The triangular window, ``1 - abs(2 k / (M - 1) - 1)``.

    Args:
        M, sym, dtype, layout, device, requires_grad: as for `general_cosine`.

    Returns:
        Tensor: (M,).

    Raises:
        ValueError: as for `general_cosine`.

    >>> from rushlight.signal import windows
    >>> windows.bartlett(5)
    tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])
    """

    def shape(k, last):
        return 1 - (k * (2 / last) - 1).abs_()

    return _window("bartlett", M, shape, sym, dtype, layout, device, requires_grad)


def cosine(
    M,
    *,
    sym=True,
    dtype=None,
    layout=strided,
    device=None,
    requires_grad=False,
):
    """Half a wave, ``sin(pi * (k + 0.5) / M)``.

    Args:
        M, sym, dtype, layout, device, requires_grad: as for `general_cosine`.

    Returns:
        Tensor: (M,).

    Raises:
        ValueError: as for `general_cosine`.

    >>> from rushlight.signal import windows
    >>> windows.cosine(3)
    tensor([0.5000, 1.0000, 0.5000])
    """

    def shape(k, last):
        return ((k + 0.5) * (math.pi / (last + 1))).sin_()

    return _window("cosine", M, shape, sym, dtype, layout, device, requires_grad)


def exponential(
    M,
    *,
    center=None,
    tau=1.0,
    sym=True,
    dtype=None,
    layout=strided,
    device=None,
    requires_grad=False,
):
    """The exponential window, ``exp(-abs(k - center) / tau)``.

    Args:
        center: where it is 1; the middle if left out, which symmetric ones need.
        tau: after how many points it has fallen to 1 / e.
        M, sym, dtype, layout, device, requires_grad: as for `general_cosine`.

    Returns:
        Tensor: (M,).

    Raises:
        ValueError: for a tau that is not positive, a center of a symmetric window,
            and as for `general_cosine`.

    >>> from rushlight.signal import windows
    >>> windows.exponential(3)
    tensor([0.3679, 1.0000, 0.3679])
    """
    if tau <= 0:
        _refuse("exponential", "a positive tau", tau, "Pass a number of points.")
    if sym and center is not None:
        _refuse("exponential", "no center for a symmetric window", center, "Drop it.")

    def shape(k, last):
        middle = last / 2 if center is None else center
        return (k - middle).abs_().div_(-tau).exp_()

    return _window("exponential", M, shape, sym, dtype, layout, device, requires_grad)


def gaussian(
    M,
    *,
    std=1.0,
    sym=True,
    dtype=None,
    layout=strided,
    device=None,
    requires_grad=False,
):
    """The Gaussian window, ``exp(-((k - middle) / std)**2 / 2)``.

    Args:
        std: its standard deviation in points.
        M, sym, dtype, layout, device, requires_grad: as for `general_cosine`.

    Returns:
        Tensor: (M,).

    Raises:
        ValueError: for a std that is not positive, and as for `general_cosine`.

    >>> from rushlight.signal import windows
    >>> windows.gaussian(3)
    tensor([0.6065, 1.0000, 0.6065])
    """
    if std <= 0:
        _refuse("gaussian", "a positive std", std, "Pass a number of points.")

    def shape(k, last):
        return ((k - last / 2) / (std * math.sqrt(2))).square().neg_().exp_()

    return _window("gaussian", M, shape, sym, dtype, layout, device, requires_grad)


def kaiser(
    M,
    *,
    beta=12.0,
    sym=True,
    dtype=None,
    layout=strided,
    device=None,
    requires_grad=False,
):
    """The Kaiser window, ``I0(beta * sqrt(1 - (2 k / (M - 1) - 1)**2)) / I0(beta)``.

    Args:
        beta: how narrow it is.
        M, sym, dtype, layout, device, requires_grad: as for `general_cosine`.

    Returns:
        Tensor: (M,).

    Raises:
        ValueError: for a negative beta, and as for `general_cosine`.

    >>> from rushlight.signal import windows
    >>> windows.kaiser(4, beta=2.0, sym=False)
    tensor([0.4387, 0.8348, 1.0000, 0.8348])
    """
    if beta < 0:
        _refuse("kaiser", "a beta of 0 or more", beta, "Pass a larger one.")

    def shape(k, last):
        inside = 1 - (k * (2 / last) - 1).square()
        top = (inside.clamp(min=0).sqrt() * beta).i0()
        return top / k.new_tensor(float(beta)).i0()

    return _window("kaiser", M, shape, sym, dtype, layout, device, requires_grad)
