"""Tasks and steps of recurrent layers in the making.

# Note [Blocks of sequences]
# The sequences of a batch do not meet before the end, so a block takes a few of them
# through all steps of a layer, with no wait in between: it keeps their state in local
# memory.  What the input gives to the gates is one product before; the gradients of
# the weights are one product afterwards, with blocks of their rows.  Where the numbers
# of steps and sequences are symbolic, blocks have the sizes that suit most (they depend
# on no example), and the last one is short.
"""

from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.routines import Routine, Task
from rushlight._compiler.routines._products import emit_product


def routine_of(call, tasks, inputs, outputs, scratch):
    for number, task in enumerate(tasks):
        task.group = number
    sizes = {name: (call.dtype, call.sizes[name]) for name in scratch}
    return Routine(tasks, inputs, outputs, sizes)


class RecurrentTask:
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


def source_of(call, layer):
    """The name of a layer's input."""
    if layer == 0:
        return "x"
    return "source" if is_joined(call, layer) else f"state{layer - 1}"


def is_joined(call, layer):
    """Whether a layer's input is made by `joined`."""
    return layer > 0 and (call.has_noise or call.directions > 1)


def joined(call, layer):
    """source = the states of the layer below, side by side, times dropout's noise."""
    runs = range((layer - 1) * call.directions, layer * call.directions)
    states, hidden, width = [f"state{n}" for n in runs], call.hidden, call.width
    noises = [f"noise{layer - 1}"] * call.has_noise
    task = RecurrentTask(call, "joined", [*states, *noises], ["source"])
    k, places = task.k, {"b": call.batch * width, "r": width, "j": 1}
    with k.loop("b", call.time, parallel=True), k.loop("r", call.batch):
        with k.loop("j", hidden, vector=True):
            for side, state in enumerate(states):
                value = task.load(state, b=call.batch * hidden, r=hidden, j=1)
                for noise in noises:
                    factor = task.load(noise, side * hidden, **places)
                    value = k.mul(value, factor)
                task.store("source", value, side * hidden, **places)
    return task.done()


def copy_states(step, rows, source, target):
    """Copy states of a block to local memory, or from there."""
    task, k, hidden = step.task, step.task.k, step.call.hidden
    index = f"{source}_{target}"
    whole = {"b": step.most * hidden, index: hidden, "j": 1}
    local = {index: hidden, "j": 1}
    base = step.run * step.call.batch * hidden
    with k.loop(index, rows), k.loop("j", hidden, vector=True):
        if len(source) == 1:
            task.store(target, task.load(source, **local), base, **whole)
        else:
            task.store(target, task.load(source, base, **whole), **local)


class Step:
    """What a cell reads and writes: loops `b`, `t`, `r` and `j` are open.

    Index `t` counts the steps as they are done, which may be from the last one.
    """

    is_backward = False

    def __init__(self, task, run, most):
        self.task, self.run, self.most = task, run, most
        self.call, self.k = task.call, task.k
        call = self.call
        self.layer, self.side = divmod(run, call.directions)
        self.from_end = (self.side == 1) != self.is_backward
        self.local = {"r": call.hidden, "j": 1}
        self.has_output = self.layer == call.layers - 1

    def places_of(self, row):
        """(offset, strides) of the step in an array (time, batch, row)."""
        along, first = self.call.batch * row, 0
        if self.from_end:
            along, first = -along, (self.call.time - 1) * along
        return first, {"b": self.most * row, "t": along, "r": row, "j": 1}

    def output_places(self):
        """(offset, strides) of the state in a layer's output."""
        first, places = self.places_of(self.call.width)
        return first + self.side * self.call.hidden, places

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
        return self.k.add(found, self.task.load(f"{name}{self.run}", offset, j=1))

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
        return self.task.load(f"{part}{self.run}", offset, **places)

    def keep(self, part, value, gate=0):
        """Store to the tape."""
        offset, places = self.place_in(part, gate)
        self.task.store(f"{part}{self.run}", value, offset, **places)

    def place_in(self, part, gate):
        """(offset, strides) of a gate in a part of the tape."""
        first, places = self.places_of(self.call.cell.parts[part] * self.call.hidden)
        return first + gate * self.call.hidden, places

    def move_on(self, state, cell=None):
        """Store the new state."""
        self.task.store("h", state, **self.local)
        if cell is not None:
            self.task.store("c", cell, **self.local)
        if self.has_output:
            first, places = self.output_places()
            self.task.store("y", state, first, **places)
