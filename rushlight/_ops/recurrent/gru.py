"""One GRU layer in one direction.

With r, z, n from ``a = x W_ih^T + b_ih`` and ``u = h W_hh^T + b_hh``::

    r = sigmoid(a_r + u_r)
    z = sigmoid(a_z + u_z)
    n = tanh(a_n + r * u_n)
    h = (1 - z) * n + z * h

Source: Cho et al., Learning phrase representations using RNN encoder-decoder, 2014.
"""

from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.table import define
from rushlight._ops.recurrent._steps import (
    bias_gradient,
    input_gradient,
    like,
    once,
    order,
    project,
    sigmoid,
    states_before,
    weight_gradient,
)


def gru_layer(x, h, weights, reverse):
    """Run one layer.

    Args:
        x: (T, B, I).
        h: (B, H), the first state.
        weights: w_ih, w_hh, b_ih, b_hh; biases may be None.
        reverse: from the last step to the first.

    Returns:
        (T, B, H) outputs, and the last state.
    """
    return call(GRU_LAYER, x, h, *weights, reverse=reverse)[:2]


def _gru_spec(x, h, w_ih, w_hh, b_ih, b_hh, *, reverse):
    steps, batch, _ = x.shape
    return (
        Spec((steps, *h.shape), x.dtype),
        *like(h),
        Spec((steps, batch, w_ih.shape[0]), x.dtype),
        Spec((steps, *h.shape), x.dtype),
    )


def _gru_eager(backend, x, h, w_ih, w_hh, b_ih, b_hh, *, reverse):
    np = backend.np
    steps, hidden = x.shape[0], h.shape[1]
    gates = project(np, x, w_ih, b_ih)
    outputs = np.empty((steps, *h.shape), x.dtype)
    fresh = np.empty_like(outputs)  # u_n of each step
    recurrent = w_hh.T
    for t in order(steps, reverse):
        u = np.matmul(h, recurrent)
        if b_hh is not None:
            u += b_hh
        r, z, n = (gates[t, :, k * hidden : (k + 1) * hidden] for k in range(3))
        both = gates[t, :, : 2 * hidden]
        both += u[:, : 2 * hidden]
        sigmoid(np, both)
        fresh[t] = u[:, 2 * hidden :]
        n += r * fresh[t]
        np.tanh(n, n)
        state = np.subtract(h, n, outputs[t])
        state *= z
        state += n
        h = state
    return outputs, h.copy(), gates, fresh


def _gru_grad(gs, *, x, h, w_ih, w_hh, b_ih, out, reverse):
    y, _, gates, fresh = out
    found = call(
        GRU_BACKWARD, x, *gs[:2], h, w_ih, w_hh, y, gates, fresh, reverse=reverse
    )
    dx, dh, dw_ih, dw_hh, db_ih, db_hh = found
    biases = (None, None) if b_ih is None else (db_ih, db_hh)
    return dx, dh, dw_ih, dw_hh, *biases


GRU_LAYER = define(
    "gru_layer",
    inputs="x h w_ih w_hh b_ih b_hh",
    eager=_gru_eager,
    spec=_gru_spec,
    grad=_gru_grad,
    many=True,
    fills_missing=False,
    node="StackBackward0",
)


def _backward_spec(x, gy, gh, h, w_ih, w_hh, y, gates, fresh, *, reverse):
    bias = Spec(w_ih.shape[:1], x.dtype)
    return *like(x, h, w_ih, w_hh), bias, bias


def _backward_eager(backend, x, gy, gh, h, w_ih, w_hh, y, gates, fresh, *, reverse):
    np = backend.np
    steps, hidden = x.shape[0], h.shape[1]
    before = states_before(np, h, y, reverse)
    dgates = np.empty_like(gates)
    dfresh = np.empty_like(gates)  # as dgates, but for u, whose n-part is r's share
    dh = np.zeros_like(h) if gh is None else gh
    for t in reversed(order(steps, reverse)):
        dh = dh if gy is None else dh + gy[t]
        r, z, n = (gates[t, :, k * hidden : (k + 1) * hidden] for k in range(3))
        dr, dz, dn = (dgates[t, :, k * hidden : (k + 1) * hidden] for k in range(3))
        np.multiply(dh * (1 - z), 1 - n * n, dn)
        np.multiply(dh * (before[t] - n), z * (1 - z), dz)
        np.multiply(dn * fresh[t], r * (1 - r), dr)
        dfresh[t] = dgates[t]
        dfresh[t, :, 2 * hidden :] *= r
        dh = dh * z
        dh += np.matmul(dfresh[t], w_hh)
    return (
        input_gradient(np, dgates, w_ih),
        dh,
        weight_gradient(np, dgates, x),
        weight_gradient(np, dfresh, before),
        bias_gradient(np, dgates),
        bias_gradient(np, dfresh),
    )


GRU_BACKWARD = define(
    "gru_layer_backward",
    inputs="x gy gh h w_ih w_hh y gates fresh",
    eager=_backward_eager,
    spec=_backward_spec,
    grad=once("a GRU's gradient"),
    many=True,
)
