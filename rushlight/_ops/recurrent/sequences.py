"""lstm, gru, rnn_tanh and rnn_relu over whole sequences, each one op.

These are torch's own entry points, which nn.LSTM and its like call: all arguments by
position, parameters as a flat list [w_ih, w_hh, b_ih, b_hh, (w_hr)] for each layer and
direction.  Packed sequences come as (data, batch_sizes, ...).
"""

import itertools

import numpy

from rushlight._base.errors import (
    ArgumentRuntimeError,
    ArgumentTypeError,
    DtypeError,
    OutOfRangeError,
    ShapeError,
    explain,
)
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.state import GRAD_MODE
from rushlight._core.table import define
from rushlight._core.tensor import Tensor
from rushlight._ops._arguments import require_tensor
from rushlight._ops._arrays import wide
from rushlight._ops._noise import noise_like
from rushlight._ops.recurrent import _layers, _slowly
from rushlight._ops.recurrent._cells import CELLS

# ---------------------------------------------------------------------------- public


def lstm(input, hx, *rest):
    """A long short-term memory network over sequences (see `lstm_cell`).

    Args:
        input: (T, N, I), or (N, T, I) with batch_first, float.
        hx: (h, c): (layers * directions, N, H) each.
        rest: params, has_biases, num_layers, dropout, train, bidirectional,
            batch_first.  For packed sequences the arguments are data (total, I),
            batch_sizes, hx and the same without batch_first.

    Returns:
        tuple: the output (T, N, directions * H), and the last h and c.

    Raises:
        RuntimeError: for sizes or dtypes that do not fit.

    See:
        Hochreiter and Schmidhuber, "Long Short-Term Memory" (1997).

    >>> import rushlight
    >>> x, h = rushlight.zeros(3, 1, 1), rushlight.zeros(1, 1, 1)
    >>> params = [rushlight.ones(4, 1), rushlight.ones(4, 1)]
    >>> y, _, _ = rushlight.lstm(x, (h, h), params, False, 1, 0.0, False, False, False)
    >>> y.shape
    torch.Size([3, 1, 1])
    """
    return _run("lstm", input, hx, rest, isinstance(hx, Tensor))


def gru(input, hx, *rest):
    """A network of gated recurrent units over sequences (see `gru_cell`).

    Args:
        input: (T, N, I), or (N, T, I) with batch_first, float.
        hx: (layers * directions, N, H).
        rest: as for `lstm`.

    Returns:
        tuple: the output (T, N, directions * H), and the last state.

    Raises:
        RuntimeError: for sizes or dtypes that do not fit.

    See:
        Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder" (2014).

    >>> import rushlight
    >>> x, h = rushlight.zeros(3, 1, 1), rushlight.zeros(1, 1, 1)
    >>> params = [rushlight.ones(3, 1), rushlight.ones(3, 1)]
    >>> y, _ = rushlight.gru(x, h, params, False, 1, 0.0, False, False, False)
    >>> y.shape
    torch.Size([3, 1, 1])
    """
    return _run("gru", input, hx, rest, bool(rest) and isinstance(rest[0], Tensor))


def rnn_tanh(input, hx, *rest):
    """A plain recurrent network with tanh over sequences (see `rnn_tanh_cell`).

    Args:
        input: (T, N, I), or (N, T, I) with batch_first, float.
        hx: (layers * directions, N, H).
        rest: as for `lstm`.

    Returns:
        tuple: the output (T, N, directions * H), and the last state.

    Raises:
        RuntimeError: for sizes or dtypes that do not fit.

    >>> import rushlight
    >>> x, h = rushlight.zeros(3, 1, 1), rushlight.zeros(1, 1, 1)
    >>> params = [rushlight.ones(1, 1), rushlight.ones(1, 1)]
    >>> y, _ = rushlight.rnn_tanh(x, h, params, False, 1, 0.0, False, False, False)
    >>> y.shape
    torch.Size([3, 1, 1])
    """
    return _run("rnn_tanh", input, hx, rest, bool(rest) and isinstance(rest[0], Tensor))


def rnn_relu(input, hx, *rest):
    """A plain recurrent network with relu over sequences (see `rnn_relu_cell`).

    Args:
        input: (T, N, I), or (N, T, I) with batch_first, float.
        hx: (layers * directions, N, H).
        rest: as for `lstm`.

    Returns:
        tuple: the output (T, N, directions * H), and the last state.

    Raises:
        RuntimeError: for sizes or dtypes that do not fit.

    >>> import rushlight
    >>> x, h = rushlight.zeros(3, 1, 1), rushlight.zeros(1, 1, 1)
    >>> params = [rushlight.ones(1, 1), rushlight.ones(1, 1)]
    >>> y, _ = rushlight.rnn_relu(x, h, params, False, 1, 0.0, False, False, False)
    >>> y.shape
    torch.Size([3, 1, 1])
    """
    return _run("rnn_relu", input, hx, rest, bool(rest) and isinstance(rest[0], Tensor))


