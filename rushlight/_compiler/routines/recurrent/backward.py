"""Recurrent layers backward: step by step, then the input's and the weights' part."""

from rushlight._compiler.routines._parts import part_of, pieces, share_of
from rushlight._compiler.routines._products import rows_for
from rushlight._compiler.routines.recurrent.call import SEQUENCES
from rushlight._compiler.routines.recurrent.task import (
    RecurrentTask,
    Step,
    copy_states,
    is_joined,
    joined,
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
        runs = range(layer * call.directions, (layer + 1) * call.directions)
        tasks += [_steps_backward(call, layer, run) for run in runs]
        tasks += [_source_gradient(call, layer, run) for run in runs]
        if is_joined(call, layer):
            tasks.append(joined(call, layer))
        tasks += [_weight_gradients(call, layer, run) for run in runs]
    inputs = ("x", "h0", *call.gradients, *call.states[1:], *call.names)
    inputs += (*call.noises, *call.tapes)
    outputs = tuple(f"g_{name}" for name in ("x", *call.states, *call.names))
    scratch = ["d0", "d1"][: call.directions] + ["g_source"] * (call.layers > 1)
    scratch += ["source"] * is_joined(call, call.layers - 1)
    scratch += ["sums0", "sums1"][: call.directions] * call.has_biases
    return routine_of(call, tasks, inputs, outputs, scratch)


def _steps_backward(call, layer, run):
    """d = the gradient before each gate, from the last step to the first."""
    cell, hidden = call.cell, call.hidden
    incoming = ["g_y"] if layer == call.layers - 1 else ["g_source"]
    incoming = [name for name in incoming if name in ("g_source", *call.gradients)]
    finals = [f"g_{name[0]}n" for name in call.states]
    finals = [name for name in finals if name in call.gradients]
    weight, tape = f"w_hh{run}", call.tape_of(run)
    if call.kind == "lstm":
        tape.remove(f"state{run}")
    before = ["c0"] if cell.has_cell else ["h0"] if call.kind == "gru" else []
    firsts = [f"g_{name}" for name in call.states]
    read = [weight, *tape, *before, *incoming, *finals]
    written = [_slopes_of(call, run), *firsts, *_sums_of(call, run)]
    task = RecurrentTask(call, "steps_backward", read, written)
    k, (most, blocks) = task.k, pieces(SEQUENCES, call.batch)
    step = StepBackward(task, run, most, *incoming)
    with k.loop("b", blocks, parallel=True):
        rows = part_of(k, k.mul(k.index("b"), most), most, call.batch)
        for name in call.states:
            step.local_state(name[0])
            step.begin(rows, name[0], f"g_{name[0]}n" in finals)
        step.begin_sums()
        with k.loop("t", call.time):
            with k.loop("r", rows), k.loop("j", hidden, vector=True):
                cell.backward(k, step)
            _into_state(task, step, rows, weight)
        for name in call.states:
            copy_states(step, rows, name[0], f"g_{name}")
        step.end_sums()
    return task.done()


def _into_state(task, step, rows, weight):
    """The gradient of the state before a step, from that before the gates."""
    call, hidden = task.call, task.call.hidden
    wide = call.cell.slopes * hidden
    first, strides = step.places_of(wide)
    strides = {name: stride for name, stride in strides.items() if name in "bt"}
    parts = [(0, 0, call.cell.gates * hidden, 0.0)]
    if call.kind == "gru":  # n's own part is another gradient
        parts = [
            (0, 0, 2 * hidden, 1.0),
            (3 * hidden, 2 * hidden * hidden, hidden, 1.0),
        ]
    for column, offset, inner, beta in parts:
        a = task.place(step.slopes, wide, first + column, **strides)
        b, into = task.place(weight, hidden, offset), task.place("h", hidden)
        task.product(rows, hidden, inner, a, b, into, most=step.most, beta=beta)


class StepBackward(Step):
    """What a cell reads and writes in backward, from the step that was done last.

    The gradients of the biases are sums of the slopes: a block adds up its own.
    """

    is_backward = True

    def __init__(self, task, run, most, incoming=None):
        super().__init__(task, run, most)
        self.incoming, self.slopes = incoming, f"d{self.side}"

    def begin(self, rows, name, is_given):
        """The gradient of a last state, in local memory."""
        if is_given:
            copy_states(self, rows, f"g_{name}n", name)
            return
        k, index = self.k, f"{name}_none"
        zero = k.const(0, self.call.dtype)
        with k.loop(index, rows), k.loop("j", self.call.hidden, vector=True):
            self.task.store(name, zero, **{index: self.call.hidden, "j": 1})

    def begin_sums(self):
        if not self.call.has_biases:
            return
        wide = self.call.cell.slopes * self.call.hidden
        self.task.local("sums", wide)
        with self.k.loop("j", wide, vector=True):
            self.task.store("sums", self.k.const(0, self.call.dtype), j=1)

    def end_sums(self):
        wide = self.call.cell.slopes * self.call.hidden
        for name in _sums_of(self.call, self.run):
            with self.k.loop("j", wide, vector=True):
                self.task.store(name, self.task.load("sums", j=1), b=wide, j=1)

    def before(self, part):
        """A part of the tape at the step before, or of the first state."""
        call, k = self.call, self.k
        is_first = k.eq(k.index("t"), call.time - 1)
        offset, places = self.place_in(part, 0)
        offset += places["t"]
        not_first = k.not_(is_first)
        tape = self.task.load(
            f"{part}{self.run}", offset, zero_unless=not_first, **places
        )
        places = {"b": self.most * call.hidden, "r": call.hidden, "j": 1}
        base = self.run * call.batch * call.hidden
        name = "c0" if call.cell.has_cell else "h0"
        return k.where(is_first, self.task.load(name, base, **places), tape)

    def g_state(self):
        """The gradient of the step's state."""
        g = self.task.load("h", **self.local)
        if self.incoming is None:
            return g
        first, places = self.output_places()
        found = self.task.load(self.incoming, first, **places)
        return self.k.add(g, found)

    def g_cell(self):
        return self.task.load("c", **self.local)

    def slope(self, gate, value):
        """Store a gradient before a gate."""
        hidden = self.call.hidden
        first, places = self.places_of(self.call.cell.slopes * hidden)
        self.task.store(self.slopes, value, first + gate * hidden, **places)
        if self.call.has_biases:
            total = self.task.load("sums", gate * hidden, j=1)
            self.task.store("sums", self.k.add(total, value), gate * hidden, j=1)

    def give_state(self, value):
        """The part of the earlier state's gradient that passes by the gates."""
        self.task.store("h", value, **self.local)

    def give_cell(self, value):
        self.task.store("c", value, **self.local)


def _source_gradient(call, layer, run):
    """The gradient of a layer's input; a second run adds its own."""
    d, weight, gates = _slopes_of(call, run), f"w_ih{run}", call.cell.gates
    target, size = "g_source" if layer else "g_x", call.size_of(layer)
    is_last = run == (layer + 1) * call.directions - 1
    noises = [f"noise{layer - 1}"] * bool(layer and call.has_noise and is_last)
    task = RecurrentTask(call, "source_gradient", [d, weight, *noises], [target])
    k, rows, wide = task.k, call.time * call.batch, call.cell.slopes * call.hidden
    most, blocks = rows_for(rows, size, gates * call.hidden)
    with k.loop("b", blocks, parallel=True):
        part = part_of(k, k.mul(k.index("b"), most), most, rows)
        task.product(
            part,
            size,
            gates * call.hidden,
            task.place(d, wide, b=most * wide),
            task.place(weight, size),
            task.place(target, size, b=most * size),
            most=most,
            beta=float(run % call.directions),
        )
        for noise in noises:
            with k.loop("r", part), k.loop("j", size, vector=True):
                places = {"b": most * size, "r": size, "j": 1}
                value = k.mul(task.load(target, **places), task.load(noise, **places))
                task.store(target, value, **places)
    return task.done()


def _slopes_of(call, run):
    return f"d{run % call.directions}"


def _sums_of(call, run):
    return [f"sums{run % call.directions}"] * call.has_biases


def _weight_gradients(call, layer, run):
    """The gradients of a run's parameters, in blocks of the gates' columns."""
    d, source, size = _slopes_of(call, run), source_of(call, layer), call.size_of(layer)
    wide, rows = call.cell.slopes * call.hidden, call.time * call.batch
    targets = [f"g_{name}" for name in call.names_of(run)]
    read = [d, "h0", f"state{run}", source, *_sums_of(call, run)]
    task = RecurrentTask(call, "weight_gradients", read, targets)
    k, most = task.k, share_of(call.hidden, call.cell.gates)
    with k.loop("b", call.cell.gates * call.hidden // most, parallel=True):
        task.product(
            most,
            size,
            rows,
            task.place(d, wide, b=most),
            task.place(source, size),
            task.place(f"g_w_ih{run}", size, b=most * size),
            transpose_a=True,
        )
        # n's own part in a GRU has another gradient, in a column of its own
        at = None
        if call.kind == "gru":
            is_last = k.le(2 * call.hidden // most, k.index("b"))
            at = k.where(is_last, k.const(call.hidden, "i64"), 0)
        _state_weight(task, run, most, at)
        if call.has_biases:
            _bias_gradients(task, run, most, at)
    return task.done()


def _state_weight(task, run, most, at):
    """The gradient of w_hh: each step with the state before it, then the first one."""
    call, d, hidden = task.call, _slopes_of(task.call, run), task.call.hidden
    wide, step = call.cell.slopes * hidden, call.batch
    is_reversed = run % call.directions == 1
    first = (call.time - 1) * step if is_reversed else 0
    later, earlier = (0, step) if is_reversed else (step, 0)
    into = task.place(f"g_w_hh{run}", hidden, b=most * hidden)
    task.product(
        most,
        hidden,
        step,
        task.place(d, wide, first * wide, at=at, b=most),
        task.place("h0", hidden, run * step * hidden),
        into,
        transpose_a=True,
    )
    if call.time > 1:
        task.product(
            most,
            hidden,
            (call.time - 1) * step,
            task.place(d, wide, later * wide, at=at, b=most),
            task.place(f"state{run}", hidden, earlier * hidden),
            into,
            transpose_a=True,
            beta=1.0,
        )


def _bias_gradients(task, run, most, at):
    """The sums of all blocks of sequences."""
    k, sums = task.k, task.buffers[_sums_of(task.call, run)[0]]
    wide = task.call.cell.slopes * task.call.hidden
    blocks = pieces(SEQUENCES, task.call.batch)[1]

    def total(name, at):
        found = k.declare(name, task.call.dtype, 0)
        with k.loop(f"n_{name}", blocks):
            places = {f"n_{name}": wide, "b": most, "j": 1}
            k.accumulate(found, "add", k.load(sums, at=at, **places))
        return found

    with k.loop("j", most, vector=True):
        of_input = of_state = total("of_input", None)
        if at is not None:
            of_state = total("of_state", at)
        task.store(f"g_b_ih{run}", of_input, b=most, j=1)
        task.store(f"g_b_hh{run}", of_state, b=most, j=1)
