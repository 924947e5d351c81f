"""max_pool1d, max_pool2d, max_pool3d."""

import numpy

from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.state import GRAD_MODE
from rushlight._core.table import define
from rushlight._ops._arguments import refuse
from rushlight._ops.pool._windows import (
    as_planes,
    check_out,
    check_planes,
    window_attrs,
    windows_for,
)
from rushlight._ops.pool._winners import hand_back, largest, places_of

# ---------------------------------------------------------------------------- public


def max_pool1d(
    input,
    kernel_size,
    stride=None,
    padding=0,
    dilation=1,
    ceil_mode=False,
    return_indices=False,
):
    """The largest element of each window of a sequence.

    Args:
        input: (N, C, L) or (C, L), any real dtype but bool.
        kernel_size: the window's size.
        stride: the step of the window; its size if left out.
        padding: how many elements of minus infinity on each side.
        dilation: the step between the window's elements.
        ceil_mode: let the last window leave the sequence.
        return_indices: give the winners' places too.

    Returns:
        Tensor: (N, C, L'); with return_indices a tuple of it and the places, int64.

    Raises:
        RuntimeError: for sizes that do not fit.

    >>> import rushlight
    >>> x = rushlight.tensor([[1.0, 3.0, 2.0, 0.0]])
    >>> rushlight.nn.functional.max_pool1d(x, 2)
    tensor([[3., 2.]])
    """
    args = kernel_size, stride, padding, dilation, ceil_mode, 1, "max_pool1d()"
    attrs = window_attrs(input, *args)
    check_planes(input._array, 1, "max_pool1d()")
    for name, other in (("kernel", 1), ("stride", 1), ("pads", 0), ("dilation", 1)):
        attrs[name] = (other, *attrs[name])
    found = _pool(input.unsqueeze(-2), attrs, return_indices, "max_pool1d()")
    if return_indices:
        return found[0].squeeze(-2), found[1].squeeze(-2)
    return found.squeeze(-2)


def max_pool2d(
    input,
    kernel_size,
    stride=None,
    padding=0,
    dilation=1,
    ceil_mode=False,
    return_indices=False,
):
    """The largest element of each window of a picture.

    Args:
        input: (N, C, H, W) or (C, H, W), any real dtype but bool.
        kernel_size, stride, padding, dilation, ceil_mode: as for `max_pool1d`; one
            number or two.
        return_indices: give the winners' places too, as ``row * W + column``.

    Returns:
        Tensor: (N, C, H', W'); with return_indices a tuple of it and the places, int64.

    Raises:
        RuntimeError: for sizes that do not fit.

    >>> import rushlight
    >>> x = rushlight.tensor([[[1.0, 3.0], [2.0, 0.0]]])
    >>> rushlight.nn.functional.max_pool2d(x, 2)
    tensor([[[3.]]])
    """
    args = kernel_size, stride, padding, dilation, ceil_mode, 2, "max_pool2d()"
    return _pool(input, window_attrs(input, *args), return_indices, "max_pool2d()")


def max_pool3d(
    input,
    kernel_size,
    stride=None,
    padding=0,
    dilation=1,
    ceil_mode=False,
    return_indices=False,
):
    """The largest element of each window of a volume.

    Args:
        input: (N, C, D, H, W) or (C, D, H, W), any real dtype but bool.
        kernel_size, stride, padding, dilation, ceil_mode, return_indices: as for
            `max_pool2d`; one number or three.

    Returns:
        Tensor: (N, C, D', H', W'); with return_indices a tuple of it and the places.

    Raises:
        RuntimeError: for sizes that do not fit.

    >>> import rushlight
    >>> x = rushlight.arange(8.0).view(1, 2, 2, 2)
    >>> rushlight.nn.functional.max_pool3d(x, 2)
    tensor([[[[7.]]]])
    """
    args = kernel_size, stride, padding, dilation, ceil_mode, 3, "max_pool3d()"
    return _pool(input, window_attrs(input, *args), return_indices, "max_pool3d()")


def _pool(input, attrs, return_indices, who):
    wants = return_indices or (input._edge is not None and GRAD_MODE.get())
    values, winners = call(MAX_POOL, input, **attrs, winners=wants)
    if not return_indices:
        return values
    return values, PLACES.short(winners, size=input._array.shape, **attrs)


