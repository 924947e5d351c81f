"""avg_pool1d, avg_pool2d, avg_pool3d, and lp_pool, which is made of them."""

import functools
from math import prod

import numpy

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import refuse
from rushlight._ops._arrays import wide
from rushlight._ops.pool._windows import (
    as_planes,
    check_out,
    check_planes,
    over_planes,
    sizes,
    window_attrs,
    windows_for,
)

# ---------------------------------------------------------------------------- public


def avg_pool1d(
    input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True
):
    """The mean of each window of a sequence.

    Args:
        input: (N, C, L) or (C, L), float.
        kernel_size: the window's size.
        stride: the step of the window; its size if left out.
        padding: how many zeros on each side.
        ceil_mode: let the last window leave the sequence.
        count_include_pad: count zeros of the padding as elements.

    Returns:
        Tensor: (N, C, L').

    Raises:
        RuntimeError: for sizes that do not fit.

    >>> import rushlight
    >>> x = rushlight.tensor([[1.0, 3.0, 2.0, 0.0]])
    >>> rushlight.nn.functional.avg_pool1d(x, 2)
    tensor([[2., 1.]])
    """
    who = "avg_pool1d()"
    attrs = window_attrs(input, kernel_size, stride, padding, 1, ceil_mode, 1, who)
    check_planes(input._array, 1, who)
    for name, other in (("kernel", 1), ("stride", 1), ("pads", 0), ("dilation", 1)):
        attrs[name] = (other, *attrs[name])
    counted = {"count_include_pad": bool(count_include_pad), "divisor": None}
    return AVG_POOL.short(input.unsqueeze(-2), **attrs, **counted).squeeze(-2)


def avg_pool2d(
    input,
    kernel_size,
    stride=None,
    padding=0,
    ceil_mode=False,
    count_include_pad=True,
    divisor_override=None,
):
    """The mean of each window of a picture.

    Args:
        input: (N, C, H, W) or (C, H, W), float.
        kernel_size, stride, padding, ceil_mode, count_include_pad: as for
            `avg_pool1d`; one number or two.
        divisor_override: what to divide the sums by, instead of counting.

    Returns:
        Tensor: (N, C, H', W').

    Raises:
        RuntimeError: for sizes that do not fit, or a divisor of 0.

    >>> import rushlight
    >>> x = rushlight.tensor([[[1.0, 3.0], [2.0, 0.0]]])
    >>> rushlight.nn.functional.avg_pool2d(x, 2)
    tensor([[[1.5000]]])
    """
    args = kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    return _average(input, *args, 2, "avg_pool2d()")


def avg_pool3d(
    input,
    kernel_size,
    stride=None,
    padding=0,
    ceil_mode=False,
    count_include_pad=True,
    divisor_override=None,
):
    """The mean of each window of a volume.

    Args:
        input: (N, C, D, H, W) or (C, D, H, W), float.
        kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override: as
            for `avg_pool2d`; one number or three.

    Returns:
        Tensor: (N, C, D', H', W').

    Raises:
        RuntimeError: for sizes that do not fit, or a divisor of 0.

    >>> import rushlight
    >>> x = rushlight.arange(8.0).view(1, 2, 2, 2)
    >>> rushlight.nn.functional.avg_pool3d(x, 2)
    tensor([[[[3.5000]]]])
    """
    args = kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    return _average(input, *args, 3, "avg_pool3d()")


def _average(input, kernel, stride, padding, ceil_mode, include, divisor, dims, who):
    attrs = window_attrs(input, kernel, stride, padding, 1, ceil_mode, dims, who)
    if divisor == 0:
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="divisor_override other than zero",
                got=divisor,
                do="Leave it away to divide by the number of elements.",
            )
        )
    return AVG_POOL.short(
        input, **attrs, count_include_pad=bool(include), divisor=divisor
    )


expose(avg_pool1d, method=False, functional=True)
expose(avg_pool2d, torch=False, method=False, functional=True)
expose(avg_pool3d, torch=False, method=False, functional=True)

