"""Recurrent layers over time, forward and backward: lstm, gru, rnn_tanh, rnn_relu.

Cells are in `_recurrent_cells`.  Sequences are all of one length, in one direction.

# Note [Blocks of sequences]
# The sequences of a batch do not meet before the end, so a block takes a few of them
# through all steps of a layer, with no wait in between: it keeps their state in local
# memory.  What the input gives to the gates is one product before; the gradients of
# the weights are one product afterwards, with blocks of their rows.

# Note [Few rows at once]
# A step multiplies a few rows by a large matrix.  That is fast where the matrix lies
# with its columns side by side (Note [Small products] in `_products`), so forward
# transposes its weights beforehand.
"""

from dataclasses import dataclass, replace
from functools import cached_property

from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.routines import Routine, Task
from rushlight._compiler.routines._parts import part_of, pieces, share_of
from rushlight._compiler.routines._products import emit_product, rows_for
from rushlight._compiler.routines._recurrent_cells import CELLS

#: Sequences of a block.
SEQUENCES = 8


@dataclass(frozen=True)
class Recurrent:
    """What a call is about.

    Attributes:
        kind: the name of the cell.
        time, batch: how many steps and sequences, at least 1.
        size, hidden: of the input and of a state.
        layers: how many.
        dtype: "f32" or "f64".
        has_biases: whether each layer has b_ih and b_hh.
        has_noise: whether dropout's factors between the layers are given, each
            (time, batch, hidden).
        gradients: for backward, which of "g_y", "g_hn" and "g_cn" are given.
    """

    kind: str
    time: int
    batch: int
    size: int
    hidden: int
    layers: int
    dtype: str
    has_biases: bool = True
    has_noise: bool = False
    gradients: tuple = ("g_y",)

    def with_noise(self):
        """The same with dropout's factors between the layers."""
        return replace(self, has_noise=True)

    @property
    def cell(self):
        return CELLS[self.kind]

    @cached_property
    def names(self):
        """The parameters' names, in torch's order."""
        each = ["w_ih", "w_hh"] + ["b_ih", "b_hh"] * self.has_biases
        return tuple(f"{name}{n}" for n in range(self.layers) for name in each)

    @property
    def states(self):
        """The first states' names."""
        return ("h0", "c0") if self.cell.has_cell else ("h0",)

    @property
    def noises(self):
        return tuple(f"noise{n}" for n in range(self.has_noise * (self.layers - 1)))

    @property
    def tapes(self):
        """The names of the tapes' parts (Note [Parts of a tape])."""
        parts = self.cell.parts
        return tuple(f"{part}{n}" for n in range(self.layers) for part in parts)

    @cached_property
    def sizes(self):
        """{name: elements} of the buffers."""
        gates, hidden = self.cell.gates * self.hidden, self.hidden
        rows, states = self.time * self.batch, self.layers * self.batch * hidden
        sizes = {"x": rows * self.size, "y": rows * hidden}
        sizes |= dict.fromkeys(("h0", "c0", "hn", "cn"), states)
        sizes |= dict.fromkeys(self.noises, rows * hidden)
        for n in range(self.layers):
            for part, columns in self.cell.parts.items():
                sizes[f"{part}{n}"] = rows * columns * hidden
            sizes[f"w_ih{n}"] = gates * (hidden if n else self.size)
            sizes[f"w_hh{n}"] = gates * hidden
            sizes[f"b_ih{n}"] = sizes[f"b_hh{n}"] = gates
        sizes |= {f"g_{name}": size for name, size in sizes.items()}
        return sizes | {
            "across": gates * hidden,
            "across_input": gates * max(hidden, self.size),
            "d": rows * self.cell.slopes * hidden,
            "source": rows * hidden,
            "g_source": rows * hidden,
        }


def recurrent_forward(call):
    """The routine (x, h0, (c0), parameters, noises) to (y, hn, (cn), tapes).

    Args:
        call: a `Recurrent`.

    Returns:
        Routine: x is (time, batch, size), y (time, batch, hidden), states (layers,
        batch, hidden); tapes as in Note [Parts of a tape].
    """
    tasks = []
    for layer in range(call.layers):
        if layer and call.has_noise:
            tasks.append(_noisy(call, layer))
        size = call.hidden if layer else call.size
        tasks.append(_transpose(call, f"w_ih{layer}", size, "across_input"))
        tasks.append(_project(call, layer))
        tasks.append(_transpose(call, f"w_hh{layer}", call.hidden, "across"))
        tasks.append(_steps(call, layer))
    inputs = ("x", *call.states, *call.names, *call.noises)
    outputs = ("y", *[f"{name[0]}n" for name in call.states], *call.tapes)
    scratch = ["across", "across_input"] + ["source"] * bool(call.noises)
    return _routine(call, tasks, inputs, outputs, scratch)


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
            tasks.append(_noisy(call, layer))
        tasks.append(_weight_gradients(call, layer))
    inputs = ("x", "h0", *call.gradients, *call.states[1:], *call.names)
    inputs += (*call.noises, *call.tapes)
    outputs = tuple(f"g_{name}" for name in ("x", *call.states, *call.names))
    scratch = ["d"] + ["g_source"] * (call.layers > 1)
    scratch += ["source"] * bool(call.noises)
    return _routine(call, tasks, inputs, outputs, scratch)


