"""Layers and directions over sequences, as arrays.

`forward` gives the output, the last states and the tapes; `backward` the gradients of
the input, the first states and the parameters (Note [Columns of a batch]).
"""

from dataclasses import dataclass

from rushlight._ops._arrays import add_reduce
from rushlight._ops.recurrent._cells import CELLS


@dataclass(frozen=True)
class Shape:
    """What a call is about.

    Attributes:
        kind: the name of the cell; layers, directions: how many.
        has_biases, has_projection: which parameters there are for each.
        lengths: for each time how many sequences go on, or None: all of them.
    """

    kind: str
    layers: int
    directions: int
    has_biases: bool
    has_projection: bool
    lengths: tuple | None

    @property
    def each(self):
        """The number of parameters of a layer and direction."""
        return 2 + 2 * self.has_biases + self.has_projection

    def cell(self, np, params):
        """The cell for the parameters of a layer."""
        hidden = params[0].shape[0] // CELLS[self.kind].gates
        return CELLS[self.kind](np, hidden, params[1].shape[1])

    def tapes_of(self, arrays, params):
        """Arrays, one after another, as tapes: {name: array} for each layer."""
        arrays, found = iter(arrays), []
        for layer in range(self.layers):
            for direction in range(self.directions):
                cell = self.cell(None, self.params_of(params, layer, direction))
                found.append({name: next(arrays) for name in cell.sizes})
        return found

    def params_of(self, params, layer, direction):
        """[w_ih, w_hh, b_ih, b_hh, w_hr] of one layer and direction."""
        start = (layer * self.directions + direction) * self.each
        own = list(params[start : start + self.each])
        w_hr = own.pop() if self.has_projection else None
        return [*own[:2], *(own[2:] if self.has_biases else (None, None)), w_hr]

    def steps(self, time, batch, direction):
        """(t, number of sequences) in the order of a direction."""
        sizes = self.lengths or [batch] * time
        found = list(enumerate(sizes))
        return found[::-1] if direction else found


def forward(np, shape, x, h0, c0, params, noises):
    """The output (T, N, D * out), h and c (L * D, N, ·), and the tapes."""
    time, batch = x.shape[:2]
    source = x.transpose(0, 2, 1)  # (T, F, N)
    last_h, last_c, tapes = [], [], []
    for layer in range(shape.layers):
        states = []
        for direction in range(shape.directions):
            own = shape.params_of(params, layer, direction)
            cell, at = shape.cell(np, own), layer * shape.directions + direction
            empty = np.zeros if shape.lengths else np.empty
            tape = {n: empty((time, f, batch), x.dtype) for n, f in cell.sizes.items()}
            weights, pre = _prepared(np, cell, own), tape[cell.pre]
            np.matmul(weights["ih"], source, out=pre)
            if weights["b"] is not None:
                pre += weights["b"]
            first = np.ascontiguousarray(h0[at].T)
            first_c = np.ascontiguousarray(c0[at].T) if cell.has_cell else None
            steps = shape.steps(time, batch, direction)
            h, c = cell.forward(tape, weights, first, first_c, steps)
            last_h.append(h.T)
            last_c.append(c.T if cell.has_cell else None)
            tapes.append(tape)
            states.append(tape["state"])
        source = states[0] if len(states) == 1 else np.concatenate(states, axis=1)
        if layer < len(noises):
            source = source * noises[layer].transpose(0, 2, 1)
    y = np.ascontiguousarray(source.transpose(0, 2, 1))
    if shape.lengths:
        for t, n in enumerate(shape.lengths):
            y[t, n:] = 0
    return (
        y,
        np.stack(last_h),
        np.stack(last_c) if last_c[0] is not None else None,
        tapes,
    )


def _prepared(np, cell, own):
    """The weights for the steps: sigmoids' rows halved, biases added up."""
    w_ih, w_hh, b_ih, b_hh, w_hr = own
    half = np.ones((len(w_ih), 1), w_ih.dtype)
    for halved in cell.halved:
        half[halved] = 0.5
    weights = {"ih": w_ih * half, "hh": w_hh * half}
    weights["hr"], weights["b"], weights["b_hh"] = w_hr, None, None
    if b_ih is not None:
        own_bias = b_hh[:, None] * half
        weights["b"] = b_ih[:, None] * half
        if cell.gates == 3:  # GRU: r scales the hidden part of n, its bias too
            weights["b_hh"] = own_bias
        else:
            weights["b"] = weights["b"] + own_bias
    return weights


