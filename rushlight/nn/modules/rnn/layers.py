"""RNN, LSTM and GRU over sequences."""

from rushlight._base.errors import ArgumentError, explain
from rushlight.nn.modules.rnn.base import RNNBase

__all__ = ["GRU", "LSTM", "RNN"]


class RNN(RNNBase):
    """The simple recurrent network.

        h_t = tanh(W_ih x_t + b_ih + W_hh h_(t-1) + b_hh)

    Input, output and arguments as for `LSTM`, but for one state h and no proj_size.

    Args:
        nonlinearity: "tanh" or "relu"; by position it comes after num_layers.

    Raises:
        ValueError: for settings that no network has.

    See:
        Elman, "Finding structure in time", Cognitive Science 14 (1990).

    >>> import rushlight
    >>> output, h = RNN(10, 20, 2)(rushlight.zeros(5, 3, 10))
    >>> output.shape, h.shape
    (torch.Size([5, 3, 20]), torch.Size([2, 3, 20]))
    """

    def __init__(self, *args, **kwargs):
        _refuse_projection(self, args[8:9], kwargs)
        if len(args) > 3:
            nonlinearity, args = args[3], args[:3] + args[4:]
        else:
            nonlinearity = kwargs.pop("nonlinearity", "tanh")
        if nonlinearity not in ("tanh", "relu"):
            raise ArgumentError(
                explain(
                    "RNN()",
                    expected="nonlinearity to be 'tanh' or 'relu'",
                    got=f"Unknown nonlinearity {nonlinearity!r}",
                    do="Check the spelling.",
                )
            )
        super().__init__(f"RNN_{nonlinearity.upper()}", *args, **kwargs)
        self.nonlinearity = nonlinearity


class LSTM(RNNBase):
    """The long short-term memory network.

        i, f, g, o = the four parts of W_ih x_t + b_ih + W_hh h_(t-1) + b_hh
        c_t = sigmoid(f) c_(t-1) + sigmoid(i) tanh(g)
        h_t = sigmoid(o) tanh(c_t)

    Input (L, N, input_size), (N, L, input_size) with batch_first, or (L, input_size),
    float, or a PackedSequence; and optionally the states (h, c), each (num_layers *
    directions, N, hidden_size).  Output: the last layer's h at every step, both
    directions side by side, and the last states.

    Args:
        input_size, hidden_size: int.
        num_layers: int; each layer's input is the output of the one below.
        bias: whether there are b_ih and b_hh.
        batch_first: whether the batch is the first dimension of input and output.
        dropout: float in [0, 1], after all layers but the last, while training.
        bidirectional: whether a second network runs backwards.
        proj_size: int; above 0, h is W_hr times what it would be, of that size.
        device, dtype: of the parameters.

    Attributes:
        weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, ...: for each layer, and
            with "_reverse" for the second direction; they start uniform within
            ``1 / sqrt(hidden_size)`` of 0.

    Raises:
        ValueError: for settings that no network has, or input of another dtype.
        RuntimeError: for input or states of other sizes.

    See:
        Hochreiter and Schmidhuber, "Long short-term memory", Neural Computation 9
        (1997); Sak and others, arXiv:1402.1128, for the projection.

    >>> import rushlight
    >>> output, (h, c) = LSTM(10, 20, 2)(rushlight.zeros(5, 3, 10))
    >>> output.shape, h.shape, c.shape
    (torch.Size([5, 3, 20]), torch.Size([2, 3, 20]), torch.Size([2, 3, 20]))
    """

    def __init__(self, *args, **kwargs):
        super().__init__("LSTM", *args, **kwargs)

    def _states(self, hx):
        return None if hx is None else list(hx)

    def _as_hidden(self, states):
        return tuple(states)

    def _widths(self):
        return [self.proj_size or self.hidden_size, self.hidden_size]


class GRU(RNNBase):
    """The gated recurrent unit's network.

        r, z = sigmoid of the first two parts of W_ih x_t + b_ih + W_hh h_(t-1) + b_hh
        n = tanh(W_in x_t + b_in + r (W_hn h_(t-1) + b_hn))
        h_t = (1 - z) n + z h_(t-1)

    Input, output and arguments as for `LSTM`, but for one state h and no proj_size.

    Raises:
        ValueError: for settings that no network has.

    See:
        Cho and others, "Learning phrase representations using RNN encoder-decoder",
        EMNLP 2014.

    >>> import rushlight
    >>> output, h = GRU(10, 20, 2)(rushlight.zeros(5, 3, 10))
    >>> output.shape, h.shape
    (torch.Size([5, 3, 20]), torch.Size([2, 3, 20]))
    """

    def __init__(self, *args, **kwargs):
        _refuse_projection(self, args[7:8], kwargs)
        super().__init__("GRU", *args, **kwargs)


def _refuse_projection(network, positional, kwargs):
    if positional or "proj_size" in kwargs:
        raise ArgumentError(
            explain(
                f"{type(network).__name__}()",
                expected="no proj_size",
                got="one: proj_size argument is only supported for LSTM, not RNN or "
                "GRU",
                do="Put a Linear behind it.",
            )
        )
