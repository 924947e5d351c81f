"""conv_transpose1d, conv_transpose2d, conv_transpose3d: a convolution's way back."""

from rushlight._base.errors import ArgumentRuntimeError, ShapeError, explain
from rushlight._base.shape import as_index
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arrays import wide
from rushlight._ops.conv import _sweep
from rushlight._ops.conv._arguments import check_arrays, check_inputs, ints
from rushlight._ops.conv._patches import patches_input
from rushlight._ops.conv._plan import plan_of
from rushlight._ops.conv.convolution import CONV, CONV_WEIGHT, bias_gradient, conj


def conv_transpose1d(
    input,
    weight,
    bias=None,
    stride=1,
    padding=0,
    output_padding=0,
    groups=1,
    dilation=1,
):
    """The transpose of `conv1d`: every element of the input writes a window.

    Args:
        input: (N, C, L) or (C, L), float.
        weight: (C, O / groups, K), the input's dtype.
        bias: (O,), or None.
        stride: the step from one window to the next.
        padding: elements cut off on each side.
        output_padding: further elements at the end, fewer than stride or dilation.
        groups: the channels are split into as many independent groups.
        dilation: the step between the window's elements.

    Returns:
        Tensor: (N, O, L') with ``L' = (L - 1) stride - 2 padding + dilation (K - 1)
        + output_padding + 1``.

    Raises:
        RuntimeError: where sizes or dtypes do not fit.

    >>> import rushlight
    >>> x = rushlight.tensor([[[1.0, 2.0]]])
    >>> rushlight.nn.functional.conv_transpose1d(x, rushlight.ones(1, 1, 2))
    tensor([[[1., 3., 2.]]])
    """
    args = stride, padding, output_padding, groups, dilation
    return _transposed(input, weight, bias, *args, 1, "conv_transpose1d()")


def conv_transpose2d(
    input,
    weight,
    bias=None,
    stride=1,
    padding=0,
    output_padding=0,
    groups=1,
    dilation=1,
):
    """The transpose of `conv2d`: every element of the input writes a window.

    Args:
        input: (N, C, H, W) or (C, H, W), float.
        weight: (C, O / groups, KH, KW), the input's dtype.
        bias: (O,), or None.
        stride, padding, output_padding, groups, dilation: as for `conv_transpose1d`;
            one number or two.

    Returns:
        Tensor: (N, O, H', W').

    Raises:
        RuntimeError: where sizes or dtypes do not fit.

    >>> import rushlight
    >>> x = rushlight.ones(1, 1, 1, 2)
    >>> rushlight.nn.functional.conv_transpose2d(x, rushlight.ones(1, 1, 1, 2))
    tensor([[[[1., 2., 1.]]]])
    """
    args = stride, padding, output_padding, groups, dilation
    return _transposed(input, weight, bias, *args, 2, "conv_transpose2d()")


def conv_transpose3d(
    input,
    weight,
    bias=None,
    stride=1,
    padding=0,
    output_padding=0,
    groups=1,
    dilation=1,
):
    """The transpose of `conv3d`: every element of the input writes a window.

    Args:
        input: (N, C, D, H, W) or (C, D, H, W), float.
        weight: (C, O / groups, KD, KH, KW), the input's dtype.
        bias: (O,), or None.
        stride, padding, output_padding, groups, dilation: as for `conv_transpose1d`;
            one number or three.

    Returns:
        Tensor: (N, O, D', H', W').

    Raises:
        RuntimeError: where sizes or dtypes do not fit.

    >>> import rushlight
    >>> x = rushlight.ones(1, 1, 1, 1, 2)
    >>> rushlight.nn.functional.conv_transpose3d(x, rushlight.ones(1, 1, 1, 1, 2))
    tensor([[[[[1., 2., 1.]]]]])
    """
    args = stride, padding, output_padding, groups, dilation
    return _transposed(input, weight, bias, *args, 3, "conv_transpose3d()")


