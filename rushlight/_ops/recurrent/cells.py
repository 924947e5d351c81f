"""Single steps of recurrent networks, in Tensor operations."""

from rushlight._core.expose import FUNCTIONAL, expose


def _gates(input, hidden, w_ih, w_hh, b_ih, b_hh):
    linear = FUNCTIONAL["linear"]
    return linear(input, w_ih, b_ih), linear(hidden, w_hh, b_hh)


def lstm_cell(input, hx, w_ih, w_hh, b_ih=None, b_hh=None):
    """One step of an LSTM.

    Args:
        input: (B, I), float.
        hx: (h, c), each (B, H).
        w_ih, w_hh: (4 H, I) and (4 H, H); the gates in the order i, f, g, o.
        b_ih, b_hh: (4 H,).

    Returns:
        h and c, (B, H).

    >>> import rushlight
    >>> h, c = rushlight.nn.LSTMCell(2, 3)(rushlight.ones(1, 2))
    >>> h.shape
    torch.Size([1, 3])
    """
    h, c = hx
    a, u = _gates(input, h, w_ih, w_hh, b_ih, b_hh)
    i, f, g, o = (a + u).chunk(4, 1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


def gru_cell(input, hx, w_ih, w_hh, b_ih=None, b_hh=None):
    """One step of a GRU.

    Args:
        input, b_ih, b_hh: as for `lstm_cell`.
        hx: (B, H).
        w_ih, w_hh: (3 H, I) and (3 H, H); the gates in the order r, z, n.

    Returns:
        h: (B, H).

    >>> import rushlight
    >>> rushlight.nn.GRUCell(2, 3)(rushlight.ones(1, 2)).shape
    torch.Size([1, 3])
    """
    a, u = _gates(input, hx, w_ih, w_hh, b_ih, b_hh)
    (ar, az, an), (ur, uz, un) = a.chunk(3, 1), u.chunk(3, 1)
    z = (az + uz).sigmoid()
    n = (an + (ar + ur).sigmoid() * un).tanh()
    return (hx - n) * z + n


def rnn_tanh_cell(input, hx, w_ih, w_hh, b_ih=None, b_hh=None):
    """One step of a plain recurrent network with tanh; arguments as for `gru_cell`.

    Returns:
        h: (B, H).

    >>> import rushlight
    >>> rushlight.nn.RNNCell(2, 3)(rushlight.ones(1, 2)).shape
    torch.Size([1, 3])
    """
    a, u = _gates(input, hx, w_ih, w_hh, b_ih, b_hh)
    return (a + u).tanh()


def rnn_relu_cell(input, hx, w_ih, w_hh, b_ih=None, b_hh=None):
    """One step of a plain recurrent network with relu; arguments as for `gru_cell`.

    Returns:
        h: (B, H).

    >>> import rushlight
    >>> cell = rushlight.nn.RNNCell(2, 3, nonlinearity="relu")
    >>> cell(rushlight.ones(1, 2)).shape
    torch.Size([1, 3])
    """
    a, u = _gates(input, hx, w_ih, w_hh, b_ih, b_hh)
    return (a + u).relu()


for _function in (lstm_cell, gru_cell, rnn_tanh_cell, rnn_relu_cell):
    expose(_function, method=False)