def _routine(call, tasks, inputs, outputs, scratch):
    for number, task in enumerate(tasks):
        task.group = number
    sizes = {name: (call.dtype, call.sizes[name]) for name in scratch}
    return Routine(tasks, inputs, outputs, sizes)


class _Task:
    """A task in the making."""

    def __init__(self, call, name, read, written):
        self.call, self.names = call, (*read, *written)
        self.k = Builder(name)
        self.buffers = {
            name: self.k.buffer(name, call.dtype, call.sizes[name], name in written)
            for name in self.names
        }

    def done(self):
        return Task(self.k.kernel(), self.names)

    def local(self, name, size):
        self.buffers[name] = self.k.local(name, self.call.dtype, size)

    def load(self, name, offset=0, **places):
        return self.k.load(self.buffers[name], offset, **places)

    def store(self, name, value, offset=0, **places):
        self.k.store(self.buffers[name], value, offset, **places)

    def place(self, name, row, offset=0, **places):
        return self.k.place(self.buffers[name], row, offset, **places)

    def product(self, m, n, inner, a, b, c, **options):
        emit_product(self.k, self.call.dtype, m, n, inner, a, b, c, **options)


# --------------------------------------------------------------------------- forward


def _transpose(call, name, size, target):
    """The transpose of a weight (gates, size) (Note [Few rows at once])."""
    wide = call.cell.gates * call.hidden
    task = _Task(call, "transpose", [name], [target])
    k, (most, blocks) = task.k, pieces(16, size)
    with k.loop("b", blocks, parallel=True):
        rows = part_of(k, k.mul(k.index("b"), most), most, size)
        with k.loop("r", rows), k.loop("j", wide, vector=True):
            value = task.load(name, b=most, r=1, j=size)
            task.store(target, value, b=most * wide, r=wide, j=1)
    return task.done()


def _noisy(call, layer):
    """source = the state of the layer below, times dropout's noise."""
    state, noise, hidden = f"state{layer - 1}", f"noise{layer - 1}", call.hidden
    task = _Task(call, "noisy", [state, noise], ["source"])
    k, places = task.k, {"b": call.batch * hidden, "j": 1}
    with k.loop("b", call.time, parallel=True):
        with k.loop("j", call.batch * hidden, vector=True):
            value = k.mul(task.load(state, **places), task.load(noise, **places))
            task.store("source", value, **places)
    return task.done()


def _source(call, layer):
    """(name, size) of a layer's input."""
    if layer == 0:
        return "x", call.size
    return "source" if call.has_noise else f"state{layer - 1}", call.hidden


def _project(call, layer):
    """Fill the gates of the tape with what the input gives."""
    (source, size), wide = _source(call, layer), call.cell.gates * call.hidden
    gates, rows = f"{call.cell.pre}{layer}", call.time * call.batch
    task = _Task(call, "project", [source, "across_input"], [gates])
    k, (most, blocks) = task.k, rows_for(rows, wide, size)
    with k.loop("b", blocks, parallel=True):
        task.product(
            part_of(k, k.mul(k.index("b"), most), most, rows),
            wide,
            size,
            task.place(source, size, b=most * size),
            task.place("across_input", wide),
            task.place(gates, wide, b=most * wide),
            most=most,
        )
    return task.done()


