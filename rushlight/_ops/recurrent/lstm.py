"""One LSTM layer in one direction.

With gates i, f, g, o from ``x W_ih^T + b_ih + h W_hh^T + b_hh``::

    c = sigmoid(f) * c + sigmoid(i) * tanh(g)
    h = sigmoid(o) * tanh(c)                      (then h W_hr^T if there is W_hr)

Source: Hochreiter and Schmidhuber, Long short-term memory, 1997; Sak et al., 2014 (the
projection).
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

INPUTS = "x h c w_ih w_hh b_ih b_hh w_hr"


def lstm_layer(x, h, c, weights, reverse):
    """Run one layer.

    Args:
        x: (T, B, I).
        h, c: (B, P) and (B, H), the first states.
        weights: w_ih, w_hh, b_ih, b_hh, w_hr; biases and w_hr may be None.
        reverse: from the last step to the first.

    Returns:
        (T, B, P) outputs, and the last states.
    """
    return call(LSTM_LAYER, x, h, c, *weights, reverse=reverse)[:3]


def _lstm_spec(x, h, c, w_ih, w_hh, b_ih, b_hh, w_hr, *, reverse):
    steps, batch, _ = x.shape
    hidden = c.shape[1]
    return (
        Spec((steps, batch, h.shape[1]), x.dtype),
        *like(h, c),
        Spec((steps, batch, 4 * hidden), x.dtype),
        Spec((steps, batch, hidden), x.dtype),
    )


def _lstm_eager(backend, x, h, c, w_ih, w_hh, b_ih, b_hh, w_hr, *, reverse):
    np = backend.np
    steps, hidden = x.shape[0], c.shape[1]
    gates = project(np, x, w_ih, b_ih, b_hh)
    outputs = np.empty((steps, *h.shape), x.dtype)
    cells = np.empty((steps, *c.shape), x.dtype)
    recurrent = w_hh.T
    for t in order(steps, reverse):
        gate = gates[t]
        gate += np.matmul(h, recurrent)
        i, f, g, o = (gate[:, n * hidden : (n + 1) * hidden] for n in range(4))
        sigmoid(np, gate[:, : 2 * hidden])
        np.tanh(g, g)
        sigmoid(np, o)
        cell = np.multiply(f, c, cells[t])
        cell += i * g
        c = cell
        h = outputs[t]
        if w_hr is None:
            np.tanh(c, h)
            h *= o
        else:
            np.matmul(np.tanh(c) * o, w_hr.T, h)
    return outputs, h.copy(), c.copy(), gates, cells


def _lstm_grad(gs, *, x, h, c, w_ih, w_hh, b_ih, w_hr, out, reverse, needs):
    found = call(
        LSTM_BACKWARD,
        x,
        *gs[:3],
        h,
        c,
        w_ih,
        w_hh,
        w_hr,
        out[0],
        out[3],
        out[4],
        reverse=reverse,
    )
    dx, dh, dc, dw_ih, dw_hh, db, dw_hr = found
    biases = (None, None) if b_ih is None else (db, db.clone())
    rest = (None,) if w_hr is None else (dw_hr,)
    return dx, dh, dc, dw_ih, dw_hh, *biases, *rest


LSTM_LAYER = define(
    "lstm_layer",
    inputs=INPUTS,
    eager=_lstm_eager,
    spec=_lstm_spec,
    grad=_lstm_grad,
    many=True,
    fills_missing=False,
    node="StackBackward0",
)


def _backward_spec(x, gy, gh, gc, h, c, w_ih, w_hh, w_hr, y, gates, cells, *, reverse):
    bias = Spec(w_ih.shape[:1], x.dtype)
    rest = Spec((0,), x.dtype) if w_hr is None else like(w_hr)[0]
    return *like(x, h, c, w_ih, w_hh), bias, rest


def _backward_eager(
    backend, x, gy, gh, gc, h, c, w_ih, w_hh, w_hr, y, gates, cells, *, reverse
):
    np = backend.np
    steps, hidden = x.shape[0], c.shape[1]
    dgates = np.empty_like(gates)
    raw = None if w_hr is None else np.empty_like(cells)  # outputs before W_hr
    douts = None if w_hr is None else np.empty((steps, *h.shape), x.dtype)
    dh = np.zeros_like(h) if gh is None else gh
    dc = np.zeros_like(c) if gc is None else gc
    before = states_before(np, c, cells, reverse)
    for t in reversed(order(steps, reverse)):
        dh = dh if gy is None else dh + gy[t]
        i, f, g, o = (gates[t, :, n * hidden : (n + 1) * hidden] for n in range(4))
        tanh = np.tanh(cells[t])
        if w_hr is not None:
            douts[t] = dh
            np.multiply(tanh, o, raw[t])
            dh = np.matmul(dh, w_hr)
        di, df, dg, do = (dgates[t, :, n * hidden : (n + 1) * hidden] for n in range(4))
        dc = dc + dh * o * (1 - tanh * tanh)
        np.multiply(dh * tanh, o * (1 - o), do)
        np.multiply(dc * g, i * (1 - i), di)
        np.multiply(dc * before[t], f * (1 - f), df)
        np.multiply(dc * i, 1 - g * g, dg)
        dc = dc * f
        dh = np.matmul(dgates[t], w_hh)
    return (
        input_gradient(np, dgates, w_ih),
        dh,
        dc,
        weight_gradient(np, dgates, x),
        weight_gradient(np, dgates, states_before(np, h, y, reverse)),
        bias_gradient(np, dgates),
        np.empty(0, x.dtype) if w_hr is None else weight_gradient(np, douts, raw),
    )


LSTM_BACKWARD = define(
    "lstm_layer_backward",
    inputs="x gy gh gc h c w_ih w_hh w_hr y gates cells",
    eager=_backward_eager,
    spec=_backward_spec,
    grad=once("an LSTM's gradient"),
    many=True,
)