# -------------------------------------------------------------------------------- op


def _windows(size, kernel, stride, pads, dilation, ceil_mode):
    return windows_for(
        tuple(size[len(size) - len(kernel) :]),
        kernel,
        stride,
        pads,
        dilation,
        ceil_mode,
    )


@functools.lru_cache(maxsize=64)
def _shares(windows, count_include_pad, divisor, dtype):
    """What each window's sum is multiplied with: (*out), or one number."""
    if divisor is not None:
        return dtype.type(1 / divisor)
    if windows.is_exact:
        return dtype.type(1 / prod(windows.kernel))
    counts = numpy.ones(())
    for n, k, s, p, o in zip(
        windows.size, windows.kernel, windows.stride, windows.pads, windows.out
    ):
        start = numpy.arange(o) * s - p
        end = numpy.minimum(start + k, n + p)
        if not count_include_pad:
            start, end = numpy.maximum(start, 0), numpy.minimum(end, n)
        counts = counts[..., None] * (end - start)
    return (1 / counts).astype(dtype)


def _avg_pool_spec(x, *, count_include_pad, divisor, **attrs):
    dims = len(attrs["kernel"])
    who = f"avg_pool{dims}d()"
    check_planes(x, dims, who)
    refuse(x, who, "bcU")
    windows = _windows(x.shape, **attrs)
    check_out(windows, who)
    return Spec((*x.shape[: x.ndim - dims], *windows.out), x.dtype)


def _avg_pool_eager(backend, x, *, count_include_pad, divisor, **attrs):
    np, dims = backend.np, len(attrs["kernel"])
    found = _avg_pool_spec(
        x, count_include_pad=count_include_pad, divisor=divisor, **attrs
    )
    windows = _windows(x.shape, **attrs)
    planes = as_planes(wide(x), dims)
    is_whole = planes.dtype.kind in "iu"
    sums = np.empty((len(planes), *windows.out), planes.dtype)
    kind = np.dtype(np.float64) if is_whole else planes.dtype
    shares = _shares(windows, count_include_pad, divisor, kind)
    if not isinstance(shares, numpy.generic):
        shares = np.asarray(shares)

    def block(first, last):
        canvas, total = _canvas(np, planes[first:last], windows), sums[first:last]
        total[...] = canvas[(slice(None), *windows.at(windows.taps[0]))]
        for tap in windows.taps[1:]:
            total += canvas[(slice(None), *windows.at(tap))]
        if is_whole:
            total[...] = np.trunc(total * shares)
        else:
            total *= shares

    over_planes(np, block, len(planes), prod(windows.size))
    return sums.reshape(found.shape).astype(x.dtype, copy=False)


def _canvas(np, planes, windows):
    if windows.is_exact:
        return planes
    canvas = np.zeros((len(planes), *windows.canvas), planes.dtype)
    canvas[(slice(None), *windows.inner())] = planes
    return canvas


def _avg_pool_grad(
    g,
    *,
    x_shape,
    kernel,
    stride,
    pads,
    dilation,
    ceil_mode,
    count_include_pad,
    divisor,
):
    return AVG_POOL_BACKWARD.short(
        g,
        size=x_shape,
        kernel=kernel,
        stride=stride,
        pads=pads,
        dilation=dilation,
        ceil_mode=ceil_mode,
        count_include_pad=count_include_pad,
        divisor=divisor,
    )


def _avg_pool_node(inputs, attrs):
    return f"AvgPool{len(attrs['kernel'])}DBackward0"


AVG_POOL = define(
    "avg_pool",
    eager=_avg_pool_eager,
    spec=_avg_pool_spec,
    grad=_avg_pool_grad,
    node=_avg_pool_node,
)


def _backward_spec(g, *, size, **attrs):
    return Spec(size, g.dtype)


