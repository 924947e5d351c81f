"""What RNN, LSTM and GRU share: parameters, checks, batches, packed sequences."""

import math
import numbers
import warnings

from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    ArgumentTypeError,
    explain,
)
from rushlight._core.expose import TORCH
from rushlight.nn import init
from rushlight.nn.modules.module import Module
from rushlight.nn.modules.rnn.packed import run_packed
from rushlight.nn.modules.utils import empty_parameter
from rushlight.nn.utils.rnn import PackedSequence

#: How many gates (rows of weights for each unit) a kind of network has.
GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}

_STATE = "The state is (num_layers * directions, N, hidden_size)."


class RNNBase(Module):
    """The base class of recurrent layers; use `RNN`, `LSTM` or `GRU`.

    Args:
        mode: "RNN_TANH", "RNN_RELU", "LSTM" or "GRU".
        input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional,
            proj_size, device, dtype: see `LSTM`.
    """

    __constants__ = [
        "mode",
        "input_size",
        "hidden_size",
        "num_layers",
        "bias",
        "batch_first",
        "dropout",
        "bidirectional",
        "proj_size",
    ]

    def __init__(
        self,
        mode,
        input_size,
        hidden_size,
        num_layers=1,
        bias=True,
        batch_first=False,
        dropout=0.0,
        bidirectional=False,
        proj_size=0,
        device=None,
        dtype=None,
    ):
        super().__init__()
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = dropout
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        self._check_settings()
        self._all_weights = [
            [name for name, _ in self._shapes(layer, suffix)]
            for layer in range(num_layers)
            for suffix in self._suffixes()
        ]
        for layer in range(num_layers):
            for suffix in self._suffixes():
                for name, shape in self._shapes(layer, suffix):
                    value = empty_parameter(*shape, device=device, dtype=dtype)
                    setattr(self, name, value)
        self.reset_parameters()

    def _suffixes(self):
        return ("", "_reverse") if self.bidirectional else ("",)

    def _shapes(self, layer, suffix):
        """The names and shapes of one layer's parameters in one direction."""
        rows = GATES[self.mode] * self.hidden_size
        out = self.proj_size or self.hidden_size
        width = self.input_size if layer == 0 else out * len(self._suffixes())
        end = f"_l{layer}{suffix}"
        shapes = [(f"weight_ih{end}", (rows, width)), (f"weight_hh{end}", (rows, out))]
        if self.bias:
            shapes += [(f"bias_ih{end}", (rows,)), (f"bias_hh{end}", (rows,))]
        if self.proj_size:
            shapes.append((f"weight_hr{end}", (out, self.hidden_size)))
        return shapes

    def _check_settings(self):
        """Refuse settings that no network has, in PyTorch's order."""
        dropout, hidden = self.dropout, self.hidden_size
        number = isinstance(dropout, numbers.Number) and not isinstance(dropout, bool)
        if not number or not 0 <= dropout <= 1:
            raise self._wrong(
                "dropout should be a number in range [0, 1]", dropout, "0 is none."
            )
        if dropout > 0 and self.num_layers == 1:
            warnings.warn(
                f"{type(self).__name__}(): dropout is applied after all but the last "
                f"layer, so dropout={dropout} has no effect with num_layers=1.",
                stacklevel=5,
            )
        if not isinstance(hidden, int):
            raise ArgumentTypeError(
                explain(
                    f"{type(self).__name__}()",
                    expected="hidden_size should be of type int",
                    got=type(hidden).__name__,
                    do="Convert it with int().",
                )
            )
        for name in ("hidden_size", "num_layers"):
            if getattr(self, name) <= 0:
                expected = f"{name} must be greater than zero"
                raise self._wrong(expected, getattr(self, name), "Use 1 or more.")
        if self.proj_size < 0:
            expected = "proj_size should be a positive integer or zero"
            raise self._wrong(expected, self.proj_size, "0 is none.")
        if self.proj_size >= hidden:
            expected = f"proj_size has to be smaller than hidden_size ({hidden})"
            raise self._wrong(expected, self.proj_size, "Make hidden_size larger.")
        if self.mode not in GATES:
            expected = f"mode to be one of {', '.join(GATES)}"
            got = f"Unrecognized RNN mode: {self.mode}"
            raise self._wrong(expected, got, "Use RNN, LSTM or GRU.")

    def _wrong(self, expected, got, do):
        who = f"{type(self).__name__}()"
        return ArgumentError(explain(who, expected=expected, got=got, do=do))

    @property
    def all_weights(self):
        """The parameters, one list for each layer and direction."""
        return [[getattr(self, name) for name in part] for part in self._all_weights]

    @property
    def _flat_weights(self):
        return [weight for part in self.all_weights for weight in part]

    def reset_parameters(self):
        """Draw new initial values, uniform within ``1 / sqrt(hidden_size)`` of 0."""
        bound = 1.0 / math.sqrt(self.hidden_size)
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def flatten_parameters(self):
        """Nothing: on a GPU, PyTorch lays the weights out in one piece here."""

    # -- running ---------------------------------------------------------------------

    def forward(self, input, hx=None):
        """Run over a batch of sequences; see the class."""
        if isinstance(input, PackedSequence):
            return self._forward_packed(input, hx)
        if input.dim() not in (2, 3):
            raise self._wrong(
                "input to be 2D or 3D",
                f"{input.dim()}D, shape {list(input.shape)}",
                "Give (L, input_size), or a batch of such.",
            )
        batch_dim = 0 if self.batch_first else 1
        batched = input.dim() == 3
        if not batched:
            input = input.unsqueeze(batch_dim)
        hx = self._start(input, hx, batched, batch_dim)
        self._check_input(input)
        run = TORCH[self.mode.lower()]
        output, *states = run(
            input,
            hx,
            self._flat_weights,
            self.bias,
            self.num_layers,
            self.dropout,
            self.training,
            self.bidirectional,
            self.batch_first,
        )
        if not batched:
            output = output.squeeze(batch_dim)
            states = [state.squeeze(1) for state in states]
        return output, self._as_hidden(states)

    def _forward_packed(self, packed, hx):
        data, sizes, order, back = packed
        states = self._states(hx)
        if states is None:
            states = self._zeros(data, int(sizes[0]))
        elif order is not None:
            states = [state.index_select(1, order) for state in states]
        self._check_input(data)
        self._check_states(states, int(sizes[0]))
        output, states = run_packed(self, data, sizes.tolist(), states)
        if back is not None:
            states = [state.index_select(1, back) for state in states]
        return PackedSequence(output, sizes, order, back), self._as_hidden(states)

    def _start(self, input, hx, batched, batch_dim):
        """The initial states as the operation wants them."""
        states, batch = self._states(hx), input.shape[batch_dim]
        if states is None:
            states = self._zeros(input, batch)
        else:
            self._check_dims(states, batched)
            if not batched:
                states = [state.unsqueeze(1) for state in states]
        self._check_states(states, batch, input.shape[1 - batch_dim])
        return tuple(states) if self.mode == "LSTM" else states[0]

    def _states(self, hx):
        """The given states in a list, or None."""
        return None if hx is None else [hx]

    def _as_hidden(self, states):
        return states[0]

    def _widths(self):
        return [self.hidden_size]

    def _zeros(self, input, batch):
        count = self.num_layers * len(self._suffixes())
        return [
            TORCH["zeros"](count, batch, width, dtype=input.dtype, device=input.device)
            for width in self._widths()
        ]

    def _check_input(self, input):
        weight = self._parameters.get("weight_ih_l0", None)
        if weight is not None and weight.dtype != input.dtype:
            raise self._wrong(
                f"the weight's dtype {weight.dtype}",
                f"RNN input dtype ({input.dtype}), which does not match",
                f"Convert the input: x = x.to({weight.dtype}).",
            )
        if input.shape[-1] != self.input_size:
            raise self._wrong_size(
                f"input.size(-1) must be equal to input_size ({self.input_size})",
                input.shape[-1],
                "The input is (L, N, input_size), or (N, L, input_size) with "
                "batch_first=True.",
            )

    def _check_dims(self, states, batched):
        wanted = 3 if batched else 2
        if any(state.dim() != wanted for state in states):
            raise self._wrong_size(
                f"hx should also be {wanted}-D for "
                f"{'batched 3-D' if batched else 'unbatched 2-D'} input",
                " and ".join(f"{state.dim()}-D" for state in states),
            )

    def _check_states(self, states, batch, steps=None):
        count = self.num_layers * len(self._suffixes())
        for number, (state, width) in enumerate(zip(states, self._widths())):
            if tuple(state.shape) != (count, batch, width):
                name = f"hidden[{number}]" if len(states) > 1 else "hidden"
                do = _STATE
                if tuple(state.shape) == (count, steps, width):
                    order = "(N, L, H)" if self.batch_first else "(L, N, H)"
                    do = f"The input is read as {order} with N = {batch}; a batch of "
                    do += f"{steps} fits batch_first={not self.batch_first}."
                raise self._wrong_size(
                    f"{name} size ({count}, {batch}, {width})", list(state.shape), do
                )

    def _wrong_size(self, expected, got, do=None):
        who, do = f"{type(self).__name__}()", do or _STATE
        return ArgumentRuntimeError(explain(who, expected=expected, got=got, do=do))

    def extra_repr(self):
        text = f"{self.input_size}, {self.hidden_size}"
        unsaid = {
            "proj_size": 0,
            "num_layers": 1,
            "bias": True,
            "batch_first": False,
            "dropout": 0,
            "bidirectional": False,
        }
        for name, default in unsaid.items():
            if getattr(self, name) != default:
                text += f", {name}={getattr(self, name)}"
        return text