def _with_indices(function):
    """``max_pool2d_with_indices`` and its like: the tuple, whatever is asked."""

    def pool(
        input,
        kernel_size,
        stride=None,
        padding=0,
        dilation=1,
        ceil_mode=False,
        return_indices=False,
    ):
        return function(input, kernel_size, stride, padding, dilation, ceil_mode, True)

    pool.__name__ = pool.__qualname__ = f"{function.__name__}_with_indices"
    pool.__doc__ = f"""As `{function.__name__}` with return_indices=True.

    Args:
        input, kernel_size, stride, padding, dilation, ceil_mode: as for
            `{function.__name__}`.

    Returns:
        tuple: the largest elements and their places.

    Raises:
        RuntimeError: for sizes that do not fit.

    >>> import rushlight
    >>> x = rushlight.ones(1, *[2] * {function.__name__[-2]})
    >>> len(rushlight.nn.functional.{pool.__name__}(x, 2))
    2
    """
    return pool


for _function in (max_pool1d, max_pool2d, max_pool3d):
    expose(_function, method=False, functional=True)
    expose(_with_indices(_function), torch=False, method=False, functional=True)

# -------------------------------------------------------------------------------- op


def _windows(x, attrs):
    dims = len(attrs["kernel"])
    size = tuple(x.shape[x.ndim - dims :])
    return dims, windows_for(
        size,
        attrs["kernel"],
        attrs["stride"],
        attrs["pads"],
        attrs["dilation"],
        attrs["ceil_mode"],
    )


def _max_pool_spec(x, *, winners, **attrs):
    dims, windows = _windows(x, attrs)
    who = f"max_pool{dims}d()"
    check_planes(x, dims, who)
    refuse(x, who, "bcU")
    check_out(windows, who)
    shape = (*x.shape[: x.ndim - dims], *windows.out)
    code = numpy.uint8 if windows.count <= 256 else numpy.uint32
    return Spec(shape, x.dtype), Spec(shape if winners else (0,), code)


def _max_pool_eager(backend, x, *, winners, **attrs):
    np = backend.np
    found, code = _max_pool_spec(x, winners=winners, **attrs)
    dims, windows = _windows(x, attrs)
    values, who_won = largest(np, as_planes(x, dims), windows, winners)
    if who_won is None:
        who_won = np.empty(0, code.dtype)
    return values.reshape(found.shape), who_won.reshape(code.shape)


def _max_pool_grad(g, *, out1, x_shape, kernel, stride, pads, dilation, ceil_mode):
    return call(
        MAX_POOL_BACKWARD,
        g[0],
        out1,
        size=x_shape,
        kernel=kernel,
        stride=stride,
        pads=pads,
        dilation=dilation,
        ceil_mode=ceil_mode,
    )


def _max_pool_node(inputs, attrs):
    return f"MaxPool{len(attrs['kernel'])}DWithIndicesBackward0"


MAX_POOL = define(
    "max_pool",
    eager=_max_pool_eager,
    spec=_max_pool_spec,
    grad=_max_pool_grad,
    node=_max_pool_node,
    many=True,
    fills_missing=False,
)


def _backward_spec(g, winners, *, size, **attrs):
    return Spec(size, g.dtype)


def _backward_eager(backend, g, winners, *, size, **attrs):
    dims, windows = _windows(Spec(size, g.dtype), attrs)
    planes = as_planes(g, dims)
    found = hand_back(backend.np, planes, as_planes(winners, dims), windows)
    return found.reshape(size)


def _backward_grad(gg, *, winners, size, kernel, stride, pads, dilation, ceil_mode):
    attrs = {
        "kernel": kernel,
        "stride": stride,
        "pads": pads,
        "dilation": dilation,
        "ceil_mode": ceil_mode,
    }
    places = PLACES.short(winners, size=size, **attrs)
    dims = len(kernel)
    flat = gg.reshape(*gg.shape[: gg.ndim - dims], -1)
    found = flat.gather(-1, places.reshape(*places.shape[: gg.ndim - dims], -1))
    return found.reshape(*winners.shape), None


MAX_POOL_BACKWARD = define(
    "max_pool_backward",
    inputs="g winners",
    eager=_backward_eager,
    spec=_backward_spec,
    grad=_backward_grad,
)


def _places_spec(winners, *, size, **attrs):
    return Spec(winners.shape, numpy.int64)


def _places_eager(backend, winners, *, size, **attrs):
    dims, windows = _windows(Spec(size, winners.dtype), attrs)
    return places_of(backend.np, winners, windows)


PLACES = define("max_pool_places", eager=_places_eager, spec=_places_spec)
