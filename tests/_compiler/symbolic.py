"""Plans of symbolic sizes, run piece by piece beside the loop interpreter."""

import numpy as np

import rushlight as t
from rushlight._base.sized import with_values
from rushlight._compiler.compiled import Compiled
from rushlight._compiler.loops.checker import check_kernel
from rushlight._compiler.loops.interpreter import run_kernel, stored_dtype
from rushlight._compiler.runtime.program import Step


def symbolic_entry(function, *args):
    """The entry that a function is compiled to with every size symbolic, or None."""
    compiled = Compiled(function, dynamic=True, say=lambda *_: None)
    try:
        compiled(*args)
    except Exception:  # noqa: BLE001 - eager mode refuses it
        return None
    return next((e for _, e in compiled.kinds if e.symbols), None)


def serves(entry, args):
    """Whether an entry serves arguments that are tensors."""
    symbols = entry.symbols
    numbers = {(p, d): n for p, a in enumerate(args) for d, n in enumerate(a.shape)}
    if any(numbers[where] != value for where, value in symbols.fixed.items()):
        return False
    alike = all(len({numbers[w] for w in g.places}) == 1 for g in symbols.groups)
    return alike and entry.symbols.sizes.test()(*symbols.values(args))


def check_sizes(entry, args):
    """Run both halves of an entry for some arguments, if it serves them.

    Each kernel is compared with the interpreter, which refuses what lies outside of a
    buffer.

    Returns:
        how many kernels were compared; None where it does not serve the arguments.
    """
    if not serves(entry, args):
        return None
    values = entry.symbols.values(args)
    tensors = [args[place] for place in entry.places] + entry.outside
    arrays = [tensor._array for tensor in tensors]
    checked = _check_plan(entry.forward, arrays, values)
    if entry.halves.backward is not None:
        specs = [v.spec for v in entry.halves.backward.inputs]
        shapes = [(with_values(s.shape, values), s.dtype) for s in specs]
        arrays = [_numbers(shape, dtype) for shape, dtype in shapes]
        checked += _check_plan(entry.backward(arrays), arrays, values)
    return checked


def _numbers(shape, dtype):
    if dtype.kind == "f":
        values = np.random.default_rng(1).uniform(0.1, 1, shape)
        return np.asarray(values).astype(dtype)
    return np.zeros(shape, dtype)


def _check_plan(plan, arrays, values):
    plan.bind(values)
    held, checked = plan.begin(arrays), 0
    for piece in plan.pieces:
        if piece.run.__class__ is not Step:
            piece.run.run_on(held)
            continue
        program = plan.program_of([piece.run])
        program.bind(values)
        if piece.kernel is None:
            program.run_on(held)
            continue
        apart = [None if array is None else array.copy() for array in held]
        memory, wanted = (_memory(piece, some, values) for some in (held, apart))
        sizes = with_values(piece.kernel.formulas, values)
        check_kernel(piece.kernel)
        run_kernel(piece.kernel, sizes, wanted)
        program.run_on(held)
        checked += 1
        for one, two in zip(memory, wanted, strict=True):
            scale = max(1.0, float(np.abs(two[np.isfinite(two)]).max(initial=0)))
            text = f"{piece.text} for {values}"
            np.testing.assert_allclose(one, two, 1e-4, 1e-5 * scale, err_msg=text)
    return checked


def _memory(piece, held, values):
    """Flat arrays over the memory of a kernel's buffers, just as long as they are."""
    kernel, found = piece.kernel, []
    sizes = dict(zip(kernel.sizes, with_values(kernel.formulas, values), strict=True))
    buffers = [b for b in kernel.buffers if not b.local]
    places = piece.run.args[len(kernel.sizes) :]
    for buffer, (base, offset) in zip(buffers, places, strict=False):
        dtype = stored_dtype(buffer.dtype)
        start = with_values(offset, values)
        memory = held[base].reshape(-1).view(np.uint8)[start:]
        size = sizes.get(buffer.size, buffer.size)
        assert memory.size >= size * dtype.itemsize
        found.append(memory[: size * dtype.itemsize].view(dtype))
    return found


def rows(*shape, seed=0):
    """Numbers of a shape, as a tensor that wants a gradient."""
    values = np.random.default_rng(seed).normal(size=shape)
    return t.from_numpy(np.asarray(values).astype(np.float32)).requires_grad_()