def _transposed(
    input, weight, bias, stride, padding, extra, groups, dilation, dims, who
):
    unbatched = check_inputs(input, weight, bias, dims, who)
    stride = ints(stride, dims, who, "stride", 1)
    dilation = ints(dilation, dims, who, "dilation", 1)
    pads = tuple((p, p) for p in ints(padding, dims, who, "padding", 0))
    extra = ints(extra, dims, who, "output_padding", 0)
    groups = ints(as_index(groups, who, "groups"), 1, who, "groups", 1)[0]
    if any(e >= max(s, d) for e, s, d in zip(extra, stride, dilation)):
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="output_padding smaller than stride or dilation",
                got=f"{extra} with stride {stride} and dilation {dilation}",
                do="It settles which of several input sizes is meant.",
            )
        )
    batch = input.unsqueeze(0) if unbatched else input
    found = call(
        CONV_TRANSPOSED,
        batch,
        weight,
        bias,
        stride=stride,
        pads=pads,
        dilation=dilation,
        groups=groups,
        extra=extra,
    )
    return found.squeeze(0) if unbatched else found


def _sizes(x, w, stride, pads, dilation, extra, who):
    size = tuple(
        (n - 1) * s - a - b + d * (k - 1) + e + 1
        for n, s, (a, b), d, k, e in zip(
            x.shape[2:], stride, pads, dilation, w.shape[2:], extra
        )
    )
    if any(n < 1 for n in size) or 0 in x.shape[2:]:
        raise ShapeError(
            explain(
                who,
                expected="an output of positive sizes",
                got=f"{list(size)} from an input of {list(x.shape[2:])}",
                do="Use less padding.",
            )
        )
    return size


def _transposed_spec(x, w, b, *, stride, pads, dilation, groups, extra):
    who = f"conv_transpose{x.ndim - 2}d()"
    check_arrays(x, w, b, groups, True, who)
    size = _sizes(x, w, stride, pads, dilation, extra, who)
    return Spec((x.shape[0], w.shape[1] * groups, *size), x.dtype)


def _transposed_eager(backend, x, w, b, *, stride, pads, dilation, groups, extra):
    found = _transposed_spec(
        x, w, b, stride=stride, pads=pads, dilation=dilation, groups=groups, extra=extra
    )
    plan = plan_of(found.shape[2:], w.shape[2:], stride, pads, dilation, x.shape[2:])
    y = _sweep.input_gradient(backend.np, wide(x), wide(w), plan, groups)
    if b is not None:
        y += wide(b).reshape(-1, *[1] * len(plan.size))
    return y.astype(x.dtype, copy=False)


def _transposed_grad(
    g, *, x, w, x_shape, w_shape, stride, pads, dilation, groups, extra, needs
):
    attrs = {"stride": stride, "pads": pads, "dilation": dilation, "groups": groups}
    g_x = g_w = None
    if needs[0]:
        g_x = call(CONV, g, conj(w), None, **attrs, out_size=x_shape[2:])
    if needs[1]:
        g_w = call(CONV_WEIGHT, conj(x), g, **attrs, shape=w_shape)
    return g_x, g_w, bias_gradient(g) if needs[2] else None


def _transposed_lower(k, x, w, b, *, stride, pads, dilation, groups, extra):
    size = _sizes(x, w, stride, pads, dilation, extra, "conv_transpose()")
    attrs = {"stride": stride, "pads": pads, "dilation": dilation, "groups": groups}
    found = patches_input(k, x, w, **attrs, size=size)
    return found if b is None else k.add(found, k.reshape(b, (-1, *[1] * len(size))))


CONV_TRANSPOSED = define(
    "convolution_transposed",
    inputs="x w b",
    eager=_transposed_eager,
    spec=_transposed_spec,
    grad=_transposed_grad,
    lower=_transposed_lower,
    saved_for={"x": "w", "w": "x"},
    node="ConvolutionBackward0",
    autocast="lower",
)
for _function in (conv_transpose1d, conv_transpose2d, conv_transpose3d):
    expose(_function, method=False, functional=True)
