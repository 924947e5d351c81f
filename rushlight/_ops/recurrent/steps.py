"""One step of a recurrent network, in Tensor operations: lstm, gru and rnn cells."""

from rushlight._base.errors import ShapeError, explain
from rushlight._core.expose import FUNCTIONAL, expose
from rushlight._ops._arguments import require_tensor


def _check(input, hx, w_ih, w_hh, who):
    require_tensor(input, who)
    require_tensor(hx, who, "hx")
    sizes = input.shape[-1], w_ih.shape[1], hx.shape[-1], w_hh.shape[1]
    if sizes[0] != sizes[1] or sizes[2] != sizes[3]:
        raise ShapeError(
            explain(
                who,
                expected=f"input of size {sizes[1]} and a state of size {sizes[3]}",
                got=f"inconsistent input_size {sizes[0]} or hidden_size {sizes[2]}",
                do="Check the layer's sizes.",
            )
        )


def gates_of(input, hx, w_ih, w_hh, b_ih, b_hh):
    """What input and state give to the gates: two tensors (N, gates)."""
    linear = FUNCTIONAL["linear"]
    return linear(input, w_ih, b_ih), linear(hx, w_hh, b_hh)


def lstm_cell(input, hx, w_ih, w_hh, b_ih=None, b_hh=None):
    """One step of an LSTM.

        i, f, g, o = W_ih x + b_ih + W_hh h + b_hh
        c' = sigmoid(f) c + sigmoid(i) tanh(g),   h' = sigmoid(o) tanh(c')

    Args:
        input: (N, I) or (I,), float.
        hx: (h, c), each (N, H) or (H,).
        w_ih, w_hh: (4 H, I) and (4 H, H).
        b_ih, b_hh: (4 H,), or None.

    Returns:
        tuple: h' and c'.

    Raises:
        RuntimeError: for sizes that do not fit.

    >>> import rushlight
    >>> x, w = rushlight.zeros(1, 1), rushlight.ones(4, 1)
    >>> rushlight.lstm_cell(x, (x, x + 2), w, w)[1]
    tensor([[1.]])
    """
    h, c = hx
    _check(input, h, w_ih, w_hh, "lstm_cell()")
    a, b = gates_of(input, h, w_ih, w_hh, b_ih, b_hh)
    i, f, g, o = _parts(a + b, 4)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


def gru_cell(input, hx, w_ih, w_hh, b_ih=None, b_hh=None):
    """One step of a GRU.

        r, z = sigmoid(of input and state), n = tanh(W_in x + b_in + r (W_hn h + b_hn))
        h' = (1 - z) n + z h

    Args:
        input: (N, I) or (I,), float.
        hx: (N, H) or (H,).
        w_ih, w_hh: (3 H, I) and (3 H, H).
        b_ih, b_hh: (3 H,), or None.

    Returns:
        Tensor: h'.

    Raises:
        RuntimeError: for sizes that do not fit.

    >>> import rushlight
    >>> x, w = rushlight.zeros(1, 1), rushlight.ones(3, 1)
    >>> rushlight.gru_cell(x, x, w, w)
    tensor([[0.]])
    """
    _check(input, hx, w_ih, w_hh, "gru_cell()")
    a, b = gates_of(input, hx, w_ih, w_hh, b_ih, b_hh)
    (ar, az, an), (br, bz, bn) = _parts(a, 3), _parts(b, 3)
    r, z = (ar + br).sigmoid(), (az + bz).sigmoid()
    n = (an + r * bn).tanh()
    return (hx - n) * z + n


def rnn_tanh_cell(input, hx, w_ih, w_hh, b_ih=None, b_hh=None):
    """One step of a plain network: ``tanh(W_ih x + b_ih + W_hh h + b_hh)``.

    Args:
        input: (N, I) or (I,), float.
        hx: (N, H) or (H,).
        w_ih, w_hh: (H, I) and (H, H).
        b_ih, b_hh: (H,), or None.

    Returns:
        Tensor: the new state.

    Raises:
        RuntimeError: for sizes that do not fit.

    >>> import rushlight
    >>> x, w = rushlight.zeros(1, 1), rushlight.ones(1, 1)
    >>> rushlight.rnn_tanh_cell(x, x, w, w)
    tensor([[0.]])
    """
    _check(input, hx, w_ih, w_hh, "rnn_tanh_cell()")
    a, b = gates_of(input, hx, w_ih, w_hh, b_ih, b_hh)
    return (a + b).tanh()


def rnn_relu_cell(input, hx, w_ih, w_hh, b_ih=None, b_hh=None):
    """One step of a plain network: ``relu(W_ih x + b_ih + W_hh h + b_hh)``.

    Args:
        input, hx, w_ih, w_hh, b_ih, b_hh: as for `rnn_tanh_cell`.

    Returns:
        Tensor: the new state.

    Raises:
        RuntimeError: for sizes that do not fit.

    >>> import rushlight
    >>> x, w = rushlight.ones(1, 1), rushlight.ones(1, 1)
    >>> rushlight.rnn_relu_cell(x, x, w, w)
    tensor([[2.]])
    """
    _check(input, hx, w_ih, w_hh, "rnn_relu_cell()")
    a, b = gates_of(input, hx, w_ih, w_hh, b_ih, b_hh)
    return (a + b).relu()


def _parts(gates, count):
    size = gates.shape[-1] // count
    return [gates[..., k * size : (k + 1) * size] for k in range(count)]


for _function in (lstm_cell, gru_cell, rnn_tanh_cell, rnn_relu_cell):
    expose(_function, method=False)
