"""Recurrent layers backward: step by step, then the input's and the weights' part."""

from rushlight._compiler.routines._parts import part_of, pieces, share_of
from rushlight._compiler.routines._products import rows_for
from rushlight._compiler.routines.recurrent.task import (
    SEQUENCES,
    RecurrentTask,
    Step,
    copy_states,
    noisy,
    routine_of,
    source_of,
)


def recurrent_backward(call):
    """The routine (x, h0, gradients, (c0), parameters, noises, tapes) to gradients.

    Args:
        call: a `Recurrent`.

    Returns:
        Routine: the inputs as for forward, its tapes, and the gradients of its results
        that `call.gradients` names; outputs are the gradients of x, h0, (c0) and the
        parameters.
    """
    tasks = []
    for layer in reversed(range(call.layers)):
        tasks.append(_steps_backward(call, layer))
        tasks.append(_source_gradient(call, layer))
        if layer and call.has_noise:
            tasks.append(noisy(call, layer))
        tasks.append(_weight_gradients(call, layer))
    inputs = ("x", "h0", *call.gradients, *call.states[1:], *call.names)
    inputs += (*call.noises, *call.tapes)
    outputs = tuple(f"g_{name}" for name in ("x", *call.states, *call.names))
    scratch = ["d"] + ["g_source"] * (call.layers > 1)
    scratch += ["source"] * bool(call.noises)
    return routine_of(call, tasks, inputs, outputs, scratch)


def _steps_backward(call, layer):
    """d = the gradient before each gate, from the last step to the first."""
    cell, hidden = call.cell, call.hidden
    is_last = layer == call.layers - 1
    incoming = (
        ["g_source"] if not is_last else ["g_y"] if "g_y" in call.gradients else []
    )
    finals = [f"g_{name[0]}n" for name in call.states]
    finals = [name for name in finals if name in call.gradients]
    weight, tape = f"w_hh{layer}", [f"{part}{layer}" for part in cell.parts]
    if call.kind == "lstm":
        tape.remove(f"state{layer}")
    before = ["c0"] if cell.has_cell else ["h0"] if call.kind == "gru" else []
    firsts = [f"g_{name}" for name in call.states]
    read = [weight, *tape, *before, *incoming, *finals]
    task = RecurrentTask(call, "steps_backward", read, ["d", *firsts])
    k, (most, blocks) = task.k, pieces(SEQUENCES, call.batch)
    step = StepBackward(task, layer, most, *incoming)
    with k.loop("b", blocks, parallel=True):
        rows = part_of(k, k.mul(k.index("b"), most), most, call.batch)
        for name in call.states:
            step.local_state(name[0])
            step.begin(rows, name[0], f"g_{name[0]}n" in finals)
        with k.loop("t", call.time):
            with k.loop("r", rows), k.loop("j", hidden, vector=True):
                cell.backward(k, step)
            _into_state(task, step, rows, weight)
        for name in call.states:
            copy_states(step, rows, name[0], f"g_{name}")
    return task.done()


def _into_state(task, step, rows, weight):
    """The gradient of the state before a step, from that before the gates."""
    call, hidden = task.call, task.call.hidden
    wide = call.cell.slopes * hidden
    strides = {name: stride for name, stride in step.slopes.items() if name in "bt"}
    parts = [(0, 0, call.cell.gates * hidden, 0.0)]
    if call.kind == "gru":  # n's own part is another gradient
        parts = [
            (0, 0, 2 * hidden, 1.0),
            (3 * hidden, 2 * hidden * hidden, hidden, 1.0),
        ]
    for column, offset, inner, beta in parts:
        a = task.place("d", wide, step.last_slope + column, **strides)
        b, into = task.place(weight, hidden, offset), task.place("h", hidden)
        task.product(rows, hidden, inner, a, b, into, most=step.most, beta=beta)


class StepBackward(Step):
    """What a cell reads and writes in backward; step `t` is counted from the end."""

    def __init__(self, task, layer, most, incoming=None):
        super().__init__(task, layer, most)
        self.incoming = incoming
        wide = self.call.cell.slopes * self.call.hidden
        self.slopes, self.last_slope = self.places_of(wide), self.last(wide)

    def last(self, row):
        """Where the last step begins in an array (time, batch, row)."""
        return (self.call.time - 1) * self.call.batch * row

    def places_of(self, row):
        places = super().places_of(row)
        return places | {"t": -places["t"]}

    def begin(self, rows, name, is_given):
        """The gradient of a last state, in local memory."""
        if is_given:
            copy_states(self, rows, f"g_{name}n", name)
            return
        k, index = self.k, f"{name}_none"
        zero = k.const(0, self.call.dtype)
        with k.loop(index, rows), k.loop("j", self.call.hidden, vector=True):
            self.task.store(name, zero, **{index: self.call.hidden, "j": 1})

    def place_in(self, part, gate):
        offset, places = super().place_in(part, gate)
        row = self.call.cell.parts[part] * self.call.hidden
        return offset + self.last(row), places

    def before(self, part):
        """A part of the tape at the step before, or of the first state."""
        call, k = self.call, self.k
        is_first = k.eq(k.index("t"), call.time - 1)
        offset, places = self.place_in(part, 0)
        offset -= call.batch * call.hidden
        not_first = k.not_(is_first)
        tape = self.task.load(
            f"{part}{self.layer}", offset, zero_unless=not_first, **places
        )
        places = {"b": self.most * call.hidden, "r": call.hidden, "j": 1}
        base = self.layer * call.batch * call.hidden
        name = "c0" if call.cell.has_cell else "h0"
        return k.where(is_first, self.task.load(name, base, **places), tape)

    def g_state(self):
        """The gradient of the step's state."""
        g = self.task.load("h", **self.local)
        if self.incoming is None:
            return g
        last = self.last(self.call.hidden)
        found = self.task.load(self.incoming, last, **self.states)
        return self.k.add(g, found)

    def g_cell(self):
        return self.task.load("c", **self.local)

    def slope(self, gate, value):
        """Store a gradient before a gate."""
        offset = self.last_slope + gate * self.call.hidden
        self.task.store("d", value, offset, **self.slopes)

    def give_state(self, value):
        """The part of the earlier state's gradient that passes by the gates."""
        self.task.store("h", value, **self.local)

    def give_cell(self, value):
        self.task.store("c", value, **self.local)


