"""The gradient of a convolution's weight (and bias), as a routine.

For each output channel, input channel and tap, the products of g with what the tap
meets are summed over pictures and positions.
"""

from rushlight._compiler.routines import flat_weight
from rushlight._compiler.routines.flat_weight import Flat
from rushlight._compiler.routines.planes import forward_sweep
from rushlight._compiler.routines.turned_weight import Turned


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
    form = Flat if flat_weight.fits(w_shape[0] // groups) else Turned
    return form(sweep, out, x_shape, w_shape, groups, dtype, bias).routine()
