"""lstm, gru, rnn_tanh, rnn_relu: layers, directions and dropout over a padded batch."""

from rushlight._core.expose import FUNCTIONAL, TORCH, expose
from rushlight._ops.recurrent.gru import gru_layer
from rushlight._ops.recurrent.lstm import lstm_layer
from rushlight._ops.recurrent.plain import plain_layer


def _run(layer, input, states, weights, per_direction, options):
    """The outputs of the last layer, and the last states of all layers.

    Args:
        layer: ``(x, states, weights, reverse) -> (outputs, *states)``.
        input: (T, B, I), or (B, T, I) with batch_first.
        states: list of (layers * directions, B, *).
        weights: flat, `per_direction` for each layer and direction.
        options: has_biases, num_layers, dropout, train, bidirectional, batch_first.
    """
    _, num_layers, dropout, train, bidirectional, batch_first = options
    directions = 2 if bidirectional else 1
    x = input.transpose(0, 1) if batch_first else input
    last = [[] for _ in states]
    for number in range(num_layers):
        outputs = []
        for direction in range(directions):
            place = number * directions + direction
            own = weights[place * per_direction : (place + 1) * per_direction]
            first = [state[place] for state in states]
            y, *ended = layer(x, first, own, direction == 1)
            outputs.append(y)
            for kept, state in zip(last, ended, strict=True):
                kept.append(state)
        x = outputs[0] if directions == 1 else TORCH["cat"](outputs, -1)
        if dropout and train and number < num_layers - 1:
            x = FUNCTIONAL["dropout"](x, dropout, True)
    x = x.transpose(0, 1) if batch_first else x
    return x, *(TORCH["stack"](kept) for kept in last)


def lstm(input, hx, params, *options):
    """Run an LSTM; what `nn.LSTM` calls.

    Args:
        input: (T, B, I), or (B, T, I) with batch_first; float.
        hx: (h, c), each (layers * directions, B, *).
        params: the weights in nn.LSTM's order.
        options: has_biases, num_layers, dropout, train, bidirectional, batch_first.

    Returns:
        outputs (T, B, directions * width), h and c.

    >>> import rushlight
    >>> net = rushlight.nn.LSTM(2, 3)
    >>> y, (h, c) = net(rushlight.ones(4, 1, 2))
    >>> y.shape, h.shape
    (torch.Size([4, 1, 3]), torch.Size([1, 1, 3]))
    """
    biases = 2 if options[0] else 0
    projected = hx[0].shape[2] != hx[1].shape[2]

    def layer(x, states, weights, reverse):
        last = weights[-1] if projected else None
        own = _with_biases(weights[: 2 + biases], biases)
        return lstm_layer(x, *states, [*own, last], reverse)

    return _run(layer, input, list(hx), params, 2 + biases + projected, options)


def _with_biases(weights, biases):
    return weights if biases else [*weights, None, None]


def gru(input, hx, params, *options):
    """Run a GRU; what `nn.GRU` calls.

    Args:
        input, params, options: as for `lstm`.
        hx: (layers * directions, B, H).

    Returns:
        outputs (T, B, directions * H) and h.

    >>> import rushlight
    >>> rushlight.nn.GRU(2, 3)(rushlight.ones(4, 1, 2))[0].shape
    torch.Size([4, 1, 3])
    """
    biases = 2 if options[0] else 0

    def layer(x, states, weights, reverse):
        return gru_layer(x, *states, _with_biases(weights, biases), reverse)

    return _run(layer, input, [hx], params, 2 + biases, options)


def rnn_tanh(input, hx, params, *options):
    """Run a plain recurrent network with tanh; arguments as for `gru`.

    Returns:
        outputs (T, B, directions * H) and h.

    >>> import rushlight
    >>> rushlight.nn.RNN(2, 3)(rushlight.ones(4, 1, 2))[0].shape
    torch.Size([4, 1, 3])
    """
    return _plain(input, hx, params, options, relu=False)


def rnn_relu(input, hx, params, *options):
    """Run a plain recurrent network with relu; arguments as for `gru`.

    Returns:
        outputs (T, B, directions * H) and h.

    >>> import rushlight
    >>> rushlight.nn.RNN(2, 3, nonlinearity="relu")(rushlight.ones(4, 1, 2))[1].shape
    torch.Size([1, 1, 3])
    """
    return _plain(input, hx, params, options, relu=True)


def _plain(input, hx, params, options, relu):
    biases = 2 if options[0] else 0

    def layer(x, states, weights, reverse):
        return plain_layer(x, *states, _with_biases(weights, biases), reverse, relu)

    return _run(layer, input, [hx], params, 2 + biases, options)


for _function in (lstm, gru, rnn_tanh, rnn_relu):
    expose(_function, method=False)
