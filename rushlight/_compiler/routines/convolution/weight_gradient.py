"""The gradient of a convolution's weight (and bias), as a routine.

For each output channel, input channel and tap, the products of g with what the tap
meets are summed over pictures and positions.
"""

from rushlight._compiler.routines.convolution import flat_weight, winograd
from rushlight._compiler.routines.convolution.flat_weight import Flat
from rushlight._compiler.routines.convolution.planes import forward_sweep
from rushlight._compiler.routines.convolution.sweeps import Shapes
from rushlight._compiler.routines.convolution.turned_weight import Turned
from rushlight._compiler.routines.convolution.winograd_weight import WinogradWeight


def weight_gradient(
    x_shape, w_shape, dtype, *, stride, pads, dilation, groups, out, bias=False
):
    """What reaches w (and the bias) from g through ``y = w * x + bias``.

    Args:
        x_shape: (N, C, *size).
        w_shape: (O, C / groups, *kernel).
        dtype: "f32" or "f64".
        stride, dilation: for each dim; groups: int.
        pads: (before, after) for each dim.
        out: the sizes of g (N, O, *out).
        bias: whether the bias's gradient is wanted too.

    Returns:
        Routine: inputs g, x; outputs w_grad (and bias_grad).
    """
    lead = tuple(before for before, _ in pads)
    sweep = forward_sweep(x_shape[2:], w_shape[2:], stride, lead, dilation, out)
    shapes = Shapes(x_shape[0], groups, w_shape[1], w_shape[0] // groups, out, ())
    if winograd.fits(dtype, w_shape[2:], stride, dilation, lead, shapes):
        args = x_shape[2:], lead, out, x_shape, w_shape, dtype, bias
        return WinogradWeight(*args).routine()
    form = Flat if flat_weight.fits(shapes.outputs) else Turned
    return form(sweep, out, x_shape, w_shape, groups, dtype, bias).routine()