for _function in (lstm, gru, rnn_tanh, rnn_relu):
    expose(_function, method=False)

_NAMES = ["params", "has_biases", "num_layers", "dropout", "train", "bidirectional"]


def _run(kind, input, hx, rest, is_packed):
    who, lengths = f"{kind}()", None
    require_tensor(input, who)
    if is_packed:
        lengths = tuple(hx.tolist())
        hx, *rest = rest
    names = _NAMES if is_packed else [*_NAMES, "batch_first"]
    if len(rest) != len(names):
        raise ArgumentTypeError(
            explain(
                who,
                expected=f"the arguments {', '.join(names)}",
                got=f"{len(rest)} arguments after hx",
                do="All are needed, by position.",
            )
        )
    params, has_biases, layers, dropout, train, bidirectional, *batch_first = rest
    states = _states(kind, hx, who)
    x = input.transpose(0, 1) if any(batch_first) else input
    directions = 2 if bidirectional else 1
    each, extra = divmod(len(params), max(1, layers * directions))
    has_projection = each == 2 + 2 * bool(has_biases) + 1
    shape = _layers.Shape(
        kind, layers, directions, bool(has_biases), has_projection, lengths
    )
    if extra or each != shape.each or (has_projection and kind != "lstm"):
        raise ArgumentRuntimeError(
            explain(
                who,
                expected=f"{shape.each} parameters for each layer and direction",
                got=f"{len(params)} in all",
                do="They are w_ih, w_hh, (b_ih, b_hh), (w_hr).",
            )
        )
    _check(shape, x, states, params, who)
    noises = _noises(shape, x, states, dropout if train else 0)
    found = call(RECURRENT, x, states[0], *states[1:], *params, *noises, shape=shape)
    results = found[: 1 + len(states)]
    if any(batch_first):
        return (results[0].transpose(0, 1), *results[1:])
    return results


def _states(kind, hx, who):
    """[h0] or [h0, c0]."""
    if kind != "lstm":
        require_tensor(hx, who, "hx")
        return [hx]
    if not isinstance(hx, (tuple, list)) or len(hx) != 2:
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="two hidden states: (h, c)",
                got=type(hx).__name__ if not isinstance(hx, (tuple, list)) else len(hx),
                do="Pass a tuple of both.",
            )
        )
    for name, value in zip("hc", hx):
        require_tensor(value, who, name)
    return list(hx)


def _check(shape, x, states, params, who):
    """Refuse sizes and dtypes that do not fit."""
    wanted_dims = 2 if shape.lengths else 3
    batch = shape.lengths[0] if shape.lengths else x.shape[1] if x.ndim > 1 else 0
    if x.ndim != wanted_dims:
        raise OutOfRangeError(
            explain(
                who,
                expected=f"an input of {wanted_dims} dimensions",
                got=f"{x.ndim}",
                do="It is (T, N, I); add a batch dimension with .unsqueeze(1).",
            )
        )
    if not x._array.shape[0]:
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="a sequence length larger than 0",
                got="an empty sequence",
                do="Leave empty batches out.",
            )
        )
    for tensor in (*states, *params):
        if tensor.dtype is not x.dtype:
            raise DtypeError(
                explain(
                    who,
                    expected=f"states and parameters of the input's dtype {x.dtype}",
                    got=f"{tensor.dtype}: they must have the same dtype",
                    do="Convert one of them.",
                )
            )
    _check_sizes(shape, x, states, params, batch, who)


def _check_sizes(shape, x, states, params, batch, who):
    count = shape.layers * shape.directions
    size, problem = x.shape[-1], None
    for layer in range(shape.layers):
        for direction in range(shape.directions):
            own = shape.params_of(params, layer, direction)
            out = own[1].shape[1]
            if own[0].shape[1] != size:
                problem = f"an input of size {own[0].shape[1]}", size
        size = out * shape.directions
    hidden = params[0].shape[0] // CELLS[shape.kind].gates
    for name, state, width in zip("hc", states, (out, hidden)):
        if tuple(state.shape) != (count, batch, width):
            problem = f"{name} of shape {(count, batch, width)}", tuple(state.shape)
    if problem:
        raise ShapeError(
            explain(who, expected=problem[0], got=problem[1], do="Check the sizes.")
        )


def _noises(shape, x, states, dropout):
    """Dropout's noise after each layer but the last."""
    if not dropout or shape.layers < 2:
        return []
    width = states[0].shape[2] * shape.directions
    sizes = (*x._array.shape[:-1], width)
    if dropout == 1:
        return [x.new_zeros(sizes) for _ in range(shape.layers - 1)]
    return [noise_like(x, dropout, sizes) for _ in range(shape.layers - 1)]


# -------------------------------------------------------------------------------- op


