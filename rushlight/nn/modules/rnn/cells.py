"""Single steps of recurrent networks: RNNCell, LSTMCell, GRUCell."""

import math

from rushlight._base.errors import ArgumentError, ArgumentRuntimeError, explain
from rushlight._core.expose import TORCH
from rushlight.nn import init
from rushlight.nn.modules.module import Module
from rushlight.nn.modules.utils import empty_parameter

__all__ = ["GRUCell", "LSTMCell", "RNNCell", "RNNCellBase"]


class RNNCellBase(Module):
    """The base class of single steps; use `RNNCell`, `LSTMCell` or `GRUCell`.

    Args:
        input_size, hidden_size: int.
        bias: whether there are b_ih and b_hh.
        num_chunks: int, how many gates there are.
        device, dtype: of the parameters.
    """

    __constants__ = ["input_size", "hidden_size", "bias"]

    def __init__(
        self, input_size, hidden_size, bias, num_chunks, device=None, dtype=None
    ):
        super().__init__()
        place = {"device": device, "dtype": dtype}
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        rows = num_chunks * hidden_size
        self.weight_ih = empty_parameter(rows, input_size, **place)
        self.weight_hh = empty_parameter(rows, hidden_size, **place)
        for name in ("bias_ih", "bias_hh"):
            value = empty_parameter(rows, **place) if bias else None
            self.register_parameter(name, value)
        self.reset_parameters()

    def reset_parameters(self):
        """Draw new initial values, uniform within ``1 / sqrt(hidden_size)`` of 0."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def _step(self, name, input, states):
        """The new states, of a batch or of a single sample."""
        if input.dim() not in (1, 2):
            raise ArgumentError(
                explain(
                    f"{type(self).__name__}()",
                    expected="input to be 1D or 2D",
                    got=f"{input.dim()}D, shape {list(input.shape)}",
                    do="Give one time step.",
                )
            )
        single = input.dim() == 1
        input = input.unsqueeze(0) if single else input
        if states is None:
            zeros = TORCH["zeros"](
                input.shape[0], self.hidden_size, dtype=input.dtype, device=input.device
            )
            states = [zeros] * self._count
        elif single:
            states = [state.unsqueeze(0) for state in states]
        self._check_sizes(input, states)
        hx = tuple(states) if self._count > 1 else states[0]
        found = TORCH[name](
            input, hx, self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh
        )
        found = found if self._count > 1 else (found,)
        return [state.squeeze(0) for state in found] if single else found

    def _check_sizes(self, input, states):
        if input.shape[1] != self.input_size:
            raise self._wrong(f"input_size {self.input_size}", input.shape[1])
        wanted = (input.shape[0], self.hidden_size)
        for state in states:
            if tuple(state.shape) != wanted:
                raise self._wrong(f"hidden states of size {wanted}", list(state.shape))

    def _wrong(self, expected, got):
        who = f"{type(self).__name__}()"
        do = "Input is (N, input_size), a state (N, hidden_size)."
        return ArgumentRuntimeError(explain(who, expected=expected, got=got, do=do))

    def extra_repr(self):
        text = f"{self.input_size}, {self.hidden_size}"
        text += "" if self.bias else f", bias={self.bias}"
        nonlinearity = self.__dict__.get("nonlinearity", "tanh")
        return (
            text if nonlinearity == "tanh" else f"{text}, nonlinearity={nonlinearity}"
        )


class RNNCell(RNNCellBase):
    """One step of the simple recurrent network.

        h' = tanh(W_ih x + b_ih + W_hh h + b_hh)

    Input (N, input_size) or (input_size,), and optionally h, (N, hidden_size) or
    (hidden_size,); output h'.

    Args:
        input_size, hidden_size: int.
        bias: whether there are b_ih and b_hh.
        nonlinearity: "tanh" or "relu".
        device, dtype: of the parameters.

    Raises:
        ValueError, RuntimeError: for input or states of other sizes.

    >>> import rushlight
    >>> RNNCell(10, 20)(rushlight.zeros(3, 10)).shape
    torch.Size([3, 20])
    """

    __constants__ = ["input_size", "hidden_size", "bias", "nonlinearity"]
    _count = 1

    def __init__(
        self,
        input_size,
        hidden_size,
        bias=True,
        nonlinearity="tanh",
        device=None,
        dtype=None,
    ):
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input, hx=None):
        if self.nonlinearity not in ("tanh", "relu"):
            raise ArgumentRuntimeError(
                explain(
                    "RNNCell()",
                    expected="nonlinearity to be 'tanh' or 'relu'",
                    got=f"Unknown nonlinearity: {self.nonlinearity}",
                    do="Check the spelling.",
                )
            )
        states = None if hx is None else [hx]
        return self._step(f"rnn_{self.nonlinearity}_cell", input, states)[0]


class LSTMCell(RNNCellBase):
    """One step of the long short-term memory network; the equations are `LSTM`'s.

    Input (N, input_size) or (input_size,), and optionally (h, c), each (N,
    hidden_size) or (hidden_size,); output (h', c').

    Args:
        input_size, hidden_size: int.
        bias: whether there are b_ih and b_hh.
        device, dtype: of the parameters.

    Raises:
        ValueError, RuntimeError: for input or states of other sizes.

    >>> import rushlight
    >>> h, c = LSTMCell(10, 20)(rushlight.zeros(3, 10))
    >>> h.shape, c.shape
    (torch.Size([3, 20]), torch.Size([3, 20]))
    """

    _count = 2

    def __init__(self, input_size, hidden_size, bias=True, device=None, dtype=None):
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input, hx=None):
        states = None if hx is None else list(hx)
        return tuple(self._step("lstm_cell", input, states))


class GRUCell(RNNCellBase):
    """One step of the gated recurrent unit; the equations are `GRU`'s.

    Input (N, input_size) or (input_size,), and optionally h, (N, hidden_size) or
    (hidden_size,); output h'.

    Args:
        input_size, hidden_size: int.
        bias: whether there are b_ih and b_hh.
        device, dtype: of the parameters.

    Raises:
        ValueError, RuntimeError: for input or states of other sizes.

    >>> import rushlight
    >>> GRUCell(10, 20)(rushlight.zeros(3, 10)).shape
    torch.Size([3, 20])
    """

    _count = 1

    def __init__(self, input_size, hidden_size, bias=True, device=None, dtype=None):
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input, hx=None):
        states = None if hx is None else [hx]
        return self._step("gru_cell", input, states)[0]