def _steps(call, layer):
    """All steps of a layer (Note [Blocks of sequences])."""
    cell, hidden = call.cell, call.hidden
    biases = [f"b_ih{layer}", f"b_hh{layer}"] if call.has_biases else []
    lasts = [f"{name[0]}n" for name in call.states]
    tape = [f"{part}{layer}" for part in cell.parts]
    outputs = [*tape, *lasts] + ["y"] * (layer == call.layers - 1)
    task = _Task(call, "steps", ["across", *biases, *call.states], outputs)
    k, (most, blocks) = task.k, pieces(SEQUENCES, call.batch)
    step = _Step(task, layer, most)
    with k.loop("b", blocks, parallel=True):
        rows = part_of(k, k.mul(k.index("b"), most), most, call.batch)
        for name in call.states:
            step.local_state(name[0])
            _copy(step, rows, name, name[0])
        task.local("part", most * cell.gates * hidden)
        with k.loop("t", call.time):
            wide = cell.gates * hidden
            state, weight = task.place("h", hidden), task.place("across", wide)
            part = task.place("part", wide)
            task.product(rows, wide, hidden, state, weight, part, most=most)
            with k.loop("r", rows), k.loop("j", hidden, vector=True):
                cell.forward(k, step)
        for name, last in zip(call.states, lasts, strict=True):
            _copy(step, rows, name[0], last)
    return task.done()


def _copy(step, rows, source, target):
    """Copy states of a block to local memory, or from there."""
    task, k, hidden = step.task, step.task.k, step.call.hidden
    index = f"{source}_{target}"
    whole = {"b": step.most * hidden, index: hidden, "j": 1}
    local = {index: hidden, "j": 1}
    base = step.layer * step.call.batch * hidden
    with k.loop(index, rows), k.loop("j", hidden, vector=True):
        if len(source) == 1:
            task.store(target, task.load(source, **local), base, **whole)
        else:
            task.store(target, task.load(source, base, **whole), **local)


class _Step:
    """What a cell reads and writes: loops `b`, `t`, `r` and `j` are open."""

    def __init__(self, task, layer, most):
        self.task, self.layer, self.most = task, layer, most
        self.call, self.k = task.call, task.k
        hidden, batch = self.call.hidden, self.call.batch
        self.states = self.places_of(hidden)
        self.local = {"r": hidden, "j": 1}
        self.has_output = layer == self.call.layers - 1
        self.batch = batch

    def places_of(self, row):
        """Strides in an array (time, batch, row)."""
        return {"b": self.most * row, "t": self.call.batch * row, "r": row, "j": 1}

    def local_state(self, name):
        self.task.local(name, self.most * self.call.hidden)

    def given_by_input(self, gate):
        """What input and its bias give to a gate."""
        found = self.tape(self.call.cell.pre, gate)
        return self._with_bias(found, "b_ih", gate * self.call.hidden)

    def given_by_state(self, gate):
        """What state and its bias give to a gate."""
        offset, wide = gate * self.call.hidden, self.call.cell.gates * self.call.hidden
        found = self.task.load("part", offset, r=wide, j=1)
        return self._with_bias(found, "b_hh", offset)

    def _with_bias(self, found, name, offset):
        if not self.call.has_biases:
            return found
        return self.k.add(found, self.task.load(f"{name}{self.layer}", offset, j=1))

    def gate(self, gate):
        """A gate before its activation."""
        return self.k.add(self.given_by_input(gate), self.given_by_state(gate))

    def last_state(self):
        return self.task.load("h", **self.local)

    def last_cell(self):
        return self.task.load("c", **self.local)

    def tape(self, part, gate=0):
        """Of a part of the tape, and of its gates one."""
        offset, places = self.place_in(part, gate)
        return self.task.load(f"{part}{self.layer}", offset, **places)

    def keep(self, part, value, gate=0):
        """Store to the tape."""
        offset, places = self.place_in(part, gate)
        self.task.store(f"{part}{self.layer}", value, offset, **places)

    def place_in(self, part, gate):
        """(offset, strides) of a gate in a part of the tape."""
        row = self.call.cell.parts[part] * self.call.hidden
        return gate * self.call.hidden, self.places_of(row)

    def move_on(self, state, cell=None):
        """Store the new state."""
        self.task.store("h", state, **self.local)
        if cell is not None:
            self.task.store("c", cell, **self.local)
        if self.has_output:
            self.task.store("y", state, **self.states)


# -------------------------------------------------------------------------- backward


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
    task = _Task(call, "steps_backward", read, ["d", *firsts])
    k, (most, blocks) = task.k, pieces(SEQUENCES, call.batch)
    step = _StepBackward(task, layer, most, *incoming)
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
            _copy(step, rows, name[0], f"g_{name}")
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


class _StepBackward(_Step):
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
            _copy(self, rows, f"g_{name}n", name)
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
    task = _Task(call, "source_gradient", ["d", weight, *noises], [target])
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
    source, size = _source(call, layer)
    hidden, state, wide = call.hidden, f"state{layer}", call.cell.slopes * call.hidden
    own = [name for name in call.names if name.endswith(str(layer))]
    read = ["d", "h0", state, source]
    task = _Task(call, "weight_gradients", read, [f"g_{name}" for name in own])
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