def _split(shape, rest):
    """(c0 or None, parameters, noises and what follows)."""
    rest = list(rest)
    c0 = rest.pop(0) if shape.kind == "lstm" else None
    count = shape.layers * shape.directions * shape.each
    return c0, rest[:count], rest[count:]


def _recurrent_spec(x, h, *rest, shape):
    c0, params, _ = _split(shape, rest)
    dtype = numpy.float32 if x.dtype.itemsize == 2 else x.dtype
    time = len(shape.lengths) if shape.lengths else x.shape[0]
    tapes = []
    for layer in range(shape.layers):
        for direction in range(shape.directions):
            cell = shape.cell(None, shape.params_of(params, layer, direction))
            sizes = cell.sizes.values()
            tapes += [Spec((time, size, h.shape[1]), dtype) for size in sizes]
    out = cell.out
    y = Spec((*x.shape[:-1], out * shape.directions), x.dtype)
    states = [Spec(s.shape, x.dtype) for s in (h, c0) if s is not None]
    return (y, *states, *tapes)


def _recurrent_eager(backend, x, h, *rest, shape):
    np, dtype = backend.np, x.dtype
    c0, params, noises = _split(shape, [wide(r) for r in rest])
    x, noises = _padded(np, shape, wide(x)), [_padded(np, shape, n) for n in noises]
    y, h_n, c_n, tapes = _layers.forward(np, shape, x, wide(h), c0, params, noises)
    results = [_packed(np, shape, y), h_n] + ([] if c_n is None else [c_n])
    arrays = [array for tape in tapes for array in tape.values()]
    return (*[r.astype(dtype, copy=False) for r in results], *arrays)


def _padded(np, shape, x):
    """Packed rows (total, I) as (T, N, I) with zeros; others as they are."""
    if shape.lengths is None:
        return x
    found = np.zeros((len(shape.lengths), shape.lengths[0], x.shape[-1]), x.dtype)
    start = 0
    for t, n in enumerate(shape.lengths):
        found[t, :n] = x[start : start + n]
        start += n
    return found


def _packed(np, shape, y):
    """(T, N, F) as packed rows; the inverse of _padded."""
    if shape.lengths is None:
        return y
    return np.concatenate([y[t, :n] for t, n in enumerate(shape.lengths)])


def _recurrent_grad(gs, *, x, h, rest, out, shape, needs):
    states = 2 if shape.kind == "lstm" else 1
    g_results = gs[: 1 + states]
    if GRAD_MODE.get():
        found = _slowly.gradients(shape, g_results, [x, h, *rest])
        return tuple(found)
    tapes = out[1 + states :]
    given = (*g_results, None) if states == 1 else g_results
    found = call(RECURRENT_BACKWARD, x, h, *given, *rest, *tapes, shape=shape)
    found = [*found] + [None] * (len(needs) - len(found))
    return tuple([f if need else None for f, need in zip(found, needs)])


def _recurrent_node(inputs, attrs):
    is_lstm = attrs["shape"].kind == "lstm"
    return "MkldnnRnnLayerBackward0" if is_lstm else "StackBackward0"


RECURRENT = define(
    "recurrent",
    inputs="x h *rest",
    eager=_recurrent_eager,
    spec=_recurrent_spec,
    grad=_recurrent_grad,
    node=_recurrent_node,
    many=True,
    fills_missing=False,
    autocast="lower",
)


def _backward_spec(x, h, g_y, g_hn, g_cn, *rest, shape):
    c0, params, _ = _split(shape, rest)
    return tuple(Spec(t.shape, t.dtype) for t in (x, h, c0, *params) if t is not None)


def _backward_eager(backend, x, h, g_y, g_hn, g_cn, *rest, shape):
    np, dtype = backend.np, x.dtype
    c0, params, others = _split(shape, [wide(r) for r in rest])
    count = sum(len(tape) for tape in shape.tapes_of(itertools.repeat(None), params))
    noises = [_padded(np, shape, n) for n in others[: len(others) - count]]
    tapes = shape.tapes_of(others[len(others) - count :], params)
    g_y = None if g_y is None else _padded(np, shape, wide(g_y))
    g_hn, g_cn = (None if g is None else wide(g) for g in (g_hn, g_cn))
    g_x, g_h, g_c, g_params = _layers.backward(
        np,
        shape,
        g_y,
        g_hn,
        g_cn,
        _padded(np, shape, wide(x)),
        wide(h),
        c0,
        params,
        noises,
        tapes,
    )
    states = [g_h] + ([] if g_c is None else [g_c])
    found = [_packed(np, shape, g_x), *states, *g_params]
    return tuple(f.astype(dtype, copy=False) for f in found)


RECURRENT_BACKWARD = define(
    "recurrent_backward",
    inputs="x h g_y g_hn g_cn *rest",
    eager=_backward_eager,
    spec=_backward_spec,
    many=True,
)
