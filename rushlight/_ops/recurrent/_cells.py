"""One layer of each kind over time, forward and backward, as arrays.

# Note [Columns of a batch]
# Inside, a step's values are (F, N): one column for each sequence of the batch, so that
# each gate is one run of memory and a step is W h for all gates at once.  A layer keeps
# what backward reads of all steps in its *tape*: arrays (T, F, N) by name, of the gates
# after their activation, in torch's order, the state, and what else there is.  Where
# sequences differ in length, they are sorted by it: at time t the first n_t columns
# move on and the others keep their state.

# Note [One tanh for all gates]
# sigmoid(x) = (1 + tanh(x / 2)) / 2.  The rows of weights that lead to a sigmoid are
# halved beforehand, so that a step needs one call of tanh for all its gates.
"""


class Lstm:
    """Gates i, f, g, o: c' = f c + i g, h' = o tanh(c')."""

    gates, pre, has_cell = 4, "gates", True

    def __init__(self, np, hidden, out):
        self.np, self.hidden, self.out = np, hidden, out
        self.sizes = {"gates": 4 * hidden, "cell": hidden, "tanh": hidden, "state": out}
        self.halved = slice(0, 2 * hidden), slice(3 * hidden, 4 * hidden)

    def forward(self, tape, weights, h, c, steps):
        """Fill the tape, whose gates hold what the input gives; returns h and c."""
        np, hidden = self.np, self.hidden
        w, w_hr = weights["hh"], weights["hr"]
        part = np.empty((4 * hidden, h.shape[1]), h.dtype)
        raw = np.empty((hidden, h.shape[1]), h.dtype)
        for t, n in steps:
            a, cell, tanh, state = (tape[name][t, :, :n] for name in self.sizes)
            a += np.matmul(w, h[:, :n], out=part[:, :n])
            np.tanh(a, a)
            for halved in self.halved:
                sigmoids = a[halved]
                sigmoids *= 0.5
                sigmoids += 0.5
            i, f, g, o = (a[k * hidden : (k + 1) * hidden] for k in range(4))
            product = np.multiply(i, g, out=raw[:, :n])
            np.multiply(f, c[:, :n], out=cell)
            cell += product
            np.tanh(cell, tanh)
            if w_hr is None:
                np.multiply(o, tanh, out=state)
            else:
                np.matmul(w_hr, np.multiply(o, tanh, out=product), out=state)
            h, c = _moved_on(np, h, state, n), _moved_on(np, c, cell, n)
        return h, c

    def backward(self, tape, weights, g_y, d, before, g_h, g_c, steps):
        """Fill d (T, 4 hidden, N), the gradient before the gates; returns g_h and g_c.

        g_y (T, out, N) becomes the gradient of each step's h.
        """
        np, hidden = self.np, self.hidden
        slope = np.empty((4 * hidden, g_h.shape[1]), g_h.dtype)
        spare = np.empty((hidden, g_h.shape[1]), g_h.dtype)
        for t, n in reversed(steps):
            a, tanh, into = tape["gates"][t, :, :n], tape["tanh"][t, :, :n], d[t, :, :n]
            i, f, g, o = (a[k * hidden : (k + 1) * hidden] for k in range(4))
            into_i, into_f, into_g, into_o = (
                into[k * hidden : (k + 1) * hidden] for k in range(4)
            )
            whole = g_y[t, :, :n]
            whole += g_h[:, :n]
            g_out = whole
            if weights["hr"] is not None:
                g_out = np.matmul(weights["hr"].T, whole)
            g_cell, extra = g_c[:, :n], spare[:, :n]
            np.multiply(g_out, tanh, out=into_o)
            np.multiply(into_o, tanh, out=extra)
            np.subtract(g_out, extra, out=extra)
            extra *= o
            g_cell += extra  # through h = o tanh(c)
            np.multiply(g_cell, g, out=into_i)
            np.multiply(g_cell, before("cell", t)[:, :n], out=into_f)
            np.multiply(g_cell, i, out=into_g)
            s = slope[:, :n]
            for halved in self.halved:
                np.subtract(1, a[halved], out=s[halved])
                s[halved] *= a[halved]
            slope_g = s[2 * hidden : 3 * hidden]
            np.multiply(g, g, out=slope_g)
            np.subtract(1, slope_g, out=slope_g)
            into *= s
            g_cell *= f
            g_h[:, :n] = np.matmul(weights["hh"].T, into)
        return g_h, g_c


