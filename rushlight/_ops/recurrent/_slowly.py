"""The same networks in Tensor operations, for gradients to be differentiated again."""

from rushlight._core.expose import TORCH
from rushlight._core.tape import run_backward
from rushlight._ops.recurrent.steps import (
    gru_cell,
    lstm_cell,
    rnn_relu_cell,
    rnn_tanh_cell,
)

_CELLS = {"gru": gru_cell, "rnn_tanh": rnn_tanh_cell, "rnn_relu": rnn_relu_cell}


def gradients(shape, gradients_of_results, inputs):
    """The gradients of x, h0, (c0), parameters and noises, each recorded.

    Args:
        shape: of the call.
        gradients_of_results: of output, h, (c); None where there is none.
        inputs: the tensors of the call; None stays None.
    """
    aliases = [t if t is None or t._edge is None else t.view(*t.shape) for t in inputs]
    results = forward(shape, aliases)
    pairs = [
        (r._edge, g)
        for r, g in zip(results, gradients_of_results)
        if g is not None and r._edge is not None
    ]
    edges = [None if t is None else t._edge for t in aliases]
    found = run_backward(
        [edge for edge, _ in pairs],
        [g for _, g in pairs],
        retain_graph=True,
        create_graph=True,
        targets=[edge for edge in edges if edge is not None],
    )
    return [None if edge is None else found.get(edge) for edge in edges]


def forward(shape, inputs):
    """(output, h) or (output, h, c), from x, h0, (c0), parameters, noises."""
    cat, stack = TORCH["cat"], TORCH["stack"]
    x, h0, *rest = inputs
    c0 = rest.pop(0) if shape.kind == "lstm" else None
    count = shape.layers * shape.directions * shape.each
    params, noises = rest[:count], rest[count:]
    sizes = shape.lengths or [x.shape[1]] * x.shape[0]
    source = _by_time(x, shape.lengths)
    last_h, last_c = [], []
    for layer in range(shape.layers):
        outputs = []
        for direction in range(shape.directions):
            own = shape.params_of(params, layer, direction)
            at = layer * shape.directions + direction
            c = None if c0 is None else c0[at]
            steps = list(enumerate(sizes))[:: -1 if direction else 1]
            found, h, c = _run(shape.kind, source, h0[at], c, own, steps)
            outputs.append(found)
            last_h.append(h)
            last_c.append(c)
        source = [
            cat(parts, 1) if len(parts) > 1 else parts[0] for parts in zip(*outputs)
        ]
        if layer < len(noises):
            scaled = _by_time(noises[layer], shape.lengths)
            source = [s * n for s, n in zip(source, scaled)]
    y = cat(source) if shape.lengths else stack(source)
    states = [stack(last_h)] + ([] if c0 is None else [stack(last_c)])
    return [y, *states]


def _by_time(x, lengths):
    """The inputs of each time; packed ones are (total, I)."""
    if lengths is None:
        return [x[t] for t in range(x.shape[0])]
    found, start = [], 0
    for n in lengths:
        found.append(x[start : start + n])
        start += n
    return found


def _run(kind, source, h, c, own, steps):
    cat = TORCH["cat"]
    w_ih, w_hh, b_ih, b_hh, w_hr = own
    outputs = [None] * len(steps)
    for t, n in steps:
        if kind == "lstm":
            new, new_c = lstm_cell(source[t], (h[:n], c[:n]), w_ih, w_hh, b_ih, b_hh)
            new = new if w_hr is None else new @ w_hr.mT
            c = new_c if n == c.shape[0] else cat([new_c, c[n:]])
        else:
            new = _CELLS[kind](source[t], h[:n], w_ih, w_hh, b_ih, b_hh)
        outputs[t] = new
        h = new if n == h.shape[0] else cat([new, h[n:]])
    return outputs, h, c