def _backward_eager(backend, g, *, size, count_include_pad, divisor, **attrs):
    np, windows = backend.np, _windows(size, **attrs)
    planes = as_planes(wide(g), len(windows.size))
    shares = _shares(windows, count_include_pad, divisor, planes.dtype)
    if not isinstance(shares, numpy.generic):
        shares = np.asarray(shares)
    found = np.empty((len(planes), *windows.size), planes.dtype)

    def block(first, last):
        part, canvas = planes[first:last] * shares, found[first:last]
        if windows.is_apart:
            for tap in windows.taps:
                canvas[(slice(None), *windows.at(tap))] = part
            return
        if not windows.is_exact:
            canvas = np.empty((last - first, *windows.canvas), planes.dtype)
        canvas.fill(0)
        for tap in windows.taps:
            canvas[(slice(None), *windows.at(tap))] += part
        if not windows.is_exact:
            found[first:last] = canvas[(slice(None), *windows.inner())]

    over_planes(np, block, len(planes), prod(windows.size))
    return found.reshape(size).astype(g.dtype, copy=False)


def _backward_grad(
    gg,
    *,
    kernel,
    stride,
    pads,
    dilation,
    ceil_mode,
    count_include_pad,
    divisor,
):
    return AVG_POOL.short(
        gg,
        kernel=kernel,
        stride=stride,
        pads=pads,
        dilation=dilation,
        ceil_mode=ceil_mode,
        count_include_pad=count_include_pad,
        divisor=divisor,
    )


AVG_POOL_BACKWARD = define(
    "avg_pool_backward",
    inputs="g",
    eager=_backward_eager,
    spec=_backward_spec,
    grad=_backward_grad,
)

# --------------------------------------------------------------------------- lp_pool


def lp_pool1d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    """The p-norm of each window of a sequence: ``(sum x**p)**(1/p)``.

    Args:
        input: (N, C, L) or (C, L), float.
        norm_type: the exponent p.
        kernel_size, stride, ceil_mode: as for `avg_pool1d`.

    Returns:
        Tensor: (N, C, L').

    Raises:
        RuntimeError: for sizes that do not fit.

    >>> import rushlight
    >>> x = rushlight.tensor([[3.0, 4.0]])
    >>> rushlight.nn.functional.lp_pool1d(x, 2, 2)
    tensor([[5.]])
    """
    means = avg_pool1d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
    return _root(means, sizes(kernel_size, 1, "lp_pool1d()", "kernel_size"), norm_type)


def lp_pool2d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    """The p-norm of each window of a picture.

    Args:
        input: (N, C, H, W) or (C, H, W), float.
        norm_type, kernel_size, stride, ceil_mode: as for `lp_pool1d`.

    Returns:
        Tensor: (N, C, H', W').

    Raises:
        RuntimeError: for sizes that do not fit.

    >>> import rushlight
    >>> x = rushlight.tensor([[[3.0, 4.0]]])
    >>> rushlight.nn.functional.lp_pool2d(x, 2, (1, 2))
    tensor([[[5.]]])
    """
    means = avg_pool2d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
    return _root(means, sizes(kernel_size, 2, "lp_pool2d()", "kernel_size"), norm_type)


def lp_pool3d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    """The p-norm of each window of a volume.

    Args:
        input: (N, C, D, H, W) or (C, D, H, W), float.
        norm_type, kernel_size, stride, ceil_mode: as for `lp_pool1d`.

    Returns:
        Tensor: (N, C, D', H', W').

    Raises:
        RuntimeError: for sizes that do not fit.

    >>> import rushlight
    >>> x = rushlight.tensor([[[[3.0, 4.0]]]])
    >>> rushlight.nn.functional.lp_pool3d(x, 2, (1, 1, 2))
    tensor([[[[5.]]]])
    """
    means = avg_pool3d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
    return _root(means, sizes(kernel_size, 3, "lp_pool3d()", "kernel_size"), norm_type)


def _root(means, kernel, norm_type):
    size = means.abs().relu()
    return (means.sign() * size * prod(kernel)).pow(1.0 / norm_type)


for _function in (lp_pool1d, lp_pool2d, lp_pool3d):
    expose(_function, torch=False, method=False, functional=True)
