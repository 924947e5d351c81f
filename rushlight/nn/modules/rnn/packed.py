"""Recurrent layers over packed sequences, step by step.

The batch shrinks as sequences end (backwards: grows), so there is no single array
operation for it; padded batches take the operations in `_ops`.
"""

from rushlight._core.expose import TORCH
from rushlight.nn import functional as F

_CELLS = {
    "LSTM": "lstm_cell",
    "GRU": "gru_cell",
    "RNN_TANH": "rnn_tanh_cell",
    "RNN_RELU": "rnn_relu_cell",
}


def run_packed(network, data, sizes, states):
    """The output and last states of all layers of a network.

    Args:
        network: RNNBase.
        data: (total length, input_size), packed.
        sizes: list of ints, the batch size at each step.
        states: list of (layers * directions, N, *).

    Returns:
        The packed output, and a list of states like the given one.
    """
    directions = 2 if network.bidirectional else 1
    last = []
    weights = network.all_weights
    for layer in range(network.num_layers):
        outputs = []
        for direction in range(directions):
            number = layer * directions + direction
            first = [state[number] for state in states]
            step = _step(network, weights[number])
            run = _backward if direction else _forward
            output, ended = run(step, data, sizes, first)
            outputs.append(output)
            last.append(ended)
        data = outputs[0] if directions == 1 else TORCH["cat"](outputs, 1)
        if network.dropout and layer < network.num_layers - 1:
            data = F.dropout(data, network.dropout, network.training)
    return data, [TORCH["stack"](kind) for kind in zip(*last)]


def _step(network, weights):
    """``step(x, states) -> states`` of one layer in one direction."""
    cell = TORCH[_CELLS[network.mode]]
    projection = weights[-1] if network.proj_size else None
    weights = weights[:-1] if network.proj_size else weights

    def step(x, states):
        hx = tuple(states) if network.mode == "LSTM" else states[0]
        found = cell(x, hx, *weights)
        found = list(found) if network.mode == "LSTM" else [found]
        if projection is not None:
            found[0] = F.linear(found[0], projection)
        return found

    return step


def _forward(step, data, sizes, states):
    """From the first step on: sequences drop out at the end of the batch."""
    outputs, ended, start = [], [[] for _ in states], 0
    for size in sizes:
        running = states[0].shape[0]
        if size < running:
            for kept, state in zip(ended, states):
                kept.append(state[size:])
            states = [state[:size] for state in states]
        states = step(data[start : start + size], states)
        outputs.append(states[0])
        start += size
    for kept, state in zip(ended, states):
        kept.append(state)
    last = [TORCH["cat"](kept[::-1]) for kept in ended]
    return TORCH["cat"](outputs), last


def _backward(step, data, sizes, states):
    """From the last step on: sequences join at the end of the batch."""
    outputs, running, end = [], None, data.shape[0]
    for size in reversed(sizes):
        if running is None:
            running = [state[:size] for state in states]
        elif running[0].shape[0] < size:
            have = running[0].shape[0]
            running = [
                TORCH["cat"]([now, state[have:size]])
                for now, state in zip(running, states)
            ]
        running = step(data[end - size : end], running)
        outputs.append(running[0])
        end -= size
    return TORCH["cat"](outputs[::-1]), running
