"""One plain recurrent layer: ``h = f(x W_ih^T + b_ih + h W_hh^T + b_hh)``.

f is tanh or relu.  Source: Elman, Finding structure in time, 1990.
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
    states_before,
    weight_gradient,
)


def plain_layer(x, h, weights, reverse, relu):
    """Run one layer; as `gru_layer`, with relu instead of tanh if wanted."""
    return call(RNN_LAYER, x, h, *weights, reverse=reverse, relu=relu)


def _rnn_spec(x, h, w_ih, w_hh, b_ih, b_hh, *, reverse, relu):
    return Spec((x.shape[0], *h.shape), x.dtype), *like(h)


def _rnn_eager(backend, x, h, w_ih, w_hh, b_ih, b_hh, *, reverse, relu):
    np = backend.np
    outputs = project(np, x, w_ih, b_ih, b_hh)
    recurrent = w_hh.T
    for t in order(x.shape[0], reverse):
        state = outputs[t]
        state += np.matmul(h, recurrent)
        if relu:
            np.maximum(state, 0, out=state)
        else:
            np.tanh(state, state)
        h = state
    return outputs, h.copy()


def _rnn_grad(gs, *, x, h, w_ih, w_hh, b_ih, out, reverse, relu):
    found = call(
        RNN_BACKWARD, x, *gs, h, w_ih, w_hh, out[0], reverse=reverse, relu=relu
    )
    dx, dh, dw_ih, dw_hh, db = found
    biases = (None, None) if b_ih is None else (db, db.clone())
    return dx, dh, dw_ih, dw_hh, *biases


RNN_LAYER = define(
    "rnn_layer",
    inputs="x h w_ih w_hh b_ih b_hh",
    eager=_rnn_eager,
    spec=_rnn_spec,
    grad=_rnn_grad,
    many=True,
    fills_missing=False,
    node="StackBackward0",
)


def _backward_spec(x, gy, gh, h, w_ih, w_hh, y, *, reverse, relu):
    return *like(x, h, w_ih, w_hh), Spec(w_ih.shape[:1], x.dtype)


def _backward_eager(backend, x, gy, gh, h, w_ih, w_hh, y, *, reverse, relu):
    np = backend.np
    gates = np.empty_like(y)
    slopes = (y > 0).astype(y.dtype) if relu else 1 - y * y
    dh = np.zeros_like(h) if gh is None else gh
    for t in reversed(order(x.shape[0], reverse)):
        dh = dh if gy is None else dh + gy[t]
        np.multiply(dh, slopes[t], gates[t])
        dh = np.matmul(gates[t], w_hh)
    return (
        input_gradient(np, gates, w_ih),
        dh,
        weight_gradient(np, gates, x),
        weight_gradient(np, gates, states_before(np, h, y, reverse)),
        bias_gradient(np, gates),
    )


RNN_BACKWARD = define(
    "rnn_layer_backward",
    inputs="x gy gh h w_ih w_hh y",
    eager=_backward_eager,
    spec=_backward_spec,
    grad=once("a recurrent layer's gradient"),
    many=True,
)