def _source_gradient(call, layer):
    """The gradient of a layer's input."""
    weight, gates = f"w_ih{layer}", call.cell.gates * call.hidden
    target, size = ("g_source", call.hidden) if layer else ("g_x", call.size)
    noises = [f"noise{layer - 1}"] if layer and call.has_noise else []
    task = RecurrentTask(call, "source_gradient", ["d", weight, *noises], [target])
    k, rows, wide = task.k, call.time * call.batch, call.cell.slopes * call.hidden
    most, blocks = rows_for(rows, size, gates)
    with k.loop("b", blocks, parallel=True):
        part = part_of(k, k.mul(k.index("b"), most), most, rows)
        task.product(
            part,
            size,
            gates,
            task.place("d", wide, b=most * wide),
            task.place(weight, size),
            task.place(target, size, b=most * size),
            most=most,
        )
        for noise in noises:
            with k.loop("r", part), k.loop("j", size, vector=True):
                places = {"b": most * size, "r": size, "j": 1}
                value = k.mul(task.load(target, **places), task.load(noise, **places))
                task.store(target, value, **places)
    return task.done()


def _weight_gradients(call, layer):
    """The gradients of a layer's parameters, in blocks of the gates' columns."""
    source, size = source_of(call, layer)
    hidden, state, wide = call.hidden, f"state{layer}", call.cell.slopes * call.hidden
    own = [name for name in call.names if name.endswith(str(layer))]
    read = ["d", "h0", state, source]
    task = RecurrentTask(call, "weight_gradients", read, [f"g_{name}" for name in own])
    k, most = task.k, share_of(hidden, call.cell.gates)
    rows = call.time * call.batch
    with k.loop("b", call.cell.gates * hidden // most, parallel=True):
        # n's own part in a GRU has another gradient, in a column of its own
        at = None
        if call.kind == "gru":
            is_last = k.le(2 * hidden // most, k.index("b"))
            at = k.where(is_last, k.const(hidden, "i64"), 0)
        task.product(
            most,
            size,
            rows,
            task.place("d", wide, b=most),
            task.place(source, size),
            task.place(f"g_w_ih{layer}", size, b=most * size),
            transpose_a=True,
        )
        into = task.place(f"g_w_hh{layer}", hidden, b=most * hidden)
        first = task.place("h0", hidden, layer * call.batch * hidden)
        slopes = task.place("d", wide, at=at, b=most)
        task.product(most, hidden, call.batch, slopes, first, into, transpose_a=True)
        if call.time > 1:
            later = task.place("d", wide, call.batch * wide, at=at, b=most)
            states = task.place(state, hidden)
            task.product(
                most,
                hidden,
                rows - call.batch,
                later,
                states,
                into,
                transpose_a=True,
                beta=1.0,
            )
        if call.has_biases:
            _bias_gradients(task, layer, most, at)
    return task.done()


def _bias_gradients(task, layer, most, at):
    """Sums over steps of sums over sequences."""
    k = task.k
    with k.loop("j", most, vector=True):
        total = _column_sum(task, most, "total", None)
        task.store(f"g_b_ih{layer}", total, b=most, j=1)
        if at is not None:
            total = _column_sum(task, most, "own", at)
        task.store(f"g_b_hh{layer}", total, b=most, j=1)


def _column_sum(task, most, name, at):
    call, k, wide = task.call, task.k, task.call.cell.slopes * task.call.hidden
    t, r = f"t_{name}", f"r_{name}"
    total = k.declare(name, call.dtype, 0)
    with k.loop(t, call.time):
        part = k.declare(f"{name}_of_step", call.dtype, 0)
        with k.loop(r, call.batch):
            places = {"b": most, "j": 1, t: call.batch * wide, r: wide}
            k.accumulate(part, "add", task.load("d", at=at, **places))
        k.accumulate(total, "add", part)
    return total
