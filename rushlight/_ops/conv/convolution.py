"""conv1d, conv2d, conv3d, and the three ops that are each other's gradients.

# Note [Three products]
# y = CONV(x, w) is linear in both.  Its transposes are CONV_INPUT(g, w), which has x's
# shape, and CONV_WEIGHT(g, x), which has w's.  The gradients of each of the three are
# the other two, so convolutions can be differentiated as often as one likes.
"""

from rushlight._base.shape import as_index
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arrays import wide
from rushlight._ops.conv import _sweep
from rushlight._ops.conv._arguments import (
    check_arrays,
    check_fit,
    check_inputs,
    ints,
    padding_pairs,
)
from rushlight._ops.conv._patches import (
    patches_forward,
    patches_input,
    patches_weight,
)
from rushlight._ops.conv._plan import out_of, plan_of

# -------------------------------------------------------------------------- public


def conv1d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Slide a window over sequences: ``y[n,o,t] = b[o] + sum_ck w[o,c,k] x[n,c,t+k]``.

    Args:
        input: (N, C, L) or (C, L), float.
        weight: (O, C / groups, K), the input's dtype.
        bias: (O,), or None.
        stride: the step of the window.
        padding: zeros on each side, or "valid", or "same" (the output's size is the
            input's).
        dilation: the step between the window's elements.
        groups: the channels are split into as many independent groups.

    Returns:
        Tensor: (N, O, L') with ``L' = (L + 2 padding - dilation (K - 1) - 1) // stride
        + 1``.

    Raises:
        RuntimeError: where sizes or dtypes do not fit.

    >>> import rushlight
    >>> x = rushlight.tensor([[[1.0, 2.0, 3.0]]])
    >>> rushlight.nn.functional.conv1d(x, rushlight.ones(1, 1, 2))
    tensor([[[3., 5.]]])
    """
    args = stride, padding, dilation, groups
    return _convolve(input, weight, bias, *args, 1, "conv1d()")


def conv2d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Slide a window over pictures.

    Args:
        input: (N, C, H, W) or (C, H, W), float.
        weight: (O, C / groups, KH, KW), the input's dtype.
        bias: (O,), or None.
        stride, padding, dilation: as for `conv1d`; one number or two.
        groups: the channels are split into as many independent groups.

    Returns:
        Tensor: (N, O, H', W').

    Raises:
        RuntimeError: where sizes or dtypes do not fit.

    >>> import rushlight
    >>> x = rushlight.ones(1, 1, 3, 3)
    >>> rushlight.nn.functional.conv2d(x, rushlight.ones(1, 1, 2, 2))
    tensor([[[[4., 4.],
              [4., 4.]]]])
    """
    args = stride, padding, dilation, groups
    return _convolve(input, weight, bias, *args, 2, "conv2d()")


def conv3d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Slide a window over volumes.

    Args:
        input: (N, C, D, H, W) or (C, D, H, W), float.
        weight: (O, C / groups, KD, KH, KW), the input's dtype.
        bias: (O,), or None.
        stride, padding, dilation: as for `conv1d`; one number or three.
        groups: the channels are split into as many independent groups.

    Returns:
        Tensor: (N, O, D', H', W').

    Raises:
        RuntimeError: where sizes or dtypes do not fit.

    >>> import rushlight
    >>> x = rushlight.ones(1, 1, 2, 2, 2)
    >>> rushlight.nn.functional.conv3d(x, rushlight.ones(1, 1, 2, 2, 2))
    tensor([[[[[8.]]]]])
    """
    args = stride, padding, dilation, groups
    return _convolve(input, weight, bias, *args, 3, "conv3d()")


def _convolve(input, weight, bias, stride, padding, dilation, groups, dims, who):
    unbatched = check_inputs(input, weight, bias, dims, who)
    stride = ints(stride, dims, who, "stride", 1)
    dilation = ints(dilation, dims, who, "dilation", 1)
    groups = ints(as_index(groups, who, "groups"), 1, who, "groups", 1)[0]
    kernel = weight._array.shape[2:]
    pads = padding_pairs(padding, stride, dilation, kernel, who)
    attrs = {"stride": stride, "pads": pads, "dilation": dilation, "groups": groups}
    batch = input.unsqueeze(0) if unbatched else input
    found = call(CONV, batch, weight, bias, **attrs, out_size=None)
    return found.squeeze(0) if unbatched else found


for _function in (conv1d, conv2d, conv3d):
    expose(_function, method=False, functional=True)

# --------------------------------------------------------------------------- forward


def _conv_spec(x, w, b, *, stride, pads, dilation, groups, out_size):
    who = f"conv{x.ndim - 2}d()"
    check_arrays(x, w, b, groups, False, who)
    check_fit(x.shape[2:], w.shape[2:], pads, dilation, who)
    out = out_of(x.shape[2:], w.shape[2:], stride, pads, dilation, out_size)
    return Spec((x.shape[0], w.shape[0], *out), x.dtype)


def _conv_eager(backend, x, w, b, *, stride, pads, dilation, groups, out_size):
    _conv_spec(
        x,
        w,
        b,
        stride=stride,
        pads=pads,
        dilation=dilation,
        groups=groups,
        out_size=out_size,
    )
    plan = plan_of(x.shape[2:], w.shape[2:], stride, pads, dilation, out_size)
    bias = None if b is None else wide(b)
    y = _sweep.forward(backend.np, wide(x), wide(w), bias, plan, groups)
    return y.astype(x.dtype, copy=False)


def conj(t):
    """The complex conjugate, of complex tensors only."""
    return t.conj() if t._array.dtype.kind == "c" else t


def bias_gradient(g):
    """The gradient of a bias for each channel."""
    return g.sum((0, *range(2, g.ndim)))


def _conv_grad(g, *, x, w, x_shape, w_shape, stride, pads, dilation, groups, needs):
    attrs = {"stride": stride, "pads": pads, "dilation": dilation, "groups": groups}
    g_x = g_w = None
    if needs[0]:
        g_x = call(CONV_INPUT, g, conj(w), **attrs, size=x_shape[2:])
    if needs[1]:
        g_w = call(CONV_WEIGHT, g, conj(x), **attrs, shape=w_shape)
    return g_x, g_w, bias_gradient(g) if needs[2] else None


CONV = define(
    "convolution",
    inputs="x w b",
    eager=_conv_eager,
    spec=_conv_spec,
    grad=_conv_grad,
    lower=patches_forward,
    saved_for={"x": "w", "w": "x"},
    autocast="lower",
)

# ----------------------------------------------------------- the gradient of the input


def _input_spec(g, w, *, stride, pads, dilation, groups, size):
    return Spec((g.shape[0], w.shape[1] * groups, *size), g.dtype)


def _input_eager(backend, g, w, *, stride, pads, dilation, groups, size):
    plan = plan_of(size, w.shape[2:], stride, pads, dilation, g.shape[2:])
    found = _sweep.input_gradient(backend.np, wide(g), wide(w), plan, groups)
    return found.astype(g.dtype, copy=False)


def _input_grad(gg, *, g, w, g_shape, w_shape, stride, pads, dilation, groups, needs):
    attrs = {"stride": stride, "pads": pads, "dilation": dilation, "groups": groups}
    g_g = g_w = None
    if needs[0]:
        g_g = call(CONV, gg, conj(w), None, **attrs, out_size=g_shape[2:])
    if needs[1]:
        g_w = call(CONV_WEIGHT, conj(g), gg, **attrs, shape=w_shape)
    return g_g, g_w


CONV_INPUT = define(
    "convolution_input",
    inputs="g w",
    eager=_input_eager,
    spec=_input_spec,
    grad=_input_grad,
    lower=patches_input,
    saved_for={"g": "w", "w": "g"},
    node="ConvolutionBackwardBackward0",
)

# ---------------------------------------------------------- the gradient of the weight


def _weight_spec(g, x, *, stride, pads, dilation, groups, shape):
    return Spec(shape, x.dtype)


def _weight_eager(backend, g, x, *, stride, pads, dilation, groups, shape):
    plan = plan_of(x.shape[2:], shape[2:], stride, pads, dilation, g.shape[2:])
    found = _sweep.weight_gradient(backend.np, wide(g), wide(x), plan, groups, shape)
    return found.astype(x.dtype, copy=False)


def _weight_grad(gg, *, g, x, g_shape, x_shape, stride, pads, dilation, groups, needs):
    attrs = {"stride": stride, "pads": pads, "dilation": dilation, "groups": groups}
    g_g = g_x = None
    if needs[0]:
        g_g = call(CONV, conj(x), gg, None, **attrs, out_size=g_shape[2:])
    if needs[1]:
        g_x = call(CONV_INPUT, conj(g), gg, **attrs, size=x_shape[2:])
    return g_g, g_x


CONV_WEIGHT = define(
    "convolution_weight",
    inputs="g x",
    eager=_weight_eager,
    spec=_weight_spec,
    grad=_weight_grad,
    lower=patches_weight,
    saved_for={"g": "x", "x": "g"},
    node="ConvolutionBackwardBackward0",
)