class Gru:
    """Gates in the order r, z, n: h' = (1 - z) n + z h; n's own part waits for r."""

    gates, pre, has_cell = 3, "gates", False

    def __init__(self, np, hidden, out):
        self.np, self.hidden, self.out = np, hidden, out
        self.sizes = {"gates": 3 * hidden, "own": hidden, "state": hidden}
        self.halved = (slice(0, 2 * hidden),)

    def forward(self, tape, weights, h, c, steps):
        """Fill the tape, whose gates hold what the input gives; returns h."""
        np, hidden = self.np, self.hidden
        w, bias = weights["hh"], weights["b_hh"]
        part = np.empty((3 * hidden, h.shape[1]), h.dtype)
        for t, n in steps:
            a, own, state = (tape[name][t, :, :n] for name in self.sizes)
            last = h[:, :n]
            found = np.matmul(w, last, out=part[:, :n])
            if bias is not None:
                found += bias
            own[...] = found[2 * hidden :]
            sigmoids = a[: 2 * hidden]
            sigmoids += found[: 2 * hidden]
            np.tanh(sigmoids, sigmoids)
            sigmoids *= 0.5
            sigmoids += 0.5
            r, z, new = (a[k * hidden : (k + 1) * hidden] for k in range(3))
            new += np.multiply(r, own, out=found[:hidden])
            np.tanh(new, new)
            np.subtract(last, new, out=state)
            state *= z
            state += new
            h = _moved_on(np, h, state, n)
        return h, None

    def backward(self, tape, weights, g_y, d, before, g_h, g_c, steps):
        """Fill d (T, 4 hidden, N): before r, z, n, and the part of n that r scales."""
        np, hidden = self.np, self.hidden
        for t, n in reversed(steps):
            now, into = tape["gates"][t, :, :n], d[t, :, :n]
            r, z, new = (now[k * hidden : (k + 1) * hidden] for k in range(3))
            into_r, into_z, into_n, into_own = (
                into[k * hidden : (k + 1) * hidden] for k in range(4)
            )
            whole, last = g_y[t, :, :n], before("state", t)[:, :n]
            whole += g_h[:, :n]
            np.subtract(last, new, out=into_z)
            into_z *= whole
            into_z *= z
            into_z *= 1 - z
            np.subtract(1, z, out=into_n)
            into_n *= whole
            into_n *= 1 - new * new
            np.multiply(into_n, tape["own"][t, :, :n], out=into_r)
            into_r *= r
            into_r *= 1 - r
            np.multiply(into_n, r, out=into_own)
            w = weights["hh"]
            g_last = np.matmul(w[: 2 * hidden].T, into[: 2 * hidden])
            g_last += np.matmul(w[2 * hidden :].T, into_own)
            g_last += whole * z
            g_h[:, :n] = g_last
        return g_h, None


class Plain:
    """h' = tanh or relu of the sum."""

    gates, pre, has_cell = 1, "state", False
    halved = ()

    def __init__(self, np, hidden, out, is_relu=False):
        self.np, self.hidden, self.out, self.is_relu = np, hidden, out, is_relu
        self.sizes = {"state": hidden}

    def forward(self, tape, weights, h, c, steps):
        """Fill the tape, which holds what the input gives; returns h."""
        np = self.np
        for t, n in steps:
            state = tape["state"][t, :, :n]
            state += np.matmul(weights["hh"], h[:, :n])
            if self.is_relu:
                np.maximum(state, 0, out=state)
            else:
                np.tanh(state, state)
            h = _moved_on(np, h, state, n)
        return h, None

    def backward(self, tape, weights, g_y, d, before, g_h, g_c, steps):
        """Fill d (T, hidden, N), the gradient before the activation; returns g_h."""
        np = self.np
        for t, n in reversed(steps):
            state, into, whole = tape["state"][t, :, :n], d[t, :, :n], g_y[t, :, :n]
            whole += g_h[:, :n]
            if self.is_relu:
                np.multiply(whole, state > 0, out=into)
            else:
                np.multiply(state, state, out=into)
                np.subtract(1, into, out=into)
                into *= whole
            g_h[:, :n] = np.matmul(weights["hh"].T, into)
        return g_h, None


class PlainRelu(Plain):
    """As Plain, with relu."""

    def __init__(self, np, hidden, out):
        super().__init__(np, hidden, out, is_relu=True)


CELLS = {"lstm": Lstm, "gru": Gru, "rnn_tanh": Plain, "rnn_relu": PlainRelu}


def _moved_on(np, old, new, n):
    """A state after a step: the first n columns are new."""
    if n == old.shape[1]:
        return new
    return np.concatenate([new, old[:, n:]], axis=1)
