"""One step of each kind of recurrent cell in the loop language, forward and back.

# Note [Parts of a tape]
# A layer keeps what backward reads in its tape, arrays (time, batch, F): the gates
# after their activation, H columns for each in torch's order, the state, and what else
# there is.  Before a step the gates hold what the input gives to them.  The eager rules
# have the same parts with the last two dimensions swapped.
"""


def _sigmoid(k, x):
    one = k.const(1, x.dtype)
    return k.div(one, k.add(one, k.exp(k.neg(x))))


class Lstm:
    """Gates i, f, g, o: c' = f c + i g, h' = o tanh(c')."""

    gates, slopes, has_cell, pre = 4, 4, True, "gates"
    parts = {"gates": 4, "cell": 1, "tanh": 1, "state": 1}

    def forward(self, k, step):
        """One step of one sequence, for column `j` of each gate."""
        i, f, g, o = (step.gate(n) for n in range(4))
        i, f, o = (_sigmoid(k, x) for x in (i, f, o))
        g = k.tanh(g)
        cell = k.add(k.mul(f, step.last_cell()), k.mul(i, g))
        tanh = k.tanh(cell)
        state = k.mul(o, tanh)
        for gate, value in enumerate((i, f, g, o)):
            step.keep("gates", value, gate)
        step.keep("cell", cell)
        step.keep("tanh", tanh)
        step.keep("state", state)
        step.move_on(state, cell)

    def backward(self, k, step):
        """The gradient before each gate, for column `j`."""
        i, f, g, o = (step.tape("gates", n) for n in range(4))
        tanh, g_state = step.tape("tanh"), step.g_state()
        g_cell = k.mul(k.mul(g_state, o), k.sub(1, k.square(tanh)))
        g_cell = k.add(step.g_cell(), g_cell)
        step.slope(0, k.mul(k.mul(g_cell, g), self._flat(k, i)))
        step.slope(1, k.mul(k.mul(g_cell, step.before("cell")), self._flat(k, f)))
        step.slope(2, k.mul(k.mul(g_cell, i), k.sub(1, k.square(g))))
        step.slope(3, k.mul(k.mul(g_state, tanh), self._flat(k, o)))
        step.give_cell(k.mul(g_cell, f))

    def _flat(self, k, gate):
        return k.mul(gate, k.sub(1, gate))


class Gru:
    """Gates r, z, n: h' = (1 - z) n + z h; `own` is the part of n that r scales."""

    gates, slopes, has_cell, pre = 3, 4, False, "gates"
    parts = {"gates": 3, "own": 1, "state": 1}

    def forward(self, k, step):
        """One step of one sequence, for column `j` of each gate."""
        r, z = (_sigmoid(k, step.gate(n)) for n in range(2))
        own, last = step.given_by_state(2), step.last_state()
        new = k.tanh(k.add(step.given_by_input(2), k.mul(r, own)))
        state = k.add(k.mul(k.sub(last, new), z), new)
        for gate, value in enumerate((r, z, new)):
            step.keep("gates", value, gate)
        step.keep("own", own)
        step.keep("state", state)
        step.move_on(state)

    def backward(self, k, step):
        """The gradient before r, z, n and of the part that r scales, for column `j`."""
        r, z, new = (step.tape("gates", n) for n in range(3))
        own = step.tape("own")
        g_state, last = step.g_state(), step.before("state")
        into_z = k.mul(k.mul(g_state, k.sub(last, new)), k.mul(z, k.sub(1, z)))
        into_new = k.mul(k.mul(g_state, k.sub(1, z)), k.sub(1, k.square(new)))
        into_r = k.mul(k.mul(into_new, own), k.mul(r, k.sub(1, r)))
        for n, value in enumerate((into_r, into_z, into_new, k.mul(into_new, r))):
            step.slope(n, value)
        step.give_state(k.mul(g_state, z))


class Plain:
    """h' = tanh of the sum."""

    gates, slopes, has_cell, pre = 1, 1, False, "state"
    parts = {"state": 1}

    def forward(self, k, step):
        """One step of one sequence, for column `j`."""
        state = self.activation(k, step.gate(0))
        step.keep("state", state)
        step.move_on(state)

    def backward(self, k, step):
        """The gradient before the activation, for column `j`."""
        step.slope(0, self.into(k, step.g_state(), step.tape("state")))

    def activation(self, k, x):
        return k.tanh(x)

    def into(self, k, g, state):
        return k.mul(g, k.sub(1, k.square(state)))


class PlainRelu(Plain):
    """As Plain, with relu."""

    def activation(self, k, x):
        return k.max(x, 0)

    def into(self, k, g, state):
        return k.mul(g, k.where(k.lt(0, state), k.const(1, g.dtype), 0))


CELLS = {"lstm": Lstm(), "gru": Gru(), "rnn_tanh": Plain(), "rnn_relu": PlainRelu()}