def backward(np, shape, g_y, g_hn, g_cn, x, h0, c0, params, noises, tapes):
    """The gradients of x, h0, c0 and all parameters."""
    time, batch = x.shape[:2]
    g_params = [None] * (shape.layers * shape.directions * shape.each)
    g_h0, g_c0 = np.empty_like(h0), np.empty_like(c0) if c0 is not None else None
    g_out = None if g_y is None else g_y.transpose(0, 2, 1)
    empty = np.zeros if shape.lengths else np.empty
    for layer in reversed(range(shape.layers)):
        source = _input_of(np, shape, layer, x, params, noises, tapes)
        g_source = None
        for direction in range(shape.directions):
            own = shape.params_of(params, layer, direction)
            cell, at = shape.cell(np, own), layer * shape.directions + direction
            mine = slice(direction * cell.out, (direction + 1) * cell.out)
            g_states = np.zeros((time, cell.out, batch), x.dtype)
            if g_out is not None:
                g_states[...] = g_out[:, mine]
            d = empty((time, _depth(cell), batch), x.dtype)
            g_h = _last(np, g_hn, at, h0)
            g_c = _last(np, g_cn, at, c0) if cell.has_cell else None
            first = h0[at].T, c0[at].T if cell.has_cell else None
            steps = shape.steps(time, batch, direction)
            before = _before_states(tapes[at], first[cell.has_cell], steps)
            weights = {"hh": own[1], "hr": own[4]}
            g_h, g_c = cell.backward(
                tapes[at], weights, g_states, d, before, g_h, g_c, steps
            )
            g_h0[at] = g_h.T
            if cell.has_cell:
                g_c0[at] = g_c.T
            found = _parameter_gradients(
                np, shape, cell, d, source, tapes[at], first[0], steps, g_states
            )
            g_params[at * shape.each : (at + 1) * shape.each] = found
            part = np.matmul(own[0].T, d[:, : len(own[0])])
            g_source = (
                part if g_source is None else np.add(g_source, part, out=g_source)
            )
        g_out = g_source
        if layer and noises:
            g_out *= noises[layer - 1].transpose(0, 2, 1)
    return np.ascontiguousarray(g_out.transpose(0, 2, 1)), g_h0, g_c0, g_params


def _depth(cell):
    """Rows of the gradient before the gates; GRU's last gate has two."""
    return 4 * cell.hidden if cell.gates == 3 else cell.gates * cell.hidden


def _last(np, g, at, like):
    """The gradient of a last state as (F, N), in memory of its own."""
    if g is None:
        return np.zeros(like.shape[:0:-1], like.dtype)
    return np.array(g[at].T, order="C")


def _input_of(np, shape, layer, x, params, noises, tapes):
    """A layer's input (T, F, N), from the tapes of the one below."""
    if layer == 0:
        return x.transpose(0, 2, 1)
    states = []
    for direction in range(shape.directions):
        states.append(tapes[(layer - 1) * shape.directions + direction]["state"])
    found = states[0] if len(states) == 1 else np.concatenate(states, axis=1)
    if noises:
        found = found * noises[layer - 1].transpose(0, 2, 1)
    return found


def _before_states(tape, first, steps):
    """A function (name, t): what a state was before step t, for its sequences."""
    earlier = {t: steps[k - 1] if k else None for k, (t, _) in enumerate(steps)}

    def before(name, t):
        if earlier[t] is None:
            return first
        previous, n = earlier[t]
        found = tape[name][previous]
        if n == found.shape[1]:
            return found
        # Sequences that begin only now have their first state (reverse direction).
        found = found.copy()
        found[:, n:] = first[:, n:]
        return found

    return before


def _parameter_gradients(np, shape, cell, d, source, tape, first, steps, g_states):
    """[w_ih, w_hh, (b_ih, b_hh), (w_hr)] from the gradient before the gates."""
    time, _, batch = d.shape
    gates, size = cell.gates * cell.hidden, source.shape[1]
    flat = _flat(np, d)
    # Inputs and earlier states in one matrix: one product for both weights.
    met = np.empty((size + cell.out, time, batch), d.dtype)
    met[:size] = source.transpose(1, 0, 2)
    before = _before_states(tape, first, steps)
    for t in range(time):
        met[size:, t] = before("state", t)
    met = met.reshape(size + cell.out, -1).T
    if cell.gates == 3:  # GRU: n's own part is another gradient
        own = np.concatenate([flat[: 2 * cell.hidden], flat[gates:]])
        flat = flat[:gates]
        weights = np.matmul(flat, met[:, :size]), np.matmul(own, met[:, size:])
    else:
        both, own = np.matmul(flat, met), flat
        weights = both[:, :size], both[:, size:]
    found = [np.ascontiguousarray(w) for w in weights]
    if shape.has_biases:
        sums = add_reduce(np, flat, 1)
        # Each bias has a gradient of its own: clipping writes into them.
        found += [sums, sums.copy() if own is flat else add_reduce(np, own, 1)]
    if shape.has_projection:
        o = tape["gates"][:, 3 * cell.hidden :]
        raw = _flat(np, o * tape["tanh"])
        found.append(np.matmul(_flat(np, g_states), raw.T))
    return found


def _flat(np, values):
    """(T, F, N) as (F, T * N)."""
    return np.ascontiguousarray(values.transpose(1, 0, 2)).reshape(values.shape[1], -1)
