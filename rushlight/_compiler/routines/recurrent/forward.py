"""Recurrent layers forward.

# Note [Few rows at once]
# A step multiplies a few rows by a large matrix.  That is fast where the matrix lies
# with its columns side by side (Note [Small products] in `_products`), so forward
# transposes its weights beforehand.
"""

from rushlight._compiler.routines._parts import part_of, pieces
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


def recurrent_forward(call):
    """The routine (x, h0, (c0), parameters, noises) to (y, hn, (cn), tapes).

    Args:
        call: a `Recurrent`.

    Returns:
        Routine: x is (time, batch, size), y (time, batch, directions * hidden), states
        (layers * directions, batch, hidden); tapes as in Note [Parts of a tape].
    """
    tasks = []
    for layer in range(call.layers):
        if is_joined(call, layer):
            tasks.append(joined(call, layer))
        size = call.size_of(layer)
        for run in range(layer * call.directions, (layer + 1) * call.directions):
            tasks.append(_transpose(call, f"w_ih{run}", size, "across_input"))
            tasks.append(_project(call, layer, run))
            tasks.append(_transpose(call, f"w_hh{run}", call.hidden, "across"))
            tasks.append(_steps(call, layer, run))
    inputs = ("x", *call.states, *call.names, *call.noises)
    outputs = ("y", *[f"{name[0]}n" for name in call.states], *call.tapes)
    scratch = ["across", "across_input"]
    scratch += ["source"] * is_joined(call, call.layers - 1)
    return routine_of(call, tasks, inputs, outputs, scratch)


def _transpose(call, name, size, target):
    """The transpose of a weight (gates, size) (Note [Few rows at once])."""
    wide = call.cell.gates * call.hidden
    task = RecurrentTask(call, "transpose", [name], [target])
    k, (most, blocks) = task.k, pieces(16, size)
    with k.loop("b", blocks, parallel=True):
        rows = part_of(k, k.mul(k.index("b"), most), most, size)
        with k.loop("r", rows), k.loop("j", wide, vector=True):
            value = task.load(name, b=most, r=1, j=size)
            task.store(target, value, b=most * wide, r=wide, j=1)
    return task.done()


def _project(call, layer, run):
    """Fill the gates of the tape with what the input gives."""
    source, size = source_of(call, layer), call.size_of(layer)
    wide, rows = call.cell.gates * call.hidden, call.time * call.batch
    gates = f"{call.cell.pre}{run}"
    task = RecurrentTask(call, "project", [source, "across_input"], [gates])
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


def _steps(call, layer, run):
    """All steps of a run (Note [Blocks of sequences])."""
    cell, hidden = call.cell, call.hidden
    biases = [f"b_ih{run}", f"b_hh{run}"] if call.has_biases else []
    lasts = [f"{name[0]}n" for name in call.states]
    outputs = [*call.tape_of(run), *lasts] + ["y"] * (layer == call.layers - 1)
    task = RecurrentTask(call, "steps", ["across", *biases, *call.states], outputs)
    k, (most, blocks) = task.k, pieces(SEQUENCES, call.batch)
    step = Step(task, run, most)
    with k.loop("b", blocks, parallel=True):
        rows = part_of(k, k.mul(k.index("b"), most), most, call.batch)
        for name in call.states:
            step.local_state(name[0])
            copy_states(step, rows, name, name[0])
        task.local("part", most * cell.gates * hidden)
        with k.loop("t", call.time):
            wide = cell.gates * hidden
            state, weight = task.place("h", hidden), task.place("across", wide)
            part = task.place("part", wide)
            task.product(rows, wide, hidden, state, weight, part, most=most)
            with k.loop("r", rows), k.loop("j", hidden, vector=True):
                cell.forward(k, step)
        for name, last in zip(call.states, lasts, strict=True):
            copy_states(step, rows, name[0], last)
    return task.done()
